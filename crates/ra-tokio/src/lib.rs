//! Adapter to tokio: carriers that move bytes and drivers that run the machines of `ra-core` over them. It holds no
//! policy: what to send, when to renew and when to give up is the machines' to say.
#![forbid(unsafe_code)]
#![cfg_attr(docsrs, feature(doc_cfg))]

mod carrier;
mod driver;
mod error;
mod keys;
mod net;
mod trace;
mod ws;

pub use carrier::HttpCarrier;
pub use driver::approval::Approval;
pub use driver::login::{Login, LoginOptions};
pub use error::StartError;
pub use keys::{KeyPool, Keys};
pub use net::{Network, Proxy, ProxyError, TlsConfig};
pub use ws::{Received, ReceivedText, WebSocket};

pub use rustls;

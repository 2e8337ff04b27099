//! Bytes in and out: accepts connections and serves HTTP, sockets and TLS on them.

pub(crate) mod accept;
pub(crate) mod http;
pub(crate) mod metrics;
pub(crate) mod socket;
pub(crate) mod stream;
#[cfg(feature = "tls")]
pub(crate) mod tls;

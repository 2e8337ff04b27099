//! Discord's remote auth (QR login) and OAuth2 in one crate: documentation and re-exports of the project's other
//! crates.
//!
//! A *desktop* shows a QR code. A *phone* that is logged in scans and approves it. A *gateway* between them hands the
//! desktop a token that only the desktop's key opens. Each role is a state machine without I/O; adapters and servers
//! move its bytes.
//!
//! | module | feature | what it is |
//! |---|---|---|
//! | [`proto`] | | frames, scan URL, user payload, REST bodies, secrets |
//! | [`crypto`] | | session keys, proofs, fingerprints; backends `rustcrypto`, `aws-lc-rs` |
//! | `http` | `http` | HTTP exchanges as values, and their errors |
//! | [`core`] | `desktop`, `mobile`, `gateway` | the three roles as machines |
//! | `carrier` | `carrier` | for loops of your own: the desktop's WebSocket over any non-blocking connection, TLS |
//! | `tokio` | `tokio` | desktop and phone over real sockets, as futures |
//! | `blocking` | `blocking` | desktop and phone over real sockets, on threads, without a runtime |
//! | `gateway` | `gateway-server` | a gateway to host |
//! | `oauth2` | `oauth2` | Discord's OAuth2 as values: authorize URLs, grants, device flow, token keeper |
//!
//! # Log a desktop in
//!
//! ```no_run
//! # #[cfg(all(feature = "tokio", feature = "rustcrypto"))]
//! # mod example {
//! use remote_auth::core::desktop::login::{Event, Outcome};
//! use remote_auth::crypto::RustCrypto;
//! use remote_auth::proto::Token;
//! use remote_auth::tokio::{Keys, Login, LoginOptions};
//!
//! async fn log_in() -> Result<Option<Token>, Box<dyn std::error::Error>> {
//!     let mut login = Login::start(LoginOptions::new(Keys::new(RustCrypto)))?;
//!     while let Some(event) = login.next_event().await {
//!         match event {
//!             Event::Qr { url, .. } => println!("show as a QR code: {url}"),
//!             Event::User(user) => println!("{} is deciding", user.username),
//!             Event::Captcha(_) => login.give_up_captcha()?, // or show it and `solve_captcha`
//!             _ => {}
//!         }
//!     }
//!     Ok(match login.outcome().await? {
//!         Outcome::LoggedIn { token, .. } => Some(token),
//!         _ => None, // declined or cancelled
//!     })
//! }
//! # }
//! ```
//!
//! # Approve as a phone
//!
//! Approving is the person's decision. Show them what they are about to let in, and approve only what they themselves
//! have just opened.
//!
//! ```no_run
//! # #[cfg(feature = "tokio")]
//! # mod example {
//! use remote_auth::core::mobile::{Config, Event, Outcome};
//! use remote_auth::proto::{ScanUrl, Token};
//! use remote_auth::tokio::{Approval, Network};
//!
//! async fn approve(scanned: &str, authorization: Token) -> Result<bool, Box<dyn std::error::Error>> {
//!     let scanned: ScanUrl = scanned.parse()?;
//!     let config = Config::new("https://discord.com/api/v9".parse()?, authorization);
//!     let mut approval = Approval::start(config, scanned.fingerprint(), Network::default())?;
//!     while let Some(event) = approval.next_event().await {
//!         match event {
//!             Event::Confirm { .. } if person_says_yes() => approval.approve()?,
//!             _ => approval.decline()?, // also when a second factor is asked for
//!         }
//!     }
//!     Ok(approval.outcome().await? == Outcome::Approved)
//! }
//! # fn person_says_yes() -> bool { false }
//! # }
//! ```
//!
//! # Host a gateway
//!
//! ```no_run
//! # #[cfg(all(feature = "gateway-server", feature = "rustcrypto"))]
//! # mod example {
//! use std::sync::Arc;
//!
//! use remote_auth::crypto::RustCrypto;
//! use remote_auth::gateway::{Accounts, Config, Gateway};
//!
//! /// `accounts` knows your users.
//! async fn serve(accounts: Arc<dyn Accounts>) -> std::io::Result<()> {
//!     let gateway = Gateway::bind(Config::default(), accounts, Arc::new(RustCrypto)).await?;
//!     println!("listening on {}", gateway.local_addr());
//!     gateway.run().await;
//!     Ok(())
//! }
//! # }
//! ```
//!
//! # Authorize by OAuth2
//!
//! ```
//! # #[cfg(feature = "oauth2")]
//! # mod example {
//! use remote_auth::oauth2::authorize::{Authorization, RedirectUri, StartedCode};
//! use remote_auth::oauth2::{Entropy, Scope, Snowflake, Urls};
//!
//! /// Send the person to `url`; `pending` takes the redirect that comes back and makes the exchange of it.
//! fn begin(entropy: Entropy) -> Result<StartedCode, Box<dyn std::error::Error>> {
//!     let flow = Authorization::new(Snowflake::new(157730590492196864))
//!         .scopes([Scope::Identify])
//!         .redirect_uri(RedirectUri::new("http://127.0.0.1:49152/callback")?);
//!     Ok(flow.start_code(&Urls::default(), entropy)?)
//! }
//! # }
//! ```
//!
//! # Write your own loop
//!
//! The machines open no socket, read no clock and draw no randomness, so any runtime can drive them. Carry out what
//! `poll_output` returns, in order. Tell `handle` what happened. Call it with `Tick` when `deadline` has come:
//!
//! ```
//! # #[cfg(all(feature = "desktop", feature = "http"))]
//! # mod example {
//! use remote_auth::core::desktop::login::{
//!     ConnectRequest, Event, Input, Login, LoginError, Outcome, Output,
//! };
//! use remote_auth::core::{Deadline, HttpCall, MonoTime};
//! use remote_auth::proto::CloseCode;
//!
//! /// What your runtime offers. Only `wait` may block.
//! trait World {
//!     /// Begins to make a key elsewhere: it takes a core for a while. Answer: `Input::Key`.
//!     fn make_key(&mut self);
//!     /// Begins to open a socket. Answer: `Input::Connected` or `Input::ConnectFailed`.
//!     fn connect(&mut self, request: ConnectRequest);
//!     fn send(&mut self, text: &str);
//!     /// Closes the socket, or stops opening it. No answer.
//!     fn disconnect(&mut self, code: CloseCode);
//!     /// Begins an HTTP exchange. Answer: `Input::Reply`.
//!     fn call(&mut self, call: HttpCall);
//!     fn show(&mut self, event: Event);
//!     /// Waits for the next thing to happen; at the deadline that is `Input::Tick`.
//!     fn wait(&mut self, until: Option<Deadline>) -> (MonoTime, Input<'_>);
//! }
//!
//! fn run(mut login: Login, world: &mut impl World) -> Result<Outcome, LoginError> {
//!     loop {
//!         while let Some(output) = login.poll_output() {
//!             match output {
//!                 Output::NeedKey => world.make_key(),
//!                 Output::Connect(request) => world.connect(request),
//!                 Output::Send(text) => world.send(text.expose()),
//!                 Output::Disconnect(code) => world.disconnect(code),
//!                 Output::Call(call) => world.call(call),
//!                 Output::Event(event) => world.show(event),
//!                 Output::End(end) => return end,
//!                 _ => {} // the enum may grow
//!             }
//!         }
//!         let (now, input) = world.wait(login.deadline());
//!         login.handle(now, input);
//!     }
//! }
//! # }
//! ```
//!
//! `docs/embedding.md` in the repository has the contract, what each output asks for and common mistakes. The examples
//! in the repository are whole adapters: on smol, on a bare event loop with two hundred logins on one thread, in a
//! simulation without sockets, and with a key that stays in its module.
//!
//! # Features
//!
//! All are additive. None weakens a check and none chooses a crypto backend, which is an argument.
//!
//! | feature | default | brings |
//! |---|---|---|
//! | `std` | yes | the standard library in the lower crates; without it they need `alloc` only |
//! | `desktop` | yes | the desktop's machines: one socket, and with `http` the whole login |
//! | `mobile` | yes | the phone's machine, and `http` |
//! | `gateway` | | the gateway's machine |
//! | `http` | by `mobile` | HTTP exchanges as values |
//! | `carrier` | | the desktop's WebSocket over a connection of yours, and TLS for it; `desktop` and `mobile` |
//! | `tokio` | yes | the adapter to tokio, `desktop` and `mobile` |
//! | `blocking` | | the adapter to threads, `desktop` and `mobile` |
//! | `gateway-server` | | the gateway server, and `gateway` |
//! | `gateway-redis` | | the same, several nodes of it around one Redis |
//! | `gateway-tls` | | the same, with a listener that speaks TLS by itself |
//! | `rustcrypto` | yes | `crypto::RustCrypto`, pure Rust |
//! | `aws-lc-rs` | | `crypto::AwsLc`, opens faster, needs a C compiler |
//! | `os-entropy` | by the adapters | `crypto::OsEntropy`, the operating system's randomness |
//! | `rustls-platform-verifier` | yes | TLS trust from the operating system |
//! | `webpki-roots` | | TLS trust compiled in |
//! | `tracing` | | a line a step, never with a secret |
//! | `oauth2` | | Discord's OAuth2, and `http` |
//! | `id-token` | | verification of ID tokens by AWS-LC, and `oauth2`; needs a C compiler |
//!
//! # Who it is for
//!
//! People who build and test clients and gateways of this protocol. Automating user accounts is against Discord's
//! terms. Anyone holding a token can act as the user. Anyone who approves a code that somebody sent them lets a
//! stranger in. `docs/threat-model.md` in the repository says what this project protects against and what it cannot.
#![no_std]
#![forbid(unsafe_code)]
#![cfg_attr(docsrs, feature(doc_cfg))]

#[cfg(feature = "oauth2")]
#[doc(inline)]
pub use oauth2_discord as oauth2;
#[cfg(feature = "blocking")]
#[doc(inline)]
pub use ra_blocking as blocking;
#[cfg(feature = "carrier")]
#[doc(inline)]
pub use ra_carrier as carrier;
#[doc(inline)]
pub use ra_core as core;
#[doc(inline)]
pub use ra_crypto as crypto;
#[cfg(feature = "gateway-server")]
#[doc(inline)]
pub use ra_gateway as gateway;
#[cfg(feature = "http")]
#[doc(inline)]
pub use ra_http as http;
#[doc(inline)]
pub use ra_proto as proto;
#[cfg(feature = "tokio")]
#[doc(inline)]
pub use ra_tokio as tokio;

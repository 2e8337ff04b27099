//! `oauth2-discord` over `ureq`, by hand: no adapter is needed, forty lines carry every endpoint.
//!
//! ```sh
//! cargo run -p oauth2-discord --example with_ureq      # against a server inside the example
//! RA_CLIENT_ID=… RA_CLIENT_SECRET=… cargo run -p oauth2-discord --example with_ureq -- https://discord.com/api/v10
//! ```
//!
//! The second one needs `ureq` with a TLS feature, such as its default; this workspace builds it without.

use std::error::Error;
use std::io::Read as _;
use std::time::Duration;

use oauth2_discord::api::Me;
use oauth2_discord::error::{Advice, advice};
use oauth2_discord::grant::{ClientCredentials, Revoke};
use oauth2_discord::{ClientSecret, ConfidentialClient, Scope};
use ra_http::{BaseUrl, Body, Endpoint, HttpError, MAX_BODY_BYTES};
use ra_http::{TransportError, TransportErrorKind};
use zeroize::Zeroizing;

pub(crate) mod loopback;

fn main() -> Result<(), Box<dyn Error>> {
    let base = match std::env::args().nth(1) {
        Some(url) => url.parse()?,
        None => loopback::start()?,
    };
    let id = std::env::var("RA_CLIENT_ID").unwrap_or_else(|_| loopback::CLIENT_ID.to_owned());
    let secret = std::env::var("RA_CLIENT_SECRET").unwrap_or_else(|_| loopback::SECRET.to_owned());
    let client = ConfidentialClient::new(id.parse()?, ClientSecret::new(secret));
    for line in run(&base, client)? {
        println!("{line}");
    }
    Ok(())
}

/// A token for the application's owner, what it is good for, and its end.
pub(crate) fn run(
    base: &BaseUrl,
    client: ConfidentialClient,
) -> Result<Vec<String>, Box<dyn Error>> {
    let agent = agent();
    let grant = ClientCredentials::new(client.clone(), [Scope::Identify])?;
    let token = call(&agent, &grant, base)?;

    let me = Me::new(token.access_token.clone());
    let told = loop {
        match call(&agent, &me, base) {
            Ok(told) => break told,
            Err(error) => match advice(&error, Me::REPEAT) {
                // a service that names hours is not waited for here
                Advice::AskAgain { after } if after <= Duration::from_secs(60) => {
                    std::thread::sleep(after);
                }
                _ => return Err(error.into()),
            },
        }
    };
    let mut lines = vec![format!(
        "application {}, {}",
        told.application.id, told.scopes
    )];

    call(&agent, &Revoke::access(client, token.access_token), base)?;
    if let Err(error) = call(&agent, &me, base) {
        lines.push(format!("after revocation: {error}"));
        lines.push(format!("advice: {:?}", advice(&error, Me::REPEAT)));
    }
    Ok(lines)
}

/// Redirects are never followed: their target would get the secret. Every status is a reply, and a wait has an end.
pub(crate) fn agent() -> ureq::Agent {
    let config = ureq::Agent::config_builder()
        .max_redirects(0)
        .max_redirects_will_error(false)
        .http_status_as_error(false)
        .timeout_global(Some(Duration::from_secs(15)))
        .proxy(None); // not from the environment
    config.build().into()
}

/// Any endpoint.
pub(crate) fn call<E: Endpoint>(
    agent: &ureq::Agent,
    endpoint: &E,
    base: &BaseUrl,
) -> Result<E::Reply, HttpError> {
    endpoint.call(base, |request| send(agent, request))
}

/// The carrier: a request goes out, its response comes back, whatever its status.
pub(crate) fn send(
    agent: &ureq::Agent,
    request: http::Request<Body>,
) -> Result<http::Response<Body>, TransportError> {
    let response = if request.body().is_empty() {
        agent.run(request.map(drop))
    } else {
        let (head, body) = request.into_parts();
        agent.run(http::Request::from_parts(head, body.as_bytes()))
    };
    let (head, body) = response.map_err(failed)?.into_parts();
    let mut bytes = Zeroizing::new(Vec::with_capacity(16 * 1024));
    let mut body = body.into_reader().take(MAX_BODY_BYTES as u64 + 1);
    body.read_to_end(&mut bytes)
        .map_err(|error| failed(error.into()))?;
    if bytes.len() > MAX_BODY_BYTES {
        return Err(TransportError::new(TransportErrorKind::BodyTooLarge));
    }
    Ok(http::Response::from_parts(head, bytes.into()))
}

/// Whether the request can have arrived is what matters: `Lost` and `Timeout` say that nobody knows.
fn failed(error: ureq::Error) -> TransportError {
    TransportError::new(match error {
        ureq::Error::HostNotFound => TransportErrorKind::Resolve,
        ureq::Error::ConnectionFailed => TransportErrorKind::Connect,
        ureq::Error::Timeout(_) => TransportErrorKind::Timeout,
        ureq::Error::Io(error) => match error.kind() {
            std::io::ErrorKind::ConnectionRefused => TransportErrorKind::Connect,
            std::io::ErrorKind::TimedOut => TransportErrorKind::Timeout,
            _ => TransportErrorKind::Lost,
        },
        ureq::Error::Tls(_) | ureq::Error::TlsRequired => TransportErrorKind::Tls,
        _ => TransportErrorKind::Lost,
    })
}

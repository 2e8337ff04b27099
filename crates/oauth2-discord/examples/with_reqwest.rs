//! `oauth2-discord` over `reqwest`, by hand: no adapter is needed, forty lines carry every endpoint.
//!
//! ```sh
//! cargo run -p oauth2-discord --example with_reqwest      # against a server inside the example
//! RA_CLIENT_ID=… RA_CLIENT_SECRET=… \
//!     cargo run -p oauth2-discord --example with_reqwest -- https://discord.com/api/v10
//! ```
//!
//! The second one needs `reqwest` with a TLS feature, such as its default; this workspace builds it without.

use std::error::Error;
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
    let mut tokio = tokio::runtime::Builder::new_current_thread();
    let lines = tokio.enable_all().build()?.block_on(run(&base, client))?;
    for line in lines {
        println!("{line}");
    }
    Ok(())
}

/// A token for the application's owner, what it is good for, and its end.
pub(crate) async fn run(
    base: &BaseUrl,
    client: ConfidentialClient,
) -> Result<Vec<String>, Box<dyn Error>> {
    let http = http_client()?;
    let grant = ClientCredentials::new(client.clone(), [Scope::Identify])?;
    let token = call(&http, &grant, base).await?;

    let me = Me::new(token.access_token.clone());
    let told = loop {
        match call(&http, &me, base).await {
            Ok(told) => break told,
            Err(error) => match advice(&error, Me::REPEAT) {
                // a service that names hours is not waited for here
                Advice::AskAgain { after } if after <= Duration::from_secs(60) => {
                    tokio::time::sleep(after).await;
                }
                _ => return Err(error.into()),
            },
        }
    };
    let mut lines = vec![format!(
        "application {}, {}",
        told.application.id, told.scopes
    )];

    call(&http, &Revoke::access(client, token.access_token), base).await?;
    if let Err(error) = call(&http, &me, base).await {
        lines.push(format!("after revocation: {error}"));
        lines.push(format!("advice: {:?}", advice(&error, Me::REPEAT)));
    }
    Ok(lines)
}

/// Redirects are never followed: their target would get the secret. A wait has an end.
pub(crate) fn http_client() -> reqwest::Result<reqwest::Client> {
    reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .timeout(Duration::from_secs(15))
        .no_proxy() // not from the environment
        .build()
}

/// Any endpoint.
pub(crate) async fn call<E: Endpoint>(
    http: &reqwest::Client,
    endpoint: &E,
    base: &BaseUrl,
) -> Result<E::Reply, HttpError> {
    let response = send(http, endpoint.to_http(base)?).await?;
    endpoint.from_http(response)
}

/// The carrier: a request goes out, its response comes back, whatever its status.
pub(crate) async fn send(
    http: &reqwest::Client,
    request: http::Request<Body>,
) -> Result<http::Response<Body>, TransportError> {
    let request = request.map(|body| body.as_bytes().to_vec());
    let request = reqwest::Request::try_from(request).map_err(failed)?;
    let mut response = http.execute(request).await.map_err(failed)?;
    let mut reply = http::Response::new(Body::empty());
    *reply.status_mut() = response.status();
    *reply.headers_mut() = response.headers().clone();
    let mut bytes = Zeroizing::new(Vec::with_capacity(16 * 1024));
    while let Some(chunk) = response.chunk().await.map_err(failed)? {
        if bytes.len() + chunk.len() > MAX_BODY_BYTES {
            return Err(TransportError::new(TransportErrorKind::BodyTooLarge));
        }
        bytes.extend_from_slice(&chunk);
    }
    *reply.body_mut() = bytes.into();
    Ok(reply)
}

/// Whether the request can have arrived is what matters: `Lost` and `Timeout` say that nobody knows.
fn failed(error: reqwest::Error) -> TransportError {
    TransportError::new(match error {
        error if error.is_builder() => TransportErrorKind::NotAllowed,
        error if error.is_dns() => TransportErrorKind::Resolve,
        error if error.is_connect() => TransportErrorKind::Connect,
        error if error.is_timeout() => TransportErrorKind::Timeout,
        _ => TransportErrorKind::Lost,
    })
}

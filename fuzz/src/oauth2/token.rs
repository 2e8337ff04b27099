//! Target `oauth2_token`: token and device responses.

use core::time::Duration;

use oauth2_discord::device::Session;
use oauth2_discord::grant::{Refresh, StartDevice};
use oauth2_discord::{
    AccessToken, MonoTime, PublicClient, RawIdToken, RefreshToken, Snowflake, Token, UnixTime,
    WebhookToken,
};
use ra_http::{Endpoint as _, HttpErrorKind};

use super::{assert_line, response};

/// Reads a token response, also as a device response. What is read fits a header and survives a round trip, secrets
/// stay out of `Debug`, and an error names a member without its value.
///
/// # Panics
/// If a property does not hold.
pub fn oauth2_token(data: &[u8]) {
    let client = PublicClient::new(Snowflake::new(1));
    let refresh = Refresh::new(client.clone(), RefreshToken::new("old"));
    let reply = refresh.from_http(response(200, data));
    match Token::decode(data) {
        Ok(token) => {
            assert_eq!(reply.ok().as_ref(), Some(&token));
            assert_token(token);
        }
        Err(error) => {
            assert_line(&error, 80);
            assert!(reply.is_err(), "no token, no success");
            let _ = reply.map_err(|error| assert_line(&error, 200));
        }
    }
    device(client, data);
}

fn assert_token(mut token: Token) {
    let access_token = token.access_token.expose();
    assert!(!access_token.is_empty() && access_token.bytes().all(|byte| byte.is_ascii_graphic()));
    let written = token.expose_json();
    assert_eq!(Token::decode(written.as_bytes()).as_ref(), Ok(&token));
    for leeway in [Duration::ZERO, Duration::from_secs(60), Duration::MAX] {
        let now = UnixTime::from_secs(1_700_000_000);
        assert_eq!(token.due(now, leeway).is_some(), token.expires_in.is_some());
        assert!(token.due(now, leeway).is_none_or(|due| due >= now));
        let _ = token.due(UnixTime::from_secs(u64::MAX), leeway);
    }
    // whatever the secrets are, it shows the same
    let shown = format!("{token:?}");
    token.access_token = AccessToken::new("another");
    token.refresh_token = token.refresh_token.map(|_| RefreshToken::new("another"));
    token.id_token = token.id_token.map(|_| RawIdToken::new("another"));
    if let Some(webhook) = &mut token.webhook {
        webhook.token = WebhookToken::new("another");
    }
    assert_eq!(shown, format!("{token:?}"));
}

fn device(client: PublicClient, data: &[u8]) {
    match StartDevice::new(client.clone()).from_http(response(200, data)) {
        Ok(started) => {
            assert!(!started.device_code.expose().is_empty());
            assert!(format!("{started:?}").contains("DeviceCode(..)"));
            assert_line(&started.user_code, 64);
            assert_line(&started.verification_uri, data.len());
            // 0 seconds and what no clock holds are for the machine to put right
            let now = MonoTime::from_millis(1000);
            let machine = Session::new(client, &started, now);
            assert!(machine.interval() >= Duration::from_secs(1));
            assert!(machine.expires_at() >= now);
        }
        Err(error) => {
            assert_eq!(error.kind(), HttpErrorKind::BadBody);
            assert_line(&error, 200);
        }
    }
}

//! Targets `scan_url` and `user_payload`.

use ra_proto::{ScanPrefix, ScanUrl, User};

/// The only prefixes of scanned texts that a phone takes by default.
const BEGINNINGS: [&str; 12] = [
    "https://discord.com/ra/",
    "https://discord.com/rp/",
    "https://ptb.discord.com/ra/",
    "https://ptb.discord.com/rp/",
    "https://canary.discord.com/ra/",
    "https://canary.discord.com/rp/",
    "https://discordapp.com/ra/",
    "https://discordapp.com/rp/",
    "https://ptb.discordapp.com/ra/",
    "https://ptb.discordapp.com/rp/",
    "https://canary.discordapp.com/ra/",
    "https://canary.discordapp.com/rp/",
];

/// Reads a scanned text and a configured prefix: only the twelve known prefixes or the configured one, with a
/// fingerprint, are accepted.
///
/// # Panics
/// If a property does not hold.
pub fn scan_url(data: &[u8]) {
    let Ok(text) = core::str::from_utf8(data) else {
        return;
    };
    // A second line, where there is one, is the configured prefix.
    let (text, prefix) = text.split_once('\n').unwrap_or((text, ""));
    match text.parse::<ScanUrl>() {
        Ok(url) => {
            assert_scanned(text, &url);
            let fingerprint = url.fingerprint().to_string();
            let beginning = url.as_str().strip_suffix(&*fingerprint).unwrap_or_default();
            assert!(BEGINNINGS.contains(&beginning), "{beginning:?}");
            assert_eq!(ScanUrl::parse_with(text, &ScanPrefix::default()), Ok(url));
        }
        Err(error) => crate::assert_one_line(&error),
    }
    match prefix.parse::<ScanPrefix>() {
        Ok(prefix) => with_prefix(text, &prefix),
        Err(error) => crate::assert_one_line(&error),
    }
}

/// Reads a user payload: what is read fits R-11 and survives a round trip.
///
/// # Panics
/// If a property does not hold.
pub fn user_payload(data: &[u8]) {
    match User::parse(data) {
        Ok(user) => {
            assert!(user.id > 0 && user.discriminator <= 9999);
            assert!((1..=32).contains(&user.username.chars().count()));
            assert!(!user.username.chars().any(char::is_control));
            assert!(data.ends_with(user.username.as_bytes()));
            let written = user.encode();
            assert!(written.is_char_boundary(written.len() - user.username.len()));
            assert_eq!(User::parse(written.as_bytes()).as_ref(), Ok(&user));
            let User {
                id,
                discriminator,
                avatar,
                username,
                ..
            } = user.clone();
            assert_eq!(User::new(id, discriminator, avatar, username), Ok(user));
        }
        Err(error) => {
            crate::assert_one_line(&error);
            assert!(["id", "discriminator", "avatar", "username"].contains(&error.field()));
        }
    }
}

fn with_prefix(text: &str, prefix: &ScanPrefix) {
    let plain = prefix.as_str();
    assert_eq!(plain.parse().as_ref(), Ok(prefix));
    assert!(plain.ends_with('/') && !plain.contains(['@', '?', '#', '%', '\\']));
    let loopback = ["http://localhost", "http://127.", "http://["];
    assert!(
        plain.starts_with("https://") || loopback.iter().any(|begin| plain.starts_with(begin)),
        "{plain}"
    );
    if let Ok(url) = ScanUrl::parse_with(text, prefix) {
        assert_scanned(text, &url);
        let shown = ScanUrl::new(prefix, url.fingerprint());
        assert_eq!(ScanUrl::parse_with(shown.as_str(), prefix), Ok(shown));
    }
}

fn assert_scanned(text: &str, url: &ScanUrl) {
    assert!(text.trim().eq_ignore_ascii_case(url.as_str()));
    assert!(text.trim().ends_with(&url.fingerprint().to_string()));
}

//! Rivals: the crate `url`, and splitting with `str::parse`.

use ra_proto::{Fingerprint, base64};
use url::Url;

const HOSTS: [&str; 6] = [
    "discord.com",
    "ptb.discord.com",
    "canary.discord.com",
    "discordapp.com",
    "ptb.discordapp.com",
    "canary.discordapp.com",
];

/// Reads a scan URL with the checks of R-40.
pub fn read_scan_url(text: &str) -> Option<(Url, [u8; Fingerprint::BYTES])> {
    let url = Url::parse(text).ok()?;
    let plain = url.scheme() == "https"
        && HOSTS.contains(&url.host_str()?)
        && url.username().is_empty()
        && url.password().is_none()
        && url.port().is_none()
        && url.query().is_none()
        && url.fragment().is_none();
    let path = url.path();
    let code = path
        .strip_prefix("/ra/")
        .or_else(|| path.strip_prefix("/rp/"))?;
    let fingerprint = base64::decode(code).ok()?.try_into().ok()?;
    (plain && code.len() == Fingerprint::CHARS).then_some((url, fingerprint))
}

pub fn build_scan_url(prefix: &Url, fingerprint: &[u8; Fingerprint::BYTES]) -> Option<Url> {
    prefix.join(&base64::encode_url(fingerprint)).ok()
}

/// A user with unchecked fields.
pub struct User {
    pub id: u64,
    pub discriminator: u16,
    pub avatar: Option<String>,
    pub username: String,
}

pub fn read_user(payload: &[u8]) -> Option<User> {
    let text = std::str::from_utf8(payload).ok()?;
    let mut fields = text.splitn(4, ':');
    Some(User {
        id: fields.next()?.parse().ok()?,
        discriminator: fields.next()?.parse().ok()?,
        avatar: Some(fields.next()?.to_owned()).filter(|hash| hash != "0"),
        username: fields.next()?.to_owned(),
    })
}

pub fn write_user(user: &User) -> String {
    let avatar = user.avatar.as_deref().unwrap_or("0");
    format!(
        "{}:{:04}:{avatar}:{}",
        user.id, user.discriminator, user.username
    )
}

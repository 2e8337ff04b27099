//! The parts of a scan URL or prefix: a URL without user information, query, fragment or escapes.

use alloc::{format, string::String};

use ra_types::UrlParts;

use super::ScanUrlError;

/// The parts that a scan URL may have.
pub(super) struct Parts<'t> {
    pub(super) scheme: &'t str,
    pub(super) host: &'t str,
    /// Digits without sign or leading zero; as text, since it is only compared.
    pub(super) port: Option<&'t str>,
    /// Begins with a slash.
    pub(super) path: &'t str,
}

impl<'t> Parts<'t> {
    pub(super) fn split(text: &'t str) -> Result<Self, ScanUrlError> {
        let parts = UrlParts::split(text).ok_or(ScanUrlError::NotAUrl)?;
        if !text
            .bytes()
            .all(|byte| byte.is_ascii_graphic() && byte != b'\\' && byte != b'%')
        {
            return Err(ScanUrlError::Character);
        }
        if parts.fragment.is_some() {
            return Err(ScanUrlError::Fragment);
        }
        if parts.query.is_some() {
            return Err(ScanUrlError::Query);
        }
        if parts.user_info.is_some() {
            return Err(ScanUrlError::UserInfo);
        }
        if parts.port.is_some_and(|port| !is_port(port)) {
            return Err(ScanUrlError::Port);
        }
        Ok(Self {
            scheme: parts.scheme,
            host: parts.host,
            port: parts.port,
            path: parts.path,
        })
    }

    /// The URL with scheme and host in lower case.
    pub(super) fn canonical(&self) -> String {
        let mut text = format!("{}://{}", self.scheme, self.host);
        text.make_ascii_lowercase();
        if let Some(port) = self.port {
            text.push(':');
            text.push_str(port);
        }
        text.push_str(self.path);
        text
    }
}

/// Returns true for a number from 1 to 65535 without sign or leading zero.
fn is_port(port: &str) -> bool {
    let number = port.parse::<u16>().ok().filter(|&number| number > 0);
    number.is_some_and(|number| format!("{number}") == port)
}

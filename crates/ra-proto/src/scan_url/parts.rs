use alloc::{format, string::String};

use super::ScanUrlError;

/// A URL cut at its punctuation.
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
        let (scheme, rest) = text.split_once("://").ok_or(ScanUrlError::NotAUrl)?;
        if !text
            .bytes()
            .all(|byte| byte.is_ascii_graphic() && byte != b'\\' && byte != b'%')
        {
            return Err(ScanUrlError::Character);
        }
        if rest.contains('#') {
            return Err(ScanUrlError::Fragment);
        }
        if rest.contains('?') {
            return Err(ScanUrlError::Query);
        }
        let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
        if authority.contains('@') {
            return Err(ScanUrlError::UserInfo);
        }
        let (host, port) = split_port(authority)?;
        Ok(Self {
            scheme,
            host,
            port,
            path,
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

/// Cuts `host:port`; the host may be an IPv6 address in brackets.
fn split_port(authority: &str) -> Result<(&str, Option<&str>), ScanUrlError> {
    let (brackets, rest) = authority.split_at(authority.rfind(']').unwrap_or(0));
    let Some((name, port)) = rest.split_once(':') else {
        return Ok((authority, None));
    };
    let number = port
        .parse::<u16>()
        .ok()
        .filter(|&number| number > 0)
        .ok_or(ScanUrlError::Port)?;
    if format!("{number}") != port {
        return Err(ScanUrlError::Port);
    }
    let host_length = brackets.len() + name.len();
    Ok((authority.split_at(host_length).0, Some(port)))
}

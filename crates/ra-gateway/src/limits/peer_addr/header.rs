//! `X-Forwarded-For` and `Forwarded` (RFC 7239), a line at a time.

use std::net::{IpAddr, SocketAddr};

/// Addresses with or without port, separated by commas.
pub(super) fn x_forwarded_for(line: &str) -> Vec<Option<IpAddr>> {
    line.split(',').map(|entry| address(entry.trim())).collect()
}

fn address(text: &str) -> Option<IpAddr> {
    let bare = || text.parse().ok();
    let with_port = || {
        text.parse::<SocketAddr>()
            .ok()
            .map(|with_port| with_port.ip())
    };
    let bracketed = || text.strip_prefix('[')?.strip_suffix(']')?.parse().ok();
    let address = bare().or_else(with_port).or_else(bracketed);
    address.map(|address: IpAddr| address.to_canonical())
}

/// The `for` of each element; `None` at all if the line is not of the grammar.
pub(super) fn forwarded(line: &str) -> Option<Vec<Option<IpAddr>>> {
    let mut rest = line;
    let mut hops = Vec::new();
    loop {
        let (hop, after) = element(rest)?;
        hops.push(hop);
        match after.strip_prefix(',') {
            Some(more) => rest = more,
            None => return after.is_empty().then_some(hops),
        }
    }
}

/// Reads one element's pairs up to a comma or the end. Returns its `for` value and the rest.
fn element(text: &str) -> Option<(Option<IpAddr>, &str)> {
    let mut named = Vec::new();
    let mut rest = text;
    loop {
        let (name, after) = rest.split_once('=')?;
        let name = name.trim();
        let is_token = |b: u8| b.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&b);
        if name.is_empty() || !name.bytes().all(is_token) {
            return None;
        }
        let (text, after) = value(after)?;
        if name.eq_ignore_ascii_case("for") {
            named.push(text);
        }
        rest = after.trim_start();
        match rest.strip_prefix(';') {
            Some(more) => rest = more,
            None => break,
        }
    }
    // an IPv6 address stands in brackets here, a lone one has no meaning
    let hop = match named.as_slice() {
        [one] if one.starts_with('[') || one.matches(':').count() < 2 => address(one),
        _ => None,
    };
    Some((hop, rest))
}

/// A token or a quoted string, and what follows.
fn value(text: &str) -> Option<(String, &str)> {
    let Some(quoted) = text.strip_prefix('"') else {
        let end = text.find([';', ',', ' ', '\t']).unwrap_or(text.len());
        let (token, rest) = text.split_at(end);
        let is_sound = !token.is_empty() && !token.contains(['"', '=']);
        return is_sound.then(|| (token.to_owned(), rest));
    };
    let mut value = String::new();
    let mut chars = quoted.char_indices();
    while let Some((at, next)) = chars.next() {
        match next {
            '"' => return Some((value, quoted.get(at + 1..)?)),
            '\\' => value.push(chars.next()?.1),
            other => value.push(other),
        }
    }
    None
}

//! Received requests.

use std::io::{BufRead as _, BufReader, Read as _};
use std::net::TcpStream;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::{Map, Value};

/// The path of the API.
pub(super) const BASE: &str = "/api/v10";
/// Largest request.
const MAX_BYTES: u64 = 1 << 20;

/// A received request.
#[derive(Debug, Clone)]
pub struct Heard {
    /// The method, in capitals.
    pub method: String,
    /// The path without the query.
    pub path: String,
    /// The query as in the URL.
    pub query: String,
    /// The headers, with names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: String,
}

/// Parameters of a form or query, without repetitions.
pub(super) type Parameters = Map<String, Value>;

impl Heard {
    /// Reads a request; `None` if it cannot be read.
    pub(super) fn read(stream: &TcpStream) -> Option<Self> {
        let mut reader = BufReader::new(stream.take(MAX_BYTES));
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        let mut words = line.split_whitespace();
        let (method, target) = (words.next()?.to_owned(), words.next()?.to_owned());
        let (path, query) = target.split_once('?').unwrap_or((&target, ""));
        let mut headers = Vec::new();
        loop {
            let mut header = String::new();
            reader.read_line(&mut header).ok()?;
            let Some((name, value)) = header.trim_end().split_once(':') else {
                break;
            };
            headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
        }
        let mut heard = Self {
            method,
            path: path.to_owned(),
            query: query.to_owned(),
            headers,
            body: String::new(),
        };
        let length = heard.header("content-length").map_or(Ok(0), str::parse);
        let mut body = vec![0; length.ok().filter(|length: &u32| *length < 1 << 20)? as usize];
        reader.read_exact(&mut body).ok()?;
        heard.body = String::from_utf8(body).ok()?;
        Some(heard)
    }

    /// Returns the value of a header, if there is exactly one.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut found = self.headers.iter().filter(|(header, _)| header == name);
        let first = found.next()?;
        found.next().is_none().then_some(first.1.as_str())
    }

    /// The path below the base of the API.
    pub(super) fn place(&self) -> Option<&str> {
        self.path.strip_prefix(BASE)
    }

    /// Returns the body, if it is a form without repetitions.
    pub(super) fn form(&self) -> Option<Parameters> {
        let kind = self.header("content-type")?;
        let is_form = kind.split(';').next()? == "application/x-www-form-urlencoded";
        is_form.then(|| parameters(&self.body))?
    }

    /// Returns the query, if it has no repetitions.
    pub(super) fn parameters(&self) -> Option<Parameters> {
        parameters(&self.query)
    }

    /// Returns the body, if it is a JSON object and declared as one.
    pub(super) fn json(&self) -> Option<Map<String, Value>> {
        if self.header("content-type")? != "application/json" {
            return None;
        }
        serde_json::from_str(&self.body).ok()
    }

    /// Returns the decoded name and password of Basic authentication.
    pub(super) fn basic(&self) -> Option<(String, String)> {
        let pair = self.header("authorization")?.strip_prefix("Basic ")?;
        let pair = String::from_utf8(STANDARD.decode(pair).ok()?).ok()?;
        let (name, password) = pair.split_once(':')?;
        Some((decoded(name)?, decoded(password)?))
    }
}

/// Returns the text of a parameter, if it is not empty.
pub(super) fn text<'a>(parameters: &'a Map<String, Value>, name: &str) -> Option<&'a str> {
    let text = parameters.get(name)?.as_str()?;
    (!text.is_empty()).then_some(text)
}

fn parameters(text: &str) -> Option<Parameters> {
    let mut found = Map::new();
    for pair in text.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=')?;
        if found
            .insert(decoded(name)?, Value::String(decoded(value)?))
            .is_some()
        {
            return None;
        }
    }
    Some(found)
}

fn decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'+' => b' ',
            b'%' => {
                let digits = [rest.next()?, rest.next()?];
                u8::from_str_radix(std::str::from_utf8(&digits).ok()?, 16).ok()?
            }
            byte => byte,
        });
    }
    String::from_utf8(bytes).ok()
}

/// Reads until the other side closes.
pub(super) fn until_gone(mut stream: &TcpStream) {
    let mut bytes = [0; 4096];
    while let Ok(1..) = stream.read(&mut bytes) {}
}

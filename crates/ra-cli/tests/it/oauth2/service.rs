//! A service that answers as a script says, and remembers what it was asked.

use std::io::{BufRead, BufReader, Read as _, Write as _};
use std::sync::{Arc, Mutex};

use serde_json::Value;

use crate::support::fake;

/// One call.
#[derive(Clone, Debug)]
pub struct Call {
    /// Method and path.
    pub line: String,
    /// Names in lower case.
    pub headers: Vec<(String, String)>,
    pub body: String,
}

pub struct Service {
    origin: String,
    calls: Arc<Mutex<Vec<Call>>>,
}

impl Service {
    /// Answers each call with a whole HTTP response.
    pub fn start(answer: impl Fn(&Call) -> String + Send + Sync + 'static) -> Self {
        let calls = Arc::new(Mutex::new(Vec::new()));
        let seen = calls.clone();
        let port = fake::listen(move |_, stream| {
            let mut stream = BufReader::new(stream);
            if let Some(call) = Call::read(&mut stream) {
                seen.lock().unwrap().push(call.clone());
                // whoever refuses to read on closes early
                let _ = stream.get_mut().write_all(answer(&call).as_bytes());
            }
        });
        let origin = format!("http://127.0.0.1:{port}");
        Self { origin, calls }
    }

    /// Answers every call with this JSON.
    pub fn of(reply: Value) -> Self {
        Self::start(move |_| fake::ok(&reply))
    }

    /// Answers every call with this refusal.
    pub fn refusing(status: &'static str, body: &str) -> Self {
        let response = fake::response(status, "application/json", body);
        Self::start(move |_| response.clone())
    }

    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// For `--base`.
    pub fn base(&self) -> String {
        format!("{}/api/v10", self.origin)
    }

    pub fn calls(&self) -> Vec<Call> {
        self.calls.lock().unwrap().clone()
    }

    /// Returns the only call that the service received.
    pub fn call(&self) -> Call {
        let mut calls = self.calls();
        assert_eq!(calls.len(), 1, "{calls:?}");
        calls.remove(0)
    }
}

impl Call {
    fn read(reader: &mut impl BufRead) -> Option<Self> {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        let line = line.trim_end().strip_suffix(" HTTP/1.1")?.to_owned();
        let mut headers = Vec::new();
        loop {
            let mut header = String::new();
            reader.read_line(&mut header).ok()?;
            let Some((name, value)) = header.trim_end().split_once(':') else {
                break;
            };
            headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
        }
        let mut call = Self {
            line,
            headers,
            body: String::new(),
        };
        let length = call
            .header("content-length")
            .map_or(0, |length| length.parse().unwrap());
        reader.take(length).read_to_string(&mut call.body).ok()?;
        Some(call)
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(header, _)| header == name);
        found.map(|(_, value)| value.as_str())
    }

    /// The fields of the form, sorted.
    pub fn form(&self) -> Vec<(String, String)> {
        assert_eq!(
            self.header("content-type"),
            Some("application/x-www-form-urlencoded"),
            "{self:?}"
        );
        pairs(&self.body)
    }

    /// A field of the form, which may be there once.
    pub fn field(&self, name: &str) -> Option<String> {
        let form = self.form();
        let mut values = form.into_iter().filter(|(field, _)| field == name);
        let value = values.next().map(|(_, value)| value);
        assert!(values.next().is_none(), "{name} twice: {self:?}");
        value
    }
}

/// The pairs of a query or a form, decoded and sorted.
pub fn pairs(encoded: &str) -> Vec<(String, String)> {
    let mut pairs: Vec<_> = encoded
        .split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| pair.split_once('=').unwrap())
        .map(|(name, value)| (decoded(name), decoded(value)))
        .collect();
    pairs.sort();
    pairs
}

fn decoded(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        match bytes[at] {
            b'%' => {
                out.push(u8::from_str_radix(&text[at + 1..at + 3], 16).unwrap());
                at += 3;
            }
            b'+' => {
                out.push(b' ');
                at += 1;
            }
            byte => {
                out.push(byte);
                at += 1;
            }
        }
    }
    String::from_utf8(out).unwrap()
}

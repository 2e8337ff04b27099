//! The person's browser: keeps cookies and follows redirects within the provider. It uses no code of the crates under
//! test.

use std::collections::BTreeMap;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

/// Maximum number of redirects.
const MOST_STEPS: usize = 20;
const ANSWER_WITHIN: Duration = Duration::from_secs(30);

/// One person's browser.
#[derive(Debug, Default)]
pub struct Browser {
    cookies: BTreeMap<String, String>,
}

/// A server's response.
#[derive(Debug)]
pub struct Page {
    /// The status.
    pub status: u16,
    /// The target of a redirect, as a whole URL.
    pub location: Option<String>,
    /// The body.
    pub body: String,
}

impl Browser {
    /// Opens an authorize URL and agrees. Returns the final redirect.
    pub fn agree(&mut self, url: &str) -> String {
        self.follow(url, "").location.expect("a redirect")
    }

    /// Opens an authorize URL and refuses. Returns the final redirect.
    pub fn refuse(&mut self, url: &str) -> String {
        self.follow(url, "?deny").location.expect("a redirect")
    }

    /// Types a device's code and agrees to it.
    pub fn agree_to_device(&mut self, verification_uri: &str, user_code: &str) {
        let page = self.type_code(verification_uri, user_code, "confirm=yes");
        let next = page.location.expect("on to the login");
        let page = self.follow(&next, "");
        assert_eq!((page.status, page.body.as_str()), (200, "done"));
    }

    /// Types a device's code and refuses.
    pub fn refuse_device(&mut self, verification_uri: &str, user_code: &str) {
        let page = self.type_code(verification_uri, user_code, "abort=yes");
        assert_eq!((page.status, page.location), (200, None), "{}", page.body);
    }

    /// Sends one request: `GET`, or `POST` of a form.
    pub fn open(&mut self, url: &str, form: Option<&str>) -> Page {
        let (authority, path) = split(url);
        let mut stream = TcpStream::connect(authority).expect("the provider listens");
        stream
            .set_read_timeout(Some(ANSWER_WITHIN))
            .expect("a timeout");
        let method = if form.is_some() { "POST" } else { "GET" };
        let form = form.unwrap_or_default();
        let cookies: Vec<String> = self
            .cookies
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        write!(
            stream,
            "{method} {path} HTTP/1.1\r\nHost: {authority}\r\nConnection: close\r\nCookie: {}\r\n\
             Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{form}",
            cookies.join("; "),
            form.len(),
        )
        .expect("a request");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("an answer");
        let (head, body) = answer.split_once("\r\n\r\n").expect("a head and a body");
        let mut page = Page {
            status: head
                .get(9..12)
                .and_then(|status| status.parse().ok())
                .expect("a status"),
            location: None,
            body: body.to_owned(),
        };
        for line in head.lines().skip(1) {
            let (name, value) = line.split_once(": ").expect("a header");
            if name.eq_ignore_ascii_case("set-cookie") {
                self.keep(value);
            } else if name.eq_ignore_ascii_case("transfer-encoding") {
                panic!("a body in chunks, which nobody here sends");
            } else if name.eq_ignore_ascii_case("location") {
                page.location = Some(if value.starts_with('/') {
                    format!("http://{authority}{value}")
                } else {
                    value.to_owned()
                });
            }
        }
        page
    }

    /// Opens a URL and follows redirects within the provider. `decision` is appended to the URL of the page that asks
    /// the person.
    fn follow(&mut self, url: &str, decision: &str) -> Page {
        let (home, _) = split(url);
        let mut url = url.to_owned();
        for _ in 0..MOST_STEPS {
            let asks = split(&url).1.starts_with("/interaction/");
            let page = self.open(&(url.clone() + if asks { decision } else { "" }), None);
            match &page.location {
                Some(next) if split(next).0 == home => url = next.clone(),
                _ => return page,
            }
        }
        panic!("redirects go in a circle");
    }

    fn type_code(&mut self, verification_uri: &str, user_code: &str, decision: &str) -> Page {
        let page = self.open(verification_uri, None);
        let (_, rest) = page
            .body
            .split_once("name=\"xsrf\" value=\"")
            .expect("a form");
        let (xsrf, _) = rest.split_once('"').expect("a value");
        let form = format!("xsrf={xsrf}&user_code={user_code}&{decision}");
        self.open(verification_uri, Some(&form))
    }

    /// Keeps a cookie; an empty value removes it.
    fn keep(&mut self, cookie: &str) {
        let (pair, _) = cookie.split_once(';').unwrap_or((cookie, ""));
        let (name, value) = pair.split_once('=').expect("a cookie");
        if value.is_empty() {
            self.cookies.remove(name);
        } else {
            self.cookies.insert(name.to_owned(), value.to_owned());
        }
    }
}

/// Splits a URL into host with port, and the rest.
fn split(url: &str) -> (&str, &str) {
    let rest = url
        .strip_prefix("http://")
        .expect("plaintext on this machine");
    rest.split_at(rest.find('/').unwrap_or(rest.len()))
}

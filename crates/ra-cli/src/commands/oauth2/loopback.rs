//! The listener for the redirect (RFC 8252, section 7.3). Any program on this machine and any page in the browser can
//! call it: other requests are turned away, and no caller keeps the redirect waiting.

use core::time::Duration;
use std::collections::VecDeque;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{AbortHandle, JoinSet};
use tokio::time::timeout;
use zeroize::Zeroizing;

use super::browser_page::Page;

/// Longest request head.
const MAX_HEAD_BYTES: usize = 64 * 1024;
/// Connections at once; a new one replaces the oldest.
const MAX_CALLERS: usize = 32;
/// Time limit for a request head.
const CALLER_WITHIN: Duration = Duration::from_secs(10);
/// Time limit for the final page.
const PAGE_WITHIN: Duration = Duration::from_secs(3);
/// Bytes after the head that are read, so that the response is not lost.
const MAX_REST_BYTES: usize = 64 * 1024;

/// Listens on `127.0.0.1`.
pub(super) struct Loopback {
    listener: TcpListener,
    callers: JoinSet<Option<Request>>,
    /// The callers that may still be running, the oldest first.
    running: VecDeque<AbortHandle>,
}

/// A GET request that waits for its response.
pub(super) struct Request {
    /// The URL with the host that the browser named.
    pub(super) url: Zeroizing<String>,
    stream: TcpStream,
}

impl Loopback {
    /// Listens on this port, or on a free one.
    pub(super) async fn bind(port: Option<u16>) -> io::Result<Self> {
        let address = (Ipv4Addr::LOCALHOST, port.unwrap_or(0));
        Ok(Self {
            listener: TcpListener::bind(address).await?,
            callers: JoinSet::new(),
            running: VecDeque::new(),
        })
    }

    /// The address that it listens on.
    pub(super) fn address(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }

    /// Waits for the next request that could be the redirect. Others are turned away.
    ///
    /// # Cancel safety
    /// Cancel safe: callers go on.
    pub(super) async fn request(&mut self) -> Request {
        loop {
            tokio::select! {
                accepted = self.listener.accept() => match accepted {
                    Ok((stream, _)) => self.spawn(read_request(stream)),
                    // too many open files, for example: callers leave after a while
                    Err(_) => tokio::time::sleep(Duration::from_millis(100)).await,
                },
                Some(read) = self.callers.join_next() => {
                    self.running.retain(|caller| !caller.is_finished());
                    if let Ok(Some(request)) = read {
                        return request;
                    }
                }
            }
        }
    }

    /// Turns a request away, without waiting for it.
    pub(super) fn turn_away(&mut self, request: Request) {
        self.spawn(async move {
            request.answer(Page::Foreign).await;
            None
        });
    }

    fn spawn(&mut self, caller: impl Future<Output = Option<Request>> + Send + 'static) {
        if self.running.len() >= MAX_CALLERS
            && let Some(oldest) = self.running.pop_front()
        {
            oldest.abort();
        }
        let caller = async { timeout(CALLER_WITHIN, caller).await.ok().flatten() };
        self.running.push_back(self.callers.spawn(caller));
    }
}

impl Request {
    /// Sends the page and waits for the caller to read it, up to a limit.
    pub(super) async fn answer(self, page: Page) {
        // it does not matter whether the caller reads it
        let _ = timeout(PAGE_WITHIN, answer(self.stream, page)).await;
    }
}

/// Reads the head of a request. Anything but a GET for a path is answered here.
async fn read_request(mut stream: TcpStream) -> Option<Request> {
    let mut head = Zeroizing::new(Vec::with_capacity(MAX_HEAD_BYTES));
    while !ends(&head) {
        let room = MAX_HEAD_BYTES
            .checked_sub(head.len())
            .filter(|room| *room > 0)?;
        let room = u64::try_from(room).ok()?;
        if (&mut stream).take(room).read_buf(&mut *head).await.ok()? == 0 {
            return None;
        }
    }
    match url(&head) {
        Some(url) => Some(Request { url, stream }),
        None => {
            answer(stream, Page::Foreign).await.ok()?;
            None
        }
    }
}

fn ends(head: &[u8]) -> bool {
    head.windows(4).any(|end| end == b"\r\n\r\n")
}

/// The URL of a GET: `http://`, its `Host`, and its target.
fn url(head: &[u8]) -> Option<Zeroizing<String>> {
    let mut lines = core::str::from_utf8(head).ok()?.split("\r\n");
    let target = lines.next()?.strip_prefix("GET ")?;
    let target = target.strip_suffix(" HTTP/1.1")?;
    if !target.starts_with('/') || !target.bytes().all(|byte| byte.is_ascii_graphic()) {
        return None;
    }
    let mut hosts = lines.filter_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("host").then_some(value.trim())
    });
    match (hosts.next(), hosts.next()) {
        (Some(host), None) => Some(Zeroizing::new(format!("http://{host}{target}"))),
        _ => None,
    }
}

async fn answer(mut stream: TcpStream, page: Page) -> io::Result<()> {
    stream.write_all(page.response().as_bytes()).await?;
    stream.shutdown().await?;
    // closing with unread bytes would reset the connection and lose the response
    let mut rest = [0; 1024];
    let mut left = MAX_REST_BYTES;
    loop {
        match stream.read(&mut rest).await? {
            0 => return Ok(()),
            read if read >= left => return Ok(()),
            read => left -= read,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::url;

    fn read(head: &str) -> Option<String> {
        url(head.as_bytes()).map(|url| url.to_string())
    }

    #[test]
    fn a_get_has_one_host_and_a_path() {
        assert_eq!(
            read("GET /callback?code=1 HTTP/1.1\r\nAccept: */*\r\nHOST: 127.0.0.1:8\r\n\r\n")
                .as_deref(),
            Some("http://127.0.0.1:8/callback?code=1")
        );
        for bad in [
            "",
            "\r\n\r\n",
            "GET\r\n\r\n",
            "GET / HTTP/1.1\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
            "GET / HTTP/2\r\nHost: a\r\n\r\n",
            "POST / HTTP/1.1\r\nHost: a\r\n\r\n",
            "GET http://a/ HTTP/1.1\r\nHost: a\r\n\r\n",
            "GET /a b HTTP/1.1\r\nHost: a\r\n\r\n",
            "GET /\u{e9} HTTP/1.1\r\nHost: a\r\n\r\n",
        ] {
            assert_eq!(read(bad), None, "{bad:?}");
        }
        assert_eq!(url(b"GET /\xff HTTP/1.1\r\nHost: a\r\n\r\n"), None);
    }
}

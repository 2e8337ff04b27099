//! The listener that the redirect comes to (RFC 8252, section 7.3). Anybody on this machine can call it, and any page in
//! the browser: what is not the answer to the flow is turned away, and no caller keeps the answer waiting.

use core::time::Duration;
use std::collections::VecDeque;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{AbortHandle, JoinSet};
use tokio::time::timeout;
use zeroize::Zeroizing;

use super::page::Page;

/// The most that a request's head may take.
const MAX_HEAD_BYTES: usize = 64 * 1024;
/// How many callers there may be at once; the one that has been there longest makes room.
const MAX_CALLERS: usize = 32;
/// How long a caller may take to say what it wants.
const CALLER_WITHIN: Duration = Duration::from_secs(10);
/// How long the one whose answer counts may take to read the page.
const PAGE_WITHIN: Duration = Duration::from_secs(3);
/// What a caller may go on sending after its head; it is read so that the answer is not lost.
const MAX_REST_BYTES: usize = 64 * 1024;

/// Listens on `127.0.0.1`.
pub(super) struct Loopback {
    listener: TcpListener,
    callers: JoinSet<Option<Request>>,
    /// Those that may still be at it, the oldest first.
    running: VecDeque<AbortHandle>,
}

/// A GET that waits for its answer.
pub(super) struct Request {
    /// The address as the browser has it, with the host that it named.
    pub(super) url: Zeroizing<String>,
    stream: TcpStream,
}

impl Loopback {
    /// Listens at this port; without one at a free port.
    pub(super) async fn bind(port: Option<u16>) -> io::Result<Self> {
        let address = (Ipv4Addr::LOCALHOST, port.unwrap_or(0));
        Ok(Self {
            listener: TcpListener::bind(address).await?,
            callers: JoinSet::new(),
            running: VecDeque::new(),
        })
    }

    /// Where.
    pub(super) fn address(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }

    /// The next request that could be the redirect. Everything else is turned away here.
    ///
    /// # Cancel safety
    /// Cancel safe: callers go on.
    pub(super) async fn request(&mut self) -> Request {
        loop {
            tokio::select! {
                accepted = self.listener.accept() => match accepted {
                    Ok((stream, _)) => self.begin(hear(stream)),
                    // too many open files, say: callers go away in a while
                    Err(_) => tokio::time::sleep(Duration::from_millis(100)).await,
                },
                Some(heard) = self.callers.join_next() => {
                    self.running.retain(|caller| !caller.is_finished());
                    if let Ok(Some(request)) = heard {
                        return request;
                    }
                }
            }
        }
    }

    /// Turns a request away, without waiting for it.
    pub(super) fn turn_away(&mut self, request: Request) {
        self.begin(async move {
            request.answer(Page::Foreign).await;
            None
        });
    }

    fn begin(&mut self, caller: impl Future<Output = Option<Request>> + Send + 'static) {
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
    /// Answers, and waits until the caller has it; not for long.
    pub(super) async fn answer(self, page: Page) {
        // whether anybody reads it changes nothing
        let _ = timeout(PAGE_WITHIN, answer(self.stream, page)).await;
    }
}

/// Reads the head of a request. What is no GET for a path is answered here.
async fn hear(mut stream: TcpStream) -> Option<Request> {
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

/// The address of a GET: `http://`, the host that it names, and its target.
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
    // closing with something unread would take the answer back
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

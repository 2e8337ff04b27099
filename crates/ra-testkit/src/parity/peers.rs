//! Servers and proxies that do one thing, and a watchdog that ends tests that hang.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel, sync_channel};
use std::time::Duration;

/// Time limit of a test.
pub const LONG: Duration = Duration::from_secs(20);

/// Ends the test run instead of letting a test hang, unless it is dropped in time.
#[must_use]
pub fn watchdog() -> Sender<()> {
    let (alive, watched) = channel();
    let test = std::thread::current().name().unwrap_or("?").to_owned();
    std::thread::spawn(move || {
        if watched.recv_timeout(Duration::from_secs(60)) == Err(RecvTimeoutError::Timeout) {
            // past what the test runner keeps to itself
            let _ = writeln!(std::io::stderr(), "the test {test} hangs");
            std::process::exit(101);
        }
    });
    alive
}

/// A listener on a free port of this machine.
pub fn listener() -> (TcpListener, SocketAddr) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    (listener, address)
}

/// A port of this machine where nobody listens.
pub fn deserted() -> SocketAddr {
    listener().1
}

/// The next connection, whose reads do not hang.
pub fn accept(listener: &TcpListener) -> TcpStream {
    let (stream, _) = listener.accept().unwrap();
    stream.set_nodelay(true).unwrap();
    stream.set_read_timeout(Some(LONG)).unwrap();
    stream
}

/// Serves every connection with `serve`, until the test process ends.
pub fn serve(serve: impl Fn(TcpStream) + Clone + Send + 'static) -> SocketAddr {
    let (listener, address) = listener();
    std::thread::spawn(move || {
        loop {
            let stream = accept(&listener);
            let serve = serve.clone();
            std::thread::spawn(move || serve(stream));
        }
    });
    address
}

/// Answers every request with these bytes and hangs up.
pub fn answering(reply: impl Into<Vec<u8>>) -> SocketAddr {
    let reply: Vec<u8> = reply.into();
    serve(move |mut stream| {
        read_request(&mut stream);
        let _ = stream.write_all(&reply);
    })
}

/// Takes every connection, reads, and says nothing.
pub fn silent() -> SocketAddr {
    serve(|mut stream| drain(&mut stream))
}

/// Reads until the peer hangs up.
pub fn drain(stream: &mut impl Read) {
    let mut buffer = [0; 4096];
    while !matches!(stream.read(&mut buffer), Ok(0) | Err(_)) {}
}

/// Reads a request: its head, and as much body as `Content-Length` says.
pub fn read_request(stream: &mut impl Read) -> String {
    let mut request = Vec::new();
    loop {
        if let Some(end) = request.windows(4).position(|bytes| bytes == b"\r\n\r\n") {
            let head = String::from_utf8_lossy(&request[..end]).to_lowercase();
            let length = head.split("content-length: ").nth(1).map_or(0, |rest| {
                rest.lines()
                    .next()
                    .unwrap()
                    .trim()
                    .parse::<usize>()
                    .unwrap()
            });
            if request.len() >= end + 4 + length {
                return String::from_utf8(request).unwrap();
            }
        }
        let mut buffer = [0; 4096];
        match stream.read(&mut buffer) {
            Ok(read) if read > 0 => request.extend_from_slice(&buffer[..read]),
            _ => return String::from_utf8_lossy(&request).into_owned(),
        }
    }
}

/// A reply with a JSON body.
pub fn json(status: &str, body: &str) -> String {
    let length = body.len();
    format!(
        "HTTP/1.1 {status}\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\r\n{body}"
    )
}

/// Returns whether a connection to `listener` is waiting.
pub fn is_untouched(listener: &TcpListener) -> bool {
    let own = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    let (_, first) = listener.accept().unwrap();
    first == own.local_addr().unwrap()
}

/// Hands on everything in both directions, until both sides are done.
pub fn splice(stream: TcpStream, target: SocketAddr) {
    let onward = TcpStream::connect(target).unwrap();
    let (mut from, mut forth) = (stream.try_clone().unwrap(), onward.try_clone().unwrap());
    std::thread::spawn(move || {
        let _ = std::io::copy(&mut from, &mut forth);
        let _ = forth.shutdown(std::net::Shutdown::Write);
    });
    let (mut back, mut to) = (onward, stream);
    let _ = std::io::copy(&mut back, &mut to);
    let _ = to.shutdown(std::net::Shutdown::Both);
}

/// A CONNECT proxy that leads everything to `target`, and the requests that it gets.
pub fn http_proxy(target: SocketAddr) -> (SocketAddr, Receiver<String>) {
    let (seen, requests) = sync_channel(4);
    let address = serve(move |mut stream| {
        seen.send(read_request(&mut stream)).unwrap();
        stream.write_all(b"HTTP/1.1 200 Connected\r\n\r\n").unwrap();
        splice(stream, target);
    });
    (address, requests)
}

/// A CONNECT proxy that leads to the port of this machine that it is asked for.
pub fn http_proxy_to_ports() -> SocketAddr {
    serve(|mut stream| {
        let request = read_request(&mut stream);
        let asked = request.split(' ').nth(1).unwrap().rsplit(':').next();
        let port: u16 = asked.unwrap().parse().unwrap();
        stream.write_all(b"HTTP/1.1 200 Connected\r\n\r\n").unwrap();
        splice(stream, SocketAddr::from(([127, 0, 0, 1], port)));
    })
}

/// Hands on everything to `target`, what comes back one byte at a time.
pub fn relay(target: SocketAddr) -> SocketAddr {
    serve(move |stream| {
        let onward = TcpStream::connect(target).unwrap();
        let (mut from, mut to) = (stream.try_clone().unwrap(), stream);
        let (mut back, mut forth) = (onward.try_clone().unwrap(), onward);
        std::thread::spawn(move || {
            let _ = std::io::copy(&mut from, &mut forth);
        });
        // the upgrade's answer in one piece: its reader takes many small pieces for an attack
        let mut head = [0; 1024];
        let read = back.read(&mut head).unwrap();
        to.write_all(&head[..read]).unwrap();
        let mut byte = [0];
        while back.read_exact(&mut byte).is_ok() && to.write_all(&byte).is_ok() {
            std::thread::yield_now();
        }
    })
}

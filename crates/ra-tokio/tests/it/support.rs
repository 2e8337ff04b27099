//! Servers that do one thing, and bounds on everything.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWriteExt as _, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;

/// Fails a test instead of letting it hang.
pub async fn bounded<T>(work: impl Future<Output = T>) -> T {
    tokio::time::timeout(Duration::from_secs(30), work)
        .await
        .expect("the test hangs")
}

/// A listener on a free port of this machine.
pub async fn listener() -> (TcpListener, SocketAddr) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    (listener, address)
}

/// A port of this machine where nobody listens.
pub async fn deserted() -> SocketAddr {
    listener().await.1
}

/// Serves every connection with `serve`.
pub async fn serve<F, Fut>(serve: F) -> SocketAddr
where
    F: Fn(TcpStream) -> Fut + Send + 'static,
    Fut: Future<Output = ()> + Send + 'static,
{
    let (listener, address) = listener().await;
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            stream.set_nodelay(true).unwrap();
            tokio::spawn(serve(stream));
        }
    });
    address
}

/// Answers every request with these bytes and hangs up.
pub async fn answering(reply: impl Into<Vec<u8>>) -> SocketAddr {
    let reply: Vec<u8> = reply.into();
    serve(move |mut stream| {
        let reply = reply.clone();
        async move {
            read_request(&mut stream).await;
            let _ = stream.write_all(&reply).await;
        }
    })
    .await
}

/// Takes every connection, reads, and says nothing.
pub async fn silent() -> SocketAddr {
    serve(|mut stream| async move { drain(&mut stream).await }).await
}

/// Reads until the peer hangs up.
pub async fn drain(stream: &mut (impl AsyncRead + Unpin)) {
    let mut buffer = [0; 4096];
    while !matches!(stream.read(&mut buffer).await, Ok(0) | Err(_)) {}
}

/// Reads a request: its head, and as much body as `Content-Length` says.
pub async fn read_request(stream: &mut (impl AsyncRead + Unpin)) -> String {
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
        match stream.read(&mut buffer).await {
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

/// Whether anybody has connected to `listener` before now.
pub async fn is_untouched(listener: TcpListener) -> bool {
    let own = TcpStream::connect(listener.local_addr().unwrap())
        .await
        .unwrap();
    let (_, first) = listener.accept().await.unwrap();
    first == own.local_addr().unwrap()
}

/// A CONNECT proxy that leads everything to `target` and says what it was asked.
pub async fn http_proxy(target: SocketAddr) -> (SocketAddr, mpsc::Receiver<String>) {
    http_proxy_by_port(move |_| target).await
}

/// A CONNECT proxy that leads each port to where `lead` says and says what it was asked.
pub async fn http_proxy_by_port(
    lead: impl Fn(u16) -> SocketAddr + Copy + Send + Sync + 'static,
) -> (SocketAddr, mpsc::Receiver<String>) {
    let (seen, requests) = mpsc::channel(4);
    let address = serve(move |mut stream| {
        let seen = seen.clone();
        async move {
            let request = read_request(&mut stream).await;
            let asked = request.split(' ').nth(1).unwrap().rsplit(':').next();
            let port = asked.unwrap().parse().unwrap();
            seen.send(request).await.unwrap();
            stream
                .write_all(b"HTTP/1.1 200 Connected\r\n\r\n")
                .await
                .unwrap();
            let mut onward = TcpStream::connect(lead(port)).await.unwrap();
            let _ = copy_bidirectional(&mut stream, &mut onward).await;
        }
    })
    .await;
    (address, requests)
}

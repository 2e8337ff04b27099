//! What the examples talk to where no URL is given: a few of Discord's answers, from a thread of the same process.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};

use ra_http::BaseUrl;

pub(crate) const CLIENT_ID: &str = "157730590492196864";
pub(crate) const SECRET: &str = "937it3ow87i4ery69876wqire";

const TOKEN: &str = "{\"access_token\":\"6qrZcUqja7812RVdnEKjpzOL4CvHBFG\",\"token_type\":\"Bearer\",\
    \"expires_in\":604800,\"scope\":\"identify\"}";
const ME: &str = "{\"application\":{\"id\":\"157730590492196864\",\"name\":\"example\"},\
    \"scopes\":[\"identify\"],\"expires\":\"2036-01-01T00:00:00+00:00\"}";

/// Serves for as long as the process lives; the base of its API.
pub(crate) fn start() -> Result<BaseUrl, Box<dyn std::error::Error>> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let base = format!("http://{}/api/v10", listener.local_addr()?).parse()?;
    std::thread::spawn(move || {
        let (mut asked, mut revoked) = (0, false);
        for stream in listener.incoming().flatten() {
            let _ = answer(stream, &mut asked, &mut revoked);
        }
    });
    Ok(base)
}

/// One request a connection.
fn answer(stream: TcpStream, asked: &mut u32, revoked: &mut bool) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    reader.read_line(&mut line)?;
    let (mut length, mut header) = (0, String::new());
    while reader.read_line(&mut header)? > 2 {
        let lower = header.to_ascii_lowercase();
        if let Some(number) = lower.strip_prefix("content-length:") {
            length = number.trim().parse().unwrap_or(0);
        }
        header.clear();
    }
    let mut form = String::new();
    reader.by_ref().take(length).read_to_string(&mut form)?;

    let authenticated = form.contains(&format!("client_id={CLIENT_ID}&client_secret={SECRET}"));
    let (status, body) = match line.trim_end() {
        "POST /api/v10/oauth2/token HTTP/1.1" if authenticated => ("200 OK", TOKEN),
        "POST /api/v10/oauth2/token HTTP/1.1" => {
            ("401 Unauthorized", r#"{"error":"invalid_client"}"#)
        }
        "POST /api/v10/oauth2/token/revoke HTTP/1.1" => {
            *revoked = true;
            ("200 OK", "{}")
        }
        "GET /api/v10/oauth2/@me HTTP/1.1" if *revoked => {
            let body = r#"{"message":"401: Unauthorized","code":0}"#;
            ("401 Unauthorized", body)
        }
        "GET /api/v10/oauth2/@me HTTP/1.1" => {
            *asked += 1;
            match asked {
                1 => ("429 Too Many Requests", r#"{"retry_after":0.01}"#),
                _ => ("200 OK", ME),
            }
        }
        _ => ("404 Not Found", "{}"),
    };
    write!(
        reader.get_mut(),
        "HTTP/1.1 {status}\r\nconnection: close\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    )
}

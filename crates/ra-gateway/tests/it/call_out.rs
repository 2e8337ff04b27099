//! Accounts on a server of the host's own, over real sockets.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, Request, Response};
use http_body_util::{BodyExt, Full};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use ra_gateway::Config;
use ra_gateway::accounts::{Carried, Carrier, HttpCallOut};
use ra_http::Body;
use ra_tokio::{HttpCarrier, Network};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

use crate::support::*;

#[derive(Debug)]
struct Carry(HttpCarrier);

impl Carrier for Carry {
    fn send(&self, request: Request<Body>, within: Duration) -> Carried<'_> {
        Box::pin(self.0.send(request, within))
    }
}

/// Requests the host's server received: path, headers, body.
type Heard = Arc<Mutex<Vec<(String, HeaderMap, Value)>>>;

/// A host's server: Dora, who may log in with a backup code, and Eve, who may not log in.
async fn server() -> (SocketAddr, Heard) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let heard = Heard::default();
    let all = Arc::clone(&heard);
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let heard = Arc::clone(&all);
            let service = service_fn(move |request: Request<hyper::body::Incoming>| {
                let heard = Arc::clone(&heard);
                async move {
                    let (head, body) = request.into_parts();
                    let body = body.collect().await.unwrap().to_bytes();
                    let body: Value = serde_json::from_slice(&body).unwrap();
                    let answer = answer(head.uri.path(), &head.headers, &body);
                    let asked = (head.uri.path().to_owned(), head.headers, body);
                    heard.lock().unwrap().push(asked);
                    Ok::<_, Infallible>(answer)
                }
            });
            tokio::spawn(http1::Builder::new().serve_connection(TokioIo::new(stream), service));
        }
    });
    (address, heard)
}

fn answer(path: &str, headers: &HeaderMap, body: &Value) -> Response<Full<Bytes>> {
    let phone = headers
        .get("authorization")
        .map_or("", |v| v.to_str().unwrap());
    let (status, body) = match (path, phone) {
        ("/gw/authenticate", "dora") => {
            let dora = json!({"id": "4", "username": "dora"});
            (200, json!({"user": dora, "mfa": ["backup"]}))
        }
        ("/gw/authenticate", "eve") => (403, json!({})),
        ("/gw/authenticate", "elsewhere") => (302, json!({})),
        ("/gw/authenticate", "busy") => (503, json!({"secret": "canary"})),
        ("/gw/authenticate", "often") => (429, json!({})),
        ("/gw/authenticate", "nonsense") => (200, json!({"canary": 1})),
        ("/gw/authenticate", _) => (401, json!({})),
        ("/gw/mfa", "") => (200, json!({"valid": body["data"] == "right"})),
        ("/gw/token", "") => (200, json!({"token": "dora-token"})),
        _ => (404, json!({})),
    };
    let response = Response::builder()
        .status(status)
        .header("location", "/gw/token")
        .header("retry-after", "17");
    response.body(Full::from(body.to_string())).unwrap()
}

async fn asking(server: SocketAddr) -> Host {
    asking_with(server, |accounts| accounts, |_| {}).await
}

async fn asking_with(
    server: SocketAddr,
    set: impl FnOnce(HttpCallOut) -> HttpCallOut,
    change: impl FnOnce(&mut Config),
) -> Host {
    let base = format!("http://{server}/gw").parse().unwrap();
    let carrier = Carry(HttpCarrier::new(Network::default()));
    let accounts = HttpCallOut::new(base, Arc::new(carrier));
    let accounts = accounts.with_secret("only-the-gateway").unwrap();
    host_of(Arc::new(set(accounts)), change).await
}

async fn scan(host: &Host, who: &str) -> Reply {
    let body = json!({"fingerprint": "x"});
    post(host.address, "", Some(who), body).await
}

#[tokio::test]
async fn r57_a_whole_login_with_accounts_elsewhere() {
    let (address, heard) = server().await;
    let host = asking(address).await;
    let (mut desktop, fingerprint) = Desktop::ready(host.address, 1).await;
    let body = json!({ "fingerprint": fingerprint });
    let handshake = post(host.address, "", Some("dora"), body).await.json();
    assert_eq!(desktop.expect_user().await, "4:0:0:dora");
    let question = post(host.address, "finish", Some("dora"), handshake.clone()).await;
    assert_eq!(question.refusal(), (401, 60003));
    assert_eq!(
        question.json()["mfa"]["methods"],
        json!([{"type": "backup"}])
    );
    let ticket = question.json()["mfa"]["ticket"].clone();
    let answer = |data: &'static str| {
        let body = json!({"ticket": ticket, "mfa_type": "backup", "data": data});
        let request = Request::post("/api/v9/mfa/finish").header("host", "gateway");
        call(
            host.address,
            request
                .header("authorization", "dora")
                .body(body.to_string())
                .unwrap(),
        )
    };
    assert_eq!(answer("wrong").await.refusal(), (400, 60008));
    let passed = answer("right").await.json()["token"]
        .as_str()
        .unwrap()
        .to_owned();
    let finish = Request::post("/api/v9/users/@me/remote-auth/finish")
        .header("host", "gateway")
        .header("authorization", "dora")
        .header("x-discord-mfa-authorization", passed)
        .body(handshake.to_string());
    assert_eq!(call(host.address, finish.unwrap()).await.status, 204);
    let ticket = desktop.expect_ticket().await;
    assert_eq!(desktop.exchange(host.address, &ticket).await, "dora-token");
    for (path, headers, _) in heard.lock().unwrap().iter() {
        assert_eq!(headers["x-ra-secret"], "only-the-gateway", "{path}");
    }
}

#[tokio::test]
async fn r57_what_the_server_says_becomes_the_phones_answer() {
    let (address, heard) = server().await;
    let host = asking(address).await;
    assert_eq!(scan(&host, "nobody").await.refusal(), (401, 0));
    assert_eq!(scan(&host, "eve").await.refusal(), (403, 0));
    assert_eq!(scan(&host, "elsewhere").await.refusal(), (502, 0));
    let asked = |path: &str| {
        heard
            .lock()
            .unwrap()
            .iter()
            .filter(|(p, ..)| p == path)
            .count()
    };
    assert_eq!(asked("/gw/token"), 0, "no redirect is followed");
    let busy = scan(&host, "busy").await;
    assert_eq!(busy.refusal(), (503, 130_000));
    assert_eq!(busy.retry_after(), 17);
    assert!(!busy.text.contains("canary"));
    assert_eq!(
        asked("/gw/authenticate"),
        4,
        "a server that asks to wait is not asked again"
    );
}

#[tokio::test]
async fn r57_a_server_that_is_not_there_makes_503() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let host = asking(address).await;
    let reply = scan(&host, "dora").await;
    assert_eq!(reply.refusal(), (503, 130_000));
    assert!(reply.retry_after() >= 1);
}

/// Counts failures of the accounts, by reason.
fn failures(host: &Host) -> Vec<(String, u64)> {
    let page = host.handle.metrics();
    let failed = page.lines().filter_map(|line| {
        let (reason, count) = line
            .strip_prefix("ra_gateway_accounts_failures_total{reason=\"")?
            .split_once("\"} ")?;
        Some((reason.to_owned(), count.parse().unwrap()))
    });
    failed.filter(|(_, count)| *count > 0).collect()
}

fn once(reason: &str) -> Vec<(String, u64)> {
    vec![(reason.to_owned(), 1)]
}

#[tokio::test]
async fn r57_each_failure_of_the_server_has_a_reason_of_its_own() {
    let (address, _) = server().await;
    for (who, status, reason) in [
        ("busy", 503, "server_error"),
        ("often", 503, "throttled"),
        ("nonsense", 502, "bad_answer"),
        ("elsewhere", 502, "bad_answer"),
    ] {
        let (kept, _guard) = Kept::start();
        let host = asking(address).await;
        assert_eq!(scan(&host, who).await.status, status, "{who}");
        assert_eq!(failures(&host), once(reason), "{who}");
        assert_eq!(counted(&host, "accounts_seconds_count"), 1);
        let line = format!("accounts_failed reason={reason} count=");
        assert_eq!(kept.line(&line).await, "1");
        assert_eq!(kept.level(&line), tracing::Level::WARN);
        let refused = match status {
            503 => "accounts_unavailable",
            _ => "accounts_broken",
        };
        let refused = format!("refusals_total{{reason=\"{refused}\"}}");
        assert_eq!(counted(&host, &refused), 1, "{who}");
        assert_eq!(counted(&host, "refusals_total{reason=\"busy\"}"), 0);
    }
    // a no is an answer
    let host = asking(address).await;
    scan(&host, "nobody").await;
    scan(&host, "eve").await;
    assert_eq!(failures(&host), []);
    assert_eq!(counted(&host, "accounts_seconds_count"), 2);
}

/// Scans while the server treats its connections like this.
async fn with_server(
    does: impl Fn(tokio::net::TcpStream) -> Option<tokio::net::TcpStream> + Send + 'static,
) -> Vec<(String, u64)> {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let serving = tokio::spawn(async move {
        let mut kept = Vec::new();
        while let Ok((stream, _)) = listener.accept().await {
            kept.extend(does(stream));
        }
    });
    let short = |accounts: HttpCallOut| accounts.with_timeout(Duration::from_millis(200));
    let host = asking_with(address, short, |_| {}).await;
    assert_eq!(scan(&host, "dora").await.refusal(), (503, 130_000));
    serving.abort();
    failures(&host)
}

#[tokio::test]
async fn r57_no_answer_is_told_by_what_came_instead() {
    assert_eq!(with_server(Some).await, once("timed_out"));
    assert_eq!(with_server(|_| None).await, once("cut_off"));

    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let nobody = listener.local_addr().unwrap();
    drop(listener);
    let host = asking(nobody).await;
    scan(&host, "dora").await;
    assert_eq!(failures(&host), once("no_connection"));

    let host = asking_with(nobody, |accounts| accounts.with_at_a_time(0), |_| {}).await;
    scan(&host, "dora").await;
    assert_eq!(failures(&host), once("too_many"));

    let soon = |config: &mut Config| config.limits.accounts_within = Duration::from_millis(50);
    let host = host_of(Arc::new(Silent::default()), soon).await;
    scan(&host, "dora").await;
    assert_eq!(failures(&host), once("timed_out"));
    let waited = counted(&host, "accounts_seconds_bucket{le=\"+Inf\"}");
    assert_eq!(
        (
            waited,
            counted(&host, "accounts_seconds_bucket{le=\"0.025\"}")
        ),
        (1, 0)
    );
}

#[tokio::test]
async fn r57_what_is_no_http_is_an_answer_that_makes_no_sense() {
    for (said, status) in [
        ("SSH-2.0-OpenSSH_9.2\r\n", 502),
        ("220 canary ESMTP\r\n", 502),
        ("HTTP/1.1 yes\r\n\r\n", 502),
        ("\u{1}\u{2}\u{3}canary\r\n\r\n", 502),
        // half of what would be an answer
        ("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{", 503),
        ("", 503),
    ] {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let host = asking(listener.local_addr().unwrap()).await;
        let asked = Arc::new(Mutex::new(0));
        let counted = Arc::clone(&asked);
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                *counted.lock().unwrap() += 1;
                let mut head = [0; 4096];
                // what is left unread when it closes would take what was said along
                let _ = stream.read(&mut head).await;
                let _ = stream.write_all(said.as_bytes()).await;
            }
        });
        let reply = scan(&host, "dora").await;
        assert_eq!(reply.refusal().0, status, "{said:?}");
        assert!(!reply.text.contains("canary"), "{said:?}");
        let attempts = if status == 502 { 1 } else { 2 };
        assert_eq!(*asked.lock().unwrap(), attempts, "{said:?}");
    }
}

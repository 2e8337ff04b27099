//! The socket, with peers that do not behave.

use std::io::Write as _;
use std::time::Duration;

use ra_core::desktop::login::{LoginError, LoginErrorKind};
use ra_http::{TransportError, TransportErrorKind};
use ra_proto::frame::MAX_FRAME_BYTES;

use crate::parity::gateway::Service;
use crate::parity::peers::{
    answering, deserted, is_untouched, listener, read_request, serve, silent,
};
use crate::parity::{Operations, RunningLogin};

/// Why a login cannot connect to the gateway at this address.
fn refusal<A: Operations>(adapter: A, url: &str) -> TransportError {
    let mut options = Service::new().options();
    options.config.gateway = url.parse().unwrap();
    options.config.connect_within = Duration::from_secs(5);
    match adapter.start_login(options).unwrap().outcome() {
        Err(LoginError::Connect(error)) => error,
        other => panic!("{other:?}"),
    }
}

pub fn a_refused_upgrade_keeps_status_and_wait<A: Operations>(adapter: A) {
    for (reply, status, wait) in [
        (
            "503 Busy\r\nretry-after: 7\r\ncontent-length: 6\r\n\r\ncanary",
            503,
            Some(Duration::from_secs(7)),
        ),
        (
            "429 Slow\r\nretry-after: 0.5\r\n\r\n",
            429,
            Some(Duration::from_millis(500)),
        ),
        ("403 Forbidden\r\n\r\n<html>canary</html>", 403, None),
        ("200 OK\r\ncontent-length: 2\r\n\r\n{}", 200, None),
    ] {
        let address = answering(format!("HTTP/1.1 {reply}"));
        let error = refusal(adapter, &format!("ws://{address}/"));
        assert_eq!(error.kind(), TransportErrorKind::upgrade(status, wait));
        assert!(!format!("{error} {error:?}").contains("canary"));
    }
}

pub fn r33_a_redirect_is_a_refusal_and_not_followed<A: Operations>(adapter: A) {
    let (target, elsewhere) = listener();
    for status in [301, 302, 307, 308] {
        let address = answering(format!(
            "HTTP/1.1 {status} Moved\r\nlocation: ws://{elsewhere}/canary\r\ncontent-length: 0\r\n\r\n"
        ));
        let error = refusal(adapter, &format!("ws://{address}/"));
        assert_eq!(error.kind(), TransportErrorKind::upgrade(status, None));
        assert!(!format!("{error} {error:?}").contains("canary"));
    }
    assert!(is_untouched(&target));
}

pub fn an_answer_that_is_no_upgrade_is_a_lost_connection<A: Operations>(adapter: A) {
    let accept =
        "HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: upgrade\r\n";
    for reply in [
        format!("{accept}sec-websocket-accept: AAAAAAAAAAAAAAAAAAAAAAAAAAA=\r\n\r\n"),
        format!("{accept}\r\n"),
        format!("{accept}sec-websocket-accept: canary\r\nsec-websocket-protocol: canary\r\n\r\n"),
        "HTTP/1.1 101 canary\r\nupgrade: canary\r\nconnection: canary\r\n\r\n".to_owned(),
        "HTTP/1.1 101 \u{e9}\r\nc\u{e9}anary: canary\r\n\r\n".to_owned(),
        "SSH-2.0-OpenSSH_9.2\r\n".to_owned(),
        "\u{0}\u{1}\u{2}".to_owned(),
        String::new(),
    ] {
        let error = refusal(adapter, &format!("ws://{}/", answering(reply.clone())));
        assert_eq!(error.kind(), TransportErrorKind::Lost, "{reply}");
        let source = std::error::Error::source(&error).expect("a cause");
        assert!(
            !format!("{error:?} {source}").contains("anary"),
            "{error:?}"
        );
    }
}

pub fn an_endless_head_is_not_read_on<A: Operations>(adapter: A) {
    let address = serve(|mut stream| {
        read_request(&mut stream);
        let _ = stream.write_all(b"HTTP/1.1 101 Switching Protocols\r\n");
        let line = format!("x-more: {}\r\n", "x".repeat(1000));
        while stream.write_all(line.as_bytes()).is_ok() {}
    });
    let error = refusal(adapter, &format!("ws://{address}/"));
    assert_eq!(error.kind(), TransportErrorKind::Lost);
}

pub fn r19_silence_at_the_upgrade_ends_in_time<A: Operations>(adapter: A) {
    let mut options = Service::new().options();
    options.config.gateway = format!("ws://{}/", silent()).parse().unwrap();
    options.config.connect_within = Duration::from_millis(50);
    let error = adapter.start_login(options).unwrap().outcome().unwrap_err();
    let timeout = TransportErrorKind::Timeout;
    assert!(
        matches!(&error, LoginError::Connect(e) if e.kind() == timeout),
        "{error:?}"
    );
}

pub fn headers_that_cannot_be_sent_are_the_callers_fault<A: Operations>(adapter: A) {
    let service = Service::new();
    for (origin, user_agent) in [("can\nary", "u"), ("o", "can\r\nary: 1")] {
        let mut options = service.options();
        options.config.origin = origin.to_owned();
        options.config.user_agent = user_agent.to_owned();
        let error = adapter.start_login(options).unwrap().outcome().unwrap_err();
        let not_allowed = TransportErrorKind::NotAllowed;
        assert!(matches!(&error, LoginError::Connect(e) if e.kind() == not_allowed));
    }
    assert!(is_untouched(&service.sockets));
}

/// Returns the result of a login whose gateway sends these bytes after the upgrade.
fn ruin<A: Operations>(adapter: A, babble: Vec<u8>) -> LoginError {
    let service = Service::new();
    let mut options = service.options();
    options.config.failures_before_qr = 1;
    let login = adapter.start_login(options).unwrap();
    let gateway = std::thread::spawn(move || {
        let mut gateway = service.accept();
        let _ = gateway.socket.get_mut().write_all(&babble);
        gateway.closed();
    });
    let error = login.outcome().unwrap_err();
    gateway.join().unwrap();
    error
}

pub fn r17_messages_over_the_cap_end_the_session<A: Operations>(adapter: A) {
    let fragment = |first: u8| [&[first, 126, 0x80, 0x00][..], &[b'x'; 0x8000]].concat();
    let mut over = vec![0x81, 127];
    over.extend((MAX_FRAME_BYTES as u64 + 1).to_be_bytes());
    over.resize(over.len() + MAX_FRAME_BYTES + 1, b'x');
    let mut endless = vec![0x81, 127];
    endless.extend((u64::MAX >> 1).to_be_bytes());
    for babble in [
        over,
        endless,
        [fragment(0x01), fragment(0x00), fragment(0x00)].concat(),
    ] {
        let error = ruin(adapter, babble);
        assert_eq!(error.kind(), LoginErrorKind::Protocol, "{error:?}");
        assert!(format!("{error:?}").contains("Oversized"), "{error:?}");
    }
}

pub fn a_connection_that_babbles_is_lost<A: Operations>(adapter: A) {
    // reserved bits, unknown op, a fragmented ping, a masked frame
    for babble in [
        &[0xf1, 0x00][..],
        &[0x83, 0x00],
        &[0x09, 0x00],
        &[0x81, 0x81, 0, 0, 0, 0, b'x'],
    ] {
        let error = ruin(adapter, babble.to_vec());
        assert_eq!(error.kind(), LoginErrorKind::Network, "{babble:?}");
    }
}

pub fn nobody_there_is_no_connection<A: Operations>(adapter: A) {
    let error = refusal(adapter, &format!("ws://{}/", deserted()));
    assert_eq!(error.kind(), TransportErrorKind::Connect);
}

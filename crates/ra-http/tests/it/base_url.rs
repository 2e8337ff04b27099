//! which base URLs are taken, and what is made of them.

use proptest::prelude::*;
use ra_http::{BaseUrl, BaseUrlError, HttpErrorKind};

fn refusal(text: &str) -> BaseUrlError {
    text.parse::<BaseUrl>().expect_err(text)
}

#[test]
fn r01_https_goes_anywhere() {
    let base: BaseUrl = "https://discord.com/api/v9".parse().unwrap();
    assert_eq!(
        (base.host(), base.port(), base.is_plaintext()),
        ("discord.com", 443, false)
    );
    let base: BaseUrl = "HTTPS://PTB.Discord.com:8443/api".parse().unwrap();
    assert_eq!(base.to_string(), "https://ptb.discord.com:8443/api");
    assert_eq!(base.path(), "/api");
    assert!(!base.is_loopback());
    let base: BaseUrl = "https://[2001:db8::1]:444".parse().unwrap();
    assert_eq!(
        (base.host(), base.port(), base.path()),
        ("2001:db8::1", 444, "")
    );
    assert_eq!(base.join("/x").unwrap(), "https://[2001:db8::1]:444/x");
}

#[test]
fn r01_plaintext_goes_to_loopback_only() {
    for fine in [
        "http://127.0.0.1:8080/api",
        "http://127.255.0.3",
        "http://[::1]:9",
        "http://LOCALHOST:80",
    ] {
        let base: BaseUrl = fine.parse().unwrap();
        assert!(base.is_plaintext() && base.is_loopback(), "{fine}");
    }
    for bad in [
        "http://discord.com/api/v9",
        "http://128.0.0.1",
        "http://0.0.0.0",
        "http://192.168.0.1",
        "http://[::2]",
        "http://[::]",
        "http://[::ffff:127.0.0.1]",
        "http://localhost.evil.example",
        "http://127.0.0.1.evil.example",
        "http://localhost-evil",
    ] {
        assert_eq!(refusal(bad), BaseUrlError::Plaintext, "{bad}");
    }
}

#[test]
fn a_base_of_16_kib_is_the_longest() {
    let of_length = |length: usize| format!("https://h/{}", "p".repeat(length - 10));
    let base: BaseUrl = of_length(16_384).parse().unwrap();
    assert_eq!(base.to_string(), of_length(16_384));
    assert_eq!(refusal(&of_length(16_385)), BaseUrlError::NotAUrl);
}

#[test]
fn r01_tricks_are_refused_with_their_reason() {
    use BaseUrlError::*;
    for (text, reason) in [
        ("", NotAUrl),
        ("discord.com/api", NotAUrl),
        ("https:/discord.com", NotAUrl),
        ("https://dis cord.com", NotAUrl),
        ("https://discord.com/\n", NotAUrl),
        ("https://discord.com\\@evil.example/", NotAUrl),
        ("https://discord.com/a\u{e9}", NotAUrl),
        ("https://discord.com/<a>", NotAUrl),
        ("ftp://discord.com", Scheme),
        ("wss://discord.com", Scheme),
        (" https://discord.com", Scheme),
        ("https://discord.com@evil.example/", UserInfo),
        ("http://localhost:80@evil.example/", UserInfo),
        ("https://", Host),
        ("https:///api", Host),
        ("https://:443", Host),
        ("https://a..b", Host),
        ("https://discord.com.", Host),
        ("https://[::1", Host),
        ("https://[::1]x", Host),
        ("https://[fe80::1%25eth0]", Host),
        ("https://::1", Host),
        ("http://127.1", Host),
        ("http://2130706433", Host),
        ("http://0x7f.0x1", Host),
        ("http://127.0.0.256", Host),
        ("https://discord.com:", Port),
        ("https://discord.com:0", Port),
        ("https://discord.com:+443", Port),
        ("https://discord.com:65536", Port),
        ("https://discord.com:443:443", Port),
        ("https://discord.com?x", Query),
        ("https://discord.com/api?x=1", Query),
        ("https://discord.com/api#x", Fragment),
        ("http://localhost#@evil.example", Fragment),
    ] {
        assert_eq!(refusal(text), reason, "{text:?}");
    }
}

#[test]
fn host_names_are_bounded_and_may_begin_with_digits() {
    let longest = format!(
        "{}.{}.{}.{}",
        "a".repeat(63),
        "b".repeat(63),
        "c".repeat(63),
        "d".repeat(61)
    );
    assert_eq!(longest.len(), 253);
    for fine in [longest.as_str(), "gateway.3com", "4chan", "redis_1"] {
        assert_eq!(
            format!("https://{fine}").parse::<BaseUrl>().unwrap().host(),
            fine
        );
    }
    assert_eq!(refusal(&format!("https://{longest}d")), BaseUrlError::Host);
    assert_eq!(
        refusal(&format!("https://{}", "a".repeat(64))),
        BaseUrlError::Host
    );
}

#[test]
fn urls_and_refusals_can_be_read() {
    let base: BaseUrl = "https://discord.com/api/v9".parse().unwrap();
    assert_eq!(format!("{base:?}"), "BaseUrl(https://discord.com/api/v9)");
    assert_eq!(
        BaseUrlError::Plaintext.to_string(),
        "plaintext is allowed to this machine only"
    );
}

#[test]
fn join_keeps_the_base_path_and_stays_on_the_host() {
    for (base, path, uri) in [
        (
            "https://discord.com/api/v9",
            "/users/@me/remote-auth",
            "https://discord.com/api/v9/users/@me/remote-auth",
        ),
        (
            "https://discord.com/api/v9///",
            "/mfa/finish",
            "https://discord.com/api/v9/mfa/finish",
        ),
        ("https://discord.com", "/a?b=c", "https://discord.com/a?b=c"),
        (
            "https://discord.com",
            "//evil.example/",
            "https://discord.com//evil.example/",
        ),
        ("http://[::1]:8080/api", "/x", "http://[::1]:8080/api/x"),
        ("https://discord.com:443", "/x", "https://discord.com/x"),
        ("http://localhost:80", "/x", "http://localhost/x"),
    ] {
        let base: BaseUrl = base.parse().unwrap();
        let joined = base.join(path).unwrap();
        assert_eq!(joined, uri);
        assert_eq!(
            joined.host().map(|host| host.trim_matches(['[', ']'])),
            Some(base.host())
        );
    }
}

#[test]
fn join_refuses_what_is_no_path() {
    let base: BaseUrl = "https://discord.com".parse().unwrap();
    for bad in [
        "",
        "x",
        "@evil.example",
        ".evil.example",
        ":80/",
        "/a b",
        "/a#b",
        "/a\r\nX: y",
        "/\u{e9}\u{0}",
    ] {
        let error = base.join(bad).expect_err(bad);
        assert_eq!(
            (error.kind(), error.field()),
            (HttpErrorKind::BadRequest, Some("path")),
            "{bad}"
        );
    }
}

proptest! {
    #[test]
    fn r01_any_text_parses_or_not_and_plaintext_is_always_loopback(
        text in "(https?://)?[-a-z0-9.:@\\[\\]/?#\\\\ %]{0,24}",
    ) {
        if let Ok(base) = text.parse::<BaseUrl>() {
            prop_assert!(base.is_loopback() || !base.is_plaintext());
            prop_assert_eq!(base.to_string().parse::<BaseUrl>(), Ok(base.clone()));
            let uri = base.join("/x").unwrap();
            let port = uri.port_u16().unwrap_or(if base.is_plaintext() { 80 } else { 443 });
            prop_assert_eq!(port, base.port());
            prop_assert_eq!(uri.host().map(|host| host.trim_matches(['[', ']'])), Some(base.host()));
        }
    }
}

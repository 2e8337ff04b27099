//! Redirect URIs.

use proptest::prelude::*;

use super::*;

fn fault(text: &str) -> RedirectUriError {
    RedirectUri::new(text).unwrap_err()
}

#[test]
fn s04_a_redirect_uri_is_absolute_and_has_no_fragment() {
    for good in [
        "https://nicememe.website",
        "https://x/?a=b",
        "http://127.0.0.1:8080/cb",
        "http://[::1]:1/",
        "HTTPS://X.example/",
        "com.example.app:/callback",
        "discord-1234567890:/authorize/callback",
    ] {
        let uri = RedirectUri::new(good).unwrap();
        assert_eq!(uri.as_str(), good);
        assert_eq!(uri.to_string(), good);
        assert_eq!(good.parse(), Ok(uri));
    }
    for relative in ["", "/cb", "cb", "?a=b", "//x/y", "://x", "1x://y", "https:"] {
        assert!(
            matches!(
                fault(relative),
                RedirectUriError::NotAbsolute | RedirectUriError::Host
            ),
            "{relative}"
        );
    }
    assert_eq!(fault("https://x/#f"), RedirectUriError::Fragment);
    for runs in [
        "javascript:alert(1)",
        "JavaScript:alert(1)",
        "data:text/html,x",
        "vbscript:x",
        "file:///etc/passwd",
        "blob:x",
        "about:blank",
    ] {
        assert_eq!(fault(runs), RedirectUriError::Scheme, "{runs}");
    }
    for host in [
        "https:///path",
        "https:x",
        "http://",
        "https://a@b/",
        "https://a:b@c/",
    ] {
        assert_eq!(fault(host), RedirectUriError::Host, "{host}");
    }
    for odd in [
        "https://x/a b",
        "https://x/\r\n",
        "https://x/\0",
        "https://\u{e9}/",
        "https://x\\@y/",
        "https://x/<y>",
    ] {
        assert_eq!(fault(odd), RedirectUriError::Character, "{odd:?}");
    }
}

#[test]
fn each_fault_has_a_text_of_its_own() {
    let faults = [
        RedirectUriError::NotAbsolute,
        RedirectUriError::Scheme,
        RedirectUriError::Host,
        RedirectUriError::Fragment,
        RedirectUriError::Character,
        RedirectUriError::NotLoopback,
    ];
    let mut texts = faults.map(|fault| fault.to_string()).to_vec();
    texts.sort();
    texts.dedup();
    assert_eq!(texts.len(), faults.len());
    assert!(texts.iter().all(|text| text.starts_with("the ")));
}

#[test]
fn s04_a_query_is_kept() {
    let url =
        code(asking("identify").redirect_uri(RedirectUri::new("https://x/?a=b").unwrap())).unwrap();
    assert!(has(&url, "redirect_uri=https%3A%2F%2Fx%2F%3Fa%3Db"));
}

#[test]
fn s19_a_native_application_listens_on_a_loopback_address() {
    let at = |address: &str| RedirectUri::loopback(address.parse().unwrap(), "/callback");
    assert_eq!(
        at("127.0.0.1:49152").unwrap().as_str(),
        "http://127.0.0.1:49152/callback"
    );
    assert_eq!(
        at("[::1]:49152").unwrap().as_str(),
        "http://[::1]:49152/callback"
    );
    assert!(at("[::1]:49152").unwrap().is_loopback());
    for other in ["192.168.0.1:80", "0.0.0.0:80", "127.0.0.1:0", "[::]:80"] {
        assert_eq!(at(other), Err(RedirectUriError::NotLoopback), "{other}");
    }
    let address = "127.0.0.1:1".parse().unwrap();
    for path in ["", "callback", "@evil.com/"] {
        assert_eq!(
            RedirectUri::loopback(address, path),
            Err(RedirectUriError::NotAbsolute),
            "{path}"
        );
    }
    assert_eq!(
        RedirectUri::loopback(address, "/#f"),
        Err(RedirectUriError::Fragment)
    );
}

#[test]
fn s19_localhost_is_no_loopback_address() {
    for (uri, loopback) in [
        ("http://127.0.0.1/", true),
        ("http://127.9.9.9:1/", true),
        ("http://[::1]/", true),
        ("http://localhost/", false),
        ("http://127.0.0.1.evil.com/", false),
        ("https://127.0.0.1/", false),
        ("com.example.app:/", false),
    ] {
        assert_eq!(
            RedirectUri::new(uri).unwrap().is_loopback(),
            loopback,
            "{uri}"
        );
    }
}

#[test]
fn s26_a_callback_to_another_place_is_told_apart() {
    let uri = RedirectUri::new("https://nicememe.website").unwrap();
    for same in [
        "https://nicememe.website/?code=a",
        "https://nicememe.website?code=a",
        "HTTPS://NiceMeme.Website/#x",
    ] {
        assert!(uri.is_of(same), "{same}");
    }
    for other in [
        "http://nicememe.website/?code=a",
        "https://nicememe.website:8443/?code=a",
        "https://nicememe.website/other?code=a",
        "https://nicememe.website.evil.com/?code=a",
        "https://evil.com/?https://nicememe.website/",
        "/?code=a",
        "",
    ] {
        assert!(!uri.is_of(other), "{other}");
    }
    // browsers leave default ports out
    for (uri, callback) in [
        ("http://127.0.0.1:80/cb", "http://127.0.0.1/cb?code=a"),
        ("https://x", "https://x:443/?code=a"),
    ] {
        assert!(RedirectUri::new(uri).unwrap().is_of(callback), "{uri}");
    }
    for (uri, callback) in [
        ("http://x", "http://x:443/"),
        ("https://x", "https://x:80/"),
        ("http://x:8080", "http://x:80/"),
    ] {
        assert!(!RedirectUri::new(uri).unwrap().is_of(callback), "{uri}");
    }
    let with_query = RedirectUri::new("https://x/?a=b").unwrap();
    assert!(with_query.is_of("https://x/?a=b&code=c") && with_query.is_of("https://x/?a=b"));
    assert!(!with_query.is_of("https://x/?code=c") && !with_query.is_of("https://x/?a=bc"));
    let custom = RedirectUri::new("com.example.app:/callback").unwrap();
    assert!(
        custom.is_of("com.example.app:/callback?code=a")
            && !custom.is_of("com.example.app:/Callback")
    );
}

proptest! {
    #[test]
    fn s43_a_redirect_uri_is_taken_to_the_letter_or_refused(text in "([a-z.]{0,10}:)?(//)?\\PC{0,40}") {
        if let Ok(uri) = RedirectUri::new(text.clone()) {
            prop_assert_eq!(uri.as_str(), &text);
            prop_assert!(uri.is_of(&text));
            let url = code(asking("identify").redirect_uri(uri)).unwrap();
            prop_assert!(url.bytes().all(|b| b.is_ascii_graphic()));
        }
    }
}

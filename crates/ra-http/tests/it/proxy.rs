//! Proxies as values, and which target goes through which.

use std::cell::RefCell;
use std::error::Error as _;
use std::ffi::OsString;

use proptest::prelude::*;
use ra_http::{Proxies, Proxy, ProxyError, ProxyScheme, ProxyVariableError};

fn parsed(text: &str) -> Proxy {
    text.parse().unwrap()
}

fn environment(variables: &[(&str, &str)]) -> Result<Proxies, ProxyVariableError> {
    Proxies::from_environment(|asked| {
        let found = variables.iter().find(|(name, _)| *name == asked);
        found.map(|(_, value)| OsString::from(value))
    })
}

/// Returns true if a target goes through the proxy with this `NO_PROXY`.
fn is_proxied(no_proxy: &str, host: &str, port: u16) -> bool {
    let proxies = environment(&[("https_proxy", "p.example"), ("NO_PROXY", no_proxy)]).unwrap();
    proxies.for_target(host, port).is_some()
}

#[test]
fn addresses_and_default_ports_are_read() {
    for (text, shown) in [
        ("http://proxy.example", "Proxy(http://proxy.example:80)"),
        (
            "HTTP://Proxy.Example:3128/",
            "Proxy(http://proxy.example:3128)",
        ),
        (
            "http://proxy.example:443",
            "Proxy(http://proxy.example:443)",
        ),
        ("socks5://127.0.0.1", "Proxy(socks5://127.0.0.1:1080)"),
        ("socks5h://127.0.0.1:443", "Proxy(socks5://127.0.0.1:443)"),
        ("socks5://[::1]", "Proxy(socks5://[::1]:1080)"),
        ("socks5://u:p@[::1]:9", "Proxy(socks5://[::1]:9)"),
    ] {
        assert_eq!(format!("{:?}", parsed(text)), shown);
    }
    assert_eq!(parsed("socks5h://h").scheme(), ProxyScheme::Socks5);
    assert_eq!(parsed("http://h").scheme(), ProxyScheme::Http);
    assert_eq!(parsed("http://h:3128").port(), 3128);
    for (text, loopback) in [
        ("http://localhost", true),
        ("socks5://[::1]:9", true),
        ("http://127.9.9.9:1", true),
        ("http://localhost.example", false),
        ("http://128.0.0.1", false),
    ] {
        assert_eq!(parsed(text).is_loopback(), loopback, "{text}");
    }
}

#[test]
fn r34_credentials_are_decoded_and_never_shown() {
    let proxy = parsed("http://can%40ary:can:ary%3a%20%C3%A9@proxy.example");
    let credentials = proxy.credentials().unwrap();
    assert_eq!(credentials.expose_user(), "can@ary");
    assert_eq!(credentials.expose_password(), "can:ary: é");
    assert_eq!(
        credentials.basic().as_str(),
        "Basic Y2FuQGFyeTpjYW46YXJ5OiDDqQ=="
    );
    let shown = format!(
        "{proxy:?} {credentials:?} {:?}",
        Proxies::named(proxy.clone())
    );
    assert!(!shown.contains("ary"), "{shown}");
    assert!(shown.contains(" ProxyCredentials(..) "), "{shown}");
    assert!(parsed("socks5://proxy.example").credentials().is_none());
    // an `@` that should have been escaped still belongs to the password
    let proxy = parsed("socks5://me:can@ary@proxy.example");
    assert_eq!(proxy.host(), "proxy.example");
    assert_eq!(proxy.credentials().unwrap().expose_password(), "can@ary");
    let colon = parsed("socks5://a%3Ab@proxy.example");
    assert_eq!(colon.credentials().unwrap().expose_user(), "a:b");
    assert_eq!(colon.credentials().unwrap().expose_password(), "");
}

#[test]
fn what_is_no_proxy_is_refused() {
    use ProxyError::*;
    let long = format!("socks5://{}@proxy.example", "u".repeat(256));
    for (text, reason) in [
        ("", NotAUrl),
        ("proxy.example:3128", NotAUrl),
        ("http://", NotAUrl),
        ("http://proxy.example/path", NotAUrl),
        ("http://proxy.example//", NotAUrl),
        ("http://proxy.example?x", NotAUrl),
        ("http://proxy.example#x", NotAUrl),
        ("http://proxy.example:0", NotAUrl),
        ("http://proxy.example:65536", NotAUrl),
        ("http://[::1", NotAUrl),
        ("http://proxy.example\r\nx: y", NotAUrl),
        ("https://proxy.example", Scheme),
        ("socks4://proxy.example", Scheme),
        ("socks://proxy.example", Scheme),
        ("://proxy.example", Scheme),
        ("http://@proxy.example", Credentials),
        ("http://:password@proxy.example", Credentials),
        ("http://%ff@proxy.example", Credentials),
        ("http://%4@proxy.example", Credentials),
        ("http://%zz@proxy.example", Credentials),
        ("http://%+4@proxy.example", Credentials),
        ("http://me:%0d%0ax@proxy.example", Credentials),
        ("socks5://me:%00@proxy.example", Credentials),
        ("http://a%3Ab:c@proxy.example", Credentials),
        (&long, Credentials),
    ] {
        assert_eq!(text.parse::<Proxy>().err(), Some(reason), "{text}");
    }
    for (reason, word) in [
        (NotAUrl, "form"),
        (Scheme, "scheme"),
        (Credentials, "password"),
    ] {
        assert!(reason.to_string().contains(word), "{reason}");
    }
}

#[test]
fn a_proxy_that_may_be_there_or_not_is_taken_as_it_is() {
    let named = Proxies::from(Some(parsed("http://proxy.example")));
    assert!(named.for_target("discord.com", 443).is_some());
    assert!(Proxies::from(None).for_target("discord.com", 443).is_none());
}

#[test]
fn r01_a_named_proxy_elsewhere_is_passed_by_on_the_way_to_this_machine() {
    let away = Proxies::named(parsed("http://proxy.example"));
    let here = Proxies::from(parsed("http://127.0.0.1:1"));
    for local in [
        "localhost",
        "LOCALHOST",
        "localhost.",
        "127.0.0.1",
        "127.3.2.1",
        "::1",
    ] {
        assert!(away.for_target(local, 80).is_none(), "{local}");
        assert!(here.for_target(local, 80).is_some(), "{local}");
    }
    for other in [
        "discord.com",
        "10.0.0.1",
        "::2",
        "localhost.example",
        "0.0.0.0",
    ] {
        assert!(away.for_target(other, 80).is_some(), "{other}");
        assert!(here.for_target(other, 80).is_some(), "{other}");
    }
    assert!(Proxies::none().for_target("discord.com", 443).is_none());
    assert!(Proxies::from(None).for_target("discord.com", 443).is_none());
}

#[test]
fn the_first_variable_that_is_not_empty_names_the_proxy() {
    let named = |variables: &[(&str, &str)]| {
        let proxies = environment(variables).unwrap();
        proxies
            .for_target("discord.com", 443)
            .map(|proxy| proxy.host().to_owned())
    };
    let all = [
        ("https_proxy", "http://a.example"),
        ("HTTPS_PROXY", "b.example:8080"),
        ("all_proxy", "socks5h://c.example"),
        ("ALL_PROXY", " me:secret@d.example "),
    ];
    for (skip, expected) in ["a.example", "b.example", "c.example", "d.example"]
        .iter()
        .enumerate()
    {
        assert_eq!(named(&all[skip..]).as_deref(), Some(*expected));
    }
    assert_eq!(named(&[]), None);
    assert_eq!(named(&[("https_proxy", ""), ("HTTPS_PROXY", " ")]), None);
    assert_eq!(
        named(&[("https_proxy", ""), ("HTTPS_PROXY", "b")]).as_deref(),
        Some("b")
    );
}

#[test]
fn http_proxy_which_a_request_could_set_is_not_even_asked_for() {
    let asked = RefCell::new(Vec::new());
    let proxies = Proxies::from_environment(|name| {
        asked.borrow_mut().push(name);
        name.eq_ignore_ascii_case("http_proxy")
            .then(|| "evil.example".into())
    });
    assert!(proxies.unwrap().for_target("discord.com", 443).is_none());
    assert_eq!(
        asked.into_inner(),
        ["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"]
    );
}

#[test]
fn r34_a_variable_that_names_no_proxy_is_refused_by_name_and_not_passed_over() {
    for (variable, value, reason) in [
        ("https_proxy", "https://canary.example", ProxyError::Scheme),
        ("HTTPS_PROXY", "canary canary", ProxyError::NotAUrl),
        ("ALL_PROXY", "http://canary:%ff@h", ProxyError::Credentials),
    ] {
        let error = environment(&[(variable, value), ("NO_PROXY", "*")]).unwrap_err();
        assert_eq!((error.variable(), error.reason()), (variable, reason));
        let cause = error.source().expect("the reason");
        assert_eq!(cause.to_string(), reason.to_string());
        assert!(error.to_string().contains(variable), "{error}");
        let shown = format!("{error} {error:?} {cause}");
        assert!(!shown.contains("canary"), "{shown}");
    }
    #[cfg(unix)]
    {
        use std::os::unix::ffi::OsStringExt as _;
        let bytes = || Some(OsString::from_vec(b"http://\xff".to_vec()));
        let error = Proxies::from_environment(|_| bytes()).unwrap_err();
        assert_eq!(error.reason(), ProxyError::NotAUrl);
    }
}

#[test]
fn r01_the_environment_never_leads_what_is_meant_for_this_machine_elsewhere() {
    for proxy in ["http://proxy.example", "http://127.0.0.1:3128"] {
        let proxies = environment(&[("ALL_PROXY", proxy)]).unwrap();
        for local in ["localhost", "LocalHost.", "127.0.0.1", "127.3.2.1", "::1"] {
            assert!(proxies.for_target(local, 443).is_none(), "{local}");
        }
        assert!(proxies.for_target("::2", 443).is_some());
    }
}

#[test]
fn no_proxy_lists_names_with_all_below_them() {
    for list in [
        "corp.example",
        ".corp.example",
        "*.corp.example",
        "x,CORP.example.",
        "a b\tcorp.example\n",
    ] {
        for inside in [
            "corp.example",
            "sso.corp.example",
            "A.B.Corp.Example",
            "corp.example.",
        ] {
            assert!(!is_proxied(list, inside, 443), "{list}: {inside}");
        }
        for outside in [
            "corp.example.evil",
            "xcorp.example",
            "example",
            "orp.example",
            "10.0.0.1",
        ] {
            assert!(is_proxied(list, outside, 443), "{list}: {outside}");
        }
    }
    assert!(!is_proxied("*", "discord.com", 443) && !is_proxied("x, *", "::2", 1));
    for nothing in [
        " , ,",
        ".",
        "*.",
        "..",
        "http://discord.com",
        "discord.com/",
        "dis*.com",
        "dïscord.com",
    ] {
        assert!(is_proxied(nothing, "discord.com", 443), "{nothing}");
        assert!(is_proxied(nothing, "discord.com..", 443), "{nothing}");
    }
}

#[test]
fn no_proxy_lists_addresses_and_networks() {
    for (list, host, proxied) in [
        ("10.1.2.3", "10.1.2.3", false),
        ("10.1.2.3", "10.1.2.33", true),
        ("10.0.0.0/8", "10.255.255.255", false),
        ("10.0.0.0/8", "11.0.0.0", true),
        ("10.9.9.9/8", "10.0.0.1", false),
        ("192.168.1.128/25", "192.168.1.128", false),
        ("192.168.1.128/25", "192.168.1.127", true),
        ("0.0.0.0/0", "203.0.113.9", false),
        ("0.0.0.0/0", "2001:db8::1", true),
        ("::/0", "203.0.113.9", true),
        ("10.0.0.0/33", "10.0.0.0", true),
        ("10.0.0.0/", "10.0.0.0", true),
        ("10.0.0.0/-1", "10.0.0.0", true),
        ("10.0.0", "10.0.0.1", true),
        ("fd00::/8", "fdff::1", false),
        ("fd00::/8", "fe00::1", true),
        ("2001:db8::1", "2001:db8:0::1", false),
        ("[2001:db8::1]", "2001:db8::1", false),
        ("[2001:db8::1", "2001:db8::1", true),
        ("[2001:db8::1]x", "2001:db8::1", true),
        ("::ffff:10.0.0.0/104", "10.7.7.7", false),
        ("::ffff:10.0.0.0/90", "10.7.7.7", true),
        ("10.7.7.7", "::ffff:10.7.7.7", false),
        // a name that ends like an address, and the other way round
        ("1.2.3.4", "x.1.2.3.4", true),
        (".3.4", "1.2.3.4", true),
    ] {
        assert_eq!(is_proxied(list, host, 443), proxied, "{list}: {host}");
    }
}

#[test]
fn no_proxy_entries_may_have_a_port() {
    for (list, host) in [
        ("corp.example:8443", "sso.corp.example"),
        ("10.0.0.1:8443", "10.0.0.1"),
        ("10.0.0.0/8:8443", "10.2.0.1"),
        ("[fd00::1]:8443", "fd00::1"),
        ("[fd00::/8]:8443", "fd00::1"),
    ] {
        assert!(!is_proxied(list, host, 8443), "{list}");
        assert!(is_proxied(list, host, 443), "{list}");
    }
    for bad in [
        "corp.example:",
        "corp.example:x",
        "corp.example:65536",
        "corp.example:1:443",
    ] {
        assert!(is_proxied(bad, "corp.example", 443), "{bad}");
    }
}

proptest! {
    #[test]
    fn any_environment_is_read_without_panic(value in ".*", list in ".*", host in ".*", port: u16) {
        if let Ok(proxies) = environment(&[("ALL_PROXY", &value), ("no_proxy", &list)]) {
            let _ = proxies.for_target(&host, port);
        }
    }

    #[test]
    fn credentials_survive_percent_encoding(user in "[^\\p{Cc}]{1,60}", password in "[^\\p{Cc}]{0,60}") {
        let encode = |text: &str| text.bytes().map(|byte| format!("%{byte:02x}")).collect::<String>();
        let text = format!("socks5://{}:{}@h.example", encode(&user), encode(&password));
        let proxy: Proxy = text.parse().unwrap();
        let credentials = proxy.credentials().unwrap();
        prop_assert_eq!(credentials.expose_user(), &user);
        prop_assert_eq!(credentials.expose_password(), &password);
    }

    #[test]
    fn a_network_holds_what_begins_like_it(bits in 0u8..=32, network: u32, other: u32) {
        let address = std::net::Ipv4Addr::from_bits;
        let mask = u32::MAX.checked_shl(32 - u32::from(bits)).unwrap_or(0);
        let list = format!("{}/{bits}", address(network));
        prop_assume!(!address(other).is_loopback());
        prop_assert_eq!(
            is_proxied(&list, &address(other).to_string(), 1),
            network & mask != other & mask
        );
    }
}

use proptest::prelude::*;
use ra_proto::{Fingerprint, ScanPrefix, ScanUrl, ScanUrlError};

const FINGERPRINT: &str = "vyi-sEoOgaCPNUGkpUcVUbGNSIBgugQSiWnx0nGySIg";

/// Reads `text` with `{}` standing for the fingerprint.
fn scan(text: &str) -> Result<ScanUrl, ScanUrlError> {
    text.replace("{}", FINGERPRINT).parse()
}

fn refuse(error: ScanUrlError, texts: &[&str]) {
    for text in texts {
        assert_eq!(scan(text), Err(error), "{text:?}");
    }
}

#[test]
fn r09_all_of_discords_hosts_and_both_paths_are_read() {
    for host in ["", "ptb.", "canary."] {
        for domain in ["discord.com", "discordapp.com"] {
            for path in ["ra", "rp"] {
                let url = scan(&format!("https://{host}{domain}/{path}/{{}}")).unwrap();
                assert_eq!(url.fingerprint().to_string(), FINGERPRINT);
                assert_eq!(
                    url.as_str(),
                    format!("https://{host}{domain}/{path}/{FINGERPRINT}")
                );
            }
        }
    }
}

#[test]
fn r40_the_host_is_read_in_any_case_and_white_space_around_is_dropped() {
    let canonical = format!("https://discord.com/ra/{FINGERPRINT}");
    for text in ["https://DISCORD.com/ra/{}", "HTTPS://Discord.Com/ra/{}"] {
        assert_eq!(scan(text).unwrap().as_str(), canonical);
    }
    assert_eq!(
        scan("  \t\r\nhttps://discord.com/ra/{}\n")
            .unwrap()
            .to_string(),
        canonical
    );
}

#[test]
fn r40_other_texts_are_refused() {
    refuse(
        ScanUrlError::NotAUrl,
        &[
            "",
            " ",
            "{}",
            "discord.com/ra/{}",
            "//discord.com/ra/{}",
            "https:/discord.com/ra/{}",
            "hello",
        ],
    );
    refuse(
        ScanUrlError::Scheme,
        &[
            "http://discord.com/ra/{}",
            "ftp://discord.com/ra/{}",
            "://discord.com/ra/{}",
            "xhttps://discord.com/ra/{}",
        ],
    );
}

#[test]
fn r40_query_and_fragment_are_refused() {
    refuse(
        ScanUrlError::Query,
        &[
            "https://discord.com/ra/{}?",
            "https://discord.com/ra/{}?x=1",
            "https://discord.com?/ra/{}",
            "https://discord.com/?/ra/{}",
        ],
    );
    refuse(
        ScanUrlError::Fragment,
        &[
            "https://discord.com/ra/{}#",
            "https://discord.com/ra/{}#x",
            "https://evil.example#discord.com/ra/{}",
            "https://discord.com/ra/{}?#",
        ],
    );
}

#[test]
fn r40_other_hosts_are_refused() {
    refuse(
        ScanUrlError::Host,
        &[
            "https://evil.example/ra/{}",
            "https://discord.com.evil.example/ra/{}",
            "https://evildiscord.com/ra/{}",
            "https://discord.co/ra/{}",
            "https://www.discord.com/ra/{}",
            "https://ptb.canary.discord.com/ra/{}",
            "https://discord.com./ra/{}",
            "https://.discord.com/ra/{}",
            "https:///ra/{}",
            "https:////discord.com/ra/{}",
            "https://[::1]/ra/{}",
            "https://127.0.0.1/ra/{}",
            "https://evil.example/https://discord.com/ra/{}",
        ],
    );
}

#[test]
fn r40_user_information_and_ports_are_refused() {
    refuse(
        ScanUrlError::UserInfo,
        &[
            "https://discord.com@evil.example/ra/{}",
            "https://discord.com:443@evil.example/ra/{}",
            "https://user@discord.com/ra/{}",
            "https://user:pass@discord.com/ra/{}",
            "https://@discord.com/ra/{}",
        ],
    );
    refuse(
        ScanUrlError::Port,
        &[
            "https://discord.com:443/ra/{}",
            "https://discord.com:8443/ra/{}",
            "https://discord.com:/ra/{}",
            "https://discord.com:0/ra/{}",
            "https://discord.com:99999/ra/{}",
            "https://discord.com:evil.example/ra/{}",
        ],
    );
}

#[test]
fn r40_backslashes_escapes_and_strange_characters_are_refused() {
    refuse(
        ScanUrlError::Character,
        &[
            "https://discord.com\\ra\\{}",
            "https://discord.com\\@evil.example/ra/{}",
            "https://evil.example\\.discord.com/ra/{}",
            "https://discord.com/%72a/{}",
            "https://discord.com/ra%2f{}",
            "https://discord.com%2eevil.example/ra/{}",
            "https://discord.com/ra/%7B{}",
            "https://discord.com /ra/{}",
            "https://discord.com/ra/ {}",
            "https://discord.com/ra/\t{}",
            "https://disc\nord.com/ra/{}",
            "https://discord.com/ra/{}\0",
            "https://dıscord.com/ra/{}",
            "https://ⅾiscord.com/ra/{}",
            "https://discord\u{200b}.com/ra/{}",
            "https://discord。com/ra/{}",
            "\u{202e}https://discord.com/ra/{}",
        ],
    );
}

#[test]
fn r40_other_paths_are_refused() {
    refuse(
        ScanUrlError::Path,
        &[
            "https://discord.com",
            "https://discord.com/{}",
            "https://discord.com/RA/{}",
            "https://discord.com/rb/{}",
            "https://discord.com/ra{}",
            "https://discord.com//ra/{}",
            "https://discord.com/ra//{}",
            "https://discord.com/x/../ra/{}",
            "https://discord.com/ra/./{}",
            "https://discord.com/ra/x/{}",
            "https://discord.com/ra/{}/",
            "https://discord.com/ra/{}/x",
            "https://discord.com/ra/ra/{}",
        ],
    );
}

#[test]
fn r40_other_fingerprints_are_refused() {
    refuse(
        ScanUrlError::Fingerprint,
        &[
            "https://discord.com/ra/",
            "https://discord.com/ra/x",
            "https://discord.com/ra/{}A",
            "https://discord.com/ra/{}=",
            "https://discord.com/ra/{}{}",
            "https://discord.com/ra/vyi+sEoOgaCPNUGkpUcVUbGNSIBgugQSiWnx0nGySIg",
            "https://discord.com/ra/vyi-sEoOgaCPNUGkpUcVUbGNSIBgugQSiWnx0nGySIh",
            "https://discord.com/ra/@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@",
            "https://discord.com/ra/..",
        ],
    );
}

#[test]
fn r09_one_configured_prefix_is_read_besides_discords() {
    let prefix: ScanPrefix = "http://127.0.0.1:8080/ra/".parse().unwrap();
    let own = format!("http://127.0.0.1:8080/ra/{FINGERPRINT}");
    let read = |text: &str| ScanUrl::parse_with(&text.replace("{}", FINGERPRINT), &prefix);
    assert_eq!(read(&own).unwrap().as_str(), own);
    assert_eq!(read("HTTP://127.0.0.1:8080/ra/{}").unwrap().as_str(), own);
    assert!(read("https://discord.com/ra/{}").is_ok());
    assert_eq!(own.parse::<ScanUrl>(), Err(ScanUrlError::Scheme));
    let foreign = [
        ("http://127.0.0.1:8081/ra/{}", ScanUrlError::Scheme),
        ("http://127.0.0.1/ra/{}", ScanUrlError::Scheme),
        ("https://127.0.0.1:8080/ra/{}", ScanUrlError::Host),
        ("http://127.0.0.1:8080/rp/{}", ScanUrlError::Scheme),
        ("http://127.0.0.1:8080/ra/{}/", ScanUrlError::Scheme),
        ("http://127.0.0.1:8080/ra/{}?", ScanUrlError::Query),
        (
            "http://127.0.0.1:8080@evil.example/ra/{}",
            ScanUrlError::UserInfo,
        ),
        ("http://127.0.0.1:8080/ra/x", ScanUrlError::Fingerprint),
        ("https://discord.com:8080/ra/{}", ScanUrlError::Port),
    ];
    for (text, error) in foreign {
        assert_eq!(read(text), Err(error), "{text}");
    }
}

#[test]
fn reasons_read_as_one_line_without_the_text() {
    use ScanUrlError::*;
    let reasons = [
        NotAUrl,
        Character,
        Query,
        Fragment,
        UserInfo,
        Scheme,
        Host,
        Port,
        Path,
        Fingerprint,
    ];
    let mut texts: Vec<String> = reasons.iter().map(ToString::to_string).collect();
    assert!(
        texts
            .iter()
            .all(|text| text.starts_with("scanned ") && !text.contains('\n'))
    );
    texts.sort();
    texts.dedup();
    assert_eq!(texts.len(), reasons.len());
}

proptest! {
    #[test]
    fn a_shown_url_is_read(
        bytes: [u8; 32],
        prefix in "https://[a-z]{1,9}(\\.[a-z]{1,9}){0,2}(:[1-9][0-9]{0,3})?/([a-z~_-]{1,5}/){0,3}",
    ) {
        let prefix: ScanPrefix = prefix.parse().unwrap();
        let url = ScanUrl::new(&prefix, Fingerprint::from_bytes(bytes));
        prop_assert_eq!(ScanUrl::parse_with(url.as_str(), &prefix), Ok(url));
    }

    #[test]
    fn a_text_that_is_read_ends_with_its_fingerprint_and_is_read_again(
        text in "[ \\t]?(https|HTTPS|http)://(user@)?(ptb\\.)?discord(app)?\\.com\
(:443)?/r[apb]/[AQ]{42,43}[/?#]?[ \\n]?",
    ) {
        if let Ok(url) = text.parse::<ScanUrl>() {
            let end = |path| format!("com/{path}/{}", url.fingerprint());
            prop_assert!(["ra", "rp"].into_iter().any(|path| url.as_str().ends_with(&end(path))));
            prop_assert_eq!(url.as_str().parse::<ScanUrl>(), Ok(url.clone()));
            prop_assert!(text.trim().eq_ignore_ascii_case(url.as_str()));
        }
    }

    #[test]
    fn no_text_makes_reading_panic(text: String, tail: String) {
        let _ = text.parse::<ScanUrl>();
        let _ = text.parse::<ScanPrefix>();
        let _ = format!("https://{text}/{tail}").parse::<ScanPrefix>();
        let _ = ScanUrl::parse_with(&format!("https://{text}:{tail}"), &ScanPrefix::default());
    }
}

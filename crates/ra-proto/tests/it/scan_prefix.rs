use ra_proto::{Fingerprint, ScanPrefix, ScanPrefixError, ScanUrl};

fn parse(text: &str) -> Result<String, ScanPrefixError> {
    text.parse::<ScanPrefix>().map(|prefix| prefix.to_string())
}

#[test]
fn r09_the_default_is_what_living_clients_use() {
    assert_eq!(ScanPrefix::default().as_str(), "https://discord.com/ra/");
    let url = ScanUrl::new(&ScanPrefix::default(), Fingerprint::from_bytes([0; 32]));
    assert_eq!(
        url.as_str(),
        format!("https://discord.com/ra/{}", "A".repeat(43))
    );
    assert_eq!(url.to_string(), url.as_str());
}

#[test]
fn r09_a_prefix_is_configuration_in_a_canonical_spelling() {
    let good = [
        ("https://discordapp.com/rp/", "https://discordapp.com/rp/"),
        ("HTTPS://Discord.COM/Ra/", "https://discord.com/Ra/"),
        (
            "https://login.example:8443/a/b-._~/",
            "https://login.example:8443/a/b-._~/",
        ),
        ("https://[2001:DB8::1]:1/", "https://[2001:db8::1]:1/"),
        ("https://10.0.0.1/ra/", "https://10.0.0.1/ra/"),
        ("http://localhost/ra/", "http://localhost/ra/"),
        ("http://LOCALHOST:65535/ra/", "http://localhost:65535/ra/"),
        ("http://127.0.0.1:80/ra/", "http://127.0.0.1:80/ra/"),
        ("http://127.9.9.9/", "http://127.9.9.9/"),
        ("http://[::1]:8080/ra/", "http://[::1]:8080/ra/"),
    ];
    for (text, canonical) in good {
        assert_eq!(parse(text).as_deref(), Ok(canonical));
        assert_eq!(parse(canonical).as_deref(), Ok(canonical));
    }
}

#[test]
fn r01_plaintext_is_for_loopback_only() {
    let foreign = [
        "http://discord.com/ra/",
        "http://localhost.evil.example/ra/",
        "http://127.0.0.1.evil.example/ra/",
        "http://127.1/ra/",
        "http://128.0.0.1/ra/",
        "http://0.0.0.0/ra/",
        "http://[::]/ra/",
        "http://[::2]/ra/",
    ];
    for text in foreign {
        assert_eq!(parse(text), Err(ScanPrefixError::Plaintext), "{text}");
    }
}

#[test]
fn a_prefix_that_is_not_plain_is_refused() {
    let malformed = [
        "",
        "discord.com/ra/",
        " https://discord.com/ra/",
        "https://discord.com/ra/ ",
        "https://discord.com/r a/",
        "https://discord.com/r\na/",
        "https://user@discord.com/ra/",
        "https://user:pass@discord.com/ra/",
        "https://discord.com/ra/?x=/",
        "https://discord.com/ra/#/",
        "https://discord.com\\ra/",
        "https://discord.com/%72a/",
        "https://discord.com/ra'/",
        "https://discord.com/../ra/",
        "https://discord.com/./ra/",
        "https://discord.com:0/ra/",
        "https://discord.com:/ra/",
        "https://discord.com:65536/ra/",
        "https://discord.com:080/ra/",
        "https://discord.com:+80/ra/",
        "https://discord.com:8:8/ra/",
        "https://dïscord.com/ra/",
        "https://discord..com/ra/",
        "https://disc_ord.com/ra/",
        "https:///ra/",
        "https://[::1/ra/",
        "https://::1]/ra/",
        "https://[::1]x/ra/",
        "https://[nonsense]/ra/",
        "https://[127.0.0.1]/ra/",
    ];
    for text in malformed {
        assert_eq!(parse(text), Err(ScanPrefixError::Malformed), "{text:?}");
    }
    for text in ["https://discord.com", "https://discord.com/ra"] {
        assert_eq!(parse(text), Err(ScanPrefixError::NoSlash), "{text}");
    }
    for text in [
        "ftp://discord.com/ra/",
        "ws://localhost/ra/",
        "://discord.com/",
    ] {
        assert_eq!(parse(text), Err(ScanPrefixError::Scheme), "{text}");
    }
}

#[test]
fn r09_a_prefix_has_128_bytes_at_most() {
    let of_length = |length: usize| format!("https://h/{}/", "a".repeat(length - 11));
    assert_eq!(parse(&of_length(128)), Ok(of_length(128)));
    assert_eq!(parse(&of_length(129)), Err(ScanPrefixError::TooLong));
}

#[test]
fn errors_read_as_one_line() {
    let texts = [
        (ScanPrefixError::Malformed, "scan prefix is not a plain url"),
        (
            ScanPrefixError::Scheme,
            "scan prefix is neither https nor http",
        ),
        (
            ScanPrefixError::Plaintext,
            "scan prefix is http to a host that is not loopback",
        ),
        (
            ScanPrefixError::NoSlash,
            "scan prefix does not end with a slash",
        ),
        (
            ScanPrefixError::TooLong,
            "scan prefix is longer than 128 bytes",
        ),
    ];
    for (error, text) in texts {
        assert_eq!(error.to_string(), text);
    }
}

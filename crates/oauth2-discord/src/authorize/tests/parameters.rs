//! What each parameter looks like.

use super::*;

#[test]
fn o060_o075_client_and_response_type_are_always_there() {
    for (url, kind) in [
        (code(asking("identify")), "code"),
        (implicit(asking("identify")), "token"),
    ] {
        let url = url.unwrap();
        assert!(has(&url, "client_id=157730590492196864"));
        assert!(has(&url, &format!("response_type={kind}")));
    }
}

#[test]
fn o062_m02_scopes_may_be_left_to_the_application() {
    assert!(lacks(&code(asking("")).unwrap(), "scope"));
    assert!(lacks(&link(asking("")).unwrap(), "scope"));
    assert!(has(
        &code(asking("email identify")).unwrap(),
        "scope=email%20identify"
    ));
}

#[test]
fn o064_o065_what_is_not_set_is_absent() {
    let url = code(asking("identify")).unwrap();
    for name in [
        "redirect_uri",
        "prompt",
        "nonce",
        "integration_type",
        "permissions",
        "guild_id",
        "channel_id",
        "disable_guild_select",
    ] {
        assert!(lacks(&url, name), "{name}");
    }
    assert!(has(
        &code(asking("identify").prompt(Prompt::None)).unwrap(),
        "prompt=none"
    )); // O-076
    assert!(has(
        &code(asking("identify").prompt(Prompt::Consent)).unwrap(),
        "prompt=consent"
    )); // O-077
}

#[test]
fn o066_a_given_state_arrives_byte_for_byte() {
    for state in [
        "15773059ghq9183habn",
        "a b+c&d=e%20#\u{20ac}",
        "\"<>\\",
        "\r\n\0",
    ] {
        let started = asking("identify")
            .state(State::new(state))
            .start_code(&Urls::default(), entropy(0))
            .unwrap();
        let sent = started
            .url
            .parameters()
            .find(|(name, _)| *name == "state")
            .unwrap()
            .1
            .into_owned();
        assert_eq!(sent, state);
        assert!(started.url.as_str().bytes().all(|b| b.is_ascii_graphic()));
        assert_eq!(started.pending.state(), Some(&State::new(state)));
    }
}

#[test]
fn o087_o117_each_flow_has_a_state_and_a_verifier_of_its_own() {
    let start = |seed| {
        asking("openid")
            .fresh_nonce()
            .start_code(&Urls::default(), entropy(seed))
            .unwrap()
    };
    let (one, two) = (start(0), start(1));
    assert_ne!(one.pending.state(), two.pending.state());
    assert_ne!(one.pending.verifier(), two.pending.verifier());
    assert_ne!(one.pending.nonce(), two.pending.nonce());
    let all = [
        one.pending.state().unwrap().expose(),
        one.pending.verifier().unwrap().expose(),
        one.pending.nonce().unwrap().expose(),
    ];
    assert!(all.iter().all(|text| text.len() == 43), "256 bits each");
    assert!(
        all[0] != all[1] && all[1] != all[2],
        "not the same bytes twice"
    );
}

#[test]
fn o068_o069_the_challenge_and_its_method_come_as_a_pair() {
    let started = asking("identify")
        .start_code(&Urls::default(), entropy(0))
        .unwrap();
    let challenge = started.pending.verifier().unwrap().challenge();
    assert!(has(
        started.url.as_str(),
        &format!("code_challenge={}", challenge.as_str())
    ));
    assert!(has(started.url.as_str(), "code_challenge_method=S256"));
    for url in [
        code(asking("identify").without_pkce()),
        implicit(asking("identify")),
        link(asking("bot")),
    ] {
        assert!(!url.unwrap().contains("code_challenge"));
    }
}

#[test]
fn o067_a_nonce_goes_with_openid() {
    let url = code(asking("openid").nonce(Nonce::new("n 1"))).unwrap();
    assert!(has(&url, "nonce=n%201"));
}

#[test]
fn o088_no_state_is_sent_if_it_is_switched_off_by_name() {
    let started = asking("identify")
        .dangerous_without_state()
        .start_code(&Urls::default(), entropy(0))
        .unwrap();
    assert!(lacks(started.url.as_str(), "state"));
    assert_eq!(started.pending.state(), None);
}

#[test]
fn o070_o072_o073_o074_o180_install_parameters_are_written() {
    let url = code(
        asking("bot webhook.incoming")
            .guild_id(290_926_792_226_357_250)
            .channel_id(Snowflake::new(5))
            .disable_guild_select(true)
            .permissions("9007199254740993".parse().unwrap()),
    )
    .unwrap();
    for pair in [
        "guild_id=290926792226357250",
        "channel_id=5",
        "disable_guild_select=true",
        "permissions=9007199254740993",
    ] {
        assert!(has(&url, pair), "{pair}"); // O-071: exact above 2^53
    }
    assert!(has(
        &link(asking("bot").guild_id(1).disable_guild_select(false)).unwrap(),
        "disable_guild_select=false"
    ));
    let user = asking("applications.commands").integration_type(IntegrationType::UserInstall);
    assert!(has(&link(user).unwrap(), "integration_type=1"));
}

#[test]
fn o008_another_page_is_used_and_its_query_kept() {
    let urls = Urls {
        authorize: "http://127.0.0.1:3000/auth?tenant=1".parse().unwrap(),
        ..Urls::default()
    };
    let started = asking("identify").start_code(&urls, entropy(0)).unwrap();
    assert!(
        started
            .url
            .as_str()
            .starts_with("http://127.0.0.1:3000/auth?tenant=1&response_type=code&")
    );
    assert!(started.url.query().starts_with("response_type=code&"));
    let bare = Urls {
        authorize: "http://127.0.0.1:3000/auth?".parse().unwrap(),
        ..Urls::default()
    };
    let url = asking("bot").link(&bare).unwrap();
    assert_eq!(
        url.as_str(),
        "http://127.0.0.1:3000/auth?client_id=157730590492196864&scope=bot"
    );
}

#[test]
fn s41_neither_url_nor_flow_show_state_verifier_or_nonce() {
    let verifier = CodeVerifier::new(format!("canary{}", "x".repeat(43))).unwrap();
    let authorization = asking("openid")
        .state(State::new("canary"))
        .nonce(Nonce::new("canary"))
        .code_verifier(verifier);
    assert!(!format!("{authorization:?}").contains("canary"));
    let started = authorization
        .start_code(&Urls::default(), entropy(0))
        .unwrap();
    let shown = format!("{started:?}");
    assert!(!shown.contains("canary"));
    let length = started.url.as_str().len();
    assert!(shown.contains(&format!("AuthorizeUrl({length} bytes)")));
    let started = asking("identify")
        .state(State::new("canary"))
        .start_implicit(&Urls::default(), entropy(0))
        .unwrap();
    assert!(!format!("{started:?}").contains("canary"));
}

//! Algorithms, signatures and shapes (S-31, S-43).

use proptest::prelude::*;

use super::*;

#[test]
fn p10_p11_what_discord_sends_is_valid() {
    let verdict = verify_claims(&honest().to_string()).unwrap();
    let Verdict::Valid(claims) = verdict else {
        panic!("{verdict:?}")
    };
    assert_eq!(claims.sub, "80351110224678912");
    assert_eq!(claims.expires_at.as_secs(), NOW + 3600);
    assert_eq!(claims.issued_at.as_secs(), NOW - 1);
    assert_eq!(claims.auth_time.map(UnixTime::as_secs), Some(NOW - 100));
}

#[test]
fn s31_no_other_algorithm_is_taken_even_if_rightly_signed() {
    for alg in [
        "none", "None", "HS256", "RS384", "RS512", "PS256", "ES256", "EdDSA", "rs256", "", "RS256 ",
    ] {
        let header = json!({"alg": alg, "kid": "k1"}).to_string();
        let token = Signer::service().token(&header, &honest().to_string());
        assert_eq!(verify(&token), Err(IdTokenError::Algorithm), "{alg}");
    }
}

#[test]
fn s31_unsigned_is_not_signed() {
    for alg in ["none", "RS256"] {
        let header = URL_SAFE_NO_PAD.encode(json!({"alg": alg, "kid": "k1"}).to_string());
        let payload = URL_SAFE_NO_PAD.encode(honest().to_string());
        let result = verify(&format!("{header}.{payload}."));
        let want = if alg == "none" {
            IdTokenError::Algorithm
        } else {
            IdTokenError::Signature
        };
        assert_eq!(result, Err(want));
    }
}

#[test]
fn s31_the_public_key_is_no_secret_for_hs256() {
    let public = Signer::service().modulus();
    for alg in ["HS256", "RS256"] {
        let header = URL_SAFE_NO_PAD.encode(json!({"alg": alg, "kid": "k1"}).to_string());
        let payload = URL_SAFE_NO_PAD.encode(honest().to_string());
        let text = format!("{header}.{payload}");
        let mac = URL_SAFE_NO_PAD.encode(hmac_sha256::HMAC::mac(text.as_bytes(), &public));
        let want = if alg == "HS256" {
            IdTokenError::Algorithm
        } else {
            IdTokenError::Signature
        };
        assert_eq!(verify(&format!("{text}.{mac}")), Err(want));
    }
}

#[test]
fn s31_another_key_signs_nothing() {
    let token = Signer::other().token(HEADER, &honest().to_string());
    assert_eq!(verify(&token), Err(IdTokenError::Signature));
    // nor does one that the token brings along
    let own = Signer::other().jwk("k1");
    let header =
        json!({"alg": "RS256", "kid": "k1", "jwk": own, "jku": "https://evil.example/keys"});
    let token = Signer::other().token(&header.to_string(), &honest().to_string());
    assert_eq!(verify(&token), Err(IdTokenError::Signature));
}

#[test]
fn s31_what_was_tampered_with_is_refused() {
    let token = Signer::service().token(HEADER, &honest().to_string());
    let parts: Vec<&str> = token.split('.').collect();
    let forged = URL_SAFE_NO_PAD.encode(with("sub", json!("1")));
    let result = verify(&format!("{}.{forged}.{}", parts[0], parts[2]));
    assert_eq!(result, Err(IdTokenError::Signature));
    let header = URL_SAFE_NO_PAD.encode(r#"{"alg":"RS256","kid":"k1"}"#);
    let result = verify(&format!("{header}.{}.{}", parts[1], parts[2]));
    assert_eq!(result, Err(IdTokenError::Signature));
    for place in [0, 100, 255] {
        let mut signature = URL_SAFE_NO_PAD.decode(parts[2]).unwrap();
        signature[place] ^= 1;
        let signature = URL_SAFE_NO_PAD.encode(&signature);
        let result = verify(&format!("{}.{}.{signature}", parts[0], parts[1]));
        assert_eq!(result, Err(IdTokenError::Signature), "{place}");
    }
}

#[test]
fn s31_headers_that_demand_what_we_do_not_know_are_refused() {
    for (header, want) in [
        (
            r#"{"alg":"RS256","kid":"k1","crit":["exp"]}"#,
            IdTokenError::Header("crit"),
        ),
        (
            r#"{"alg":"RS256","kid":"k1","crit":null}"#,
            IdTokenError::Header("crit"),
        ),
        (
            r#"{"alg":"RS256","kid":"k1","typ":"at+jwt"}"#,
            IdTokenError::Header("typ"),
        ),
        (
            r#"{"alg":"RS256","alg":"none","kid":"k1"}"#,
            IdTokenError::Malformed,
        ),
        (
            r#"{"alg":"RS256","kid":"k1","kid":"k1"}"#,
            IdTokenError::Malformed,
        ),
        (r#"{"kid":"k1"}"#, IdTokenError::Malformed),
        (r#"{"alg":["RS256"],"kid":"k1"}"#, IdTokenError::Malformed),
        (r#"{"alg":"RS256","kid":1}"#, IdTokenError::Malformed),
        (r#"["RS256","k1",null,false]"#, IdTokenError::Malformed),
        ("null", IdTokenError::Malformed),
        ("", IdTokenError::Malformed),
    ] {
        let token = Signer::service().token(header, &honest().to_string());
        assert_eq!(verify(&token), Err(want), "{header}");
    }
    let header = r#"{"alg":"RS256","kid":"k1","typ":"jwt","x":[{}]}"#;
    assert!(is_valid(&verify(
        &Signer::service().token(header, &honest().to_string())
    )));
}

#[test]
fn s31_there_is_one_way_to_write_a_token() {
    let token = Signer::service().token(HEADER, &honest().to_string());
    assert!(is_valid(&verify(&token)));
    let mut last = token.clone().into_bytes();
    let end = last.len() - 1;
    last[end] += 1; // bits that no byte has
    for bad in [
        format!("{token}="),
        format!("{token}."),
        format!(".{token}"),
        format!("{token}\n"),
        format!(" {token}"),
        token.replacen('.', "..", 1),
        token.replacen('.', "=.", 1),
        token.replace('.', ""),
        String::from_utf8(last).unwrap(),
        String::new(),
        ".".into(),
        "..".into(),
    ] {
        assert_eq!(verify(&bad), Err(IdTokenError::Malformed), "{bad}");
    }
}

#[test]
fn s36_what_is_too_large_is_refused_before_it_is_read() {
    let fits = with("padding", json!("x".repeat(11_000)));
    assert!(is_valid(&verify_claims(&fits)));
    let large = with("padding", json!("x".repeat(13_000)));
    assert_eq!(verify_claims(&large), Err(IdTokenError::TooLarge));
    let cap = 16 * 1024;
    assert_eq!(verify(&"x".repeat(cap)), Err(IdTokenError::Malformed));
    assert_eq!(verify(&"x".repeat(cap + 1)), Err(IdTokenError::TooLarge));
}

#[test]
fn s41_nothing_shows_the_token() {
    for bad in ["canary", "a.canary.b"] {
        let error = verify(bad).unwrap_err();
        assert!(!format!("{error} {error:?}").contains("canary"));
    }
    assert!(format!("{:?}", verifier()).contains("keys: 1"));
}

#[test]
fn each_refusal_has_a_text_of_its_own() {
    let refusals = [
        IdTokenError::Missing,
        IdTokenError::TooLarge,
        IdTokenError::Malformed,
        IdTokenError::Algorithm,
        IdTokenError::Header("typ"),
        IdTokenError::UnknownKey,
        IdTokenError::Signature,
        IdTokenError::Payload,
        IdTokenError::Claim("aud"),
        IdTokenError::Expired,
        IdTokenError::NotYetValid,
    ];
    let mut texts = refusals.map(|refusal| refusal.to_string()).to_vec();
    texts.sort();
    texts.dedup();
    assert_eq!(texts.len(), refusals.len());
    assert!(texts.iter().all(|text| text.contains("id token")));
}

#[test]
fn o138_no_id_token_is_an_error_of_its_own() {
    let token = Token::new(AccessToken::new(ACCESS));
    let result = verifier().verify(UnixTime::from_secs(NOW), &token, None);
    assert_eq!(result, Err(IdTokenError::Missing));
}

proptest! {
    #[test]
    fn s43_no_header_panics(header in ".{0,80}", rest in "[A-Za-z0-9_.-]{0,80}") {
        let text = format!("{}.{rest}", URL_SAFE_NO_PAD.encode(header));
        prop_assert!(!is_valid(&verify(&text)));
        prop_assert!(!is_valid(&verify(&rest)));
    }
}

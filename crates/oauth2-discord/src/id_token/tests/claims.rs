//! Claims of tokens that are rightly signed (S-30, S-32, S-33, S-34).

use super::*;

fn refused(claim: &str, value: Value) -> IdTokenError {
    verify_claims(&with(claim, value)).unwrap_err()
}

#[test]
fn s30_the_issuer_is_the_same_to_the_letter() {
    for bad in [
        "https://discord.com/",
        "https://Discord.com",
        "http://discord.com",
        "https://evil.example",
        "",
    ] {
        assert_eq!(
            refused("iss", json!(bad)),
            IdTokenError::Claim("iss"),
            "{bad}"
        );
    }
    for bad in [Value::Null, json!(1), json!(["https://discord.com"])] {
        assert_eq!(refused("iss", bad), IdTokenError::Claim("iss"));
    }
}

#[test]
fn s30_p11_the_audience_is_us_alone() {
    let us = CLIENT.to_string();
    for good in [json!(us), json!([us]), json!([us, us])] {
        assert!(is_valid(&verify_claims(&with("aud", good))));
    }
    for bad in [
        Value::Null,
        json!([]),
        json!(""),
        json!("1"),
        json!(["1"]),
        json!([us, "1"]),
        json!(["1", us]),
        json!(CLIENT),
        json!([CLIENT]),
        json!({ "aud": us }),
        json!([[us]]),
    ] {
        assert_eq!(
            refused("aud", bad.clone()),
            IdTokenError::Claim("aud"),
            "{bad}"
        );
    }
}

#[test]
fn s30_the_authorized_party_is_us_if_it_is_named() {
    assert!(is_valid(&verify_claims(&with(
        "azp",
        json!(CLIENT.to_string())
    ))));
    for bad in [json!("1"), json!(""), json!(CLIENT)] {
        assert_eq!(refused("azp", bad), IdTokenError::Claim("azp"));
    }
}

#[test]
fn s32_an_expired_token_is_refused_and_leeway_is_a_minute() {
    for (exp, good) in [
        (NOW + 1, true),
        (NOW, true),
        (NOW - 59, true),
        (NOW - 60, false),
        (0, false),
    ] {
        let result = verify_claims(&with("exp", json!(exp)));
        match good {
            true => assert!(is_valid(&result), "{exp}"),
            false => assert_eq!(result, Err(IdTokenError::Expired), "{exp}"),
        }
    }
    let token = Signer::service().token(HEADER, &with("exp", json!(NOW)));
    let mut strict = verifier().leeway(Duration::ZERO);
    assert_eq!(
        verify_by(&mut strict, NOW, &token),
        Err(IdTokenError::Expired)
    );
    assert!(is_valid(&verify_by(&mut strict, NOW - 1, &token)));
}

#[test]
fn s32_a_token_from_the_future_is_refused() {
    for claim in ["iat", "nbf"] {
        assert!(is_valid(&verify_claims(&with(claim, json!(NOW + 60)))));
        for late in [NOW + 61, u64::MAX] {
            assert_eq!(
                refused(claim, json!(late)),
                IdTokenError::NotYetValid,
                "{claim}"
            );
        }
    }
}

#[test]
fn s32_times_are_whole_numbers_and_there() {
    for (claim, needed) in [
        ("exp", true),
        ("iat", true),
        ("nbf", false),
        ("auth_time", false),
    ] {
        for bad in [
            json!(1.5),
            json!(1.7e9),
            json!("1700003600"),
            json!(-1),
            json!(true),
            json!([NOW]),
        ] {
            assert_eq!(
                refused(claim, bad.clone()),
                IdTokenError::Claim(claim),
                "{claim} {bad}"
            );
        }
        let absent = verify_claims(&with(claim, Value::Null));
        assert_eq!(is_valid(&absent), !needed, "{claim}");
    }
    // the far end of time
    assert!(is_valid(&verify_claims(&with("exp", json!(u64::MAX)))));
}

#[test]
fn s32_the_nonce_is_the_one_that_was_sent() {
    for bad in [
        Value::Null,
        json!("n-2"),
        json!(""),
        json!("n-1 "),
        json!(1),
    ] {
        assert_eq!(refused("nonce", bad), IdTokenError::Claim("nonce"));
    }
    // and none if none was sent
    for (claimed, good) in [(Value::Null, true), (json!("n-1"), false)] {
        let mut token = Token::new(AccessToken::new(ACCESS));
        let text = Signer::service().token(HEADER, &with("nonce", claimed));
        token.id_token = Some(RawIdToken::new(text));
        let result = verifier().verify(UnixTime::from_secs(NOW), &token, None);
        assert_eq!(is_valid(&result), good);
    }
}

#[test]
fn s33_the_access_token_is_the_one_beside_it() {
    let hash = claims_hash();
    assert_eq!(hash.len(), 22);
    for bad in [
        json!(""),
        json!(hash[1..]),
        json!(format!("{hash}A")),
        json!(hash.to_lowercase()),
        json!(1),
    ] {
        assert_eq!(refused("at_hash", bad), IdTokenError::Claim("at_hash"));
    }
    assert!(is_valid(&verify_claims(&with("at_hash", Value::Null))));
    let mut token = Token::new(AccessToken::new("someone else's"));
    token.id_token = Some(RawIdToken::new(
        Signer::service().token(HEADER, &honest().to_string()),
    ));
    let result = verifier().verify(UnixTime::from_secs(NOW), &token, Some(&Nonce::new("n-1")));
    assert_eq!(result, Err(IdTokenError::Claim("at_hash")));
}

#[test]
fn s33_the_hash_is_that_of_the_standard() {
    // the example of OpenID Connect Core, appendix A.3
    let access = AccessToken::new("jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y");
    assert_eq!(
        crate::id_token::claims::at_hash(&access),
        "77QmUPtjPfzWtF2AnpK9RQ"
    );
}

#[test]
fn s34_p18_the_subject_is_there_and_called_sub() {
    let mut renamed = honest();
    let members = renamed.as_object_mut().unwrap();
    let sub = members.remove("sub").unwrap();
    members.insert("id".into(), sub);
    assert_eq!(
        verify_claims(&renamed.to_string()),
        Err(IdTokenError::Claim("sub"))
    );
    assert!(is_valid(&verify_claims(&with(
        "sub",
        json!("x".repeat(255))
    ))));
    for bad in [
        json!(""),
        json!(80_351_110),
        json!("a\nb"),
        json!("x".repeat(256)),
    ] {
        assert_eq!(refused("sub", bad), IdTokenError::Claim("sub"));
    }
}

#[test]
fn s31_a_claim_that_is_twice_there_is_refused() {
    for claim in ["iss", "aud", "sub", "exp", "iat", "nonce", "at_hash"] {
        let honest = honest();
        let twice = format!(
            "{{\"{claim}\":{},{}",
            honest[claim],
            &honest.to_string()[1..]
        );
        assert_eq!(verify_claims(&twice), Err(IdTokenError::Payload), "{claim}");
    }
}

#[test]
fn s36_payloads_that_are_no_claims_are_refused() {
    for bad in ["", "null", "[]", "\"x\"", "{", "\u{feff}{}", "not json"] {
        assert_eq!(verify_claims(bad), Err(IdTokenError::Payload), "{bad}");
    }
    assert!(matches!(verify_claims("{}"), Err(IdTokenError::Claim(_))));
}

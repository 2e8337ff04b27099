//! Which keys count, and when they are fetched (S-31, S-35).

use super::*;

fn at(secs: u64) -> UnixTime {
    UnixTime::from_secs(secs)
}

fn signed_as(kid: &str) -> String {
    let header = json!({"alg": "RS256", "kid": kid}).to_string();
    Signer::service().token(&header, &honest().to_string())
}

fn verify_with(keys: &[Value], id_token: &str) -> Result<Verdict, IdTokenError> {
    let mut verifier = verifier();
    verifier.keys_arrived(at(NOW), &set(keys));
    verify_by(&mut verifier, NOW, id_token)
}

#[test]
fn p10_a_key_of_4096_bits_works() {
    let large = Signer::make(KeySize::Rsa4096);
    let token = large.token(HEADER, &honest().to_string());
    assert!(is_valid(&verify_with(&[large.jwk("k1")], &token)));
}

#[test]
fn s31_keys_are_asked_for_at_first_and_an_unknown_one_once_in_five_minutes() {
    let mut verifier = Verifier::new(Snowflake::new(CLIENT), "https://discord.com");
    let token = signed_as("k1");
    let service = Signer::service();
    assert_eq!(
        verify_by(&mut verifier, NOW, &token),
        Ok(Verdict::FetchKeys)
    );
    assert_eq!(
        verify_by(&mut verifier, NOW, &token),
        Ok(Verdict::AwaitKeys)
    ); // one fetch for all
    verifier.keys_arrived(at(NOW), &set(&[service.jwk("k1")]));
    assert!(is_valid(&verify_by(&mut verifier, NOW, &token)));
    // whoever makes up key ids gets no fetch for each
    for n in 0..100 {
        let result = verify_by(&mut verifier, NOW + 299, &signed_as(&format!("x{n}")));
        assert_eq!(result, Err(IdTokenError::UnknownKey));
    }
    // rotation
    let next = signed_as("k2");
    assert_eq!(
        verify_by(&mut verifier, NOW + 300, &next),
        Ok(Verdict::FetchKeys)
    );
    assert!(is_valid(&verify_by(&mut verifier, NOW + 300, &token))); // known ones go on
    verifier.keys_arrived(at(NOW + 300), &set(&[service.jwk("k2")]));
    assert!(is_valid(&verify_by(&mut verifier, NOW + 300, &next)));
    let withdrawn = verify_by(&mut verifier, NOW + 300, &token);
    assert_eq!(withdrawn, Err(IdTokenError::UnknownKey));
}

#[test]
fn a_fetch_that_fails_is_asked_for_again_after_five_minutes() {
    let mut verifier = Verifier::new(Snowflake::new(CLIENT), "https://discord.com");
    let token = signed_as("k1");
    assert_eq!(
        verify_by(&mut verifier, NOW, &token),
        Ok(Verdict::FetchKeys)
    );
    assert_eq!(
        verify_by(&mut verifier, NOW + 299, &token),
        Ok(Verdict::AwaitKeys)
    );
    assert_eq!(
        verify_by(&mut verifier, NOW + 300, &token),
        Ok(Verdict::FetchKeys)
    );
    // a clock that was set back far does not stop it
    assert_eq!(
        verify_by(&mut verifier, NOW - 9999, &token),
        Ok(Verdict::FetchKeys)
    );
}

#[test]
fn keys_of_yesterday_are_fetched_again_and_serve_if_that_fails() {
    let mut verifier = verifier();
    let now = NOW + 86_400;
    let header = r#"{"alg":"RS256","kid":"k1"}"#;
    let token = Signer::service().token(header, &with("exp", json!(now + 100)));
    assert!(is_valid(&verify_by(&mut verifier, now - 1, &token)));
    assert_eq!(
        verify_by(&mut verifier, now, &token),
        Ok(Verdict::FetchKeys)
    );
    assert!(is_valid(&verify_by(&mut verifier, now, &token)));
}

#[test]
fn s31_the_key_id_selects_and_nothing_else_is_tried() {
    let (service, other) = (Signer::service(), Signer::other());
    let keys = [other.jwk("k1"), service.jwk("k2")];
    assert_eq!(
        verify_with(&keys, &signed_as("k1")),
        Err(IdTokenError::Signature)
    );
    assert!(is_valid(&verify_with(&keys, &signed_as("k2"))));
    assert_eq!(
        verify_with(&keys, &signed_as("k3")),
        Err(IdTokenError::UnknownKey)
    );
    assert_eq!(
        verify_with(&keys, &signed_as("")),
        Err(IdTokenError::UnknownKey)
    );
    // two of the same name: either may be it
    let twins = [other.jwk("k1"), service.jwk("k1")];
    assert!(is_valid(&verify_with(&twins, &signed_as("k1"))));
}

#[test]
fn s31_without_a_key_id_there_has_to_be_one_key() {
    let (service, other) = (Signer::service(), Signer::other());
    let token = service.token(r#"{"alg":"RS256"}"#, &honest().to_string());
    assert!(is_valid(&verify_with(&[service.jwk("k1")], &token)));
    let two = [service.jwk("k1"), other.jwk("k2")];
    assert_eq!(verify_with(&two, &token), Err(IdTokenError::UnknownKey));
}

#[test]
fn s31_s35_keys_for_other_uses_are_skipped() {
    let token = signed_as("k1");
    for (member, value) in [
        ("use", json!("enc")),
        ("alg", json!("RS512")),
        ("alg", json!("HS256")),
        ("alg", json!("RSA-OAEP")),
        ("kty", json!("AKP")),
        ("kty", json!("oct")),
        ("kid", json!("K1")),
        ("n", Value::Null),
        ("e", Value::Null),
        ("n", json!("*")),
        ("n", json!("A".repeat(100_000))),
    ] {
        let mut bad = Signer::service().jwk("k1");
        bad[member] = value.clone();
        let result = verify_with(&[bad.clone()], &token);
        assert_eq!(result, Err(IdTokenError::UnknownKey), "{member} {value}");
        // beside a good one it does no harm
        assert!(is_valid(&verify_with(
            &[bad, Signer::service().jwk("k1")],
            &token
        )));
    }
    let mut plain = Signer::service().jwk("k1");
    let members = plain.as_object_mut().unwrap();
    members.remove("use");
    members.remove("alg");
    assert!(is_valid(&verify_with(&[plain], &token)));
}

/// A modulus of 1024 bits, and what its key signed; OpenSSL made them.
const WEAK_MODULUS: &str = "tSB4SP2bnOwhlZaM6_RWsm72bZC0rIfphiJRMN4veaImfhC-\
    XFtioOZo2UmufpgQMgURosdqsMGF2pv0SQ39k61rZB3ylaBZsZp7eBXfOO9F1vMjMMGJqpZJWzYjzvR9nnWMaLRhx9\
    _wID2EH2GKXIQquoRdKnAo1Yo6cZHbxvM";
const WEAK_SIGNATURE: &str = "JDxM6HxFPrG0DWjeKqO_FHsJfZtDFsYtSYlrvaFV3v7GmHEzDr9ieX0Fa_\
    j1LQ8gZzAsiUFK5PNZQEPpTqGnlFPRwlge5qHR42qPdG6IS93Xwre6fU_Db3QBJQ9sr8mnsxpXVb9WcOZ_\
    acfdoNo4oBNF6BU3ThaQOWiSTdLkq_Y";
const WEAK_SIGNED: &str = "eyJhbGciOiJSUzI1NiIsImtpZCI6ImsxIn0.eyJpc3MiOiJodHRwczovL2Rpc2NvcmQuY29tIiwiYXVkIjoiMTU3Nz\
    MwNTkwNDkyMTk2ODY0Iiwic3ViIjoiMSIsImlhdCI6MTcwMDAwMDAwMCwiZXhwIjoxNzAwMDAwMDYwLCJub25jZSI6\
    Im4tMSJ9";

#[test]
fn s31_a_right_signature_by_a_weak_key_is_refused() {
    use aws_lc_rs::signature::RSA_PKCS1_1024_8192_SHA256_FOR_LEGACY_USE_ONLY as LEGACY;
    use aws_lc_rs::signature::RsaPublicKeyComponents;

    let n = URL_SAFE_NO_PAD.decode(WEAK_MODULUS).unwrap();
    let signature = URL_SAFE_NO_PAD.decode(WEAK_SIGNATURE).unwrap();
    let key = RsaPublicKeyComponents {
        n,
        e: vec![1, 0, 1],
    };
    key.verify(&LEGACY, WEAK_SIGNED.as_bytes(), &signature)
        .unwrap(); // it is right

    let mut weak = Signer::service().jwk("k1");
    weak["n"] = json!(WEAK_MODULUS);
    let result = verify_with(&[weak], &format!("{WEAK_SIGNED}.{WEAK_SIGNATURE}"));
    assert_eq!(result, Err(IdTokenError::Signature));
}

#[test]
fn s31_a_key_whose_exponent_is_one_signs_nothing() {
    // With an exponent of one, the padded hash is its own signature.
    let header = URL_SAFE_NO_PAD.encode(HEADER);
    let text = format!("{header}.{}", URL_SAFE_NO_PAD.encode(honest().to_string()));
    let prefix = [
        0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01,
        0x05, 0x00, 0x04, 0x20,
    ];
    let mut forged = vec![0, 1];
    forged.resize(256 - 1 - prefix.len() - 32, 0xff);
    forged.push(0);
    forged.extend(prefix);
    forged.extend(hmac_sha256::Hash::hash(text.as_bytes()));
    assert_eq!(forged.len(), 256);
    let token = format!("{text}.{}", URL_SAFE_NO_PAD.encode(forged));
    for exponent in ["AQ", "", "AA", "Ag"] {
        let mut bad = Signer::service().jwk("k1");
        bad["e"] = json!(exponent);
        assert_eq!(
            verify_with(&[bad], &token),
            Err(IdTokenError::Signature),
            "{exponent}"
        );
    }
    let mut bad = Signer::service().jwk("k1");
    bad["n"] = json!("");
    assert_eq!(verify_with(&[bad], &token), Err(IdTokenError::Signature));
}

#[test]
fn s35_ten_thousand_keys_are_bounded() {
    let mut many: Vec<Value> = (0..10_000)
        .map(|n| json!({"kty": "AKP", "kid": n.to_string()}))
        .collect();
    many.push(Signer::service().jwk("k1"));
    let mut verifier = verifier();
    verifier.keys_arrived(at(NOW), &set(&many));
    assert!(verifier.keys.len() <= KeySet::MAX_KEYS);
}

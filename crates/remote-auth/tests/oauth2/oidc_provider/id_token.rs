//! ID tokens signed by a real server.

use oauth2_discord::api::{KeySet, Keys};
use oauth2_discord::authorize::StartedCode;
use oauth2_discord::id_token::{Claims, IdTokenError, Verdict, Verifier};
use oauth2_discord::{Nonce, Scope, Snowflake, Token, UnixTime};
use ra_testkit::oidc_provider::{Browser, PERSON};

use super::{World, asking, entropy, form_client, now, public_client};

const SCOPES: [Scope; 1] = [Scope::Openid];

async fn keys(world: &World) -> KeySet {
    let ask = Keys::new().at(world.urls.keys.clone());
    world.call(&ask).await.unwrap()
}

/// A login with a nonce.
async fn log_in(world: &World) -> (Token, Nonce) {
    let flow = asking(public_client().id(), &SCOPES).fresh_nonce();
    let StartedCode { url, pending, .. } = flow.start_code(&world.urls, entropy()).unwrap();
    let callback = Browser::default().agree(url.as_str());
    let accepted = pending.accept(&callback).unwrap();
    let nonce = accepted.nonce().cloned().unwrap();
    let exchange = accepted.exchange(public_client()).unwrap();
    let token = world.call(&exchange.at(world.urls.token.clone())).await;
    (token.unwrap(), nonce)
}

/// Verifies; fetches the keys on request.
async fn verify(
    world: &World,
    verifier: &mut Verifier,
    now: UnixTime,
    token: &Token,
    nonce: Option<&Nonce>,
) -> Result<Claims, IdTokenError> {
    if let Verdict::Valid(claims) = verifier.verify(now, token, nonce)? {
        return Ok(claims);
    }
    verifier.keys_arrived(now, &keys(world).await);
    match verifier.verify(now, token, nonce)? {
        Verdict::Valid(claims) => Ok(claims),
        other => panic!("{other:?}"),
    }
}

fn verifier(world: &World) -> Verifier {
    Verifier::new(public_client().id(), world.urls.issuer.clone())
}

#[tokio::test]
async fn s30_s32_a_token_is_for_this_login_and_no_other() {
    let Some(world) = World::open() else { return };
    let (token, nonce) = log_in(&world).await;
    let now = now();
    // there is also a key for another algorithm
    assert_eq!(keys(&world).await.keys().len(), 2);
    let claims = verify(&world, &mut verifier(&world), now, &token, Some(&nonce)).await;
    let claims = claims.unwrap();
    assert_eq!(claims.sub, PERSON);
    assert_eq!(
        claims.expires_at.as_secs() - claims.issued_at.as_secs(),
        600
    );

    let mut known = verifier(&world);
    known.keys_arrived(now, &keys(&world).await);
    let refused = |result: Result<Verdict, IdTokenError>| result.unwrap_err();
    let wrong = Nonce::new("another");
    assert_eq!(
        refused(known.verify(now, &token, Some(&wrong))),
        IdTokenError::Claim("nonce")
    );
    assert_eq!(
        refused(known.verify(now, &token, None)),
        IdTokenError::Claim("nonce")
    );
    let later = UnixTime::from_secs(claims.expires_at.as_secs() + 60);
    assert_eq!(
        refused(known.verify(later, &token, Some(&nonce))),
        IdTokenError::Expired
    );

    let issuer = world.urls.issuer.clone();
    for (client, issuer, claim) in [
        (form_client().id(), issuer.clone(), "aud"),
        (Snowflake::new(1), issuer.clone(), "aud"),
        (public_client().id(), format!("{issuer}/"), "iss"),
    ] {
        let mut other = Verifier::new(client, issuer);
        other.keys_arrived(now, &keys(&world).await);
        assert_eq!(
            refused(other.verify(now, &token, Some(&nonce))),
            IdTokenError::Claim(claim)
        );
    }
}

#[tokio::test]
async fn s35_keys_that_change_are_fetched_again_and_the_old_ones_count_no_more() {
    let Some(world) = World::open() else { return };
    let mut verifier = verifier(&world);
    let start = now();
    let (old, old_nonce) = log_in(&world).await;
    verify(&world, &mut verifier, start, &old, Some(&old_nonce))
        .await
        .unwrap();

    world.provider.rotate_keys();
    let (new, nonce) = log_in(&world).await;
    // the keys were fetched a moment ago: made-up keys must not cause constant fetches
    assert_eq!(
        verifier.verify(start, &new, Some(&nonce)),
        Err(IdTokenError::UnknownKey)
    );
    let later = UnixTime::from_secs(start.as_secs() + 301);
    verify(&world, &mut verifier, later, &new, Some(&nonce))
        .await
        .unwrap();
    assert_eq!(
        verifier.verify(later, &old, Some(&old_nonce)),
        Err(IdTokenError::UnknownKey)
    );
}

#[tokio::test]
async fn s31_an_untrusted_signature_is_refused() {
    let Some(world) = World::open() else { return };
    let (mut token, nonce) = log_in(&world).await;
    let raw = token.id_token.clone().unwrap();
    let (signed, signature) = raw.expose().rsplit_once('.').unwrap();
    // the first character holds six whole bits: a change of it is a change of the signature
    let first = if signature.starts_with('A') { "B" } else { "A" };
    let forged = format!("{signed}.{first}{}", &signature[1..]);
    token.id_token = Some(oauth2_discord::RawIdToken::new(forged));
    let result = verify(&world, &mut verifier(&world), now(), &token, Some(&nonce)).await;
    assert_eq!(result, Err(IdTokenError::Signature));
}

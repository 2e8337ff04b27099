//! Targets `oauth2_id_token` and `oauth2_jwks`: ID tokens and key sets.

use std::collections::HashMap;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use oauth2_discord::api::{KeySet, Keys};
use oauth2_discord::id_token::{IdTokenError, Verdict, Verifier};
use oauth2_discord::{AccessToken, Nonce, RawIdToken, Snowflake, Token, UnixTime};
use ra_http::Endpoint as _;
use serde_json::value::RawValue;

use super::{assert_line, response};

// One genuine token, made once; nobody has the private key any more.
const HEADER: &str = r#"{"alg":"RS256","kid":"k1","typ":"JWT"}"#;
const PAYLOAD: &str = concat!(
    r#"{"iss":"https://discord.com","aud":["157730590492196864"],"sub":"80351110224678912","#,
    r#""iat":1700000000,"exp":1700003600,"nonce":"n-1","at_hash":"QWgx_Jvk5pQ2Nllve6pecg"}"#,
);
const SIGNATURE: &str = concat!(
    "FfXWLkEfTK0Dag4q7kImEAuy2tCjI2KQCv6xF1CbMErPW209kNpLUDjeOkV1PfjphC-yf9zkoS4fO_7g6h49oHXaPilbIHwjJzep",
    "RhyHnyRXyDVHAoWHuKiuqUMJ2HfemLM70VliPHhMiqToYUTZC4VTSSDpxM_YC7v50uSeSr4GB8v0vXfSqTVyATuE1EL_TaRG0Q_j",
    "FXM2I81Fu_5oymQ-lQfUU0A-3H_OIDGs6Sep1SbE4oY0T_0v6ozZXDn6xmJQKZgTtM-3RhyTicBl_JE6wuyZ_bPRoQoGIvBp7sPQ",
    "faEel67-kn6yQ6C3IAWkOHDeP0f8xrRmSLJCCtAf5A",
);
const MODULUS: &str = concat!(
    "xaHTpImG-L_TfpI5bojOIGRdYuBNMZlCYAb375NLNLE3EYa_RtJiB0L2EtmnRCC18LIhFVXG8hM1uBOFG00YA0NixUfG_IcKiBi3",
    "8xkaHLxCIvrcVAa9gP9AO1tX8KGLmt6V7A48ls8GFYzSZw0YWK0wNCAWuxaGiFngs_wjoMYtLYahw0JJheI-sM0uBkOdkHQgmB9m",
    "cF4Pwj1wX_uOmmrwWO4uFCXgM-7pXVggethiOUiym0WIEINyVKJGjtJlBrB9POBgbVGrYkSYm-hedUP6UJaDTmN1AL0dnhzNNmTw",
    "TA9ko8aFFvxFWADjnE7I9u2qjBlzO4uIhAEH4UPVxw",
);
const ACCESS_TOKEN: &str = "6qrZcUqja7812RVdnEKjpzOL4CvHBFG";
const CLIENT: Snowflake = Snowflake::new(157_730_590_492_196_864);
const NOW: UnixTime = UnixTime::from_secs(1_700_000_000);

/// Reads an ID token, or a header and, after a line break, a payload for the genuine signature. Only the genuine
/// token is accepted, and an error says nothing of it.
///
/// # Panics
/// If a property does not hold.
pub fn oauth2_id_token(data: &[u8]) {
    let Ok(text) = core::str::from_utf8(data) else {
        return;
    };
    let genuine = joined(HEADER, PAYLOAD);
    let token = if text.starts_with('{') {
        let (header, payload) = text.split_once('\n').unwrap_or((text, PAYLOAD));
        joined(header, payload)
    } else {
        text.to_owned()
    };
    let set = format!(
        r#"{{"keys":[{{"kty":"RSA","use":"sig","alg":"RS256","kid":"k1","n":"{MODULUS}","e":"AQAB"}}]}}"#
    );
    let keys = KeySet::decode(set.as_bytes()).unwrap_or_default();
    let verdict = verify(&keys, &token);
    assert_eq!(
        matches!(verdict, Ok(Verdict::Valid(_))),
        token == genuine,
        "{verdict:?}"
    );
}

/// Reads a key set: what is read is bounded and kept as it came. The genuine token needs the genuine key.
///
/// # Panics
/// If a property does not hold.
pub fn oauth2_jwks(data: &[u8]) {
    let reply = Keys::new().from_http(response(200, data));
    match KeySet::decode(data) {
        Ok(set) => {
            assert_eq!(reply.ok().as_ref(), Some(&set));
            assert!(set.keys().len() <= KeySet::MAX_KEYS);
            assert_eq!(set.json().as_bytes(), data);
            let valid = matches!(
                verify(&set, &joined(HEADER, PAYLOAD)),
                Ok(Verdict::Valid(_))
            );
            assert!(!valid || has_genuine_key(data), "a made-up key counts");
        }
        Err(error) => {
            assert_line(&error, 80);
            assert!(reply.is_err(), "no key set, no success");
        }
    }
}

fn verify(keys: &KeySet, id_token: &str) -> Result<Verdict, IdTokenError> {
    let mut token = Token::new(AccessToken::new(ACCESS_TOKEN));
    token.id_token = Some(RawIdToken::new(id_token));
    let nonce = Nonce::new("n-1");
    let mut verifier = Verifier::new(CLIENT, "https://discord.com");
    verifier.keys_arrived(NOW, keys);
    let mut verdict = verifier.verify(NOW, &token, Some(&nonce));
    if matches!(verdict, Ok(Verdict::FetchKeys)) {
        verifier.keys_arrived(NOW, keys); // the service has no others
        verdict = verifier.verify(NOW, &token, Some(&nonce));
    }
    assert!(!matches!(
        verdict,
        Ok(Verdict::FetchKeys | Verdict::AwaitKeys)
    ));
    if let Err(error) = &verdict {
        assert_line(error, 80);
    }
    verdict
}

fn joined(header: &str, payload: &str) -> String {
    let encode = |text: &str| URL_SAFE_NO_PAD.encode(text);
    format!("{}.{}.{SIGNATURE}", encode(header), encode(payload))
}

/// Read once more, by other means: whatever else is in the set does not matter, be it no text and no number.
fn has_genuine_key(data: &[u8]) -> bool {
    let set = cut(&String::from_utf8_lossy(data));
    let keys = set.get("keys").map(|keys| keys.get()).unwrap_or_default();
    let keys: Vec<Box<RawValue>> = serde_json::from_str(keys).unwrap_or_default();
    keys.iter().any(|key| {
        let key = cut(key.get());
        let n = key
            .get("n")
            .map(|n| serde_json::from_str::<String>(n.get()));
        matches!(n, Some(Ok(n)) if n == MODULUS)
    })
}

/// Members of an object, unread.
fn cut(object: &str) -> HashMap<String, Box<RawValue>> {
    serde_json::from_str(object).unwrap_or_default()
}

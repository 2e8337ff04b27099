//! The same machine on real RSA keys, with the vectors that an independent implementation made.

use ra_core::gateway::{Config, Phase, SessionError};
use ra_crypto::{Backend, Entropy, EntropyError, RustCrypto};
use ra_testkit::{SeededEntropy, vectors};

use super::*;

/// Gives out so many fills, then fails.
struct Rations {
    left: u32,
    entropy: SeededEntropy,
}

impl Entropy for Rations {
    fn fill(&mut self, dest: &mut [u8]) -> Result<(), EntropyError> {
        self.left = self.left.checked_sub(1).ok_or(EntropyError)?;
        self.entropy.fill(dest)
    }
}

fn opened(stage: Stage) -> Stage {
    let mut stage = stage;
    stage.drain();
    stage
}

#[test]
#[cfg_attr(miri, ignore = "RSA takes hours there")]
fn r52_every_public_key_of_the_vectors_that_must_be_refused_is() {
    let refused = vectors::load().refused_public_keys;
    assert!(refused.len() > 5);
    for key in refused {
        let mut stage = opened(Stage::with(Config::default(), RustCrypto, 1));
        let outputs = stage.say(&init_frame(&key.bytes));
        let [
            Output::Close(code),
            Output::End(Err(error @ SessionError::Key(_))),
        ] = &outputs[..]
        else {
            panic!("{}: {outputs:?}", key.why);
        };
        assert_eq!((code.0, error.close_code().0), (4001, 4001), "{}", key.why);
    }
}

#[test]
#[cfg_attr(miri, ignore = "RSA takes hours there")]
fn r50_a_whole_session_on_each_key_of_the_vectors() {
    for vector in vectors::load().keys {
        let mut entropy = SeededEntropy::new(8);
        let mut key = RustCrypto
            .session_key_from_pkcs8(&vector.pkcs8, &mut entropy)
            .unwrap();
        let mut stage = opened(Stage::with(Config::default(), RustCrypto, 1));
        let challenge = sent(&stage.say(&init_frame(&vector.spki)));
        let nonce = open_with(&mut *key, &challenge);
        assert_eq!(nonce.len(), 32);
        let outputs = stage.say(&digest_frame(&nonce));
        assert_eq!(outputs.len(), 2, "{outputs:?}");
        let fingerprint = stage.session.fingerprint().unwrap();
        assert_eq!(fingerprint.to_string(), vector.fingerprint);
        assert_eq!(stage.attach(&user("mary")), Ok(()));
        let payload = open_with(&mut *key, &sent(&stage.drain()));
        assert_eq!(payload, user("mary").encode().as_bytes());
    }
}

#[test]
#[cfg_attr(miri, ignore = "RSA takes hours there")]
fn entropy_that_fails_while_sealing_is_our_failure() {
    let spki = vectors::load().keys.remove(0).spki;
    let mut stage = opened(Stage::with(Config::default(), RustCrypto, 1));
    let mut rations = Rations {
        left: 1, // enough for the nonce
        entropy: SeededEntropy::new(1),
    };
    let frame = init_frame(&spki);
    stage
        .session
        .handle(stage.time(), Input::Text(&frame), &mut rations);
    assert_fails(&stage.drain(), 1011, &SessionError::Local);
}

#[test]
#[cfg_attr(miri, ignore = "RSA takes hours there")]
fn entropy_that_fails_at_a_scan_is_our_failure() {
    let vector = vectors::load().keys.remove(0);
    let mut key = RustCrypto
        .session_key_from_pkcs8(&vector.pkcs8, &mut SeededEntropy::new(8))
        .unwrap();
    let mut stage = opened(Stage::with(Config::default(), RustCrypto, 1));
    let nonce = open_with(&mut *key, &sent(&stage.say(&init_frame(&vector.spki))));
    let _ = stage.say(&digest_frame(&nonce));
    let now = stage.time();
    let attached = stage
        .session
        .attach(now, &user("mary"), &mut ra_testkit::NoEntropy);
    assert_eq!(attached, Ok(()));
    assert_fails(&stage.drain(), 1011, &SessionError::Local);
    assert_eq!(stage.session.phase(), Phase::Ended);
}

//! Lifetimes and shortages, on a clock of the test's own.

use ra_core::gateway::{Input, Output, Session};
use ra_crypto::{SessionKey, digest_proof};
use ra_proto::frame::{DesktopFrame, GatewayFrame, Proof};
use ra_proto::{Sensitive, base64};
use ra_testkit::{Fake, FakeKey, SeededEntropy};
use std::task::Waker;

use super::*;

/// A backplane with one desktop whose QR is out.
struct Scene {
    registry: Arc<Registry>,
    backplane: Memory,
    handle: Arc<SessionHandle>,
    fingerprint: Fingerprint,
}

impl Scene {
    fn new(change: impl FnOnce(&mut Config)) -> Self {
        let mut config = Config::default();
        config.session.timeout = std::time::Duration::from_secs(900);
        config.session.heartbeat_interval = std::time::Duration::from_secs(900);
        change(&mut config);
        let session = Session::new(Arc::new(config.session.clone()), Arc::new(Fake), at(0));
        let registry = Arc::new(Registry::default());
        let handle = registry.enter(session, Box::new(SeededEntropy::new(1)));
        let mut key = FakeKey::new(1);
        let spki = base64::encode_standard(key.public_key());
        say(
            &handle,
            &DesktopFrame::Init {
                encoded_public_key: spki.into(),
            },
        );
        let nonce = heard(&handle, |frame| match frame {
            GatewayFrame::NonceProof { encrypted_nonce } => base64::decode(&encrypted_nonce).ok(),
            _ => None,
        });
        let nonce = key.open(&nonce).unwrap();
        let proof = digest_proof(nonce.expose());
        say(
            &handle,
            &DesktopFrame::NonceProof(Proof::Digest(Sensitive::from(proof.as_str()))),
        );
        let fingerprint = handle.fingerprint().unwrap();
        registry.ready(SessionId::of(&fingerprint), &handle);
        let backplane = Memory::new(&config, &registry, Clock::start());
        Self {
            registry,
            backplane,
            handle,
            fingerprint,
        }
    }

    fn scan(&self, now: MonoTime, user: &User) -> Result<HandshakeToken, Problem> {
        self.backplane.scan_at(now, &self.fingerprint, user)
    }

    /// The ticket that the desktop has been handed.
    fn ticket(&self) -> Ticket {
        Ticket::new(heard(&self.handle, |frame| match frame {
            GatewayFrame::PendingLogin { ticket } => Some(ticket.expose().to_owned()),
            _ => None,
        }))
    }
}

fn at(seconds: u64) -> MonoTime {
    MonoTime::from_millis(seconds * 1000)
}

fn sealed() -> Box<[u8]> {
    Box::from(*b"a sealed token")
}

fn alice() -> User {
    User::new(1, 0, None, "alice".into()).unwrap()
}

fn say(handle: &SessionHandle, frame: &DesktopFrame<'_>) {
    handle.handle(at(0), Input::Text(&frame.encode()));
}

/// Returns the field's value in the next frame that has it.
fn heard<T>(handle: &SessionHandle, read: impl Fn(GatewayFrame<'_>) -> Option<T>) -> T {
    while let Some(output) = handle.poll_output(Waker::noop()) {
        if let Output::Send(text) = output
            && let Some(found) = read(GatewayFrame::decode(text.expose()).unwrap())
        {
            return found;
        }
    }
    panic!("the session has not said that")
}

#[test]
fn r54_a_handshake_token_lives_for_120_s() {
    let scene = Scene::new(|_| {});
    let token = scene.scan(at(10), &alice()).unwrap();
    let key: Box<[u8]> = FakeKey::new(1).public_key().into();
    assert_eq!(scene.backplane.may_decide_at(at(129), 1, &token), Ok(key));
    assert_eq!(
        scene.backplane.may_decide_at(at(130), 1, &token),
        Err(Problem::UnknownSession)
    );
    let late = scene
        .backplane
        .approve_at(at(130), &alice(), &token, sealed());
    assert_eq!(late, Err(Problem::UnknownSession));
    let late = scene.backplane.decline_at(at(130), 1, &token);
    assert_eq!(late, Err(Problem::UnknownSession));
}

#[test]
fn r54_a_ticket_lives_for_60_s_and_brings_what_was_sealed() {
    for (wait, lives) in [(59, true), (60, false)] {
        let scene = Scene::new(|_| {});
        let token = scene.scan(at(10), &alice()).unwrap();
        scene
            .backplane
            .approve_at(at(20), &alice(), &token, sealed())
            .unwrap();
        assert_eq!(scene.backplane.last_ticket_at(at(20)), Some(at(80)));
        let redeemed = scene.backplane.redeem_at(at(20 + wait), &scene.ticket());
        assert_eq!(
            redeemed,
            if lives {
                Ok(sealed())
            } else {
                Err(Problem::UnknownTicket)
            }
        );
    }
}

#[test]
fn r55_without_room_for_a_ticket_nothing_is_used_up() {
    let scene = Scene::new(|config| config.limits.sessions = 1);
    let other = scene
        .backplane
        .tickets
        .insert(at(0), digest("another login's ticket"), sealed());
    assert_eq!(other, Ok(()));
    let token = scene.scan(at(10), &alice()).unwrap();
    assert_eq!(
        scene
            .backplane
            .approve_at(at(20), &alice(), &token, sealed()),
        Err(Problem::BUSY)
    );
    assert_eq!(
        scene
            .backplane
            .approve_at(at(60), &alice(), &token, sealed()),
        Ok(())
    );
}

#[test]
fn r54_what_a_session_does_not_take_leaves_nothing_behind() {
    let scene = Scene::new(|_| {});
    let token = scene.scan(at(10), &alice()).unwrap();
    scene.handle.handle(at(11), Input::Lost);
    assert_eq!(scene.scan(at(12), &alice()), Err(Problem::UnknownSession));
    let late = scene
        .backplane
        .approve_at(at(12), &alice(), &token, sealed());
    assert_eq!(late, Err(Problem::UnknownSession));
    assert_eq!(scene.backplane.last_ticket_at(at(12)), None);
    assert_eq!(scene.backplane.handshakes.empty_at(at(12)), None);
}

#[test]
fn r54_a_session_that_leaves_takes_its_handshake_token_along() {
    let scene = Scene::new(|_| {});
    let token = scene.scan(at(10), &alice()).unwrap();
    let session = SessionId::of(&scene.fingerprint);
    let left = scene.registry.leave(&scene.handle, Some(session));
    assert_eq!(left.handshake, Some(digest(token.expose())));
    assert_eq!(left.session, Some(session));
    scene.backplane.close(left);
    assert_eq!(
        scene.backplane.may_decide_at(at(11), 1, &token),
        Err(Problem::UnknownSession)
    );
    assert_eq!(scene.scan(at(11), &alice()), Err(Problem::UnknownSession));
}

#[test]
fn r54_a_newer_scan_leaves_one_token() {
    let scene = Scene::new(|config| config.limits.sessions = 2);
    for second in 0..10 {
        scene.scan(at(second), &alice()).unwrap();
    }
    assert!(
        scene.backplane.handshakes.has_room(at(10)),
        "nine of ten have died"
    );
}

//! Tests of a node's messages and commands, without a Redis.

use futures_util::FutureExt;
use ra_core::gateway::{Input, Output, Session};
use ra_crypto::{SEALED_BYTES, SessionKey, digest_proof};
use ra_proto::frame::{DesktopFrame, GatewayFrame, Proof};
use ra_proto::{Sensitive, base64};
use ra_testkit::{Fake, FakeKey, SeededEntropy};
use std::task::Waker;

use super::*;

const ME: NodeId = NodeId([1; 16]);
const OTHER: NodeId = NodeId([2; 16]);

/// A node with one desktop whose proof was right.
struct Scene {
    node: Node,
    said: mpsc::Receiver<Cmd>,
    handle: Arc<SessionHandle>,
    session: SessionId,
}

impl Scene {
    fn new() -> Self {
        Self::with(8, Duration::from_secs(60))
    }

    fn with(room: usize, within: Duration) -> Self {
        let registry = Arc::new(Registry::default());
        let session = Session::new(Arc::default(), Arc::new(Fake), MonoTime::ZERO);
        let handle = registry.enter(session, Box::new(SeededEntropy::new(1)));
        let session = prove(&handle);
        registry.ready(session, &handle);
        let parts = Parts {
            id: ME,
            names: Names::new("ra:".into()),
            clock: Clock::start(),
            registry,
            entropy: EntropySource::default(),
            metrics: Arc::default(),
            within,
            handshake_millis: 120_000,
            given: TtlMap::new(16, Duration::from_secs(60)),
        };
        let (outbox, said) = mpsc::channel(room);
        Self {
            node: Node::new(parts, outbox),
            said,
            handle,
            session,
        }
    }

    fn hear(&self, node: NodeId, ask: Ask) {
        let request = Request { node, call: 7, ask };
        let channel = self.node.names.session(&self.session).into_bytes();
        self.node.heard(&PushInfo {
            kind: PushKind::Message,
            data: vec![
                Value::BulkString(channel),
                Value::BulkString(request.encode()),
            ],
        });
    }

    fn is_subscribed(&self) {
        let channel = self.node.names.session(&self.session).into_bytes();
        self.node.heard(&PushInfo {
            kind: PushKind::Subscribe,
            data: vec![Value::BulkString(channel), Value::Int(1)],
        });
    }

    /// The next command to Redis, its words as they are.
    fn says(&mut self) -> Option<Vec<Vec<u8>>> {
        let command = self.said.try_recv().ok()?;
        let words = command.args_iter().map(|word| match word {
            redis::Arg::Simple(word) => word.to_vec(),
            _ => Vec::new(),
        });
        Some(words.collect())
    }

    /// The names of all commands to Redis since the last time.
    fn commands(&mut self) -> Vec<String> {
        std::iter::from_fn(|| self.says())
            .map(|words| String::from_utf8(words[0].clone()).unwrap())
            .collect()
    }

    /// The answer that is said next, whatever it comes with.
    fn answers(&mut self) -> Option<Answer> {
        std::iter::from_fn(|| self.says())
            .find_map(|words| Reply::decode(words.last()?))
            .map(|reply| reply.answer)
    }

    fn leave(&mut self) -> Leave {
        self.hear(OTHER, Ask::Key);
        match self.answers() {
            Some(Answer::Key(leave, _)) => leave,
            other => panic!("{other:?}"),
        }
    }

    fn scan(&self, leave: Leave, handshake: u8) {
        let scan = Scan {
            leave,
            handshake: [handshake; 32],
            bond: [9; 32],
            user: [0; SEALED_BYTES],
        };
        self.hear(OTHER, Ask::Scan(Box::new(scan)));
    }

    fn outputs(&self) -> Vec<Output> {
        std::iter::from_fn(|| self.handle.poll_output(Waker::noop())).collect()
    }

    /// The ops that the desktop is told, and `close` for a close.
    fn told(&self) -> Vec<String> {
        let told = self
            .outputs()
            .into_iter()
            .filter_map(|output| match output {
                Output::Send(text) => {
                    let frame = GatewayFrame::decode(text.expose()).unwrap();
                    Some(frame.op().to_owned())
                }
                Output::Close(code) => Some(format!("close {}", code.0)),
                _ => None,
            });
        told.collect()
    }
}

/// Has the machine's proof done; what it says until then is drained.
fn prove(handle: &SessionHandle) -> SessionId {
    let mut key = FakeKey::new(1);
    let spki = base64::encode_standard(key.public_key());
    let say = |frame: DesktopFrame<'_>| {
        handle.handle(MonoTime::ZERO, Input::Text(&frame.encode()));
    };
    say(DesktopFrame::Init {
        encoded_public_key: spki.into(),
    });
    let mut nonce = None;
    while let Some(output) = handle.poll_output(Waker::noop()) {
        if let Output::Send(text) = output
            && let GatewayFrame::NonceProof { encrypted_nonce } =
                GatewayFrame::decode(text.expose()).unwrap()
        {
            nonce = base64::decode(&encrypted_nonce).ok();
        }
    }
    let nonce = key.open(&nonce.unwrap()).unwrap();
    let proof = digest_proof(nonce.expose());
    say(DesktopFrame::NonceProof(Proof::Digest(Sensitive::from(
        proof.as_str(),
    ))));
    SessionId::of(&handle.fingerprint().unwrap())
}

#[test]
fn r56_no_qr_goes_out_before_redis_knows_the_session() {
    let mut scene = Scene::new();
    scene.node.open(&scene.handle, &scene.session);
    assert_eq!(scene.commands(), ["SUBSCRIBE", "PUBLISH"]);
    assert_eq!(scene.told(), [""; 0]);
    scene.is_subscribed();
    assert_eq!(scene.told(), ["pending_remote_init"]);
    // what was overdue is not any more
    scene.node.close_overdue();
    assert_eq!(scene.told(), [""; 0]);
}

#[test]
fn r56_a_session_that_redis_does_not_come_to_know_is_closed() {
    let scene = Scene::with(8, Duration::ZERO);
    scene.node.open(&scene.handle, &scene.session);
    scene.node.close_overdue();
    assert_eq!(scene.told(), ["pending_remote_init", "close 1001"]);
    let scene = Scene::new();
    scene.node.open(&scene.handle, &scene.session);
    scene.node.close_overdue();
    assert_eq!(scene.told(), [""; 0], "there is time left");
}

#[test]
fn r56_a_scan_is_stored_before_the_phone_hears_of_it() {
    let mut scene = Scene::new();
    let leave = scene.leave();
    scene.told();
    scene.scan(leave, 1);
    let words = scene.says().unwrap();
    assert_eq!(words[0], b"EVAL");
    assert_eq!(words[3], scene.node.names.handshake(&[1; 32]).as_bytes());
    let record = Record::decode(&words[4]).unwrap();
    assert_eq!(record.bond, [9; 32]);
    let reply = Reply::decode(words.last().unwrap()).unwrap();
    assert_eq!((reply.call, reply.answer), (7, Answer::Yes));
    assert_eq!(scene.told(), ["pending_ticket"]);
}

#[test]
fn r56_leave_is_for_one_scan() {
    let mut scene = Scene::new();
    let leave = scene.leave();
    scene.scan(leave, 1);
    assert_eq!(scene.answers(), Some(Answer::Yes));
    scene.told();
    for again in [1, 2] {
        scene.scan(leave, again);
        assert_eq!(scene.answers(), Some(Answer::Again));
        assert_eq!(scene.told(), [""; 0]);
    }
    let leave = scene.leave();
    scene.scan(leave, 2);
    // the first one's token goes before the second's is there
    assert_eq!(scene.commands(), ["UNLINK", "EVAL"]);
    assert_eq!(scene.handle.handshake(), Some([2; 32]));
}

#[test]
fn r56_leave_that_is_old_or_from_the_future_is_not_even_answered() {
    let scene = &mut Scene::with(8, Duration::ZERO);
    let leave = scene.leave();
    let future = Leave {
        at: leave.at + 1_000_000,
        ..leave
    };
    for leave in [leave, future] {
        scene.scan(leave, 1);
        assert_eq!(scene.commands(), [""; 0]);
    }
    assert_eq!(scene.told(), ["pending_remote_init"]);
}

#[test]
fn r54_a_verdict_is_by_the_last_who_scanned_and_counts_once() {
    for (verdict, told) in [
        (Ask::Approve as fn(Digest) -> Ask, "pending_login"),
        (Ask::Decline, "cancel"),
    ] {
        let mut scene = Scene::new();
        scene.hear(OTHER, verdict([0; 32]));
        assert_eq!(scene.answers(), Some(Answer::No), "nobody has scanned");
        for handshake in [1, 2] {
            let leave = scene.leave();
            scene.scan(leave, handshake);
            assert_eq!(scene.answers(), Some(Answer::Yes));
        }
        scene.told();
        scene.hear(OTHER, verdict([1; 32]));
        assert_eq!(scene.answers(), Some(Answer::No), "replaced");
        assert_eq!(scene.told(), [""; 0]);
        scene.hear(OTHER, verdict([2; 32]));
        assert_eq!(scene.answers(), Some(Answer::Yes));
        assert_eq!(scene.told(), [told, "close 1000"]);
        scene.hear(OTHER, verdict([2; 32]));
        assert_eq!(scene.answers(), Some(Answer::No));
    }
}

#[test]
fn r54_the_ticket_is_the_one_whose_digest_is_stored() {
    let mut scene = Scene::new();
    let leave = scene.leave();
    scene.scan(leave, 1);
    let record = Record::decode(&scene.says().unwrap()[4]).unwrap();
    scene.told();
    scene.hear(OTHER, Ask::Approve([1; 32]));
    let ticket = scene.outputs().into_iter().find_map(|output| match output {
        Output::Send(text) => match GatewayFrame::decode(text.expose()).unwrap() {
            GatewayFrame::PendingLogin { ticket } => Some(ticket.expose().to_owned()),
            _ => None,
        },
        _ => None,
    });
    assert_eq!(digest(&ticket.unwrap()), record.ticket);
}

#[test]
fn r54_a_key_proven_elsewhere_closes_the_session_and_one_proven_here_does_not() {
    let scene = Scene::new();
    scene.told();
    scene.hear(ME, Ask::Newer);
    assert_eq!(scene.told(), [""; 0]);
    scene.hear(OTHER, Ask::Newer);
    assert_eq!(scene.told(), ["close 4003"]);
}

#[test]
fn r56_nobody_is_answered_no() {
    let mut scene = Scene::new();
    scene.handle.handle(MonoTime::ZERO, Input::Lost);
    scene.hear(OTHER, Ask::Key);
    assert_eq!(scene.answers(), Some(Answer::No), "the session is over");
    scene
        .node
        .registry
        .leave(&scene.handle, Some(scene.session));
    scene.hear(OTHER, Ask::Key);
    assert_eq!(scene.answers(), Some(Answer::No), "the session is gone");
}

#[test]
fn r56_who_leaves_is_unsubscribed_and_takes_its_token_along() {
    let mut scene = Scene::new();
    let leave = scene.leave();
    scene.scan(leave, 1);
    scene.commands();
    let left = scene
        .node
        .registry
        .leave(&scene.handle, Some(scene.session));
    scene.node.close(&left);
    assert_eq!(scene.commands(), ["UNSUBSCRIBE", "UNLINK"]);
    // who is not found any more because a newer one is, leaves the channel alone
    scene.node.close(&Left {
        session: None,
        handshake: None,
    });
    assert_eq!(scene.commands(), [""; 0]);
}

#[tokio::test]
async fn r56_more_than_can_be_said_makes_the_connection_anew() {
    let scene = Scene::with(2, Duration::from_secs(60));
    scene.node.open(&scene.handle, &scene.session);
    let behind = scene.node.behind.notified();
    let mut behind = std::pin::pin!(behind);
    assert!(behind.as_mut().now_or_never().is_none());
    scene.hear(OTHER, Ask::Key);
    assert!(behind.as_mut().now_or_never().is_some());
}

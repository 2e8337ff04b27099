use ra_proto::frame::{DesktopFrame, GatewayFrame, Proof};
use ra_proto::rest::{
    CancelRequest, CreateResponse, FinishRequest, LoginRequest, LoginResponse, MfaFinishRequest,
    MfaFinishResponse, MfaMethod, MfaRequired,
};
use ra_proto::{
    HandshakeToken, MfaAnswerText, MfaTicket, MfaToken, SecretBytes, Sensitive, Ticket, Token,
};

const CANARY: &str = "canary-7f3a";

fn canary() -> String {
    CANARY.to_owned()
}

fn assert_redacted(value: &dyn std::fmt::Debug) {
    for text in [format!("{value:?}"), format!("{value:#?}")] {
        assert!(!text.contains("canary") && text.contains("(..)"), "{text}");
    }
}

#[test]
fn r34_secrets_are_redacted() {
    assert_eq!(format!("{:?}", Token::new(canary())), "Token(..)");
    assert_eq!(format!("{:?}", Ticket::new(canary())), "Ticket(..)");
    assert_eq!(
        format!("{:?}", HandshakeToken::new(canary())),
        "HandshakeToken(..)"
    );
    assert_eq!(format!("{:?}", MfaTicket::new(canary())), "MfaTicket(..)");
    assert_eq!(format!("{:?}", MfaToken::new(canary())), "MfaToken(..)");
    assert_eq!(
        format!("{:?}", MfaAnswerText::new(canary())),
        "MfaAnswerText(..)"
    );
    assert_eq!(format!("{:?}", Sensitive::from(CANARY)), "Sensitive(..)");
    assert_eq!(format!("{:?}", Sensitive::from(canary())), "Sensitive(..)");
    assert_eq!(
        format!("{:?}", SecretBytes::new(canary().into())),
        "SecretBytes(..)"
    );
}

#[test]
fn r34_frames_that_hold_secrets_are_redacted() {
    assert_redacted(&GatewayFrame::PendingLogin {
        ticket: CANARY.into(),
    });
    assert_redacted(&DesktopFrame::NonceProof(Proof::Digest(CANARY.into())));
    assert_redacted(&DesktopFrame::NonceProof(Proof::Nonce(canary().into())));
}

#[test]
fn r34_bodies_that_hold_secrets_are_redacted_decoded_and_encoded() {
    let handshake = || HandshakeToken::new(canary());
    let login = LoginRequest::new(Ticket::new(canary()));
    let sealed = LoginResponse::new(canary());
    let created = CreateResponse::new(handshake());
    let finish = FinishRequest::new(handshake(), true);
    let cancel = CancelRequest::new(handshake());
    let challenge = MfaRequired::new(MfaTicket::new(canary()), vec![MfaMethod::Totp]);
    let data = MfaAnswerText::new(canary());
    let answer = MfaFinishRequest::new(MfaTicket::new(canary()), MfaMethod::Totp, data);
    let passed = MfaFinishResponse::new(MfaToken::new(canary()));
    let decoded: [&dyn std::fmt::Debug; 8] = [
        &login, &sealed, &created, &finish, &cancel, &challenge, &answer, &passed,
    ];
    decoded.into_iter().for_each(assert_redacted);
    let encoded = [
        login.encode(),
        sealed.encode(),
        created.encode(),
        finish.encode(),
        cancel.encode(),
        challenge.encode(),
        answer.encode(),
        passed.encode(),
    ];
    for body in encoded {
        assert!(
            body.expose()
                .windows(CANARY.len())
                .any(|part| part == CANARY.as_bytes())
        );
        assert_redacted(&body);
    }
}

#[test]
fn secrets_are_equal_by_content_and_length() {
    let token = Token::new("abc".to_owned());
    assert_eq!(token, token.clone());
    assert_eq!(token.expose(), "abc");
    for other in ["abd", "xbc", "ab", "abcd", ""] {
        assert_ne!(token, Token::new(other.to_owned()));
        assert_ne!(Sensitive::from("abc"), Sensitive::from(other));
    }
    assert_eq!(Sensitive::from("abc"), Sensitive::from("abc".to_owned()));
}

#[test]
fn a_frames_secret_becomes_an_owned_one() {
    let borrowed = Sensitive::from(CANARY);
    assert!(borrowed.is_borrowed());
    assert_eq!(Ticket::from(borrowed), Ticket::new(canary()));
    let owned = Sensitive::from(canary());
    assert!(!owned.is_borrowed());
    assert_eq!(MfaToken::from(owned).expose(), CANARY);
}

#[test]
fn bytes_are_handed_over_whole() {
    let bytes = SecretBytes::new(vec![1, 2, 3]);
    assert_eq!(bytes.clone().expose(), [1, 2, 3]);
    assert_eq!(bytes.into_vec(), [1, 2, 3]);
}

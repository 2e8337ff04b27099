use proptest::prelude::*;
use ra_proto::rest::{
    CancelRequest, CreateRequest, CreateResponse, FinishRequest, LoginRequest, LoginResponse,
    MfaFinishRequest, MfaFinishResponse, MfaMethod, MfaRequired,
};
use ra_proto::{
    Fingerprint, HandshakeToken, MfaAnswerText, MfaTicket, MfaToken, SecretBytes, Ticket,
};

fn text(body: &SecretBytes) -> &str {
    std::str::from_utf8(body.expose()).unwrap()
}

#[test]
fn r30_ticket_exchange() {
    let request = LoginRequest::new(Ticket::new("t".to_owned()));
    assert_eq!(text(&request.encode()), r#"{"ticket":"t"}"#);
    let response = LoginResponse::new("AA==".to_owned());
    assert_eq!(text(&response.encode()), r#"{"encrypted_token":"AA=="}"#);
    let with_more = br#" {"user_id":"1","encrypted_token":"AA==","x":[{}]} "#;
    assert_eq!(LoginResponse::decode(with_more), Ok(response));
}

#[test]
fn r41_create() {
    let request = CreateRequest::new(Fingerprint::from_bytes([0; 32]));
    assert_eq!(
        text(&request.encode()),
        format!(r#"{{"fingerprint":"{}"}}"#, "A".repeat(43))
    );
    let response = CreateResponse::new(HandshakeToken::new("h".to_owned()));
    assert_eq!(text(&response.encode()), r#"{"handshake_token":"h"}"#);
}

#[test]
fn r42_finish_and_cancel() {
    let token = || HandshakeToken::new("h".to_owned());
    let finish = FinishRequest::new(token(), true);
    assert_eq!(
        text(&finish.encode()),
        r#"{"handshake_token":"h","temporary_token":true}"#
    );
    let finish = FinishRequest::new(token(), false);
    assert_eq!(
        text(&finish.encode()),
        r#"{"handshake_token":"h","temporary_token":false}"#
    );
    assert_eq!(
        FinishRequest::decode(br#"{"handshake_token":"h"}"#),
        Ok(finish)
    );
    let cancel = CancelRequest::new(token());
    assert_eq!(text(&cancel.encode()), r#"{"handshake_token":"h"}"#);
}

#[test]
fn r43_challenge_with_objects_or_names() {
    let methods = vec![
        MfaMethod::Totp,
        MfaMethod::Backup,
        MfaMethod::Password,
        MfaMethod::Unknown("sms".to_owned()),
    ];
    let challenge = MfaRequired::new(MfaTicket::new("m".to_owned()), methods);
    let encoded = challenge.encode();
    assert_eq!(
        text(&encoded),
        concat!(
            r#"{"message":"Two factor is required for this operation","code":60003,"#,
            r#""mfa":{"methods":[{"type":"totp"},{"type":"backup"},{"type":"password"},{"type":"sms"}],"ticket":"m"}}"#
        )
    );
    let same = [
        r#"{"mfa":{"ticket":"m","methods":["totp","backup","password","sms"]},"code":60003}"#,
        r#"{"mfa":{"ticket":"m","methods":["totp",{"backup_codes_allowed":true,"type":"backup"},
            {"type":"password","x":[]}, "s\u006ds" ],"y":{}}}"#,
    ];
    for body in same {
        assert_eq!(
            MfaRequired::decode(body.as_bytes()).as_ref(),
            Ok(&challenge),
            "{body}"
        );
    }
    let none = MfaRequired::new(MfaTicket::new("m".to_owned()), Vec::new());
    assert_eq!(MfaRequired::decode(none.encode().expose()), Ok(none));
}

#[test]
fn r43_answer() {
    let data = MfaAnswerText::new("123456".to_owned());
    let request = MfaFinishRequest::new(MfaTicket::new("m".to_owned()), MfaMethod::Totp, data);
    assert_eq!(
        text(&request.encode()),
        r#"{"ticket":"m","mfa_type":"totp","data":"123456"}"#
    );
    let response = MfaFinishResponse::new(MfaToken::new("j".to_owned()));
    assert_eq!(text(&response.encode()), r#"{"token":"j"}"#);
}

#[test]
fn secrets_with_escapes_are_read() {
    let body = br#"{"handshake_token":"a\/\"\u00e9"}"#;
    assert_eq!(
        CreateResponse::decode(body)
            .unwrap()
            .handshake_token
            .expose(),
        "a/\"é"
    );
}

fn filled() -> impl Strategy<Value = String> {
    any::<String>().prop_filter("empty ones are refused", |text| !text.is_empty())
}

fn method() -> impl Strategy<Value = MfaMethod> {
    prop_oneof![
        Just(MfaMethod::Totp),
        Just(MfaMethod::Backup),
        Just(MfaMethod::Password),
        any::<String>().prop_map(|name| MfaMethod::from(&*name)),
    ]
}

macro_rules! assert_round_trip {
    ($value:expr, $type:ty) => {
        let value: $type = $value;
        prop_assert_eq!(<$type>::decode(value.encode().expose()), Ok(value));
    };
}

proptest! {
    #[test]
    fn bodies_are_read_as_written(a in filled(), b in filled(), flag: bool, bytes: [u8; 32]) {
        let handshake = || HandshakeToken::new(a.clone());
        assert_round_trip!(LoginRequest::new(Ticket::new(a.clone())), LoginRequest);
        assert_round_trip!(LoginResponse::new(a.clone()), LoginResponse);
        assert_round_trip!(CreateRequest::new(Fingerprint::from_bytes(bytes)), CreateRequest);
        assert_round_trip!(CreateResponse::new(handshake()), CreateResponse);
        assert_round_trip!(FinishRequest::new(handshake(), flag), FinishRequest);
        assert_round_trip!(CancelRequest::new(handshake()), CancelRequest);
        assert_round_trip!(MfaFinishResponse::new(MfaToken::new(b)), MfaFinishResponse);
    }

    #[test]
    fn challenges_are_read_as_written(
        ticket in filled(),
        data in filled(),
        method in method(),
        methods in prop::collection::vec(method(), 0..=32),
    ) {
        let ticket = MfaTicket::new(ticket);
        assert_round_trip!(MfaRequired::new(ticket.clone(), methods), MfaRequired);
        let answer = MfaFinishRequest::new(ticket, method, MfaAnswerText::new(data));
        assert_round_trip!(answer, MfaFinishRequest);
    }

    #[test]
    fn no_bytes_make_reading_panic(bytes: Vec<u8>, near in r#"[\[\]{}":,\\u0-9a-dmftye. \n-]{0,60}"#) {
        let near = format!(r#"{{"mfa":{{"ticket":"t","methods":{near}}}}}"#);
        for body in [&*bytes, near.as_bytes()] {
            let _ = LoginResponse::decode(body);
            let _ = CreateRequest::decode(body);
            let _ = FinishRequest::decode(body);
            let _ = MfaRequired::decode(body);
            let _ = MfaFinishRequest::decode(body);
        }
    }
}

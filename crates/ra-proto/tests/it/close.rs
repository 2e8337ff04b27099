use ra_proto::CloseCode;

#[test]
fn r16_codes_have_their_numbers_and_meanings() {
    let known = [
        (CloseCode::NORMAL, "1000 (normal)"),
        (CloseCode::GOING_AWAY, "1001 (going away)"),
        (CloseCode::PROTOCOL, "1002 (protocol error)"),
        (CloseCode::UNSUPPORTED, "1003 (unsupported message)"),
        (CloseCode::POLICY, "1008 (policy violation)"),
        (CloseCode::INTERNAL, "1011 (internal error)"),
        (CloseCode::TOO_BIG, "1009 (message too big)"),
        (CloseCode::INVALID_VERSION, "4000 (invalid version)"),
        (CloseCode::DECODE_ERROR, "4001 (decode error)"),
        (CloseCode::HANDSHAKE_FAILURE, "4002 (handshake failure)"),
        (CloseCode::SESSION_TIMED_OUT, "4003 (session timed out)"),
        (CloseCode::HEARTBEAT_MISSED, "4004 (heartbeat missed)"),
    ];
    for (code, text) in known {
        assert_eq!(code.to_string(), text);
    }
}

#[test]
fn r16_other_codes_are_kept_as_numbers() {
    for number in [0, 1006, 3999, 4005, u16::MAX] {
        let code = CloseCode::from(number);
        assert_eq!(u16::from(code), number);
        assert_eq!(code.to_string(), number.to_string());
    }
}

//! A person's side of the device flow.

use super::*;

#[test]
fn n03_a_user_code_is_looked_up() {
    let endpoint = VerifyDevice::new(user(), "ZAW6C586");
    let request = sent(&endpoint);
    assert_eq!(request.method(), "POST");
    assert_eq!(
        request.uri(),
        "https://discord.com/api/v10/oauth2/device/verify"
    );
    assert_eq!(request.headers()["authorization"], "user.token");
    assert_eq!(request.headers()["content-type"], "application/json");
    assert_eq!(body(&request), r#"{"user_code":"ZAW6C586"}"#);
}

#[test]
fn n03_what_the_device_asks_for_is_read() {
    let endpoint = VerifyDevice::new(user(), "ZAW6C586");
    for (kind, state) in [
        ("pending", DeviceRequestState::Pending),
        ("granted", DeviceRequestState::Granted),
        ("denied", DeviceRequestState::Denied),
        ("new", DeviceRequestState::Unknown("new".into())),
    ] {
        let json = format!(
            r#"{{"scopes":["identify"],"client_id":"7","two_way_link_code":null,"type":"{kind}"}}"#
        );
        let mut expected = DeviceRequest::new(Snowflake::new(7), Scope::Identify.into());
        expected.state = state;
        assert_eq!(reply(&endpoint, 200, &json).unwrap(), expected);
    }
    let json = r#"{"scopes":[],"client_id":7,"two_way_link_code":"canary","type":"pending"}"#;
    let request = reply(&endpoint, 200, json).unwrap();
    assert_eq!(
        request.two_way_link_code.as_ref().unwrap().expose(),
        "canary"
    );
    assert!(!format!("{request:?}").contains("canary"), "S-41");
    for (bad, field) in [
        (r#"{"client_id":"7","type":"pending"}"#, "scopes"),
        (r#"{"scopes":[],"type":"pending"}"#, "client_id"),
        (r#"{"scopes":[],"client_id":"7"}"#, "type"),
        (
            r#"{"scopes":[],"client_id":"7","type":"pending","two_way_link_code":7}"#,
            "two_way_link_code",
        ),
    ] {
        assert_eq!(fault(&endpoint, bad), Some(field));
    }
}

#[test]
fn n04_the_decision_goes_out() {
    for (decision, text) in [
        (DeviceDecision::Granted, "granted"),
        (DeviceDecision::Denied, "denied"),
    ] {
        let endpoint = FinishDevice::new(user(), "ZAW6C586", decision);
        let request = sent(&endpoint);
        assert_eq!(request.method(), "POST");
        assert_eq!(
            request.uri(),
            "https://discord.com/api/v10/oauth2/device/finish"
        );
        assert_eq!(request.headers()["authorization"], "user.token");
        assert_eq!(
            body(&request),
            format!(r#"{{"user_code":"ZAW6C586","result":"{text}"}}"#)
        );
        reply(&endpoint, 204, "").unwrap();
        assert!(reply(&endpoint, 400, "").is_err());
    }
}

#[test]
fn s24_a_user_code_is_visible_and_short() {
    for bad in ["", "A B", "A\u{1b}[2J", "\u{e9}", &"A".repeat(65)] {
        assert_eq!(refused(&VerifyDevice::new(user(), bad)), Some("user_code"));
        let finish = FinishDevice::new(user(), bad, DeviceDecision::Denied);
        assert_eq!(refused(&finish), Some("user_code"));
    }
    assert_eq!(refused(&VerifyDevice::new(user(), "A".repeat(64))), None);
}

use proptest::prelude::*;
use ra_proto::{User, UserError};
use serde_json::Value;

const VECTORS: &str = include_str!("../../../ra-testkit/vectors/remote_auth.json");

/// The opened payloads of the vectors under `list`.
fn vectors(list: &str) -> Vec<Vec<u8>> {
    let vectors: Value = serde_json::from_str(VECTORS).unwrap();
    let keys = vectors["keys"].as_array().unwrap();
    let payload = |payload: &Value| match payload["text"].as_str() {
        Some(text) => text.as_bytes().to_vec(),
        None => ra_proto::base64::decode(payload["bytes_b64"].as_str().unwrap()).unwrap(),
    };
    keys.iter()
        .flat_map(|key| key[list].as_array().unwrap())
        .map(payload)
        .collect()
}

fn user(id: u64, discriminator: u16, avatar: Option<&str>, username: &str) -> User {
    User::new(
        id,
        discriminator,
        avatar.map(str::to_owned),
        username.to_owned(),
    )
    .unwrap()
}

#[test]
fn r11_good_payloads_of_the_vectors_are_read() {
    let expected = [
        user(
            196_769_986_071_625_728,
            1212,
            Some("d0900b8fe361c755549ab0beadb35075"),
            "Mary",
        ),
        user(
            852_892_297_661_906_993,
            0,
            Some("05145cc5646fbcba277b6d5ea2030610"),
            "dolfies",
        ),
        user(1, 0, None, "a"),
        user(
            u64::MAX,
            1,
            Some("a_0123456789abcdef0123456789abcdef"),
            &"😀".repeat(32),
        ),
        user(80_351_110_224_678_912, 1337, None, "name:with:colons"),
        user(80_351_110_224_678_912, 0, None, "ユーザー"),
        user(80_351_110_224_678_912, 0, None, " spaced name "),
    ];
    let payloads = vectors("user_payloads");
    assert!(!payloads.is_empty() && payloads.len().is_multiple_of(expected.len()));
    for (payload, user) in payloads.iter().zip(expected.iter().cycle()) {
        assert_eq!(User::parse(payload).as_ref(), Ok(user));
        assert_eq!(user.encode().as_bytes(), payload);
    }
}

#[test]
fn r11_bad_payloads_of_the_vectors_are_refused_by_field() {
    use UserError::{Avatar, Discriminator, Id, Username};
    let expected = [
        Id,
        Id,
        Username,
        Id,
        Id,
        Id,
        Username,
        Discriminator,
        Discriminator,
        Avatar,
        Username,
        Username,
    ];
    let payloads = vectors("bad_user_payloads");
    assert!(!payloads.is_empty() && payloads.len().is_multiple_of(expected.len()));
    for (payload, error) in payloads.iter().zip(expected.into_iter().cycle()) {
        assert_eq!(
            User::parse(payload),
            Err(error),
            "{}",
            payload.escape_ascii()
        );
    }
}

#[test]
fn r11_each_field_is_checked_to_its_limits() {
    let long_name = "n".repeat(33);
    let cases: [(&str, UserError); 23] = [
        ("0:0:0:bob", UserError::Id),
        ("00:0:0:bob", UserError::Id),
        ("+1:0:0:bob", UserError::Id),
        (" 1:0:0:bob", UserError::Id),
        ("1.0:0:0:bob", UserError::Id),
        ("18446744073709551616:0:0:bob", UserError::Id),
        ("000000000000000000001:0:0:bob", UserError::Id),
        ("١:0:0:bob", UserError::Id),
        ("1", UserError::Discriminator),
        ("1::0:bob", UserError::Discriminator),
        ("1:+1:0:bob", UserError::Discriminator),
        ("1:-1:0:bob", UserError::Discriminator),
        ("1:00001:0:bob", UserError::Discriminator),
        ("1:10000:0:bob", UserError::Discriminator),
        ("1:2", UserError::Avatar),
        ("1:0:a-b:bob", UserError::Avatar),
        ("1:0:ä:bob", UserError::Avatar),
        ("1:0: :bob", UserError::Avatar),
        ("1:0:0:\u{7f}", UserError::Username),
        ("1:0:0:a\nb", UserError::Username),
        ("1:0:0:a\u{9b}b", UserError::Username),
        ("1:0:0:\u{1b}[2J", UserError::Username),
        (&format!("1:0:0:{long_name}"), UserError::Username),
    ];
    for (payload, error) in cases {
        assert_eq!(User::parse(payload.as_bytes()), Err(error), "{payload:?}");
    }
}

#[test]
fn r11_each_field_that_is_not_utf8_is_named() {
    let cases: [(&[u8], UserError); 4] = [
        (b"\xff:0:0:bob", UserError::Id),
        (b"1:\xff:0:bob", UserError::Discriminator),
        (b"1:0:\xff:bob", UserError::Avatar),
        (b"1:0:0:bob\xff", UserError::Username),
    ];
    for (payload, error) in cases {
        assert_eq!(User::parse(payload), Err(error));
    }
}

#[test]
fn r11_lenient_spellings_are_read_as_one() {
    for payload in ["1:0:0:::", "1:0000:0:::", "1:0:::::"] {
        let read = User::parse(payload.as_bytes());
        let username = if payload == "1:0:::::" { ":::" } else { "::" };
        assert_eq!(read, Ok(user(1, 0, None, username)), "{payload}");
    }
    for digits in ["7", "07", "007", "0007"] {
        let read = User::parse(format!("1:{digits}:0:a").as_bytes()).unwrap();
        assert_eq!(
            (read.discriminator, &*read.discriminator_text()),
            (7, "0007")
        );
    }
    assert_eq!(user(1, 9999, None, "a").discriminator_text(), "9999");
    assert_eq!(user(1, 0, None, "a").discriminator_text(), "0");
}

#[test]
fn a_user_that_no_payload_can_carry_cannot_be_made() {
    let make = |id, discriminator, avatar: Option<&str>, name: &str| {
        User::new(
            id,
            discriminator,
            avatar.map(str::to_owned),
            name.to_owned(),
        )
        .unwrap_err()
    };
    assert_eq!(make(0, 0, None, "a"), UserError::Id);
    assert_eq!(make(1, 10_000, None, "a"), UserError::Discriminator);
    for avatar in ["", "0", "a:b", "é"] {
        assert_eq!(make(1, 0, Some(avatar), "a"), UserError::Avatar, "{avatar}");
    }
    for name in ["", "\0", &"n".repeat(33)] {
        assert_eq!(make(1, 0, None, name), UserError::Username, "{name:?}");
    }
    assert!(User::new(1, 9999, Some("00".to_owned()), "é".repeat(32)).is_ok());
}

#[test]
fn errors_name_the_field_and_not_the_content() {
    let fields = [
        (UserError::Id, "id"),
        (UserError::Discriminator, "discriminator"),
        (UserError::Avatar, "avatar"),
        (UserError::Username, "username"),
    ];
    for (error, field) in fields {
        assert_eq!(error.field(), field);
        assert_eq!(
            error.to_string(),
            format!("{field} of the user is missing or malformed")
        );
    }
}

proptest! {
    #[test]
    fn round_trip(
        id in 1_u64..,
        discriminator in 0_u16..=9999,
        avatar in proptest::option::of("[A-Za-z0-9_]{2,40}"),
        username in "\\PC{1,32}",
    ) {
        let user = User::new(id, discriminator, avatar, username).unwrap();
        prop_assert_eq!(User::parse(user.encode().as_bytes()), Ok(user));
    }

    #[test]
    fn a_payload_that_is_read_makes_a_user_that_can_be_made(
        payload in "[0-9]{0,3}:[0-9]{0,5}:[0a-c_/]{0,3}:.{0,34}",
    ) {
        if let Ok(user) = User::parse(payload.as_bytes()) {
            let User { id, discriminator, avatar, username, .. } = user.clone();
            prop_assert_eq!(User::new(id, discriminator, avatar, username), Ok(user.clone()));
            prop_assert_eq!(User::parse(user.encode().as_bytes()), Ok(user));
        }
    }

    #[test]
    fn no_bytes_make_reading_panic(payload: Vec<u8>) {
        let _ = User::parse(&payload);
    }
}

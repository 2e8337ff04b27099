//! The accounts file: what it takes, what it refuses, what it says about that (R-57).

use std::future::Future;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use super::AccountsFileErrorKind as Kind;
use super::*;
use ra_gateway::accounts::Replaceable;

/// The file's answers are there at once.
fn now<T>(answer: Answer<'_, T>) -> T {
    match pin!(answer).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(answer) => answer.unwrap(),
        Poll::Pending => panic!("the file has nothing to wait for"),
    }
}

fn whose(accounts: &StaticFile, authorization: &str) -> Option<Account> {
    now(accounts.authenticate(&Token::new(authorization.to_owned())))
}

fn refusal(text: &str) -> AccountsFileError {
    text.parse::<StaticFile>().expect_err(text)
}

/// An account with these further lines.
fn account(lines: &str) -> String {
    format!("[[account]]\nauthorization = \"a\"\nid = 1\nusername = \"u\"\n{lines}\n")
}

#[test]
fn r57_all_fields_are_read_and_most_may_be_left_out() {
    let file = r#"
        [[account]]
        authorization = "first"
        id = "18446744073709551615"
        username = "bo:b"
        discriminator = "0042"
        avatar = "a_0123"
        token = "fixed"
        mfa = "JBSWY3DPEHPK3PXP"
        [[account]]
        authorization = "second"
        id = 2
        username = "zoë"
    "#;
    let accounts: StaticFile = file.parse().unwrap();
    let first = whose(&accounts, "first").unwrap();
    assert_eq!(first.user.encode(), "18446744073709551615:0042:a_0123:bo:b");
    assert_eq!(first.mfa, [MfaMethod::Totp]);
    assert_eq!(now(accounts.mint_token(&first.user)).expose(), "fixed");
    let second = whose(&accounts, "second").unwrap();
    assert_eq!(second.user.encode(), "2:0:0:zoë");
    assert_eq!(second.mfa, []);
    let minted = now(accounts.mint_token(&second.user));
    assert!(minted.expose().starts_with("Mg.") && minted.expose().len() <= 190);
    assert_ne!(minted, now(accounts.mint_token(&second.user)));
}

#[test]
fn r57_only_the_exact_header_is_an_account() {
    let accounts: StaticFile = account("").replace("\"a\"", "\"token\"").parse().unwrap();
    assert!(whose(&accounts, "token").is_some());
    for other in [
        "",
        "toke",
        "tokens",
        "Token",
        "token ",
        "Bearer token",
        "\u{0}token",
    ] {
        assert_eq!(whose(&accounts, other), None, "{other:?}");
    }
}

#[test]
fn r43_only_a_totp_code_answers() {
    let secret = "mfa = \"GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ\"";
    let accounts: StaticFile = account(secret).parse().unwrap();
    let accounts = accounts.with_unix_time(|| 59);
    let user = whose(&accounts, "a").unwrap().user;
    let verify = |method, code: &str| {
        now(accounts.verify_mfa(&user, &method, &MfaAnswerText::new(code.to_owned())))
    };
    assert!(!verify(MfaMethod::Totp, "287083"));
    assert!(!verify(MfaMethod::Backup, "287082"));
    assert!(verify(MfaMethod::Totp, "287082"));
    assert!(!verify(MfaMethod::Totp, "287082"), "once");
    let without: StaticFile = account("").parse().unwrap();
    let code = MfaAnswerText::new("287082".to_owned());
    assert!(!now(without.verify_mfa(&user, &MfaMethod::Totp, &code)));
}

#[test]
fn r57_each_bad_field_is_named_with_its_account_and_line() {
    let long = "x".repeat(191);
    for (line, kind, field) in [
        ("token = \"\"".to_owned(), Kind::Invalid, "token"),
        (format!("token = \"{long}\""), Kind::Invalid, "token"),
        ("token = \"two\\nlines\"".to_owned(), Kind::Invalid, "token"),
        ("token = \"two words\"".to_owned(), Kind::Invalid, "token"),
        ("token = 5".to_owned(), Kind::WrongType, "token"),
        (
            "discriminator = 10000".to_owned(),
            Kind::Invalid,
            "discriminator",
        ),
        (
            "discriminator = -1".to_owned(),
            Kind::Invalid,
            "discriminator",
        ),
        (
            "discriminator = \"12a4\"".to_owned(),
            Kind::Invalid,
            "discriminator",
        ),
        (
            "discriminator = \"+1\"".to_owned(),
            Kind::Invalid,
            "discriminator",
        ),
        (
            "discriminator = 1.5".to_owned(),
            Kind::WrongType,
            "discriminator",
        ),
        ("avatar = \"\"".to_owned(), Kind::Invalid, "avatar"),
        ("avatar = \"a/b\"".to_owned(), Kind::Invalid, "avatar"),
        (format!("avatar = \"{long}\""), Kind::Invalid, "avatar"),
        ("mfa = \"not base32!\"".to_owned(), Kind::Invalid, "mfa"),
        ("mfa = true".to_owned(), Kind::WrongType, "mfa"),
    ] {
        let error = refusal(&account(&line));
        assert_eq!((error.kind, error.field), (kind, Some(field)), "{line}");
        assert_eq!((error.account, error.line), (Some(1), Some(5)), "{line}");
    }
    for (from, to, kind, field) in [
        ("id = 1", "id = 0", Kind::Invalid, "id"),
        (
            "id = 1",
            "id = \"18446744073709551616\"",
            Kind::Invalid,
            "id",
        ),
        ("id = 1", "id = \"\"", Kind::Invalid, "id"),
        ("id = 1", "id = []", Kind::WrongType, "id"),
        ("\"a\"", "\"\"", Kind::Invalid, "authorization"),
        ("\"a\"", "\" a\"", Kind::Invalid, "authorization"),
        ("\"a\"", "\"é\"", Kind::Invalid, "authorization"),
        ("\"u\"", "\"\"", Kind::Invalid, "username"),
        ("\"u\"", "\"a\\tb\"", Kind::Invalid, "username"),
    ] {
        let error = refusal(&account("").replace(from, to));
        assert_eq!((error.kind, error.field), (kind, Some(field)), "{to}");
    }
    for field in ["authorization", "id", "username"] {
        let whole = account("");
        let rest: String = whole
            .lines()
            .filter(|l| !l.starts_with(field))
            .map(|l| format!("{l}\n"))
            .collect();
        let error = refusal(&rest);
        assert_eq!((error.kind, error.field), (Kind::Missing, Some(field)));
        assert_eq!(error.account, Some(1));
    }
}

#[test]
fn r57_files_that_are_no_accounts_files_are_refused() {
    for (text, kind, line) in [
        ("", Kind::NoAccounts, None),
        ("# nothing", Kind::NoAccounts, None),
        ("account = []", Kind::NoAccounts, None),
        ("account = 5", Kind::WrongType, Some(1)),
        ("[account]\nid = 1", Kind::WrongType, Some(1)),
        ("account = [1]", Kind::WrongType, Some(1)),
        ("\n[[accounts]]", Kind::UnknownKey, Some(2)),
        ("a = 1\n[[account]]", Kind::UnknownKey, Some(1)),
        ("\n\n[[account]\n", Kind::Syntax, Some(3)),
        ("[[account]]\nid = 1\nid = 2", Kind::Syntax, Some(3)),
    ] {
        let error = refusal(text);
        assert_eq!((error.kind, error.line), (kind, line), "{text:?}");
    }
    let error = refusal(&account("pasword = \"x\""));
    assert_eq!(
        (error.kind, error.line, error.account),
        (Kind::UnknownKey, Some(5), Some(1))
    );
}

#[test]
fn r57_duplicates_are_refused() {
    let second = |authorization, id| {
        let more = account("")
            .replace("\"a\"", authorization)
            .replace("id = 1", id);
        refusal(&format!("{}{more}", account("")))
    };
    let error = second("\"a\"", "id = 2");
    assert_eq!(
        (error.kind, error.field),
        (Kind::Duplicate, Some("authorization"))
    );
    assert_eq!((error.account, error.line), (Some(2), Some(7)));
    let error = second("\"b\"", "id = \"1\"");
    assert_eq!((error.kind, error.field), (Kind::Duplicate, Some("id")));
}

#[test]
fn r34_no_error_and_no_debug_shows_what_the_file_says() {
    let canary = "canary-secret";
    for text in [
        account(&format!("token = \"{canary}\\u0000\"")),
        account(&format!("mfa = \"{canary}\"")),
        account(&format!("avatar = \"{canary}\"")),
        account(&format!("id2 = \"{canary}\"")),
        account(&format!("token = {canary}")),
        account(&format!("token = \"{canary}")),
        account("").replace("\"a\"", &format!("\" {canary}\"")),
    ] {
        let error = refusal(&text);
        let mut told = format!("{error} {error:?}");
        let mut source = std::error::Error::source(&error);
        while let Some(cause) = source {
            told.push_str(&format!("{cause} {cause:?}"));
            source = cause.source();
        }
        assert!(!told.contains(canary), "{told}");
    }
    let whole =
        account(&format!("token = \"{canary}\"")).replace("\"a\"", &format!("\"{canary}\""));
    let accounts: StaticFile = whole.parse().unwrap();
    assert!(!format!("{accounts:?}").contains(canary));
}

#[test]
fn r57_errors_are_one_line_that_says_where() {
    let error = refusal(&account("discriminator = 10000"));
    assert_eq!(
        error.to_string(),
        "accounts file, line 5, account 1: discriminator is not valid"
    );
    assert_eq!(
        refusal("").to_string(),
        "accounts file: there is no [[account]]"
    );
    let error = StaticFile::load("/nowhere/accounts.toml").unwrap_err();
    assert_eq!(
        (error.kind, error.to_string().as_str()),
        (Kind::Io, "accounts file: cannot be read")
    );
    assert!(std::error::Error::source(&error).is_some());
}

const RFC_SECRET: &str = "mfa = \"GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ\"";

#[test]
fn r43_a_code_is_right_once_though_the_file_is_read_again() {
    let file = || -> StaticFile {
        let file: StaticFile = account(RFC_SECRET).parse().unwrap();
        file.with_unix_time(|| 59)
    };
    let (user, code) = (
        User::new(1, 0, None, "u".to_owned()).unwrap(),
        "287082".to_owned(),
    );
    let code = MfaAnswerText::new(code);
    let first = file();
    assert!(now(first.verify_mfa(&user, &MfaMethod::Totp, &code)));
    let second = file().continuing(&first);
    assert!(!now(second.verify_mfa(&user, &MfaMethod::Totp, &code)));
    // and over a file in between that does not know them yet
    let third = file().continuing(&second);
    assert!(!now(third.verify_mfa(&user, &MfaMethod::Totp, &code)));
    assert!(now(file().verify_mfa(&user, &MfaMethod::Totp, &code)));
}

#[test]
fn r57_accounts_can_be_replaced_while_they_are_asked() {
    let file = |name: &str| -> StaticFile {
        account("")
            .replace("\"u\"", &format!("\"{name}\""))
            .parse()
            .unwrap()
    };
    let accounts = Replaceable::new(file("old"));
    let token = Token::new("a".to_owned());
    let under_way = accounts.authenticate(&token);
    accounts.replace(file("new"));
    assert_eq!(now(under_way).unwrap().user.username, "old");
    let later = now(accounts.authenticate(&token)).unwrap();
    assert_eq!(later.user.username, "new");
    assert!(!now(accounts.verify_mfa(
        &later.user,
        &MfaMethod::Totp,
        &MfaAnswerText::new(String::new())
    )));
    assert!(
        now(accounts.mint_token(&later.user))
            .expose()
            .starts_with("MQ.")
    );
}

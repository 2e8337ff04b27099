//! The refresh grant.

use super::*;

fn old() -> RefreshToken {
    RefreshToken::new("D43f5y0ahjqew82jZ4NViEr2YafMKhue")
}

#[test]
fn o107_o101_the_example_with_a_secret() {
    let refresh = Refresh::new(secret_client(), old());
    let pairs = [
        ("grant_type", "refresh_token"),
        ("refresh_token", "D43f5y0ahjqew82jZ4NViEr2YafMKhue"),
    ];
    assert_eq!(
        form(&refresh),
        documented(pairs.into_iter().chain(CREDENTIALS))
    );
    assert_eq!(
        request(&refresh).uri(),
        "https://discord.com/api/v10/oauth2/token"
    );
}

#[test]
fn o114_o121_a_public_client_refreshes_without_a_secret() {
    let names: Vec<_> = form(&Refresh::new(public_client(), old()))
        .into_iter()
        .map(|(name, _)| name)
        .collect();
    assert_eq!(names, ["client_id", "grant_type", "refresh_token"]);
}

#[test]
fn o103_p14_a_scope_is_sent_only_to_narrow() {
    let narrowed = form(&Refresh::new(public_client(), old()).narrow([Scope::Identify]));
    assert!(narrowed.contains(&("scope".to_owned(), "identify".to_owned())));
}

#[test]
fn s14_the_new_refresh_token_replaces_the_old_and_else_the_old_stays() {
    let mut reply = Token::new(AccessToken::new("new"));
    let kept = Refresh::new(public_client(), old()).successor(reply.clone());
    assert_eq!(kept.refresh_token, Some(old()));
    reply.refresh_token = Some(RefreshToken::new("next"));
    let rotated = Refresh::new(public_client(), old()).successor(reply);
    assert_eq!(rotated.refresh_token, Some(RefreshToken::new("next")));
}

#[test]
fn s41_the_refresh_shows_no_token() {
    let refresh = Refresh::new(public_client(), RefreshToken::new("canary"));
    assert!(!format!("{refresh:?} {:?}", request(&refresh)).contains("canary"));
    let error = Refresh::new(public_client(), RefreshToken::new(""))
        .to_http(&Urls::default().api)
        .unwrap_err();
    assert_eq!(error.field(), Some("refresh_token"));
}

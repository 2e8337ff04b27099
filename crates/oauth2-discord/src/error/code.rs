//! OAuth2's error codes.

use ra_http::HttpError;

use crate::text_enum::text_enum;

/// Characters that are kept of an unknown code.
const MAX_UNKNOWN: usize = 64;

text_enum! {
    /// An error code of RFC 6749, 6750, 7009, 8628 or OpenID Connect.
    ErrorCode else kept, "Any other code: the first 64 of the characters that a code may have (S-07).";
    /// a parameter is missing, repeated or wrong.
    InvalidRequest "invalid_request";
    /// the credentials of the application are wrong.
    InvalidClient "invalid_client";
    /// the code or refresh token is spent, revoked, expired or someone else's; Discord does not say which (P-06).
    InvalidGrant "invalid_grant";
    /// the application may not use this grant.
    UnauthorizedClient "unauthorized_client";
    /// the grant is unknown; Discord also answers so to a body of the wrong type (P-16).
    UnsupportedGrantType "unsupported_grant_type";
    /// the response type is unknown.
    UnsupportedResponseType "unsupported_response_type";
    /// the type of the token to revoke is unknown.
    UnsupportedTokenType "unsupported_token_type";
    /// a scope is unknown, not approved (O-058), or not for this grant (P-13).
    InvalidScope "invalid_scope";
    /// the person refused.
    AccessDenied "access_denied";
    /// the person has not decided yet.
    AuthorizationPending "authorization_pending";
    /// the person has not decided yet, and the polls come too fast.
    SlowDown "slow_down";
    /// the device code has expired.
    ExpiredToken "expired_token";
    /// the server failed.
    ServerError "server_error";
    /// the server is overloaded.
    TemporarilyUnavailable "temporarily_unavailable";
    /// `prompt=none`, and the person is not logged in.
    LoginRequired "login_required";
    /// `prompt=none`, and the person has not agreed before (O-076).
    ConsentRequired "consent_required";
    /// `prompt=none`, and the person has to do something.
    InteractionRequired "interaction_required";
    /// the access token is not valid.
    InvalidToken "invalid_token";
    /// the access token lacks a scope.
    InsufficientScope "insufficient_scope";
}

/// The code of a failed call, if it has one.
#[must_use]
pub fn code(error: &HttpError) -> Option<ErrorCode> {
    error.oauth_error().map(ErrorCode::from)
}

/// The allowed characters of an unknown code (RFC 6749, appendix A.7), at most as many as fit a log line.
fn kept(text: &str) -> Box<str> {
    let allowed = |c: &char| matches!(c, '\x20'..='\x21' | '\x23'..='\x5b' | '\x5d'..='\x7e');
    let kept: String = text.chars().filter(allowed).take(MAX_UNKNOWN).collect();
    kept.into()
}

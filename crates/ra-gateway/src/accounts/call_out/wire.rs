//! Writes questions as HTTP requests and reads replies.

use http::header::AUTHORIZATION;
use http::{HeaderName, Request, Response, StatusCode};
use ra_crypto::MAX_PLAINTEXT_BYTES;
use ra_http::{BaseUrl, Body, json_post, retry_after, set_secret_header};
use ra_proto::rest::MfaMethod;
use ra_proto::{MfaAnswerText, Token, User};
use serde_json::{Map, Value};
use zeroize::Zeroizing;

use super::super::{Account, AccountsError, AccountsErrorKind as Kind, AccountsFailure};

const SECRET: HeaderName = HeaderName::from_static("x-ra-secret");
/// Larger replies make no sense.
const MAX_REPLY_BYTES: usize = 64 * 1024;
const MAX_METHODS: usize = 16;
const MAX_METHOD_BYTES: usize = 32;

type Result<T> = std::result::Result<T, AccountsError>;

/// A question to the host's server.
pub(super) struct Question<'a, T> {
    path: &'static str,
    authorization: Option<&'a Token>,
    body: Vec<(&'static str, &'a str)>,
    id: Option<u64>,
    read: fn(&mut Map<String, Value>) -> Option<T>,
    /// Set if the question may be asked twice without harm.
    pub(super) is_safe: bool,
}

/// Asks for the account of an `Authorization` header.
pub(super) fn authenticate(authorization: &Token) -> Question<'_, Account> {
    Question {
        path: "/authenticate",
        authorization: Some(authorization),
        body: Vec::new(),
        id: None,
        read: account,
        is_safe: true,
    }
}

/// Asks for a token to log in with.
pub(super) fn mint_token(user: &User) -> Question<'_, Token> {
    Question {
        path: "/token",
        authorization: None,
        body: Vec::new(),
        id: Some(user.id),
        read: token,
        is_safe: false,
    }
}

/// Asks whether a second factor is right. Never repeated, because a code is right only once.
pub(super) fn verify_mfa<'a>(
    user: &User,
    method: &'a MfaMethod,
    answer: &'a MfaAnswerText,
) -> Question<'a, bool> {
    Question {
        path: "/mfa",
        authorization: None,
        body: vec![("mfa_type", method.as_str()), ("data", answer.expose())],
        id: Some(user.id),
        read: |reply| reply.get("valid")?.as_bool(),
        is_safe: false,
    }
}

impl<T> Question<'_, T> {
    pub(super) fn to_http(&self, base: &BaseUrl, secret: Option<&Token>) -> Result<Request<Body>> {
        let request = json_post(base, self.path, self.body());
        let mut request = request.map_err(|_| AccountsError::new(Kind::Broken))?;
        if let Some(secret) = secret {
            set_secret_header(&mut request, SECRET, secret.expose(), "secret")
                .map_err(|_| AccountsError::new(Kind::Broken))?;
        }
        if let Some(authorization) = self.authorization {
            // a text that fits no header cannot have come in one
            let text = authorization.expose();
            set_secret_header(&mut request, AUTHORIZATION, text, "authorization")
                .map_err(|_| AccountsError::new(Kind::Unknown))?;
        }
        Ok(request)
    }

    /// Writes the JSON members into a buffer that is wiped.
    fn body(&self) -> Zeroizing<Vec<u8>> {
        let escaped = |text: &str| 2 + text.len() * 6;
        let room = self.body.iter().map(|(_, text)| 16 + escaped(text));
        let mut body = Zeroizing::new(Vec::with_capacity(64 + room.sum::<usize>()));
        body.push(b'{');
        if let Some(id) = self.id {
            body.extend_from_slice(b"\"user_id\":\"");
            body.extend_from_slice(id.to_string().as_bytes());
            body.push(b'"');
        }
        for (name, text) in &self.body {
            body.extend_from_slice(b",\"");
            body.extend_from_slice(name.as_bytes());
            body.extend_from_slice(b"\":");
            // a text is written to memory: neither can fail
            let _ = serde_json::to_writer(&mut *body, text);
        }
        body.push(b'}');
        body
    }

    pub(super) fn reply(&self, response: Response<Body>) -> Result<T> {
        let status = response.status();
        let broken = || AccountsError::new(Kind::Broken);
        match status {
            StatusCode::OK => {}
            StatusCode::UNAUTHORIZED => return Err(Kind::Unknown.into()),
            StatusCode::FORBIDDEN => return Err(Kind::Forbidden.into()),
            StatusCode::TOO_MANY_REQUESTS => {
                return Err(unavailable(&response, AccountsFailure::Throttled));
            }
            _ if status.is_server_error() => {
                return Err(unavailable(&response, AccountsFailure::ServerError));
            }
            _ => return Err(broken()),
        }
        if response.body().len() > MAX_REPLY_BYTES {
            return Err(broken());
        }
        let reply = serde_json::from_slice(response.body().as_bytes());
        let mut reply: Map<String, Value> = reply.map_err(|_| broken())?;
        (self.read)(&mut reply).ok_or_else(broken)
    }
}

fn unavailable(response: &Response<Body>, failure: AccountsFailure) -> AccountsError {
    let error = AccountsError::new(Kind::Unavailable).with_failure(failure);
    match retry_after(response.headers()) {
        Some(wait) => error.with_retry_after(wait),
        None => error,
    }
}

fn account(reply: &mut Map<String, Value>) -> Option<Account> {
    let mut account = Account::new(user(reply.get("user")?.as_object()?)?);
    account.mfa = match reply.get("mfa") {
        None | Some(Value::Null) => Vec::new(),
        Some(Value::Array(methods)) if methods.len() <= MAX_METHODS => {
            methods.iter().map(method).collect::<Option<_>>()?
        }
        Some(_) => return None,
    };
    Some(account)
}

fn user(fields: &Map<String, Value>) -> Option<User> {
    let id = number(fields.get("id")?)?;
    let discriminator = fields.get("discriminator").map_or(Some(0), number)?;
    let avatar = match fields.get("avatar") {
        None | Some(Value::Null) => None,
        Some(avatar) => Some(avatar.as_str()?.to_owned()),
    };
    let username = fields.get("username")?.as_str()?.to_owned();
    let user = User::new(id, discriminator.try_into().ok()?, avatar, username).ok()?;
    // a longer user could not be sealed for any desktop
    (user.encode().len() <= MAX_PLAINTEXT_BYTES).then_some(user)
}

/// Reads a JSON number or a string of digits: ids are strings in all of Discord's JSON.
fn number(value: &Value) -> Option<u64> {
    let Value::String(digits) = value else {
        return value.as_u64();
    };
    let are_digits = digits.bytes().all(|byte| byte.is_ascii_digit());
    digits.parse().ok().filter(|_| are_digits)
}

fn method(value: &Value) -> Option<MfaMethod> {
    let name = value.as_str()?;
    let is_name = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_';
    let fits = (1..=MAX_METHOD_BYTES).contains(&name.len()) && name.bytes().all(is_name);
    fits.then(|| MfaMethod::from(name))
}

/// Moves the token out of the reply, so that it is wiped on drop.
fn token(reply: &mut Map<String, Value>) -> Option<Token> {
    let Some(Value::String(token)) = reply.remove("token") else {
        return None;
    };
    let token = Token::new(token);
    let text = token.expose();
    let fits = (1..=MAX_PLAINTEXT_BYTES).contains(&text.len());
    (fits && text.bytes().all(|byte| byte.is_ascii_graphic())).then_some(token)
}

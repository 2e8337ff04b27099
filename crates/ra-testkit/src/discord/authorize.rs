//! The calls of the authorize page: `GET` and `POST /oauth2/authorize`.

use serde_json::{Map, Value, json};

use super::answer::{Answer, recorded};
use super::caller::{Client, is_user, known};
use super::request::{Heard, Parameters, text};
use super::state::{Grant, Reply, State};

const COMMON: [&str; 8] = [
    "client_id",
    "response_type",
    "scope",
    "redirect_uri",
    "state",
    "nonce",
    "code_challenge",
    "code_challenge_method",
];

pub(super) fn preview(heard: &Heard) -> Reply {
    if is_user(heard).is_err() {
        return Err(recorded::to_the_page()); // O-155
    }
    asked(heard, Some("integration_type"))?;
    Ok(recorded::preview())
}

pub(super) fn grant(state: &mut State, heard: &Heard) -> Reply {
    is_user(heard)?;
    let (client, query) = asked(heard, None)?;
    let body = heard.json().ok_or_else(recorded::invalid_form)?;
    checked(&body)?;
    let mut back: Vec<(&str, String)> = Vec::new();
    let mut mark = '?';
    match (
        body.get("authorize") == Some(&Value::Bool(true)),
        text(&query, "response_type"),
    ) {
        (false, kind) => {
            back.push(("error", "access_denied".into()));
            if kind == Some("token") {
                mark = '#';
            }
        }
        (true, Some("token")) => {
            mark = '#';
            let token = "RTfP0OK99U3kbRtHOoKLmJbOn45PjL";
            let scope = text(&query, "scope").unwrap_or_default();
            state.admit(token, scope);
            back.extend([
                ("access_token", token.into()),
                ("token_type", "Bearer".into()),
                ("expires_in", "604800".into()),
                ("scope", scope.replace(' ', "%20")),
            ]);
        }
        (true, Some(_)) => {
            state.issued += 1;
            let code = format!("NhhvTDYsFcdgNLnnLijcl7Ku7bEEeee{}", state.issued);
            let owned = |name: &str| text(&query, name).map(str::to_owned);
            let grant = Grant {
                client: client.id,
                redirect_uri: owned("redirect_uri"),
                challenge: owned("code_challenge"),
                scope: owned("scope").unwrap_or_default(),
            };
            state.codes.insert(code.clone(), grant);
            back.push(("code", code));
        }
        (true, None) => {}
    }
    if text(&query, "response_type").is_none() {
        return Ok(Answer::ok(r#"{"url": "https://discord.com"}"#)); // O-163
    }
    if let Some(given) = text(&query, "state") {
        back.push(("state", given.replace('%', "%25").replace('&', "%26")));
    }
    back.push(("iss", "https%3A%2F%2Fdiscord.com".into())); // P-02
    let mut url = text(&query, "redirect_uri")
        .unwrap_or(super::REDIRECT_URI)
        .to_owned();
    for (name, value) in back {
        url.push_str(&format!("{mark}{name}={value}"));
        mark = '&';
    }
    Ok(Answer::ok(&json!({ "url": url }).to_string()))
}

/// Returns the application and the parameters of the query, if the document allows them.
fn asked(heard: &Heard, more: Option<&str>) -> Result<(Client, Parameters), Answer> {
    let query = heard.parameters().ok_or_else(recorded::invalid_form)?;
    let allowed = |name: &String| COMMON.contains(&name.as_str()) || more == Some(name.as_str());
    let client = text(&query, "client_id").and_then(known);
    let client = client.ok_or_else(recorded::unknown_application)?;
    let mut scopes = text(&query, "scope").unwrap_or_default().split(' ');
    let basic = scopes.all(|scope| matches!(scope, "bot" | "applications.commands"));
    let has = |name: &str| text(&query, name).is_some();
    let kind = text(&query, "response_type");
    let right = query.keys().all(allowed)
        && (matches!(kind, Some("code" | "token")) || (kind.is_none() && basic))
        && has("code_challenge") == has("code_challenge_method")
        && matches!(text(&query, "code_challenge_method"), None | Some("S256"))
        && matches!(text(&query, "integration_type"), None | Some("0" | "1"));
    match right {
        true => Ok((client, query)),
        false => Err(recorded::invalid_form()),
    }
}

/// Checks that the decision has only the document's members, with the right types (O-159 to O-161).
fn checked(body: &Map<String, Value>) -> Result<(), Answer> {
    let is_id = |value: &Value| {
        value
            .as_str()
            .is_some_and(|text| text.parse::<u64>().is_ok())
    };
    let right = body.iter().all(|(name, value)| match name.as_str() {
        "authorize" => value.is_boolean(),
        "integration_type" => value == &json!(0) || value == &json!(1),
        "permissions" | "guild_id" | "webhook_channel_id" => is_id(value),
        "dm_settings" => value.as_object().is_some_and(|settings| {
            settings
                .iter()
                .all(|(name, value)| name == "allow_mobile_push" && value.is_boolean())
        }),
        "location_context" => value.as_object().is_some_and(|context| {
            context.iter().all(|(name, value)| match name.as_str() {
                "guild_id" | "channel_id" => is_id(value),
                "channel_type" => value.is_u64(),
                _ => false,
            })
        }),
        _ => false,
    });
    match right {
        true => Ok(()),
        false => Err(recorded::invalid_form()),
    }
}

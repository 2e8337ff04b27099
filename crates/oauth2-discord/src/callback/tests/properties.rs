//! For all redirects.

use proptest::prelude::*;

use super::*;
use crate::Snowflake;
use crate::authorize::Authorization;
use crate::{Entropy, Urls};

fn encoded(text: &str) -> String {
    let mut out = String::new();
    crate::wire::escape(text, |part| out.push_str(part));
    out
}

proptest! {
    #[test]
    fn s43_encoding_round_trips(text in any::<String>()) {
        let encoded = encoded(&text);
        prop_assert_eq!(query::decode(&encoded).unwrap(), text);
    }

    #[test]
    fn s43_any_code_and_state_round_trip(code in ".{1,60}", state in ".{1,60}") {
        let flow = Authorization::new(Snowflake::new(1)).state(State::new(state.clone()));
        let entropy = Entropy::draw(|_| Ok::<_, ()>(())).unwrap();
        let started = flow.start_code(&Urls::default(), entropy).unwrap();
        let callback = format!("/cb?state={}&code={}", encoded(&state), encoded(&code));
        let accepted = started.pending.accept(&callback).unwrap();
        prop_assert_eq!(accepted.code.expose(), code);
    }

    #[test]
    fn s43_no_other_state_is_accepted(state in "[A-Za-z0-9%+&=#?]{0,43}") {
        prop_assume!(state != STATE);
        let callback = format!("/cb?code=a&state={state}");
        // what starts with the state and goes on in a parameter of its own does bear it
        let cut = state.split(['&', '#']).next().unwrap();
        let decoded = query::decode(cut).is_some_and(|cut| cut == STATE);
        prop_assert_eq!(pending().belongs(&callback).is_ok(), decoded && !state.contains("&state="));
    }

    #[test]
    fn s43_no_callback_panics(callback in any::<String>()) {
        let _ = pending().accept(&callback);
        let _ = implicit().accept(&callback);
    }

    #[test]
    fn s43_no_near_callback_panics(
        parts in prop::collection::vec(
            "(code|state|iss|error|scope|expires_in|access_token|[a-z%]{0,4})(=[a-zA-Z0-9%+:/]{0,20})?",
            0..8,
        ),
        mark in "[?#]{0,2}",
    ) {
        let callback = format!("https://x/{mark}{}", parts.join("&"));
        let _ = pending().accept(&callback);
        let _ = implicit().accept(&callback);
        let _ = PendingCode::dangerous_without_state().accept(&callback);
        let _ = PendingImplicit::dangerous_without_state().accept(&callback);
    }
}

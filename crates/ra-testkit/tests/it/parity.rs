//! The suites find out adapters that are wrong.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use ra_core::desktop::login::{self, LoginError, Outcome, TokenFault};
use ra_core::mobile::{self, MobileError};
use ra_crypto::Backend;
use ra_proto::{Fingerprint, Token, User};
use ra_testkit::Fake;
use ra_testkit::parity::{Account, Adapter, every_scenario, network_faults};
use ra_testkit::scenarios::{Act, Answer};

/// Ends every login so, without asking anybody.
struct Liar(fn() -> Result<Outcome, LoginError>);

impl Adapter for Liar {
    fn login(
        &self,
        _: login::Config,
        _: Arc<dyn Backend>,
        _: &mut dyn FnMut(&login::Event) -> Act,
    ) -> Result<Outcome, LoginError> {
        (self.0)()
    }

    fn approve(
        &self,
        _: mobile::Config,
        _: Fingerprint,
        _: &mut dyn FnMut(&mobile::Event) -> Answer,
    ) -> Result<mobile::Outcome, MobileError> {
        Err(MobileError::TooLate)
    }
}

fn logged_in(token: &str, user: &str) -> Result<Outcome, LoginError> {
    let user = User::parse(user.as_bytes()).unwrap();
    let token = Token::new(token);
    Ok(Outcome::LoggedIn { token, user })
}

fn faults(adapter: Liar) {
    let nowhere = SocketAddr::from((Ipv4Addr::LOCALHOST, 1));
    network_faults(adapter, nowhere, Account::some(), Arc::new(Fake));
}

#[test]
#[should_panic(expected = "scenarios end otherwise")]
fn an_adapter_that_does_nothing() {
    every_scenario(Liar(|| Ok(Outcome::Cancelled)));
}

#[test]
#[should_panic(expected = "scenarios end otherwise")]
fn an_adapter_that_shows_nothing() {
    every_scenario(Liar(|| {
        logged_in("desktop-token", "80351110224678912:1337:abcdef:Nelly")
    }));
}

#[test]
#[should_panic(expected = "a token of somebody else")]
fn a_token_that_was_never_minted() {
    faults(Liar(|| logged_in("token-of-nobody", "1001:0:0:user1001")));
}

#[test]
#[should_panic(expected = "a token of somebody else")]
fn the_token_of_one_account_for_all() {
    faults(Liar(|| logged_in("token-of-1", "1001:0:0:user1001")));
}

#[test]
#[should_panic(expected = "but the owner said")]
fn a_verdict_that_nobody_gave() {
    faults(Liar(|| Ok(Outcome::Declined)));
}

#[test]
#[should_panic(expected = "no error of a network")]
fn an_error_that_no_network_causes() {
    faults(Liar(|| Err(LoginError::Token(TokenFault::Unopenable))));
}

#[test]
#[should_panic(expected = "a slow network is no reason")]
fn an_adapter_without_patience() {
    faults(Liar(|| Err(LoginError::KeyTimeout)));
}

/// A function of the suite that `adapter_suite!` does not list would never run.
#[test]
fn the_suite_lists_all_of_its_functions() {
    let suite = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/parity/suite");
    let list = std::fs::read_to_string(suite.join("mod.rs")).unwrap();
    let listed: Vec<&str> = list.split_whitespace().collect();
    let mut functions = 0;
    for file in std::fs::read_dir(&suite).unwrap() {
        let text = std::fs::read_to_string(file.unwrap().path()).unwrap();
        for (name, rest) in text
            .split("pub fn ")
            .skip(1)
            .filter_map(|function| function.split_once("<A: Operations>("))
        {
            let is_test = rest.split_once(')').is_some_and(|(arguments, rest)| {
                arguments.trim().trim_end_matches(',') == "adapter: A" && rest.starts_with(" {")
            });
            if is_test {
                functions += 1;
                assert!(listed.contains(&name), "{name}");
            }
        }
    }
    assert!(functions > 80, "{functions} functions");
}

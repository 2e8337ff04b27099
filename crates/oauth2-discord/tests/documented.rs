//! Rows of the checklist that are to be documented, not computed, stand in the documentation of the item that a user
//! of them reads.

/// The documentation comments of a source file.
fn docs(source: &str) -> String {
    let lines = source.lines().map(str::trim_start);
    lines
        .filter(|line| line.starts_with("///") || line.starts_with("//!"))
        .collect()
}

fn has_all(source: &str, ids: &[&str]) {
    let docs = docs(source);
    for id in ids {
        assert!(docs.contains(id), "{id} is not documented where it belongs");
    }
}

#[test]
fn o063_o058_of_scopes() {
    has_all(include_str!("../src/scope/mod.rs"), &["O-063", "O-058"]);
    has_all(
        include_str!("../src/scope/restriction.rs"),
        &["O-057", "O-078"],
    );
}

#[test]
fn o076_o077_o162_o182_o184_o185_of_the_authorize_url() {
    has_all(
        include_str!("../src/authorize/values.rs"),
        &["O-076", "O-077"],
    );
    has_all(
        include_str!("../src/authorize/mod.rs"),
        &["O-162", "O-182", "O-184", "O-185"],
    );
}

#[test]
fn s27_the_implicit_grant_is_advised_against_wherever_it_begins() {
    for source in [
        include_str!("../src/authorize/start.rs"),
        include_str!("../src/authorize/values.rs"),
        include_str!("../src/callback/pending.rs"),
    ] {
        has_all(source, &["S-27"]);
    }
}

#[test]
fn o145_o146_of_the_token() {
    has_all(include_str!("../src/token/mod.rs"), &["O-145", "O-146"]);
    has_all(include_str!("../src/callback/accepted.rs"), &["O-093"]);
}

#[test]
fn o110_o112_o167_p12_of_the_grants() {
    has_all(
        include_str!("../src/grant/client_credentials.rs"),
        &["O-110", "O-112"],
    );
    has_all(include_str!("../src/grant/revoke.rs"), &["O-167", "O-184"]);
    has_all(include_str!("../src/grant/exchange_code.rs"), &["P-12"]);
    has_all(include_str!("../src/grant/refresh.rs"), &["P-12"]);
    has_all(include_str!("../src/external_auth.rs"), &["O-184"]);
}

#[test]
fn o183_p05_p08_of_accounts_and_limits() {
    has_all(include_str!("../src/secret.rs"), &["O-183"]);
    has_all(include_str!("../src/client.rs"), &["P-05"]);
    has_all(include_str!("../src/error.rs"), &["P-08"]);
}

#[test]
fn o171_o178_n17_of_provisional_accounts() {
    has_all(
        include_str!("../src/partner/provisional_token.rs"),
        &["O-171"],
    );
    has_all(
        include_str!("../src/partner/unmerge.rs"),
        &["O-178", "N-17"],
    );
    has_all(include_str!("../src/api/delete_token.rs"), &["N-17"]);
}

//! `ra oauth2` as a person at a terminal sees it.

use super::loopback::get;
use super::service::Service;
use super::{ACCESS, CLIENT, command, redirect_of, token, words};
use crate::support::terminal::Terminal;

#[test]
fn a_person_logs_in_by_the_address_that_is_shown() {
    let service = Service::of(token());
    let base = service.base();
    let line = format!("login --client-id {CLIENT} --base {base} --scope identify");
    let args = words(&line);
    let mut terminal = Terminal::start(&mut command(&args), 80, 24);
    terminal.until("Open this address on this machine:\r\n  ");
    let url = terminal.until("\r\n");
    terminal.until("Waiting for your answer there. Ctrl-C cancels.");
    let (address, state) = redirect_of(url.trim());
    let target = format!("/callback?code=canary-code&state={state}");
    let page = get(address, &target);
    assert!(page.contains("You can close this window"), "{page}");
    let (code, seen) = terminal.end();
    assert_eq!(code, 0, "{seen}");
    assert!(
        seen.contains(&format!("\"access_token\":\"{ACCESS}\"")),
        "{seen}"
    );
    assert!(!seen.contains("canary-code"), "{seen}");
}

#[test]
fn ctrl_c_ends_the_wait() {
    let args = ["login", "--client-id", CLIENT, "--no-browser"];
    let mut terminal = Terminal::start(&mut command(&args), 80, 24);
    terminal.until("Ctrl-C cancels.");
    terminal.interrupt();
    let (code, seen) = terminal.end();
    assert_eq!(code, 3, "{seen}");
    assert!(seen.ends_with("Cancelled.\r\n"), "{seen:?}");
}

#[test]
fn a_redirect_is_pasted_and_the_wait_for_it_ends_with_ctrl_c() {
    let question = "Paste the address that the browser was sent to, and press Enter:";
    let args = ["implicit", "--state", "s", "--callback", "-"];
    let mut terminal = Terminal::start(&mut command(&args), 80, 24);
    terminal.until(question);
    terminal.answer(" https://nicememe.website/#access_token=canary&token_type=Bearer&state=s ");
    terminal.until("\"access_token\":\"canary\"");
    assert_eq!(terminal.end().0, 0);

    let mut terminal = Terminal::start(&mut command(&args), 80, 24);
    terminal.until(question);
    terminal.interrupt();
    let (code, seen) = terminal.end();
    assert_eq!(code, 3, "{seen}");
    assert!(seen.ends_with("Cancelled.\r\n"), "{seen:?}");
}

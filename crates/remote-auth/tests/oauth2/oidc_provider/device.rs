//! The device flow: the machine on a clock of the test, the person in a browser.

use oauth2_discord::device::{DeviceError, Input, Outcome, Output, Session};
use oauth2_discord::error::{ErrorCode, code};
use oauth2_discord::grant::{PollDevice, StartDevice};
use oauth2_discord::{Client, MonoTime, Scope};
use ra_testkit::oidc_provider::Browser;

use super::{World, basic_client, form_client, public_client};

/// More polls than any of these flows has.
const MOST_POLLS: usize = 10;

/// One flow. `decide` runs after the first poll.
async fn run(
    world: &World,
    client: Client,
    decide: impl FnOnce(&mut Browser, &str, &str),
) -> Result<Outcome, DeviceError> {
    let start = StartDevice::new(client.clone())
        .scopes([Scope::Openid, Scope::Identify])
        .at(world.urls.device.clone());
    let codes = world.call(&start).await.unwrap();
    assert!(codes.verification_uri.starts_with(&world.provider.issuer()));
    assert!(
        codes
            .verification_uri_complete
            .as_ref()
            .is_some_and(|complete| complete.contains(&codes.user_code))
    );

    let early = PollDevice::new(client.clone(), codes.device_code.clone());
    let early = early.at(world.urls.token.clone());
    let error = world.call(&early).await.unwrap_err();
    assert_eq!(code(&error), Some(ErrorCode::AuthorizationPending));

    let mut decide = Some(decide);
    let mut session = Session::new(client, &codes, MonoTime::from_millis(0));
    session = session.at(world.urls.token.clone());
    for _ in 0..MOST_POLLS {
        let now = session.deadline().expect("it waits").at;
        session.handle(now, Input::Tick);
        while let Some(output) = session.poll_output() {
            match output {
                Output::Call(call) => {
                    let reply = world.call(&call.poll).await;
                    session.handle(now, Input::Reply(call.id, reply));
                    if let Some(decide) = decide.take() {
                        let mut browser = Browser::default();
                        decide(&mut browser, &codes.verification_uri, &codes.user_code);
                    }
                }
                Output::End(end) => return end,
                _ => {}
            }
        }
    }
    panic!("{MOST_POLLS} polls and no end");
}

#[tokio::test]
async fn o124_o130_a_device_is_let_in() {
    let Some(world) = World::open() else { return };
    let clients: [Client; 3] = [
        public_client().into(),
        form_client().into(),
        basic_client().into(),
    ];
    for client in clients {
        let end = run(&world, client, Browser::agree_to_device).await;
        let Ok(Outcome::Granted(token)) = end else {
            panic!("{end:?}")
        };
        assert_eq!(token.scope.unwrap().to_string(), "openid identify");
        assert!(token.refresh_token.is_some() && token.id_token.is_some());
    }
}

#[tokio::test]
async fn o134_a_device_is_refused() {
    let Some(world) = World::open() else { return };
    let end = run(&world, public_client().into(), Browser::refuse_device).await;
    assert!(matches!(end, Ok(Outcome::Denied)), "{end:?}");
}

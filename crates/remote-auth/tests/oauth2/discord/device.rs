//! Both sides of the device flow.

use oauth2_discord::MonoTime;
use oauth2_discord::api::{DeviceDecision, DeviceRequestState, FinishDevice, VerifyDevice};
use oauth2_discord::device::{DeviceError, Event, Input, Outcome, Output, Session};
use oauth2_discord::grant::{DeviceAuthorization, StartDevice};
use ra_testkit::discord::{Answer, recorded};

use super::*;

/// Drives the machine on a simulated clock, without waiting. `before` runs before each poll.
async fn drive(
    world: &World,
    mut session: Session,
    mut before: impl FnMut(usize),
) -> (Result<Outcome, DeviceError>, Vec<Event>) {
    let mut now = MonoTime::from_millis(0);
    let (mut polls, mut events) = (0, Vec::new());
    for _ in 0..200 {
        while let Some(output) = session.poll_output() {
            match output {
                Output::Call(call) => {
                    polls += 1;
                    before(polls);
                    let reply = world.call(&call.poll).await;
                    session.handle(now, Input::Reply(call.id, reply));
                }
                Output::Event(event) => events.push(event),
                Output::End(end) => return (end, events),
                _ => {}
            }
        }
        if let Some(deadline) = session.deadline() {
            now = deadline.at;
            session.handle(now, Input::Tick);
        }
    }
    panic!("it does not end")
}

async fn start(world: &World, client: impl Into<Client>) -> (Session, DeviceAuthorization) {
    let client = client.into();
    let start = StartDevice::new(client.clone()).scopes([Scope::Identify]);
    let codes = world.call(&start.discord_only()).await.unwrap();
    (
        Session::new(client, &codes, MonoTime::from_millis(0)),
        codes,
    )
}

#[tokio::test]
async fn o124_o131_o130_n03_n04_the_person_agrees_on_another_device() {
    let world = World::open();
    let clients: [Client; 3] = [
        application().into(),
        odd_application().into(),
        public().into(),
    ];
    for client in clients {
        let (session, codes) = start(&world, client).await;
        assert_eq!(codes.user_code, "ZAW6C586");
        let mine = VerifyDevice::new(user(), &codes.user_code);
        let asked = world.call(&mine).await.unwrap();
        assert_eq!(asked.state, DeviceRequestState::Pending);
        let (end, events) = drive(&world, session, |poll| {
            if poll == 3 {
                world.discord.decide(true);
            }
        })
        .await;
        assert!(matches!(end, Ok(Outcome::Granted(_))), "{end:?}");
        assert_eq!(events, []);
    }
}

#[tokio::test]
async fn o134_n04_the_person_refuses() {
    let world = World::open();
    let (session, codes) = start(&world, application()).await;
    let no = FinishDevice::new(user(), &codes.user_code, DeviceDecision::Denied);
    world.call(&no).await.unwrap();
    let (end, _) = drive(&world, session, |_| ()).await;
    assert!(matches!(end, Ok(Outcome::Denied)), "{end:?}");
    let unknown = VerifyDevice::new(user(), "OTHER123");
    let error = world.call(&unknown).await.unwrap_err();
    assert_eq!(error.status().unwrap().as_u16(), 404);
}

#[tokio::test]
async fn o132_o133_s22_slow_down_adds_up_and_the_code_expires() {
    let world = World::open();
    let (session, _) = start(&world, public()).await;
    let slow = || recorded::error_slow_down();
    world.discord.answer(
        "/oauth2/token",
        [slow(), slow(), recorded::error_expired_token()],
    );
    let (end, events) = drive(&world, session, |_| ()).await;
    let interval = |secs| Event::SlowedDown {
        interval: Duration::from_secs(secs),
    };
    assert_eq!(events, [interval(10), interval(15)]);
    assert!(matches!(end, Err(DeviceError::Expired)), "{end:?}");
    // nobody decides: the clock ends it
    let (session, _) = start(&world, public()).await;
    let (end, _) = drive(&world, session, |_| ()).await;
    assert!(matches!(end, Err(DeviceError::Expired)), "{end:?}");
}

#[tokio::test]
async fn s23_s37_what_goes_wrong_on_the_way_is_survived() {
    let world = World::open();
    let (session, _) = start(&world, application()).await;
    world.discord.answer(
        "/oauth2/token",
        [
            recorded::rate_limited(),
            recorded::rate_limited_html(),
            recorded::unavailable(),
            recorded::bad_gateway_html(),
            recorded::error_authorization_pending().cut(),
        ],
    );
    world.discord.decide(true);
    let (end, events) = drive(&world, session, |_| ()).await;
    assert!(matches!(end, Ok(Outcome::Granted(_))), "{end:?}");
    assert_eq!(events.len(), 5, "{events:?}");
}

#[tokio::test]
async fn o135_s28_s36_what_asking_again_does_not_heal_is_the_end() {
    let world = World::open();
    for answer in [
        Answer::redirect(302, "http://127.0.0.1:9/"),
        Answer::redirect(308, "http://127.0.0.1:9/"),
        recorded::html_with_200(),
        recorded::forbidden_html(),
        recorded::error_invalid_client(),
        Answer::ok("{}"),
    ] {
        let (session, _) = start(&world, application()).await;
        world.discord.answer("/oauth2/token", [answer.clone()]);
        let before = world.discord.calls("/oauth2/token");
        let (end, _) = drive(&world, session, |_| ()).await;
        assert!(
            matches!(end, Err(DeviceError::Refused(_))),
            "{answer:?} {end:?}"
        );
        assert_eq!(world.discord.calls("/oauth2/token"), before + 1);
    }
}

#[tokio::test]
async fn s24_what_a_person_is_sent_to_is_discord() {
    let world = World::open();
    let start = || StartDevice::new(application()).discord_only();
    for (from, to) in [
        (
            "https://discord.com/activate\"",
            "https://evil.example/activate\"",
        ),
        (
            "https://discord.com/activate\"",
            "http://discord.com/activate\"",
        ),
        (
            "https://discord.com/activate\"",
            "https://discord.com.evil.example/\"",
        ),
        ("ZAW6C586\"", "ZAW6\\u001b[2J\""),
        ("ZAW6C586\"", "\""),
    ] {
        let answer = recorded::device().with(from, to);
        world.discord.answer("/oauth2/device/authorize", [answer]);
        let error = world.call(&start()).await.unwrap_err();
        assert_eq!(error.kind(), ra_http::HttpErrorKind::BadBody, "{to}");
    }
    // the document's path can be used (O-002)
    world.call(&start().at_document_path()).await.unwrap();
}

//! The scenarios, by subject.

mod clocks;
mod exchange;
mod handshake;
mod person;
mod second_factor;

use ra_core::desktop::login::ProofPolicy;
use ra_core::desktop::session::Dialect;
use ra_core::gateway::Accept;

use super::{Act, Desktop, Gateway, Phone, Rest, Says, Scenario};
use crate::service::{Canned, Does, Fault, Refusal};

const DESKTOP: Desktop = Desktop {
    proof: ProofPolicy::Auto,
    renewals: 3,
    failures_before_qr: 3,
    answer_within: None,
    call_within: None,
    captcha_within: None,
    acts: &[],
};
const GATEWAY: Gateway = Gateway {
    accept: Accept::Any,
    timeouts: &[],
    heartbeat_interval: 41_250,
    refusals: &[],
    faults: &[],
};
const REST: Rest = Rest {
    captcha: None,
    mfa: None,
    canned: &[],
};
const PHONE: Phone = Phone {
    scans: Some(0),
    says: Says::Yes,
    codes: &[],
    authorization: "phone-token",
    decide_within: 120_000,
};
const NOBODY: Phone = Phone {
    scans: None,
    ..PHONE
};
/// The owner looks at the phone for a moment and says nothing.
const MUTE: Phone = Phone {
    says: Says::Nothing,
    decide_within: 300,
    ..PHONE
};
const ONE_QR: Desktop = Desktop {
    renewals: 0,
    ..DESKTOP
};
/// A desktop that waits only a moment for each answer of the handshake.
const IMPATIENT: Desktop = Desktop {
    answer_within: Some(400),
    ..DESKTOP
};

/// Log line of a successful login.
const IN: &str = "logged in as Nelly with desktop-token";
const WELL: Scenario = Scenario {
    name: "yes",
    desktop: DESKTOP,
    gateway: GATEWAY,
    rest: REST,
    phone: PHONE,
    log: &["qr", "user Nelly", IN],
    phone_log: &["confirm", "approved"],
};

/// On the first socket, or on every one.
const ONCE: u32 = 1;
const ALWAYS: u32 = u32::MAX;

const OTHER_FINGERPRINT: &str =
    r#"{"op":"pending_remote_init","fingerprint":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}"#;

const fn fault(sockets: u32, op: &'static str, does: Does) -> Fault {
    Fault { sockets, op, does }
}

const fn canned(
    status: u16,
    headers: &'static [(&'static str, &'static str)],
    body: &'static [u8],
) -> Canned {
    Canned {
        status,
        headers,
        body,
    }
}

/// Makes a gateway with this fault.
const fn faulty(faults: &'static [Fault]) -> Gateway {
    Gateway { faults, ..GATEWAY }
}

/// Makes a REST side with these replies to the first ticket exchanges.
const fn answering(canned: &'static [Canned]) -> Rest {
    Rest { canned, ..REST }
}

/// All of them. Each ends within a few seconds of real time.
pub fn all() -> impl Iterator<Item = &'static Scenario> {
    [
        person::ALL,
        clocks::ALL,
        handshake::ALL,
        exchange::ALL,
        second_factor::ALL,
    ]
    .into_iter()
    .flatten()
}

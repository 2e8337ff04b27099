//! The machines of `ra-core`, as [`Machine`]s.

use ra_core::desktop::{login, session};
use ra_core::{Deadline, HttpCall, MonoTime, gateway, mobile};

use super::Machine;
use crate::SeededEntropy;

/// A gateway session and the randomness it draws on.
#[derive(Debug)]
pub struct GatewaySession {
    /// The machine.
    pub session: gateway::Session,
    /// Its randomness.
    pub entropy: SeededEntropy,
}

/// Implements [`Machine`] with the methods of the machine: how to reach it, how to tick, and what `Debug` hides.
macro_rules! machine {
    ($type:ty, $module:ident, $self:ident, $now:ident, $machine:expr, $tick:expr, $secrets:tt) => {
        impl Machine for $type {
            type Output = $module::Output;

            fn tick(&mut $self, $now: MonoTime) {
                $tick
            }

            fn poll(&mut $self) -> Option<$module::Output> {
                $machine.poll_output()
            }

            fn deadline(&$self) -> Option<Deadline> {
                $machine.deadline()
            }

            fn has_ended(&$self) -> bool {
                $machine.phase() == $module::Phase::Ended
            }

            fn is_end(output: &$module::Output) -> bool {
                matches!(output, $module::Output::End(_))
            }

            fn secret(output: &$module::Output) -> Option<String> {
                match output $secrets
            }
        }
    };
}

machine!(login::Login, login, self, now, self, self.handle(now, login::Input::Tick), {
    login::Output::Send(text) => Some(text.expose().to_owned()),
    login::Output::Call(call) => Some(body(call)),
    login::Output::End(Ok(login::Outcome::LoggedIn { token, .. })) => {
        Some(token.expose().to_owned())
    }
    _ => None,
});

machine!(session::Session, session, self, now, self, self.handle(now, session::Input::Tick), {
    session::Output::Send(text) => Some(text.expose().to_owned()),
    _ => None,
});

machine!(mobile::Session, mobile, self, now, self, self.handle(now, mobile::Input::Tick), {
    mobile::Output::Call(call) => Some(body(call)),
    _ => None,
});

machine!(
    GatewaySession,
    gateway,
    self,
    now,
    self.session,
    self.session.handle(now, gateway::Input::Tick, &mut self.entropy),
    {
        gateway::Output::Send(text) => Some(text.expose().to_owned()),
        _ => None,
    }
);

fn body(call: &HttpCall) -> String {
    String::from_utf8_lossy(call.request.body().as_bytes()).into_owned()
}

//! The router: which endpoint answers a request.

use std::collections::VecDeque;

use super::answer::{Answer, recorded};
use super::request::Heard;
use super::state::{Reply, State};
use super::{authorize, device, information, partner, token};

impl State {
    /// Answers a request: as scripted if it is correct, with its error if not.
    pub(super) fn respond(&mut self, heard: &Heard) -> Answer {
        self.heard.push(heard.clone());
        let scripted = self.scripted.get_mut(&heard.path);
        let scripted = scripted.and_then(VecDeque::pop_front);
        match (self.route(heard, scripted.is_some()), scripted) {
            (Ok(_), Some(scripted)) => scripted,
            (Ok(usual), None) => usual,
            (Err(wrong), scripted) => {
                if let Some(scripted) = scripted {
                    let queue = self.scripted.entry(heard.path.clone()).or_default();
                    queue.push_front(scripted); // it answers a correct request
                }
                wrong
            }
        }
    }

    /// Finds the endpoint and lets it answer. With `lost` the client does not see the answer.
    fn route(&mut self, heard: &Heard, lost: bool) -> Reply {
        let Some(place) = heard.place() else {
            return Err(recorded::not_found());
        };
        let parts: Vec<&str> = place.split('/').skip(1).collect();
        match (heard.method.as_str(), parts.as_slice()) {
            ("POST", ["oauth2", "token"]) => token::token(self, heard, lost),
            ("POST", ["oauth2", "token", "revoke"]) => token::revoke(self, heard),
            ("POST", ["oauth2", "device", "authorize"] | ["oauth2", "authorize", "device"]) => {
                device::start(self, heard)
            }
            ("POST", ["oauth2", "device", "verify"]) => device::verify(self, heard),
            ("POST", ["oauth2", "device", "finish"]) => device::finish(self, heard),
            ("GET", ["oauth2", "authorize"]) => authorize::preview(heard),
            ("POST", ["oauth2", "authorize"]) => authorize::grant(self, heard),
            ("GET", ["oauth2", "@me"]) => information::me(self, heard),
            ("GET", ["oauth2", "userinfo"]) => information::userinfo(self, heard),
            ("GET", ["oauth2", "keys"]) => information::keys(heard),
            ("GET", ["oauth2", "applications", "@me"]) => information::application(heard),
            ("GET", ["oauth2", "applications", id, "tokens"]) => {
                information::application_tokens(heard, id)
            }
            ("GET", ["oauth2", "tokens"]) => information::tokens(heard),
            ("GET", ["oauth2", "tokens", id]) => information::authorization(heard, id),
            ("DELETE", ["oauth2", "tokens", id]) => information::delete(self, heard, id),
            ("POST", ["partner-sdk", rest @ ..]) => partner::route(self, heard, rest),
            (
                _,
                ["oauth2", "token"]
                | ["oauth2", "token", "revoke"]
                | ["oauth2", "device", ..]
                | ["partner-sdk", ..],
            ) => Err(recorded::method_not_allowed()),
            _ => Err(recorded::not_found()),
        }
    }
}

//! What the server remembers, and which part of it answers a request.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::answer::{Answer, recorded};
use super::request::{BASE, Heard};
use super::{OPENID_ACCESS_TOKEN, authorize, device, information, partner, token};

/// A right request gets its answer, a wrong one the error that it deserves.
pub(super) type Reply = Result<Answer, Answer>;

#[derive(Debug)]
pub(super) struct State {
    pub(super) heard: Vec<Heard>,
    scripted: BTreeMap<String, VecDeque<Answer>>,
    /// Codes that were issued and not used.
    pub(super) codes: BTreeMap<String, Grant>,
    pub(super) issued: usize,
    /// Refresh tokens that can be used, and the client they belong to.
    pub(super) refresh: BTreeMap<String, u64>,
    /// Access tokens that can be used.
    pub(super) access: BTreeMap<String, BTreeSet<String>>,
    pub(super) device: device::Device,
}

/// What a person agreed to.
#[derive(Debug, Clone)]
pub(super) struct Grant {
    pub(super) client: u64,
    pub(super) redirect_uri: Option<String>,
    pub(super) challenge: Option<String>,
    pub(super) scope: String,
}

impl State {
    pub(super) fn new() -> Self {
        let mut state = Self {
            heard: Vec::new(),
            scripted: BTreeMap::new(),
            codes: BTreeMap::new(),
            issued: 0,
            refresh: BTreeMap::new(),
            access: BTreeMap::new(),
            device: device::Device::default(),
        };
        state.admit(OPENID_ACCESS_TOKEN, "identify email openid");
        state
    }

    pub(super) fn script(&mut self, path: &str, answers: impl IntoIterator<Item = Answer>) {
        let queue = self.scripted.entry(format!("{BASE}{path}")).or_default();
        queue.extend(answers);
    }

    /// The person decides on the device's request.
    pub(super) fn decide(&mut self, granted: bool) {
        self.device.decision = Some(granted);
    }

    pub(super) fn calls(&self, path: &str) -> usize {
        let path = format!("{BASE}{path}");
        self.heard.iter().filter(|one| one.path == path).count()
    }

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
                    queue.push_front(scripted); // is for a right request
                }
                wrong
            }
        }
    }

    /// `lost` says that the answer will not be seen.
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

    /// From now on this access token is good for these scopes.
    pub(super) fn admit(&mut self, token: &str, scope: &str) {
        let scopes = scope.split(' ').map(str::to_owned).collect();
        self.access.insert(token.to_owned(), scopes);
    }

    /// Issues the tokens of a recorded answer to a client.
    pub(super) fn issue(&mut self, client: u64, answer: Answer) -> Answer {
        let body: serde_json::Value = serde_json::from_str(answer.body()).expect("recorded JSON");
        let member = |name: &str| body[name].as_str().map(str::to_owned);
        if let (Some(access), Some(scope)) = (member("access_token"), member("scope")) {
            self.admit(&access, &scope);
        }
        if let Some(refresh) = member("refresh_token") {
            self.refresh.insert(refresh, client);
        }
        answer
    }

    /// All tokens of the person are gone (O-167).
    pub(super) fn forget(&mut self) {
        self.refresh.clear();
        self.access.clear();
    }
}

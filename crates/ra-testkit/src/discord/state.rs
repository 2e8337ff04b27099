//! The memory of the server: codes, tokens, the device, and the answers that a test scripted.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::OPENID_ACCESS_TOKEN;
use super::answer::Answer;
use super::request::{BASE, Heard};

/// The answer to a correct request, or the error for a wrong one.
pub(super) type Reply = Result<Answer, Answer>;

#[derive(Debug)]
pub(super) struct State {
    pub(super) heard: Vec<Heard>,
    pub(super) scripted: BTreeMap<String, VecDeque<Answer>>,
    /// Issued and unused codes.
    pub(super) codes: BTreeMap<String, Grant>,
    pub(super) issued: usize,
    /// Valid refresh tokens and their clients.
    pub(super) refresh: BTreeMap<String, u64>,
    /// Valid access tokens and their scopes.
    pub(super) access: BTreeMap<String, BTreeSet<String>>,
    pub(super) device: Device,
}

/// The one device that may be waiting.
#[derive(Debug, Default)]
pub(super) struct Device {
    pub(super) waiting: Option<(u64, String)>,
    pub(super) decision: Option<bool>,
}

/// An authorization by a person.
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
            device: Device::default(),
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

    /// Makes an access token valid for these scopes.
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

    /// Invalidates all tokens of the person (O-167).
    pub(super) fn forget(&mut self) {
        self.refresh.clear();
        self.access.clear();
    }
}

//! Answers one connection's requests.

use std::convert::Infallible;
use std::future::{Future, ready};
use std::net::IpAddr;
use std::pin::Pin;
use std::sync::{Arc, Mutex};

use http::{HeaderMap, Request, StatusCode};
use hyper::body::Incoming;

use super::reply::{self, Reply};
use super::route::{self, Route};
use super::{body, upgrade};
use crate::api::{self, Done};
use crate::base::lock::lock;
use crate::limits::{Address, ConnectionPermit};
use crate::observe::problem::Problem;
use crate::server::socket::Admission;
use crate::shared::Shared;

/// Answers the requests of one connection.
pub(super) struct Service {
    shared: Arc<Shared>,
    peer: IpAddr,
    connection: Arc<ConnectionPermit>,
    /// Set once an upgrade was answered: the connection is a socket from then on.
    admission: Mutex<Option<Admission>>,
}

impl Service {
    pub(super) fn new(
        shared: Arc<Shared>,
        peer: IpAddr,
        connection: Arc<ConnectionPermit>,
    ) -> Self {
        Self {
            shared,
            peer,
            connection,
            admission: Mutex::new(None),
        }
    }

    /// The WebSocket that the connection was upgraded to.
    pub(super) fn into_admission(self) -> Option<Admission> {
        lock(&self.admission).take()
    }

    fn upgrade(&self, request: &Request<Incoming>) -> Result<Reply, Problem> {
        if !upgrade::is_asked_for(request) {
            return Err(Problem::NotAnUpgrade);
        }
        let reply = upgrade::accept(request)?;
        if !self.shared.takes_sessions() {
            return Err(Problem::BUSY);
        }
        if !self.shared.config.origins.allow(request.headers()) {
            return Err(Problem::Forbidden);
        }
        let client = self.client(request.headers());
        let gate = &self.shared.gate;
        let is_through_proxy = self.shared.config.trusted_proxies.trusts(self.peer);
        let place = is_through_proxy.then(|| gate.place(client)).transpose()?;
        let permit = gate.begin(self.shared.clock.now(), client)?;
        let version_is_ours = upgrade::version_is_ours(request.uri().query());
        *lock(&self.admission) = Some(Admission {
            permit,
            place,
            version_is_ours,
        });
        Ok(reply)
    }

    /// Returns the sender of a request, for its limits.
    fn client(&self, headers: &HeaderMap) -> Address {
        let proxies = &self.shared.config.trusted_proxies;
        proxies.client(self.peer, headers).into()
    }

    fn refuse(&self, problem: Problem) -> Reply {
        refuse(&self.shared, problem)
    }

    fn ready(&self) -> Reply {
        self.shared.watch();
        match self.shared.not_ready() {
            None => reply::empty(StatusCode::OK),
            Some(why) => reply::not_ready(why),
        }
    }
}

fn refuse(shared: &Shared, problem: Problem) -> Reply {
    shared.metrics.refused(&problem);
    reply::problem(problem)
}

type Answer = Pin<Box<dyn Future<Output = Result<Reply, Infallible>> + Send>>;

impl hyper::service::Service<Request<Incoming>> for Service {
    type Response = Reply;
    type Error = Infallible;
    type Future = Answer;

    fn call(&self, request: Request<Incoming>) -> Answer {
        let now = |reply: Reply| -> Answer { Box::pin(ready(Ok(reply))) };
        let call = match route::find(request.method(), request.uri().path()) {
            Ok(Route::Socket) => {
                return now(self.upgrade(&request).unwrap_or_else(|p| self.refuse(p)));
            }
            Ok(Route::Health) => return now(reply::empty(StatusCode::OK)),
            Ok(Route::Ready) => return now(self.ready()),
            Ok(Route::Call(call)) => call,
            Err(problem) => return now(self.refuse(problem)),
        };
        let client = self.client(request.headers());
        if let Err(problem) = self.shared.gate.call(self.shared.clock.now(), client) {
            return now(self.refuse(problem));
        }
        self.shared.metrics.called(call);
        let (shared, connection) = (Arc::clone(&self.shared), Arc::clone(&self.connection));
        let since = shared.clock.now();
        Box::pin(async move {
            let (head, incoming) = request.into_parts();
            let answer = match body::read(incoming, &shared.config.limits).await {
                Ok(body) => match connection.answering() {
                    Some(_answering) => api::answer(&shared, call, &head.headers, &body).await,
                    None => Err(Problem::BUSY),
                },
                Err(problem) => Err(problem),
            };
            let reply = match answer {
                Ok(Done::Json(body)) => reply::whole(body),
                Ok(Done::NoContent) => reply::empty(StatusCode::NO_CONTENT),
                Err(problem) => refuse(&shared, problem),
            };
            let after = shared.clock.now().saturating_since(since);
            let status = reply.status().as_u16();
            shared.metrics.answered(call, status, after);
            Ok(reply)
        })
    }
}

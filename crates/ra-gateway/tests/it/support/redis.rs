//! A Redis of the test's own, and the nodes around it.

use std::env;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use ra_crypto::Backend;
use ra_gateway::{Accounts, BackplaneConfig, Config, Redis};
use ra_testkit::Fake;
use redis::aio::MultiplexedConnection;
use redis::{AsyncConnectionConfig, Client, FromRedisValue, cmd};
use rustix::process::{Pid, Signal, WaitId, WaitIdOptions, kill_process, waitid};
use tempfile::TempDir;

use super::{Host, host_of, host_with, within};

/// A real `redis-server` on a socket in a directory of its own.
pub(crate) struct RedisServer {
    directory: TempDir,
    child: Child,
}

impl RedisServer {
    /// `None`, and a remark, where there is none to start.
    pub(crate) async fn start() -> Option<Self> {
        let Some(program) = program() else {
            assert!(
                env::var_os("RA_REQUIRE_REAL").is_none(),
                "redis-server is not installed"
            );
            println!("SKIPPED: redis-server is not installed");
            return None;
        };
        let directory = tempfile::tempdir().unwrap();
        let child = spawn(&program, &directory);
        let mut server = Self { directory, child };
        server.answers().await;
        Some(server)
    }

    pub(crate) fn url(&self) -> String {
        format!("redis+unix://{}", self.socket().display())
    }

    fn socket(&self) -> PathBuf {
        self.directory.path().join("redis.sock")
    }

    /// A connection past the gateway. It waits as long as a test does: by itself it would give up after half a second.
    pub(crate) async fn connection(&self) -> MultiplexedConnection {
        let client = Client::open(self.url()).unwrap();
        let patient = AsyncConnectionConfig::new()
            .set_connection_timeout(None)
            .set_response_timeout(None);
        within(client.get_multiplexed_async_connection_with_config(&patient))
            .await
            .unwrap()
    }

    /// Runs a command without the gateway.
    pub(crate) async fn query<T: FromRedisValue>(&self, words: &[&str]) -> T {
        let mut command = cmd(words[0]);
        command.arg(&words[1..]);
        let mut connection = self.connection().await;
        within(command.query_async(&mut connection)).await.unwrap()
    }

    /// Returns all keys.
    pub(crate) async fn keys(&self) -> Vec<String> {
        self.query(&["KEYS", "*"]).await
    }

    /// Channels that somebody listens to, of sessions only.
    pub(crate) async fn sessions(&self) -> Vec<String> {
        self.query(&["PUBSUB", "CHANNELS", "ra:s:*"]).await
    }

    /// Resolves once exactly so many sessions are listened for.
    pub(crate) async fn sessions_are(&self, count: usize) {
        within(async {
            while self.sessions().await.len() != count {
                tokio::task::yield_now().await;
            }
        })
        .await;
    }

    /// Resolves once exactly so many keys are there.
    pub(crate) async fn keys_are(&self, count: usize) {
        within(async {
            while self.keys().await.len() != count {
                tokio::task::yield_now().await;
            }
        })
        .await;
    }

    /// Goes silent: connections stay, nothing is answered.
    pub(crate) fn pause(&self) {
        stop(&self.child);
    }

    /// Speaks again.
    pub(crate) fn resume(&self) {
        go_on(&self.child);
    }

    /// Dies, and forgets all.
    pub(crate) fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        let _ = std::fs::remove_file(self.socket());
    }

    /// Comes back where it was.
    pub(crate) async fn revive(&mut self) {
        self.child = spawn(&program().unwrap(), &self.directory);
        self.answers().await;
    }

    async fn answers(&mut self) {
        let client = Client::open(self.url()).unwrap();
        within(async {
            while client.get_multiplexed_async_connection().await.is_err() {
                let status = self.child.try_wait().unwrap();
                assert_eq!(status, None, "redis-server has ended");
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        })
        .await;
    }
}

impl Drop for RedisServer {
    fn drop(&mut self) {
        // a stopped process can be killed, too
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Stops a process, and comes back once it has.
pub(crate) fn stop(child: &Child) {
    let pid = Pid::from_child(child);
    kill_process(pid, Signal::STOP).unwrap();
    waitid(WaitId::Pid(pid), WaitIdOptions::STOPPED).unwrap();
}

/// Lets it go on.
pub(crate) fn go_on(child: &Child) {
    kill_process(Pid::from_child(child), Signal::CONT).unwrap();
}

fn program() -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    env::split_paths(&path)
        .map(|directory| directory.join("redis-server"))
        .find(|program| program.is_file())
}

fn spawn(program: &PathBuf, directory: &TempDir) -> Child {
    Command::new(program)
        .args(["--port", "0", "--unixsocket", "redis.sock"])
        .args(["--save", "", "--appendonly", "no", "--daemonize", "no"])
        .current_dir(directory.path())
        .env_clear()
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

/// Nodes with one Redis.
pub(crate) struct Fleet {
    pub(crate) redis: RedisServer,
    backend: Arc<dyn Backend>,
    pub(crate) nodes: Vec<Host>,
}

/// So many nodes with one Redis, if there is one to start.
pub(crate) async fn fleet(nodes: usize, change: impl Fn(&mut Config)) -> Option<Fleet> {
    fleet_with(Arc::new(Fake), nodes, change).await
}

/// The same with keys that are real.
pub(crate) async fn fleet_on(backend: Arc<dyn Backend>, nodes: usize) -> Option<Fleet> {
    fleet_with(backend, nodes, |_| {}).await
}

async fn fleet_with(
    backend: Arc<dyn Backend>,
    nodes: usize,
    change: impl Fn(&mut Config),
) -> Option<Fleet> {
    let redis = RedisServer::start().await?;
    let mut fleet = Fleet {
        redis,
        backend,
        nodes: Vec::new(),
    };
    for _ in 0..nodes {
        fleet.add(&change).await;
    }
    Some(fleet)
}

impl Fleet {
    /// Starts one more node.
    pub(crate) async fn add(&mut self, change: impl Fn(&mut Config)) {
        let mut meet: Redis = self.redis.url().parse().unwrap();
        // as long as a busy machine may need, as short as a test would like
        meet.within = Duration::from_secs(2);
        let node = host_with(Arc::clone(&self.backend), |config| {
            config.backplane = BackplaneConfig::Redis(meet);
            change(config);
        })
        .await;
        self.nodes.push(node);
    }

    /// Starts one more node with accounts of its own.
    pub(crate) async fn add_of(&mut self, accounts: Arc<dyn Accounts>) {
        let meet: Redis = self.redis.url().parse().unwrap();
        let node = host_of(accounts, |config| {
            config.backplane = BackplaneConfig::Redis(meet);
        })
        .await;
        self.nodes.push(node);
    }

    /// Resolves once all nodes take sessions, or none does.
    pub(crate) async fn nodes_are_ready(&self, ready: bool) {
        let status = if ready { 200 } else { 503 };
        for node in &self.nodes {
            within(async {
                while super::get(node.address, "/readyz").await.status != status {
                    tokio::time::sleep(Duration::from_millis(10)).await;
                }
            })
            .await;
        }
    }
}

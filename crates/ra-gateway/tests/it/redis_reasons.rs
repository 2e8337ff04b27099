//! Reasons of a failed Redis in log and metrics: once for each change, without Redis' own words.

use ra_gateway::BackplaneConfig;
use tokio::io::AsyncWriteExt;
use tokio::net::UnixListener;

use crate::support::*;

/// A node, its Redis and its log.
struct Scene {
    fleet: Fleet,
    kept: Kept,
    _guard: KeptGuard,
}

impl Scene {
    async fn new() -> Option<Self> {
        let (kept, guard) = Kept::start();
        let fleet = fleet(1, |_| {}).await?;
        kept.line("redis_connected").await;
        Some(Self {
            fleet,
            kept,
            _guard: guard,
        })
    }

    fn node(&self) -> &Host {
        &self.fleet.nodes[0]
    }

    fn failures(&self, reason: &str) -> u64 {
        let name = format!("redis_failures_total{{reason=\"{reason}\"}}");
        counted(self.node(), &name)
    }

    fn times(&self, line: &str) -> usize {
        self.kept
            .lines()
            .iter()
            .filter(|said| *said == line)
            .count()
    }

    /// Resolves once this was told, once and no more however often it was tried.
    async fn is_lost_by(&self, reason: &str) {
        let line = format!("redis_lost reason={reason}");
        self.kept.line(&line).await;
        let tried = self.failures(reason);
        until(|| self.failures(reason) >= tried + 2).await;
        assert_eq!(self.times(&line), 1, "{:?}", self.kept.lines());
        assert_eq!(self.kept.level(&line), tracing::Level::WARN);
        self.fleet.nodes_are_ready(false).await;
    }

    /// Resolves once Redis can be used again, which is told.
    async fn is_back(&self) {
        self.fleet.nodes_are_ready(true).await;
        let connected = || self.times("redis_connected") == 2;
        until(connected).await;
    }

    /// Runs a command that is independent of rights and passwords.
    async fn say(&self, by: &mut redis::aio::MultiplexedConnection, words: &[&str]) {
        let mut command = redis::cmd(words[0]);
        command.arg(&words[1..]);
        let _: redis::Value = within(command.query_async(by)).await.unwrap();
    }
}

#[tokio::test]
async fn r56_a_redis_that_has_gone_was_cut_off_and_then_nothing_listens() {
    let Some(mut scene) = Scene::new().await else {
        return;
    };
    scene.fleet.redis.kill();
    scene.is_lost_by("refused").await;
    assert_eq!(scene.times("redis_lost reason=cut"), 1);
    scene.fleet.redis.revive().await;
    scene.is_back().await;
}

#[tokio::test]
async fn r56_a_password_that_is_not_right_any_more_is_told() {
    let Some(scene) = Scene::new().await else {
        return;
    };
    let mut by = scene.fleet.redis.connection().await;
    let password = "canary-password";
    scene
        .say(&mut by, &["CONFIG", "SET", "requirepass", password])
        .await;
    for kind in ["normal", "pubsub"] {
        scene.say(&mut by, &["CLIENT", "KILL", "TYPE", kind]).await;
    }
    scene.is_lost_by("password").await;
    scene
        .say(&mut by, &["CONFIG", "SET", "requirepass", ""])
        .await;
    scene.is_back().await;
    assert!(!scene.kept.lines().join("\n").contains("canary"));
}

#[tokio::test]
async fn r56_a_silent_redis_is_told_as_one() {
    let Some(scene) = Scene::new().await else {
        return;
    };
    scene.fleet.redis.pause();
    scene.kept.line("redis_lost reason=timed_out").await;
    until(|| scene.failures("timed_out") >= 2).await;
    assert_eq!(scene.times("redis_lost reason=timed_out"), 1);
    scene.fleet.redis.resume();
    scene.is_back().await;
}

#[tokio::test]
async fn r56_what_is_no_redis_is_told_as_such_and_not_repeated() {
    let Some(mut scene) = Scene::new().await else {
        return;
    };
    scene.fleet.redis.kill();
    let url = scene.fleet.redis.url();
    let path = url.strip_prefix("redis+unix://").unwrap();
    let other = UnixListener::bind(path).unwrap();
    let serving = tokio::spawn(async move {
        let mut kept = Vec::new();
        while let Ok((mut stream, _)) = other.accept().await {
            let _ = stream.write_all(b"canary, this is no Redis\r\n").await;
            kept.push(stream);
        }
    });
    scene.is_lost_by("protocol").await;
    serving.abort();
    assert!(serving.await.unwrap_err().is_cancelled());
    std::fs::remove_file(path).unwrap();
    scene.fleet.redis.revive().await;
    scene.is_back().await;
    assert!(!scene.kept.lines().join("\n").contains("canary"));
}

#[tokio::test]
async fn r56_a_replica_is_lost_until_it_takes_writes() {
    let Some(scene) = Scene::new().await else {
        return;
    };
    let (mut desktop, print) = Desktop::ready(scene.node().address, 1).await;
    let () = scene
        .fleet
        .redis
        .query(&["REPLICAOF", "127.0.0.1", "1"])
        .await;
    scene.is_lost_by("read_only").await;
    let () = scene.fleet.redis.query(&["REPLICAOF", "NO", "ONE"]).await;
    scene.is_back().await;
    // who has waited is found again
    let body = serde_json::json!({ "fingerprint": print });
    let scanned = post(scene.node().address, "", Some(ALICE), body).await;
    assert_eq!(scanned.status, 200, "{}", scanned.text);
    desktop.expect_user().await;
}

#[tokio::test]
async fn r56_a_full_redis_refuses_and_its_connection_stays() {
    let Some(scene) = Scene::new().await else {
        return;
    };
    let room = async |bytes: &str| -> () {
        let command = ["CONFIG", "SET", "maxmemory", bytes];
        scene.fleet.redis.query(&command).await
    };
    room("1").await;
    scene.kept.line("redis_refuses reason=full").await;
    until(|| scene.failures("full") >= 3).await;
    assert_eq!(scene.times("redis_refuses reason=full"), 1);
    scene.fleet.nodes_are_ready(false).await;
    // calls are tried nevertheless: there may be room again
    let ticket = serde_json::json!({ "ticket": "made-up" });
    let tried = post(scene.node().address, "login", None, ticket).await;
    assert_eq!(tried.refusal(), (400, 20042));
    room("0").await;
    scene.is_back().await;
    assert_eq!(counted(scene.node(), "redis_connections_total"), 1);
    assert!(!scene.kept.lines().join("\n").contains("redis_lost"));
}

#[tokio::test]
async fn r56_a_user_without_its_rights_is_told_by_pulse_and_by_call() {
    let Some(mut scene) = Scene::new().await else {
        return;
    };
    let user = |right: &'static str| {
        [
            "ACL", "SETUSER", "node", "on", ">canary", "~*", "&*", "+@all", right,
        ]
    };
    let () = scene.fleet.redis.query(&user("+@all")).await;
    let url = format!("{}?user=node&pass=canary", scene.fleet.redis.url());
    scene.fleet.nodes.clear();
    scene
        .fleet
        .add(|config| {
            config.backplane = BackplaneConfig::Redis(url.parse().unwrap());
        })
        .await;
    let () = scene.fleet.redis.query(&user("-getdel")).await;
    let ticket = serde_json::json!({ "ticket": "made-up" });
    let late = post(scene.node().address, "login", None, ticket).await;
    assert_eq!(late.refusal(), (503, 130_000));
    assert_eq!(
        scene
            .kept
            .line("redis_failed reason=forbidden count=")
            .await,
        "1"
    );
    let () = scene.fleet.redis.query(&user("-set")).await;
    scene.kept.line("redis_refuses reason=forbidden").await;
    scene.fleet.nodes_are_ready(false).await;
    let () = scene.fleet.redis.query(&user("+@all")).await;
    scene.fleet.nodes_are_ready(true).await;
    assert!(!scene.kept.lines().join("\n").contains("canary"));
}

//! `ra gateway`.

use std::io::{self, Write as _};
use std::path::Path;
use std::sync::Arc;

use ra_core::gateway::Accept;
use ra_crypto::AwsLc;
use ra_gateway::accounts::StaticFile;
use ra_gateway::{Accounts, Config, Gateway, RedisUnavailable, RedisUrlError, Rendezvous};

use crate::args::{self, AcceptedProof, GatewayArgs};
use crate::exit::Exit;
use crate::failure::{Failure, Kind};
use crate::nobody::Nobody;
use crate::plain::plain;
use crate::stop::Stop;

/// The Redis of a fleet, password included.
const REDIS_VARIABLE: &str = "RA_REDIS_URL";

/// Serves until it is told to stop, and then until the last login is over.
///
/// # Errors
/// [`Kind::Local`] when the accounts file cannot be used or the address cannot be listened at,
/// [`Kind::Network`] when the Redis cannot be used.
pub(crate) async fn run(args: &GatewayArgs) -> Result<Exit, Failure> {
    let accounts: Arc<dyn Accounts> = match &args.accounts {
        Some(path) => Arc::new(load(path)?),
        None => {
            warn("no --accounts file: desktops get their QR codes, but no phone can approve them");
            Arc::new(Nobody)
        }
    };
    if !args.listen.ip().is_loopback() {
        warn("this is plain HTTP beyond this machine: put a proxy with TLS in front of it");
    }
    let rendezvous = rendezvous(&args.rendezvous)?;
    let mut stop = Stop::catch().map_err(|error| local("cannot catch signals", &error))?;
    let mut config = config(args);
    config.rendezvous = rendezvous.clone();
    let gateway = Gateway::bind(config, accounts, Arc::new(AwsLc))
        .await
        .map_err(|error| not_bound(args, &rendezvous, &error))?;
    announce(&gateway).map_err(|error| Failure::output(&error))?;

    let handle = gateway.handle();
    let mut running = core::pin::pin!(gateway.run());
    tokio::select! {
        () = &mut running => return Ok(Exit::Done),
        () = stop.requested() => handle.drain(),
    }
    if handle.sessions() > 0 {
        warn("letting the running logins finish; once more stops at once");
    }
    tokio::select! {
        () = &mut running => return Ok(Exit::Done),
        () = stop.requested() => handle.shut_down(),
    }
    running.await;
    Ok(Exit::Done)
}

fn config(args: &GatewayArgs) -> Config {
    let mut config = Config::default();
    config.listen = args.listen;
    config.metrics = args.metrics;
    config.session.accept = match args.proof {
        AcceptedProof::Any => Accept::Any,
        AcceptedProof::Digest => Accept::Digest,
        AcceptedProof::Nonce => Accept::Nonce,
    };
    config
}

fn rendezvous(asked: &args::Rendezvous) -> Result<Rendezvous, Failure> {
    match asked {
        args::Rendezvous::Memory => Ok(Rendezvous::Memory),
        args::Rendezvous::RedisOfVariable => {
            let url = std::env::var(REDIS_VARIABLE).unwrap_or_default();
            if url.is_empty() {
                return Err(Failure::usage(
                    "--rendezvous",
                    "the variable RA_REDIS_URL is not set",
                ));
            }
            let redis = url.parse().map(Rendezvous::Redis);
            redis.map_err(|why: RedisUrlError| Failure::usage(REDIS_VARIABLE, why))
        }
        args::Rendezvous::Redis(redis) => {
            if redis.has_password() {
                warn("arguments can be read by others: keep the password in RA_REDIS_URL");
            }
            Ok(Rendezvous::Redis(redis.clone()))
        }
    }
}

fn not_bound(args: &GatewayArgs, rendezvous: &Rendezvous, error: &io::Error) -> Failure {
    let inner = error.get_ref();
    let unavailable = inner.and_then(|inner| inner.downcast_ref::<RedisUnavailable>());
    match (unavailable, rendezvous) {
        (Some(why), Rendezvous::Redis(redis)) => {
            Failure::new(Kind::Network, format!("cannot use {redis}: {why}"))
        }
        _ => match args.metrics {
            Some(metrics) => local(
                &format!("cannot listen at {} and {metrics}", args.listen),
                error,
            ),
            None => local(&format!("cannot listen at {}", args.listen), error),
        },
    }
}

fn load(path: &Path) -> Result<StaticFile, Failure> {
    StaticFile::load(path).map_err(|error| {
        let failure = Failure::caused(Kind::Local, &error, ra_http::Retry::Never);
        Failure::new(Kind::Local, format!("{}: {failure}", path.display()))
    })
}

fn announce(gateway: &Gateway) -> io::Result<()> {
    let mut line = serde_json::json!({ "listening": gateway.local_addr().to_string() });
    if let Some(metrics) = gateway.metrics_addr() {
        line["metrics"] = metrics.to_string().into();
    }
    let mut out = io::stdout().lock();
    serde_json::to_writer(&mut out, &line)?;
    out.write_all(b"\n")?;
    out.flush()
}

fn local(what: &str, error: &io::Error) -> Failure {
    Failure::new(Kind::Local, format!("{what}: {error}"))
}

/// A remark on standard error. Whether anybody reads it changes nothing.
fn warn(text: &str) {
    let _ = writeln!(io::stderr(), "note: {}", plain(text));
}

//! `ra gateway`.

mod accounts;
mod hangup;
mod settings;

use std::io::{self, Write as _};
use std::sync::Arc;

use ra_crypto::AwsLc;
use ra_gateway::{Config, Gateway, RedisUnavailable, Rendezvous};

use crate::args::GatewayArgs;
use crate::exit::Exit;
use crate::failure::{Failure, Kind};
use crate::plain::plain;
use crate::stop::Stop;
use accounts::Source;
use hangup::Hangups;
use settings::Settings;

/// Serves until it is told to stop, and then until the last login is over. With `--check-config` it only says whether
/// it could.
///
/// # Errors
/// [`Kind::Usage`] when the command line is wrong, [`Kind::Local`] when a file cannot be used or the address cannot be
/// listened at, [`Kind::Network`] when the Redis cannot be used.
pub(crate) async fn run(args: &GatewayArgs) -> Result<Exit, Failure> {
    let settings = Settings::of(args)?;
    let source = Arc::new(Source::load(&settings.accounts)?);
    if args.check_config {
        warn("the configuration is good");
        return Ok(Exit::Done);
    }
    if source.is_nobody() {
        warn("no accounts: desktops get their QR codes, but no phone can approve them");
    }
    let config = settings.config;
    if !config.listen.ip().is_loopback() {
        warn("this is plain HTTP beyond this machine: put a proxy with TLS in front of it");
    }
    let no_signals = |error| local("cannot catch signals", &error);
    let mut stop = Stop::catch().map_err(no_signals)?;
    let mut hangups = Hangups::catch().map_err(no_signals)?;
    let gateway = Gateway::bind(config.clone(), source.accounts(), Arc::new(AwsLc))
        .await
        .map_err(|error| not_bound(&config, &error))?;
    announce(&gateway).map_err(|error| Failure::output(&error))?;

    let handle = gateway.handle();
    let mut running = core::pin::pin!(gateway.run());
    loop {
        tokio::select! {
            () = &mut running => return Ok(Exit::Done),
            () = stop.requested() => break handle.drain(),
            () = hangups.next() => reload(&source),
        }
    }
    if handle.sessions() > 0 {
        warn("letting the running logins finish; once more stops at once");
    }
    loop {
        tokio::select! {
            () = &mut running => return Ok(Exit::Done),
            () = stop.requested() => break handle.shut_down(),
            () = hangups.next() => reload(&source),
        }
    }
    running.await;
    Ok(Exit::Done)
}

/// Reads the accounts again, on a thread of its own: a large file takes a while.
fn reload(source: &Arc<Source>) {
    let source = Arc::clone(source);
    tokio::task::spawn_blocking(move || match source.reload() {
        Ok(done) => warn(&done),
        Err(failure) => warn(&format!("the accounts stay as they were: {failure}")),
    });
}

fn not_bound(config: &Config, error: &io::Error) -> Failure {
    let inner = error.get_ref();
    let unavailable = inner.and_then(|inner| inner.downcast_ref::<RedisUnavailable>());
    match (unavailable, &config.rendezvous) {
        (Some(why), Rendezvous::Redis(redis)) => {
            Failure::new(Kind::Network, format!("cannot use {redis}: {why}"))
        }
        _ => match config.metrics {
            Some(metrics) => local(
                &format!("cannot listen at {} and {metrics}", config.listen),
                error,
            ),
            None => local(&format!("cannot listen at {}", config.listen), error),
        },
    }
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

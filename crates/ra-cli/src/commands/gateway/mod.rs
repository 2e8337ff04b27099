//! `ra gateway`.

mod accounts;
pub(crate) mod args;
mod certificates;
mod fd_limit;
mod log;
mod no_accounts;
mod regular_file;
mod settings;

mod warnings;

use std::io::{self, Write as _};
use std::sync::Arc;
use std::time::SystemTime;

use ra_crypto::AwsLc;
use ra_gateway::{BackplaneConfig as Rendezvous, Config, Gateway, RedisUnavailable};

use crate::outcome::{Exit, Failure, Kind};
use crate::sanitize::sanitize;
use crate::signals::{Sighup, Stop};
use accounts::Source;
pub(crate) use accounts::StaticFile;
use args::GatewayArgs;
use certificates::Certificates;
use log::Lines;
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
    let certificates = match (&settings.tls.certificate, &settings.tls.key) {
        (Some(certificate), Some(key)) => Some(Certificates::load(certificate, key)?),
        _ => None,
    };
    let notes = warnings::notes(&settings, certificates.as_ref(), SystemTime::now());
    if args.check_config {
        let short = fd_limit::Allowed::now().and_then(|allowed| allowed.shortage(&settings));
        let told = short.map(|shortage| shortage.to_string());
        let shown = certificates.as_ref();
        let fit = shown.map_or(Ok(()), |shown| shown.check(SystemTime::now()));
        // what is refused is told as that, once
        let refused = fit.as_ref().err().map(ToString::to_string);
        let notes = notes.iter().chain(&told);
        let notes = notes.filter(|note| Some(*note) != refused.as_ref());
        notes.for_each(|note| warn(note));
        if let Some(shortage) = short {
            shortage.check()?;
        }
        fit?;
        warn("the configuration is good");
        return Ok(Exit::Done);
    }
    let lines = Lines::start(settings.log.level, settings.log.format);
    let lines = Arc::new(lines.map_err(|error| local("cannot start the log", &error))?);
    notes.iter().for_each(|note| lines.note(note));
    let ended = serve(settings, source, certificates, &lines).await;
    lines.flush();
    ended
}

async fn serve(
    mut settings: Settings,
    source: Arc<Source>,
    certificates: Option<Certificates>,
    lines: &Arc<Lines>,
) -> Result<Exit, Failure> {
    if source.is_nobody() {
        lines.note("no accounts: desktops get their QR codes, but no phone can approve them");
    }
    fd_limit::make_room(&mut settings, lines)?;
    let secrets = Arc::new(warnings::Secrets::of(&settings));
    let mut config = settings.config;
    config.tls = certificates.as_ref().map(Certificates::tls);
    let certificates = certificates.map(Arc::new);
    lines.subscribe();
    let mut stop = Stop::catch()?;
    let mut sighup = Sighup::catch()?;
    let gateway = Gateway::bind(config.clone(), source.accounts(), Arc::new(AwsLc))
        .await
        .map_err(|error| not_bound(&config, &error))?;
    announce(&gateway).map_err(|error| Failure::output(&error))?;
    let reload = || reload(&source, certificates.as_ref(), &secrets, lines);

    let handle = gateway.handle();
    let mut running = core::pin::pin!(gateway.run());
    loop {
        tokio::select! {
            () = &mut running => return Ok(Exit::Done),
            () = stop.requested() => break handle.drain(),
            () = sighup.received() => reload(),
        }
    }
    if handle.sessions() > 0 {
        lines.note("letting the running logins finish; once more stops at once");
    }
    loop {
        tokio::select! {
            () = &mut running => return Ok(Exit::Done),
            () = stop.requested() => break handle.shut_down(),
            () = sighup.received() => reload(),
        }
    }
    running.await;
    Ok(Exit::Done)
}

/// Reads accounts and certificates again, on a thread of its own: a large file takes a while.
fn reload(
    source: &Arc<Source>,
    certificates: Option<&Arc<Certificates>>,
    secrets: &Arc<warnings::Secrets>,
    lines: &Arc<Lines>,
) {
    let (source, secrets, lines) = (Arc::clone(source), Arc::clone(secrets), Arc::clone(lines));
    let certificates = certificates.map(Arc::clone);
    tokio::task::spawn_blocking(move || {
        match source.reload() {
            Ok(done) => lines.note(&done),
            Err(failure) => lines.note(&format!("the accounts stay as they were: {failure}")),
        }
        secrets.notes().iter().for_each(|note| lines.note(note));
        let Some(certificates) = certificates else {
            return;
        };
        match certificates.reload(SystemTime::now()) {
            Ok(()) => lines.note("the certificates were read again"),
            Err(failure) => lines.note(&format!("the certificates stay as they were: {failure}")),
        }
        if let Some(remark) = certificates.remark(SystemTime::now()) {
            lines.note(&remark);
        }
    });
}

fn not_bound(config: &Config, error: &io::Error) -> Failure {
    let inner = error.get_ref();
    let unavailable = inner.and_then(|inner| inner.downcast_ref::<RedisUnavailable>());
    match (unavailable, &config.backplane) {
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
    let _ = writeln!(io::stderr(), "note: {}", sanitize(text));
}

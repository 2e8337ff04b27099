//! `ra gateway`: serves desktops and phones.

mod accounts;
mod certificates;
mod fd_limit;
mod no_accounts;
mod regular_file;
pub(crate) mod settings;
mod warnings;

use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::SystemTime;

use clap::Args;
use ra_crypto::AwsLc;
use ra_gateway::{BackplaneConfig, Config, Gateway, RedisUnavailable};

use self::accounts::Source;
pub(crate) use self::accounts::StaticFile;
use self::certificates::Certificates;
use self::fd_limit::Allowed;
use self::settings::Settings;
use self::warnings::Secrets;
use crate::log::{self, LogArgs, note};
use crate::outcome::{Exit, Failure, Kind, after_help};
use crate::output::write_stdout;
use crate::signals::{Sighup, Stop};

pub(crate) const LONG_ABOUT: &str = "\
Serve the gateway between desktops and phones. Sessions are kept in memory or, for several nodes, in a Redis.

The first line on standard output names the address: {\"listening\":\"127.0.0.1:8787\"}, with --metrics also \
{\"metrics\":...}. The socket is at /?v=2, the REST calls are below /api/v9/users/@me/remote-auth, and health is at \
/healthz and /readyz. SIGTERM and Ctrl-C let running logins finish for a moment and then stop.

Nodes with one Redis serve one fleet: the socket may be on one node and each REST call on another. Give a Redis with a \
password by `--rendezvous redis` and the variable RA_REDIS_URL: other users can read arguments.

The gateway speaks plain HTTP without --tls-cert and --tls-key. Beyond this machine give it both, or put a proxy \
with TLS in front of it and name that proxy by --trusted-proxy, so that each client has limits of its own.

A file (--config) can hold all settings, and is the only place for limits and lifetimes: docs/gateway.toml has every \
key. The command line wins. SIGHUP reads accounts and certificates again; a file that cannot be used changes \
nothing. docs/operating.md explains operation.";

const EXAMPLES: &str = "\
Example accounts.toml:
  [[account]]
  authorization = \"what the phone sends\"
  id = \"196769986071625728\"
  username = \"mary\"
  discriminator = \"0\"       # default
  avatar = \"d0900b8fe361c755549ab0beadb35075\"  # optional
  token = \"...\"             # optional, minted when absent
  mfa = \"JBSWY3DPEHPK3PXP\"  # optional TOTP secret

Then, in three terminals:
  ra gateway --accounts accounts.toml
  ra login --gateway ws://127.0.0.1:8787 --api http://127.0.0.1:8787/api/v9
  RA_TOKEN='what the phone sends' ra approve URL \\
    --api http://127.0.0.1:8787/api/v9";

/// `ra gateway`.
#[derive(Debug, Args)]
#[command(after_help = after_help(EXAMPLES, &[Exit::Done, Exit::Usage, Exit::Network, Exit::Local]))]
pub(crate) struct GatewayArgs {
    /// Take settings from this file; options win
    #[arg(long, value_name = "FILE.toml")]
    pub(crate) config: Option<PathBuf>,
    /// Check the settings and the files that they name, and do nothing else
    #[arg(long)]
    pub(crate) check_config: bool,
    #[command(flatten)]
    pub(crate) settings: Settings,
}

/// Serves until it is told to stop and the last login is over. With `--check-config` it only checks the settings.
///
/// # Errors
/// [`Kind::Usage`] when the command line is wrong, [`Kind::Local`] when a file or the address cannot be used,
/// [`Kind::Network`] when the Redis cannot be used.
pub(crate) async fn run(args: &GatewayArgs, log: &LogArgs) -> Result<Exit, Failure> {
    let settings = args.settings.read(args.config.as_deref())?;
    let config = settings.config()?;
    let source = Arc::new(Source::load(settings.accounts())?);
    let certificates = match (&settings.tls.certificate, &settings.tls.key) {
        (Some(certificate), Some(key)) => Some(Certificates::load(certificate, key)?),
        _ => None,
    };
    let secrets = Secrets::of(&settings, args.config.as_deref());
    let notes = warnings::notes(&secrets, &config, certificates.as_ref(), SystemTime::now());
    if args.check_config {
        return check(&settings, &config, certificates.as_ref(), &notes);
    }
    log::start(&log.or_file(settings.log.clone()))?;
    notes.iter().for_each(|text| note(text));
    serve(&settings, config, source, certificates, secrets).await
}

/// Prints what should not stay as it is. A reason for a refusal is printed as the error, once.
fn check(
    settings: &Settings,
    config: &Config,
    certificates: Option<&Certificates>,
    notes: &[String],
) -> Result<Exit, Failure> {
    let shortage = Allowed::now().and_then(|allowed| allowed.shortage(settings, config));
    let refused = certificates.map_or(Ok(()), |shown| shown.check(SystemTime::now()));
    let told = shortage.map(|shortage| shortage.to_string());
    for text in notes.iter().chain(&told) {
        if refused.as_ref().err().map(ToString::to_string).as_ref() != Some(text) {
            log::print_note(text);
        }
    }
    shortage.map_or(Ok(()), |shortage| shortage.check())?;
    refused?;
    log::print_note("the configuration is good");
    Ok(Exit::Done)
}

async fn serve(
    settings: &Settings,
    mut config: Config,
    source: Arc<Source>,
    certificates: Option<Certificates>,
    secrets: Secrets,
) -> Result<Exit, Failure> {
    if source.is_nobody() {
        note("no accounts: desktops get their QR codes, but no phone can approve them");
    }
    fd_limit::make_room(settings, &mut config)?;
    config.tls = certificates.as_ref().map(Certificates::tls);
    let (certificates, secrets) = (certificates.map(Arc::new), Arc::new(secrets));
    let mut stop = Stop::catch()?;
    let mut sighup = Sighup::catch()?;
    let gateway = Gateway::bind(config.clone(), source.accounts(), Arc::new(AwsLc))
        .await
        .map_err(|error| not_bound(&config, &error))?;
    announce(&gateway)?;
    let reload = || reload(&source, certificates.as_ref(), &secrets);

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
        note("letting the running logins finish; once more stops at once");
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
fn reload(source: &Arc<Source>, certificates: Option<&Arc<Certificates>>, secrets: &Arc<Secrets>) {
    let (source, secrets) = (Arc::clone(source), Arc::clone(secrets));
    let certificates = certificates.map(Arc::clone);
    tokio::task::spawn_blocking(move || {
        match source.reload() {
            Ok(done) => note(&done),
            Err(failure) => note(&format!("the accounts stay as they were: {failure}")),
        }
        secrets.notes().iter().for_each(|text| note(text));
        let Some(certificates) = certificates else {
            return;
        };
        match certificates.reload(SystemTime::now()) {
            Ok(()) => note("the certificates were read again"),
            Err(failure) => note(&format!("the certificates stay as they were: {failure}")),
        }
        if let Some(remark) = certificates.remark(SystemTime::now()) {
            note(&remark);
        }
    });
}

fn not_bound(config: &Config, error: &io::Error) -> Failure {
    let inner = error.get_ref();
    let unavailable = inner.and_then(|inner| inner.downcast_ref::<RedisUnavailable>());
    match (unavailable, &config.backplane, config.metrics) {
        (Some(why), BackplaneConfig::Redis(redis), _) => {
            Failure::new(Kind::Network, format!("cannot use {redis}: {why}"))
        }
        (_, _, Some(metrics)) => Failure::local(
            format_args!("cannot listen at {} and {metrics}", config.listen),
            error,
        ),
        _ => Failure::local(format_args!("cannot listen at {}", config.listen), error),
    }
}

fn announce(gateway: &Gateway) -> Result<(), Failure> {
    let mut line = serde_json::json!({ "listening": gateway.local_addr().to_string() });
    if let Some(metrics) = gateway.metrics_addr() {
        line["metrics"] = metrics.to_string().into();
    }
    write_stdout(format!("{line}\n").as_bytes())
}

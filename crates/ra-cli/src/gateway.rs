//! `ra gateway`.

use std::io::{self, Write as _};
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use ra_core::gateway::Accept;
use ra_crypto::AwsLc;
use ra_gateway::accounts::StaticFile;
use ra_gateway::{Accounts, Config, Gateway};

use crate::args::{AcceptedProof, GatewayArgs};
use crate::exit::Exit;
use crate::failure::{Failure, Kind};
use crate::nobody::Nobody;
use crate::plain::plain;
use crate::stop::Stop;

/// Serves until it is told to stop, and then until the last login is over.
///
/// # Errors
/// [`Kind::Local`] when the accounts file cannot be used or the address cannot be listened at.
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
    let mut stop = Stop::catch().map_err(|error| local("cannot catch signals", &error))?;
    let gateway = Gateway::bind(config(args), accounts, Arc::new(AwsLc))
        .await
        .map_err(|error| local(&format!("cannot listen at {}", args.listen), &error))?;
    announce(gateway.local_addr()).map_err(|error| Failure::output(&error))?;

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
    config.session.accept = match args.proof {
        AcceptedProof::Any => Accept::Any,
        AcceptedProof::Digest => Accept::Digest,
        AcceptedProof::Nonce => Accept::Nonce,
    };
    config
}

fn load(path: &Path) -> Result<StaticFile, Failure> {
    StaticFile::load(path).map_err(|error| {
        let failure = Failure::caused(Kind::Local, &error, ra_http::Retry::Never);
        Failure::new(Kind::Local, format!("{}: {failure}", path.display()))
    })
}

fn announce(address: SocketAddr) -> io::Result<()> {
    let mut out = io::stdout().lock();
    serde_json::to_writer(
        &mut out,
        &serde_json::json!({ "listening": address.to_string() }),
    )?;
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

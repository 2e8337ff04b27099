//! The measured processes. A process ends when its value is dropped.

use std::fs::{self, Permissions};
use std::net::SocketAddr;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use serde_json::Value;
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};
use tokio::time::timeout;

use crate::Failed;
use crate::arguments::Arguments;
use crate::measure;

const START_WITHIN: Duration = Duration::from_secs(30);

/// A process that listens on loopback.
pub(crate) struct Process {
    pub(crate) address: SocketAddr,
    pub(crate) pid: u32,
    child: Child,
    _files: Option<TempDir>,
}

impl Process {
    /// Starts `ra gateway` with limits for this load.
    pub(crate) async fn gateway(arguments: &Arguments) -> Result<Self, Failed> {
        let program = program(arguments)?;
        let files = tempfile::tempdir()?;
        fs::write(files.path().join("gateway.toml"), settings(arguments))?;
        let people = files.path().join("accounts.toml");
        fs::write(&people, accounts(arguments))?;
        fs::set_permissions(&people, Permissions::from_mode(0o600))?; // the gateway remarks on others
        let mut command = Command::new(program);
        command.arg("gateway").arg("--config");
        command.arg(files.path().join("gateway.toml"));
        Self::start("gateway", command, Some(files)).await
    }

    /// Starts the echo server of this program.
    pub(crate) async fn echo() -> Result<Self, Failed> {
        let mut command = Command::new(std::env::current_exe()?);
        command.arg("--echo");
        Self::start("echo server", command, None).await
    }

    async fn start(
        name: &str,
        mut command: Command,
        files: Option<TempDir>,
    ) -> Result<Self, Failed> {
        command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true);
        let mut child = command
            .spawn()
            .map_err(|error| format!("cannot start the {name}: {error}"))?;
        let pid = child.id().ok_or("it has ended already")?;
        let mut lines = BufReader::new(child.stdout.take().ok_or("no output")?).lines();
        let line = timeout(START_WITHIN, lines.next_line()).await??;
        let line = line.ok_or_else(|| format!("the {name} ended at once"))?;
        let said: Value = serde_json::from_str(&line)?;
        let address = said["listening"].as_str().ok_or("no address")?.parse()?;
        eprintln!("{name}: process {pid} at {address}");
        Ok(Self {
            address,
            pid,
            child,
            _files: files,
        })
    }

    pub(crate) fn resident(&self) -> Result<u64, Failed> {
        measure::resident(self.pid)
    }

    pub(crate) fn cpu(&self) -> Result<Duration, Failed> {
        measure::cpu(self.pid)
    }

    /// Ends the process, and waits for it.
    pub(crate) async fn end(mut self) -> Result<(), Failed> {
        Ok(self.child.kill().await?)
    }
}

fn program(arguments: &Arguments) -> Result<PathBuf, Failed> {
    let program = match &arguments.gateway {
        Some(program) => program.clone(),
        None => std::env::current_exe()?.with_file_name("ra"),
    };
    if Path::new(&program).is_file() {
        Ok(program)
    } else {
        Err("there is no `ra` to measure: build it (cargo build --release -p ra-cli) or name it by --gateway".into())
    }
}

/// Settings of the gateway: one address may do everything, and sessions outlast the run.
fn settings(arguments: &Arguments) -> String {
    let sessions = arguments.sessions + arguments.desktops * 3 + arguments.phones + 100;
    let connections = sessions + sessions / 31 + 1; // sessions never take the last 32nd of the places
    let any = u32::MAX;
    format!(
        "listen = \"127.0.0.1:0\"\n\
         [accounts]\nfile = \"accounts.toml\"\n\
         [session]\ntimeout = 900\n\
         [limits]\nconnections = {connections}\nconnections_per_address = {connections}\nsessions = {sessions}\n\
         sessions_per_address = {any}\ncalls_per_address = {any}\n\
         calls_per_account = {any}\nscans_per_account = {any}\n"
    )
}

fn accounts(arguments: &Arguments) -> String {
    let account = |phone: u32| {
        let id = 1_000 + phone;
        format!("[[account]]\nauthorization = \"phone {phone}\"\nid = {id}\nusername = \"phone\"\n")
    };
    (0..arguments.phones).map(account).collect()
}

//! A real authorization server, not written here: npm's `oidc-provider`, which is OpenID-certified. It runs as a
//! process of its own on a free port of this machine; [`Browser`] is the person in front of it.
//!
//! `.ci/run` installs it. By hand: `cp -r crates/ra-testkit/oidc-provider target/ && npm ci --prefix
//! target/oidc-provider`.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

mod browser;

pub use browser::{Browser, Page};

/// Time limit of the start: Node starts and makes two keys.
const START_WITHIN: Duration = Duration::from_secs(60);
const SCRIPT: &str = include_str!("../../oidc-provider/provider.mjs");

/// A client that authenticates by the form.
pub const FORM_CLIENT: (u64, &str) = (157730590492196864, "form+secret/%41 &=:\"");
/// A client that authenticates by `Authorization: Basic`. Every encoding changes its secret.
pub const BASIC_CLIENT: (u64, &str) = (157730590492196865, "basic+secret/%41 &=:\"");
/// A client without a secret.
pub const PUBLIC_CLIENT: u64 = 157730590492196866;
/// The person who logs in.
pub const PERSON: &str = "80351110224678912";
/// The redirect URI of all three. Nothing listens there.
pub const REDIRECT_URI: &str = "http://127.0.0.1:49152/callback";

/// The server. It ends when this is dropped or the process ends.
#[derive(Debug)]
pub struct Provider {
    child: Child,
    port: u16,
}

impl Provider {
    /// Starts the server. `None`, with a printed reason, if it is not installed, unless `RA_REQUIRE_REAL` is 1.
    ///
    /// # Panics
    /// If it is required and not there, or there and does not start.
    #[must_use]
    pub fn start() -> Option<Self> {
        let folder =
            std::env::var_os("RA_OIDC_PROVIDER").map_or_else(default_folder, PathBuf::from);
        if !folder.join("node_modules/oidc-provider").is_dir() {
            let required = std::env::var_os("RA_REQUIRE_REAL").is_some_and(|value| value == "1");
            assert!(!required, "oidc-provider is not installed: see .ci/run");
            println!("SKIPPED: oidc-provider is not installed");
            return None;
        }
        // as an argument, so that `import` looks into the folder that it runs in
        let mut child = Command::new("node")
            .args(["--input-type=module", "--eval", SCRIPT])
            .current_dir(folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("node starts");
        let stdout = child.stdout.take().expect("piped");
        let (sender, receiver) = mpsc::channel();
        std::thread::spawn(move || {
            let mut line = String::new();
            let _ = BufReader::new(stdout).read_line(&mut line);
            let _ = sender.send(line);
        });
        let mut provider = Self { child, port: 0 };
        let line = receiver.recv_timeout(START_WITHIN).expect("a first line");
        let ready: serde_json::Value = serde_json::from_str(&line).expect("a JSON line");
        provider.port = ready["port"]
            .as_u64()
            .and_then(|port| port.try_into().ok())
            .expect("a port");
        Some(provider)
    }

    /// Returns the issuer, which is also the base of its paths.
    #[must_use]
    pub fn issuer(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Returns its description (OpenID Connect Discovery 1.0).
    #[must_use]
    pub fn discover(&self) -> serde_json::Value {
        let url = format!("{}/.well-known/openid-configuration", self.issuer());
        let page = Browser::default().open(&url, None);
        assert_eq!(page.status, 200);
        serde_json::from_str(&page.body).expect("a JSON document")
    }

    /// Replaces the signing keys.
    pub fn rotate_keys(&self) {
        let url = format!("{}/test/rotate", self.issuer());
        assert_eq!(Browser::default().open(&url, Some("")).status, 200);
    }
}

impl Drop for Provider {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn default_folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/oidc-provider")
}

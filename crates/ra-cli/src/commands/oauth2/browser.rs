//! Opens the browser with the platform's opener, one program with one argument: no shell reads the URL.

use std::env;
use std::ffi::OsString;
use std::io;
use std::process::{Command, Stdio};

/// Opens `url` without waiting: some openers run as long as the browser.
///
/// # Errors
/// There is no opener, or it cannot be started.
pub(super) fn open(url: &str) -> io::Result<()> {
    let mut opener = opener().ok_or(io::ErrorKind::Unsupported)?;
    // the opener must not write between the lines here, or read keys meant for `ra`
    opener
        .arg(url)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    // variables of `ra` may hold secrets
    let ours = |name: &OsString| name.as_encoded_bytes().starts_with(b"RA_");
    for (name, _) in env::vars_os().filter(|(name, _)| ours(name)) {
        opener.env_remove(name);
    }
    #[cfg(unix)]
    {
        use std::os::unix::process::CommandExt as _;
        // Ctrl-C ends `ra`, not the browser
        opener.process_group(0);
    }
    let mut opener = opener.spawn()?;
    std::thread::Builder::new()
        .name("browser".into())
        .spawn(move || opener.wait())?;
    Ok(())
}

#[cfg(target_os = "macos")]
fn opener() -> Option<Command> {
    Some(Command::new("/usr/bin/open"))
}

#[cfg(windows)]
fn opener() -> Option<Command> {
    let mut command = Command::new("rundll32.exe");
    command.arg("url.dll,FileProtocolHandler");
    Some(command)
}

/// Without a display `xdg-open` would start a browser in this terminal.
#[cfg(not(any(target_os = "macos", windows)))]
fn opener() -> Option<Command> {
    let set = |name| env::var_os(name).is_some_and(|value| !value.is_empty());
    let display = ["DISPLAY", "WAYLAND_DISPLAY", "BROWSER"]
        .into_iter()
        .any(set);
    display.then(|| Command::new("xdg-open"))
}

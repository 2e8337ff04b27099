//! Opens the browser by the platform's own opener, which is one program with one argument: no shell reads the URL, and a
//! library would bring its own list of the same programs.

use std::env;
use std::ffi::OsString;
use std::io;
use std::process::{Command, Stdio};

/// Has the system open `url`. Does not wait: some openers stay as long as the browser does.
///
/// # Errors
/// There is nothing to open it with.
pub(super) fn open(url: &str) -> io::Result<()> {
    let mut opener = opener().ok_or(io::ErrorKind::Unsupported)?;
    // nothing that is opened writes between the lines here, or reads the keys that are meant for `ra`
    opener
        .arg(url)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    // ours, and they may be secrets
    let ours = |name: &OsString| name.as_encoded_bytes().starts_with(b"RA_");
    for (name, _) in env::vars_os().filter(|(name, _)| ours(name)) {
        opener.env_remove(name);
    }
    #[cfg(unix)]
    {
        use std::os::unix::process::CommandExt as _;
        // Ctrl-C is for `ra` and not for the browser
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

/// Without a display only browsers in the terminal would come, and they would take this one.
#[cfg(not(any(target_os = "macos", windows)))]
fn opener() -> Option<Command> {
    let set = |name| env::var_os(name).is_some_and(|value| !value.is_empty());
    let display = ["DISPLAY", "WAYLAND_DISPLAY", "BROWSER"]
        .into_iter()
        .any(set);
    display.then(|| Command::new("xdg-open"))
}

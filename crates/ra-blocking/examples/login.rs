//! Logs in at the live service, or at a gateway of yours, without an async runtime. Enter cancels.
//!
//! `cargo run -p ra-blocking --features rustcrypto --example login -- [GATEWAY API]`, with addresses such as
//! `ws://127.0.0.1:8787/` and `http://127.0.0.1:8787/api/v9`.
//!
//! `ra gateway` is a gateway to try it with, and `ra approve` plays the phone.

use std::error::Error;
use std::io::stdin;
use std::thread;

use ra_blocking::{Keys, Login, LoginOptions, Network, TlsConfig};
use ra_core::desktop::login::{Event, Outcome};
use ra_http::CaptchaSolution;

fn main() -> Result<(), Box<dyn Error>> {
    let mut options = LoginOptions::new(Keys::new(ra_crypto::RustCrypto));
    options.network = Network::from_environment(TlsConfig::default())?;
    let mut arguments = std::env::args().skip(1);
    if let (Some(gateway), Some(api)) = (arguments.next(), arguments.next()) {
        options.config.gateway = gateway.parse()?;
        options.config.api = api.parse()?;
    }

    let mut login = Login::start(options)?;
    let canceller = login.canceller();
    let (lines, line) = std::sync::mpsc::sync_channel(1);
    thread::spawn(move || {
        // one thread reads what the person types: a captcha's solution, or nothing, which cancels
        for text in stdin().lines().map_while(Result::ok) {
            if text.is_empty() || lines.send(text).is_err() {
                break;
            }
        }
        canceller.cancel();
    });

    while let Some(event) = login.next_event() {
        match event {
            Event::Qr { url, expires_in } => {
                println!(
                    "show as a QR code, good for {} s: {url}",
                    expires_in.as_secs()
                );
            }
            Event::User(user) => println!("{} has scanned it and is deciding", user.username),
            Event::Captcha(challenge) => {
                println!("solve this captcha and type the answer: {challenge:?}");
                match line.recv() {
                    Ok(answer) => login.solve_captcha(CaptchaSolution::new(answer))?,
                    Err(_) => login.give_up_captcha()?,
                }
            }
            Event::Renewing { reason, .. } => println!("{}: another code follows", reason.as_str()),
            _ => {}
        }
    }
    match login.outcome()? {
        Outcome::LoggedIn { user, token } => {
            println!(
                "logged in as {}, token of {} bytes",
                user.username,
                token.expose().len()
            );
        }
        other => println!("{other:?}"),
    }
    Ok(())
}

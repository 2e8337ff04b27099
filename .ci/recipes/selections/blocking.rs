//! A desktop that logs in, on threads.
use remote_auth::blocking::{Keys, Login, LoginOptions};
use remote_auth::core::desktop::login::Event;
use remote_auth::crypto::RustCrypto;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut login = Login::start(LoginOptions::new(Keys::new(RustCrypto)))?;
    while let Some(event) = login.next_event() {
        match event {
            Event::Qr { url, .. } => println!("{url}"),
            Event::Captcha(_) => login.give_up_captcha()?,
            _ => {}
        }
    }
    println!("{:?}", login.outcome()?);
    Ok(())
}

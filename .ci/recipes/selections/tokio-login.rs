//! A desktop that logs in, on tokio.
use remote_auth::core::desktop::login::Event;
use remote_auth::crypto::RustCrypto;
use remote_auth::tokio::{Keys, Login, LoginOptions};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut login = Login::start(LoginOptions::new(Keys::new(RustCrypto)))?;
    while let Some(event) = login.next_event().await {
        match event {
            Event::Qr { url, .. } => println!("{url}"),
            Event::Captcha(_) => login.give_up_captcha()?,
            _ => {}
        }
    }
    println!("{:?}", login.outcome().await?);
    Ok(())
}

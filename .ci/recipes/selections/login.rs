//! A whole login and a phone, without the world that they ask for.
use std::io::Read;

use remote_auth::core::desktop::login::{Config, Input, Login, Output};
use remote_auth::core::{Jitter, MonoTime, mobile};
use remote_auth::crypto::{Backend, Entropy, EntropyError, RustCrypto};
use remote_auth::proto::{ScanUrl, Token};

struct Device(std::fs::File);

impl Entropy for Device {
    fn fill(&mut self, dest: &mut [u8]) -> Result<(), EntropyError> {
        self.0.read_exact(dest).map_err(|_| EntropyError)
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut entropy = Device(std::fs::File::open("/dev/urandom")?);
    let mut login = Login::new(Config::default(), Jitter::from_seed(1), MonoTime::ZERO);
    login.handle(
        MonoTime::ZERO,
        Input::Key(Ok(RustCrypto.generate(&mut entropy)?)),
    );
    login.handle(MonoTime::ZERO, Input::Connected);
    for line in std::io::stdin().lines().map_while(Result::ok) {
        login.handle(MonoTime::ZERO, Input::text(&line));
        while let Some(output) = login.poll_output() {
            match output {
                Output::Send(text) => println!("{}", text.expose()),
                other => println!("{other:?}"),
            }
        }
        if let Ok(scanned) = line.parse::<ScanUrl>() {
            let config = mobile::Config::new(
                "https://discord.com/api/v9".parse()?,
                Token::new(String::new()),
            );
            let mut phone = mobile::Session::new(config, scanned.fingerprint(), MonoTime::ZERO);
            println!("{:?}", phone.poll_output());
        }
    }
    Ok(())
}

//! One socket of a desktop, frames on standard input, with a key of its own.
use std::io::Read;

use remote_auth::core::desktop::session::{Config, Input, Output, Session};
use remote_auth::core::{Jitter, MonoTime};
use remote_auth::crypto::{Backend, Entropy, EntropyError, RustCrypto};

struct Device(std::fs::File);

impl Entropy for Device {
    fn fill(&mut self, dest: &mut [u8]) -> Result<(), EntropyError> {
        self.0.read_exact(dest).map_err(|_| EntropyError)
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut entropy = Device(std::fs::File::open("/dev/urandom")?);
    let key = RustCrypto.generate(&mut entropy)?;
    let mut session = Session::new(Config::default(), key, Jitter::from_seed(1), MonoTime::ZERO);
    for line in std::io::stdin().lines().map_while(Result::ok) {
        session.handle(MonoTime::ZERO, Input::Text(&line));
        while let Some(output) = session.poll_output() {
            match output {
                Output::Send(text) => println!("{}", text.expose()),
                other => println!("{other:?}"),
            }
        }
    }
    Ok(())
}

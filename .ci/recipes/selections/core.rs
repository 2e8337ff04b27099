//! One socket of a desktop, frames on standard input; the key is the caller's.
use remote_auth::core::desktop::session::{Config, Input, Output, Session};
use remote_auth::core::{Jitter, MonoTime};
use remote_auth::crypto::{OpenError, Plaintext, SessionKey};

struct Elsewhere;

impl SessionKey for Elsewhere {
    fn public_key(&self) -> &[u8] {
        &[0; 294]
    }

    fn open(&mut self, _: &[u8]) -> Result<Plaintext, OpenError> {
        Err(OpenError)
    }
}

fn main() {
    let mut session = Session::new(
        Config::default(),
        Box::new(Elsewhere),
        Jitter::from_seed(1),
        MonoTime::ZERO,
    );
    for line in std::io::stdin().lines().map_while(Result::ok) {
        session.handle(MonoTime::ZERO, Input::Text(&line));
        while let Some(output) = session.poll_output() {
            match output {
                Output::Send(text) => println!("{}", text.expose()),
                other => println!("{other:?}"),
            }
        }
    }
}

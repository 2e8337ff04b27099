//! Where to send a person who is to authorize an application.
use std::io::Read;

use remote_auth::oauth2::authorize::{Authorization, RedirectUri};
use remote_auth::oauth2::{Entropy, Scope, Snowflake, Urls};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut device = std::fs::File::open("/dev/urandom")?;
    let entropy = Entropy::draw(|dest| device.read_exact(dest))?;
    let flow = Authorization::new(Snowflake::new(157730590492196864))
        .scopes([Scope::Identify])
        .redirect_uri(RedirectUri::new("http://127.0.0.1:49152/callback")?);
    println!("{:?}", flow.start_code(&Urls::default(), entropy)?);
    Ok(())
}

//! crates.io's discord-qr-auth until its code is there. GATEWAY takes the place of the address that is built in; the
//! code comes as a drawing without its text, so that a line of the right form stands for it.

use discord_qr_auth::Client;

#[tokio::main]
async fn main() {
    let gateway: std::net::SocketAddr = std::env::var("GATEWAY").unwrap().parse().unwrap();
    assert!(gateway.ip().is_loopback(), "GATEWAY is not on loopback");
    let mut client = Client::default();
    client.connect().await.unwrap();
    let code = client.get_code().await.unwrap();
    assert!(code.width() > 20);
    println!("https://discord.com/ra/{}", "-".repeat(43));
}

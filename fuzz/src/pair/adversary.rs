//! The adversary reads every socket, sends on it, and has a key and a code of its own.

use ra_crypto::SessionKey as _;
use ra_http::{Body, Endpoint};
use ra_proto::frame::{DesktopFrame, GatewayFrame, Proof};
use ra_proto::rest::{Cancel, CreateHandshake, ExchangeTicket, Finish, LoginResponse};
use ra_proto::{CloseCode, Fingerprint, HandshakeToken, Ticket, Token, base64};
use ra_testkit::FakeKey;
use ra_testkit::service::{LineId, Wire};

use super::world::{AUTHORIZATIONS, IDS, World, fingerprint};
use crate::script::Script;

/// Id of the adversary's own key.
const KEY: u64 = u64::MAX;

impl World {
    /// Sends a desktop something that its gateway did not send, or not now.
    pub(super) fn forge_down(&mut self, d: usize, script: &mut Script<'_>) {
        let kind = script.byte();
        let text = match kind % 12 {
            0..=3 => self.replayed(script),
            4 => GatewayFrame::Hello {
                timeout_ms: 120_000,
                heartbeat_interval: 41_250,
            }
            .encode(),
            5 => self.sealed(d, &[b'n'; 32], |encrypted_nonce| GatewayFrame::NonceProof {
                encrypted_nonce: encrypted_nonce.into(),
            }),
            6 => {
                let code = self.code(script).unwrap_or(fingerprint(&FakeKey::new(KEY)));
                GatewayFrame::PendingRemoteInit {
                    fingerprint: code.to_string().into(),
                }
                .encode()
            }
            7 => {
                let user = format!("{}:0:0:somebody", IDS[usize::from(kind >> 7)]);
                self.sealed(d, user.as_bytes(), |payload| GatewayFrame::PendingTicket {
                    encrypted_user_payload: payload.into(),
                })
            }
            8 => {
                let ticket = pick(&self.oracle.tickets, script).cloned();
                let ticket = ticket.unwrap_or("canary-made-up".to_owned());
                GatewayFrame::PendingLogin {
                    ticket: (&*ticket).into(),
                }
                .encode()
            }
            9 => GatewayFrame::Cancel.encode(),
            10 => GatewayFrame::HeartbeatAck.encode(),
            _ => script.text().into_owned(),
        };
        if self.parties.desktops[d].line.is_some() {
            self.screens[d].is_meddled_with = true;
            self.desktop_hears(d, &Wire::Text(text));
        }
    }

    /// Sends the gateway something that a desktop did not send, or on another socket; often on one of its own.
    pub(super) fn forge_up(&mut self, line: LineId, script: &mut Script<'_>) {
        let text = match script.byte() % 10 {
            0..=3 => self.replayed(script),
            4 => init(&FakeKey::new(KEY)),
            5 => init(&FakeKey::new(u64::from(script.byte()))),
            6 | 7 => self.own_proof(line),
            8 => DesktopFrame::Heartbeat.encode(),
            _ => script.text().into_owned(),
        };
        self.gateway_hears(line, &Wire::Text(text));
    }

    /// Sends a call that no phone and no desktop has asked for.
    pub(super) fn forge_call(&mut self, script: &mut Script<'_>) {
        let kind = script.byte();
        let account = usize::from(kind >> 7);
        let authorization = Token::new(AUTHORIZATIONS[account].to_owned());
        let handshake = pick(&self.oracle.handshakes, script).map(|(token, _, _)| token.clone());
        let handshake = || HandshakeToken::new(handshake.clone().unwrap_or("made-up".to_owned()));
        match kind % 4 {
            0 => {
                if let Some(code) = self.code(script) {
                    self.send(&CreateHandshake::new(authorization, code));
                }
            }
            1 => {
                // anyone who may speak for an account may approve for it, and for no other
                let meant = self.oracle.handshake(handshake().expose(), account);
                if let Some(code) = meant {
                    self.oracle.is_approved(account, code);
                }
                self.send(&Finish::new(authorization, handshake(), false, None));
            }
            2 => drop(self.send(&Cancel::new(authorization, handshake()))),
            _ => self.steal(script),
        }
    }

    /// Exchanges an overheard ticket, and tries to open the token.
    fn steal(&mut self, script: &mut Script<'_>) {
        let Some(ticket) = pick(&self.oracle.tickets, script).cloned() else {
            return;
        };
        let Some(response) = self.send(&ExchangeTicket::new(Ticket::new(ticket), None)) else {
            return;
        };
        let sealed = LoginResponse::decode(response.body().as_bytes());
        let sealed = sealed.map(|reply| base64::decode(&reply.encrypted_token));
        let mut key = FakeKey::new(KEY);
        if let Ok(Ok(sealed)) = sealed
            && let Ok(token) = key.open(&sealed)
        {
            let token = String::from_utf8_lossy(token.expose()).into_owned();
            self.oracle.token_is_read(&token, Some(fingerprint(&key)));
        }
    }

    fn send(&mut self, endpoint: &impl Endpoint) -> Option<http::Response<Body>> {
        let base = "https://discord.com/api/v9".parse().ok()?;
        let request = endpoint.to_http(&base).ok()?;
        Some(self.serve(&request))
    }

    /// Ends a connection at both ends, at one, or with a close.
    pub(super) fn cut(&mut self, line: LineId, kind: u8) {
        let (up, down) = match kind % 6 {
            0 => (Some(Wire::Lost), None),
            1 => (None, Some(Wire::Lost)),
            2 => (
                None,
                Some(Wire::Close(Some(CloseCode::from(
                    4000 + u16::from(kind / 6 % 6),
                )))),
            ),
            3 => (Some(Wire::Close(Some(CloseCode::NORMAL))), None),
            _ => (Some(Wire::Lost), Some(Wire::Lost)),
        };
        if let Some(wire) = up {
            self.gateway_hears(line, &wire);
        }
        if let Some(wire) = down {
            self.parties.to_desktop(line, &wire);
            self.settle("");
        }
    }

    pub(super) fn code(&self, script: &mut Script<'_>) -> Option<Fingerprint> {
        pick(&self.oracle.codes, script).copied()
    }

    fn replayed(&self, script: &mut Script<'_>) -> String {
        let back = usize::from(script.byte());
        let at = self.overheard.len().wrapping_sub(back + 1);
        self.overheard.get(at).cloned().unwrap_or_default()
    }

    /// Seals to the public key of a desktop.
    fn sealed<'a>(
        &self,
        d: usize,
        plaintext: &[u8],
        frame: impl FnOnce(String) -> GatewayFrame<'a>,
    ) -> String {
        let key = self.screens[d].key.clone().unwrap_or(FakeKey::new(KEY));
        frame(key.seal_text(plaintext)).encode()
    }

    /// Answers the challenge on a socket, if the adversary can open it.
    fn own_proof(&mut self, line: LineId) -> String {
        let sealed = self.challenge(line).unwrap_or_default();
        let mut key = FakeKey::new(KEY);
        let opened = key.open(&base64::decode(&sealed).unwrap_or_default());
        let digest = match &opened {
            Ok(nonce) => ra_crypto::digest_proof(nonce.expose()).to_string(),
            Err(_) => "AAAA".to_owned(),
        };
        let text = DesktopFrame::NonceProof(Proof::Digest((&*digest).into())).encode();
        if opened.is_ok() {
            self.oracle.proof_is_made(&text, fingerprint(&key));
        }
        text
    }
}

fn init(key: &FakeKey) -> String {
    DesktopFrame::Init {
        encoded_public_key: base64::encode_standard(key.public_key()).into(),
    }
    .encode()
}

/// Picks one of the last entries by the next byte.
fn pick<'a, T>(list: &'a [T], script: &mut Script<'_>) -> Option<&'a T> {
    let back = usize::from(script.byte());
    list.get(list.len().checked_sub(1 + back % list.len().max(1))?)
}

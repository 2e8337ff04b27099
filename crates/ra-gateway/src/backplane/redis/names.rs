//! Names of keys and channels in Redis, and the values behind them. `docs/scaling.md` lists them
//! all.

use ra_crypto::{PUBLIC_KEY_BYTES, sha256};
use ra_proto::{Fingerprint, base64};
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use crate::session::registry::SessionId;
use crate::session::ttl_map::Digest;

/// Random id of one gateway process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct NodeId(pub(super) [u8; 16]);

/// Names of keys and channels. Every secret is there as a digest only.
#[derive(Debug)]
pub(super) struct Names {
    prefix: String,
}

impl Names {
    pub(super) fn new(prefix: String) -> Self {
        Self { prefix }
    }

    /// The channel that the node with a session's socket listens to.
    pub(super) fn session(&self, session: &SessionId) -> String {
        self.name("s:", &session.0)
    }

    /// The channel on which a node receives replies.
    pub(super) fn node(&self, node: NodeId) -> String {
        self.name("n:", &node.0)
    }

    /// The key behind a handshake token.
    pub(super) fn handshake(&self, token: &Digest) -> String {
        self.name("h:", token)
    }

    /// The key behind a ticket.
    pub(super) fn ticket(&self, ticket: &Digest) -> String {
        self.name("t:", ticket)
    }

    /// The key behind an MFA ticket.
    pub(super) fn question(&self, ticket: &Digest) -> String {
        self.name("q:", ticket)
    }

    /// The key behind an MFA token.
    pub(super) fn passed(&self, token: &Digest) -> String {
        self.name("p:", token)
    }

    /// The key that counts an account's answers to questions for a second factor.
    pub(super) fn answers(&self, account: u64) -> String {
        self.name("c:", &sha256(&account.to_be_bytes()))
    }

    /// The session that a channel belongs to.
    pub(super) fn session_of(&self, channel: &[u8]) -> Option<SessionId> {
        let id = channel
            .strip_prefix(self.prefix.as_bytes())?
            .strip_prefix(b"s:")?;
        let id = base64::decode(std::str::from_utf8(id).ok()?).ok()?;
        Some(SessionId(id.try_into().ok()?))
    }

    fn name(&self, kind: &str, id: &[u8]) -> String {
        [&self.prefix, kind, &base64::encode_url(id)].concat()
    }
}

/// Digest that binds a secret to an account and, if given, to a desktop's key. It reveals neither
/// to a reader, because the secret is random. A holder of the secret can check that nothing was
/// exchanged.
pub(super) fn bond(purpose: &str, secret: &str, account: u64, key: Option<&Fingerprint>) -> Digest {
    let mut text = Zeroizing::new(Vec::with_capacity(256));
    for part in [purpose.as_bytes(), b"\0", secret.as_bytes(), b"\0"] {
        text.extend_from_slice(part);
    }
    text.extend_from_slice(&account.to_be_bytes());
    text.extend_from_slice(key.map_or(&[][..], |key| key.as_bytes()));
    sha256(&text)
}

/// The value stored for a handshake token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Record {
    /// [`bond`] of the token, its account and the desktop's key.
    pub(super) bond: Digest,
    /// Digest of the ticket for the desktop.
    pub(super) ticket: Digest,
    /// The desktop's key (SPKI).
    pub(super) public_key: Box<[u8]>,
}

const RECORD: u8 = 1;

impl Record {
    pub(super) fn encode(&self) -> Vec<u8> {
        [&[RECORD], &self.bond[..], &self.ticket, &self.public_key].concat()
    }

    pub(super) fn decode(bytes: &[u8]) -> Option<Self> {
        let (version, rest) = bytes.split_first()?;
        let (bond, rest) = rest.split_first_chunk()?;
        let (ticket, public_key) = rest.split_first_chunk()?;
        (*version == RECORD && public_key.len() == PUBLIC_KEY_BYTES).then(|| Self {
            bond: *bond,
            ticket: *ticket,
            public_key: public_key.into(),
        })
    }

    /// Returns true if the token was given to this account for this key.
    pub(super) fn is_of(&self, account: u64, token: &str) -> bool {
        let key = ra_crypto::fingerprint(&self.public_key);
        let bond = bond(HANDSHAKE, token, account, Some(&key));
        bond.ct_eq(&self.bond).into()
    }
}

/// Purposes of [`bond`].
pub(super) const HANDSHAKE: &str = "remote-auth handshake token";
pub(super) const QUESTION: &str = "remote-auth mfa ticket";
pub(super) const PASSED: &str = "remote-auth mfa token";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn r56_a_session_is_found_again_by_its_channel() {
        let names = Names::new("ra:".into());
        let session = SessionId([0xf7; 32]);
        let channel = names.session(&session);
        assert!(channel.starts_with("ra:s:"));
        assert_eq!(names.session_of(channel.as_bytes()), Some(session));
        for other in ["", "ra:", "ra:s:", "ra:s:x", "s:", "ra:n:abc", "xx:s:abc"] {
            assert_eq!(names.session_of(other.as_bytes()), None, "{other}");
        }
        let others = Names::new("rb:".into());
        assert_eq!(others.session_of(channel.as_bytes()), None);
    }

    #[test]
    fn r56_a_record_is_for_one_account_one_token_and_one_key() {
        let public_key = vec![7; PUBLIC_KEY_BYTES];
        let key = ra_crypto::fingerprint(&public_key);
        let record = Record {
            bond: bond(HANDSHAKE, "token", 1, Some(&key)),
            ticket: [2; 32],
            public_key: public_key.into(),
        };
        let read = Record::decode(&record.encode()).unwrap();
        assert_eq!(read, record);
        assert!(read.is_of(1, "token"));
        assert!(!read.is_of(2, "token"));
        assert!(!read.is_of(1, "tokem"));
        let mut exchanged = read;
        exchanged.public_key = vec![8; PUBLIC_KEY_BYTES].into();
        assert!(!exchanged.is_of(1, "token"), "sealed to another's key");
    }

    #[test]
    fn r56_what_is_no_record_is_none() {
        let record = Record {
            bond: [1; 32],
            ticket: [2; 32],
            public_key: vec![3; PUBLIC_KEY_BYTES].into(),
        };
        let good = record.encode();
        for end in 0..good.len() {
            assert_eq!(Record::decode(&good[..end]), None, "{end}");
        }
        let mut other = good.clone();
        other[0] = 2;
        assert_eq!(Record::decode(&other), None);
        assert_eq!(Record::decode(&[&good[..], b"x"].concat()), None);
    }
}

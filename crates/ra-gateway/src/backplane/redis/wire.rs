//! Messages between nodes. They hold no secrets: users are sealed to the desktop's key, tokens are
//! digests.

use ra_crypto::{PUBLIC_KEY_BYTES, SEALED_BYTES};

use super::names::NodeId;
use crate::session::ttl_map::Digest;

/// Version of the messages. During an update, nodes of different versions share a fleet: a message
/// of another version is dropped, and the waiting caller gets a 503.
const VERSION: u8 = 1;

/// Request to the node that has a session's socket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Request {
    /// Node that asks.
    pub(super) node: NodeId,
    /// Number of the request at that node.
    pub(super) call: u64,
    pub(super) ask: Ask,
}

/// Kind of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Ask {
    /// Asks for the desktop's key and leave to scan.
    Key,
    /// Shows the desktop who has scanned.
    Scan(Box<Scan>),
    /// The person approved; the ticket is stored.
    Approve(Digest),
    /// The person declined.
    Decline(Digest),
    /// The key was proven on another socket: that of the asking node with the number in `call`.
    Newer,
}

/// A scan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Scan {
    pub(super) leave: Leave,
    /// Digest of the handshake token.
    pub(super) handshake: Digest,
    pub(super) bond: Digest,
    /// The user, sealed to the desktop's key.
    pub(super) user: [u8; SEALED_BYTES],
}

/// Leave to scan: valid for the next scan only, and for a short time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Leave {
    /// Number of scans before this leave was given.
    pub(super) scan_epoch: u32,
    /// Time at which it was given, by the clock of the giving node.
    pub(super) at: u64,
}

/// Reply to the node that asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Reply {
    pub(super) call: u64,
    pub(super) answer: Answer,
}

/// Kind of a reply.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Answer {
    /// The session is unknown or does not take this request any more.
    No,
    /// Done.
    Yes,
    /// Another phone has scanned meanwhile: ask for leave again.
    Again,
    /// The desktop's key (SPKI) and leave to scan.
    Key(Leave, Box<[u8; PUBLIC_KEY_BYTES]>),
}

impl Request {
    pub(super) fn encode(&self) -> Vec<u8> {
        let mut out = vec![VERSION, self.ask.kind()];
        out.extend_from_slice(&self.node.0);
        out.extend_from_slice(&self.call.to_be_bytes());
        match &self.ask {
            Ask::Key | Ask::Newer => {}
            Ask::Approve(handshake) | Ask::Decline(handshake) => out.extend_from_slice(handshake),
            Ask::Scan(scan) => {
                scan.leave.encode_into(&mut out);
                out.extend_from_slice(&scan.handshake);
                out.extend_from_slice(&scan.bond);
                out.extend_from_slice(&scan.user);
            }
        }
        out
    }

    pub(super) fn decode(bytes: &[u8]) -> Option<Self> {
        let mut rest = bytes;
        if take::<1>(&mut rest)? != [VERSION] {
            return None;
        }
        let [kind] = take(&mut rest)?;
        let node = NodeId(take(&mut rest)?);
        let call = u64::from_be_bytes(take(&mut rest)?);
        let ask = match kind {
            b'k' => Ask::Key,
            b'n' => Ask::Newer,
            b'a' => Ask::Approve(take(&mut rest)?),
            b'd' => Ask::Decline(take(&mut rest)?),
            b's' => Ask::Scan(Box::new(Scan {
                leave: Leave::take(&mut rest)?,
                handshake: take(&mut rest)?,
                bond: take(&mut rest)?,
                user: take(&mut rest)?,
            })),
            _ => return None,
        };
        rest.is_empty().then_some(Self { node, call, ask })
    }
}

impl Ask {
    fn kind(&self) -> u8 {
        match self {
            Self::Key => b'k',
            Self::Scan(_) => b's',
            Self::Approve(_) => b'a',
            Self::Decline(_) => b'd',
            Self::Newer => b'n',
        }
    }
}

impl Reply {
    pub(super) fn encode(&self) -> Vec<u8> {
        let kind = match self.answer {
            Answer::No => b'N',
            Answer::Yes => b'Y',
            Answer::Again => b'A',
            Answer::Key(..) => b'K',
        };
        let mut out = vec![VERSION, kind];
        out.extend_from_slice(&self.call.to_be_bytes());
        if let Answer::Key(leave, key) = &self.answer {
            leave.encode_into(&mut out);
            out.extend_from_slice(&key[..]);
        }
        out
    }

    pub(super) fn decode(bytes: &[u8]) -> Option<Self> {
        let mut rest = bytes;
        if take::<1>(&mut rest)? != [VERSION] {
            return None;
        }
        let [kind] = take(&mut rest)?;
        let call = u64::from_be_bytes(take(&mut rest)?);
        let answer = match kind {
            b'N' => Answer::No,
            b'Y' => Answer::Yes,
            b'A' => Answer::Again,
            b'K' => Answer::Key(Leave::take(&mut rest)?, Box::new(take(&mut rest)?)),
            _ => return None,
        };
        rest.is_empty().then_some(Self { call, answer })
    }
}

impl Leave {
    fn encode_into(self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.scan_epoch.to_be_bytes());
        out.extend_from_slice(&self.at.to_be_bytes());
    }

    fn take(rest: &mut &[u8]) -> Option<Self> {
        Some(Self {
            scan_epoch: u32::from_be_bytes(take(rest)?),
            at: u64::from_be_bytes(take(rest)?),
        })
    }
}

fn take<const N: usize>(rest: &mut &[u8]) -> Option<[u8; N]> {
    let (taken, left) = rest.split_first_chunk()?;
    *rest = left;
    Some(*taken)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn requests() -> Vec<Request> {
        let leave = Leave {
            scan_epoch: 3,
            at: u64::MAX,
        };
        let scan = Scan {
            leave,
            handshake: [4; 32],
            bond: [5; 32],
            user: [6; SEALED_BYTES],
        };
        let asks = [
            Ask::Key,
            Ask::Newer,
            Ask::Approve([1; 32]),
            Ask::Decline([2; 32]),
            Ask::Scan(Box::new(scan)),
        ];
        let request = |ask| Request {
            node: NodeId([9; 16]),
            call: 7,
            ask,
        };
        asks.map(request).into()
    }

    fn replies() -> Vec<Reply> {
        let leave = Leave {
            scan_epoch: 1,
            at: 2,
        };
        let key = Answer::Key(leave, Box::new([8; PUBLIC_KEY_BYTES]));
        let answers = [Answer::No, Answer::Yes, Answer::Again, key];
        answers.map(|answer| Reply { call: 5, answer }).into()
    }

    #[test]
    fn r56_what_one_node_says_the_other_hears() {
        for request in requests() {
            assert_eq!(Request::decode(&request.encode()), Some(request));
        }
        for reply in replies() {
            assert_eq!(Reply::decode(&reply.encode()), Some(reply));
        }
    }

    #[test]
    fn r56_anything_cut_lengthened_or_of_another_version_is_nothing() {
        let requests = requests().into_iter().map(|r| r.encode());
        for good in requests.chain(replies().into_iter().map(|r| r.encode())) {
            let heard =
                |bytes: &[u8]| Request::decode(bytes).is_some() || Reply::decode(bytes).is_some();
            assert!(heard(&good));
            for end in 0..good.len() {
                // a reply's head may be as long as nothing of a request's
                assert!(!heard(&good[..end]), "{end} of {}", good.len());
            }
            assert!(!heard(&[&good[..], b"x"].concat()));
            let mut other = good.clone();
            other[0] = 2;
            assert!(!heard(&other));
        }
    }
}

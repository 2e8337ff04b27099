//! The state of the world.

use std::collections::BTreeSet;

use crate::World;
use crate::parties::{Both, Each, Node, Nodes, Ticket, Tickets, Token, Tokens, Who};

/// State of the world at one moment.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct State {
    /// Living nodes.
    pub alive: Nodes<bool>,
    /// The desktops.
    pub desktops: Both<Desktop>,
    /// Their sessions, each at the node that has the socket.
    pub sessions: Both<Session>,
    /// The phones and their owners.
    pub phones: Both<Phone>,
    /// Contents of Redis.
    pub store: Store,
    /// Messages between nodes. They are kept, because each may arrive never, once or often, in any order. Answers are
    /// kept while their call is open.
    pub said: BTreeSet<Message>,
    /// Mishaps that may still happen.
    pub mishaps: u8,
    /// Tricks that Mallory has left.
    pub tricks: u8,
    /// History, which only the properties read.
    pub history: History,
}

/// A desktop and what its socket still brings, in order.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Desktop {
    /// Its phase.
    pub at: DesktopAt,
    /// Frames on their way to it, in order.
    pub coming: Vec<Down>,
    /// Number of its ends.
    pub ends: u8,
    /// Set if anything happened after its end.
    pub went_on: bool,
}

/// Phase of a desktop; `code` is the owner of the fingerprint on its screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "as in ra_core::desktop")]
pub enum DesktopAt {
    Off,
    Hello,
    Nonce { key: Who },
    Init { key: Who },
    Scan { code: Who },
    Verdict { code: Who, user: Who },
    Exchange { user: Who, ticket: Ticket },
    Ended(Outcome),
}

/// End of a login.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "plain words")]
pub enum Outcome {
    LoggedIn { shown: Who, user: Who },
    Declined,
    Expired,
    Failed,
}

/// A frame to a desktop, or the end of its socket. `to` is the key that it is sealed to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "as on the wire")]
pub enum Down {
    Hello,
    NonceProof { to: Who },
    PendingRemoteInit { fingerprint: Who },
    PendingTicket { user: Who, to: Who },
    PendingLogin { ticket: Ticket },
    Cancel,
    Close { expired: bool },
}

/// A gateway's session.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Session {
    /// Its phase.
    pub at: SessionAt,
    /// The key that the desktop sent.
    pub key: Option<Who>,
    /// Set if the socket is closed and the session has not noticed.
    pub is_left: bool,
    /// Number of scans.
    pub turn: u8,
    /// The handshake token that may decide, and the ticket that it will bring.
    pub standing: Option<(Token, Ticket)>,
    /// Set if it sent anything after its end.
    pub went_on: bool,
}

/// Phase of a gateway session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "as in ra_core::gateway")]
pub enum SessionAt {
    Off,
    Init,
    Proof,
    Scan,
    Scanned,
    Ended,
}

/// A phone, with the person that holds it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Phone {
    /// Its phase.
    pub at: PhoneAt,
    /// Number of its scans.
    pub scans: u8,
    /// Its calls for the last verdict, as far as they have been looked at.
    pub calls: [Call; 2],
}

/// Phase of a phone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "plain words")]
pub enum PhoneAt {
    Idle,
    AsksForKey,
    Scans { turn: u8 },
    AsksPerson,
    Decided(Verdict),
    Over,
}

/// Answer of the person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[expect(missing_docs, reason = "plain words")]
pub enum Verdict {
    Yes,
    No,
}

/// A phone's call with its verdict.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Call {
    /// The call is not made.
    Unmade,
    /// The handshake token was found good; the token has been minted if it is a yes.
    Looked {
        /// The handshake token.
        token: Token,
        /// The record of the token.
        record: Record,
        /// The decision.
        verdict: Verdict,
    },
    /// The call is done.
    Made,
}

/// Contents of Redis.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Store {
    /// `h:`, what is behind each handshake token.
    pub handshakes: Tokens<Option<Record>>,
    /// `t:`, the sealed token behind each ticket.
    pub tickets: Tickets<Option<Sealed>>,
}

/// Record behind a handshake token. It lacks the bond to the account and the scanned key, which `History::seen` knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Record {
    /// The desktop's key.
    pub key: Who,
    /// The ticket for the desktop.
    pub ticket: Ticket,
}

/// A user's token, sealed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Sealed {
    /// Owner of the token.
    pub user: Who,
    /// The key it is sealed to.
    pub to: Who,
    /// The scanned key, which only the properties read.
    pub scanned: Who,
}

/// Message between nodes; `token` also identifies the call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Message {
    /// Asks the node with this fingerprint for the key and for leave to scan.
    Key {
        /// The call.
        token: Token,
        /// The fingerprint.
        code: Who,
    },
    /// Asks to show that this user has scanned.
    Scan {
        /// The handshake token, as a digest.
        token: Token,
        /// The fingerprint.
        code: Who,
        /// The leave.
        turn: u8,
        /// The key that the user is sealed to.
        to: Who,
    },
    /// The person has decided.
    Verdict {
        /// The handshake token, as a digest.
        token: Token,
        /// The fingerprint of the key in its record.
        code: Who,
        /// The decision.
        verdict: Verdict,
    },
    /// The answer to `Key`.
    Leave {
        /// The call.
        token: Token,
        /// Number of earlier scans.
        turn: u8,
        /// The key.
        key: Who,
    },
    /// `Scan` succeeded.
    Shown {
        /// The call.
        token: Token,
        /// The leave that it used.
        turn: u8,
    },
    /// `Scan` failed because the leave has lapsed: ask again.
    Again {
        /// The call.
        token: Token,
        /// The lapsed leave.
        turn: u8,
    },
    /// `Key` or `Scan` failed.
    Gone {
        /// The call.
        token: Token,
    },
}

impl Message {
    /// Returns the call that this message answers, if it is an answer.
    pub(crate) fn answers(self) -> Option<Token> {
        match self {
            Self::Leave { token, .. }
            | Self::Shown { token, .. }
            | Self::Again { token, .. }
            | Self::Gone { token } => Some(token),
            Self::Key { .. } | Self::Scan { .. } | Self::Verdict { .. } => None,
        }
    }
}

/// History of a run.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct History {
    /// The code that the phone of each handshake token saw.
    pub seen: Tokens<Option<Seen>>,
    /// Approvals of keys, by person.
    pub yes: Both<Both<bool>>,
    /// People who approved a code that was not on their own desktop's screen.
    pub fooled: Both<bool>,
    /// Handshake tokens that another scan has replaced.
    pub withdrawn: Tokens<bool>,
    /// Number of verdicts by handshake token.
    pub verdicts: Tokens<u8>,
    /// Desktops that received a ticket for each handshake token.
    pub handed: Tokens<Both<bool>>,
    /// Redemptions of each ticket.
    pub redeemed: Tickets<u8>,
    /// Users whose token a trick has opened with the key of Bob's desktop.
    pub opened: Both<bool>,
    /// Set if a withdrawn handshake token has decided.
    pub withdrawn_decided: bool,
    /// Set if a user was sealed to a key other than the scanned one.
    pub missealed: bool,
}

/// Code that a phone saw.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Seen {
    /// Owner of the screen that showed the code, or of which a picture was shown.
    pub screen: Who,
    /// Owner of the fingerprint on it.
    pub code: Who,
}

impl State {
    /// Returns the first state.
    pub(crate) fn new(world: &World) -> Self {
        let desktop = || Desktop {
            at: DesktopAt::Off,
            coming: Vec::new(),
            ends: 0,
            went_on: false,
        };
        let session = || Session {
            at: SessionAt::Off,
            key: None,
            is_left: false,
            turn: 0,
            standing: None,
            went_on: false,
        };
        let phone = || Phone {
            at: PhoneAt::Idle,
            scans: 0,
            calls: [Call::Unmade; 2],
        };
        let neither = Each::from([false; 2]);
        Self {
            alive: Each::from([true; 2]),
            desktops: Each::from([desktop(), desktop()]),
            sessions: Each::from([session(), session()]),
            phones: Each::from([phone(), phone()]),
            store: Store {
                handshakes: Each::default(),
                tickets: Each::default(),
            },
            said: BTreeSet::new(),
            mishaps: world.mishaps,
            tricks: world.tricks,
            history: History {
                seen: Each::default(),
                yes: Each::from([neither.clone(), neither.clone()]),
                fooled: neither.clone(),
                withdrawn: Each::default(),
                verdicts: Each::default(),
                handed: Each::default(),
                redeemed: Each::default(),
                opened: neither,
                withdrawn_decided: false,
                missealed: false,
            },
        }
    }

    /// Returns whether any session listens for this fingerprint. Redis learns later that a session has ended; in the
    /// model it never does.
    pub(crate) fn is_listened_for(&self, code: Who) -> bool {
        Who::BOTH.iter().any(|who| self.listens(*who, code))
    }

    /// The handshake token of a phone's last scan.
    pub(crate) fn last_token(&self, of: Who) -> Option<Token> {
        let nth = self.phones[of].scans.checked_sub(1)?;
        Some(Token { of, nth })
    }

    /// Returns whether any node takes calls.
    pub(crate) fn takes_calls(&self) -> bool {
        self.alive.iter().any(|alive| *alive)
    }

    /// Returns whether this session listens for this fingerprint.
    pub(crate) fn listens(&self, who: Who, code: Who) -> bool {
        let session = &self.sessions[who];
        let is_out = matches!(
            session.at,
            SessionAt::Scan | SessionAt::Scanned | SessionAt::Ended
        );
        is_out && session.key == Some(code) && self.alive[Node::of(who)]
    }
}

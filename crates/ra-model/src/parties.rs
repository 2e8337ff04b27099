//! The parties, and maps with one entry for each.

use std::ops::{Index, IndexMut};

/// A person. Each has a phone that is logged in, and a desktop that wants in; so this also names an account, a
/// desktop, its socket, and its key and fingerprint (a key is for one session).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Who {
    /// Does what people do: looks at the desktop in front of her, or at a picture that she is shown.
    Ann,
    /// The same, or Mallory by another name.
    Bob,
}

impl Who {
    /// Both.
    pub const BOTH: [Self; 2] = [Self::Ann, Self::Bob];

    /// Returns the other person.
    #[must_use]
    pub fn other(self) -> Self {
        match self {
            Self::Ann => Self::Bob,
            Self::Bob => Self::Ann,
        }
    }
}

/// One of the gateway's nodes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Node {
    /// Has Ann's socket.
    A,
    /// Has Bob's. All that two sockets at one node would share is its death.
    B,
}

impl Node {
    /// Both.
    pub const BOTH: [Self; 2] = [Self::A, Self::B];

    /// Returns the node with the socket of this person's desktop.
    pub(crate) fn of(who: Who) -> Self {
        match who {
            Who::Ann => Self::A,
            Who::Bob => Self::B,
        }
    }
}

/// A handshake token: the answer to a phone's scan.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Token {
    /// Owner of the phone that scanned.
    pub of: Who,
    /// Number of the phone's scan, from 0.
    pub nth: u8,
}

impl Token {
    /// Most scans of a phone.
    pub const SCANS: u8 = 2;

    /// Returns all possible ones.
    pub fn all() -> impl Iterator<Item = Self> {
        Who::BOTH
            .into_iter()
            .flat_map(|of| (0..Self::SCANS).map(move |nth| Self { of, nth }))
    }
}

/// A ticket: made for each scan that a desktop is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Ticket {
    /// Owner of the desktop whose session it is for.
    pub session: Who,
    /// Number of the session's scan, from 0.
    pub turn: u8,
}

impl Ticket {
    /// Most scans of a session: as many as there are tokens.
    pub const TURNS: u8 = 4;

    /// Returns all possible ones.
    pub fn all() -> impl Iterator<Item = Self> {
        let both = Who::BOTH.into_iter();
        both.flat_map(|session| (0..Self::TURNS).map(move |turn| Self { session, turn }))
    }
}

/// A map with an entry for each of a few keys.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Each<T, const N: usize>([T; N]);

/// For Ann and for Bob.
pub type Both<T> = Each<T, 2>;
/// For each node.
pub type Nodes<T> = Each<T, 2>;
/// For each handshake token.
pub type Tokens<T> = Each<T, 4>;
/// For each ticket.
pub type Tickets<T> = Each<T, 8>;

/// A key with a fixed index.
pub trait Place {
    /// Returns the index.
    fn place(&self) -> usize;
}

impl Place for Who {
    fn place(&self) -> usize {
        *self as usize
    }
}

impl Place for Node {
    fn place(&self) -> usize {
        *self as usize
    }
}

impl Place for Token {
    fn place(&self) -> usize {
        self.of as usize * 2 + usize::from(self.nth)
    }
}

impl Place for Ticket {
    fn place(&self) -> usize {
        self.session as usize * usize::from(Self::TURNS) + usize::from(self.turn)
    }
}

impl<T, P: Place, const N: usize> Index<P> for Each<T, N> {
    type Output = T;

    fn index(&self, of: P) -> &T {
        &self.0[of.place()]
    }
}

impl<T, P: Place, const N: usize> IndexMut<P> for Each<T, N> {
    fn index_mut(&mut self, of: P) -> &mut T {
        &mut self.0[of.place()]
    }
}

impl<T, const N: usize> Each<T, N> {
    /// All, in order.
    pub fn iter(&self) -> impl Iterator<Item = &T> {
        self.0.iter()
    }
}

impl<T: Default, const N: usize> Default for Each<T, N> {
    fn default() -> Self {
        Self(std::array::from_fn(|_| T::default()))
    }
}

impl<T, const N: usize> From<[T; N]> for Each<T, N> {
    fn from(each: [T; N]) -> Self {
        Self(each)
    }
}

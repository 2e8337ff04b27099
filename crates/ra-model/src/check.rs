//! The checks that the code makes. Leaving one out shows what it is for: `tests/left_out.rs`.

/// A check, and where the code makes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Check {
    /// The gateway shows no code before the desktop has proven its key: `is_right` in
    /// `ra-core/src/gateway/state.rs`.
    Proof,
    /// The desktop shows a code for its own key only: `AwaitInit` in `ra-core/src/desktop/session/state.rs`.
    OwnFingerprint,
    /// The phone approves after its person's yes only: `ra-core/src/mobile/state.rs`.
    Asked,
    /// A node seals to the key that was scanned, whoever answers with one: `scan` in
    /// `ra-gateway/src/backplane/redis/mod.rs`.
    ScannedKey,
    /// Leave to scan is for one scan: `scanned` in `ra-gateway/src/backplane/redis/node.rs`.
    Leave,
    /// The last scan's handshake token decides and no other: `Hold::spend` in
    /// `ra-gateway/src/session/registry.rs`.
    LastScan,
    /// A handshake token is its account's: `bond` in `ra-gateway/src/backplane/redis/names.rs`.
    Account,
    /// A handshake token is for one desktop's key: the same `bond`.
    BoundKey,
    /// A verdict uses its handshake token up in the step that finds it: `DECIDE` in
    /// `ra-gateway/src/backplane/redis/scripts.rs`.
    OneVerdict,
    /// A ticket goes in the step that finds it: `redeem` in `ra-gateway/src/backplane/redis/mod.rs`.
    OneExchange,
    /// What is sealed to a key is opened with that key alone: `self.key.open` in
    /// `ra-core/src/desktop/login/exchange.rs`.
    Sealed,
    /// A desktop's session that has ended takes nothing: `Ended` in
    /// `ra-core/src/desktop/session/state.rs`.
    DesktopEnded,
    /// A gateway's session that has ended takes nothing: `Ended` in `ra-core/src/gateway/state.rs`.
    SessionEnded,
}

impl Check {
    /// All of them.
    pub const ALL: [Self; 13] = [
        Self::Proof,
        Self::OwnFingerprint,
        Self::Asked,
        Self::ScannedKey,
        Self::Leave,
        Self::LastScan,
        Self::Account,
        Self::BoundKey,
        Self::OneVerdict,
        Self::OneExchange,
        Self::Sealed,
        Self::DesktopEnded,
        Self::SessionEnded,
    ];
}

//! The checks that the code makes. `tests/it/checks_left_out.rs` leaves out each one to show what it prevents.

/// A check, and where the code makes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Check {
    /// The gateway shows no code before the desktop has proven its key: `is_right` in
    /// `ra-core/src/gateway/state.rs`.
    Proof,
    /// The desktop shows a code only for its own key: `AwaitInit` in `ra-core/src/desktop/session/state.rs`.
    OwnFingerprint,
    /// The phone approves only after its person has approved: `ra-core/src/mobile/state.rs`.
    Asked,
    /// A node seals to the scanned key, whatever key an answer holds: `scan` in
    /// `ra-gateway/src/backplane/redis/mod.rs`.
    ScannedKey,
    /// Leave to scan is for one scan: `scanned` in `ra-gateway/src/backplane/redis/node.rs`.
    Leave,
    /// Only the last scan's handshake token decides: `spend` in `ra-gateway/src/session/registry.rs`.
    LastScan,
    /// A handshake token works only for its account: `bond` in `ra-gateway/src/backplane/redis/names.rs`.
    Account,
    /// A handshake token works only for one desktop's key: the same `bond`.
    BoundKey,
    /// A verdict uses up its handshake token in the step that finds it: `DECIDE` in
    /// `ra-gateway/src/backplane/redis/scripts.rs`.
    OneVerdict,
    /// A ticket is deleted in the step that finds it: `redeem` in `ra-gateway/src/backplane/redis/mod.rs`.
    OneExchange,
    /// Only the key that data is sealed to opens the data: `self.key.open` in
    /// `ra-core/src/desktop/login/exchange.rs`.
    Sealed,
    /// An ended session of a desktop ignores input: `Ended` in `ra-core/src/desktop/session/state.rs`.
    DesktopEnded,
    /// An ended session of a gateway ignores input: `Ended` in `ra-core/src/gateway/state.rs`.
    SessionEnded,
}

impl Check {
    /// All checks.
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

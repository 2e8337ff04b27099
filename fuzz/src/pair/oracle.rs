use std::collections::{BTreeMap, BTreeSet};

use ra_proto::Fingerprint;

/// An account, as an index.
pub(super) type Account = usize;

/// What is so, whatever the machines believe: who said yes to what, who holds which key, and what each token is.
#[derive(Default)]
pub(super) struct Truth {
    approvals: Vec<Approval>,
    /// What each token that the host has given away stands for.
    tokens: BTreeMap<String, (Account, Fingerprint)>,
    /// Which desktop each key was made for; its number is the index plus one.
    keys: Vec<usize>,
    /// Keys that stood in an `init`.
    used: BTreeSet<u64>,
    /// Proofs by the holders of keys, as they were sent.
    proofs: BTreeMap<String, Fingerprint>,
    /// Codes that phones may find, the rogue's among them.
    pub(super) codes: Vec<Fingerprint>,
    /// Handshake tokens that the host has given away.
    pub(super) handshakes: Vec<(String, Account, Fingerprint)>,
    /// Tickets that the host has given away.
    pub(super) tickets: Vec<String>,
}

/// A yes of an account to a session, and whether somebody got in by it.
struct Approval {
    account: Account,
    fingerprint: Fingerprint,
    spent: bool,
}

impl Truth {
    /// Makes a key for a desktop.
    pub(super) fn new_key(&mut self, desk: usize) -> u64 {
        self.keys.push(desk);
        self.keys.len() as u64
    }

    /// A desktop has begun a session with this key: its own, and not used before.
    pub(super) fn key_is_used(&mut self, desk: usize, key: u64) {
        let index = usize::try_from(key).unwrap_or_default().checked_sub(1);
        let owner = index.and_then(|index| self.keys.get(index));
        assert_eq!(
            owner,
            Some(&desk),
            "a key that was not made for this desktop"
        );
        assert!(self.used.insert(key), "a key was used twice");
    }

    pub(super) fn proof_is_made(&mut self, text: &str, holder: Fingerprint) {
        self.proofs.insert(text.to_owned(), holder);
    }

    /// A gateway puts this code before phones, on the strength of `proof`.
    pub(super) fn code_is_ready(&mut self, code: Fingerprint, proof: &str) {
        assert_eq!(
            self.proofs.get(proof),
            Some(&code),
            "a code for a key that nobody has proven"
        );
        self.codes.push(code);
    }

    pub(super) fn is_approved(&mut self, account: Account, fingerprint: Fingerprint) {
        self.approvals.push(Approval {
            account,
            fingerprint,
            spent: false,
        });
    }

    /// The person thought better of it, before anything came of it.
    pub(super) fn is_withdrawn(&mut self, account: Account, fingerprint: Fingerprint) {
        if let Some(at) = self.find(account, fingerprint) {
            self.approvals.remove(at);
        }
    }

    pub(super) fn token_is_made(&mut self, token: &str, account: Account, code: Fingerprint) {
        self.tokens.insert(token.to_owned(), (account, code));
    }

    /// Somebody who has shown `code` can read `token`. Answers whose it is.
    #[allow(clippy::expect_used)] // are two of the properties
    pub(super) fn token_is_read(&mut self, token: &str, code: Option<Fingerprint>) -> Account {
        let (account, meant) = *self.tokens.get(token).expect("the host has made the token");
        assert_eq!(code, Some(meant), "a token for another session");
        let at = self.find(account, meant);
        let at = at.expect("an approval that let nobody in yet");
        if let Some(approval) = self.approvals.get_mut(at) {
            approval.spent = true;
        }
        account
    }

    /// Whether this handshake token was given to this account, and for which session.
    pub(super) fn handshake(&self, token: &str, account: Account) -> Option<Fingerprint> {
        let mut mine = self.handshakes.iter().filter(|(_, of, _)| *of == account);
        let found = mine.find(|(known, _, _)| known == token);
        found.map(|(_, _, fingerprint)| *fingerprint)
    }

    /// Who got in, by whose yes.
    #[cfg(test)]
    pub(super) fn let_in(&self) -> Vec<Account> {
        let spent = self.approvals.iter().filter(|approval| approval.spent);
        spent.map(|approval| approval.account).collect()
    }

    fn find(&self, account: Account, fingerprint: Fingerprint) -> Option<usize> {
        self.approvals.iter().position(|approval| {
            !approval.spent && approval.account == account && approval.fingerprint == fingerprint
        })
    }
}

//! The oracle knows what is true, whatever the machines believe, and judges what they do.

use std::collections::{BTreeMap, BTreeSet};

use ra_proto::Fingerprint;
use ra_testkit::service::Issued;

/// Index of an account.
pub(super) type Account = usize;

#[derive(Default)]
pub(super) struct Oracle {
    approvals: Vec<Approval>,
    /// Meaning of each token that the service gave away.
    tokens: BTreeMap<String, (Account, Fingerprint)>,
    /// The desktop that each key was made for. A key's id is its index plus one.
    keys: Vec<usize>,
    /// Ids of keys that stood in an `init`.
    used: BTreeSet<u64>,
    /// Proofs by the holders of keys, as they were sent.
    proofs: BTreeMap<String, Fingerprint>,
    /// Codes that phones may scan, the adversary's included.
    pub(super) codes: Vec<Fingerprint>,
    /// Handshake tokens that the service gave away.
    pub(super) handshakes: Vec<(String, Account, Fingerprint)>,
    /// Tickets that the service gave away.
    pub(super) tickets: Vec<String>,
    phones: [Option<Owner>; 2],
}

/// An account's approval of a session, and whether somebody got in by it.
struct Approval {
    account: Account,
    code: Fingerprint,
    spent: bool,
}

/// The owner of a phone that has scanned a code.
struct Owner {
    account: Account,
    code: Fingerprint,
    has_approved: bool,
}

impl Oracle {
    /// Makes a key for a desktop, and returns its id.
    pub(super) fn new_key(&mut self, desktop: usize) -> u64 {
        self.keys.push(desktop);
        self.keys.len() as u64
    }

    /// A desktop begins a session with this key.
    pub(super) fn key_is_used(&mut self, desktop: usize, key: u64) {
        let index = usize::try_from(key).unwrap_or_default().checked_sub(1);
        let owner = index.and_then(|index| self.keys.get(index));
        assert_eq!(owner, Some(&desktop), "the key of another desktop");
        assert!(self.used.insert(key), "a key was used twice");
    }

    /// The holder of this key sends a proof.
    pub(super) fn proof_is_made(&mut self, text: &str, holder: Fingerprint) {
        self.proofs.insert(text.to_owned(), holder);
    }

    /// The service gave something away. `heard` is the text that made the gateway do so.
    pub(super) fn learn(&mut self, issued: Issued, heard: &str) {
        match issued {
            Issued::Ready(code) => {
                let proven = self.proofs.get(heard);
                assert_eq!(proven, Some(&code), "a code for a key that was not proven");
                self.codes.push(code);
            }
            Issued::Handshake(token, account, code) => self.handshakes.push((token, account, code)),
            Issued::Ticket(ticket) => self.tickets.push(ticket),
            Issued::Token(token, account, code) => {
                self.tokens.insert(token, (account, code));
            }
        }
    }

    /// A phone scans a code.
    pub(super) fn scans(&mut self, phone: usize, account: Account, code: Fingerprint) {
        self.phones[phone] = Some(Owner {
            account,
            code,
            has_approved: false,
        });
    }

    /// A phone sends a call to this path.
    pub(super) fn phone_calls(&self, phone: usize, path: &str) {
        let owner = self.phones[phone].as_ref();
        assert!(
            owner.is_some_and(|owner| owner.has_approved) || !path.ends_with("/finish"),
            "an approval that the owner did not give"
        );
    }

    pub(super) fn owner_approves(&mut self, phone: usize) {
        if let Some(owner) = &mut self.phones[phone] {
            owner.has_approved = true;
            let (account, code) = (owner.account, owner.code);
            self.is_approved(account, code);
        }
    }

    /// The owner changes their mind before anything came of the approval.
    pub(super) fn owner_declines(&mut self, phone: usize) {
        if let Some(owner) = &mut self.phones[phone]
            && std::mem::take(&mut owner.has_approved)
        {
            let (account, code) = (owner.account, owner.code);
            if let Some(at) = self.find(account, code) {
                self.approvals.remove(at);
            }
        }
    }

    pub(super) fn is_approved(&mut self, account: Account, code: Fingerprint) {
        self.approvals.push(Approval {
            account,
            code,
            spent: false,
        });
    }

    /// Somebody who has shown `code` can read `token`. Returns the account that it belongs to.
    #[allow(clippy::expect_used)] // are two of the properties
    pub(super) fn token_is_read(&mut self, token: &str, code: Option<Fingerprint>) -> Account {
        let (account, meant) = *self.tokens.get(token).expect("the service made the token");
        assert_eq!(code, Some(meant), "a token for another session");
        let at = self.find(account, meant);
        let at = at.expect("an approval that let nobody in yet");
        if let Some(approval) = self.approvals.get_mut(at) {
            approval.spent = true;
        }
        account
    }

    /// Returns the session that a handshake token of this account belongs to.
    pub(super) fn handshake(&self, token: &str, account: Account) -> Option<Fingerprint> {
        let mut mine = self.handshakes.iter().filter(|(_, of, _)| *of == account);
        let found = mine.find(|(known, _, _)| known == token);
        found.map(|(_, _, code)| *code)
    }

    /// Returns the accounts whose approvals let somebody in.
    #[cfg(test)]
    pub(super) fn let_in(&self) -> Vec<Account> {
        let spent = self.approvals.iter().filter(|approval| approval.spent);
        spent.map(|approval| approval.account).collect()
    }

    fn find(&self, account: Account, code: Fingerprint) -> Option<usize> {
        self.approvals.iter().position(|approval| {
            !approval.spent && approval.account == account && approval.code == code
        })
    }
}

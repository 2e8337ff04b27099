//! The question for a second factor before `finish`.

use ra_core::MonoTime;
use ra_proto::{MfaTicket, MfaToken};

use crate::base::entropy::EntropySource;
use crate::config::Config;
use crate::observe::problem::Problem;
use crate::session::ttl_map::{TtlMap, digest};

/// MFA tickets and MFA tokens, both bound to an account and short-lived.
///
/// A ticket allows [`mfa_tries_per_ticket`](crate::Limits::mfa_tries_per_ticket) wrong answers. A
/// right answer uses it up. A token may be used again until it expires, as with Discord: a phone
/// that lost the answer to its `finish` need not ask the person again.
pub(super) struct SecondFactor {
    entropy: EntropySource,
    tries: u32,
    questions: TtlMap<Question>,
    tokens: TtlMap<u64>,
}

struct Question {
    account: u64,
    tries: u32,
}

impl SecondFactor {
    pub(super) fn new(config: &Config) -> Self {
        let capacity = usize::try_from(config.limits.sessions).unwrap_or(usize::MAX);
        Self {
            entropy: config.entropy.clone(),
            tries: config.limits.mfa_tries_per_ticket,
            questions: TtlMap::new(capacity, config.lifetimes.mfa_ticket),
            tokens: TtlMap::new(capacity, config.lifetimes.mfa_token),
        }
    }

    /// Opens a question to this account.
    pub(super) fn ask(&self, now: MonoTime, account: u64) -> Result<MfaTicket, Problem> {
        let ticket = MfaTicket::new(self.entropy.secret()?);
        let question = Question { account, tries: 0 };
        self.questions
            .insert(now, digest(ticket.expose()), question)?;
        Ok(ticket)
    }

    /// Counts an answer before it is checked, so that answers sent at the same time all count.
    pub(super) fn count(
        &self,
        now: MonoTime,
        account: u64,
        ticket: &MfaTicket,
    ) -> Result<(), Problem> {
        let counted = self.questions.with(now, ticket.expose(), |question| {
            let counts = question.account == account && question.tries < self.tries;
            question.tries += u32::from(counts);
            counts
        });
        if counted == Some(true) {
            Ok(())
        } else {
            Err(Problem::UnknownMfaTicket)
        }
    }

    /// Accepts a right answer: uses the ticket up.
    pub(super) fn pass(
        &self,
        now: MonoTime,
        account: u64,
        ticket: &MfaTicket,
    ) -> Result<MfaToken, Problem> {
        let token = MfaToken::new(self.entropy.secret()?);
        let question = self
            .questions
            .take_if(now, ticket.expose(), |q| q.account == account);
        question.ok_or(Problem::UnknownMfaTicket)?;
        self.tokens.insert(now, digest(token.expose()), account)?;
        Ok(token)
    }

    /// Returns true if this account has passed.
    pub(super) fn has_passed(&self, now: MonoTime, account: u64, token: &MfaToken) -> bool {
        self.tokens
            .with(now, token.expose(), |owner| *owner == account)
            == Some(true)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: u64) -> MonoTime {
        MonoTime::from_millis(seconds * 1000)
    }

    #[test]
    fn r43_a_right_answer_makes_a_token_for_that_account_alone() {
        let factor = SecondFactor::new(&Config::default());
        let ticket = factor.ask(at(0), 1).unwrap();
        factor.count(at(1), 1, &ticket).unwrap();
        let token = factor.pass(at(1), 1, &ticket).unwrap();
        assert!(factor.has_passed(at(2), 1, &token));
        assert!(!factor.has_passed(at(2), 2, &token));
        assert!(!factor.has_passed(at(2), 1, &MfaToken::new("guess")));
        assert!(
            factor.has_passed(at(300), 1, &token),
            "good until it expires"
        );
        assert!(!factor.has_passed(at(301), 1, &token));
    }

    #[test]
    fn r43_a_ticket_is_used_up_by_a_right_answer() {
        let factor = SecondFactor::new(&Config::default());
        let ticket = factor.ask(at(0), 1).unwrap();
        factor.pass(at(1), 1, &ticket).unwrap();
        assert_eq!(
            factor.pass(at(1), 1, &ticket),
            Err(Problem::UnknownMfaTicket)
        );
        assert_eq!(
            factor.count(at(1), 1, &ticket),
            Err(Problem::UnknownMfaTicket)
        );
    }

    #[test]
    fn r43_a_ticket_stands_five_answers_and_only_of_its_account() {
        let factor = SecondFactor::new(&Config::default());
        let ticket = factor.ask(at(0), 1).unwrap();
        assert_eq!(
            factor.count(at(0), 2, &ticket),
            Err(Problem::UnknownMfaTicket)
        );
        assert_eq!(
            factor.pass(at(0), 2, &ticket),
            Err(Problem::UnknownMfaTicket)
        );
        for _ in 0..5 {
            assert_eq!(factor.count(at(0), 1, &ticket), Ok(()));
        }
        assert_eq!(
            factor.count(at(0), 1, &ticket),
            Err(Problem::UnknownMfaTicket)
        );
    }

    #[test]
    fn r43_a_ticket_expires() {
        let factor = SecondFactor::new(&Config::default());
        let ticket = factor.ask(at(0), 1).unwrap();
        assert_eq!(factor.count(at(299), 1, &ticket), Ok(()));
        assert_eq!(
            factor.count(at(300), 1, &ticket),
            Err(Problem::UnknownMfaTicket)
        );
    }
}

//! Second factors through Redis: questions, answers, and tokens for right answers.

use ra_proto::{MfaTicket, MfaToken};
use redis::cmd;
use subtle::ConstantTimeEq;
use tokio::time::Duration;

use super::Fleet;
use super::names::{PASSED, QUESTION, bond};
use super::scripts;
use crate::observe::problem::Problem;
use crate::session::ttl_map::digest;

impl Fleet {
    pub(super) async fn ask_mfa(&self, account: u64) -> Result<MfaTicket, Problem> {
        let ticket = MfaTicket::new(self.node.entropy.secret()?);
        let key = self.node.names.question(&digest(ticket.expose()));
        let bond = bond(QUESTION, ticket.expose(), account, None);
        let _: u64 = self
            .query(&scripts::ask(&key, &bond, self.mfa_ticket_millis))
            .await?;
        Ok(ticket)
    }

    pub(super) async fn count(&self, account: u64, ticket: &MfaTicket) -> Result<(), Problem> {
        let names = &self.node.names;
        let key = names.question(&digest(ticket.expose()));
        let bond = bond(QUESTION, ticket.expose(), account, None);
        let counted: i64 = self
            .query(&scripts::count(
                &key,
                &names.answers(account),
                &bond,
                self.tries,
            ))
            .await?;
        match counted {
            1.. => Ok(()),
            0 => Err(Problem::UnknownMfaTicket),
            wait => Err(Problem::RateLimited(Duration::from_millis(
                wait.unsigned_abs(),
            ))),
        }
    }

    pub(super) async fn pass(&self, account: u64, ticket: &MfaTicket) -> Result<MfaToken, Problem> {
        let token = MfaToken::new(self.node.entropy.secret()?);
        let names = &self.node.names;
        let passed: u64 = self
            .query(&scripts::pass(
                &names.question(&digest(ticket.expose())),
                &names.passed(&digest(token.expose())),
                &bond(QUESTION, ticket.expose(), account, None),
                &bond(PASSED, token.expose(), account, None),
                self.mfa_token_millis,
            ))
            .await?;
        match passed {
            0 => Err(Problem::UnknownMfaTicket),
            _ => Ok(token),
        }
    }

    pub(super) async fn has_passed(&self, account: u64, token: &MfaToken) -> Result<bool, Problem> {
        let key = self.node.names.passed(&digest(token.expose()));
        let bond = bond(PASSED, token.expose(), account, None);
        let stored: Option<Vec<u8>> = self.query(cmd("GET").arg(key)).await?;
        Ok(stored.is_some_and(|stored| stored.ct_eq(&bond).into()))
    }
}

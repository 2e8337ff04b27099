//! A login's steps through Redis: scan, verdict, exchange.

use ra_crypto::SEALED_BYTES;
use ra_proto::{Fingerprint, HandshakeToken, Ticket, User};
use redis::cmd;
use zeroize::Zeroizing;

use super::Fleet;
use super::names::{HANDSHAKE, Record, bond};
use super::scripts::{self, Granted};
use super::wire::{Answer, Ask, Request, Scan};
use crate::observe::problem::Problem;
use crate::session::registry::SessionId;
use crate::session::ttl_map::digest;

/// Number of attempts of a scan that others overtake.
const SCANS: u32 = 4;

impl Fleet {
    pub(super) async fn scan(
        &self,
        fingerprint: &Fingerprint,
        user: &User,
    ) -> Result<HandshakeToken, Problem> {
        let session = SessionId::of(fingerprint);
        let token = HandshakeToken::new(self.node.entropy.secret()?);
        for _ in 0..SCANS {
            let Answer::Key(leave, key) = self.ask(&session, Ask::Key).await? else {
                return Err(Problem::UnknownSession);
            };
            // only accept the key whose fingerprint the phone has scanned, no matter which node
            // answered
            if ra_crypto::fingerprint(&key[..]) != *fingerprint {
                return Err(Problem::UnknownSession);
            }
            let payload = Zeroizing::new(user.encode());
            let scan = Scan {
                leave,
                handshake: digest(token.expose()),
                bond: bond(HANDSHAKE, token.expose(), user.id, Some(fingerprint)),
                user: self.seal(&key[..], payload.as_bytes())?,
            };
            match self.ask(&session, Ask::Scan(Box::new(scan))).await? {
                Answer::Yes => return Ok(token),
                Answer::Again => {}
                Answer::No | Answer::Key(..) => return Err(Problem::UnknownSession),
            }
        }
        Err(Problem::BUSY)
    }

    fn seal(&self, key: &[u8], payload: &[u8]) -> Result<[u8; SEALED_BYTES], Problem> {
        let key = self.backend.peer_key(key).map_err(|_| Problem::Internal)?;
        let sealed = key.seal(payload, &mut *self.node.entropy.open());
        let sealed = sealed.map_err(|_| Problem::Internal)?;
        sealed.try_into().map_err(|_| Problem::Internal)
    }

    /// Reads what a handshake token of this account may decide.
    async fn record(&self, account: u64, token: &HandshakeToken) -> Result<Record, Problem> {
        let key = self.node.names.handshake(&digest(token.expose()));
        let record: Option<Vec<u8>> = self.query(cmd("GET").arg(key)).await?;
        record
            .and_then(|record| Record::decode(&record))
            // treat another account's token like an unknown one
            .filter(|record| record.is_of(account, token.expose()))
            .ok_or(Problem::UnknownSession)
    }

    pub(super) async fn may_decide(
        &self,
        account: u64,
        token: &HandshakeToken,
    ) -> Result<Box<[u8]>, Problem> {
        let record = self.record(account, token).await?;
        let session = SessionId::of(&ra_crypto::fingerprint(&record.public_key));
        let channel = self.node.names.session(&session);
        let (_, listening): (Vec<u8>, u64) =
            self.query(cmd("PUBSUB").arg("NUMSUB").arg(channel)).await?;
        if listening == 0 {
            return Err(self.node.nobody());
        }
        Ok(record.public_key)
    }

    /// Delivers a verdict, with the sealed token if it is an approval.
    pub(super) async fn decide(
        &self,
        account: u64,
        token: &HandshakeToken,
        sealed: Option<&[u8]>,
    ) -> Result<(), Problem> {
        let record = self.record(account, token).await?;
        let handshake = digest(token.expose());
        let mut call = self.node.calls.open()?;
        let request = Request {
            node: self.node.id,
            call: call.id,
            ask: match sealed {
                Some(_) => Ask::Approve(handshake),
                None => Ask::Decline(handshake),
            },
        };
        let session = SessionId::of(&ra_crypto::fingerprint(&record.public_key));
        let ticket = self.node.names.ticket(&record.ticket);
        let heard: i64 = self
            .query(&scripts::decide(
                &self.node.names.handshake(&handshake),
                &record.encode(),
                &self.node.names.session(&session),
                &request.encode(),
                sealed.map(|sealed| Granted {
                    key: &ticket,
                    sealed,
                    millis: self.ticket_millis,
                }),
            ))
            .await?;
        match heard {
            ..0 => return Err(Problem::UnknownSession),
            // nothing was used up
            0 => return Err(self.node.nobody()),
            _ => {}
        }
        // the verdict stands even if this message is lost
        if call.answer().await? == Answer::Yes {
            return Ok(());
        }
        if sealed.is_some() {
            // handed to nobody
            let _: u64 = self.query(cmd("UNLINK").arg(&ticket)).await?;
        }
        Err(Problem::UnknownSession)
    }

    pub(super) async fn redeem(&self, ticket: &Ticket) -> Result<Box<[u8]>, Problem> {
        let ticket = digest(ticket.expose());
        let key = self.node.names.ticket(&ticket);
        let sealed: Option<Vec<u8>> = self.query(cmd("GETDEL").arg(key)).await?;
        self.node.redeemed(&ticket);
        Ok(sealed.ok_or(Problem::UnknownTicket)?.into())
    }
}

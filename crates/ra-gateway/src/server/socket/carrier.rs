//! Moves frames between a WebSocket and a session's machine.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use futures_core::Stream;
use futures_util::{FutureExt, Sink};
use ra_core::MonoTime;
use ra_core::gateway::{Input, Output};
use ra_proto::CloseCode;
use tokio::time::Sleep;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::error::ProtocolError;
use tokio_tungstenite::tungstenite::{Error, Message};

use super::close_frame;
use super::member::Member;
use crate::server::stream::Stream as Connection;
use crate::shared::Shared;

/// The poll loop of one socket. Resolves when the session is over and its output is written or
/// cannot be.
///
/// If a client does not read, the loop does not read from it either. At most one write buffer waits
/// for it, and [`Limits::write_within`](crate::Limits::write_within) ends it.
pub(super) struct Carrier {
    socket: WebSocketStream<Connection>,
    shared: Arc<Shared>,
    member: Member,
    timer: Pin<Box<Sleep>>,
    timer_at: MonoTime,
    stalled_until: Option<MonoTime>,
    state: Carrying,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Carrying {
    /// The session goes on.
    On,
    /// The session is over; what it said last may still have to be written.
    Over,
    /// Writing has ended; nothing can be written any more.
    Lost,
}

impl Carrier {
    pub(super) fn new(
        socket: WebSocketStream<Connection>,
        shared: &Arc<Shared>,
        member: Member,
    ) -> Self {
        let now = shared.clock.now();
        Self {
            socket,
            shared: Arc::clone(shared),
            member,
            timer: Box::pin(tokio::time::sleep_until(shared.clock.instant(now))),
            timer_at: now,
            stalled_until: None,
            state: Carrying::On,
        }
    }

    /// Set once the desktop has proven its key.
    pub(super) fn is_proven(&self) -> bool {
        self.member.is_proven()
    }

    /// Ends the session and says so, if that can be written without waiting.
    pub(super) fn shed(mut self: Box<Self>) {
        self.member.shed();
        let _ = (&mut self).now_or_never();
    }

    /// The connection, if anything can still be said on it.
    pub(super) fn into_stream(self: Box<Self>) -> Option<Connection> {
        (self.state != Carrying::Lost).then(|| self.socket.into_inner())
    }

    /// Carries out what the machine wants done, as far as the client reads.
    fn poll_write(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Error>> {
        loop {
            ready!(Pin::new(&mut self.socket).poll_ready(cx))?;
            let message = match self.member.poll_output(cx.waker()) {
                Some(Output::Send(text)) => Message::text(text.into_string()),
                Some(Output::Close(code)) => Message::Close(Some(close_frame(code))),
                Some(Output::End(_)) => {
                    self.state = Carrying::Over;
                    continue;
                }
                Some(_) => continue,
                None => break,
            };
            Pin::new(&mut self.socket).start_send(message)?;
        }
        Pin::new(&mut self.socket).poll_flush(cx)
    }

    /// Waits for the machine's deadline or the client's, whichever is first. The timer itself is
    /// moved back only when it fires: each heartbeat moves the deadline, few matter.
    fn poll_timer(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let deadline = self.member.deadline();
        let Some(at) = deadline.into_iter().chain(self.stalled_until).min() else {
            return Poll::Pending;
        };
        if at < self.timer_at {
            self.set_timer(at);
        }
        let now = loop {
            ready!(self.timer.as_mut().poll(cx));
            let now = self.shared.clock.now();
            if at <= now {
                break now;
            }
            self.set_timer(at);
        };
        if self.stalled_until.is_some_and(|until| until <= now) {
            self.lose();
        } else {
            self.member.handle(Input::Tick);
        }
        Poll::Ready(())
    }

    fn set_timer(&mut self, at: MonoTime) {
        self.timer.as_mut().reset(self.shared.clock.instant(at));
        self.timer_at = at;
    }

    fn poll_read(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        match ready!(Pin::new(&mut self.socket).poll_next(cx)) {
            Some(Ok(Message::Text(text))) => self.member.handle(Input::Text(&text)),
            Some(Ok(Message::Binary(_))) | Some(Err(Error::Utf8(_))) => {
                self.member.handle(Input::Binary);
            }
            Some(Ok(Message::Close(frame))) => {
                let code = frame.map(|frame| CloseCode(frame.code.into()));
                self.member.handle(Input::Closed(code));
            }
            // tungstenite answers pings by itself
            Some(Ok(_)) => {}
            Some(Err(Error::Capacity(_))) => self.member.handle(Input::Oversized),
            Some(Err(Error::Protocol(violation))) if !is_reset(&violation) => {
                self.member.shut_down(CloseCode::PROTOCOL);
            }
            Some(Err(_)) | None => self.lose(),
        }
        Poll::Ready(())
    }

    fn lose(&mut self) {
        self.member.handle(Input::Lost);
        self.state = Carrying::Lost;
    }
}

impl Future for Carrier {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let this = &mut *self;
        loop {
            let written = this.poll_write(cx);
            match written {
                Poll::Ready(Ok(())) => this.stalled_until = None,
                Poll::Ready(Err(_)) => this.lose(),
                Poll::Pending => {
                    let limit = this.shared.config.limits.write_within;
                    let now = this.shared.clock.now();
                    this.stalled_until.get_or_insert(now.saturating_add(limit));
                }
            }
            match this.state {
                Carrying::Lost => return Poll::Ready(()),
                Carrying::Over if written.is_ready() => return Poll::Ready(()),
                _ => {}
            }
            if this.poll_timer(cx).is_ready() {
                continue;
            }
            if written.is_pending() {
                return Poll::Pending;
            }
            ready!(this.poll_read(cx));
        }
    }
}

fn is_reset(violation: &ProtocolError) -> bool {
    matches!(violation, ProtocolError::ResetWithoutClosingHandshake)
}

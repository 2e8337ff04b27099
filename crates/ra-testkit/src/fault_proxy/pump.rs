//! The threads of one connection.

use std::io::{ErrorKind, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use socket2::SockRef;

use super::{After, End, Flow, Plan, State, Strike, Way};

/// Interval at which a thread checks whether the connection is over.
const TURN: Duration = Duration::from_millis(20);
/// Bytes that occur once in every frame of the gateway.
const OP: &str = r#""op":""#;

/// Both sides of a connection, and whether it is over.
struct Pair<'a> {
    number: u64,
    near: TcpStream,
    far: TcpStream,
    gone: AtomicBool,
    /// Bytes forwarded in each direction.
    said: [Mutex<Vec<u8>>; 2],
    proxy: &'a State,
}

pub(super) fn carry(number: u64, near: TcpStream, target: SocketAddr, plan: Plan, proxy: &State) {
    let Ok(far) = TcpStream::connect(target) else {
        return;
    };
    for stream in [&near, &far] {
        let _ = stream.set_nodelay(true);
        let _ = stream.set_read_timeout(Some(TURN));
        let _ = stream.set_write_timeout(Some(Duration::from_secs(1)));
    }
    let pair = Pair {
        number,
        near,
        far,
        gone: AtomicBool::new(false),
        said: [const { Mutex::new(Vec::new()) }; 2],
        proxy,
    };
    thread::scope(|scope| {
        scope.spawn(|| pair.pump(Way::Up, &pair.near, &pair.far, plan.up));
        pair.pump(Way::Down, &pair.far, &pair.near, plan.down);
    });
}

impl Pair<'_> {
    fn is_over(&self) -> bool {
        self.gone.load(Ordering::Acquire) || self.proxy.over.load(Ordering::Acquire)
    }

    fn pump(&self, way: Way, mut from: &TcpStream, to: &TcpStream, flow: Flow) {
        let mut buffer = [0; 4096];
        let mut carried = 0;
        let mut stalled = false;
        while !self.is_over() {
            let end = flow.end.filter(|_| !stalled);
            if let Some((after, end)) = end.filter(|(after, _)| self.is_due(*after, carried)) {
                self.proxy.journal().push(Strike {
                    connection: self.number,
                    way,
                    end,
                    after,
                    step: self.step(),
                });
                match end {
                    End::Cut => return self.cut(),
                    End::Reset => return self.reset(),
                    End::HalfClose => drop(to.shutdown(Shutdown::Write)),
                    End::Stall => {}
                }
                stalled = true;
            }
            let read = match from.read(&mut buffer) {
                Ok(0) => {
                    if !stalled {
                        let _ = to.shutdown(Shutdown::Write);
                    }
                    return;
                }
                Ok(read) => read,
                Err(error)
                    if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) =>
                {
                    continue;
                }
                Err(_) => return self.cut(),
            };
            // bytes after the end are read and dropped
            if !stalled
                && self
                    .hand_on(way, to, &buffer[..read], flow, &mut carried)
                    .is_err()
            {
                return self.cut();
            }
        }
    }

    /// Forwards the bytes before the end.
    fn hand_on(
        &self,
        way: Way,
        mut to: &TcpStream,
        mut bytes: &[u8],
        flow: Flow,
        carried: &mut u64,
    ) -> std::io::Result<()> {
        while !bytes.is_empty() && !self.is_over() {
            let mut piece = flow
                .piece
                .max(usize::try_from(flow.whole.saturating_sub(*carried)).unwrap_or(0));
            if let Some((After::Bytes(after), _)) = flow.end {
                let left = usize::try_from(after.saturating_sub(*carried)).unwrap_or(usize::MAX);
                piece = piece.min(left);
            }
            if piece == 0 {
                return Ok(());
            }
            let (now, later) = bytes.split_at(piece.min(bytes.len()));
            thread::sleep(flow.delay);
            to.write_all(now)?;
            *carried += now.len() as u64;
            self.said(way).extend_from_slice(now);
            bytes = later;
        }
        Ok(())
    }

    fn said(&self, way: Way) -> MutexGuard<'_, Vec<u8>> {
        let said = &self.said[usize::from(way == Way::Down)];
        said.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn is_due(&self, after: After, carried: u64) -> bool {
        match after {
            After::Bytes(after) => after <= carried,
            After::Frames(after) => {
                let down = self.said(Way::Down);
                after
                    <= down
                        .windows(OP.len())
                        .filter(|w| *w == OP.as_bytes())
                        .count()
            }
        }
    }

    /// Returns the step of the conversation, read from the gateway's unmasked frames.
    fn step(&self) -> String {
        let down = String::from_utf8_lossy(&self.said(Way::Down)).into_owned();
        let up = self.said(Way::Up);
        let op = down
            .rsplit_once(r#""op":""#)
            .and_then(|(_, rest)| rest.split_once('"'));
        match op {
            Some((op, _)) => op.into(),
            None if down.starts_with("HTTP/1.1 101") => "upgrade".into(),
            None if !down.is_empty() => "reply".into(),
            None if up.starts_with(b"POST") => "call".into(),
            None if !up.is_empty() => "connection".into(),
            None => "nothing".into(),
        }
    }

    fn cut(&self) {
        for stream in [&self.near, &self.far] {
            let _ = stream.shutdown(Shutdown::Both);
        }
        self.gone.store(true, Ordering::Release);
    }

    /// A connection that is dropped without lingering is reset.
    fn reset(&self) {
        for stream in [&self.near, &self.far] {
            let _ = SockRef::from(stream).set_linger(Some(Duration::ZERO));
        }
        self.gone.store(true, Ordering::Release);
    }
}

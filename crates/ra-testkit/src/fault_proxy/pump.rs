//! The threads of one connection.

use std::io::{ErrorKind, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use socket2::SockRef;

use super::{End, Flow, Plan, State};

/// How often a thread looks whether the connection is over.
const TURN: Duration = Duration::from_millis(20);

/// Both sides of a connection, and whether it is over.
struct Pair<'a> {
    number: u64,
    near: TcpStream,
    far: TcpStream,
    gone: AtomicBool,
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
        proxy,
    };
    thread::scope(|scope| {
        scope.spawn(|| pair.pump("up", &pair.near, &pair.far, plan.up));
        pair.pump("down", &pair.far, &pair.near, plan.down);
    });
}

impl Pair<'_> {
    fn is_over(&self) -> bool {
        self.gone.load(Ordering::Acquire) || self.proxy.over.load(Ordering::Acquire)
    }

    fn pump(&self, way: &str, mut from: &TcpStream, to: &TcpStream, flow: Flow) {
        let mut buffer = [0; 4096];
        let mut carried = 0;
        let mut stalled = false;
        while !self.is_over() {
            if let Some((after, end)) = flow.end.filter(|(after, _)| *after <= carried && !stalled)
            {
                let line = format!("connection {}, {way}: {end:?} after {after}", self.number);
                self.proxy.journal().push(line);
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
            // what comes after the end is read and lost
            if !stalled
                && self
                    .hand_on(to, &buffer[..read], flow, &mut carried)
                    .is_err()
            {
                return self.cut();
            }
        }
    }

    /// Hands on as much as there is before the end.
    fn hand_on(
        &self,
        mut to: &TcpStream,
        mut bytes: &[u8],
        flow: Flow,
        carried: &mut u64,
    ) -> std::io::Result<()> {
        while !bytes.is_empty() && !self.is_over() {
            let mut piece = flow
                .piece
                .max(usize::try_from(flow.whole.saturating_sub(*carried)).unwrap_or(0));
            if let Some((after, _)) = flow.end {
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
            bytes = later;
        }
        Ok(())
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

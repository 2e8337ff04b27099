//! Stops what a helper thread does on the network.

use std::net::Shutdown;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use socket2::Socket;

/// Stops a helper thread's work from the thread that no longer wants it. Clones stop the same work.
#[derive(Clone, Debug, Default)]
pub(crate) struct Stop(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    stopped: bool,
    /// A second handle to the connection that the work waits for.
    socket: Option<Socket>,
}

impl Stop {
    /// Stops the work for good: shuts the connection down, which wakes the thread that waits for it, and lets no other
    /// begin.
    pub(crate) fn stop(&self) {
        let mut state = self.state();
        state.stopped = true;
        if let Some(socket) = state.socket.take() {
            // an error means that it is closed already
            let _ = socket.shutdown(Shutdown::Both);
        }
    }

    pub(crate) fn is_stopped(&self) -> bool {
        self.state().stopped
    }

    /// Takes a handle to the connection that is used from now on. Returns `false` if the work is stopped.
    pub(crate) fn watch(&self, socket: Socket) -> bool {
        let mut state = self.state();
        if !state.stopped {
            state.socket = Some(socket);
        }
        !state.stopped
    }

    /// No step under this lock panics half-way.
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::io::{self, ErrorKind, Read as _};
    use std::net::{TcpListener, TcpStream};
    use std::time::Duration;

    use super::*;

    fn pair() -> (TcpStream, TcpStream) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let ours = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        (ours, listener.accept().unwrap().0)
    }

    fn handle(stream: &TcpStream) -> Socket {
        Socket::from(stream.try_clone().unwrap())
    }

    #[test]
    fn a_read_that_waits_is_woken() {
        let (mut ours, _theirs) = pair();
        ours.set_read_timeout(Some(Duration::from_secs(20)))
            .unwrap();
        let stop = Stop::default();
        assert!(stop.watch(handle(&ours)));
        let other = stop.clone();
        let reader = std::thread::spawn(move || ours.read(&mut [0]));
        other.stop();
        let read = reader.join().unwrap();
        let by_itself =
            |error: &io::Error| matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut);
        assert!(
            !read.is_err_and(|error| by_itself(&error)),
            "its own limit woke it"
        );
        assert!(stop.is_stopped());
    }

    #[test]
    fn nothing_is_begun_after_the_stop() {
        let (ours, mut theirs) = pair();
        let stop = Stop::default();
        stop.stop();
        assert!(!stop.watch(handle(&ours)));
        drop(ours);
        assert_eq!(theirs.read(&mut [0]).unwrap(), 0, "and no handle is kept");
    }
}

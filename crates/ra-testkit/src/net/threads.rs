//! Serves on a free port of this machine, with a thread a connection.

use std::io::{ErrorKind, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use ra_core::MonoTime;

use super::{Server, Then};
use crate::service::Service;

/// Interval at which a connection checks for output that other connections caused.
const TURN: Duration = Duration::from_millis(5);

/// A service that runs until this is dropped.
#[derive(Debug)]
pub struct Running {
    address: SocketAddr,
    over: Arc<AtomicBool>,
}

/// Serves it.
///
/// # Panics
///
/// If this machine has no port left.
#[must_use]
pub fn serve(service: Service) -> Running {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener.local_addr().expect("its address");
    let over = Arc::new(AtomicBool::new(false));
    let running = Running {
        address,
        over: over.clone(),
    };
    let server = Arc::new(Mutex::new(Server::new(service)));
    let start = Instant::now();
    thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            if over.load(Ordering::Acquire) {
                return;
            }
            let (server, over) = (server.clone(), over.clone());
            thread::spawn(move || connection(stream, &server, start, &over));
        }
    });
    running
}

impl Running {
    /// Returns its address.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.over.store(true, Ordering::Release);
        let _ = TcpStream::connect(self.address); // wakes the listener
    }
}

fn connection(mut stream: TcpStream, server: &Mutex<Server>, start: Instant, over: &AtomicBool) {
    let now = || MonoTime::from_millis(u64::try_from(start.elapsed().as_millis()).unwrap_or(0));
    let server = || server.lock().unwrap_or_else(PoisonError::into_inner);
    let _ = stream.set_nodelay(true);
    let _ = stream.set_read_timeout(Some(TURN));
    let id = server().accept();
    let mut buffer = [0; 4096];
    let mut finished = false;
    while !over.load(Ordering::Acquire) {
        match stream.read(&mut buffer) {
            Ok(0) => break,
            Ok(read) => server().receive(now(), id, &buffer[..read]),
            Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {}
            Err(_) => break,
        }
        let sending = {
            let mut server = server();
            server.tick(now());
            server.take(id)
        };
        if stream.write_all(&sending.bytes).is_err() || sending.then == Then::Drop {
            break;
        }
        if sending.then == Then::Finish && !finished {
            finished = true;
            let _ = stream.shutdown(Shutdown::Write);
        }
    }
    server().hung_up(now(), id);
}

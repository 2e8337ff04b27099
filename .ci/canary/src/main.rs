//! A login without the standard library: desktop and gateway on real keys, until the desktop has its ticket. The exit
//! code says whether it has. That this links at all is the point: with `std` anywhere below there would be two panic
//! handlers.
#![no_std]
#![no_main]
#![deny(unsafe_code)]

extern crate alloc;

use alloc::borrow::ToOwned;
use alloc::sync::Arc;
use core::panic::PanicInfo;

use ra_core::desktop::session as desktop;
use ra_core::{Jitter, MonoTime, gateway};
use ra_crypto::{Backend, Entropy, EntropyError, RustCrypto};
use ra_proto::{CloseCode, Ticket, User};

/// All the memory there is.
#[global_allocator]
static MEMORY: emballoc::Allocator<{ 512 * 1024 }> = emballoc::Allocator::new();

/// Without an operating system to end the program there is nothing to do but stop. Whoever runs it sets a time limit.
#[panic_handler]
fn panic(_: &PanicInfo<'_>) -> ! {
    loop {
        core::hint::spin_loop();
    }
}

/// What the C runtime calls. The one exception to "no unsafe": docs/decisions/0043-canary-without-std.md.
#[allow(unsafe_code)]
#[unsafe(no_mangle)]
pub extern "C" fn main() -> i32 {
    i32::from(log_in().is_none())
}

/// Both ends of one socket; the desktop's ticket, if all goes well.
fn log_in() -> Option<Ticket> {
    let mut entropy = Counter(1);
    let key = RustCrypto.generate(&mut entropy).ok()?;
    let user = User::parse(b"1:0:0:mary").ok()?;
    let now = MonoTime::ZERO;
    let mut gateway = gateway::Session::new(Arc::default(), Arc::new(RustCrypto), now);
    let mut desktop =
        desktop::Session::new(desktop::Config::default(), key, Jitter::from_seed(1), now);
    // either side says a handful of things; more than this is a fault
    for _ in 0..32 {
        while let Some(output) = gateway.poll_output() {
            if let gateway::Output::Send(text) = output {
                desktop.handle(now, desktop::Input::Text(text.expose()));
            }
        }
        while let Some(output) = desktop.poll_output() {
            match output {
                desktop::Output::Send(text) => {
                    gateway.handle(now, gateway::Input::Text(text.expose()), &mut entropy);
                }
                desktop::Output::Event(desktop::Event::Qr { url, .. }) => {
                    let scanned = gateway.fingerprint() == Some(url.fingerprint());
                    scanned
                        .then(|| gateway.attach(now, &user, &mut entropy))?
                        .ok()?;
                }
                desktop::Output::Event(desktop::Event::User(shown)) => {
                    let ticket = Ticket::new("a ticket".to_owned());
                    (shown == user)
                        .then(|| gateway.approve(now, &ticket))?
                        .ok()?;
                }
                desktop::Output::Close(code) => {
                    gateway.handle(now, gateway::Input::Closed(Some(code)), &mut entropy);
                    (code == CloseCode::NORMAL).then_some(())?;
                }
                desktop::Output::End(Ok(desktop::Outcome::Approved { ticket, .. })) => {
                    return (ticket.expose() == "a ticket").then_some(ticket);
                }
                desktop::Output::End(_) => return None,
                _ => {}
            }
        }
    }
    None
}

/// Numbers that anybody can guess: nothing here is worth more. A device has a hardware generator.
struct Counter(u64);

impl Entropy for Counter {
    fn fill(&mut self, dest: &mut [u8]) -> Result<(), EntropyError> {
        for byte in dest {
            self.0 = self
                .0
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            *byte = (self.0 >> 56) as u8;
        }
        Ok(())
    }
}

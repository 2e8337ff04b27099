//! Both ends of a login, from `hello` to the ticket, hand to hand without a network: what the machines themselves cost.
//! A fake key keeps cryptography out; the same with real keys is the baseline that shows how little that is.
#![allow(missing_docs, clippy::unwrap_used)] // macros of criterion; a bench may stop

use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use ra_core::{Jitter, MonoTime, Text, desktop::session as desktop, gateway};
use ra_crypto::{AwsLc, Backend, SessionKey};
use ra_proto::{Ticket, User};
use ra_testkit::{Fake, FakeKey, SeededEntropy, vectors};
use std::{hint::black_box, sync::Arc};

const NOW: MonoTime = MonoTime::from_millis(0);

/// Everything that is the same in each login.
struct Scene {
    config: Arc<gateway::Config>,
    backend: Arc<dyn Backend>,
    user: User,
    ticket: Ticket,
}

impl Scene {
    fn new(backend: impl Backend + 'static) -> Self {
        Self {
            config: Arc::default(),
            backend: Arc::new(backend),
            user: User::parse(b"80351110224678912:1337:0:name").unwrap(),
            ticket: Ticket::new("x".repeat(80)),
        }
    }

    /// A whole login; true if the desktop ends with the ticket.
    fn play(&self, key: Box<dyn SessionKey>) -> bool {
        let mut entropy = SeededEntropy::new(1);
        let (config, backend) = (Arc::clone(&self.config), Arc::clone(&self.backend));
        let mut gateway = gateway::Session::new(config, backend, NOW);
        let mut desktop =
            desktop::Session::new(desktop::Config::default(), key, Jitter::from_seed(1), NOW);
        let mut approved = false;
        loop {
            let mut quiet = true;
            for text in to_send(
                || gateway.poll_output(),
                |output| match output {
                    gateway::Output::Send(text) => Some(text),
                    _ => None,
                },
            ) {
                quiet = false;
                desktop.handle(NOW, desktop::Input::Text(text.expose()));
            }
            for text in to_send(
                || desktop.poll_output(),
                |output| match output {
                    desktop::Output::Send(text) => Some(text),
                    desktop::Output::End(end) => {
                        approved = matches!(end, Ok(desktop::Outcome::Approved { .. }));
                        None
                    }
                    _ => None,
                },
            ) {
                quiet = false;
                gateway.handle(NOW, gateway::Input::Text(text.expose()), &mut entropy);
            }
            match gateway.phase() {
                _ if !quiet => {}
                gateway::Phase::AwaitScan => {
                    gateway.attach(NOW, &self.user, &mut entropy).unwrap();
                }
                gateway::Phase::Scanned => gateway.approve(NOW, &self.ticket).unwrap(),
                _ => return approved,
            }
        }
    }
}

/// The texts among what one end wants done.
fn to_send<T>(poll: impl FnMut() -> Option<T>, text: impl FnMut(T) -> Option<Text>) -> Vec<Text> {
    std::iter::from_fn(poll).filter_map(text).collect()
}

fn handshake(c: &mut Criterion) {
    let mut group = c.benchmark_group("login of both machines");
    let fake = Scene::new(Fake);
    assert!(fake.play(Box::new(FakeKey::new(1))));
    group.bench_function("fake key", |b| {
        b.iter(|| fake.play(black_box(Box::new(FakeKey::new(1)))));
    });

    let real = Scene::new(AwsLc);
    let pkcs8 = vectors::load().keys.swap_remove(0).pkcs8;
    let key = || {
        AwsLc
            .session_key_from_pkcs8(&pkcs8, &mut SeededEntropy::new(1))
            .unwrap()
    };
    assert!(real.play(key()));
    group.bench_function("baseline: aws-lc-rs, key at hand", |b| {
        b.iter_batched(key, |key| real.play(key), BatchSize::PerIteration);
    });
    group.finish();
}

criterion_group!(benches, handshake);
criterion_main!(benches);

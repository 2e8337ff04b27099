//! Benchmark of an OAuth2 login on this side of the network, with the `oauth2` crate as the baseline.
#![allow(missing_docs, unreachable_pub, clippy::unwrap_used)] // macros of criterion; a bench may stop

#[path = "../interleaved.rs"]
mod interleaved;
#[allow(dead_code)] // the test of allocations uses the rest
mod work;

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use interleaved::{ROUNDS, rival};
use work::{Ours, Theirs};

/// Microseconds each.
const CALLS: u32 = 100;

/// One group: ours and theirs.
macro_rules! beside {
    ($c:expr, $name:literal, $work:ident) => {{
        let (ours, theirs) = (Ours::new(), Theirs::new());
        let rivals = vec![
            rival("ours", CALLS, || black_box(&ours).$work()),
            rival("oauth2 5", CALLS, || black_box(&theirs).$work()),
        ];
        interleaved::bench($c, $name, ROUNDS, rivals);
    }};
}

fn oauth2(c: &mut Criterion) {
    beside!(c, "oauth2/authorize_url", authorize);
    beside!(c, "oauth2/exchange_request", request);
    beside!(c, "oauth2/token_answer", answer);
    beside!(c, "oauth2/whole_exchange", whole);
}

criterion_group!(benches, oauth2);
criterion_main!(benches);

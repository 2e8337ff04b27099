//! What a login by OAuth2 costs on this side of the network, with the `oauth2` crate as the baseline.
#![allow(missing_docs, unreachable_pub, clippy::unwrap_used)] // macros of criterion; a bench may stop

#[allow(dead_code)] // the test of allocations uses the rest
mod work;

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use work::{Ours, Theirs};

/// One group: ours and theirs.
macro_rules! beside {
    ($c:expr, $name:literal, $work:ident) => {{
        let (ours, theirs) = (Ours::new(), Theirs::new());
        let mut group = $c.benchmark_group($name);
        group.bench_function("ours", |b| b.iter(|| black_box(&ours).$work()));
        group.bench_function("oauth2 5", |b| {
            b.iter(|| black_box(&theirs).$work());
        });
        group.finish();
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

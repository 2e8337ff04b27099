//! Both backends, one by one and in pairs.
#![allow(dead_code, unreachable_pub)] // no test file needs all of it

use ra_crypto::{AwsLc, Backend, RustCrypto};

pub const BACKENDS: [&dyn Backend; 2] = [&RustCrypto, &AwsLc];

/// Every ordered pair of backends.
pub fn pairs() -> impl Iterator<Item = (&'static dyn Backend, &'static dyn Backend)> {
    BACKENDS
        .into_iter()
        .flat_map(|a| BACKENDS.into_iter().map(move |b| (a, b)))
}

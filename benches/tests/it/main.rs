//! Allocation limits of the benched code, and tests of the programs `ra-load`, `ra-crowd` and `ra-report`.
#![forbid(unsafe_code)]
#![cfg(test)]
#![allow(
    unreachable_pub,
    dead_code,
    clippy::unwrap_used,
    reason = "tests use parts of the benches"
)]

mod frame_allocations;
#[cfg(target_os = "linux")]
mod load;
mod machine_allocations;
mod oauth2_allocations;
mod report;

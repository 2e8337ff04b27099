//! Benches of the hot path; this library is empty. `cargo bench -p ra-benches` runs them, docs/benchmarks.md reads them.
#![forbid(unsafe_code)]

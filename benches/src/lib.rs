//! Benches of the hot path and a load generator for the gateway; this library is empty. `cargo bench -p ra-benches` runs
//! the benches, `src/bin/load` is the generator, `src/bin/crowd` runs machines by the thousand, and `src/bin/report` writes
//! docs/benchmarks.md from what they said.
#![forbid(unsafe_code)]

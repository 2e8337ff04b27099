//! Benches of the hot path; this library is empty. `benches/` holds the criterion benches, `src/bin/load` the load
//! generator for the gateway, `src/bin/crowd` a run of thousands of machines, and `src/bin/report` the writer of
//! docs/benchmarks.md.
#![forbid(unsafe_code)]

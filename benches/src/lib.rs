//! Criterion benches of the hot path

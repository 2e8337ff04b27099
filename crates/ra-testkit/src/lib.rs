//! Simulated clock, network, keys and vectors for the project's own tests
#![forbid(unsafe_code)]

pub mod vectors;

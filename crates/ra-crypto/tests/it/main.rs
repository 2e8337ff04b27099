//! Tests of the public interface: keys, refusals, secrets and the independent implementation's vectors.

mod common;
mod keys;
mod public_keys;
mod secrets;
mod vectors;

//! Tests of the wire format: texts that are read, refused and written, by requirement.
#![forbid(unsafe_code)]
#![cfg(test)]
#![allow(unreachable_pub)] // the reference is shared with the fuzz targets

mod base64;
mod bodies;
mod body_refusals;
mod close;
mod endpoints;
mod fingerprint;
mod frame_grammar;
mod frame_properties;
mod frame_refusals;
mod frames;
mod reference;
mod scan_prefix;
mod scan_url;
mod secrets;
mod user;

//! libFuzzer's entry to [`ra_fuzz::scan_url`].
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| ra_fuzz::scan_url(data));

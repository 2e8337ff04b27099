//! libFuzzer's entry to [`ra_fuzz::pair_script`].
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| ra_fuzz::pair_script(data));

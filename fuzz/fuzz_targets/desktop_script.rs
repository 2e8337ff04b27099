//! libFuzzer's entry to [`ra_fuzz::desktop_script`].
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| ra_fuzz::desktop_script(data));

//! libFuzzer's entry to [`ra_fuzz::oauth2_id_token`].
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| ra_fuzz::oauth2_id_token(data));

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| wallet_callback_fuzz::hmac(data));

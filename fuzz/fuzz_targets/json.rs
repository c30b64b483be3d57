#![no_main]

use keylint_fuzz::family;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| keylint_fuzz::reading::check(&family::JSON, bytes));

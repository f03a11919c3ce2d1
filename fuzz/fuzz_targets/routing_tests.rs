//! Any text as a file of routing tests: it is read and run, or refused with its place.

#![no_main]

use libfuzzer_sys::fuzz_target;
use whichpod_core::routing_test::{problems, read, run};

fuzz_target!(|text: &str| {
    let cases = read(text).unwrap_or_default();
    problems(text, &cases);
    for case in &cases {
        run(case, &|file| Err(format!("{file} isn't there")));
    }
});

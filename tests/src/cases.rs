//! The cases of property tests: the same on every run, so that a change passes or fails by itself.
//!
//! `PROPTEST_RNG_SEED=7 PROPTEST_CASES=10000 cargo test -p whichpod-tests` looks elsewhere and longer.

use proptest::prelude::ProptestConfig;
use proptest::test_runner::RngSeed;
use std::env;

/// A property test's settings: so many cases unless `PROPTEST_CASES` says otherwise.
pub fn cases(number: u32) -> ProptestConfig {
    let asked = ProptestConfig::default();
    let rng_seed = match asked.rng_seed {
        RngSeed::Random => RngSeed::Fixed(1),
        seed @ RngSeed::Fixed(_) => seed,
    };
    let cases = if env::var_os("PROPTEST_CASES").is_some() { asked.cases } else { number };
    ProptestConfig { cases, rng_seed, failure_persistence: None, ..asked }
}

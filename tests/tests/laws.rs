//! Laws that hold for any input.
//!
//! The cases are the same on every run; `PROPTEST_RNG_SEED=7 PROPTEST_CASES=10000 cargo test -p whichpod-tests --test
//! laws` looks elsewhere and longer.

#![cfg(not(target_arch = "wasm32"))]

use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::RngSeed;
use whichpod_core::manifest::Manifests;
use whichpod_core::source::Sources;
use whichpod_tests::examples;
use whichpod_tests::mutation::Mutation;

fn config() -> ProptestConfig {
    let config = ProptestConfig::default();
    let rng_seed = match config.rng_seed {
        RngSeed::Random => RngSeed::Fixed(1),
        seed @ RngSeed::Fixed(_) => seed,
    };
    ProptestConfig { rng_seed, failure_persistence: None, ..config }
}

fn mutation() -> impl Strategy<Value = Mutation> {
    let any = any::<usize>;
    prop_oneof![
        any().prop_map(Mutation::DropLine),
        any().prop_map(Mutation::DoubleLine),
        (any(), any()).prop_map(|(one, other)| Mutation::SwapLines(one, other)),
        (any(), proptest::bool::ANY).prop_map(|(at, right)| Mutation::Indent(at, right)),
        (any(), any()).prop_map(|(at, word)| Mutation::Value(at, word)),
        (any(), any()).prop_map(|(at, word)| Mutation::Insert(at, word)),
        any().prop_map(Mutation::Cut),
    ]
}

/// The manifests of an example after a few changes.
fn spoilt() -> impl Strategy<Value = String> {
    let texts: Vec<String> = examples::all().iter().map(examples::Example::manifests).collect();
    (select(texts), prop::collection::vec(mutation(), 1..8))
        .prop_map(|(text, mutations)| mutations.iter().fold(text, |text, mutation| mutation.apply(&text)))
}

/// Every finding stands in its file, and its place can be shown.
fn places_hold(manifests: &Manifests) -> Result<(), TestCaseError> {
    for diagnostic in &manifests.diagnostics {
        let span = diagnostic.span;
        let Some(span) = span else {
            prop_assert!(false, "no place: {diagnostic:?}");
            continue;
        };
        let file = manifests.sources.file(span.file);
        let inside = file.is_some_and(|file| {
            let (start, end) = (span.start as usize, span.end as usize);
            start <= end
                && end <= file.text.len()
                && file.text.is_char_boundary(start)
                && file.text.is_char_boundary(end)
        });
        prop_assert!(inside, "outside its file: {diagnostic:?}");
        prop_assert!(manifests.sources.locate(span).is_some());
    }
    Ok(())
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn any_text_is_read(text in any::<String>()) {
        places_hold(&Manifests::read(Sources::new([("any.yaml", text)])))?;
    }

    #[test]
    fn text_that_looks_like_yaml_is_read(text in "([a-c:\\-{}\\[\\]&*!|>'\"#%@,? \n\t~0-9\u{e9}\u{1f4a5}]|kind: Service\n|apiVersion: v1\n|---\n){0,200}") {
        places_hold(&Manifests::read(Sources::new([("any.yaml", text)])))?;
    }

    #[test]
    fn spoilt_manifests_are_read(text in spoilt()) {
        places_hold(&Manifests::read(Sources::new([("spoilt.yaml", text)])))?;
    }
}

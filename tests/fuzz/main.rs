//! Every target of the fuzzer on its seeds, on seeds with changed, removed and repeated bytes, and on arbitrary
//! bytes: a short run in the ordinary tests. `dev/fuzz` runs the same functions for longer, guided by coverage.
#![cfg(feature = "fault-injection")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod inputs;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use proptest::test_runner::{Config, TestRunner};

use inputs::{TARGETS, house};

/// The number of random inputs for a target. Inputs that once failed are among its seeds.
const CASES: u32 = 400;

fn seeds(target: &str) -> Vec<Vec<u8>> {
    let mut seeds = Vec::new();
    for entry in std::fs::read_dir(house().join("tests/fuzz/seeds").join(target)).unwrap() {
        seeds.push(std::fs::read(entry.unwrap().path()).unwrap());
    }
    if target == "flow_document" {
        let part = |name: &str| std::fs::read(house().join("call_flows/questionnaire").join(name)).unwrap();
        seeds.push([part("flow.toml"), vec![0], part("prompts/ja.toml")].concat());
    }
    assert!(!seeds.is_empty(), "{target} has no seeds");
    seeds
}

/// A change to a seed.
#[derive(Debug, Clone)]
enum Change {
    Set(Index, u8),
    Insert(Index, Vec<u8>),
    Cut(Index),
    Repeat(Index, Index, u8),
}

fn changes() -> impl Strategy<Value = Vec<Change>> {
    let change = prop_oneof![
        4 => (any::<Index>(), any::<u8>()).prop_map(|(at, byte)| Change::Set(at, byte)),
        2 => (any::<Index>(), vec(any::<u8>(), 1..9)).prop_map(|(at, bytes)| Change::Insert(at, bytes)),
        1 => any::<Index>().prop_map(Change::Cut),
        1 => (any::<Index>(), any::<Index>(), 1..40_u8).prop_map(|(from, to, times)| Change::Repeat(from, to, times)),
    ];
    vec(change, 0..6)
}

fn changed(mut bytes: Vec<u8>, changes: &[Change]) -> Vec<u8> {
    for change in changes {
        let place = |index: &Index| index.index(bytes.len() + 1);
        match change {
            Change::Set(at, byte) => {
                let at = place(at);
                bytes.splice(at..(at + 1).min(bytes.len()), [*byte]);
            }
            Change::Insert(at, more) => {
                let at = place(at);
                bytes.splice(at..at, more.iter().copied());
            }
            Change::Cut(at) => bytes.truncate(place(at)),
            Change::Repeat(from, to, times) => {
                let (from, to) = (place(from).min(place(to)), place(from).max(place(to)));
                let part = bytes[from..to].repeat(usize::from(*times));
                bytes.splice(from..from, part.into_iter().take(20_000));
            }
        }
    }
    bytes
}

fn runs(name: &str) {
    let (_, target) = TARGETS.into_iter().find(|(known, _)| *known == name).expect("a target");
    let seeds = seeds(name);
    seeds.iter().for_each(|seed| target(seed));
    let nearly = (select(seeds), changes()).prop_map(|(seed, changes)| changed(seed, &changes));
    let any = prop_oneof![3 => nearly, 1 => vec(any::<u8>(), 0..300)];
    let mut runner = TestRunner::new(Config { cases: CASES, failure_persistence: None, ..Config::default() });
    let ran = runner.run(&any, |bytes| {
        target(&bytes);
        Ok(())
    });
    ran.unwrap_or_else(|failed| panic!("{name}: {failed}"));
}

macro_rules! each {
    ($($target:ident),+) => {
        $(#[test]
        fn $target() {
            runs(stringify!($target));
        })+

        #[test]
        fn every_target_is_run_here_and_by_the_fuzzer() {
            let manifest = std::fs::read_to_string(house().join("tests/fuzz/Cargo.toml")).unwrap();
            let here = [$(stringify!($target)),+];
            assert_eq!(TARGETS.map(|(name, _)| name), here);
            for name in here {
                assert!(manifest.contains(&format!("name = \"{name}\"")), "{name}");
            }
        }
    };
}

each!(webhook_form, twiml, carrier_json, flow_document, patient_list, small_texts, conversation);

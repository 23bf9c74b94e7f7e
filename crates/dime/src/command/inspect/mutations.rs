//! Thousands of damaged objects of every kind in the corpus: whatever they are, `inspect` says something and does not panic.

use std::fs;

use dime_tests::decoders::DECODERS;
use dime_tests::dice::Dice;
use dime_tests::mutation::{graft, mutate};
use dime_tests::readers::READERS;
use dime_tests::tools::root;

use super::{describe, document};

const MUTATIONS: usize = 2_000;

#[test]
fn every_damaged_object_is_told_of() {
    let mut dice = Dice::for_this_run();
    let names = DECODERS.iter().map(|decoder| decoder.name).chain(READERS.iter().map(|reader| reader.name));
    for name in names {
        let folder = root().join("testdata/corpus").join(name);
        let mut files: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
        files.sort();
        let corpus: Vec<_> = files.iter().map(|file| fs::read(file).unwrap()).collect();
        for round in 0..MUTATIONS {
            let original = &corpus[round % corpus.len()];
            let other = &corpus[dice.below(corpus.len() as u64) as usize];
            let octets = if dice.below(3) == 0 {
                graft(original, other, &mut dice)
            } else {
                mutate(original, &mut dice)
            };
            let document = document(&octets, name);
            assert!(document["kind"].is_string() && document["problems"].is_array(), "{document}");
            assert!(!describe::text(&document, 0).is_empty(), "{document}");
        }
    }
}

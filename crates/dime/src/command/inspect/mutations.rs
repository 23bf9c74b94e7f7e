//! Thousands of damaged objects of every kind in the corpus: whatever they are, `inspect` says something and does not panic.

use std::fs;

use dime_tests::decoders::DECODERS;
use dime_tests::dice::Dice;
use dime_tests::mutation::mutate;
use dime_tests::tools::root;

use super::document;

const MUTATIONS: usize = 2_000;

#[test]
fn every_damaged_object_is_told_of() {
    let mut dice = Dice::for_this_run();
    for decoder in DECODERS {
        let folder = root().join("testdata/corpus").join(decoder.name);
        let mut files: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
        files.sort();
        let corpus: Vec<_> = files.iter().map(|file| fs::read(file).unwrap()).collect();
        for round in 0..MUTATIONS {
            let octets = mutate(&corpus[round % corpus.len()], &mut dice);
            let document = document(&octets, decoder.name);
            assert!(document["kind"].is_string() && document["problems"].is_array(), "{document}");
        }
    }
}

//! The kept corpus of every decoder, replayed, and thousands of mutations of it: nothing panics, and what is accepted is written again
//! octet for octet. The fuzz targets of `tests/fuzz` grow the same corpus.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::fs;
use std::path::PathBuf;

use dime_tests::decoders::{DECODERS, Decoder};
use dime_tests::dice::Dice;
use dime_tests::mutation::mutate;
use dime_tests::tools::root;

const MUTATIONS: usize = 2_000;

fn corpus(decoder: &Decoder) -> Vec<(PathBuf, Vec<u8>)> {
    let folder = root().join("testdata/corpus").join(decoder.name);
    let mut files: Vec<PathBuf> = fs::read_dir(&folder)
        .unwrap_or_else(|fault| panic!("{}: {fault}", folder.display()))
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    files.into_iter().map(|path| (path.clone(), fs::read(path).unwrap())).collect()
}

#[test]
fn every_decoder_has_a_fuzz_target_and_a_corpus_with_something_it_accepts() {
    let manifest = fs::read_to_string(root().join("tests/fuzz/Cargo.toml")).unwrap();
    for decoder in DECODERS {
        assert!(
            manifest.contains(&format!("name = \"{}\"", decoder.name)),
            "{}: no fuzz target",
            decoder.name
        );
        assert!(corpus(decoder).iter().any(|(_, octets)| decoder.judge(octets)), "{}", decoder.name);
    }
    assert_eq!(manifest.matches("[[bin]]").count(), DECODERS.len(), "a fuzz target without a decoder");
    let folders = fs::read_dir(root().join("testdata/corpus")).unwrap();
    for folder in folders.map(|entry| entry.unwrap()).filter(|entry| entry.path().is_dir()) {
        let name = folder.file_name().into_string().unwrap();
        assert!(Decoder::named(&name).is_some(), "testdata/corpus/{name} belongs to no decoder");
    }
}

#[test]
fn the_corpus_and_its_mutations_keep_the_law() {
    let mut dice = Dice::for_this_run();
    for decoder in DECODERS {
        let corpus = corpus(decoder);
        for (_, octets) in &corpus {
            decoder.judge(octets);
        }
        for round in 0..MUTATIONS {
            decoder.judge(&mutate(&corpus[round % corpus.len()].1, &mut dice));
        }
    }
}

#[test]
fn a_good_object_cut_off_or_with_an_octet_more_is_refused() {
    // The list of rendezvous servers at the end of a HIP record has no end mark.
    for decoder in DECODERS.iter().filter(|decoder| decoder.name != "hip") {
        for (path, octets) in corpus(decoder) {
            if !decoder.judge(&octets) {
                continue;
            }
            for length in 0..octets.len() {
                assert!(!decoder.judge(&octets[..length]), "{} cut to {length} octets", path.display());
            }
            let longer = [&octets[..], &[0]].concat();
            assert!(!decoder.judge(&longer), "{} with an octet more", path.display());
        }
    }
}

//! The kept corpus of every decoder and reader, replayed, and thousands of mutations of it: nothing panics, and what is accepted keeps
//! their law. The fuzz targets of `tests/fuzz` grow the same corpus.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use dime_tests::decoders::DECODERS;
use dime_tests::dice::Dice;
use dime_tests::mutation::{graft, mutate};
use dime_tests::readers::READERS;
use dime_tests::tools::root;

const MUTATIONS: usize = 2_000;
/// Nothing small takes longer than this, even in an unoptimised build beside other tests.
const PATIENCE: Duration = Duration::from_secs(10);

fn corpus(name: &str) -> Vec<(PathBuf, Vec<u8>)> {
    let folder = root().join("testdata/corpus").join(name);
    let mut files: Vec<PathBuf> = fs::read_dir(&folder)
        .unwrap_or_else(|fault| panic!("{}: {fault}", folder.display()))
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    files.into_iter().map(|path| (path.clone(), fs::read(path).unwrap())).collect()
}

type Judge = Box<dyn Fn(&[u8]) -> bool>;

/// Everything that reads, by name.
fn judges() -> Vec<(&'static str, Judge)> {
    let decoders =
        DECODERS.iter().map(|decoder| (decoder.name, Box::new(|o: &[u8]| decoder.judge(o)) as Judge));
    let readers = READERS.iter().map(|reader| (reader.name, Box::new(|o: &[u8]| reader.judge(o)) as Judge));
    decoders.chain(readers).collect()
}

#[test]
fn every_decoder_has_a_fuzz_target_and_a_corpus_with_something_it_accepts() {
    let manifest = fs::read_to_string(root().join("tests/fuzz/Cargo.toml")).unwrap();
    let judges = judges();
    for (name, judge) in &judges {
        assert!(manifest.contains(&format!("name = \"{name}\"")), "{name}: no fuzz target");
        assert!(corpus(name).iter().any(|(_, octets)| judge(octets)), "{name}");
    }
    let names: BTreeSet<&str> = judges.iter().map(|(name, _)| *name).collect();
    assert_eq!(names.len(), judges.len(), "two of one name");
    assert_eq!(manifest.matches("[[bin]]").count(), names.len(), "a fuzz target without a decoder");
    let folders = fs::read_dir(root().join("testdata/corpus")).unwrap();
    for folder in folders.map(|entry| entry.unwrap()).filter(|entry| entry.path().is_dir()) {
        let name = folder.file_name().into_string().unwrap();
        assert!(names.contains(name.as_str()), "testdata/corpus/{name} belongs to no decoder");
    }
}

#[test]
fn the_corpus_and_its_mutations_keep_the_law() {
    let mut dice = Dice::for_this_run();
    for (name, judge) in judges() {
        let corpus = corpus(name);
        for (path, octets) in &corpus {
            let start = Instant::now();
            judge(octets);
            assert!(start.elapsed() < PATIENCE, "{} takes {:?}", path.display(), start.elapsed());
        }
        // Each look at a picture costs as much as hundreds of the others.
        let rounds = if name == "picture" { MUTATIONS / 20 } else { MUTATIONS };
        for round in 0..rounds {
            let original = &corpus[round % corpus.len()].1;
            let other = &corpus[dice.below(corpus.len() as u64) as usize].1;
            judge(&if dice.below(4) == 0 {
                graft(original, other, &mut dice)
            } else {
                mutate(original, &mut dice)
            });
        }
    }
}

#[test]
fn a_good_object_cut_off_or_with_an_octet_more_is_refused() {
    // The list of rendezvous servers at the end of a HIP record and the target of a URI record have no end mark; evidence that a UA signs
    // is as long as what it stands in leaves to it, and may hold something that looks like its own end.
    for decoder in
        DECODERS.iter().filter(|decoder| !["hip", "uri", "ua-signed-evidence"].contains(&decoder.name))
    {
        for (path, octets) in corpus(decoder.name) {
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

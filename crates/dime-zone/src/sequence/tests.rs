use super::*;
use std::collections::BTreeMap;

type Model = BTreeMap<u128, Vec<u8>>;

/// A walk of numbers that looks random (splitmix64).
struct Walk(u64);

impl Walk {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, limit: u64) -> u64 {
        self.next() % limit
    }
}

/// A way in which numbers lie: its name, and the number of an index.
type Spread = (&'static str, fn(u64) -> u128);

const SPREADS: [Spread; 6] = [
    ("evenly in one half", |index| 7 << 64 | u128::from(Walk(index).next())),
    ("one after the other", |index| 7 << 64 | u128::from(index)),
    ("two clusters", |index| {
        let at = if index.is_multiple_of(2) { 0 } else { u64::MAX - 100_000 };
        7 << 64 | u128::from(at + index)
    }),
    ("each with an upper half of its own", |index| u128::from(Walk(index).next()) << 64),
    ("a few upper halves", |index| u128::from(index % 5) << 64 | u128::from(Walk(index).next())),
    ("doubling", |index| (1_u128 << (index % 128)) + u128::from(index)),
];

fn check(sequence: &Sequence, model: &Model, probe: u128) {
    assert_eq!(sequence.find(probe), model.get(&probe).map(Vec::as_slice));
    assert_eq!(sequence.first_from(probe), model.range(probe..).next().map(|(&n, _)| n));
    assert_eq!(sequence.last_before(probe), model.range(..probe).next_back().map(|(&n, _)| n));
}

/// What must hold of every sequence beside its contents.
fn check_shape(sequence: &Sequence) {
    let root = &sequence.root;
    assert_eq!(root.firsts.len(), root.chunks.len());
    let mut count = 0;
    for (first, chunk) in root.firsts.iter().zip(&root.chunks) {
        assert_eq!(chunk.first(), Some(*first));
        assert!(chunk.leaves().count() <= 256);
        for leaf in chunk.leaves() {
            assert!((1..=leaf::MOST).contains(&leaf.len()));
            count += leaf.len();
        }
    }
    assert_eq!(count, sequence.len());
}

fn is_same(sequence: &Sequence, model: &Model) {
    assert_eq!(sequence.len(), model.len());
    assert!(sequence.iter().eq(model.iter().map(|(&number, octets)| (number, octets.as_slice()))));
}

#[test]
fn agrees_with_a_tree_map() {
    for (name, number) in SPREADS {
        let mut walk = Walk(1);
        let (mut sequence, mut model) = (Sequence::default(), Model::new());
        let mut copies: Vec<(Sequence, Model)> = Vec::new();
        for step in 0..6_000_u32 {
            let number = number(walk.below(2000));
            let octets = vec![step as u8; walk.below(40) as usize];
            // It grows for a while, and shrinks for a while.
            if walk.below(8) < if step / 1500 % 2 == 0 { 2 } else { 6 } {
                assert_eq!(sequence.remove(number), model.remove(&number), "{name}");
            } else {
                assert_eq!(sequence.insert(number, &octets), model.insert(number, octets), "{name}");
            }
            check(&sequence, &model, number);
            check(&sequence, &model, number.saturating_add(1));
            check(&sequence, &model, u128::from(walk.next()) << 64 | u128::from(walk.next()));
            if step % 1000 == 0 {
                check_shape(&sequence);
                copies.push((sequence.clone(), model.clone()));
            }
        }
        check_shape(&sequence);
        is_same(&sequence, &model);
        for number in model.keys() {
            assert!(sequence.remove(*number).is_some());
        }
        assert_eq!((sequence.len(), sequence.root.chunks.len(), sequence.first_from(0)), (0, 0, None));
        assert_eq!(sequence.last_before(u128::MAX), None);
        copies.iter().for_each(|(sequence, model)| is_same(sequence, model));
    }
}

/// Enough for several chunks, made in three ways.
#[test]
fn many_chunks() {
    const COUNT: u64 = 20_000;
    for (name, number) in SPREADS {
        let model: Model = (0..COUNT).map(|index| (number(index), index.to_le_bytes().into())).collect();
        let entries: Vec<(u128, &[u8])> = model.iter().map(|(&n, o)| (n, o.as_slice())).collect();
        let at_once = Sequence::of_ordered(&entries);
        let parts = entries.chunks(7_001).map(Sequence::of_ordered).collect();
        let mut one_by_one = Sequence::default();
        (0..COUNT).for_each(|index| drop(one_by_one.insert(number(index), &index.to_le_bytes())));
        for mut sequence in [at_once, Sequence::joined(parts), one_by_one] {
            assert!(sequence.root.chunks.len() > 1, "{name}");
            check_shape(&sequence);
            is_same(&sequence, &model);
            for index in (0..COUNT).step_by(97) {
                check(&sequence, &model, number(index));
                check(&sequence, &model, number(index) ^ 1);
            }
            // Nearly empty again, and what is left takes little.
            let left: Vec<u128> = model.keys().copied().step_by(50).collect();
            let copy = sequence.clone();
            for number in model.keys().filter(|number| left.binary_search(number).is_err()) {
                sequence.remove(*number);
            }
            check_shape(&sequence);
            assert!(sequence.iter().map(|(number, _)| number).eq(left.iter().copied()));
            let each = sequence.memory() / left.len();
            assert!(each < 150, "{name}: {each} octets for each of what is left");
            is_same(&copy, &model);
        }
    }
}

#[test]
fn octets_of_every_length() {
    let mut walk = Walk(5);
    let (mut sequence, mut model) = (Sequence::default(), Model::new());
    for step in 0..600_u64 {
        let number = u128::from(walk.below(100));
        let length = [0, 1, 700, 40_000, 65_535, 65_536, 70_000][walk.below(7) as usize];
        let octets = vec![step as u8; length];
        if walk.below(3) == 0 {
            assert_eq!(sequence.remove(number), model.remove(&number));
        } else {
            assert_eq!(sequence.insert(number, &octets), model.insert(number, octets));
        }
        if step % 50 == 0 {
            check_shape(&sequence);
            is_same(&sequence, &model);
        }
    }
}

/// One allocation a leaf, and hardly anything beside what is kept.
#[test]
fn memory_is_what_is_kept_and_little_more() {
    const COUNT: usize = 20_000;
    let mut sequence = Sequence::default();
    for index in 0..COUNT as u64 {
        sequence.insert(SPREADS[0].1(index), &[1; 180]);
    }
    let each = sequence.memory() / COUNT;
    assert!((180 + 10..180 + 14).contains(&each), "{each} octets each");
}

#[test]
fn a_change_copies_one_leaf_and_what_is_above_it() {
    let entries: Vec<(u128, &[u8])> = (0..40_000).map(|number| (number * 3, [1, 2, 3].as_slice())).collect();
    let mut sequence = Sequence::of_ordered(&entries);
    let copy = sequence.clone();
    sequence.insert(30_000, &[9]);
    sequence.remove(30_003);
    let differing = |a: &Sequence, b: &Sequence| {
        let same =
            a.root.chunks.iter().filter(|chunk| b.root.chunks.iter().any(|other| Arc::ptr_eq(chunk, other)));
        a.root.chunks.len() - same.count()
    };
    assert_eq!((differing(&sequence, &copy), differing(&copy, &sequence)), (1, 1), "chunks");
    assert_eq!(
        (copy.find(30_000), copy.find(30_003)),
        (Some([1, 2, 3].as_slice()), Some([1, 2, 3].as_slice()))
    );
    // What nobody shares is changed in place.
    let root = Arc::as_ptr(&sequence.root);
    sequence.insert(30_000, &[8]);
    assert_eq!(Arc::as_ptr(&sequence.root), root);
}

#[test]
fn merged_by_several_threads() {
    for (name, number) in SPREADS {
        for threads in [1, 2, 7] {
            let (mut sequence, mut model) = (Sequence::default(), Model::new());
            for (round, count) in [0, 20_000, 50, 0, 9_000, 1].into_iter().enumerate() {
                let new: Model = (0..count)
                    .map(|index| (number(index * 3 % 25_000 + 1000 * round as u64), vec![round as u8; 3]))
                    .collect();
                let entries: Vec<(u128, &[u8])> = new.iter().map(|(&n, o)| (n, o.as_slice())).collect();
                let had: Vec<Vec<u8>> = new.keys().filter_map(|number| model.get(number)).cloned().collect();
                let copy = (sequence.clone(), model.clone());
                assert_eq!(sequence.merge(&entries, threads), had, "{name}");
                model.extend(new);
                check_shape(&sequence);
                is_same(&sequence, &model);
                is_same(&copy.0, &copy.1);
            }
        }
    }
}

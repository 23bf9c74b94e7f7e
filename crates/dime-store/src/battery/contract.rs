//! The contract of an index, as its trait says.

use super::{Home, contents};
use crate::{Mark, Seq};

fn mark(seq: u64) -> Mark {
    Mark { seq: Seq(seq), checksum: 0x1234_5678 ^ seq as u32 }
}

fn put(key: &[u8], value: &[u8]) -> (Vec<u8>, Option<Vec<u8>>) {
    (key.to_vec(), Some(value.to_vec()))
}

fn key_list(found: &[(Vec<u8>, Vec<u8>)]) -> Vec<&[u8]> {
    found.iter().map(|(key, _)| key.as_slice()).collect()
}

/// An index does what [`Index`](crate::Index) says.
pub fn contract_of_the_index(home: &dyn Home) {
    let index = home.open();
    assert_eq!(index.applied().unwrap(), None, "an index begins without a mark");
    assert_eq!(contents(index.as_ref()), vec![]);

    let writes =
        [put(b"a", b"1"), put(b"ab", b"2"), put(b"ab\xff", b"3"), put(b"ab\xff\xff", b"4"), put(b"b", b"5")];
    index.apply(&writes, mark(1)).unwrap();
    assert_eq!(index.applied().unwrap(), Some(mark(1)));
    assert_eq!(index.get(b"ab").unwrap().as_deref(), Some(b"2".as_slice()));
    assert_eq!(index.get(b"abc").unwrap(), None);
    assert_eq!(index.get(b"").unwrap(), None);

    assert_eq!(key_list(&index.range(b"ab", None, 9).unwrap()), [&b"ab"[..], b"ab\xff", b"ab\xff\xff"]);
    assert_eq!(key_list(&index.range(b"ab", None, 2).unwrap()), [&b"ab"[..], b"ab\xff"]);
    assert_eq!(key_list(&index.range(b"ab", Some(b"ab"), 9).unwrap()), [&b"ab\xff"[..], b"ab\xff\xff"]);
    assert_eq!(
        key_list(&index.range(b"ab", Some(b"aa"), 1).unwrap()),
        [&b"ab"[..]],
        "`after` before the prefix"
    );
    assert_eq!(key_list(&index.range(b"ab\xff", Some(b"ab\xff\xff"), 9).unwrap()), [&b""[..]; 0]);
    assert_eq!(
        key_list(&index.range(b"a", Some(b"b"), 9).unwrap()),
        [&b""[..]; 0],
        "`after` behind the prefix"
    );
    assert_eq!(key_list(&index.range(b"", None, 0).unwrap()), [&b""[..]; 0]);

    // Later writes of a key win, in both directions, and what is not there can be removed.
    let writes = [
        put(b"a", b"6"),
        (b"a".to_vec(), None),
        (b"b".to_vec(), None),
        put(b"b", b"7"),
        (b"nothing".to_vec(), None),
        put(b"c", b""),
    ];
    index.apply(&writes, mark(2)).unwrap();
    assert_eq!(index.get(b"a").unwrap(), None);
    assert_eq!(index.get(b"b").unwrap().as_deref(), Some(b"7".as_slice()));
    assert_eq!(index.get(b"c").unwrap().as_deref(), Some(b"".as_slice()));
    assert_eq!(key_list(&contents(index.as_ref())), [&b"ab"[..], b"ab\xff", b"ab\xff\xff", b"b", b"c"]);

    // A mark alone can move.
    index.apply(&[], mark(3)).unwrap();
    assert_eq!(index.applied().unwrap(), Some(mark(3)));
    let before = contents(index.as_ref());
    index.flush().unwrap();
    drop(index);

    // Opened anew, it holds all of it or nothing: what a home loses, it loses whole.
    let index = home.open();
    match index.applied().unwrap() {
        Some(found) => {
            assert_eq!(found, mark(3));
            assert_eq!(contents(index.as_ref()), before);
        }
        None => assert_eq!(contents(index.as_ref()), vec![]),
    }
    index.apply(&[put(b"z", b"8")], mark(4)).unwrap();
    index.clear().unwrap();
    assert_eq!(index.applied().unwrap(), None);
    assert_eq!(contents(index.as_ref()), vec![]);
    index.apply(&[put(b"y", b"9")], mark(1)).unwrap();
    assert_eq!(key_list(&contents(index.as_ref())), [&b"y"[..]]);
}

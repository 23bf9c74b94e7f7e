//! SHA-256 over parts, each behind its length, so that no two lists of parts have the same digest by shifting a boundary.

use sha2::{Digest, Sha256};

pub(crate) fn sha256(octets: &[u8]) -> [u8; 32] {
    Sha256::digest(octets).into()
}

/// The digest of a purpose and parts; an absent part differs from an empty one.
pub(crate) fn of_parts(purpose: &str, parts: &[Option<&[u8]>]) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update((purpose.len() as u64).to_be_bytes());
    hash.update(purpose);
    for part in parts {
        match part {
            None => hash.update([0]),
            Some(octets) => {
                hash.update([1]);
                hash.update((octets.len() as u64).to_be_bytes());
                hash.update(octets);
            }
        }
    }
    hash.finalize().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn boundaries_count() {
        let of = |parts: &[Option<&[u8]>]| of_parts("test", parts);
        assert_ne!(of(&[Some(b"ab"), Some(b"c")]), of(&[Some(b"a"), Some(b"bc")]));
        assert_ne!(of(&[None, Some(b"")]), of(&[Some(b""), None]));
        assert_ne!(of_parts("one", &[]), of_parts("other", &[]));
    }
}

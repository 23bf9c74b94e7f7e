//! The embedded default's index: sled over the journal of [`dime_store`].
//!
//! sled's flush does not reach the disk for certain (it calls `sync_file_range`, not `fsync`), and a damaged sled may fail to open,
//! panic, or have lost a part of itself. None of that can lose anything here: the journal is the registry. What is needed is only
//! that a damaged index is *known* to be damaged. So beside the mark that says how far it has come, the index keeps a
//! [fingerprint](dime_store::Fingerprint) of all it holds, in the same batch; opening reads everything and compares, unless the index
//! was closed in order and nobody touched it since (`clean`). An index that
//! does not open or does not compare is put away, an empty one is begun, and the store makes it anew, telling its progress.

mod clean;
mod generation;
mod index;
mod mark;

pub use index::{OpenIndexError, SledIndex};

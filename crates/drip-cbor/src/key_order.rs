//! The order of a map's keys (RFC 8949, section 4.2.1): the octets of each are greater than those before, so none comes twice.

use crate::{CborError, CborFault, Reader};

/// Watches over the keys of one map as they are read.
#[derive(Clone, Debug, Default)]
pub struct KeyOrder<'a>(Option<&'a [u8]>);

impl<'a> KeyOrder<'a> {
    /// Before the first key.
    pub const fn new() -> Self {
        KeyOrder(None)
    }

    /// Checks the key that `reader` has just read, which began at `from`.
    pub fn check(&mut self, reader: &Reader<'a>, from: usize, what: &'static str) -> Result<(), CborError> {
        let key = reader.since(from);
        if self.0.is_some_and(|before| before >= key) {
            return Err(CborError { fault: CborFault::NotDeterministic, what, at: from });
        }
        self.0 = Some(key);
        Ok(())
    }
}

//! A document: something signed that belongs neither to a registration nor to an authority, by name. The trust list is one.

use drip_det::UnixTime;

/// A document by its name, such as `trust-list/DET` or `cross/PARENT/CHILD`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    /// Its name: its identifier.
    pub name: String,
    /// 1 when first written, one more with every change. The store sets it from the expectation, whatever is given here.
    pub version: u64,
    /// Its octets.
    pub octets: Vec<u8>,
    /// When it was taken in.
    pub at: UnixTime,
}

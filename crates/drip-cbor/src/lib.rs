//! Deterministic CBOR (RFC 8949, section 4.2.1), read and written item by item.
//!
//! [`Reader`] takes items from the front of octets and says where it is; [`Writer`] puts them one behind another. The heads of items are
//! read and written by ciborium-ll; here is what makes them deterministic: a head that would be written otherwise is refused, and
//! indefinite lengths are. So a structure read with this reader, every item looked at, has one encoding only: the one it came in.
//!
//! The order of a map's keys is checked by [`KeyOrder`] where a map is read key by key, and by [`Reader::skip`] inside what is skipped.
#![no_std]

extern crate alloc;

mod error;
mod float;
mod key_order;
mod reader;
mod writer;

pub use error::{CborError, CborFault};
pub use float::Float;
pub use key_order::KeyOrder;
pub use reader::{Kind, Reader};
pub use writer::Writer;

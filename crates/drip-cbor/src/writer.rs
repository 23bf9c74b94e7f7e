//! Writing items, always in the shortest form.

use crate::Float;
use alloc::vec::Vec;
use ciborium_ll::{Encoder, Header};

/// Writes items one behind another. The caller writes as many items after a head as it announced, and a map's keys in their order.
#[derive(Clone, Debug, Default)]
pub struct Writer(Vec<u8>);

impl Writer {
    /// Nothing written yet.
    pub const fn new() -> Self {
        Writer(Vec::new())
    }

    fn head(&mut self, header: Header) -> &mut Self {
        // Appending to a Vec cannot fail.
        let _ = Encoder::from(&mut self.0).push(header);
        self
    }

    /// An unsigned integer.
    pub fn uint(&mut self, number: u64) -> &mut Self {
        self.head(Header::Positive(number))
    }

    /// An integer of either sign.
    pub fn int(&mut self, number: i64) -> &mut Self {
        match u64::try_from(number) {
            Ok(number) => self.uint(number),
            // -1 - n is written as n.
            Err(_) => self.head(Header::Negative((!number).unsigned_abs())),
        }
    }

    /// A tag; what it tags is to follow.
    pub fn tag(&mut self, number: u64) -> &mut Self {
        self.head(Header::Tag(number))
    }

    /// The head of an array; its items are to follow.
    pub fn array(&mut self, count: usize) -> &mut Self {
        self.head(Header::Array(Some(count)))
    }

    /// The head of a map; its keys and values are to follow.
    pub fn map(&mut self, count: usize) -> &mut Self {
        self.head(Header::Map(Some(count)))
    }

    /// A byte string.
    pub fn bytes(&mut self, octets: &[u8]) -> &mut Self {
        self.head(Header::Bytes(Some(octets.len())));
        self.raw(octets)
    }

    /// A text string.
    pub fn text(&mut self, text: &str) -> &mut Self {
        self.head(Header::Text(Some(text.len())));
        self.raw(text.as_bytes())
    }

    /// `null`.
    pub fn null(&mut self) -> &mut Self {
        self.raw(&[0xf6])
    }

    /// `true` or `false`.
    pub fn boolean(&mut self, value: bool) -> &mut Self {
        self.raw(&[0xf4 + u8::from(value)])
    }

    /// A floating-point number in its own width.
    pub fn float(&mut self, float: Float) -> &mut Self {
        self.0.push(float.head);
        let bits = float.bits.to_be_bytes();
        self.raw(bits.get(8 - float.width()..).unwrap_or_default())
    }

    /// Items that are encoded already.
    pub fn raw(&mut self, items: &[u8]) -> &mut Self {
        self.0.extend_from_slice(items);
        self
    }

    /// What was written; the writer is empty again.
    pub fn finish(&mut self) -> Vec<u8> {
        core::mem::take(&mut self.0)
    }
}

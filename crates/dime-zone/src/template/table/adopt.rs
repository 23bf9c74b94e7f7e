//! Templates taken back that the table may have forgotten.

use super::Table;
use crate::{
    journal::Kept,
    template::{Block, block::NUMBER},
};
use std::sync::Arc;

impl Table {
    /// The block to put in for what was kept of a DET, its template counted.
    pub(crate) fn adopt(&mut self, kept: &Kept) -> Vec<u8> {
        let same = |number: &u32| {
            self.numbered.shared(*number).is_some_and(|template| Arc::ptr_eq(&template, &kept.template))
        };
        let number = match Block::number_of(&kept.block).filter(same) {
            Some(number) => number,
            None => self.number_of(Arc::clone(&kept.template)),
        };
        self.count(number, 1);
        let mut block = kept.block.to_vec();
        if let Some(slot) = block.first_chunk_mut::<NUMBER>() {
            *slot = number.to_le_bytes();
        }
        block
    }
}

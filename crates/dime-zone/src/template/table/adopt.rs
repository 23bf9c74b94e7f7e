//! Templates taken back that the table may have forgotten.

use super::{Numbered, Table};
use crate::{
    journal::Kept,
    template::{Template, block::NUMBER},
};
use std::sync::Arc;

impl Numbered {
    /// The template of a number, to keep it.
    pub(crate) fn shared(&self, number: u32) -> Option<Arc<Template>> {
        self.0.get(number as usize)?.clone()
    }
}

impl Table {
    /// The block to put in for what was kept of a DET, its template counted.
    pub(crate) fn adopt(&mut self, kept: &Kept) -> Vec<u8> {
        let number = match self.numbers.get(&kept.template) {
            Some(&number) => number,
            None => self.number_of(Template::clone(&kept.template)),
        };
        if let Some(uses) = self.uses.get_mut(number as usize) {
            *uses += 1;
        }
        let mut block = kept.block.to_vec();
        if let Some(slot) = block.first_chunk_mut::<NUMBER>() {
            *slot = number.to_le_bytes();
        }
        block
    }
}

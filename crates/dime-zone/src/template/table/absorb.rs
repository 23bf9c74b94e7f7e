//! One table put into another.

use super::Table;
use crate::template::{Block, block::NUMBER};

impl Table {
    /// Takes the templates of another table with their counts; returns the numbers here of the numbers there.
    pub(crate) fn absorb(&mut self, other: &Table) -> Vec<u32> {
        let mut numbers = Vec::new();
        for (there, template) in other.numbered.iter() {
            let here = self.number_of(template.clone());
            let uses = other.books.as_ref().and_then(|books| books.uses.get(there as usize));
            self.count(here, uses.copied().unwrap_or(0));
            numbers.resize(there as usize + 1, 0);
            if let Some(slot) = numbers.last_mut() {
                *slot = here;
            }
        }
        numbers
    }

    /// Gives a block the number here of its number there.
    pub(crate) fn renumber(block: &mut [u8], numbers: &[u32]) {
        let here = Block::number_of(block).and_then(|there| numbers.get(there as usize));
        if let (Some(here), Some(slot)) = (here, block.first_chunk_mut::<NUMBER>()) {
            *slot = here.to_le_bytes();
        }
    }
}

//! The templates of a zone: each kept once, counted, and forgotten with its last DET.

mod restore;

use super::{Block, Template, carve};
use drip_det::Det;
use std::{collections::HashMap, sync::Arc};

/// Templates by number. A copy shares them.
#[derive(Clone, Default)]
pub(crate) struct Numbered(Vec<Option<Arc<Template>>>);

impl Numbered {
    /// The template of a number.
    pub(crate) fn find(&self, number: u32) -> Option<&Template> {
        self.0.get(number as usize)?.as_deref()
    }
}

/// Templates with their numbers and how many DETs use each.
#[derive(Clone, Default)]
pub(crate) struct Table {
    numbered: Numbered,
    uses: Vec<u32>,
    free: Vec<u32>,
    numbers: HashMap<Arc<Template>, u32>,
    /// The last few numbers used: most DETs have the template of the one before, and comparing is cheaper than carving.
    recent: [u32; 4],
}

impl Table {
    /// The block to keep for a DET with these records, its template counted.
    pub(crate) fn enter(&mut self, det: Det, block: Block, ttl: u32, records: &[(u16, Vec<u8>)]) -> Vec<u8> {
        let fits = |number: u32| {
            self.numbered
                .find(number)
                .is_some_and(|template| template.composes(det, block.octets(), ttl, records))
        };
        let number = match self.recent.into_iter().find(|&number| fits(number)) {
            Some(number) => number,
            None => {
                let number = self.number_of(carve(det, &block, ttl, records));
                self.recent.rotate_right(1);
                if let Some(first) = self.recent.first_mut() {
                    *first = number;
                }
                number
            }
        };
        if let Some(uses) = self.uses.get_mut(number as usize) {
            *uses += 1;
        }
        block.numbered(number)
    }

    fn number_of(&mut self, template: Template) -> u32 {
        if let Some(&number) = self.numbers.get(&template) {
            return number;
        }
        let template = Arc::new(template);
        let number = match self.free.pop() {
            Some(number) => number,
            None => {
                self.numbered.0.push(None);
                self.uses.push(0);
                (self.uses.len() - 1) as u32
            }
        };
        if let Some(slot) = self.numbered.0.get_mut(number as usize) {
            *slot = Some(template.clone());
        }
        self.numbers.insert(template, number);
        number
    }

    /// Uncounts the template of a block that is kept no longer.
    pub(crate) fn leave(&mut self, block: &[u8]) {
        let Some(number) = Block::number_of(block) else { return };
        let Some(uses) = self.uses.get_mut(number as usize) else { return };
        *uses = uses.saturating_sub(1);
        if *uses == 0
            && let Some(template) = self.numbered.0.get_mut(number as usize).and_then(Option::take)
        {
            self.numbers.remove(&template);
            self.free.push(number);
        }
    }

    /// How many templates there are.
    pub(crate) fn len(&self) -> usize {
        self.numbers.len()
    }

    /// The templates by number.
    pub(crate) fn numbered(&self) -> &Numbered {
        &self.numbered
    }
}

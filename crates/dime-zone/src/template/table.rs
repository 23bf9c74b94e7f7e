//! The templates of a zone: each kept once, counted, and forgotten with its last DET.
//!
//! A number is given to another template only after the last DET with it is gone, and a copy of the table keeps the templates that it had
//! under their numbers: blocks of an older state of a zone are read with the templates of that state.

mod absorb;
mod adopt;
mod numbered;
mod restore;

use super::{Block, Template, carve};
use drip_det::Det;
pub(crate) use numbered::Numbered;
use std::{collections::HashMap, sync::Arc};

/// Templates with their numbers and how many DETs use each.
#[derive(Clone)]
pub(crate) struct Table {
    numbered: Numbered,
    /// What only a writer needs; see [`Table::to_show`].
    books: Option<Books>,
}

/// How many DETs use each template, and which templates there are.
#[derive(Clone, Default)]
struct Books {
    uses: Vec<u32>,
    free: Vec<u32>,
    numbers: HashMap<Arc<Template>, u32>,
    /// The last few numbers used: most DETs have the template of the one before, and comparing is cheaper than carving.
    recent: [u32; 4],
}

impl Default for Table {
    fn default() -> Self {
        Table { numbered: Numbered::default(), books: Some(Books::default()) }
    }
}

impl Table {
    /// The table for who reads: the templates, not counted. In a copy of that, whoever changes it nevertheless only adds templates.
    pub(crate) fn to_show(&self) -> Self {
        Table { numbered: self.numbered.clone(), books: None }
    }

    /// The block to keep for a DET with these records, its template counted.
    pub(crate) fn enter(&mut self, det: Det, block: Block, ttl: u32, records: &[(u16, Vec<u8>)]) -> Vec<u8> {
        let number = match self.recent(det, &block, ttl, records) {
            Some(number) => number,
            None => {
                let number = self.number_of(Arc::new(carve(det, &block, ttl, records)));
                if let Some(books) = &mut self.books {
                    books.recent.rotate_right(1);
                    if let Some(first) = books.recent.first_mut() {
                        *first = number;
                    }
                }
                number
            }
        };
        self.count(number, 1);
        block.numbered(number)
    }

    /// The template among those used last that gives these records.
    fn recent(&self, det: Det, block: &Block, ttl: u32, records: &[(u16, Vec<u8>)]) -> Option<u32> {
        let recent = self.books.as_ref()?.recent;
        recent.into_iter().find(|&number| {
            let template = self.numbered.find(number);
            template.is_some_and(|template| template.composes(det, block.octets(), ttl, records))
        })
    }

    /// The number of a template, which it is given if it has none.
    fn number_of(&mut self, template: Arc<Template>) -> u32 {
        let Some(books) = &mut self.books else { return self.numbered.push(template) };
        if let Some(&number) = books.numbers.get(&template) {
            return number;
        }
        let number = match books.free.pop() {
            Some(number) => {
                self.numbered.set(number, template.clone());
                number
            }
            None => {
                books.uses.push(0);
                self.numbered.push(template.clone())
            }
        };
        books.numbers.insert(template, number);
        number
    }

    fn count(&mut self, number: u32, more: u32) {
        let uses = self.books.as_mut().and_then(|books| books.uses.get_mut(number as usize));
        if let Some(uses) = uses {
            *uses += more;
        }
    }

    /// Uncounts the template of a block that is kept no longer.
    pub(crate) fn leave(&mut self, block: &[u8]) {
        let Some(number) = Block::number_of(block) else { return };
        let Some(books) = &mut self.books else { return };
        let Some(uses) = books.uses.get_mut(number as usize).filter(|uses| **uses > 0) else { return };
        *uses -= 1;
        if *uses == 0
            && let Some(template) = self.numbered.take(number)
        {
            books.numbers.remove(&template);
            books.free.push(number);
        }
    }

    /// How many templates there are.
    pub(crate) fn len(&self) -> usize {
        self.numbered.len()
    }

    /// The templates by number.
    pub(crate) fn numbered(&self) -> &Numbered {
        &self.numbered
    }
}

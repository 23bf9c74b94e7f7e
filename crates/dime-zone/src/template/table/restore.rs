//! The templates of a zone put away in a snapshot, and taken out again.

use super::{Books, Numbered, Table};
use crate::template::Template;
use std::{collections::BTreeMap, sync::Arc};

impl Table {
    /// All templates, by number.
    pub(crate) fn all(&self) -> Vec<(u32, Arc<Template>)> {
        self.numbered.iter().map(|(number, template)| (number, Arc::clone(template))).collect()
    }

    /// The table of templates that so many DETs use, each under the number that it has in their blocks. Templates that nobody uses are left
    /// out. `None` when a template stands there twice.
    pub(crate) fn of(templates: Vec<(u32, Template)>, uses: &BTreeMap<u32, u32>) -> Option<Self> {
        let (mut numbered, mut books) = (Numbered::default(), Books::default());
        for (number, template) in templates {
            let Some(count) = uses.get(&number).copied().filter(|count| *count > 0) else { continue };
            let template = Arc::new(template);
            let index = number as usize;
            if books.uses.len() <= index {
                books.uses.resize(index + 1, 0);
            }
            *books.uses.get_mut(index)? = count;
            numbered.set(number, template.clone());
            if books.numbers.insert(template, number).is_some() {
                return None;
            }
        }
        let free = (0..).zip(&books.uses).filter(|(_, uses)| **uses == 0).map(|(number, _)| number);
        books.free = free.collect();
        Some(Table { numbered, books: Some(books) })
    }
}

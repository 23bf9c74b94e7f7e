//! The templates of a zone put away in a snapshot, and taken out again.

use super::Table;
use crate::template::Template;
use std::{collections::BTreeMap, sync::Arc};

impl Table {
    /// All templates, by number.
    pub(crate) fn all(&self) -> Vec<(u32, Arc<Template>)> {
        let slots = (0..).zip(&self.numbered.0);
        slots.filter_map(|(number, slot)| Some((number, slot.clone()?))).collect()
    }

    /// The table of templates that so many DETs use, each under the number that it has in their blocks. Templates that nobody uses are left
    /// out. `None` when a template stands there twice.
    pub(crate) fn of(templates: Vec<(u32, Template)>, uses: &BTreeMap<u32, u32>) -> Option<Self> {
        let mut table = Table::default();
        for (number, template) in templates {
            let Some(count) = uses.get(&number).copied().filter(|count| *count > 0) else { continue };
            let template = Arc::new(template);
            let index = number as usize;
            if table.numbered.0.len() <= index {
                table.numbered.0.resize(index + 1, None);
                table.uses.resize(index + 1, 0);
            }
            *table.numbered.0.get_mut(index)? = Some(template.clone());
            *table.uses.get_mut(index)? = count;
            if table.numbers.insert(template, number).is_some() {
                return None;
            }
        }
        let free = (0..).zip(&table.uses).filter(|(_, uses)| **uses == 0).map(|(number, _)| number);
        table.free = free.collect();
        Some(table)
    }
}

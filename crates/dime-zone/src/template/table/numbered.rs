//! Templates by number, in a structure of which copies share all that is the same.

use crate::template::Template;
use std::sync::Arc;

/// How many templates lie together: a change copies one group and the list of groups.
const GROUP: usize = 64;

type Group = [Option<Arc<Template>>; GROUP];

/// Templates by number. A copy shares them, and later changes leave it alone.
#[derive(Clone, Default)]
pub(crate) struct Numbered {
    groups: Arc<Vec<Arc<Group>>>,
    /// Numbers given so far.
    slots: u32,
    count: usize,
}

impl Numbered {
    /// The template of a number.
    pub(crate) fn find(&self, number: u32) -> Option<&Template> {
        self.slot(number)?.as_deref()
    }

    /// The template of a number, to keep it.
    pub(crate) fn shared(&self, number: u32) -> Option<Arc<Template>> {
        self.slot(number)?.clone()
    }

    /// How many templates there are.
    pub(super) fn len(&self) -> usize {
        self.count
    }

    /// All templates, by number.
    pub(super) fn iter(&self) -> impl Iterator<Item = (u32, &Arc<Template>)> {
        let slots = (0..).zip(self.groups.iter().flat_map(|group| group.iter()));
        slots.filter_map(|(number, slot)| Some((number, slot.as_ref()?)))
    }

    /// Gives a template a new number.
    pub(super) fn push(&mut self, template: Arc<Template>) -> u32 {
        let number = self.slots;
        self.set(number, template);
        number
    }

    /// Gives a template this number.
    pub(super) fn set(&mut self, number: u32, template: Arc<Template>) {
        let groups = Arc::make_mut(&mut self.groups);
        let (group, place) = place(number);
        while groups.len() <= group {
            groups.push(Arc::new([const { None }; GROUP]));
        }
        self.slots = self.slots.max(number.saturating_add(1));
        if let Some(slot) = groups.get_mut(group).and_then(|group| Arc::make_mut(group).get_mut(place)) {
            let before = slot.replace(template);
            self.count += usize::from(before.is_none());
        }
    }

    /// Takes the template of a number away.
    pub(super) fn take(&mut self, number: u32) -> Option<Arc<Template>> {
        let (group, place) = place(number);
        let group = Arc::make_mut(&mut self.groups).get_mut(group)?;
        let template = Arc::make_mut(group).get_mut(place)?.take()?;
        self.count -= 1;
        Some(template)
    }

    fn slot(&self, number: u32) -> Option<&Option<Arc<Template>>> {
        let (group, place) = place(number);
        self.groups.get(group)?.get(place)
    }
}

fn place(number: u32) -> (usize, usize) {
    (number as usize / GROUP, number as usize % GROUP)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn template(ttl: u32) -> Arc<Template> {
        Arc::new(Template { ttl, records: Vec::new() })
    }

    fn ttls(numbered: &Numbered) -> Vec<(u32, u32)> {
        numbered.iter().map(|(number, template)| (number, template.ttl)).collect()
    }

    #[test]
    fn a_number_means_the_same_in_a_copy() {
        let mut numbered = Numbered::default();
        for ttl in 0..200 {
            assert_eq!(numbered.push(template(ttl)), ttl);
        }
        let copy = numbered.clone();
        let before = ttls(&copy);
        for number in (0..200).step_by(3) {
            assert_eq!(numbered.take(number).map(|template| template.ttl), Some(number));
            assert_eq!(numbered.take(number), None);
        }
        numbered.set(3, template(1000));
        assert_eq!(numbered.push(template(1001)), 200);
        assert_eq!((numbered.len(), ttls(&numbered).len()), (135, 135));
        assert_eq!(numbered.find(3).map(|template| template.ttl), Some(1000));
        assert_eq!((copy.len(), ttls(&copy)), (200, before));
        assert!(
            numbered.find(6).is_none() && numbered.find(201).is_none() && numbered.find(u32::MAX).is_none()
        );
    }
}

//! The zones as a batch of questions finds them.

use crate::{
    Answer, Class, Position, Question, RecordType,
    dnssec::Asker,
    sequence::BATCH,
    wire::{Composed, Compression, WireQuestion},
    zone::Zone,
    zones::{Served, Zones, zone_for},
};
use arc_swap::Guard;
use std::sync::Arc;

/// What questions are answered from. Take one for a batch of questions that are there already, and drop it before waiting for more.
///
/// Each question sees its zone whole, as of one serial; the next question may see it at a later one. Whatever changes meanwhile, no answer
/// waits for it.
pub struct View<'a> {
    pub(crate) served: Guard<Arc<Served>>,
    /// Which list of zones it is, or an older one.
    edition: u64,
    zones: &'a Zones,
}

impl Zones {
    /// The zones as they are now.
    pub fn view(&self) -> View<'_> {
        let edition = self.served.edition();
        View { served: self.served.read(), edition, zones: self }
    }
}

impl View<'_> {
    /// The zone that a question is answered from, if it is served here.
    ///
    /// A zone delegates to another of these zones only after that one is in the list. So whoever finds that the list is still the same
    /// after taking the zone has no delegation in it to a zone that the list lacks; and else looks again.
    pub(crate) fn zone_for(&self, position: Position, record_type: RecordType) -> Option<Guard<Arc<Zone>>> {
        let found = zone_for(&self.served, position, record_type).map(|zone| zone.read());
        if self.zones.served.edition() == self.edition {
            return found;
        }
        loop {
            let now = self.zones.view();
            let found = zone_for(&now.served, position, record_type).map(|zone| zone.read());
            if self.zones.served.edition() == now.edition {
                return found;
            }
        }
    }

    /// Brings near what the answers to these names will be composed from: a hint, for a batch of questions that are answered next. Names
    /// that are not DETs' are passed over.
    pub fn warm<'q>(&self, names: impl Iterator<Item = &'q [u8]>) {
        let mut numbers = [0; BATCH];
        let mut count = 0;
        let positions = names.filter_map(Position::of_det_name);
        let mut zone: Option<Guard<Arc<Zone>>> = None;
        for (number, position) in numbers.iter_mut().zip(positions) {
            // Mostly all of a batch are of one zone; what is of others waits for its memory by itself.
            if zone.is_none() {
                zone = zone_for(&self.served, position, RecordType::HHIT).map(|zone| zone.read());
            }
            *number = position.number;
            count += 1;
        }
        if let (Some(zone), Some(numbers)) = (zone, numbers.get(..count)) {
            zone.sequence().warm(numbers);
        }
    }

    /// Composes the answer to a question straight behind it in a message.
    ///
    /// `out` has the header and the question, and gets the records of the other sections, without OPT; the header is the caller's to fill.
    /// `verifies` says that the asker wants signatures, and whether its address may be forged.
    pub fn compose(
        &self,
        question: &WireQuestion<'_>,
        verifies: Option<Asker>,
        out: &mut Vec<u8>,
        names: &mut Compression,
    ) -> Composed {
        names.begin(question);
        let position = match question.class {
            Class::IN if ![RecordType::AXFR, RecordType::IXFR].contains(&question.record_type) => {
                question.position()
            }
            _ => None,
        };
        let Some(position) = position else { return Composed::of_answer(&Answer::refused(), out, names) };
        let Some(zone) = self.zone_for(position, question.record_type) else {
            return Composed::of_answer(&Answer::refused(), out, names);
        };
        let of = Some(zone.config.cut);
        if let Some(composed) = zone.compose(question, position, verifies, out, names) {
            return Composed { zone: of, ..composed };
        }
        let Some(name) = question.to_name() else {
            return Composed::of_answer(&Answer::refused(), out, names);
        };
        let asked = Question { name: &name, record_type: question.record_type, class: question.class };
        Composed { zone: of, ..Composed::of_answer(&zone.answer_of(asked, position, verifies), out, names) }
    }

    /// The same answer as records.
    pub fn answer(&self, question: Question<'_>, verifies: Option<Asker>) -> Answer {
        let is_transfer = [RecordType::AXFR, RecordType::IXFR].contains(&question.record_type);
        if question.class != Class::IN || is_transfer {
            return Answer::refused();
        }
        let Some(position) = Position::of(question.name) else { return Answer::refused() };
        let Some(zone) = self.zone_for(position, question.record_type) else { return Answer::refused() };
        zone.answer_of(question, position, verifies)
    }
}

impl Zone {
    fn answer_of(&self, question: Question<'_>, position: Position, verifies: Option<Asker>) -> Answer {
        match verifies {
            Some(asker) => self.answer_to(question, position, asker),
            None => self.answer(question, position),
        }
    }
}

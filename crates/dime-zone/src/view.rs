//! The zones as a batch of questions finds them.

use crate::{
    Answer, Class, Position, Question, RecordType,
    dnssec::Asker,
    wire::{Composed, Compression, WireQuestion},
    zone::Zone,
    zones::{Served, Zones, zone_for},
};
use arc_swap::Guard;
use std::{marker::PhantomData, sync::Arc};

/// What questions are answered from. Take one for a batch of questions that are there already, and drop it before waiting for more.
///
/// Each question sees its zone whole, as of one serial; the next question may see it at a later one.
pub struct View<'a> {
    served: Guard<Arc<Served>>,
    zones: PhantomData<&'a Zones>,
}

impl Zones {
    /// The zones as they are now.
    pub fn view(&self) -> View<'_> {
        View { served: self.served.read(), zones: PhantomData }
    }
}

impl View<'_> {
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
        names.begin(question.name);
        let position = match question.class {
            Class::IN if ![RecordType::AXFR, RecordType::IXFR].contains(&question.record_type) => {
                question.position()
            }
            _ => None,
        };
        let Some(position) = position else { return Composed::of_answer(&Answer::refused(), out, names) };
        let Some(zone) = zone_for(&self.served, position, question.record_type) else {
            return Composed::of_answer(&Answer::refused(), out, names);
        };
        let zone = zone.read();
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
        let Some(zone) = zone_for(&self.served, position, question.record_type) else {
            return Answer::refused();
        };
        zone.read().answer_of(question, position, verifies)
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

impl WireQuestion<'_> {
    /// Where the name lies; `None` where it is not under `ip6.arpa`.
    fn position(&self) -> Option<Position> {
        Position::of_det_name(self.name).or_else(|| Position::of(&self.to_name()?))
    }
}

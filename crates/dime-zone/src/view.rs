//! The zones as a batch of questions finds them.

use crate::{
    Answer, Class, Position, Question, RecordType,
    dnssec::Asker,
    wire::{Composed, Compression, WireQuestion},
    zones::{Served, Zones, zone_for},
};
use parking_lot::RwLockReadGuard;

/// What questions are answered from. Take one for a batch of questions that are there already, and drop it before waiting for more.
///
/// Each question sees its zone whole, as of one serial; the next question may see it at a later one.
pub struct View<'a> {
    served: RwLockReadGuard<'a, Served>,
}

impl Zones {
    /// The zones as they are now.
    pub fn view(&self) -> View<'_> {
        View { served: self.served.read() }
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
        if let Some(composed) = zone.compose(question, position, verifies, out, names) {
            return composed;
        }
        let Some(name) = question.to_name() else {
            return Composed::of_answer(&Answer::refused(), out, names);
        };
        let asked = Question { name: &name, record_type: question.record_type, class: question.class };
        let answer = match verifies {
            Some(asker) => zone.answer_to(asked, position, asker),
            None => zone.answer(asked, position),
        };
        Composed::of_answer(&answer, out, names)
    }
}

impl WireQuestion<'_> {
    /// Where the name lies; `None` where it is not under `ip6.arpa`.
    fn position(&self) -> Option<Position> {
        Position::of_det_name(self.name).or_else(|| Position::of(&self.to_name()?))
    }
}

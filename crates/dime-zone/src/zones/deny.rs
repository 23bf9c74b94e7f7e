//! How the zones that are served deny, and for whom.

use super::Zones;
use crate::{
    Answer, Question, ZoneError,
    dnssec::{Asker, Denial},
};
use drip_det::ZoneCut;

impl Zones {
    /// How a zone denies; `None` where it is not signed. A zone that denies compactly is of no use to a server without its key.
    pub fn denial(&self, cut: ZoneCut) -> Result<Option<Denial>, ZoneError> {
        Ok(self.zone(cut)?.read().denial())
    }

    /// As [`Zones::lookup_signed`], for who has shown whose address it is: of the signatures that are made for answers, those have a share
    /// of their own.
    pub fn lookup_signed_for(&self, question: Question<'_>, asker: Asker) -> Answer {
        self.view().answer(question, Some(asker))
    }
}

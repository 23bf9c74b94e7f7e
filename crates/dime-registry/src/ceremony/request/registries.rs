//! What a ceremony request asks for registries below: those that were approved and wait, or those in force once more.

use super::{Order, PAGE};
use crate::{
    CeremonyRequestError, Kind, OurFault, Registry,
    ceremony::RegistrationsWanted,
    place::{above, seat},
};
use dime_sign::ceremony::Item;
use dime_store::{AuthorityStatus, Filter, Registration, RegistrationId, State};
use drip_det::Hid;

impl Registry {
    pub(super) fn registration_items(&self, order: &Order<'_>) -> Result<Vec<Item>, CeremonyRequestError> {
        let records = match &order.wanted.registrations {
            RegistrationsWanted::None => return Ok(Vec::new()),
            RegistrationsWanted::Approved => self.approved_below(order.by)?,
            RegistrationsWanted::All => {
                let mut records = self.approved_below(order.by)?;
                records.extend(self.in_force_below(order.by)?);
                records
            }
            RegistrationsWanted::These(ids) => {
                ids.iter().map(|id| self.approved(id, order.by)).collect::<Result<_, _>>()?
            }
        };
        let mut items = Vec::with_capacity(records.len());
        for record in records {
            let delegation = self.store.delegation(record.hid())?;
            items.push(order.registry(&record, delegation.as_ref())?);
        }
        Ok(items)
    }

    fn approved(&self, id: &RegistrationId, by: Hid) -> Result<Registration, CeremonyRequestError> {
        let record = self.store.registration(id)?;
        let record = record.filter(|record| waits_at(record, by) || self.is_in_force_below(record, by));
        record.ok_or_else(|| CeremonyRequestError::NotWaiting(id.clone()))
    }

    fn approved_below(&self, by: Hid) -> Result<Vec<Registration>, OurFault> {
        self.registries(State::Pending, |record| waits_at(record, by))
    }

    /// The registries below that are in force; those suspended stay so, whatever is signed for them, and those retired get nothing new.
    fn in_force_below(&self, by: Hid) -> Result<Vec<Registration>, OurFault> {
        self.registries(State::Registered, |record| self.is_in_force_below(record, by))
    }

    fn is_in_force_below(&self, record: &Registration, by: Hid) -> bool {
        record.state == State::Registered
            && matches!(record.kind, Kind::Hda | Kind::Raa)
            && above(seat(record.hid())) == Some(by)
            && self.authorities.find(record.det).is_some_and(|authority| {
                matches!(authority.status, AuthorityStatus::Active | AuthorityStatus::Suspended { .. })
            })
    }

    fn registries(
        &self,
        state: State,
        chosen: impl Fn(&Registration) -> bool,
    ) -> Result<Vec<Registration>, OurFault> {
        let filter = Filter { state: Some(state), ..Filter::default() };
        let mut records = Vec::new();
        let mut after = None;
        loop {
            let page = self.store.registrations(filter, after.as_ref(), PAGE)?;
            records.extend(page.registrations.into_iter().filter(&chosen));
            match page.next {
                Some(next) => after = Some(next),
                None => return Ok(records),
            }
        }
    }
}

/// Whether a registry's registration was approved, and its endorsement is this place's to give.
fn waits_at(record: &Registration, by: Hid) -> bool {
    crate::view::waits_for_ceremony(record) && above(seat(record.hid())) == Some(by)
}

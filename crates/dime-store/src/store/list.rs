//! Listing registrations.

use super::{
    Store,
    read::{PART, misplaced},
};
use crate::{
    Kind, Registration, RegistrationId, State, StoreError,
    index::{
        Key, key,
        row::{Listed, Row},
    },
};
use drip_det::{Det, Hid, UnixTime};

/// Which registrations to list. The default is all of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// Only those in this state.
    pub state: Option<State>,
    /// Only those of this kind.
    pub kind: Option<Kind>,
    /// Only those of this HDA.
    pub hid: Option<Hid>,
    /// Only those of this operator.
    pub operator: Option<Det>,
}

/// A part of a listing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// The registrations, by identifier.
    pub registrations: Vec<Registration>,
    /// Where the next page begins, for the `after` of the next call; `None` when this is the last.
    pub next: Option<RegistrationId>,
}

impl Filter {
    /// The shortest listing that has all of them.
    fn listing(&self) -> Key {
        match (self.operator, self.state) {
            (Some(operator), _) => key::of_operator(operator),
            (None, Some(state)) => key::in_state(state),
            (None, None) => key::registrations(),
        }
    }

    fn admits(&self, listed: &Listed) -> bool {
        self.state.is_none_or(|state| state == listed.state)
            && self.kind.is_none_or(|kind| kind == listed.kind)
            && self.hid.is_none_or(|hid| hid == listed.hid)
    }
}

impl Store {
    /// Registrations by identifier, after one of them.
    pub fn registrations(
        &self,
        filter: Filter,
        after: Option<&RegistrationId>,
        limit: usize,
    ) -> Result<Page, StoreError> {
        let listing = filter.listing();
        let mut after = after.map(|id| key::listed(listing.clone(), id));
        let mut registrations: Vec<Registration> = Vec::new();
        loop {
            let rows = self.index.range(&listing, after.as_deref(), PART)?;
            for (key, value) in &rows {
                if !filter.admits(&listed(value)?) {
                    continue;
                }
                // It may have changed since its row was read.
                let Some(registration) = self.listed_registration(&listing, key)? else { continue };
                let now =
                    Listed { state: registration.state, kind: registration.kind, hid: registration.hid() };
                if !filter.admits(&now) {
                    continue;
                }
                if registrations.len() == limit {
                    let next = registrations.last().map(|last| last.id.clone());
                    return Ok(Page { registrations, next });
                }
                registrations.push(registration);
            }
            match rows.into_iter().next_back() {
                Some((key, _)) => after = Some(key),
                None => return Ok(Page { registrations, next: None }),
            }
        }
    }

    /// Registrations in force whose `not_after` is before a time, the earliest first.
    pub fn expiring(&self, before: UnixTime, limit: usize) -> Result<Vec<Registration>, StoreError> {
        let end = key::ending_at(before);
        let rows = self.index.range(&key::ending(), None, limit)?;
        let rows = rows.iter().map(|(key, _)| key).take_while(|key| **key < end);
        let mut registrations = Vec::new();
        for key in rows {
            // The listing is one of its own: what comes before the identifier are the time's octets.
            let listing = key.get(..end.len()).unwrap_or_default();
            let registration = self.listed_registration(listing, key)?;
            registrations.extend(
                registration.filter(|found| found.state == State::Registered && found.not_after < before),
            );
        }
        Ok(registrations)
    }

    /// Registrations of which something is decided and not yet signed, by identifier: in state `Issuing`, or with a renewal.
    pub fn unfinished(
        &self,
        after: Option<&RegistrationId>,
        limit: usize,
    ) -> Result<Vec<Registration>, StoreError> {
        let listing = key::unfinished();
        let after = after.map(|id| key::listed(listing.clone(), id));
        let mut registrations = Vec::new();
        for (key, _) in self.index.range(&listing, after.as_deref(), limit)? {
            registrations.extend(self.listed_registration(&listing, &key)?);
        }
        Ok(registrations)
    }

    /// The registration whose key in a listing this is.
    fn listed_registration(&self, listing: &[u8], key: &[u8]) -> Result<Option<Registration>, StoreError> {
        let id = key.get(listing.len()..).ok_or_else(misplaced)?;
        let id = String::from_utf8(id.to_vec()).map_err(|_| misplaced())?;
        self.registration(&RegistrationId(id))
    }
}

fn listed(value: &[u8]) -> Result<Listed, StoreError> {
    match Row::decode(value) {
        Some(Row::Listed(listed)) => Ok(listed),
        Some(Row::Registration { claim, .. }) => Ok(claim.listed()),
        _ => Err(misplaced()),
    }
}

//! Cross-endorsements: those that our Authorization keys gave, in ceremonies, and those that others gave to ours.

use super::CROSS;
use crate::{Caller, OurFault, Permission, ReadError, Registry, TrustError};
use dime_store::Ownership;
use drip_det::{Det, DetClass, Hda, HostIdentity, Raa};
use drip_wire::Endorsement;
use std::collections::BTreeMap;

/// A cross-endorsement, as anybody may see it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CrossView {
    /// One RAA's Authorization DET endorses another's.
    pub endorsement: Endorsement,
    /// Who gave it.
    pub direction: CrossDirection,
    /// Whether it holds at this moment.
    pub in_time: bool,
}

/// Who gave a cross-endorsement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CrossDirection {
    /// We did.
    Issued,
    /// We have it from another RAA or a bridge.
    Received,
}

impl CrossDirection {
    /// The word: `issued`, `received`.
    pub const fn name(self) -> &'static str {
        match self {
            CrossDirection::Issued => "issued",
            CrossDirection::Received => "received",
        }
    }
}

impl Registry {
    /// Takes in cross-endorsements by others of ours, or by ours of others. Self-endorsements among them say what others' keys are; they
    /// are not kept.
    pub fn receive_cross(
        &self,
        endorsements: &[Endorsement],
        caller: &Caller,
    ) -> Result<Vec<CrossView>, TrustError> {
        caller.require_somewhere(Permission::ManageAuthorities)?;
        let now = self.clock.now();
        let _one_at_a_time = self.imports.lock();
        let mut taken = Vec::new();
        let (selves, crossing): (Vec<&Endorsement>, Vec<&Endorsement>) =
            endorsements.iter().partition(|each| each.is_self_endorsement());
        for endorsement in crossing {
            let (parent, child) = (endorsement.parent, endorsement.child);
            let direction = self.direction(endorsement).ok_or(TrustError::NotCross { parent, child })?;
            let ours = if direction == CrossDirection::Issued { parent } else { child };
            caller.require(Permission::ManageAuthorities, Some(ours.hid()))?;
            let hi = self.key_of(parent, &selves)?.ok_or(TrustError::ParentUnknown(parent))?;
            endorsement.verify(&hi)?;
            if !endorsement.valid_at(now) {
                return Err(TrustError::OutOfTime(child));
            }
            taken.push(CrossView { endorsement: *endorsement, direction, in_time: true });
        }
        // One of each name: of the same parent and child the last counts.
        let documents: BTreeMap<String, Vec<u8>> = taken
            .iter()
            .map(|view| {
                (name(view.endorsement.parent, view.endorsement.child), view.endorsement.encode().to_vec())
            })
            .collect();
        self.put_documents(caller.actor(), now, documents.into_iter().collect())?;
        Ok(taken)
    }

    /// Withdraws a cross-endorsement: it is given out no more, and left out of caches. What others keep of it they keep until it ends.
    pub fn withdraw_cross(&self, parent: Det, child: Det, caller: &Caller) -> Result<(), TrustError> {
        caller.require_somewhere(Permission::ManageAuthorities)?;
        let _one_at_a_time = self.imports.lock();
        let name = name(parent, child);
        let known = self.store.document(&name).map_err(OurFault::from)?;
        if known.is_none_or(|known| known.octets.is_empty()) {
            return Err(TrustError::NotFound { parent, child });
        }
        let place = if self.is_ours(parent) { parent } else { child };
        caller.require(Permission::ManageAuthorities, Some(place.hid()))?;
        self.put_documents(caller.actor(), self.clock.now(), vec![(name, Vec::new())])?;
        tracing::info!(%parent, %child, "cross-endorsement withdrawn");
        Ok(())
    }

    /// Every cross-endorsement that was not withdrawn, by parent and child.
    pub fn cross_endorsements(&self) -> Result<Vec<CrossView>, ReadError> {
        let now = self.clock.now();
        let documents = self.documents(CROSS)?;
        let endorsements = documents.iter().filter_map(|each| Endorsement::decode(&each.octets).ok());
        Ok(endorsements
            .map(|endorsement| CrossView {
                endorsement,
                direction: if self.is_ours(endorsement.parent) {
                    CrossDirection::Issued
                } else {
                    CrossDirection::Received
                },
                in_time: endorsement.valid_at(now),
            })
            .collect())
    }

    fn direction(&self, endorsement: &Endorsement) -> Option<CrossDirection> {
        let (parent, child) = (endorsement.parent, endorsement.child);
        let is_raa = |det: Det| det.hid().raa != Raa::APEX && det.hid().hda == Hda::OF_RAA;
        if !is_raa(parent) || !is_raa(child) || parent.hid().raa == child.hid().raa {
            return None;
        }
        match (self.is_ours(parent), self.is_ours(child)) {
            (true, _) => Some(CrossDirection::Issued),
            (false, true) => Some(CrossDirection::Received),
            (false, false) => None,
        }
    }

    fn is_ours(&self, det: Det) -> bool {
        self.authorities
            .find(det)
            .is_some_and(|known| known.own == Ownership::Own && known.class == DetClass::Authorization)
    }

    /// The key of a parent: an authority known here, one that we endorsed, or one that endorses itself.
    fn key_of(&self, det: Det, selves: &[&Endorsement]) -> Result<Option<HostIdentity>, TrustError> {
        if let Some(known) = self.authorities.find(det) {
            return Ok(Some(known.hi));
        }
        if let Some(own) = selves.iter().find(|each| each.child == det) {
            own.verify(&own.child_hi)?;
            return Ok(Some(own.child_hi));
        }
        let documents = self.store.documents().map_err(OurFault::from)?;
        Ok(documents
            .iter()
            .filter(|document| document.name.starts_with(CROSS))
            .filter_map(|document| Endorsement::decode(&document.octets).ok())
            .find(|endorsement| endorsement.child == det)
            .map(|endorsement| endorsement.child_hi))
    }
}

fn name(parent: Det, child: Det) -> String {
    format!("{CROSS}{parent}/{child}")
}

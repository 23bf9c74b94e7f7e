//! Taking in one authority: its objects become a record, and with it a registration and a delegation where it is a registry's below.

use super::{
    Overlong,
    admit::{Admitted, Parent, admit},
    answer::Import,
};
use crate::{ImportError, Registry, place::seat};
use dime_sign::ceremony::AuthorityObjects;
use dime_store::{
    Authority, AuthorityStatus, DelegationState, Expect, Kind, Ownership, Registration, Standing, State,
    Write,
};
use drip_det::{Det, DetClass, EntityType, UnixTime};

impl Registry {
    /// An authority whose parent the import knows: ours, or a registry's below.
    pub(super) fn import_authority(
        &self,
        import: &mut Import,
        objects: &AuthorityObjects,
    ) -> Result<(), ImportError> {
        let det = objects.det();
        let object = |fault| ImportError::Object { det, fault };
        let parent = match import.parents.get(&objects.parent) {
            Some(parent) => *parent,
            None => self
                .known_parent(objects.parent, import.now)
                .ok_or(ImportError::UnknownParent { det, parent: objects.parent })?,
        };
        let admitted = admit(objects, &parent, Overlong::Forced, import.now).map_err(object)?;
        let registration = self.store.registration_by_det(det)?;
        let own = match &registration {
            Some(record) if record.kind == Kind::Hda || record.kind == Kind::Raa => Ownership::Below,
            Some(_) => return Err(ImportError::Taken(det)),
            None => self.ownership_of(objects)?,
        };
        let known = self.store.authority(det)?;
        if let Some(known) = known.as_ref().filter(|known| known.status.has_ended()) {
            return Err(ImportError::Ended { det, status: known.status.name() });
        }
        let record = self.authority_record(objects, &admitted, own, known.as_ref())?;
        let level = record.level;
        import
            .parents
            .insert(det, Parent { det, hi: objects.hi, level, not_after: Some(admitted.not_after) });
        if known.as_ref().is_none_or(|known| !same_objects(known, &record)) {
            let expect = known.map_or(Expect::Absent, |known| Expect::Version(known.version));
            import.writes.push(Write::PutAuthority { record: Box::new(record), expect });
            import.imported.authorities.push(det);
        }
        match registration {
            Some(record) => self.import_registration(import, record, objects, &admitted),
            None => Ok(()),
        }
    }

    fn ownership_of(&self, objects: &AuthorityObjects) -> Result<Ownership, ImportError> {
        let ours = self.places()?.contains(&seat(objects.hid));
        Ok(if ours { Ownership::Own } else { Ownership::Above })
    }

    /// An authority that is known and in force, as a parent.
    fn known_parent(&self, det: Det, now: UnixTime) -> Option<Parent> {
        let known = self.authorities.find(det)?;
        let vouches = known.class == DetClass::Authorization && known.in_force(now);
        vouches.then_some(Parent { det, hi: known.hi, level: known.level, not_after: Some(known.not_after) })
    }

    fn authority_record(
        &self,
        objects: &AuthorityObjects,
        admitted: &Admitted,
        own: Ownership,
        known: Option<&Authority>,
    ) -> Result<Authority, ImportError> {
        let det = objects.det();
        let uses = match (known, self.store.prospect(det)?) {
            (_, Some(key)) => key.uses,
            (Some(known), None) => known.uses.clone(),
            (None, None) => Vec::new(),
        };
        let above = self.authorities.find(objects.parent).filter(|_| objects.parent != det);
        let standing = match (known, above) {
            (Some(known), _) => known.standing,
            (None, Some(above)) => above.standing,
            (None, None) => Standing::Production,
        };
        Ok(Authority {
            det,
            version: 0,
            hi: objects.hi,
            level: objects.level,
            class: objects.class,
            hid: objects.hid,
            parent: objects.parent,
            entity_type: EntityType::of_authority(objects.level, objects.class),
            endorsement: objects.endorsement,
            certificate: objects.lite.clone(),
            full: objects.full.clone(),
            mtls: objects.mtls.clone(),
            standing,
            status: known.map_or(AuthorityStatus::Active, |known| known.status.clone()),
            own,
            uses,
            not_before: admitted.not_before,
            not_after: admitted.not_after,
        })
    }

    /// The registration of a registry below comes into force with its authority, and its delegation with it.
    fn import_registration(
        &self,
        import: &mut Import,
        mut record: Registration,
        objects: &AuthorityObjects,
        admitted: &Admitted,
    ) -> Result<(), ImportError> {
        if !(crate::view::waits_for_ceremony(&record) || record.state == State::Registered) {
            let state = record.state.name();
            return Err(ImportError::NotWaiting { id: record.id, state });
        }
        let id = record.id.clone();
        let first = record.state != State::Registered;
        let expect = Expect::Version(record.version);
        record.version = expect.next_version();
        record.state = State::Registered;
        record.issuer = objects.parent;
        record.endorsement = Some(objects.endorsement);
        record.certificate = Some(objects.lite.clone());
        record.not_before = admitted.not_before;
        record.not_after = admitted.not_after;
        let hid = record.hid();
        import.writes.push(Write::PutRegistration { record: Box::new(record), expect });
        import.imported.registrations.push(id.clone());
        if !first {
            return Ok(());
        }
        let mut delegation = self.store.delegation(hid)?.ok_or(ImportError::NumberTaken(hid))?;
        let expect = Expect::Version(delegation.version);
        if delegation.registration != id {
            // A new key of the registry that has the number: the delegation goes over to it.
            let before = self.store.registration(&delegation.registration)?;
            if before.is_none_or(|before| before.state != State::Registered) {
                return Err(ImportError::NumberTaken(hid));
            }
            delegation.registration = id;
        } else {
            delegation.state = DelegationState::Active;
            delegation.since = Some(import.now);
        }
        import.writes.push(Write::PutDelegation { record: Box::new(delegation), expect });
        Ok(())
    }
}

fn same_objects(one: &Authority, other: &Authority) -> bool {
    let of = |authority: &Authority| {
        let Authority { parent, endorsement, certificate, full, mtls, .. } = authority;
        (*parent, *endorsement, certificate.clone(), full.clone(), mtls.clone())
    };
    of(one) == of(other)
}

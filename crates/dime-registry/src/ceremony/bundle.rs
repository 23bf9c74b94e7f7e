//! Bundles: the chain that a level above hands down, taken in; and the chain of a registry below, handed out.

use super::answer::{Import, Imported, Novelty, stop_at};
use crate::{
    BundleError, Caller, ImportError, OurFault, Permission, Registry, place::seat, registry::CommitError,
    registry::state_at,
};
use dime_sign::ceremony::{AuthorityObjects, Bundle};
use dime_store::{Authority, ChangeKind, Kind, RegistrationId, State};
use drip_det::Det;

/// The most links that a chain is followed up.
const CHAIN_MAX: usize = 8;

impl Registry {
    /// Takes in the chain that a level above hands to this DIME: its last authority is of a place of ours.
    ///
    /// The chain begins with a trust anchor. One that was not known here takes more than a manager: who brings it in decides whom this
    /// DIME and all below it hang from.
    pub fn bundle_import(&self, bundle: &Bundle, caller: &Caller) -> Result<Imported, ImportError> {
        caller.require_somewhere(Permission::ManageAuthorities)?;
        if let Some(last) = bundle.authorities.last() {
            caller.require(Permission::ManageAuthorities, Some(seat(last.hid)))?;
            if !self.places()?.contains(&seat(last.hid)) {
                return Err(ImportError::NotOurs { level: last.level, hid: last.hid });
            }
        }
        bundle.verify()?;
        let _one_at_a_time = self.imports.lock();
        let now = self.clock.now();
        let mut import = Import::at(now);
        for objects in &bundle.authorities {
            self.know_anchor(&mut import, objects, caller)?;
            self.import_authority(&mut import, objects)?;
        }
        if import.writes.is_empty() {
            return Ok(Imported { novelty: Novelty::Repeated, ..import.imported });
        }
        match self.commit(caller.actor(), now, ChangeKind::CeremonyImported, import.writes) {
            Ok(_) => {
                self.after_import(&import.imported)?;
                Ok(import.imported)
            }
            Err(CommitError::Conflict(conflict)) => {
                stop_at(conflict)?;
                Err(OurFault::Contention.into())
            }
            Err(CommitError::Ours(fault)) => Err(fault.into()),
        }
    }

    /// A trust anchor vouches for itself; for one that is new here the caller must be one who may say so.
    fn know_anchor(
        &self,
        import: &mut Import,
        objects: &AuthorityObjects,
        caller: &Caller,
    ) -> Result<(), ImportError> {
        let det = objects.det();
        if objects.parent != det {
            return Ok(());
        }
        if self.authorities.find(det).is_none() {
            caller.require(Permission::TrustAnchor, Some(seat(objects.hid)))?;
            tracing::warn!(anchor = %det, hid = %objects.hid, "a trust anchor that was not known here is taken in");
        }
        let parent = super::admit::Parent { det, hi: objects.hi, level: objects.level, not_after: None };
        import.parents.insert(det, parent);
        Ok(())
    }

    /// The chain of a registry below, trust anchor first, its own Authorization DET last.
    pub fn bundle_of(&self, id: &RegistrationId) -> Result<Bundle, BundleError> {
        let record = self.store.registration(id)?.ok_or(BundleError::NotFound)?;
        if !matches!(record.kind, Kind::Hda | Kind::Raa) {
            return Err(BundleError::NotARegistry(record.kind.name()));
        }
        match state_at(&record, self.clock.now()) {
            State::Registered => Ok(Bundle { authorities: self.objects_up_from(record.det)? }),
            state => Err(BundleError::NotRegistered(state.name())),
        }
    }

    /// An authority and all above it, trust anchor first.
    pub fn bundle_of_authority(&self, det: Det) -> Result<Option<Bundle>, OurFault> {
        if self.store.authority(det)?.is_none() {
            return Ok(None);
        }
        Ok(Some(Bundle { authorities: self.objects_up_from(det)? }))
    }

    fn objects_up_from(&self, det: Det) -> Result<Vec<AuthorityObjects>, OurFault> {
        let broken = || OurFault::StoreCorrupt(format!("the chain of {det} is incomplete"));
        let mut chain = Vec::new();
        let mut at = det;
        while chain.len() < CHAIN_MAX {
            let authority = self.store.authority(at)?.ok_or_else(broken)?;
            let parent = authority.parent;
            chain.push(objects_of(authority));
            if parent == at {
                chain.reverse();
                return Ok(chain);
            }
            at = parent;
        }
        Err(broken())
    }
}

fn objects_of(authority: Authority) -> AuthorityObjects {
    AuthorityObjects {
        level: authority.level,
        class: authority.class,
        hid: authority.hid,
        hi: authority.hi,
        parent: authority.parent,
        endorsement: authority.endorsement,
        lite: authority.certificate,
        full: authority.full,
        mtls: authority.mtls,
    }
}

impl From<dime_store::StoreError> for BundleError {
    fn from(error: dime_store::StoreError) -> Self {
        BundleError::Ours(error.into())
    }
}

//! Keys of our own that are to become authorities: added before their ceremony, and known by their certification request alone.

use crate::{
    AdministerError, ApplicantFault, Caller, Collision, OurFault, Permission, RegisterError, Registry, place,
};
use dime_store::{ChangeKind, Expect, IssuingUse, Prospect, State, Store, Write};
use drip_cert::csr::Csr;
use drip_det::{Det, DetClass, Hid, UnixTime};

/// A key to be added.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewKey {
    /// Where it will sit.
    pub hid: Hid,
    /// Authorization or Issuing.
    pub class: DetClass,
    /// Its PKCS#10 request, DER or PEM.
    pub csr: Vec<u8>,
    /// What an Issuing DET will be for; everything, when nothing is said.
    pub uses: Vec<IssuingUse>,
    /// A URI for its certificates.
    pub uri: Option<String>,
}

impl NewKey {
    /// The record of the key, its request verified.
    pub fn prospect(&self, now: UnixTime) -> Result<Prospect, ApplicantFault> {
        let csr = Csr::parse(&self.csr).and_then(Csr::verify).map_err(ApplicantFault::from)?;
        let det = Det::derive(self.hid, csr.hi());
        if let Some(found) = csr.det().filter(|found| *found != det) {
            return Err(ApplicantFault::ForeignHid { hid: found.hid() });
        }
        Ok(Prospect {
            det,
            version: 0,
            hi: *csr.hi(),
            level: place::level_of(place::seat(self.hid)),
            class: self.class,
            hid: self.hid,
            csr: csr.octets().to_vec(),
            uses: self.uses.clone(),
            uri: self.uri.clone(),
            added_at: now,
            dropped_at: None,
        })
    }

    /// Adds keys to a store that no registry is open on: `dime init`. Those that are there already are left alone.
    pub fn add_all(
        keys: &[NewKey],
        store: &Store,
        actor: dime_store::Actor,
        now: UnixTime,
    ) -> Result<Vec<Prospect>, AdministerError> {
        let mut added = Vec::new();
        for key in keys {
            let record = key.prospect(now).map_err(refused)?;
            if store.prospect(record.det)?.is_none() {
                added.push(record);
            }
        }
        let put = |record: &Prospect| Write::PutProspect {
            record: Box::new(record.clone()),
            expect: Expect::Absent,
        };
        let writes: Vec<Write> = added.iter().map(put).collect();
        if !writes.is_empty() {
            let change = dime_store::Change { actor, at: now, kind: ChangeKind::ProspectChanged, writes };
            store.commit(change)?;
        }
        Ok(added)
    }
}

impl Registry {
    /// Adds a key of our own that is to become an Issuing DET.
    pub fn add_key(&self, key: &NewKey, caller: &Caller) -> Result<Prospect, AdministerError> {
        caller.require(Permission::ManageAuthorities, Some(place::seat(key.hid)))?;
        let now = self.clock.now();
        let record = key.prospect(now).map_err(refused)?;
        if self.authorities.has_key(&record.hi) || self.store.registration_by_hi(&record.hi)?.is_some() {
            let taken = Collision::Hi { state: State::Registered };
            return Err(AdministerError::Key(Box::new(RegisterError::Collision(taken))));
        }
        if let Some(known) = self.store.prospect(record.det)? {
            return Ok(known);
        }
        let write = Write::PutProspect { record: Box::new(record.clone()), expect: Expect::Absent };
        self.commit(caller.actor(), now, ChangeKind::ProspectChanged, vec![write]).map_err(OurFault::from)?;
        Ok(record)
    }

    /// Every key of our own that is, or was, to become an authority.
    pub fn keys(&self, caller: &Caller) -> Result<Vec<Prospect>, AdministerError> {
        caller.require_somewhere(Permission::ReadPrivate)?;
        Ok(self.store.prospects()?)
    }
}

fn refused(fault: ApplicantFault) -> AdministerError {
    AdministerError::Key(Box::new(fault.into()))
}

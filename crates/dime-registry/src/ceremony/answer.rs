//! Taking in the answer of a ceremony: all of it or nothing, in one commit.

use super::{
    Overlong,
    admit::{Parent, admit},
};
use crate::{
    Caller, ImportError, OurFault, Permission, Registry,
    place::{level_of, seat},
    registry::CommitError,
    revocation::list_name,
};
use dime_sign::ceremony::{Answer, AuthorityObjects, AuthorityRequest, Item, Request, Signed};
use dime_store::{Answered, ChangeKind, Conflict, Document, Expect, Ownership, RegistrationId, Write};
use drip_cert::csr::Csr;
use drip_det::{Det, DetClass, HostIdentity, UnixTime};
use drip_wire::Endorsement;
use std::collections::BTreeMap;

/// How often an import is decided anew because something else changed at the same moment.
const ATTEMPTS: usize = 4;

/// What was taken in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Imported {
    /// Whether anything changed.
    pub novelty: Novelty,
    /// Authorities that are in force now, or have new objects.
    pub authorities: Vec<Det>,
    /// Registrations of registries below that are in force now.
    pub registrations: Vec<RegistrationId>,
    /// Documents taken in, by name.
    pub documents: Vec<String>,
    /// What the offline side refused to sign, and what nobody here has a use for any more.
    pub refused: Vec<RefusedItem>,
}

/// Whether an import changed anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Novelty {
    /// It did.
    New,
    /// The same was taken in before.
    Repeated,
}

/// An item that was not signed, or not taken in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefusedItem {
    /// What we called it.
    pub reference: String,
    /// Why it was refused.
    pub reason: String,
}

/// An import being put together.
pub(super) struct Import {
    pub(super) now: UnixTime,
    /// What the authorities found so far may be vouched for by.
    pub(super) parents: BTreeMap<Det, Parent>,
    pub(super) writes: Vec<Write>,
    pub(super) imported: Imported,
}

impl Registry {
    /// Takes in the answer to a request of ours.
    ///
    /// Every object is verified against its item and its parent. The same answer again changes nothing; another answer to the same request
    /// is refused. What ended or was denied here since, or has newer objects, is left out and named.
    pub fn ceremony_import(&self, answer: &Answer, caller: &Caller) -> Result<Imported, ImportError> {
        caller.require_somewhere(Permission::ManageAuthorities)?;
        let _one_at_a_time = self.imports.lock();
        for _ in 0..ATTEMPTS {
            let Some((import, ceremony)) = self.prepare_answer(answer, caller)? else {
                return Ok(self.seen_before(answer));
            };
            let Import { mut writes, imported, now, .. } = import;
            writes.push(ceremony);
            match self.commit(caller.actor(), now, ChangeKind::CeremonyImported, writes) {
                Ok(_) => {
                    self.after_import(&imported)?;
                    return Ok(imported);
                }
                Err(CommitError::Conflict(conflict)) => stop_at(conflict)?,
                Err(CommitError::Ours(fault)) => return Err(fault.into()),
            }
        }
        Err(OurFault::Contention.into())
    }

    /// What has to follow an import, in this node's memory and zones.
    pub(super) fn after_import(&self, imported: &Imported) -> Result<(), OurFault> {
        self.refresh_chains()?;
        self.issuers.tell_ends();
        tracing::info!(
            authorities = imported.authorities.len(),
            registrations = imported.registrations.len(),
            documents = imported.documents.len(),
            refused = imported.refused.len(),
            "taken in"
        );
        Ok(())
    }

    fn seen_before(&self, answer: &Answer) -> Imported {
        tracing::info!(signer = %answer.signer, "the answer was taken in before");
        Imported {
            novelty: Novelty::Repeated,
            authorities: Vec::new(),
            registrations: Vec::new(),
            documents: Vec::new(),
            refused: Vec::new(),
        }
    }

    /// Everything that the answer changes; `None` when it was taken in before.
    fn prepare_answer(
        &self,
        answer: &Answer,
        caller: &Caller,
    ) -> Result<Option<(Import, Write)>, ImportError> {
        let mut ceremony = self.store.ceremony(&answer.request)?.ok_or(ImportError::NotAsked)?;
        let digest = answer.digest();
        match ceremony.answered {
            Some(answered) if answered.digest == digest => return Ok(None),
            Some(answered) => return Err(ImportError::AnsweredOtherwise(answered.at)),
            None => {}
        }
        let request = Request::decode(&ceremony.request)
            .map_err(|error| OurFault::StoreCorrupt(format!("a ceremony request: {error}")))?;
        caller.require(Permission::ManageAuthorities, Some(request.by))?;
        answer.verify(&request)?;
        let now = self.clock.now();
        let mut import = Import::at(now);
        self.know_signer(&mut import, answer, &request)?;
        for (item, signed) in request.items.iter().zip(&answer.items) {
            self.import_item(&mut import, item, signed, answer)?;
        }
        let expect = Expect::Version(ceremony.version);
        ceremony.answered = Some(Answered { digest, at: now });
        Ok(Some((import, Write::PutCeremony { record: Box::new(ceremony), expect })))
    }

    /// The signer must be the Authorization DET of the place that was asked: known and in force, or endorsing itself in this answer.
    fn know_signer(
        &self,
        import: &mut Import,
        answer: &Answer,
        request: &Request,
    ) -> Result<(), ImportError> {
        let unknown = || ImportError::Signer { signer: answer.signer, by: request.by };
        if answer.signer.hid() != request.by {
            return Err(unknown());
        }
        let parent = Parent {
            det: answer.signer,
            hi: answer.signer_hi,
            level: level_of(seat(request.by)),
            not_after: None,
        };
        let own = request.items.iter().zip(&answer.items).find_map(|(item, signed)| match (item, signed) {
            (Item::Authority(asked), Signed::Authority { .. })
                if requested_hi(asked) == Some(answer.signer_hi) =>
            {
                Some((asked, signed))
            }
            _ => None,
        });
        match own {
            Some((asked, signed)) => {
                let objects = objects(asked, signed, answer).ok_or_else(unknown)?;
                let admitted = admit(&objects, &parent, Overlong::Forced, import.now)
                    .map_err(|fault| ImportError::Object { det: objects.det(), fault })?;
                import.parents.insert(parent.det, Parent { not_after: Some(admitted.not_after), ..parent });
            }
            None => {
                let known = self.authorities.find(answer.signer).ok_or_else(unknown)?;
                // A retired one signs nothing new, but says until its end what it revoked.
                let lists_only = request.items.iter().all(|item| matches!(item, Item::RevocationList { .. }));
                let in_force = known.in_force(import.now)
                    || (lists_only && known.status.is_published() && import.now <= known.not_after);
                let may_sign = known.own == Ownership::Own
                    && known.class == DetClass::Authorization
                    && known.hi == answer.signer_hi
                    && in_force;
                if !may_sign {
                    return Err(unknown());
                }
                import.parents.insert(parent.det, Parent { not_after: Some(known.not_after), ..parent });
            }
        }
        Ok(())
    }

    fn import_item(
        &self,
        import: &mut Import,
        item: &Item,
        signed: &Signed,
        answer: &Answer,
    ) -> Result<(), ImportError> {
        match (item, signed) {
            (Item::Authority(asked), Signed::Authority { .. }) => {
                if let Some(objects) = objects(asked, signed, answer) {
                    let reason = self.import_if_wanted(import, &objects)?;
                    import.leave_out(item, reason);
                }
            }
            (Item::CrossEndorsement { det, .. }, Signed::CrossEndorsement(endorsement)) => {
                let name = format!("cross/{}/{det}", answer.signer);
                self.import_document(import, name, endorsement.to_vec())?;
            }
            (Item::TrustList { .. }, Signed::TrustList(cose)) => {
                let reason = self.superseded(answer.signer, cose)?;
                if reason.is_none() {
                    self.import_document(import, format!("trust-list/{}", answer.signer), cose.clone())?;
                }
                import.leave_out(item, reason);
            }
            (Item::RevocationList { .. }, Signed::RevocationList(der)) => {
                let reason = self.list_of_no_use(answer.signer, der, import.now)?;
                if reason.is_none() {
                    self.import_document(import, list_name(answer.signer), der.clone())?;
                }
                import.leave_out(item, reason);
            }
            (item, Signed::Refused { reason }) => {
                self.import_refusal(import, item, reason)?;
                import.leave_out(item, Some(reason.clone()));
            }
            // `Answer::verify` has held the kinds against each other.
            _ => {}
        }
        Ok(())
    }

    /// Takes in an authority, unless what happened here since the request was made left no use for it; then the reason. A ceremony signs
    /// many things, and is not held again because one of them was revoked meanwhile.
    fn import_if_wanted(
        &self,
        import: &mut Import,
        objects: &AuthorityObjects,
    ) -> Result<Option<String>, ImportError> {
        let itself = objects.det() == objects.parent;
        if let Some(reason) = self.newer_here(objects)? {
            return Ok(Some(reason));
        }
        let writes = import.writes.len();
        let (authorities, registrations) =
            (import.imported.authorities.len(), import.imported.registrations.len());
        match self.import_authority(import, objects) {
            Ok(()) => Ok(None),
            Err(gone @ (ImportError::Ended { .. } | ImportError::NotWaiting { .. })) if !itself => {
                import.writes.truncate(writes);
                import.imported.authorities.truncate(authorities);
                import.imported.registrations.truncate(registrations);
                Ok(Some(gone.to_string()))
            }
            Err(error) => Err(error),
        }
    }

    /// Why an authority's objects are out of date: a later ceremony, whose answer came earlier, gave newer ones.
    fn newer_here(&self, objects: &AuthorityObjects) -> Result<Option<String>, ImportError> {
        let Some(known) = self.authorities.find(objects.det()) else { return Ok(None) };
        let Ok(signed) = Endorsement::decode(&objects.endorsement) else { return Ok(None) };
        let newer = known.not_before > signed.vnb.to_unix();
        Ok(newer.then(|| {
            format!("the endorsement of {} that is here is newer, from {}", known.det, known.not_before)
        }))
    }

    fn import_document(&self, import: &mut Import, name: String, octets: Vec<u8>) -> Result<(), ImportError> {
        let known = self.store.document(&name)?;
        let expect = known.map_or(Expect::Absent, |known| Expect::Version(known.version));
        let record = Document { name: name.clone(), version: 0, octets, at: import.now };
        import.writes.push(Write::PutDocument { record: Box::new(record), expect });
        import.imported.documents.push(name);
        Ok(())
    }

    /// What was refused for a registry below is denied to it, for the same reason.
    fn import_refusal(&self, import: &mut Import, item: &Item, reason: &str) -> Result<(), ImportError> {
        let Item::Authority(asked) = item else { return Ok(()) };
        let Some(hi) = requested_hi(asked) else { return Ok(()) };
        let record = self.store.registration_by_hi(&hi)?;
        if let Some(record) = record.filter(crate::view::waits_for_ceremony) {
            let reason = format!("refused in the ceremony: {reason}");
            import.writes.extend(self.denial(record, &reason, None, import.now)?);
        }
        Ok(())
    }
}

impl Import {
    /// Notes an item that was not taken in, if there is a reason.
    fn leave_out(&mut self, item: &Item, reason: Option<String>) {
        let reference = item.reference().to_owned();
        self.imported.refused.extend(reason.map(|reason| RefusedItem { reference, reason }));
    }

    pub(super) fn at(now: UnixTime) -> Self {
        Import {
            now,
            parents: BTreeMap::new(),
            writes: Vec::new(),
            imported: Imported {
                novelty: Novelty::New,
                authorities: Vec::new(),
                registrations: Vec::new(),
                documents: Vec::new(),
                refused: Vec::new(),
            },
        }
    }
}

/// The key that an item's request is of.
fn requested_hi(asked: &AuthorityRequest) -> Option<HostIdentity> {
    Some(*Csr::parse(&asked.csr).ok()?.verify().ok()?.hi())
}

/// An item and what was signed for it, as objects.
fn objects(asked: &AuthorityRequest, signed: &Signed, answer: &Answer) -> Option<AuthorityObjects> {
    let Signed::Authority { endorsement, lite, full, mtls } = signed else { return None };
    Some(AuthorityObjects {
        level: asked.level,
        class: asked.class,
        hid: asked.hid,
        hi: requested_hi(asked)?,
        parent: answer.signer,
        endorsement: *endorsement,
        lite: lite.clone(),
        full: full.clone(),
        mtls: mtls.clone(),
    })
}

/// What will not go away by looking again.
pub(super) fn stop_at(conflict: Conflict) -> Result<(), ImportError> {
    match conflict {
        Conflict::Det { det, .. } => Err(ImportError::Taken(det)),
        _ => Ok(()),
    }
}

impl From<dime_store::StoreError> for ImportError {
    fn from(error: dime_store::StoreError) -> Self {
        ImportError::Ours(error.into())
    }
}

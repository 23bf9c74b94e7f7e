//! Making a ceremony request: what is wanted becomes items, and the store remembers them before they are handed out.

use super::{Lifetimes, ListWanted, Overlong, OwnKeys, RegistrationsWanted, Wanted};
use crate::{
    AuthorityView, Caller, CeremonyRequestError, Kind, OurFault, Permission, Registry, alert,
    authorities::signing_at,
    place::{above, level_of, seat},
    revocation::LIST_LIFETIMES,
};
use dime_sign::ceremony::{AuthorityRequest, Item, PkiUrls, Request};
use dime_store::{
    AuthorityStatus, Ceremony, ChangeKind, Delegation, Expect, Filter, Ownership, Prospect, Registration,
    RegistrationId, State, Write,
};
use drip_cert::csr::{Csr, VerifiedCsr};
use drip_cert::full::Policies;
use drip_det::{Det, DetClass, Hid, Level, UnixTime};

/// Registrations that are read at a time.
const PAGE: usize = 500;

/// What the items of one request share.
struct Order<'a> {
    wanted: &'a Wanted,
    by: Hid,
    now: UnixTime,
    /// The Authorization DET in force, where there is one and it is not about to be replaced.
    signer: Option<AuthorityView>,
    /// Where the signer's certificate, its revocation list and what answers for it are found. Its responder is believed by those who were
    /// told to (RFC 6960, section 4.2.2.2); the list by everybody.
    pki: Option<PkiUrls>,
    policies: Policies,
}

impl Registry {
    /// Makes a request for one Authorization key: the caller carries it to the offline machine.
    pub fn ceremony_request(
        &self,
        wanted: &Wanted,
        caller: &Caller,
    ) -> Result<Request, CeremonyRequestError> {
        let by = self.place_of(wanted, caller)?;
        let now = self.clock.now();
        check_lifetimes(wanted)?;
        let signer = Some(&wanted.authorizations)
            .filter(|new| new.is_empty())
            .and_then(|_| signing_at(&self.authorities, by, now));
        let pki = self.address_of_signer(wanted, by, signer.as_ref());
        let policies = self.policy.certificate_policies;
        let order = Order { wanted, by, now, signer, pki, policies };
        let prospects = self.prospects_at(by)?;
        let (mut items, new) = self.authorization_items(&order, &prospects)?;
        items.extend(self.own_items(&order, &prospects)?);
        items.extend(self.registration_items(&order)?);
        items.extend(self.cross_items(&order)?);
        items.extend(wanted.trust_list.as_ref().map(|payload| Item::TrustList {
            payload: payload.clone(),
            reference: format!("trust list of {by}"),
        }));
        items.extend(self.list_item(&order)?);
        if items.is_empty() {
            return Err(CeremonyRequestError::Nothing);
        }
        let mut id = [0; 16];
        self.entropy.fill(&mut id)?;
        let request = Request { id, made_at: now, by, items };
        let record = Ceremony {
            digest: request.digest(),
            version: 0,
            request: request.encode()?,
            made_at: now,
            by: caller.actor().to_string(),
            answered: None,
        };
        let mut writes = vec![Write::PutCeremony { record: Box::new(record), expect: Expect::Absent }];
        writes.extend(
            new.into_iter().map(|key| Write::PutProspect { record: Box::new(key), expect: Expect::Absent }),
        );
        self.commit(caller.actor(), now, ChangeKind::CeremonyRequested, writes).map_err(OurFault::from)?;
        tracing::info!(%by, items = request.items.len(), words = %request.words(), "a ceremony was asked for");
        Ok(request)
    }

    /// The addresses of who will sign: the key in force, or the new one that is given.
    fn address_of_signer(&self, wanted: &Wanted, by: Hid, signer: Option<&AuthorityView>) -> Option<PkiUrls> {
        let origin = self.policy.revocation.origin.as_ref()?;
        let det = signer.map(|signer| signer.det).or_else(|| newcomer(wanted, by))?;
        Some(PkiUrls::of_origin(origin, det))
    }

    /// The revocation list of who will sign, if it is wanted.
    fn list_item(&self, order: &Order<'_>) -> Result<Option<Item>, CeremonyRequestError> {
        let signer = || order.signer.as_ref().map(|signer| (signer.det, Some(signer.not_after)));
        let newcomer = || newcomer(order.wanted, order.by).map(|det| (det, None));
        let named = |det: Det| {
            let authority = self.authorities.find(det).filter(|authority| {
                authority.own == Ownership::Own
                    && authority.class == DetClass::Authorization
                    && seat(authority.hid) == order.by
                    && authority.status.is_published()
            });
            authority.map(|authority| (det, Some(authority.not_after)))
        };
        let (issuer, end) = match order.wanted.revocation_list {
            ListWanted::None => return Ok(None),
            ListWanted::Due => match signer().or_else(newcomer) {
                Some((issuer, end)) if self.list_is_due(issuer, order.now)? => (issuer, end),
                _ => return Ok(None),
            },
            ListWanted::Now(None) => {
                signer().or_else(newcomer).ok_or(CeremonyRequestError::NoListIssuer(order.by))?
            }
            ListWanted::Now(Some(det)) => {
                // A key that is to take over has signed nothing that could be revoked, but its certificates point to a list.
                let new = newcomer().filter(|(new, _)| *new == det);
                named(det).or(new).ok_or(CeremonyRequestError::NoListIssuer(order.by))?
            }
        };
        let lifetime = order.wanted.lifetimes.list;
        if !LIST_LIFETIMES.contains(&lifetime) {
            return Err(CeremonyRequestError::ListLifetime);
        }
        let end = end.unwrap_or_else(|| order.end(order.wanted.lifetimes.authorization));
        let next_update = UnixTime(order.now.0.saturating_add(lifetime)).min(end);
        if next_update <= order.now {
            return Err(CeremonyRequestError::SignerEnds { signer: issuer, not_after: end });
        }
        let to_be_signed = self.list_to_be_signed(issuer, order.now, next_update)?;
        let reference = format!("revocation list of {issuer}");
        Ok(Some(Item::RevocationList { to_be_signed, reference }))
    }

    /// The place that is to sign: the one named, or the only one there is.
    fn place_of(&self, wanted: &Wanted, caller: &Caller) -> Result<Hid, CeremonyRequestError> {
        let places = self.places()?;
        let by = match (wanted.by.map(seat), places.len()) {
            (Some(by), _) => by,
            (None, 1) => places.first().copied().ok_or(OurFault::NoIssuer)?,
            (None, _) => {
                caller.require(Permission::ManageAuthorities, None)?;
                return Err(CeremonyRequestError::WhichPlace(places.into_iter().collect()));
            }
        };
        caller.require(Permission::ManageAuthorities, Some(by))?;
        if places.contains(&by) { Ok(by) } else { Err(CeremonyRequestError::NotOurs(by)) }
    }

    fn prospects_at(&self, by: Hid) -> Result<Vec<Prospect>, OurFault> {
        let mut prospects = self.store.prospects()?;
        prospects.retain(|key| seat(key.hid) == by && key.dropped_at.is_none());
        Ok(prospects)
    }

    /// The given Authorization keys, and records of those that are new.
    fn authorization_items(
        &self,
        order: &Order<'_>,
        prospects: &[Prospect],
    ) -> Result<(Vec<Item>, Vec<Prospect>), CeremonyRequestError> {
        let mut items = Vec::new();
        let mut new = Vec::new();
        for octets in &order.wanted.authorizations {
            let csr = Csr::parse(octets).and_then(Csr::verify).map_err(CeremonyRequestError::Csr)?;
            let level = level_of(order.by);
            if level == Level::Hda {
                return Err(CeremonyRequestError::NotSelfEndorsed);
            }
            let det = self.free_for_authorization(&csr, order.by, prospects)?;
            let uri = order.wanted.authorization_uri.clone();
            if !prospects.iter().any(|key| key.det == det) {
                new.push(Prospect {
                    det,
                    version: 0,
                    hi: *csr.hi(),
                    level,
                    class: DetClass::Authorization,
                    hid: order.by,
                    csr: csr.octets().to_vec(),
                    uses: Vec::new(),
                    uri: uri.clone(),
                    added_at: order.now,
                    dropped_at: None,
                });
            }
            let not_after = order.end(order.wanted.lifetimes.authorization);
            let reference = format!("{level} {} authorization {det}", order.by);
            items.push(order.authority(
                csr.octets(),
                DetClass::Authorization,
                order.by,
                not_after,
                uri,
                reference,
            ));
        }
        Ok((items, new))
    }

    /// The DET of an Authorization key at a place, which nothing else may have.
    fn free_for_authorization(
        &self,
        csr: &VerifiedCsr,
        by: Hid,
        prospects: &[Prospect],
    ) -> Result<Det, CeremonyRequestError> {
        let det = Det::derive(by, csr.hi());
        if let Some(found) = csr.det().filter(|found| *found != det) {
            return Err(CeremonyRequestError::OtherDet { found, expected: det, by });
        }
        let authority = self.authorities.find(det).map(|authority| authority.class);
        let prospect = prospects.iter().find(|key| key.hi == *csr.hi()).map(|key| key.class);
        if let Some(class) = authority.or(prospect).filter(|class| *class != DetClass::Authorization) {
            return Err(CeremonyRequestError::Taken { det, class });
        }
        if self.store.registration_by_hi(csr.hi())?.is_some() {
            return Err(CeremonyRequestError::Taken { det, class: DetClass::Operational });
        }
        Ok(det)
    }

    fn own_items(
        &self,
        order: &Order<'_>,
        prospects: &[Prospect],
    ) -> Result<Vec<Item>, CeremonyRequestError> {
        let issuing: Vec<&Prospect> = prospects.iter().filter(|key| key.class == DetClass::Issuing).collect();
        let chosen: Vec<&Prospect> = match &order.wanted.keys {
            OwnKeys::None => Vec::new(),
            OwnKeys::All => issuing.into_iter().filter(|key| self.may_be_endorsed(key.det)).collect(),
            OwnKeys::Lacking => issuing.into_iter().filter(|key| self.lacks(key.det, order.now)).collect(),
            OwnKeys::These(dets) => {
                let find = |det: &Det| {
                    let key = issuing.iter().find(|key| key.det == *det);
                    key.copied().ok_or(CeremonyRequestError::UnknownKey(*det))
                };
                dets.iter().map(find).collect::<Result<_, _>>()?
            }
        };
        let mut items = Vec::with_capacity(chosen.len());
        for key in chosen {
            let not_after = order.issuing_end()?;
            let reference = format!("{} {} issuing {}", key.level, key.hid, key.det);
            let uri = key.uri.clone();
            items.push(order.authority(&key.csr, DetClass::Issuing, key.hid, not_after, uri, reference));
        }
        Ok(items)
    }

    fn may_be_endorsed(&self, det: Det) -> bool {
        self.authorities.find(det).is_none_or(|authority| !authority.status.has_ended())
    }

    /// Whether a key has no endorsement, or one that ends soon.
    fn lacks(&self, det: Det, now: UnixTime) -> bool {
        self.authorities.find(det).is_none_or(|authority| {
            authority.status == dime_store::AuthorityStatus::Active
                && authority.not_after.0 < now.0.saturating_add(alert::NOTICE)
        })
    }

    fn registration_items(&self, order: &Order<'_>) -> Result<Vec<Item>, CeremonyRequestError> {
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

    fn cross_items(&self, order: &Order<'_>) -> Result<Vec<Item>, CeremonyRequestError> {
        let item = |cross: &super::CrossWanted| {
            let refused = |reason| CeremonyRequestError::Cross { child: cross.det, by: order.by, reason };
            if level_of(order.by) != Level::Raa {
                return Err(refused("only an RAA cross-endorses"));
            }
            let place = cross.det.hid();
            if level_of(seat(place)) != Level::Raa || seat(place) != place {
                return Err(refused("it is no Authorization DET of an RAA"));
            }
            if place == order.by {
                return Err(refused("it is of the same RAA"));
            }
            cross.det.check(&cross.hi).map_err(|_| refused("the key beside it has another DET"))?;
            let not_after =
                cross.not_after.unwrap_or_else(|| order.end(order.wanted.lifetimes.authorization));
            if not_after <= order.now {
                return Err(refused("it would have ended"));
            }
            if not_after.0 - order.now.0 > Lifetimes::LONGEST
                && order.wanted.lifetimes.overlong == Overlong::Refused
            {
                return Err(CeremonyRequestError::Overlong { seconds: not_after.0 - order.now.0 });
            }
            Ok(Item::CrossEndorsement {
                det: cross.det,
                hi: cross.hi,
                not_before: order.now,
                not_after,
                reference: format!("cross-endorsement of {}", cross.det),
            })
        };
        order.wanted.cross.iter().map(item).collect()
    }
}

impl Order<'_> {
    /// Now and a lifetime, but not longer than the signer has itself.
    fn end(&self, lifetime: u64) -> UnixTime {
        let end = UnixTime(self.now.0.saturating_add(lifetime));
        self.signer.as_ref().map_or(end, |signer| end.min(signer.not_after))
    }

    fn issuing_end(&self) -> Result<UnixTime, CeremonyRequestError> {
        let lifetimes = &self.wanted.lifetimes;
        let end = self.end(lifetimes.issuing);
        // A new Authorization key signs in the same ceremony: its own end is decided there.
        let end = if self.wanted.authorizations.is_empty() {
            end
        } else {
            end.min(self.end(lifetimes.authorization))
        };
        match &self.signer {
            Some(signer) if end <= self.now => {
                Err(CeremonyRequestError::SignerEnds { signer: signer.det, not_after: end })
            }
            _ => Ok(end),
        }
    }

    fn registry(
        &self,
        record: &Registration,
        delegation: Option<&Delegation>,
    ) -> Result<Item, CeremonyRequestError> {
        // What is in force already is endorsed anew for as long as it would be now.
        let waits = record.state == State::Pending;
        let asked = Some(record.not_after).filter(|asked| waits && *asked > self.now);
        let longest = self.end(self.wanted.lifetimes.authorization);
        let not_after = asked.map_or(longest, |asked| match &self.signer {
            Some(signer) => asked.min(signer.not_after),
            None => asked,
        });
        if let Some(signer) = self.signer.as_ref().filter(|_| not_after <= self.now) {
            return Err(CeremonyRequestError::SignerEnds { signer: signer.det, not_after });
        }
        let uri = delegation.and_then(|delegation| delegation.uri.clone());
        let reference = format!("{} {} registration {}", record.kind, record.hid(), record.id);
        Ok(self.authority(&record.csr, DetClass::Authorization, record.hid(), not_after, uri, reference))
    }

    fn authority(
        &self,
        csr: &[u8],
        class: DetClass,
        hid: Hid,
        not_after: UnixTime,
        uri: Option<String>,
        reference: String,
    ) -> Item {
        Item::Authority(Box::new(AuthorityRequest {
            csr: csr.to_vec(),
            level: level_of(seat(hid)),
            class,
            hid,
            not_before: self.now,
            not_after,
            profiles: self.wanted.profiles,
            uri,
            pki: self.pki.clone(),
            reference,
            policies: self.policies,
        }))
    }
}

/// The Authorization key that is given with the request and will sign.
fn newcomer(wanted: &Wanted, by: Hid) -> Option<Det> {
    Some(Det::derive(by, Csr::parse(wanted.authorizations.first()?).ok()?.hi()))
}

/// Whether a registry's registration was approved, and its endorsement is this place's to give.
fn waits_at(record: &Registration, by: Hid) -> bool {
    crate::view::waits_for_ceremony(record) && above(seat(record.hid())) == Some(by)
}

fn check_lifetimes(wanted: &Wanted) -> Result<(), CeremonyRequestError> {
    let Lifetimes { authorization, issuing, overlong, list: _ } = wanted.lifetimes;
    let longest = authorization.max(issuing);
    if longest > Lifetimes::LONGEST && overlong == Overlong::Refused {
        return Err(CeremonyRequestError::Overlong { seconds: longest });
    }
    if authorization < Lifetimes::SHORT {
        tracing::warn!(seconds = authorization, "Authorization DETs should be endorsed for a year at least");
    }
    Ok(())
}

impl From<dime_store::StoreError> for CeremonyRequestError {
    fn from(error: dime_store::StoreError) -> Self {
        CeremonyRequestError::Ours(error.into())
    }
}

//! Making a ceremony request: what is wanted becomes items, and the store remembers them before they are handed out.

use super::{Lifetimes, Overlong, OwnKeys, Wanted};
use crate::{
    AuthorityView, Caller, CeremonyRequestError, OurFault, Permission, Registry, alert,
    authorities::signing_at,
    place::{level_of, seat},
};
use dime_sign::ceremony::{AuthorityRequest, Item, PkiUrls, Request};
use dime_store::{Ceremony, ChangeKind, Delegation, Expect, Prospect, Registration, State, Write};
use drip_cert::csr::{Csr, VerifiedCsr};
use drip_cert::full::Policies;
use drip_det::{Det, DetClass, Hid, Level, UnixTime};

mod cross;
mod list;
mod registries;

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

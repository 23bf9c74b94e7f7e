//! The Issuing keys of this DIME, and which of them serves a registration.

use crate::{AuthorityView, Kind, OurFault, authorities::Authorities, validity::Window};
use dime_sign::Signer;
use dime_store::{AuthorityStatus, IssuingUse, Ownership, Prospect, StoreError};
use drip_cert::lite::{CertTime, CertificateSerial, ContentError, LiteTbs, Subject};
use drip_det::{Det, DetClass, Hid, UnixTime};
use std::sync::Arc;

/// An Issuing key to register with.
#[derive(Clone)]
pub struct IssuerKeys {
    /// Its signer.
    pub signer: Arc<dyn Signer>,
    /// The kinds it signs. The DKI wants different Issuing DETs for devices and for people.
    pub kinds: Vec<Kind>,
}

impl IssuerKeys {
    /// One key for every kind, as in a small DIME.
    pub fn for_all_kinds(signer: Arc<dyn Signer>) -> Self {
        IssuerKeys { signer, kinds: Kind::ALL.to_vec() }
    }
}

/// Why a key cannot be an issuer here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IssuerFault {
    /// The store knows neither an authority nor a key to become one of this DET.
    #[error("the issuer {0} is not an authority of this DIME: its endorsement was never stored")]
    Unknown(Det),
    /// The authority has another key.
    #[error("the signer of {0} has another key than the authority in the store")]
    OtherKey(Det),
    /// The authority is an Authorization DET, which signs no registrations, and whose key never comes here.
    #[error("{0} is no Issuing DET")]
    NotIssuing(Det),
    /// The authority belongs to a level above or to a registry below.
    #[error("{0} is no authority of this DIME's own")]
    NotOwn(Det),
}

/// One issuer: its key, and what its own parent says of it.
#[derive(Clone)]
pub(crate) struct Issuer {
    pub(crate) signer: Arc<dyn Signer>,
    pub(crate) det: Det,
    pub(crate) hid: Hid,
    pub(crate) window: Window,
}

/// All issuers: the keys that are here, and the authorities that say what each of them may do at the moment.
pub(crate) struct Issuers {
    keys: Vec<IssuerKeys>,
    authorities: Arc<Authorities>,
}

impl Issuers {
    /// A key may come before its ceremony was held: then the store knows it as one to become an authority.
    pub(crate) fn new(
        keys: Vec<IssuerKeys>,
        authorities: Arc<Authorities>,
        prospect: impl Fn(Det) -> Result<Option<Prospect>, StoreError>,
    ) -> Result<Result<Self, IssuerFault>, StoreError> {
        for IssuerKeys { signer, .. } in &keys {
            let det = signer.det();
            let known = match authorities.find(det) {
                Some(authority) if authority.own != Ownership::Own => {
                    return Ok(Err(IssuerFault::NotOwn(det)));
                }
                Some(authority) => Some((authority.hi, authority.class)),
                None => prospect(det)?.map(|key| (key.hi, key.class)),
            };
            match known {
                None => return Ok(Err(IssuerFault::Unknown(det))),
                Some((hi, _)) if hi != *signer.hi() => return Ok(Err(IssuerFault::OtherKey(det))),
                Some((_, DetClass::Issuing)) => {}
                Some(_) => return Ok(Err(IssuerFault::NotIssuing(det))),
            }
        }
        Ok(Ok(Issuers { keys, authorities }))
    }

    /// The issuers that may sign what is used so, as the authorities stand, in the order of their keys.
    fn candidates(&self, wanted: IssuingUse) -> impl Iterator<Item = Issuer> {
        self.keys.iter().filter_map(move |key| {
            let authority = self.authorities.find(key.signer.det())?;
            let configured = match wanted {
                IssuingUse::Kind(kind) => key.kinds.contains(&kind) && below_an_hda(kind, authority.hid),
                IssuingUse::Crl | IssuingUse::Ocsp | IssuingUse::Cache => true,
            };
            let may = authority.status == AuthorityStatus::Active && authority.serves(wanted);
            (configured && may).then(|| Issuer::of(key, &authority))
        })
    }

    /// The issuer for a kind in an HDA, or for the kind in the HDA of the first key that has it.
    ///
    /// Of several the newest that is valid now signs, and of those that one ceremony endorsed the one that was named last; what older ones
    /// signed stays valid. When none is valid the first is given, whose validity says why.
    pub(crate) fn serving(&self, kind: Kind, hid: Option<Hid>, now: UnixTime) -> Option<Issuer> {
        self.for_use(IssuingUse::Kind(kind), hid, now)
    }

    /// The same for any use.
    pub(crate) fn for_use(&self, wanted: IssuingUse, hid: Option<Hid>, now: UnixTime) -> Option<Issuer> {
        let candidates: Vec<Issuer> = self.candidates(wanted).collect();
        let hid = match hid {
            Some(hid) => hid,
            None => {
                let in_hdas = candidates.iter().find(|issuer| !issuer.hid.hda.is_reserved_to_raa());
                in_hdas.or(candidates.first())?.hid
            }
        };
        let mut here: Vec<Issuer> = candidates.into_iter().filter(|issuer| issuer.hid == hid).collect();
        let newest = (0..here.len())
            .filter(|&at| here.get(at).is_some_and(|issuer| issuer.window.contains(now)))
            .max_by_key(|&at| (here.get(at).map(|issuer| issuer.window.not_before), at));
        (!here.is_empty()).then(|| here.swap_remove(newest.unwrap_or(0)))
    }

    /// Whether certificates can carry this URI: told at the start, not when the first one is made.
    pub(crate) fn check_uri(&self, uri: Option<&str>) -> Result<(), ContentError> {
        let Some(key) = self.keys.first() else { return Ok(()) };
        let issuer = key.signer.det();
        let time = |time| CertTime::new(UnixTime(time)).unwrap_or(CertTime::FOREVER);
        let tbs = LiteTbs {
            serial: CertificateSerial::from_random(0),
            issuer,
            not_before: time(0),
            not_after: time(1),
            subject: Subject::Empty,
            hi: *key.signer.hi(),
            det: issuer,
            uri: uri.map(str::to_owned),
            hardware_module: None,
        };
        match tbs.encode() {
            Err(error @ ContentError::Uri(_)) => Err(error),
            _ => Ok(()),
        }
    }

    /// Tells every signer until when its authority lasts, as the authorities stand.
    pub(crate) fn tell_ends(&self) {
        for IssuerKeys { signer, .. } in &self.keys {
            if let Some(authority) = self.authorities.find(signer.det()) {
                signer.learn_end(authority.not_after);
            }
        }
    }

    /// The issuer of this DET, unless it was suspended or has ended.
    pub(crate) fn named(&self, det: Det) -> Option<Issuer> {
        let key = self.keys.iter().find(|key| key.signer.det() == det)?;
        let authority = self.authorities.find(det)?;
        authority.status.is_published().then(|| Issuer::of(key, &authority))
    }

    pub(crate) fn serves(&self, hid: Hid) -> bool {
        self.known().any(|authority| authority.hid == hid)
    }

    pub(crate) fn serves_below(&self, hid: Hid) -> bool {
        self.known().any(|authority| authority.hid.raa == hid.raa)
    }

    /// The DETs of the keys that are here and endorsed.
    pub(crate) fn dets(&self) -> Vec<Det> {
        self.known().map(|authority| authority.det).collect()
    }

    /// The DETs of the keys that are here and wait for their ceremony.
    pub(crate) fn awaited(&self) -> Vec<Det> {
        let dets = self.keys.iter().map(|key| key.signer.det());
        dets.filter(|det| self.authorities.find(*det).is_none()).collect()
    }

    fn known(&self) -> impl Iterator<Item = AuthorityView> {
        self.keys.iter().filter_map(|key| self.authorities.find(key.signer.det()))
    }

    /// Whether any issuer can sign now.
    pub(crate) fn ready(&self, now: UnixTime) -> Result<(), OurFault> {
        let mut first = None;
        for key in &self.keys {
            let Some(issuer) = self.named(key.signer.det()) else { continue };
            match issuer.valid_at(now) {
                Ok(()) => return Ok(()),
                Err(fault) => first = first.or(Some(fault)),
            }
        }
        Err(match (first, self.awaited()) {
            (Some(fault), _) => fault,
            (None, awaited) if awaited.is_empty() => OurFault::NoIssuer,
            (None, awaited) => OurFault::CeremonyAwaited(awaited),
        })
    }
}

/// What is registered is registered under an HDA; an RAA, or the Apex, registers its own servers itself, and people if it likes.
fn below_an_hda(kind: Kind, hid: Hid) -> bool {
    !hid.hda.is_reserved_to_raa() || matches!(kind, Kind::Service | Kind::Operator)
}

impl Issuer {
    fn of(key: &IssuerKeys, authority: &AuthorityView) -> Self {
        Issuer {
            signer: Arc::clone(&key.signer),
            det: authority.det,
            hid: authority.hid,
            window: Window { not_before: authority.not_before, not_after: authority.not_after },
        }
    }

    /// Whether its own validity includes now.
    pub(crate) fn valid_at(&self, now: UnixTime) -> Result<(), OurFault> {
        if self.window.contains(now) {
            Ok(())
        } else {
            let Window { not_before, not_after } = self.window;
            Err(OurFault::IssuerNotValid { issuer: self.det, not_before, not_after })
        }
    }
}

//! The Issuing keys of this DIME, and which of them serves a registration.

use crate::{Kind, OurFault, validity::Window};
use dime_sign::Signer;
use dime_store::{Authority, StoreError};
use drip_cert::lite::{CertTime, CertificateSerial, LiteError, LiteTbs, Subject};
use drip_det::{Det, DetClass, Hid, HostIdentity, UnixTime};
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
    /// The store knows no authority of this DET.
    #[error("the issuer {0} is not an authority of this DIME: its endorsement was never stored")]
    Unknown(Det),
    /// The authority has another key.
    #[error("the signer of {0} has another key than the authority in the store")]
    OtherKey(Det),
    /// The authority is an Authorization DET, which signs no registrations.
    #[error("{0} is no Issuing DET")]
    NotIssuing(Det),
    /// Registrations are made under an HDA, and this is an authority of an RAA or the Apex.
    #[error("{0} is not an authority of an HDA")]
    NotOfAnHda(Det),
}

/// One issuer: its key, and what its own parent says of it.
pub(crate) struct Issuer {
    pub(crate) signer: Arc<dyn Signer>,
    pub(crate) det: Det,
    pub(crate) hid: Hid,
    pub(crate) window: Window,
    kinds: Vec<Kind>,
}

/// All issuers.
pub(crate) struct Issuers(Vec<Issuer>);

impl Issuers {
    pub(crate) fn new(
        keys: Vec<IssuerKeys>,
        authority: impl Fn(Det) -> Result<Option<Authority>, StoreError>,
    ) -> Result<Result<Self, IssuerFault>, StoreError> {
        let mut issuers = Vec::with_capacity(keys.len());
        for IssuerKeys { signer, kinds } in keys {
            let det = signer.det();
            let authority = authority(det)?;
            match of_authority(authority, det, signer.hi()) {
                Ok((hid, window)) => issuers.push(Issuer { signer, det, hid, window, kinds }),
                Err(fault) => return Ok(Err(fault)),
            }
        }
        Ok(Ok(Issuers(issuers)))
    }

    /// The issuer for a kind in an HDA, or for the kind anywhere: the first, but one that is valid now before one that is not.
    /// Renewals are signed by it too, so a successor takes over when it is put before its predecessor.
    pub(crate) fn serving(&self, kind: Kind, hid: Option<Hid>, now: UnixTime) -> Option<&Issuer> {
        let serves =
            |issuer: &&Issuer| issuer.kinds.contains(&kind) && hid.is_none_or(|hid| hid == issuer.hid);
        let mut candidates = self.0.iter().filter(serves);
        let first = candidates.clone().next();
        candidates.find(|issuer| issuer.window.contains(now)).or(first)
    }

    /// Whether certificates can carry this URI: told at the start, not when the first one is made.
    pub(crate) fn check_uri(&self, uri: Option<&str>) -> Result<(), LiteError> {
        let Some(issuer) = self.0.first() else { return Ok(()) };
        let time = |time| CertTime::new(time).unwrap_or(CertTime::FOREVER);
        let tbs = LiteTbs {
            serial: CertificateSerial::from_random(0),
            issuer: issuer.det,
            not_before: time(issuer.window.not_before),
            not_after: time(issuer.window.not_after),
            subject: Subject::Empty,
            hi: *issuer.signer.hi(),
            det: issuer.det,
            uri: uri.map(str::to_owned),
            hardware_module: None,
        };
        match tbs.encode() {
            Err(error @ LiteError::Uri(_)) => Err(error),
            _ => Ok(()),
        }
    }

    /// The issuer of this DET.
    pub(crate) fn named(&self, det: Det) -> Option<&Issuer> {
        self.0.iter().find(|issuer| issuer.det == det)
    }

    pub(crate) fn serves(&self, hid: Hid) -> bool {
        self.0.iter().any(|issuer| issuer.hid == hid)
    }

    pub(crate) fn serves_below(&self, hid: Hid) -> bool {
        self.0.iter().any(|issuer| issuer.hid.raa == hid.raa)
    }

    pub(crate) fn dets(&self) -> Vec<Det> {
        self.0.iter().map(|issuer| issuer.det).collect()
    }

    /// Whether any issuer can sign now.
    pub(crate) fn ready(&self, now: UnixTime) -> Result<(), OurFault> {
        let mut first = Err(OurFault::NoIssuer);
        for issuer in &self.0 {
            match issuer.valid_at(now) {
                Ok(()) => return Ok(()),
                Err(fault) if matches!(first, Err(OurFault::NoIssuer)) => first = Err(fault),
                Err(_) => {}
            }
        }
        first
    }
}

impl Issuer {
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

fn of_authority(
    authority: Option<Authority>,
    det: Det,
    hi: &HostIdentity,
) -> Result<(Hid, Window), IssuerFault> {
    let authority = authority.ok_or(IssuerFault::Unknown(det))?;
    if authority.hi != *hi {
        return Err(IssuerFault::OtherKey(det));
    }
    if authority.class != DetClass::Issuing {
        return Err(IssuerFault::NotIssuing(det));
    }
    if authority.hid.hda.is_reserved_to_raa() {
        return Err(IssuerFault::NotOfAnHda(det));
    }
    Ok((authority.hid, Window { not_before: authority.not_before, not_after: authority.not_after }))
}

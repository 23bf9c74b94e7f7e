//! An authority given as a file: its bundle, a certificate of it, or its endorsement. What is taken from it is verified as far as the
//! file allows; the rest is the operator's word.

use std::path::Path;

use dime_sign::ceremony::Bundle;
use drip_cert::lite::LiteCertificate;
use drip_cert::pem::{self, Label};
use drip_det::{Det, HostIdentity, UnixTime};
use drip_wire::Endorsement;

use crate::input;
use crate::outcome::Failure;

/// An authority as a file names it.
pub(super) struct Known {
    pub(super) det: Det,
    pub(super) hi: HostIdentity,
    /// The end of its validity.
    pub(super) not_after: UnixTime,
}

/// All authorities in a file, parents first.
pub(super) fn read(path: &Path) -> Result<Vec<Known>, Failure> {
    let octets = input::octets(path)?;
    if octets.starts_with(&[0x83]) {
        let bundle = Bundle::decode(&octets).map_err(|error| Failure::file(path, error))?;
        bundle.verify().map_err(|error| Failure::file(path, error))?;
        return bundle
            .authorities
            .iter()
            .map(|authority| of_endorsement(path, &authority.endorsement))
            .collect();
    }
    if octets.len().is_multiple_of(Endorsement::LEN) && !octets.is_empty() {
        return octets.chunks(Endorsement::LEN).map(|octets| of_endorsement(path, octets)).collect();
    }
    let der = if pem::is_pem(&octets) {
        pem::decode(Label::Certificate, &octets).map_err(|error| Failure::file(path, error))?
    } else {
        octets
    };
    let certificate = LiteCertificate::parse(&der).map_err(|error| Failure::file(path, error))?;
    let tbs = certificate.tbs();
    if tbs.issuer == tbs.det {
        certificate.verify(&tbs.hi).map_err(|error| Failure::file(path, error))?;
    }
    Ok(vec![Known { det: tbs.det, hi: tbs.hi, not_after: tbs.not_after.to_unix() }])
}

fn of_endorsement(path: &Path, octets: &[u8]) -> Result<Known, Failure> {
    let endorsement = Endorsement::decode(octets).map_err(|error| Failure::file(path, error))?;
    let (det, hi) = (endorsement.child, endorsement.child_hi);
    det.check(&hi).map_err(|error| Failure::file(path, error))?;
    if endorsement.is_self_endorsement() {
        endorsement.verify(&hi).map_err(|error| Failure::file(path, error))?;
    }
    Ok(Known { det, hi, not_after: endorsement.vna.to_unix() })
}

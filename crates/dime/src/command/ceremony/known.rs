//! An authority given as a file: its bundle, the answer that made it, a certificate of it, or its endorsement. What is taken from it is verified as far as the
//! file allows; the rest is the operator's word.

use std::path::Path;

use dime_sign::ceremony::{Answer, Form, Signed};
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
    if Form::is_one(&octets) {
        return match Form::decode(&octets).map_err(|error| Failure::file(path, error))? {
            Form::Bundle(bundle) => {
                bundle.verify().map_err(|error| Failure::file(path, error))?;
                let endorsements = bundle.authorities.iter().map(|authority| &authority.endorsement);
                endorsements.map(|octets| of_endorsement(path, octets)).collect()
            }
            Form::Answer(answer) => of_answer(path, &answer),
            Form::Request(_) => Err(Failure::file(path, "a request: nothing in it is signed")),
        };
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

/// The authorities that an answer makes, by its signer's word.
fn of_answer(path: &Path, answer: &Answer) -> Result<Vec<Known>, Failure> {
    let mut known = Vec::new();
    for signed in &answer.items {
        if let Signed::Authority { endorsement, .. } = signed {
            let decoded = Endorsement::decode(endorsement).map_err(|error| Failure::file(path, error))?;
            decoded.verify(&answer.signer_hi).map_err(|error| Failure::file(path, error))?;
            known.push(of_endorsement(path, endorsement)?);
        }
    }
    Ok(known)
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

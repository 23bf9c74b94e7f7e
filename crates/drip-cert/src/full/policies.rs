//! Which certificate policy an authority's Full certificate names: the level of assurance that its issuer works at.

use der::asn1::ObjectIdentifier;
use drip_det::{Det, Raa};

/// The policies by the level of the issuer. Object identifiers of DRIP should come from ICAO's arc, 1.3.27.16 (draft-ietf-drip-dki).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Policies {
    /// In what the Apex and RAAs issue, but for the Apex's own certificates, which have none.
    pub raa: Option<ObjectIdentifier>,
    /// In what HDAs issue.
    pub hda: Option<ObjectIdentifier>,
}

impl Default for Policies {
    /// Those of the drafts' objects: 1.3.27.16.1.1.0.1 and 1.3.27.16.1.1.0.2.
    fn default() -> Self {
        Self {
            raa: Some(ObjectIdentifier::new_unwrap("1.3.27.16.1.1.0.1")),
            hda: Some(ObjectIdentifier::new_unwrap("1.3.27.16.1.1.0.2")),
        }
    }
}

impl Policies {
    /// The policy in the certificate of the authority `det` by `issuer`.
    pub fn of(&self, issuer: Det, det: Det) -> Option<ObjectIdentifier> {
        let by_hda = issuer.raa() != Raa::APEX && !issuer.hda().is_reserved_to_raa();
        match det.raa() {
            _ if by_hda => self.hda,
            Raa::APEX => None,
            _ => self.raa,
        }
    }
}

//! The extensions of a profile, in its one order (RFC 5280, section 4.2; DER itself leaves the order open).

use super::CertError;
use crate::{
    oid,
    write::{OCTET_STRING, SEQUENCE, TRUE, tlv},
};
use alloc::vec::Vec;
use der::asn1::ObjectIdentifier;
use drip_det::Det;
use x509_cert::ext::Extension;

/// Whether a reader that does not know an extension must refuse the certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Criticality {
    Critical,
    NotCritical,
}

/// One extension as a profile has it.
pub(crate) struct Rule {
    pub(crate) id: ObjectIdentifier,
    pub(crate) name: &'static str,
    pub(crate) criticality: Criticality,
}

/// The extensions of a certificate, each of which the profile knows, in the profile's order.
pub(crate) struct Extensions<'a> {
    rules: &'static [Rule],
    list: &'a [Extension],
}

impl<'a> Extensions<'a> {
    /// Sorts out what is unknown, doubled, out of order or critical when it should not be.
    pub(crate) fn read(rules: &'static [Rule], list: &'a [Extension]) -> Result<Self, CertError> {
        let mut after = 0;
        for (index, extension) in list.iter().enumerate() {
            let place = rules.iter().position(|rule| rule.id == extension.extn_id);
            let (place, rule) = place
                .and_then(|place| Some((place, rules.get(place)?)))
                .ok_or(CertError::UnexpectedExtension(extension.extn_id))?;
            if list.iter().take(index).any(|before| before.extn_id == extension.extn_id) {
                return Err(CertError::DuplicateExtension(rule.name));
            }
            if place < after {
                return Err(CertError::ExtensionOrder(rule.name));
            }
            after = place;
            let reason = match (rule.criticality, extension.critical) {
                (Criticality::Critical, false) => "it must be critical",
                (Criticality::NotCritical, true) => "it must not be critical",
                _ => continue,
            };
            return Err(CertError::Extension { field: rule.name, reason });
        }
        Ok(Self { rules, list })
    }

    /// The value of an extension that may be there.
    pub(crate) fn optional(&self, id: ObjectIdentifier) -> Option<&'a [u8]> {
        self.list.iter().find(|extension| extension.extn_id == id).map(|found| found.extn_value.as_bytes())
    }

    /// The value of an extension that must be there.
    pub(crate) fn required(&self, id: ObjectIdentifier) -> Result<&'a [u8], CertError> {
        self.optional(id).ok_or_else(|| CertError::MissingExtension(self.name(id)))
    }

    /// The extension must be there if and only if `wanted`.
    pub(crate) fn exactly_if(
        &self,
        wanted: Wanted,
        id: ObjectIdentifier,
    ) -> Result<Option<&'a [u8]>, CertError> {
        match (wanted, self.optional(id)) {
            (Wanted::Yes, None) => Err(CertError::MissingExtension(self.name(id))),
            (Wanted::No, Some(_)) => Err(CertError::UnexpectedExtension(id)),
            (_, value) => Ok(value),
        }
    }

    /// Checks that an extension has the one value that the profile gives it.
    pub(crate) fn value(
        &self,
        id: ObjectIdentifier,
        found: Option<&[u8]>,
        expected: &[u8],
        reason: &'static str,
    ) -> Result<(), CertError> {
        match found {
            Some(octets) if octets != expected => Err(CertError::Extension { field: self.name(id), reason }),
            _ => Ok(()),
        }
    }

    /// basicConstraints, there if and only if this is an authority: cA TRUE and no path length.
    pub(crate) fn basic_constraints(&self, authority: Wanted) -> Result<(), CertError> {
        let found = self.exactly_if(authority, oid::BASIC_CONSTRAINTS)?;
        self.value(
            oid::BASIC_CONSTRAINTS,
            found,
            &tlv(SEQUENCE, &[&TRUE]),
            "it must be cA TRUE without a path length",
        )
    }

    fn name(&self, id: ObjectIdentifier) -> &'static str {
        self.rules.iter().find(|rule| rule.id == id).map_or("", |rule| rule.name)
    }
}

/// Whether an extension belongs into this certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wanted {
    Yes,
    No,
}

impl Wanted {
    /// Into those of authorities.
    pub(crate) fn of_authority(authority: bool) -> Self {
        if authority { Wanted::Yes } else { Wanted::No }
    }
}

/// The value of subjectKeyIdentifier: the DET (draft-ietf-drip-dki, never a hash).
pub(crate) fn subject_key_identifier(det: Det) -> Vec<u8> {
    tlv(OCTET_STRING, &[&det.to_bytes()])
}

/// The value of authorityKeyIdentifier: keyIdentifier [0] alone, the parent's DET.
pub(crate) fn authority_key_identifier(parent: Det) -> Vec<u8> {
    tlv(SEQUENCE, &[&tlv(0x80, &[&parent.to_bytes()])])
}

//! A certificate as the lints look at it: the structure, and the few things that many of them ask.

use crate::{oid, x509::common_name};
use alloc::{string::String, vec::Vec};
use der::{Decode, asn1::ObjectIdentifier};
use drip_det::{Det, HostIdentity};
use x509_cert::{
    TbsCertificate,
    ext::{
        Extension,
        pkix::{AuthorityKeyIdentifier, BasicConstraints, KeyUsage, SubjectKeyIdentifier, name::GeneralName},
    },
};

pub(crate) struct View<'a> {
    pub(super) tbs: &'a TbsCertificate,
    pub(super) extensions: &'a [Extension],
    pub(super) subject: Option<String>,
    pub(super) issuer: Option<String>,
    /// The names of subjectAltName; `None` when it is missing or malformed.
    pub(super) names: Option<Vec<GeneralName>>,
    /// The DET in subjectAltName, if there is exactly one address and it is a DET.
    pub(super) det: Option<Det>,
    /// cA TRUE.
    pub(super) authority: bool,
    /// A DET and its key, as the reader found them to be: to find that out again takes longer than all lints together.
    known: Option<(Det, HostIdentity)>,
}

impl<'a> View<'a> {
    pub(super) fn of(tbs: &'a TbsCertificate, known: Option<(Det, HostIdentity)>) -> Self {
        let extensions = tbs.extensions().map_or(&[][..], |list| list.as_slice());
        let mut view = View {
            tbs,
            extensions,
            subject: common_name(tbs.subject()),
            issuer: common_name(tbs.issuer()),
            names: None,
            det: None,
            authority: false,
            known,
        };
        view.names = view.value(oid::SUBJECT_ALT_NAME);
        let mut addresses = view.names.iter().flatten().filter_map(|name| match name {
            GeneralName::IpAddress(octets) => Some(octets.as_bytes()),
            _ => None,
        });
        if let (Some(octets), None) = (addresses.next(), addresses.next()) {
            view.det = octets.try_into().ok().and_then(|octets| Det::from_bytes(octets).ok());
        }
        view.authority = view.basic_constraints().is_some_and(|constraints| constraints.ca);
        view
    }

    pub(super) fn extension(&self, id: ObjectIdentifier) -> Option<&'a Extension> {
        self.extensions.iter().find(|extension| extension.extn_id == id)
    }

    /// An extension's value, if it is there and well-formed.
    pub(super) fn value<T: Decode<'a>>(&self, id: ObjectIdentifier) -> Option<T> {
        T::from_der(self.extension(id)?.extn_value.as_bytes()).ok()
    }

    pub(super) fn is_critical(&self, id: ObjectIdentifier) -> bool {
        self.extension(id).is_some_and(|extension| extension.critical)
    }

    pub(super) fn basic_constraints(&self) -> Option<BasicConstraints> {
        self.value(oid::BASIC_CONSTRAINTS)
    }

    pub(super) fn key_usage(&self) -> Option<KeyUsage> {
        self.value(oid::KEY_USAGE)
    }

    /// The octets of subjectKeyIdentifier.
    pub(super) fn subject_key(&self) -> Option<Vec<u8>> {
        self.value::<SubjectKeyIdentifier>(oid::SUBJECT_KEY_IDENTIFIER).map(|id| id.0.as_bytes().to_vec())
    }

    /// keyIdentifier of authorityKeyIdentifier.
    pub(super) fn authority_key(&self) -> Option<Vec<u8>> {
        let id: AuthorityKeyIdentifier = self.value(oid::AUTHORITY_KEY_IDENTIFIER)?;
        id.key_identifier.map(|id| id.as_bytes().to_vec())
    }

    /// The certified key's octets.
    pub(super) fn key(&self) -> Option<&'a [u8]> {
        self.tbs.subject_public_key_info().subject_public_key.as_bytes()
    }

    /// Whether the DET in subjectAltName is that of the certified key.
    pub(super) fn is_det_of_key(&self) -> bool {
        let (Some(det), Some(octets)) = (self.det, self.key()) else { return false };
        if self.known.is_some_and(|(known, hi)| known == det && hi.as_bytes() == octets) {
            return true;
        }
        let hi = octets.try_into().ok().and_then(|octets| HostIdentity::from_bytes(octets).ok());
        hi.is_some_and(|hi| det.check(&hi).is_ok())
    }

    /// Whether its issuer is itself, by DET: the anchor of a chain.
    pub(super) fn is_self_signed(&self) -> bool {
        self.det.is_some_and(|det| self.issuer.as_deref() == Some(&det.to_hex()))
    }
}

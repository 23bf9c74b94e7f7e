//! Writing a list: the part to be signed, then the whole.

use super::{CrlContentError, CrlTbs, Entry, Reason, Scope};
use crate::{
    algorithm::ED25519_DER,
    oid,
    write::{ENUMERATED, INTEGER, SEQUENCE, UTF8_STRING, critical_extension, extension, name, signed, tlv},
    x509::is_uri,
};
use alloc::vec::Vec;
use core::cmp::Ordering;
use drip_det::Det;

impl CrlTbs {
    /// The octets that the issuer has to sign: TBSCertList. Content that a list cannot have is refused.
    pub fn encode(&self) -> Result<Vec<u8>, CrlContentError> {
        self.check()?;
        Ok(self.to_der())
    }

    /// The whole list in DER, with the issuer's signature over [`CrlTbs::encode`].
    pub fn assemble(&self, signature: &[u8; 64]) -> Result<Vec<u8>, CrlContentError> {
        Ok(signed(&self.encode()?, signature))
    }

    /// Brings the entries into the order that a list has them in; of two for one certificate the first is kept.
    pub fn sort(&mut self) {
        let issuer = self.issuer;
        self.entries.sort_by(|one, other| one.order(other, issuer));
        self.entries.dedup_by(|one, other| one.order(other, issuer) == Ordering::Equal);
    }

    /// Whether the fields fit each other.
    pub(super) fn check(&self) -> Result<(), CrlContentError> {
        let (this_update, next_update) = (self.this_update, self.next_update);
        if next_update <= this_update {
            return Err(CrlContentError::Updates { this_update, next_update });
        }
        if let Some(base) = self.base.filter(|base| *base > self.number) {
            return Err(CrlContentError::Base { number: self.number, base });
        }
        let point = match &self.scope {
            Scope::Whole => None,
            Scope::Point(uri) => Some(uri),
            Scope::Indirect(uri) => uri.as_ref(),
        };
        for (field, uri) in [("issuingDistributionPoint", point), ("freshestCRL", self.freshest.as_ref())] {
            if let Some(uri) = uri.filter(|uri| !is_uri(uri)) {
                return Err(CrlContentError::Uri { field, uri: uri.clone() });
            }
        }
        let mut before: Option<&Entry> = None;
        for (index, entry) in self.entries.iter().enumerate() {
            if entry.issuer != self.issuer && !matches!(self.scope, Scope::Indirect(_)) {
                return Err(CrlContentError::Issuer { index, issuer: entry.issuer });
            }
            if entry.reason == Some(Reason::RemoveFromCrl) && self.base.is_none() {
                return Err(CrlContentError::Removal { index });
            }
            if entry.revoked_at > this_update {
                return Err(CrlContentError::Future { index, revoked_at: entry.revoked_at });
            }
            if before.is_some_and(|before| before.order(entry, self.issuer) != Ordering::Less) {
                return Err(CrlContentError::Order { index, serial: entry.serial.clone() });
            }
            before = Some(entry);
        }
        Ok(())
    }

    /// TBSCertList of content that was checked.
    pub(super) fn to_der(&self) -> Vec<u8> {
        let version = [INTEGER, 1, 1];
        let issuer = name(oid::COMMON_NAME, UTF8_STRING, &self.issuer.to_hex());
        let (this_update, next_update) = (self.this_update.to_der(), self.next_update.to_der());
        let mut entries = Vec::new();
        let mut issuer_before = self.issuer;
        for entry in &self.entries {
            entries.extend(entry_der(entry, issuer_before));
            issuer_before = entry.issuer;
        }
        let entries = if entries.is_empty() { entries } else { tlv(SEQUENCE, &[&entries]) };
        let extensions = tlv(0xa0, &[&tlv(SEQUENCE, &[&self.extensions()])]);
        tlv(SEQUENCE, &[&version, &ED25519_DER, &issuer, &this_update, &next_update, &entries, &extensions])
    }

    fn extensions(&self) -> Vec<u8> {
        let key = tlv(SEQUENCE, &[&tlv(0x80, &[&self.issuer.to_bytes()])]);
        let mut extensions = extension(oid::AUTHORITY_KEY_IDENTIFIER, &key);
        extensions.extend(extension(oid::CRL_NUMBER, &self.number.to_der()));
        if let Some(base) = self.base {
            extensions.extend(critical_extension(oid::DELTA_CRL_INDICATOR, &base.to_der()));
        }
        // distributionPoint [0], in it fullName [0], in it uniformResourceIdentifier [6]; indirectCRL [4].
        let point = |uri: &str| tlv(0xa0, &[&full_name(uri)]);
        let scope = match &self.scope {
            Scope::Whole => None,
            Scope::Point(uri) => Some(tlv(SEQUENCE, &[&point(uri)])),
            Scope::Indirect(uri) => {
                let point = uri.as_deref().map(point).unwrap_or_default();
                Some(tlv(SEQUENCE, &[&point, &[0x84, 0x01, 0xff]]))
            }
        };
        if let Some(scope) = scope {
            extensions.extend(critical_extension(oid::ISSUING_DISTRIBUTION_POINT, &scope));
        }
        if let Some(uri) = &self.freshest {
            let value = tlv(SEQUENCE, &[&tlv(SEQUENCE, &[&tlv(0xa0, &[&full_name(uri)])])]);
            extensions.extend(extension(oid::FRESHEST_CRL, &value));
        }
        extensions
    }
}

fn full_name(uri: &str) -> Vec<u8> {
    tlv(0xa0, &[&tlv(0x86, &[uri.as_bytes()])])
}

fn entry_der(entry: &Entry, issuer_before: Det) -> Vec<u8> {
    let mut extensions = Vec::new();
    if let Some(reason) = entry.reason {
        extensions.extend(extension(oid::REASON_CODE, &[ENUMERATED, 1, reason.code()]));
    }
    if let Some(since) = entry.invalid_since {
        extensions.extend(extension(oid::INVALIDITY_DATE, &since.to_generalized()));
    }
    if entry.issuer != issuer_before {
        // GeneralNames with one directoryName [4].
        let directory_name = tlv(0xa4, &[&name(oid::COMMON_NAME, UTF8_STRING, &entry.issuer.to_hex())]);
        extensions.extend(critical_extension(oid::CERTIFICATE_ISSUER, &tlv(SEQUENCE, &[&directory_name])));
    }
    let extensions = if extensions.is_empty() { extensions } else { tlv(SEQUENCE, &[&extensions]) };
    tlv(SEQUENCE, &[&entry.serial.to_der(), &entry.revoked_at.to_der(), &extensions])
}

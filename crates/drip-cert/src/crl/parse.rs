//! Reading a list, field by field in the order of RFC 5280, section 5.1.

use super::{CrlError, CrlNumber, CrlTbs, Entry, MAX_LEN, Reason, Scope};
use crate::{
    algorithm::require_ed25519,
    lite::{CertTime, CertificateSerial},
    oid, strict,
    write::{ENUMERATED, SEQUENCE, UTF8_STRING, name, signed, tlv},
    x509::det_of_name,
};
use alloc::{
    string::{String, ToString},
    vec::Vec,
};
use core::ops::Range;
use der::{Decode, asn1::GeneralizedTime};
use drip_det::Det;
use x509_cert::{
    Version,
    crl::{CertificateList, RevokedCert, TbsCertList},
    ext::{
        Extension,
        pkix::{
            crl::{
                CrlDistributionPoints,
                dp::{DistributionPoint, IssuingDistributionPoint},
            },
            name::{DistributionPointName, GeneralName},
        },
    },
};

/// A list, read and of the right form, but whose signature nobody has verified: see [`Crl::verify`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Crl {
    tbs: CrlTbs,
    signature: [u8; 64],
    der: Vec<u8>,
    to_be_signed: Range<usize>,
}

impl Crl {
    /// Reads a list in DER.
    pub fn parse(der: &[u8]) -> Result<Self, CrlError> {
        if der.len() > MAX_LEN {
            return Err(CrlError::Oversized { length: der.len() });
        }
        strict::check(der)?;
        let list = CertificateList::from_der(der).map_err(CrlError::Structure)?;
        let tbs = read_tbs(&list.tbs_cert_list)?;
        require_ed25519(&list.signature_algorithm)
            .map_err(|algorithm| CrlError::SignatureAlgorithm { field: "signatureAlgorithm", algorithm })?;
        let signature = list.signature.as_bytes().and_then(|octets| octets.try_into().ok());
        let signature = signature.ok_or(CrlError::SignatureLength)?;
        tbs.check()?;
        let to_be_signed = tbs.to_der();
        // Whatever has more than one form is settled here: a DIME's lists have one.
        let canonical = signed(&to_be_signed, &signature);
        same(der, &canonical)?;
        // AlgorithmIdentifier and BIT STRING follow with 7 and 67 octets.
        let end = canonical.len().saturating_sub(7 + 67);
        let to_be_signed = end.saturating_sub(to_be_signed.len())..end;
        Ok(Self { tbs, signature, der: canonical, to_be_signed })
    }

    /// What it says.
    pub fn tbs(&self) -> &CrlTbs {
        &self.tbs
    }

    /// The signature by its issuer.
    pub fn signature(&self) -> &[u8; 64] {
        &self.signature
    }

    /// The list in DER.
    pub fn der(&self) -> &[u8] {
        &self.der
    }

    /// The part that is signed.
    pub(super) fn to_be_signed(&self) -> &[u8] {
        self.der.get(self.to_be_signed.clone()).unwrap_or_default()
    }
}

impl CrlTbs {
    /// Reads TBSCertList, as it comes to a signer: what is returned encodes to the same octets.
    pub fn decode(der: &[u8]) -> Result<Self, CrlError> {
        if der.len() > MAX_LEN {
            return Err(CrlError::Oversized { length: der.len() });
        }
        strict::check(der)?;
        let tbs = read_tbs(&TbsCertList::from_der(der).map_err(CrlError::Structure)?)?;
        tbs.check()?;
        same(der, &tbs.to_der())?;
        Ok(tbs)
    }
}

fn same(der: &[u8], canonical: &[u8]) -> Result<(), CrlError> {
    if der == canonical {
        return Ok(());
    }
    let offset = der.iter().zip(canonical).take_while(|(a, b)| a == b).count();
    Err(CrlError::NotCanonical { offset })
}

fn read_tbs(list: &TbsCertList) -> Result<CrlTbs, CrlError> {
    match list.version {
        Version::V2 => {}
        other => return Err(CrlError::Version(other as u8 + 1)),
    }
    require_ed25519(&list.signature)
        .map_err(|algorithm| CrlError::SignatureAlgorithm { field: "signature", algorithm })?;
    let issuer = det_of_name(&list.issuer).ok_or_else(|| CrlError::Issuer(list.issuer.to_string()))?;
    let this_update = CertTime::from_x509(list.this_update);
    let next_update = CertTime::from_x509(list.next_update.ok_or(CrlError::NextUpdate)?);
    let mut entries = Vec::new();
    let mut issuer_before = issuer;
    for (index, revoked) in list.revoked_certificates.iter().flatten().enumerate() {
        let entry = entry(index, revoked, issuer_before)?;
        issuer_before = entry.issuer;
        entries.push(entry);
    }
    let mut tbs = CrlTbs {
        issuer,
        this_update,
        next_update,
        number: CrlNumber(0),
        base: None,
        scope: Scope::Whole,
        freshest: None,
        entries,
    };
    extensions(&mut tbs, list.crl_extensions.as_deref().unwrap_or_default())?;
    Ok(tbs)
}

fn entry(index: usize, revoked: &RevokedCert, issuer_before: Det) -> Result<Entry, CrlError> {
    let serial = CertificateSerial::from_integer(revoked.serial_number.as_bytes())
        .map_err(|fault| CrlError::Serial { index, fault })?;
    let mut entry = Entry {
        issuer: issuer_before,
        serial,
        revoked_at: CertTime::from_x509(revoked.revocation_date),
        reason: None,
        invalid_since: None,
    };
    for Extension { extn_id, extn_value, .. } in revoked.crl_entry_extensions.iter().flatten() {
        let value = extn_value.as_bytes();
        let fault = |field, reason| CrlError::EntryExtension { index, field, reason };
        if *extn_id == oid::REASON_CODE {
            let reason = match value {
                [ENUMERATED, 1, code] => Reason::from_code(*code),
                _ => None,
            };
            let reason = reason.ok_or(fault("reasonCode", "it is none of the standard's, or unspecified"))?;
            entry.reason = Some(reason);
        } else if *extn_id == oid::INVALIDITY_DATE {
            let time = GeneralizedTime::from_der(value)
                .map_err(|_| fault("invalidityDate", "it is no GeneralizedTime"))?;
            entry.invalid_since = Some(CertTime::from_date_time(time.to_date_time()));
        } else if *extn_id == oid::CERTIFICATE_ISSUER {
            entry.issuer = certificate_issuer(value)
                .ok_or(fault("certificateIssuer", "it is not one name that is a DET"))?;
        } else {
            return Err(CrlError::UnexpectedEntryExtension { index, identifier: *extn_id });
        }
    }
    Ok(entry)
}

/// The DET in GeneralNames of one directoryName. It has a fixed length, so the candidate is written again and compared.
fn certificate_issuer(value: &[u8]) -> Option<Det> {
    let text = core::str::from_utf8(value.get(value.len().checked_sub(32)?..)?).ok()?;
    let det: Det = text.parse().ok()?;
    let directory_name = tlv(0xa4, &[&name(oid::COMMON_NAME, UTF8_STRING, &det.to_hex())]);
    (tlv(SEQUENCE, &[&directory_name]) == value).then_some(det)
}

fn extensions(tbs: &mut CrlTbs, extensions: &[Extension]) -> Result<(), CrlError> {
    let (mut key, mut number) = (None, None);
    for Extension { extn_id, extn_value, .. } in extensions {
        let value = extn_value.as_bytes();
        let again = if *extn_id == oid::AUTHORITY_KEY_IDENTIFIER {
            key.replace(value).is_some()
        } else if *extn_id == oid::CRL_NUMBER {
            number.replace(number_of("cRLNumber", value)?).is_some()
        } else if *extn_id == oid::DELTA_CRL_INDICATOR {
            tbs.base.replace(number_of("deltaCRLIndicator", value)?).is_some()
        } else if *extn_id == oid::ISSUING_DISTRIBUTION_POINT {
            core::mem::replace(&mut tbs.scope, scope(value)?) != Scope::Whole
        } else if *extn_id == oid::FRESHEST_CRL {
            tbs.freshest.replace(freshest(value)?).is_some()
        } else {
            true
        };
        if again {
            return Err(CrlError::UnexpectedExtension(*extn_id));
        }
    }
    let key = key.ok_or(CrlError::MissingExtension("authorityKeyIdentifier"))?;
    if key != tlv(SEQUENCE, &[&tlv(0x80, &[&tbs.issuer.to_bytes()])]) {
        let reason = "it is not the issuer's DET alone";
        return Err(CrlError::Extension { field: "authorityKeyIdentifier", reason });
    }
    tbs.number = number.ok_or(CrlError::MissingExtension("cRLNumber"))?;
    Ok(())
}

fn number_of(field: &'static str, value: &[u8]) -> Result<CrlNumber, CrlError> {
    let reason = "it is no number of at most 16 octets";
    CrlNumber::from_der(value).ok_or(CrlError::Extension { field, reason })
}

fn scope(value: &[u8]) -> Result<Scope, CrlError> {
    let fault = |reason| CrlError::Extension { field: "issuingDistributionPoint", reason };
    strict::check(value).map_err(|_| fault("its value is not DER"))?;
    let point = IssuingDistributionPoint::from_der(value).map_err(|_| fault("it is not the structure"))?;
    if point.only_contains_user_certs
        || point.only_contains_ca_certs
        || point.only_contains_attribute_certs
        || point.only_some_reasons.is_some()
    {
        return Err(fault("it is limited by kinds or reasons"));
    }
    let uri = match &point.distribution_point {
        None => None,
        Some(name) => Some(uri_of(name).ok_or(fault("its point is not one URI"))?),
    };
    match (uri, point.indirect_crl) {
        (uri, true) => Ok(Scope::Indirect(uri)),
        (Some(uri), false) => Ok(Scope::Point(uri)),
        (None, false) => Err(fault("it says nothing")),
    }
}

fn freshest(value: &[u8]) -> Result<String, CrlError> {
    let fault = |reason| CrlError::Extension { field: "freshestCRL", reason };
    strict::check(value).map_err(|_| fault("its value is not DER"))?;
    let points = CrlDistributionPoints::from_der(value).map_err(|_| fault("it is not the structure"))?;
    match points.0.as_slice() {
        [DistributionPoint { distribution_point: Some(name), reasons: None, crl_issuer: None }] => {
            uri_of(name).ok_or(fault("its point is not one URI"))
        }
        _ => Err(fault("it is not one point")),
    }
}

fn uri_of(name: &DistributionPointName) -> Option<String> {
    match name {
        DistributionPointName::FullName(names) => match names.as_slice() {
            [GeneralName::UniformResourceIdentifier(uri)] => Some(uri.as_str().into()),
            _ => None,
        },
        DistributionPointName::NameRelativeToCRLIssuer(_) => None,
    }
}

//! CERT: a certificate in the DNS (RFC 4398, section 2).
//!
//! | octets | field | for a DET |
//! |---|---|---|
//! | 2 | certificate type | 1, PKIX |
//! | 2 | key tag | 0 |
//! | 1 | algorithm | 0: not a DNSSEC algorithm |
//! | … | certificate | X.509 in DER |
//!
//! For PKIX the RFC puts a length octet and the OID of an X.500 attribute (2.5.4.36 and so on) before the certificate; in practice there
//! is none. Both are read. Type 254 (OID) carried Broadcast Endorsements in the drafts before BRID; those are read, no other OID is.

use super::presentation::{PresentationError, decimal, fields, to_base64};
use crate::{Endorsement, Fault, OutOfBounds, Variant, WireError, octets::Octets};
use alloc::{format, string::String, vec::Vec};

const PKIX: u16 = 1;
const OID: u16 = 254;

/// Length octet and OID 2.5.4 of the X.500 attributes, without their last arc.
const ATTRIBUTE_OID: [u8; 3] = [0x03, 0x55, 0x04];

/// Length octet and DER of OID 1.3.6.1.4.1.6715.2.6, Broadcast Endorsements, without its last arc.
const ENDORSEMENT_OID: [u8; 12] = [0x0c, 0x06, 0x0a, 0x2b, 0x06, 0x01, 0x04, 0x01, 0xb4, 0x3b, 0x02, 0x06];

/// RDATA of a CERT record.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct CertRecord {
    /// Key tag; 0 where the algorithm is.
    pub key_tag: u16,
    /// DNSSEC algorithm of the key in the certificate; 0 for none.
    pub algorithm: u8,
    /// The certificate.
    pub content: CertContent,
}

/// What a CERT record carries: certificate type and certificate.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum CertContent {
    /// PKIX, as all practice has it: the X.509 certificate in DER, neither parsed nor verified here.
    Pkix(Vec<u8>),
    /// PKIX with the OID of an X.500 attribute before the certificate.
    PkixWithOid {
        /// The last arc of 2.5.4.x: 36 user certificate, 37 CA certificate, 38 and 39 revocation lists.
        attribute: u8,
        /// What follows, in DER.
        der: Vec<u8>,
    },
    /// OID 1.3.6.1.4.1.6715.2.6.x: a Broadcast Endorsement, before there was BRID.
    Endorsement {
        /// The last arc, who is endorsed: 1 UA, 2 GCS, 3 operator, 4 HDA, 5 RAA, 6 root.
        entity: u8,
        /// The endorsement.
        endorsement: Endorsement,
    },
}

impl CertRecord {
    /// The record of an X.509 certificate in DER.
    pub const fn pkix(der: Vec<u8>) -> Self {
        CertRecord { key_tag: 0, algorithm: 0, content: CertContent::Pkix(der) }
    }

    /// The X.509 certificate in DER, or `None` where the record carries something else.
    pub fn certificate(&self) -> Option<&[u8]> {
        match &self.content {
            CertContent::Pkix(der) | CertContent::PkixWithOid { attribute: 36 | 37, der } => Some(der),
            _ => None,
        }
    }

    /// Reads the RDATA.
    pub fn decode(rdata: &[u8]) -> Result<Self, WireError> {
        let mut octets = Octets::new(rdata);
        let certificate_type = octets.u16("certificate type")?;
        let key_tag = octets.u16("key tag")?;
        let algorithm = octets.u8("algorithm")?;
        let content = match certificate_type {
            PKIX if octets.rest().first() == ATTRIBUTE_OID.first() => {
                known(&mut octets, &ATTRIBUTE_OID)?;
                let attribute = within(&mut octets, "attribute OID", 36..=39, "2.5.4.36 to 2.5.4.39")?;
                CertContent::PkixWithOid { attribute, der: octets.der_sequence("certificate")?.into() }
            }
            PKIX => CertContent::Pkix(octets.der_sequence("certificate")?.into()),
            OID => {
                known(&mut octets, &ENDORSEMENT_OID)?;
                let entity = within(&mut octets, "endorsement OID", 1..=6, "1 to 6 in the last arc")?;
                let at = octets.at();
                let endorsement = Endorsement::decode(octets.rest()).map_err(|error| error.within(at))?;
                octets.take(Endorsement::LEN, "endorsement")?;
                CertContent::Endorsement { entity, endorsement }
            }
            found => {
                let allowed = "1 (PKIX) and 254 (OID)";
                return Err(OutOfBounds { what: "certificate type", found: found.into(), allowed }.at(0));
            }
        };
        octets.end("certificate")?;
        Ok(CertRecord { key_tag, algorithm, content })
    }

    /// The RDATA.
    pub fn encode(&self) -> Vec<u8> {
        let [high, low] = self.key_tag.to_be_bytes();
        let head = |certificate_type: u16| {
            let [type_high, type_low] = certificate_type.to_be_bytes();
            [type_high, type_low, high, low, self.algorithm]
        };
        match &self.content {
            CertContent::Pkix(der) => [head(PKIX).as_slice(), der].concat(),
            CertContent::PkixWithOid { attribute, der } => {
                [head(PKIX).as_slice(), &ATTRIBUTE_OID, &[*attribute], der].concat()
            }
            CertContent::Endorsement { entity, endorsement } => {
                [head(OID).as_slice(), &ENDORSEMENT_OID, &[*entity], &endorsement.encode()].concat()
            }
        }
    }

    /// The text of master files: type, key tag, algorithm, and the rest in base64.
    pub fn presentation(&self) -> String {
        let mnemonic = match &self.content {
            CertContent::Pkix(_) | CertContent::PkixWithOid { .. } => "PKIX",
            CertContent::Endorsement { .. } => "OID",
        };
        let rdata = self.encode();
        let content = rdata.get(5..).unwrap_or_default();
        format!("{mnemonic} {} {} {}", self.key_tag, self.algorithm, to_base64(content))
    }

    /// Reads the text of master files.
    pub fn parse(text: &str) -> Result<Self, PresentationError> {
        let mut fields = fields(text);
        let what = "certificate type";
        let certificate_type: u16 = match fields.next(what)? {
            "PKIX" => PKIX,
            "OID" => OID,
            number => {
                decimal(number).ok_or(PresentationError::Field { what, expected: "PKIX, OID or a number" })?
            }
        };
        let key_tag: u16 = fields.number("key tag", "a number, 0 to 65535")?;
        let algorithm: u8 = fields.number("algorithm", "a number, 0 to 255")?;
        let content = fields.base64("certificate")?;
        let rdata =
            [&certificate_type.to_be_bytes(), &key_tag.to_be_bytes(), [algorithm].as_slice(), &content]
                .concat();
        Ok(Self::decode(&rdata)?)
    }

    /// Where the record differs from what we would write.
    pub fn variants(&self) -> Vec<Variant> {
        match &self.content {
            CertContent::Pkix(_) => Vec::new(),
            CertContent::PkixWithOid { .. } => [Variant::PkixOidPrefix].into(),
            CertContent::Endorsement { .. } => [Variant::EndorsementInCert].into(),
        }
    }
}

/// Octets that can only be these, one by one, so that a part of them is `Truncated`.
fn known(octets: &mut Octets<'_>, expected: &[u8]) -> Result<(), WireError> {
    for octet in expected {
        let at = octets.at();
        if octets.u8("OID")? != *octet {
            let fault = Fault::Expected("the OID of an X.500 certificate attribute or of an endorsement");
            return Err(WireError { fault, what: "OID", at });
        }
    }
    Ok(())
}

fn within(
    octets: &mut Octets<'_>,
    what: &'static str,
    range: core::ops::RangeInclusive<u8>,
    allowed: &'static str,
) -> Result<u8, WireError> {
    let at = octets.at();
    let arc = octets.u8(what)?;
    if range.contains(&arc) { Ok(arc) } else { Err(OutOfBounds { what, found: arc.into(), allowed }.at(at)) }
}

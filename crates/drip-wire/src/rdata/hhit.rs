//! HHIT: who holds a DET, and the certificate that says so (RFC 9886, section 5.1). One CBOR array of three:
//!
//! | item | type | content |
//! |---|---|---|
//! | 0 | uint | HHIT Entity Type |
//! | 1 | tstr | HID abbreviation, by default `3ff8 000a`: RAA and HDA, four hexadecimal digits each |
//! | 2 | bstr | X.509 certificate in DER over the DET's key, made by the parent |
//!
//! The CDDL gives the abbreviation exactly 15 characters, against the nine of its default; up to 15 octets are read.

use super::presentation::{PresentationError, fields, to_base64};
use crate::{
    OutOfBounds, Variant, WireError,
    cbor::{Reader, Writer},
};
use alloc::{string::String, vec::Vec};
use drip_det::{EntityType, Hid};

const MAX_ABBREVIATION: usize = 15;

/// RDATA of an HHIT record.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Hhit {
    /// What kind of thing holds the DET.
    pub entity_type: EntityType,
    /// The HID for people to read, at most 15 octets.
    pub abbreviation: String,
    /// The certificate in DER, as it was received or made: it is neither parsed nor verified here.
    pub certificate: Vec<u8>,
}

impl Hhit {
    /// The record with the default abbreviation of the HID.
    pub fn new(entity_type: EntityType, hid: Hid, certificate: Vec<u8>) -> Self {
        Hhit { entity_type, abbreviation: hid.abbreviation(), certificate }
    }

    /// Reads the RDATA.
    pub fn decode(rdata: &[u8]) -> Result<Self, WireError> {
        let mut reader = Reader::new(rdata);
        reader.array_of(3, "HHIT", "an array of three")?;
        let at = reader.at();
        let found = reader.uint("entity type")?;
        let entity_type = u16::try_from(found)
            .map_err(|_| OutOfBounds { what: "entity type", found, allowed: "0 to 65535" }.at(at))?;
        let at = reader.at();
        let abbreviation = reader.text("HID abbreviation")?;
        if abbreviation.len() > MAX_ABBREVIATION {
            let found = abbreviation.len() as u64;
            return Err(OutOfBounds { what: "HID abbreviation", found, allowed: "0 to 15 octets" }.at(at));
        }
        let certificate = reader.bytes("certificate")?;
        reader.end("HHIT")?;
        Ok(Hhit {
            entity_type: EntityType(entity_type),
            abbreviation: abbreviation.into(),
            certificate: certificate.into(),
        })
    }

    /// The RDATA.
    pub fn encode(&self) -> Vec<u8> {
        Writer::new()
            .array(3)
            .uint(self.entity_type.0.into())
            .text(&self.abbreviation)
            .bytes(&self.certificate)
            .finish()
    }

    /// The text of master files: the RDATA in base64.
    pub fn presentation(&self) -> String {
        to_base64(&self.encode())
    }

    /// Reads the text of master files.
    pub fn parse(text: &str) -> Result<Self, PresentationError> {
        Ok(Self::decode(&fields(text).base64("HHIT")?)?)
    }

    /// Where the record differs from what we would write.
    pub fn variants(&self) -> Vec<Variant> {
        let mut variants = Vec::new();
        if self.abbreviation.bytes().any(|c| matches!(c, b'A'..=b'F')) {
            variants.push(Variant::UpperCaseAbbreviation);
        }
        if self.entity_type.name().is_none() {
            variants.push(Variant::UnregisteredEntityType);
        }
        variants
    }
}

//! TLSA: a key or certificate that TLS may meet (RFC 6698, section 2.1).
//!
//! | octets | field | for a DET |
//! |---|---|---|
//! | 1 | certificate usage | 3, DANE-EE |
//! | 1 | selector | 1, SubjectPublicKeyInfo |
//! | 1 | matching type | 0, the whole of it |
//! | … | certificate association data | 44 octets: the DER header of Ed25519 keys, then the key |
//!
//! The matching type says how long the data is: one DER structure, 32 octets of SHA-256, or 64 of SHA-512. Records of other matching
//! types cannot be used by anybody (RFC 6698, section 4.1) and are refused.

use super::presentation::{PresentationError, fields};
use crate::{OutOfBounds, WireError, octets::Octets};
use alloc::{format, string::String, vec::Vec};
use drip_det::HostIdentity;

/// DER of an Ed25519 SubjectPublicKeyInfo before its 32 octets of key (RFC 8410, section 4).
const SPKI_ED25519: [u8; 12] = [0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00];

/// RDATA of a TLSA record.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Tlsa {
    /// Certificate usage: 3 is DANE-EE.
    pub usage: u8,
    /// Selector: 0 the certificate, 1 its SubjectPublicKeyInfo.
    pub selector: u8,
    /// Matching type: 0 the data itself, 1 its SHA-256, 2 its SHA-512.
    pub matching_type: u8,
    /// Certificate association data, of the kind and length that the matching type says.
    pub data: Vec<u8>,
}

impl Tlsa {
    /// `3 1 0` for a host identity. It serves raw public keys too (RFC 7250).
    pub fn dane_ee_spki(hi: &HostIdentity) -> Self {
        let data = [SPKI_ED25519.as_slice(), hi.as_bytes()].concat();
        Tlsa { usage: 3, selector: 1, matching_type: 0, data }
    }

    /// Reads the RDATA.
    pub fn decode(rdata: &[u8]) -> Result<Self, WireError> {
        let what = "certificate association data";
        let mut octets = Octets::new(rdata);
        let usage = octets.u8("certificate usage")?;
        let selector = octets.u8("selector")?;
        let matching_type = octets.u8("matching type")?;
        let data = match matching_type {
            0 => octets.der_sequence(what)?,
            1 => octets.take(32, what)?,
            2 => octets.take(64, what)?,
            found => {
                return Err(
                    OutOfBounds { what: "matching type", found: found.into(), allowed: "0 to 2" }.at(2)
                );
            }
        };
        octets.end(what)?;
        Ok(Tlsa { usage, selector, matching_type, data: data.into() })
    }

    /// The RDATA.
    pub fn encode(&self) -> Vec<u8> {
        [&[self.usage, self.selector, self.matching_type], self.data.as_slice()].concat()
    }

    /// The text of master files: three numbers and hexadecimal.
    pub fn presentation(&self) -> String {
        format!("{} {} {} {}", self.usage, self.selector, self.matching_type, hex::encode(&self.data))
    }

    /// Reads the text of master files.
    pub fn parse(text: &str) -> Result<Self, PresentationError> {
        let expected = "a number, 0 to 255";
        let mut fields = fields(text);
        let usage = fields.number("certificate usage", expected)?;
        let selector = fields.number("selector", expected)?;
        let matching_type = fields.number("matching type", expected)?;
        let data = fields.hex("certificate association data")?;
        // The data is judged by the one rule there is, that of the octets.
        Ok(Self::decode(&Tlsa { usage, selector, matching_type, data }.encode())?)
    }

    /// The host identity in a record of selector 1 and matching type 0, or `None` where there is none.
    pub fn host_identity(&self) -> Option<HostIdentity> {
        let key = self.data.strip_prefix(&SPKI_ED25519)?;
        if (self.selector, self.matching_type) != (1, 0) {
            return None;
        }
        HostIdentity::from_bytes(key.try_into().ok()?).ok()
    }
}

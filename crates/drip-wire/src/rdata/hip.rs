//! HIP: a tag with its public key (RFC 8005, section 5).
//!
//! | octets | field |
//! |---|---|
//! | 1 | HIT length: 16 |
//! | 1 | public key algorithm, from the IPSECKEY registry: EdDSA is 4 |
//! | 2 | public key length |
//! | 16 | HIT; here the DET |
//! | … | public key; for EdDSA the bare 32 octets (RFC 9373) |
//! | … | rendezvous servers, uncompressed names one after the other |
//!
//! The list of rendezvous servers has no end mark. So a record cut between two servers is a whole record with fewer of them, and an
//! octet appended can be the first of a further name: here alone the octets end `Truncated` where elsewhere they would be `Trailing`.

use super::{
    domain_name::DomainName,
    presentation::{PresentationError, fields, from_base64, from_hex, to_base64},
};
use crate::{OutOfBounds, Variant, WireError, octets::Octets};
use alloc::{format, string::String, vec::Vec};
use drip_det::{Det, HostIdentity};

const HIT_LEN: u8 = 16;

/// RDATA of a HIP record.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Hip {
    /// The public key algorithm.
    pub algorithm: u8,
    /// The tag: a DET, or a HIT of another algorithm.
    pub hit: [u8; 16],
    /// The public key, 1 to 65535 octets.
    pub public_key: Vec<u8>,
    /// Where the host can be reached; DETs have none.
    pub rendezvous_servers: Vec<DomainName>,
}

impl Hip {
    /// EdDSA in the IPSECKEY registry. The same algorithm is 5 as HHIT suite, 13 in HIP parameters and 15 in DNSSEC.
    pub const EDDSA: u8 = 4;

    /// The record of a DET and its key.
    pub fn for_det(det: Det, hi: &HostIdentity) -> Self {
        Hip {
            algorithm: Self::EDDSA,
            hit: det.to_bytes(),
            public_key: hi.as_bytes().to_vec(),
            rendezvous_servers: Vec::new(),
        }
    }

    /// Reads the RDATA.
    pub fn decode(rdata: &[u8]) -> Result<Self, WireError> {
        let mut octets = Octets::new(rdata);
        let hit_length = octets.u8("HIT length")?;
        if hit_length != HIT_LEN {
            return Err(OutOfBounds { what: "HIT length", found: hit_length.into(), allowed: "16" }.at(0));
        }
        let algorithm = octets.u8("public key algorithm")?;
        let at = octets.at();
        let key_length = octets.u16("public key length")?;
        if key_length == 0 {
            // Its text would have one field too few.
            let found = key_length.into();
            return Err(OutOfBounds { what: "public key length", found, allowed: "1 to 65535" }.at(at));
        }
        let hit = octets.array("HIT")?;
        let public_key = octets.take(key_length.into(), "public key")?.into();
        let mut rendezvous_servers = Vec::new();
        while !octets.rest().is_empty() {
            rendezvous_servers.push(DomainName::read(&mut octets, "rendezvous server")?);
        }
        Ok(Hip { algorithm, hit, public_key, rendezvous_servers })
    }

    /// The RDATA. Of a public key longer than its length field can say, the first 65535 octets.
    pub fn encode(&self) -> Vec<u8> {
        let key_length = u16::try_from(self.public_key.len()).unwrap_or(u16::MAX);
        let key = self.public_key.get(..key_length.into()).unwrap_or_default();
        let mut octets = Vec::with_capacity(20 + key.len());
        octets.extend([HIT_LEN, self.algorithm]);
        octets.extend(key_length.to_be_bytes());
        octets.extend(self.hit);
        octets.extend(key);
        for server in &self.rendezvous_servers {
            octets.extend(server.as_octets());
        }
        octets
    }

    /// The text of master files: algorithm, HIT in hexadecimal, public key in base64, rendezvous servers.
    pub fn presentation(&self) -> String {
        let mut text =
            format!("{} {} {}", self.algorithm, hex::encode_upper(self.hit), to_base64(&self.public_key));
        for server in &self.rendezvous_servers {
            text.push_str(&format!(" {server}"));
        }
        text
    }

    /// Reads the text of master files.
    pub fn parse(text: &str) -> Result<Self, PresentationError> {
        let mut fields = fields(text);
        let algorithm = fields.number("public key algorithm", "a number, 0 to 255")?;
        let hit = from_hex(fields.next("HIT")?, "HIT")?
            .try_into()
            .map_err(|_| PresentationError::Field { what: "HIT", expected: "16 octets" })?;
        let public_key = from_base64(fields.next("public key")?, "public key")?;
        if public_key.len() > u16::MAX.into() {
            return Err(PresentationError::Field { what: "public key", expected: "65535 octets or fewer" });
        }
        let rendezvous_servers = fields.rest().map(DomainName::parse).collect::<Result<_, _>>()?;
        Ok(Hip { algorithm, hit, public_key, rendezvous_servers })
    }

    /// The DET in it, or `None` where the HIT is not one.
    pub fn det(&self) -> Option<Det> {
        Det::from_bytes(self.hit).ok()
    }

    /// The key in it, or `None` where it is no EdDSA key that can be a host identity.
    ///
    /// Numbers that EdDSA has elsewhere are taken too, and reported by [`variants`](Self::variants).
    pub fn host_identity(&self) -> Option<HostIdentity> {
        if !matches!(self.algorithm, Self::EDDSA | 5 | 13 | 15) {
            return None;
        }
        HostIdentity::from_bytes(self.public_key.as_slice().try_into().ok()?).ok()
    }

    /// Where the record differs from what we would write.
    pub fn variants(&self) -> Vec<Variant> {
        match self.algorithm {
            5 | 13 | 15 if self.det().is_some() => [Variant::HipAlgorithm(self.algorithm)].into(),
            _ => Vec::new(),
        }
    }
}

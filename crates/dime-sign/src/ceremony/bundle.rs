//! A chain of authorities with all their objects: what a parent hands to its child, and what anybody needs to check that child.
//!
//! A bundle has one field, an array of 1 to 64 authorities, parents first:
//!
//! | # | field | CBOR |
//! |---|---|---|
//! | 0 | level | see the table of fields |
//! | 1 | class | see the table of fields |
//! | 2 | HID | unsigned |
//! | 3 | key | 32 octets |
//! | 4 | parent | DET; that of the key itself for a trust anchor |
//! | 5 | endorsement | 136 octets |
//! | 6 | Lite certificate | DER |
//! | 7 | Full certificate | DER, empty when absent |
//! | 8 | mtls certificate | DER, empty when absent |

use super::field::{self, Read};
use super::words::sha256;
use super::{DigestWords, FormError, MAX_AUTHORITIES, MAX_BUNDLE};
use drip_cbor::{Reader, Writer};
use drip_det::{Det, DetClass, Hid, HostIdentity, Level};
use drip_wire::Endorsement;

/// A chain of authorities, parents first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bundle {
    /// The authorities.
    pub authorities: Vec<AuthorityObjects>,
}

/// One authority with its objects.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuthorityObjects {
    /// Its level.
    pub level: Level,
    /// Authorization or Issuing.
    pub class: DetClass,
    /// Its place.
    pub hid: Hid,
    /// Its key.
    pub hi: HostIdentity,
    /// Who endorsed it; itself for a trust anchor.
    pub parent: Det,
    /// Its parent's endorsement of it.
    pub endorsement: [u8; Endorsement::LEN],
    /// Its Lite certificate, DER.
    pub lite: Vec<u8>,
    /// Its Full certificate, DER.
    pub full: Option<Vec<u8>>,
    /// Its mtls certificate, DER.
    pub mtls: Option<Vec<u8>>,
}

impl Bundle {
    /// The form's name, in its octets.
    pub const FORM: &'static str = "dime authority bundle";
    const FIELDS: usize = 1;

    /// Reads a bundle. Nothing in it is verified: [`Bundle::verify`] does that.
    pub fn decode(octets: &[u8]) -> Read<Self> {
        let mut reader = field::open(octets, Self::FORM, MAX_BUNDLE, Self::FIELDS)?;
        let count = field::list(&mut reader, "authorities", MAX_AUTHORITIES)?;
        let authorities =
            (0..count).map(|_| AuthorityObjects::read(&mut reader)).collect::<Result<_, _>>()?;
        reader.end("bundle")?;
        Ok(Bundle { authorities })
    }

    /// The bundle's octets. What could not be read back is refused here already.
    pub fn encode(&self) -> Result<Vec<u8>, FormError> {
        let octets = self.octets();
        Self::decode(&octets)?;
        Ok(octets)
    }

    /// The words of the bundle's digest, for people on both sides to compare.
    pub fn words(&self) -> DigestWords {
        DigestWords::of(&sha256(&self.octets()))
    }

    fn octets(&self) -> Vec<u8> {
        let mut writer = field::begin(Self::FORM, Self::FIELDS);
        writer.array(self.authorities.len());
        for authority in &self.authorities {
            authority.write(&mut writer);
        }
        writer.finish()
    }
}

impl AuthorityObjects {
    const FIELDS: usize = 9;

    /// Its DET: that of its key at its place.
    pub fn det(&self) -> Det {
        Det::derive(self.hid, &self.hi)
    }

    fn read(reader: &mut Reader<'_>) -> Read<Self> {
        reader.array_of(Self::FIELDS, "authority", "an array of an authority's fields")?;
        Ok(AuthorityObjects {
            level: field::level(reader)?,
            class: field::class(reader)?,
            hid: field::hid(reader, "HID")?,
            hi: field::hi(reader, "key")?,
            parent: field::det(reader, "parent")?,
            endorsement: field::fixed(reader, "endorsement")?,
            lite: field::certificate(reader, "Lite certificate")?,
            full: field::maybe_certificate(reader, "Full certificate")?,
            mtls: field::maybe_certificate(reader, "mtls certificate")?,
        })
    }

    fn write(&self, writer: &mut Writer) {
        writer.array(Self::FIELDS).uint(field::level_code(self.level)).uint(field::class_code(self.class));
        writer.uint(self.hid.to_bits().into()).bytes(self.hi.as_bytes()).bytes(&self.parent.to_bytes());
        writer.bytes(&self.endorsement).bytes(&self.lite);
        writer.bytes(field::absent_or(&self.full)).bytes(field::absent_or(&self.mtls));
    }
}

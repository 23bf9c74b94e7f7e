//! What the offline side hands back.
//!
//! | # | field | CBOR |
//! |---|---|---|
//! | 0 | request | byte string, SHA-256 of the request's octets |
//! | 1 | signer | DET |
//! | 2 | signer's key | 32 octets |
//! | 3 | signed at | time |
//! | 4 | items | array, one for each item of the request, in its order |
//!
//! | # | authority | cross-endorsement | trust list | refused | revocation list |
//! |---|---|---|---|---|---|
//! | 0 | 0 | 1 | 2 | 3 | 4 |
//! | 1 | endorsement | endorsement | COSE_Sign1, byte string | reason, text | CertificateList in DER, byte string |
//! | 2 | Lite certificate | | | | |
//! | 3 | Full certificate, empty when absent | | | | |
//! | 4 | mtls certificate, empty when absent | | | | |

use super::field::{self, Read, fault};
use super::words::sha256;
use super::{
    DigestWords, FormError, FormFault, MAX_ANSWER, MAX_ITEMS, MAX_REVOCATION_LIST, MAX_TEXT, MAX_TRUST_LIST,
};
use drip_cbor::{Reader, Writer};
use drip_det::{Det, HostIdentity, UnixTime};
use drip_wire::Endorsement;

const AUTHORITY: u64 = 0;
const CROSS_ENDORSEMENT: u64 = 1;
const TRUST_LIST: u64 = 2;
const REFUSED: u64 = 3;
const REVOCATION_LIST: u64 = 4;
/// What a COSE_Sign1 has more than its payload, and a CertificateList more than its TBSCertList; at most.
const ENVELOPE: usize = 1024;

/// The answer to a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// SHA-256 of the octets of the request that is answered.
    pub request: [u8; 32],
    /// The DET that signed.
    pub signer: Det,
    /// Its key.
    pub signer_hi: HostIdentity,
    /// When, by the clock of the offline machine.
    pub signed_at: UnixTime,
    /// One for each item of the request, in its order.
    pub items: Vec<Signed>,
}

/// What became of one item.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Signed {
    /// An authority's objects.
    Authority {
        /// The signer's endorsement of it.
        endorsement: [u8; Endorsement::LEN],
        /// Its Lite certificate, DER.
        lite: Vec<u8>,
        /// Its Full certificate, DER, when asked for.
        full: Option<Vec<u8>>,
        /// Its mtls certificate, DER, when asked for.
        mtls: Option<Vec<u8>>,
    },
    /// The signer's endorsement of another RAA.
    CrossEndorsement([u8; Endorsement::LEN]),
    /// The trust list, a COSE_Sign1.
    TrustList(Vec<u8>),
    /// The revocation list, DER.
    RevocationList(Vec<u8>),
    /// It was not signed.
    Refused {
        /// Why.
        reason: String,
    },
}

impl Answer {
    /// The form's name, in its octets.
    pub const FORM: &'static str = "dime ceremony answer";
    const FIELDS: usize = 5;

    /// Reads an answer. Nothing in it is verified: [`Answer::verify`] does that.
    pub fn decode(octets: &[u8]) -> Read<Self> {
        let mut reader = field::open(octets, Self::FORM, MAX_ANSWER, Self::FIELDS)?;
        let request = field::fixed(&mut reader, "request")?;
        let signer = field::det(&mut reader, "signer")?;
        let signer_hi = field::hi(&mut reader, "signer's key")?;
        let signed_at = field::time(&mut reader, "signed at")?;
        let count = field::list(&mut reader, "items", MAX_ITEMS)?;
        let items = (0..count).map(|_| Signed::read(&mut reader)).collect::<Result<_, _>>()?;
        reader.end("answer")?;
        Ok(Answer { request, signer, signer_hi, signed_at, items })
    }

    /// The answer's octets. What could not be read back is refused here already.
    pub fn encode(&self) -> Result<Vec<u8>, FormError> {
        let octets = self.octets();
        Self::decode(&octets)?;
        Ok(octets)
    }

    /// SHA-256 of the answer's octets.
    pub fn digest(&self) -> [u8; 32] {
        sha256(&self.octets())
    }

    /// The words of the digest, for people on both sides to compare.
    pub fn words(&self) -> DigestWords {
        DigestWords::of(&self.digest())
    }

    fn octets(&self) -> Vec<u8> {
        let mut writer = field::begin(Self::FORM, Self::FIELDS);
        writer.bytes(&self.request).bytes(&self.signer.to_bytes()).bytes(self.signer_hi.as_bytes());
        writer.uint(self.signed_at.0).array(self.items.len());
        for item in &self.items {
            item.write(&mut writer);
        }
        writer.finish()
    }
}

impl Signed {
    /// The kind of item, for people.
    pub const fn kind(&self) -> &'static str {
        match self {
            Signed::Authority { .. } => "authority",
            Signed::CrossEndorsement(_) => "cross-endorsement",
            Signed::TrustList(_) => "trust list",
            Signed::RevocationList(_) => "revocation list",
            Signed::Refused { .. } => "refused",
        }
    }

    /// A refusal for this reason, in so many words as an answer can hold.
    pub fn refused(reason: &str) -> Self {
        let plain = reason.chars().map(|character| if field::is_plain(character) { character } else { '?' });
        let mut reason: String = plain.collect();
        while reason.len() > MAX_TEXT {
            reason.pop();
        }
        Signed::Refused { reason }
    }

    fn read(reader: &mut Reader<'_>) -> Read<Self> {
        let start = reader.at();
        let fields = reader.array("item")?;
        let at = reader.at();
        let kind = reader.uint("kind of item")?;
        let expected = match kind {
            AUTHORITY => 5,
            CROSS_ENDORSEMENT | TRUST_LIST | REVOCATION_LIST | REFUSED => 2,
            other => return Err(fault(FormFault::Value(other), "kind of item", at)),
        };
        if fields != expected {
            return Err(fault(FormFault::Value(fields as u64), "number of an item's fields", start));
        }
        Ok(match kind {
            AUTHORITY => Signed::Authority {
                endorsement: field::fixed(reader, "endorsement")?,
                lite: field::certificate(reader, "Lite certificate")?,
                full: field::maybe_certificate(reader, "Full certificate")?,
                mtls: field::maybe_certificate(reader, "mtls certificate")?,
            },
            CROSS_ENDORSEMENT => Signed::CrossEndorsement(field::fixed(reader, "endorsement")?),
            TRUST_LIST => Signed::TrustList(field::octets(reader, "trust list", MAX_TRUST_LIST + ENVELOPE)?),
            REVOCATION_LIST => Signed::RevocationList(field::octets(
                reader,
                "revocation list",
                MAX_REVOCATION_LIST + ENVELOPE,
            )?),
            _ => Signed::Refused { reason: field::text(reader, "reason")? },
        })
    }

    fn write(&self, writer: &mut Writer) {
        match self {
            Signed::Authority { endorsement, lite, full, mtls } => {
                writer.array(5).uint(AUTHORITY).bytes(endorsement).bytes(lite);
                writer.bytes(field::absent_or(full)).bytes(field::absent_or(mtls));
            }
            Signed::CrossEndorsement(endorsement) => {
                writer.array(2).uint(CROSS_ENDORSEMENT).bytes(endorsement);
            }
            Signed::TrustList(cose) => {
                writer.array(2).uint(TRUST_LIST).bytes(cose);
            }
            Signed::RevocationList(der) => {
                writer.array(2).uint(REVOCATION_LIST).bytes(der);
            }
            Signed::Refused { reason } => {
                writer.array(2).uint(REFUSED).text(reason);
            }
        }
    }
}

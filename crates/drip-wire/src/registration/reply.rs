//! What a registrar answers in CBOR.
//!
//! | key | value |
//! |---|---|
//! | `"id"` | text: the registration's identifier |
//! | `"det"` | 54(bstr .size 16) |
//! | `"c509"` | bstr, optional: the native C509 certificate |
//! | `"state"` | text: `registered`, `pending`, `denied`, `revoked`, `expired` |
//! | `"certificate"` | bstr, optional: the X.509 Lite certificate, DER |
//! | `"endorsements"` | array of bstr .size 136: trust anchor first, this DET's own last; empty unless registered |

use super::{read_array, read_det, write_det};
use crate::{
    Fault, WireError,
    cbor::{Reader, Writer},
};
use alloc::{borrow::ToOwned, string::String, vec::Vec};
use drip_cbor::KeyOrder;
use drip_det::Det;

const WHAT: &str = "reply";
/// The most endorsements of a chain.
const MAX_CHAIN: usize = 16;

/// How a registration stands, with the objects that it got.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Reply {
    /// The registration's identifier.
    pub id: String,
    /// The DET.
    pub det: Det,
    /// Where it stands, by the word.
    pub state: String,
    /// Broadcast Endorsements, trust anchor first.
    pub endorsements: Vec<[u8; 136]>,
    /// The X.509 Lite certificate, DER.
    pub certificate: Option<Vec<u8>>,
    /// The native C509 certificate, CBOR.
    pub c509: Option<Vec<u8>>,
}

impl Reply {
    /// The media type.
    pub const MEDIA_TYPE: &str = "application/cbor";

    /// The octets.
    pub fn encode(&self) -> Vec<u8> {
        let mut writer = Writer::new();
        writer.map(4 + usize::from(self.c509.is_some()) + usize::from(self.certificate.is_some()));
        writer.text("id").text(&self.id).text("det");
        write_det(self.det, &mut writer);
        if let Some(c509) = &self.c509 {
            writer.text("c509").bytes(c509);
        }
        writer.text("state").text(&self.state);
        if let Some(certificate) = &self.certificate {
            writer.text("certificate").bytes(certificate);
        }
        writer.text("endorsements").array(self.endorsements.len());
        for endorsement in &self.endorsements {
            writer.bytes(endorsement);
        }
        writer.finish()
    }

    /// Reads a reply: what is returned encodes to the same octets.
    pub fn decode(octets: &[u8]) -> Result<Self, WireError> {
        let mut reader = Reader::new(octets);
        let mut order = KeyOrder::new();
        let (mut id, mut det, mut state, mut endorsements) = (None, None, None, None);
        let (mut certificate, mut c509) = (None, None);
        for _ in 0..reader.map(WHAT)? {
            let at = reader.at();
            let key = reader.text(WHAT)?;
            order.check(&reader, at, WHAT)?;
            match key {
                "id" => id = Some(reader.text("id")?.to_owned()),
                "det" => det = Some(read_det(&mut reader, "det")?),
                "c509" => c509 = Some(reader.bytes("c509")?.to_vec()),
                "state" => state = Some(reader.text("state")?.to_owned()),
                "certificate" => certificate = Some(reader.bytes("certificate")?.to_vec()),
                "endorsements" => endorsements = Some(chain(&mut reader)?),
                _ => {
                    let fault = Fault::Expected("one of the keys of a reply");
                    return Err(WireError { fault, what: WHAT, at });
                }
            }
        }
        reader.end(WHAT)?;
        let missing = |words| WireError { fault: Fault::Expected(words), what: WHAT, at: 0 };
        Ok(Reply {
            id: id.ok_or_else(|| missing("the key \"id\""))?,
            det: det.ok_or_else(|| missing("the key \"det\""))?,
            state: state.ok_or_else(|| missing("the key \"state\""))?,
            endorsements: endorsements.ok_or_else(|| missing("the key \"endorsements\""))?,
            certificate,
            c509,
        })
    }
}

fn chain(reader: &mut Reader<'_>) -> Result<Vec<[u8; 136]>, WireError> {
    const WHAT: &str = "endorsements";
    let at = reader.at();
    let count = reader.array(WHAT)?;
    if count > MAX_CHAIN {
        let fault = Fault::OutOfRange { found: count as u64, allowed: "0 to 16" };
        return Err(WireError { fault, what: WHAT, at });
    }
    (0..count).map(|_| read_array(reader, WHAT, "136 octets")).collect()
}

//! What the online side asks the offline side to sign.
//!
//! | # | field | CBOR |
//! |---|---|---|
//! | 0 | identifier | byte string, 16 random octets |
//! | 1 | made at | time |
//! | 2 | by | HID of the asker |
//! | 3 | items | array of 1 to 1,000 |

use super::field::{self, Read};
use super::words::sha256;
use super::{DigestWords, FormError, Item, MAX_ITEMS, MAX_REQUEST};
use drip_det::{Hid, UnixTime};

/// A batch of things to be signed by one Authorization key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// Random, so that no two requests are alike.
    pub id: [u8; 16],
    /// When it was made, by the clock of the asker.
    pub made_at: UnixTime,
    /// Who asks: where the asking authority sits.
    pub by: Hid,
    /// What is asked for.
    pub items: Vec<Item>,
}

impl Request {
    /// The form's name, in its octets.
    pub const FORM: &'static str = "dime ceremony request";
    const FIELDS: usize = 4;

    /// Reads a request. Its items are read as forms; what they hold is looked at when they are reviewed.
    pub fn decode(octets: &[u8]) -> Read<Self> {
        let mut reader = field::open(octets, Self::FORM, MAX_REQUEST, Self::FIELDS)?;
        let id = field::fixed(&mut reader, "identifier")?;
        let made_at = field::time(&mut reader, "made at")?;
        let by = field::hid(&mut reader, "by")?;
        let count = field::list(&mut reader, "items", MAX_ITEMS)?;
        let items = (0..count).map(|_| Item::read(&mut reader)).collect::<Result<_, _>>()?;
        reader.end("request")?;
        Ok(Request { id, made_at, by, items })
    }

    /// The request's octets. What could not be read back is refused here already: too many items, too long a text.
    pub fn encode(&self) -> Result<Vec<u8>, FormError> {
        let octets = self.octets();
        Self::decode(&octets)?;
        Ok(octets)
    }

    /// SHA-256 of the request's octets: what an answer says it answers.
    pub fn digest(&self) -> [u8; 32] {
        sha256(&self.octets())
    }

    /// The words of the digest, for people on both sides to compare.
    pub fn words(&self) -> DigestWords {
        DigestWords::of(&self.digest())
    }

    fn octets(&self) -> Vec<u8> {
        let mut writer = field::begin(Self::FORM, Self::FIELDS);
        writer.bytes(&self.id).uint(self.made_at.0).uint(self.by.to_bits().into()).array(self.items.len());
        for item in &self.items {
            item.write(&mut writer);
        }
        writer.finish()
    }
}

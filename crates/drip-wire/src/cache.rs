//! The offline cache: the endorsements of HDAs' Issuing keys and what leads up to them, for observers without a connection
//! (draft-ietf-drip-dki, section 6, which asks for it and leaves the form open; this one is ours, see `cddl/offline-cache.cddl`).
//!
//! A map in deterministic CBOR (RFC 8949, section 4.2), inside a COSE_Sign1 by an Issuing key of the DIME that made it:
//!
//! | key | field | value |
//! |---|---|---|
//! | 0 | version | 1 |
//! | 1 | issuer | the DET of the Issuing key that signs, 16 octets |
//! | 2 | sequence | unsigned; of two caches of one issuer and scope the higher one counts |
//! | 3 | validity | `[first second, last second]`, Unix time |
//! | 4 | scope | text: by what the content was chosen; empty when it was not |
//! | 5 | base | in a delta: the sequence of the cache that it changes |
//! | 6 | removed | in a delta: `[child, parent]` of endorsements that fall away, ascending |
//! | 7 | digest | in a delta: SHA-256 of the content that comes out (keys 8 to 14 as a map) |
//! | 8 | issuing | endorsements of HDAs' Issuing DETs by their Authorization DETs, ascending |
//! | 9 | chains | what leads up to those and to the issuer: of HDAs by RAAs, of RAAs by the Apex or themselves, of RAAs' Issuing DETs |
//! | 10 | entities | endorsements of chosen Operational DETs |
//! | 11 | cross | cross-endorsements between RAAs |
//! | 12 | coverage | `[HID, coverage]` of HDAs, ascending; see [`crate::coverage`] |
//! | 13 | bridges | DETs of RAAs that are bridges, ascending |
//! | 14 | trust list | the issuer's RAA's signed trust list, octets of a COSE_Sign1 |
//!
//! Endorsements are their 136 octets. Keys 9 to 14 are left out when there is nothing under them.

mod content;
mod delta;
mod signed;

pub use content::Content;
pub use delta::{ApplyError, Delta};
pub use signed::{CacheError, SignedCache};

use crate::{
    Fault, OutOfBounds, WireError,
    cbor::{Reader, Writer},
    fields::{self, Keys},
    validity::Validity,
};
use alloc::{borrow::ToOwned, string::String, vec::Vec};
use drip_det::Det;

const WHAT: &str = "offline cache";
const MOST_SCOPE: usize = 4096;

/// What an offline cache says.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Cache {
    /// The DET of the Issuing key that signs.
    pub issuer: Det,
    /// The higher, the newer.
    pub sequence: u64,
    /// When it may be used.
    pub validity: Validity,
    /// By what the content was chosen.
    pub scope: Scope,
    /// In a delta, what it changes and what falls away; `content` is what is new.
    pub delta: Option<Delta>,
    /// The endorsements and the rest.
    pub content: Content,
}

/// By what a cache's content was chosen, in at most 4096 octets of text; empty when it is everything.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Default)]
pub struct Scope(String);

impl Scope {
    /// A scope in these words.
    pub fn new(words: &str) -> Result<Self, OutOfBounds> {
        if words.len() <= MOST_SCOPE {
            Ok(Scope(words.to_owned()))
        } else {
            let found = words.len() as u64;
            Err(OutOfBounds { what: "scope", found, allowed: "0 to 4096 octets" })
        }
    }

    /// The words.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, WireError> {
        let at = reader.at();
        Self::new(reader.text("scope")?).map_err(|error| error.at(at))
    }
}

impl Cache {
    /// The media type in the COSE_Sign1.
    pub const MEDIA_TYPE: &str = "application/vnd.dime.offline-cache+cbor";

    /// Reads the octets, strictly; nothing is verified.
    pub fn decode(octets: &[u8]) -> Result<Self, WireError> {
        let mut reader = Reader::new(octets);
        let mut keys = Keys::open(&mut reader, WHAT)?;
        keys.required(0, "the version, key 0", fields::version)?;
        let issuer = keys.required(1, "the issuer, key 1", |reader| fields::det(reader, "issuer"))?;
        let sequence = keys.required(2, "the sequence, key 2", |reader| Ok(reader.uint("sequence")?))?;
        let validity = keys.required(3, "the validity, key 3", |reader| {
            reader.array_of(2, "validity", "an array of two")?;
            Validity::read(reader)
        })?;
        let scope = keys.required(4, "the scope, key 4", Scope::read)?;
        let delta = Delta::read(&mut keys)?;
        let content = Content::read(&mut keys)?;
        keys.close()?;
        reader.end(WHAT)?;
        if let Some(delta) = &delta
            && delta.base >= sequence
        {
            let fault = Fault::OutOfRange { found: delta.base, allowed: "below the cache's own sequence" };
            return Err(WireError { fault, what: "base", at: 0 });
        }
        Ok(Cache { issuer, sequence, validity, scope, delta, content })
    }

    /// The octets: what is signed, as a COSE_Sign1's payload. Lists are put in order, and what stands twice is written once.
    pub fn encode(&self) -> Vec<u8> {
        let mut writer = Writer::new();
        let delta_keys = if self.delta.is_some() { 3 } else { 0 };
        writer.map(5 + delta_keys + self.content.keys());
        writer.uint(0).uint(fields::VERSION).uint(1).bytes(&self.issuer.to_bytes());
        writer.uint(2).uint(self.sequence).uint(3).array(2);
        self.validity.write(&mut writer);
        writer.uint(4).text(self.scope.as_str());
        if let Some(delta) = &self.delta {
            delta.write(&mut writer);
        }
        self.content.write(&mut writer);
        writer.finish()
    }
}

//! COSE_Sign1 signed by a DET's key (RFC 9052, section 4.2): the envelope of trust lists, offline caches and registration tokens.
//!
//! ```text
//! 18([ protected: bstr, unprotected: {}, payload: bstr, signature: bstr .size 64 ])
//! ```
//!
//! | label of the protected header | name | value |
//! |---|---|---|
//! | 1 | alg | -8, EdDSA |
//! | 3 | content type, optional | a media type as text, or its CoAP content format as a number |
//! | 4 | kid | the 16 octets of the signer's DET |
//! | 16 | typ, optional (RFC 9596) | as the content type |
//!
//! Everything is in the protected header, so that the signature covers it; the unprotected header must be empty. What is signed is
//! `["Signature1", protected, external_aad, payload]` in deterministic CBOR.

use crate::{
    Fault, OutOfBounds, WireError,
    cbor::{Kind, Reader, Writer},
};
use alloc::{
    borrow::ToOwned,
    string::{String, ToString},
    vec::Vec,
};
use core::fmt;
use drip_det::{BadSignature, Det, DetMismatch, HostIdentity};

/// CBOR tag 18, COSE_Sign1.
const TAG: u64 = 18;
const ALG: u64 = 1;
const CONTENT_TYPE: u64 = 3;
const KID: u64 = 4;
const TYP: u64 = 16;
/// The algorithm EdDSA (RFC 9053, section 2.2).
const EDDSA: i64 = -8;
const ALLOWED_MEDIA_TYPE: &str = "1 to 127 printable ASCII characters";

/// What a COSE_Sign1 says, before it is signed.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Sign1Body {
    /// The signer.
    pub kid: Det,
    /// What the payload is.
    pub content_type: Option<MediaType>,
    /// What the whole is.
    pub typ: Option<MediaType>,
    /// What is signed.
    pub payload: Vec<u8>,
}

/// A signed payload.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Sign1 {
    /// The signer.
    pub kid: Det,
    /// What the payload is.
    pub content_type: Option<MediaType>,
    /// What the whole is.
    pub typ: Option<MediaType>,
    /// What is signed.
    pub payload: Vec<u8>,
    /// Ed25519 over [`Sign1Body::to_be_signed`].
    pub signature: [u8; 64],
}

/// A media type as COSE writes it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum MediaType {
    /// A CoAP content format.
    Number(u16),
    /// A media type's name.
    Text(String),
}

/// Why a signed payload is not to be believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Sign1Error {
    /// The key given is not the one of the DET that it names as its signer.
    #[error("signer {kid}: {mismatch}")]
    Signer {
        /// The signer that it names.
        kid: Det,
        /// How key and DET differ.
        mismatch: DetMismatch,
    },
    /// The signature is not the signer's.
    #[error("the signature is not that of {kid}: {cause}")]
    Signature {
        /// The signer that it names.
        kid: Det,
        /// The verdict on the signature.
        cause: BadSignature,
    },
}

impl MediaType {
    /// A media type by name: 1 to 127 printable ASCII characters.
    pub fn text(name: &str) -> Result<Self, OutOfBounds> {
        let found = name.len() as u64;
        if (1..=127).contains(&found) && name.bytes().all(|octet| octet.is_ascii_graphic() || octet == b' ') {
            Ok(MediaType::Text(name.to_owned()))
        } else {
            Err(OutOfBounds { what: "media type", found, allowed: ALLOWED_MEDIA_TYPE })
        }
    }

    fn read(reader: &mut Reader<'_>, what: &'static str) -> Result<Self, WireError> {
        let at = reader.at();
        if reader.kind(what)? == Kind::Text {
            return Self::text(reader.text(what)?).map_err(|error| OutOfBounds { what, ..error }.at(at));
        }
        let found = reader.uint(what)?;
        u16::try_from(found)
            .map(MediaType::Number)
            .map_err(|_| OutOfBounds { what, found, allowed: "0 to 65535" }.at(at))
    }

    fn write(&self, writer: &mut Writer) {
        match self {
            MediaType::Number(number) => writer.uint((*number).into()),
            MediaType::Text(text) => writer.text(text),
        };
    }
}

impl fmt::Display for MediaType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            MediaType::Number(number) => write!(f, "CoAP content format {number}"),
            MediaType::Text(text) => f.write_str(text),
        }
    }
}

impl Sign1Body {
    /// The Sig_structure (RFC 9052, section 4.4): what Ed25519 signs.
    pub fn to_be_signed(&self, external_aad: &[u8]) -> Vec<u8> {
        let mut writer = Writer::new();
        writer.array(4).text("Signature1").bytes(&self.protected()).bytes(external_aad).bytes(&self.payload);
        writer.finish()
    }

    /// The whole, with the signature over [`to_be_signed`](Self::to_be_signed).
    pub fn sign_with(self, signature: [u8; 64]) -> Sign1 {
        let Sign1Body { kid, content_type, typ, payload } = self;
        Sign1 { kid, content_type, typ, payload, signature }
    }

    fn protected(&self) -> Vec<u8> {
        protected(self.kid, self.content_type.as_ref(), self.typ.as_ref())
    }
}

impl Sign1 {
    /// Reads the whole, strictly: deterministic CBOR, tag 18, EdDSA, a DET as kid, an empty unprotected header, a payload inside.
    pub fn decode(octets: &[u8]) -> Result<Self, WireError> {
        let mut reader = Reader::new(octets);
        let at = reader.at();
        if reader.tag("COSE_Sign1")? != TAG {
            return Err(WireError { fault: Fault::Expected("tag 18, COSE_Sign1"), what: "COSE_Sign1", at });
        }
        reader.array_of(4, "COSE_Sign1", "an array of four")?;
        let header = reader.bytes("protected header")?;
        let begins = reader.at() - header.len();
        let at = reader.at();
        if reader.map("unprotected header")? != 0 {
            let fault = Fault::Expected("an empty map, for no signature covers it");
            return Err(WireError { fault, what: "unprotected header", at });
        }
        let payload = reader.bytes("payload")?;
        let at = reader.at();
        let signature = reader.bytes("signature")?;
        let found = signature.len() as u64;
        let signature = <[u8; 64]>::try_from(signature)
            .map_err(|_| OutOfBounds { what: "signature", found, allowed: "64 octets" }.at(at))?;
        reader.end("COSE_Sign1")?;
        // The header last, so that octets cut short are called that whatever the header holds.
        let header = Header::read(header).map_err(|error| error.within(begins))?;
        let Header { kid, content_type, typ } = header;
        Ok(Sign1 { kid, content_type, typ, payload: payload.to_vec(), signature })
    }

    /// The octets.
    pub fn encode(&self) -> Vec<u8> {
        let header = protected(self.kid, self.content_type.as_ref(), self.typ.as_ref());
        let mut writer = Writer::new();
        writer.tag(TAG).array(4).bytes(&header).map(0).bytes(&self.payload).bytes(&self.signature);
        writer.finish()
    }

    /// Whether these octets begin like a COSE_Sign1: with tag 18 and an array of four.
    pub fn is_one(octets: &[u8]) -> bool {
        octets.starts_with(&[0xd2, 0x84])
    }

    /// Whether the envelope says that it holds this and nothing more; else, what it says.
    pub fn holds(&self, media_type: &str) -> Result<(), String> {
        match (&self.content_type, &self.typ) {
            (Some(MediaType::Text(text)), None) if text == media_type => Ok(()),
            (None, None) => Err("something unnamed".to_owned()),
            (Some(found), None) => Err(found.to_string()),
            (_, Some(typ)) => Err(alloc::format!("an object of type {typ}")),
        }
    }

    /// What is signed.
    pub fn body(&self) -> Sign1Body {
        let Sign1 { kid, content_type, typ, payload, .. } = self.clone();
        Sign1Body { kid, content_type, typ, payload }
    }

    /// Checks that `hi` is the key of the signer it names, and that this key signed it.
    pub fn verify(&self, hi: &HostIdentity, external_aad: &[u8]) -> Result<(), Sign1Error> {
        let kid = self.kid;
        kid.check(hi).map_err(|mismatch| Sign1Error::Signer { kid, mismatch })?;
        hi.verify(&self.body().to_be_signed(external_aad), &self.signature)
            .map_err(|cause| Sign1Error::Signature { kid, cause })
    }
}

/// What the protected header says.
struct Header {
    kid: Det,
    content_type: Option<MediaType>,
    typ: Option<MediaType>,
}

impl Header {
    fn read(octets: &[u8]) -> Result<Self, WireError> {
        let mut reader = Reader::new(octets);
        let (mut alg, mut kid, mut content_type, mut typ) = (None, None, None, None);
        let mut previous = None;
        for _ in 0..reader.map("protected header")? {
            let at = reader.at();
            let label = reader.uint("label of the protected header")?;
            if previous.is_some_and(|previous| previous >= label) {
                let what = "label of the protected header";
                return Err(WireError { fault: Fault::NotDeterministic, what, at });
            }
            previous = Some(label);
            match label {
                ALG => alg = Some(algorithm(&mut reader)?),
                CONTENT_TYPE => content_type = Some(MediaType::read(&mut reader, "content type")?),
                KID => kid = Some(key_id(&mut reader)?),
                TYP => typ = Some(MediaType::read(&mut reader, "typ")?),
                other => {
                    let fault = Fault::UnknownKey(other);
                    return Err(WireError { fault, what: "protected header", at });
                }
            }
        }
        reader.end("protected header")?;
        let missing = |fault| WireError { fault, what: "protected header", at: 0 };
        alg.ok_or_else(|| missing(Fault::Expected("the algorithm, label 1")))?;
        let kid = kid.ok_or_else(|| missing(Fault::Expected("the signer, label 4")))?;
        Ok(Header { kid, content_type, typ })
    }
}

fn algorithm(reader: &mut Reader<'_>) -> Result<(), WireError> {
    let at = reader.at();
    if reader.int("alg")? == EDDSA {
        Ok(())
    } else {
        Err(WireError { fault: Fault::Expected("-8, EdDSA"), what: "alg", at })
    }
}

fn key_id(reader: &mut Reader<'_>) -> Result<Det, WireError> {
    let at = reader.at();
    let octets = reader.bytes("kid")?;
    let found = octets.len() as u64;
    let octets =
        octets.try_into().map_err(|_| OutOfBounds { what: "kid", found, allowed: "16 octets" }.at(at))?;
    Det::from_bytes(octets).map_err(|error| WireError { fault: Fault::Det(error), what: "kid", at })
}

fn protected(kid: Det, content_type: Option<&MediaType>, typ: Option<&MediaType>) -> Vec<u8> {
    let mut writer = Writer::new();
    writer.map(2 + usize::from(content_type.is_some()) + usize::from(typ.is_some()));
    writer.uint(ALG).int(EDDSA);
    if let Some(content_type) = content_type {
        writer.uint(CONTENT_TYPE);
        content_type.write(&mut writer);
    }
    writer.uint(KID).bytes(&kid.to_bytes());
    if let Some(typ) = typ {
        writer.uint(TYP);
        typ.write(&mut writer);
    }
    writer.finish()
}

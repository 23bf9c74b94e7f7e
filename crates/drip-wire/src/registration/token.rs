//! A registration token: claims, signed by the key in them.

use super::{Claims, MAX_LEN, MEDIA_TYPE};
use crate::{
    Fault, WireError,
    cbor::{Reader, Writer},
    cose::{MediaType, Sign1, Sign1Body, Sign1Error},
};
use alloc::vec::Vec;
use drip_det::{Det, UnixTime};

const WHAT: &str = "registration token";
/// CBOR tag 61, CWT.
const TAG: u64 = 61;
/// The CoAP content format of a CWT.
const CONTENT_FORMAT: u16 = 61;
/// How far the registrant's clock may be ahead, in seconds.
const SKEW: u64 = 300;

/// A token, read; nobody has verified it: [`RegistrationToken::verify`], [`RegistrationToken::check_time`].
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct RegistrationToken {
    /// The DET that is asked for: the kid.
    pub det: Det,
    /// What it says.
    pub claims: Claims,
    /// What the envelope says it is, if it does.
    typ: Option<MediaType>,
    signature: [u8; 64],
}

/// Why a token is worth nothing now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TokenTimeFault {
    /// Its end is past.
    #[error("the token ended at {not_after}, now is {now}")]
    Expired {
        /// `exp`.
        not_after: UnixTime,
        /// Now.
        now: UnixTime,
    },
    /// Its beginning has not come.
    #[error("the token begins at {not_before}, now is {now}")]
    NotYetValid {
        /// `nbf`.
        not_before: UnixTime,
        /// Now.
        now: UnixTime,
    },
    /// It was signed at a time that has not come.
    #[error("the token was issued at {issued_at}, now is {now}")]
    Future {
        /// `iat`.
        issued_at: UnixTime,
        /// Now.
        now: UnixTime,
    },
}

impl RegistrationToken {
    /// The octets that the key of `claims` has to sign to ask for `det`.
    pub fn to_be_signed(det: Det, claims: &Claims) -> Vec<u8> {
        body(det, claims, None).to_be_signed(&[])
    }

    /// The token with that signature.
    pub const fn new(det: Det, claims: Claims, signature: [u8; 64]) -> Self {
        RegistrationToken { det, claims, typ: None, signature }
    }

    /// Whether these octets begin like a token: with tags 61 and 18.
    pub fn is_one(octets: &[u8]) -> bool {
        octets.starts_with(&[0xd8, 0x3d, 0xd2])
    }

    /// Reads a token, strictly: both tags, the envelope of [`Sign1`], the claims.
    pub fn decode(octets: &[u8]) -> Result<Self, WireError> {
        if octets.len() > MAX_LEN {
            let found = octets.len() as u64;
            let fault = Fault::OutOfRange { found, allowed: "16384 octets" };
            return Err(WireError { fault, what: WHAT, at: MAX_LEN });
        }
        let mut reader = Reader::new(octets);
        if reader.tag(WHAT)? != TAG {
            return Err(WireError { fault: Fault::Expected("tag 61, CWT"), what: WHAT, at: 0 });
        }
        let begins = reader.at();
        let Sign1 { kid, content_type, typ, payload, signature } =
            Sign1::decode(reader.rest()).map_err(|error| error.within(begins))?;
        let is_cwt = match &typ {
            None => true,
            Some(MediaType::Number(number)) => *number == CONTENT_FORMAT,
            Some(MediaType::Text(text)) => text == MEDIA_TYPE,
        };
        if !is_cwt || content_type.is_some() {
            let fault = Fault::Expected("no content type, and no typ other than that of a CWT");
            return Err(WireError { fault, what: "protected header", at: begins });
        }
        // Behind the payload come the head of the signature, two octets, and 64 octets of it.
        let at = octets.len().saturating_sub(66 + payload.len());
        let claims = Claims::decode(&payload).map_err(|error| match error.fault {
            // The octets of the token are all here: it is the claims that end early or too late.
            Fault::Truncated | Fault::Trailing => {
                let fault = Fault::Expected("claims that fill the payload");
                WireError { fault, ..error }.within(at)
            }
            _ => error.within(at),
        })?;
        Ok(RegistrationToken { det: kid, claims, typ, signature })
    }

    /// The octets.
    pub fn encode(&self) -> Vec<u8> {
        let signed = body(self.det, &self.claims, self.typ.clone()).sign_with(self.signature);
        Writer::new().tag(TAG).raw(&signed.encode()).finish()
    }

    /// Verifies that the key in `cnf` is that of the DET asked for, and signed this.
    pub fn verify(&self) -> Result<(), Sign1Error> {
        let signed = body(self.det, &self.claims, self.typ.clone()).sign_with(self.signature);
        signed.verify(&self.claims.hi, &[])
    }

    /// Whether it is worth something at this time.
    pub fn check_time(&self, now: UnixTime) -> Result<(), TokenTimeFault> {
        let Claims { not_after, not_before, issued_at, .. } = self.claims;
        if let Some(not_after) = not_after.filter(|not_after| *not_after <= now) {
            return Err(TokenTimeFault::Expired { not_after, now });
        }
        if let Some(not_before) = not_before.filter(|not_before| *not_before > now) {
            return Err(TokenTimeFault::NotYetValid { not_before, now });
        }
        if issued_at.0 > now.0.saturating_add(SKEW) {
            return Err(TokenTimeFault::Future { issued_at, now });
        }
        Ok(())
    }
}

fn body(det: Det, claims: &Claims, typ: Option<MediaType>) -> Sign1Body {
    Sign1Body { kid: det, content_type: None, typ, payload: claims.encode() }
}

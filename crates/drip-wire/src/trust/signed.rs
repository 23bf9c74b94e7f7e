//! A trust list with its signature: COSE_Sign1 by the issuer's Authorization key.

use super::{TrustList, TrustedFault};
use crate::WireError;
use crate::cose::{MediaType, Sign1, Sign1Body, Sign1Error};
use crate::validity::Standing;
use alloc::{string::String, vec::Vec};
use drip_det::{Det, HostIdentity, UnixTime};

/// A trust list and its envelope, which names the list's issuer as its signer; whether that one signed it is for
/// [`verify`](Self::verify) to say.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct SignedTrustList {
    list: TrustList,
    envelope: Sign1,
}

/// Why a trust list is not used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TrustListError {
    /// It is no COSE_Sign1, or what is in it is no trust list.
    #[error("trust list: {0}")]
    Undecodable(#[from] WireError),
    /// The envelope says that something else is in it.
    #[error("the envelope says that it holds {0}, not a trust list")]
    OtherContent(String),
    /// Signer and issuer are not the same.
    #[error("{signer} signed a trust list that says it is by {issuer}")]
    OtherSigner {
        /// Whose list it says it is.
        issuer: Det,
        /// Who signed it.
        signer: Det,
    },
    /// The issuer or an entry is not what it must be.
    #[error("trust list: {0}")]
    Entry(#[from] TrustedFault),
    /// The signature is wrong.
    #[error("trust list: {0}")]
    Signature(#[from] Sign1Error),
    /// It has run out.
    #[error("the trust list ended at {0}")]
    Expired(UnixTime),
    /// It has not begun.
    #[error("the trust list begins at {0}")]
    NotYetValid(UnixTime),
}

impl TrustList {
    /// The envelope to be signed by the issuer's key.
    pub fn envelope(&self) -> Sign1Body {
        Sign1Body {
            kid: self.issuer,
            content_type: Some(MediaType::Text(Self::MEDIA_TYPE.into())),
            typ: None,
            payload: self.encode(),
        }
    }

    /// The list with the signature over its envelope.
    pub fn sign_with(self, signature: [u8; 64]) -> SignedTrustList {
        SignedTrustList { envelope: self.envelope().sign_with(signature), list: self }
    }
}

impl SignedTrustList {
    /// Reads envelope and list; nothing is verified but that both name one issuer.
    pub fn decode(octets: &[u8]) -> Result<Self, TrustListError> {
        let envelope = Sign1::decode(octets)?;
        if let Err(found) = envelope.holds(TrustList::MEDIA_TYPE) {
            return Err(TrustListError::OtherContent(found));
        }
        let list = TrustList::decode(&envelope.payload)?;
        if list.issuer != envelope.kid {
            return Err(TrustListError::OtherSigner { issuer: list.issuer, signer: envelope.kid });
        }
        Ok(SignedTrustList { list, envelope })
    }

    /// The octets.
    pub fn encode(&self) -> Vec<u8> {
        self.envelope.encode()
    }

    /// What it says, not verified.
    pub const fn list(&self) -> &TrustList {
        &self.list
    }

    /// Checks that the issuer's key `hi` signed it, that every entry is what it must be, and that it may be used at this moment.
    pub fn verify(&self, hi: &HostIdentity, at: UnixTime) -> Result<&TrustList, TrustListError> {
        self.envelope.verify(hi, b"")?;
        self.list.check()?;
        match self.list.validity.standing(at) {
            Standing::Within => Ok(&self.list),
            Standing::Before(begin) => Err(TrustListError::NotYetValid(begin)),
            Standing::After(end) => Err(TrustListError::Expired(end)),
        }
    }
}

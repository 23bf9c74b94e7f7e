//! A cache with its signature: COSE_Sign1 by an Issuing key.

use super::Cache;
use crate::WireError;
use crate::cose::{MediaType, Sign1, Sign1Body, Sign1Error};
use crate::validity::Standing;
use alloc::{string::String, vec::Vec};
use drip_det::{Det, HostIdentity, UnixTime};

/// A cache and its envelope, which names the cache's issuer as its signer; whether that one signed it is for
/// [`verify`](Self::verify) to say.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct SignedCache {
    cache: Cache,
    envelope: Sign1,
}

/// Why an offline cache is not used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CacheError {
    /// It is no COSE_Sign1, or what is in it is no cache.
    #[error("offline cache: {0}")]
    Undecodable(#[from] WireError),
    /// The envelope says that something else is in it.
    #[error("the envelope says that it holds {0}, not an offline cache")]
    OtherContent(String),
    /// Signer and issuer are not the same.
    #[error("{signer} signed an offline cache that says it is by {issuer}")]
    OtherSigner {
        /// Whose cache it says it is.
        issuer: Det,
        /// Who signed it.
        signer: Det,
    },
    /// The signature is wrong.
    #[error("offline cache: {0}")]
    Signature(#[from] Sign1Error),
    /// It has run out.
    #[error("the offline cache ended at {0}")]
    Expired(UnixTime),
    /// It has not begun.
    #[error("the offline cache begins at {0}")]
    NotYetValid(UnixTime),
}

impl Cache {
    /// The envelope to be signed by the issuer's key.
    pub fn envelope(&self) -> Sign1Body {
        Sign1Body {
            kid: self.issuer,
            content_type: Some(MediaType::Text(Self::MEDIA_TYPE.into())),
            typ: None,
            payload: self.encode(),
        }
    }

    /// The cache with the signature over its envelope.
    pub fn sign_with(self, signature: [u8; 64]) -> SignedCache {
        SignedCache { envelope: self.envelope().sign_with(signature), cache: self }
    }
}

impl SignedCache {
    /// Reads envelope and cache; nothing is verified but that both name one issuer.
    pub fn decode(octets: &[u8]) -> Result<Self, CacheError> {
        let envelope = Sign1::decode(octets)?;
        envelope.holds(Cache::MEDIA_TYPE).map_err(CacheError::OtherContent)?;
        let cache = Cache::decode(&envelope.payload)?;
        if cache.issuer != envelope.kid {
            return Err(CacheError::OtherSigner { issuer: cache.issuer, signer: envelope.kid });
        }
        Ok(SignedCache { cache, envelope })
    }

    /// The octets.
    pub fn encode(&self) -> Vec<u8> {
        self.envelope.encode()
    }

    /// What it says, not verified.
    pub const fn cache(&self) -> &Cache {
        &self.cache
    }

    /// Checks that the issuer's key `hi` signed it and that it may be used at this moment. That the key is one whose word counts is for
    /// the caller to know.
    pub fn verify(&self, hi: &HostIdentity, at: UnixTime) -> Result<&Cache, CacheError> {
        self.envelope.verify(hi, b"")?;
        match self.cache.validity.standing(at) {
            Standing::Within => Ok(&self.cache),
            Standing::Before(begin) => Err(CacheError::NotYetValid(begin)),
            Standing::After(end) => Err(CacheError::Expired(end)),
        }
    }
}

//! Reading a signature (RFC 9421, section 3.2): find it, check what it covers and when it was made, verify it.

use super::{
    Component, ComponentError, DigestError, Request, check_content_digest, sign::serialise, signature_base,
};
use drip_det::{Det, HostIdentity, UnixTime};
use sfv::{BareItem, Dictionary, InnerList, ListEntry, Parameters, Parser};

/// How far `created` may be from the verifier's clock, in seconds, either way.
pub const WINDOW: u64 = 300;

/// Why a request's signature proves nothing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SignatureError {
    /// Only one of the two fields is there, or one of them is no dictionary of the right form.
    #[error("{0} is missing or malformed")]
    Malformed(&'static str),
    /// No signature, or more than one, names a DET as its `keyid`.
    #[error("{0} signatures name a DET as keyid; exactly one must")]
    NotOne(usize),
    /// The algorithm is not Ed25519.
    #[error("alg {0:?} is not supported; DETs of this suite sign with \"ed25519\"")]
    Algorithm(String),
    /// A component cannot be used.
    #[error(transparent)]
    Component(#[from] ComponentError),
    /// Something that must be covered is not.
    #[error("the signature does not cover {0}")]
    NotCovered(&'static str),
    /// `created` is missing.
    #[error("the signature has no `created`")]
    NoCreated,
    /// It was made too long ago or too far ahead.
    #[error(
        "the signature was created at {created}, more than {WINDOW} seconds from this server's clock, {now}"
    )]
    OutsideWindow {
        /// When it claims to be made, in Unix seconds.
        created: i64,
        /// The verifier's clock.
        now: u64,
    },
    /// Its own `expires` is past.
    #[error("the signature expired at {0}")]
    Expired(i64),
    /// The digest does not vouch for the body.
    #[error(transparent)]
    Digest(#[from] DigestError),
    /// The key of the DET did not sign this.
    #[error("the signature is not by the key of {0} over this request")]
    Wrong(Det),
}

/// A signature as it stands in a request: parsed, nothing checked.
#[derive(Clone, Debug)]
pub struct Presented {
    det: Det,
    covered: InnerList,
    components: Vec<Component>,
    signature: [u8; 64],
}

/// A signature that covers enough, is fresh, and whose digest is that of the body.
#[derive(Clone, Debug)]
pub struct Checked {
    det: Det,
    created: UnixTime,
    signature: [u8; 64],
    base: String,
}

/// The holder of this DET's key signed this request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proved {
    det: Det,
    created: UnixTime,
    signature: [u8; 64],
    base: String,
}

impl Presented {
    /// The request's signature under a DET, if it bears any signature at all.
    pub fn find(request: &Request<'_>) -> Result<Option<Self>, SignatureError> {
        let (inputs, signatures) = match (request.field("signature-input"), request.field("signature")) {
            (None, None) => return Ok(None),
            (Some(_), None) => return Err(SignatureError::Malformed("Signature")),
            (None, Some(_)) => return Err(SignatureError::Malformed("Signature-Input")),
            (Some(inputs), Some(signatures)) => (
                dictionary(&inputs).ok_or(SignatureError::Malformed("Signature-Input"))?,
                dictionary(&signatures).ok_or(SignatureError::Malformed("Signature"))?,
            ),
        };
        let mut by_a_det = inputs.iter().filter_map(|(label, member)| match member {
            ListEntry::InnerList(covered) => keyid(&covered.params).map(|det| (label, covered, det)),
            ListEntry::Item(_) => None,
        });
        let Some((label, covered, det)) = by_a_det.next() else { return Err(SignatureError::NotOne(0)) };
        let others = by_a_det.count();
        if others > 0 {
            return Err(SignatureError::NotOne(1 + others));
        }
        let Some(ListEntry::Item(item)) = signatures.get(label) else {
            return Err(SignatureError::Malformed("Signature"));
        };
        let signature = item
            .bare_item
            .as_byte_sequence()
            .and_then(|octets| <[u8; 64]>::try_from(octets).ok())
            .ok_or(SignatureError::Malformed("Signature"))?;
        let components = covered.items.iter().map(Component::from_item).collect::<Result<Vec<_>, _>>()?;
        Ok(Some(Presented { det, covered: covered.clone(), components, signature }))
    }

    /// The DET it names as `keyid`.
    pub fn det(&self) -> Det {
        self.det
    }

    /// Checks all that needs no key: algorithm, coverage, time, digest of the body.
    pub fn check(self, request: &Request<'_>, body: &[u8], now: UnixTime) -> Result<Checked, SignatureError> {
        let params = &self.covered.params;
        match params.get("alg") {
            None => {}
            Some(BareItem::String(alg)) if alg.as_str() == "ed25519" => {}
            Some(other) => {
                let name = other.as_string().map(|alg| alg.as_str().to_owned()).unwrap_or_default();
                return Err(SignatureError::Algorithm(name));
            }
        }
        self.covers_enough(request, body)?;
        let created = seconds(params, "created").ok_or(SignatureError::NoCreated)?;
        let created_at = u64::try_from(created)
            .ok()
            .filter(|at| at.abs_diff(now.0) <= WINDOW)
            .ok_or(SignatureError::OutsideWindow { created, now: now.0 })?;
        if let Some(expires) = seconds(params, "expires")
            && u64::try_from(expires).map_or(true, |at| at < now.0)
        {
            return Err(SignatureError::Expired(expires));
        }
        if self.covers("content-digest") {
            let field = request.field("content-digest").unwrap_or_default();
            check_content_digest(&field, body)?;
        }
        let base = signature_base(request, &self.components, &serialise(&self.covered))?;
        Ok(Checked { det: self.det, created: UnixTime(created_at), signature: self.signature, base })
    }

    fn covers_enough(&self, request: &Request<'_>, body: &[u8]) -> Result<(), SignatureError> {
        if !self.covers("@method") {
            return Err(SignatureError::NotCovered("@method"));
        }
        if !self.covers("@target-uri") && !self.covers("@request-target") {
            if !self.covers("@path") {
                return Err(SignatureError::NotCovered("@path"));
            }
            if request.query.is_some() && !self.covers("@query") {
                return Err(SignatureError::NotCovered("@query"));
            }
        }
        if !body.is_empty() && !self.covers("content-digest") {
            return Err(SignatureError::NotCovered("content-digest"));
        }
        Ok(())
    }

    fn covers(&self, name: &str) -> bool {
        self.components.iter().any(|component| component.name() == name)
    }
}

impl Checked {
    /// The DET whose key must have signed.
    pub fn det(&self) -> Det {
        self.det
    }

    /// Verifies the signature by this key. That the key is the DET's is checked here too.
    pub fn verify(self, hi: &HostIdentity) -> Result<Proved, SignatureError> {
        self.det
            .check(hi)
            .ok()
            .and_then(|()| hi.verify(self.base.as_bytes(), &self.signature).ok())
            .ok_or(SignatureError::Wrong(self.det))?;
        Ok(Proved { det: self.det, created: self.created, signature: self.signature, base: self.base })
    }
}

impl Proved {
    /// Whose key signed.
    pub fn det(&self) -> Det {
        self.det
    }

    /// When, by the signer's clock.
    pub fn created(&self) -> UnixTime {
        self.created
    }

    /// The signature: the same octets again are a replay.
    pub fn signature(&self) -> &[u8; 64] {
        &self.signature
    }

    /// The octets it is over: with the signature and the DET's key, evidence for later.
    pub fn base(&self) -> &str {
        &self.base
    }
}

fn dictionary(field: &str) -> Option<Dictionary> {
    Parser::new(field).parse().ok()
}

fn keyid(params: &Parameters) -> Option<Det> {
    params.get("keyid")?.as_string()?.as_str().parse().ok()
}

fn seconds(params: &Parameters, name: &str) -> Option<i64> {
    params.get(name)?.as_integer().map(i64::from)
}

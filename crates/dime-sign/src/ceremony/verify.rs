//! Whether an answer answers its request, and whether the objects of a bundle hold together.
//!
//! Every object is held against the item it answers and against the signature of the key that the answer names. Whether that key is one
//! to be believed is for whoever takes the answer in to say.

mod objects;

pub use objects::ObjectsFault;

use super::{Answer, AuthorityRequest, Bundle, Item, Request, Signed};
use drip_cert::{
    crl::{Crl, CrlError, CrlTbs, CrlVerifyError},
    csr::{Csr, CsrError},
};
use drip_det::{Det, DetMismatch, HostIdentity, UnixTime};
use drip_wire::{
    Endorsement, EndorsementError, WireError,
    cose::{Sign1, Sign1Error},
    trust::{SignedTrustList, TrustListError},
};
use objects::{Expected, within};

/// Why an answer does not answer a request.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AnswerError {
    /// It answers another request.
    #[error("it answers another request")]
    OtherRequest,
    /// The signer's DET is not that of the signer's key.
    #[error("signer: {0}")]
    Signer(#[from] DetMismatch),
    /// It has more or fewer items than the request.
    #[error("it has {found} items, the request {expected}")]
    Count {
        /// How many it has.
        found: usize,
        /// How many the request has.
        expected: usize,
    },
    /// One of its items is not what was asked for.
    #[error("item {number}: {fault}")]
    Item {
        /// Which, from 1.
        number: usize,
        /// What is wrong with it.
        #[source]
        fault: Box<ItemFault>,
    },
}

/// Why an item of an answer is not what was asked for.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ItemFault {
    /// Something else was asked for.
    #[error("asked for was {expected}, the answer has {found}")]
    Kind {
        /// What was asked for.
        expected: &'static str,
        /// What there is.
        found: &'static str,
    },
    /// It was signed though its certification request does not hold.
    #[error("certification request: {0}")]
    Csr(#[from] CsrError),
    /// An authority's objects.
    #[error(transparent)]
    Objects(#[from] ObjectsFault),
    /// The signed trust list cannot be read.
    #[error(transparent)]
    TrustList(#[from] TrustListError),
    /// The signed trust list is another than was asked for.
    #[error("the signed trust list is not the one that was asked for")]
    OtherTrustList,
    /// The trust list or revocation list names another signer.
    #[error("the list is by {found}, not by the signer {signer}")]
    OtherIssuer {
        /// Whom it names.
        found: Det,
        /// The answer's signer.
        signer: Det,
    },
    /// The signature of the trust list is wrong.
    #[error("trust list: {0}")]
    Signature(#[from] Sign1Error),
    /// The trust list cannot be taken apart.
    #[error("trust list: {0}")]
    Envelope(WireError),
    /// The signed revocation list cannot be read.
    #[error("revocation list: {0}")]
    RevocationList(#[from] CrlError),
    /// The signed revocation list is another than was asked for.
    #[error("the signed revocation list is not the one that was asked for")]
    OtherRevocationList,
    /// The revocation list is not signed by the signer named.
    #[error("revocation list: {0}")]
    RevocationListSignature(#[from] CrlVerifyError),
}

/// Why the objects of a bundle do not hold together.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BundleFault {
    /// The first authority is not endorsed by itself, so nobody in the bundle vouches for it.
    #[error("the bundle begins with {first}, which is not endorsed by itself but by {parent}")]
    NoAnchor {
        /// The first authority.
        first: Det,
        /// Who endorsed it.
        parent: Det,
    },
    /// An authority comes before its parent, or without it.
    #[error("authority {number}, {det}: its parent {parent} does not come before it")]
    NoParent {
        /// Which, from 1.
        number: usize,
        /// Its DET.
        det: Det,
        /// Its parent.
        parent: Det,
    },
    /// An authority is there twice.
    #[error("authority {number}, {det}, is there twice")]
    Twice {
        /// Which, from 1.
        number: usize,
        /// Its DET.
        det: Det,
    },
    /// The objects of one authority are wrong.
    #[error("authority {number}, {det}: {fault}")]
    Objects {
        /// Which, from 1.
        number: usize,
        /// Its DET.
        det: Det,
        /// What is wrong.
        #[source]
        fault: Box<ObjectsFault>,
    },
}

impl Answer {
    /// Checks that this answers `request`, item by item: every object is what was asked for, not wider, and signed by the signer named.
    pub fn verify(&self, request: &Request) -> Result<(), AnswerError> {
        if self.request != request.digest() {
            return Err(AnswerError::OtherRequest);
        }
        self.signer.check(&self.signer_hi)?;
        let (found, expected) = (self.items.len(), request.items.len());
        if found != expected {
            return Err(AnswerError::Count { found, expected });
        }
        for (number, (item, signed)) in (1..).zip(request.items.iter().zip(&self.items)) {
            self.verify_item(item, signed)
                .map_err(|fault| AnswerError::Item { number, fault: Box::new(fault) })?;
        }
        Ok(())
    }

    fn verify_item(&self, item: &Item, signed: &Signed) -> Result<(), ItemFault> {
        match (item, signed) {
            (_, Signed::Refused { .. }) => Ok(()),
            (Item::Authority(request), Signed::Authority { endorsement, lite, full, mtls }) => {
                let csr = Csr::parse(&request.csr)?.verify()?;
                let expected = self.expected(request, csr.hi());
                Ok(expected.verify(endorsement, lite, full.as_deref(), mtls.as_deref())?)
            }
            (
                Item::CrossEndorsement { det, hi, not_before, not_after, .. },
                Signed::CrossEndorsement(endorsement),
            ) => Ok(self.verify_cross(*det, hi, (*not_before, *not_after), endorsement)?),
            (Item::TrustList { payload, .. }, Signed::TrustList(cose)) => self.verify_list(payload, cose),
            (Item::RevocationList { to_be_signed, .. }, Signed::RevocationList(der)) => {
                self.verify_revocation_list(to_be_signed, der)
            }
            _ => Err(ItemFault::Kind { expected: item.kind(), found: signed.kind() }),
        }
    }

    fn expected<'a>(&'a self, request: &'a AuthorityRequest, hi: &HostIdentity) -> Expected<'a> {
        Expected {
            signer: self.signer,
            signer_hi: &self.signer_hi,
            level: request.level,
            class: request.class,
            hid: request.hid,
            hi: *hi,
            window: Some((request.not_before, request.not_after)),
            asked: Some(request),
        }
    }

    fn verify_cross(
        &self,
        det: Det,
        hi: &HostIdentity,
        window: (UnixTime, UnixTime),
        octets: &[u8; Endorsement::LEN],
    ) -> Result<(), ObjectsFault> {
        let endorsement = Endorsement::decode(octets)?;
        verify_endorsement(&endorsement, (self.signer, &self.signer_hi), (det, hi))?;
        within(window, (endorsement.vnb.to_unix(), endorsement.vna.to_unix()))
    }

    fn verify_list(&self, payload: &[u8], cose: &[u8]) -> Result<(), ItemFault> {
        let signed = SignedTrustList::decode(cose)?;
        if signed.list().issuer() != self.signer {
            return Err(ItemFault::OtherIssuer { found: signed.list().issuer(), signer: self.signer });
        }
        if signed.list().encode() != payload {
            return Err(ItemFault::OtherTrustList);
        }
        let envelope = Sign1::decode(cose).map_err(ItemFault::Envelope)?;
        Ok(envelope.verify(&self.signer_hi, b"")?)
    }
}

impl Answer {
    fn verify_revocation_list(&self, to_be_signed: &[u8], der: &[u8]) -> Result<(), ItemFault> {
        let signed = Crl::parse(der)?;
        if signed.tbs() != &CrlTbs::decode(to_be_signed)? {
            return Err(ItemFault::OtherRevocationList);
        }
        if signed.tbs().issuer != self.signer {
            return Err(ItemFault::OtherIssuer { found: signed.tbs().issuer, signer: self.signer });
        }
        Ok(signed.verify(&self.signer_hi)?)
    }
}

/// Checks that an endorsement is of this child by this parent, and signed.
fn verify_endorsement(
    endorsement: &Endorsement,
    parent: (Det, &HostIdentity),
    child: (Det, &HostIdentity),
) -> Result<(), ObjectsFault> {
    if endorsement.parent != parent.0 {
        return Err(ObjectsFault::Parent { found: endorsement.parent, expected: parent.0 });
    }
    if (endorsement.child, &endorsement.child_hi) != child {
        return Err(ObjectsFault::Child { found: endorsement.child, expected: child.0 });
    }
    endorsement.verify(parent.1).map_err(|error: EndorsementError| ObjectsFault::Endorsement(error))
}

impl Bundle {
    /// Checks that the bundle begins with a trust anchor, that every other authority's parent comes before it, and that all objects are
    /// right and signed by that parent. The times are not looked at.
    pub fn verify(&self) -> Result<(), BundleFault> {
        for (at, authority) in self.authorities.iter().enumerate() {
            let (number, det, parent) = (at + 1, authority.det(), authority.parent);
            let earlier = self.authorities.iter().take(at);
            if earlier.clone().any(|earlier| earlier.det() == det) {
                return Err(BundleFault::Twice { number, det });
            }
            let signer_hi = if parent == det {
                &authority.hi
            } else if at == 0 {
                return Err(BundleFault::NoAnchor { first: det, parent });
            } else {
                let found = earlier.clone().find(|earlier| earlier.det() == parent);
                &found.ok_or(BundleFault::NoParent { number, det, parent })?.hi
            };
            let expected = Expected {
                signer: parent,
                signer_hi,
                level: authority.level,
                class: authority.class,
                hid: authority.hid,
                hi: authority.hi,
                window: None,
                asked: None,
            };
            expected
                .verify(
                    &authority.endorsement,
                    &authority.lite,
                    authority.full.as_deref(),
                    authority.mtls.as_deref(),
                )
                .map_err(|fault| BundleFault::Objects { number, det, fault: Box::new(fault) })?;
        }
        Ok(())
    }
}

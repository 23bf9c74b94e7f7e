//! What a signer's policy forbids: parties, scope and role, time.

use drip_det::{Det, DetClass, DetMismatch, UnixTime};
use drip_wire::trust::TrustedFault;

/// Why a signer's policy forbids a signature.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PolicyFault {
    /// Keys of this class do not sign such objects.
    #[error("{class} keys do not sign an {kind}")]
    Class {
        /// The class of the signer.
        class: DetClass,
        /// The kind of object asked for.
        kind: &'static str,
    },
    /// The object names another parent.
    #[error("the object's parent is {parent}, this signer is {signer}")]
    NotParent {
        /// The parent or issuer named.
        parent: Det,
        /// The DET of the signer.
        signer: Det,
    },
    /// The response names another responder.
    #[error("the response names another responder than {signer}")]
    NotResponder {
        /// The DET of the signer.
        signer: Det,
    },
    /// The evidence names another UA.
    #[error("the evidence is of {ua}, this signer is {signer}")]
    NotUa {
        /// The UA named.
        ua: Det,
        /// The DET of the signer.
        signer: Det,
    },
    /// The evidence is, octet for octet, an endorsement of somebody: signing one would be signing the other.
    #[error("the evidence reads as an endorsement of {child}")]
    Disguised {
        /// Who would be endorsed.
        child: Det,
    },
    /// A status of a time that has not come.
    #[error("the status is of {time}, and now is {now}")]
    Future {
        /// Its time.
        time: UnixTime,
        /// Now.
        now: UnixTime,
    },
    /// The child's DET is not that of its key.
    #[error("child: {0}")]
    Child(#[from] DetMismatch),
    /// The child is this very key: only an Authorization key signs itself, under its own DET.
    #[error("the child {child} has the signer's own key")]
    OwnKey {
        /// The child.
        child: Det,
    },
    /// The child is not in the signer's scope.
    #[error("{child} at {} is outside the scope of {signer} at {}", .child.hid(), .signer.hid())]
    Scope {
        /// The child.
        child: Det,
        /// The signer.
        signer: Det,
    },
    /// The child is another RAA, and cross-endorsement is not allowed.
    #[error("{child} is another RAA's: this signer does not cross-endorse")]
    CrossEndorsement {
        /// The child.
        child: Det,
    },
    /// The certificate's subject has a role that this signer does not give to that child.
    #[error("this signer does not certify {child} as {role}")]
    Role {
        /// The child.
        child: Det,
        /// The role asked for.
        role: String,
    },
    /// The trust list's issuer or an entry of it is not what it must be.
    #[error("trust list: {0}")]
    TrustList(#[from] TrustedFault),
    /// The validity ends before it begins.
    #[error("the validity ends at {not_after}, before it begins at {not_before}")]
    Reversed {
        /// Its beginning.
        not_before: UnixTime,
        /// Its end.
        not_after: UnixTime,
    },
    /// The validity is over.
    #[error("the validity ended at {not_after}, now is {now}")]
    Expired {
        /// Its end.
        not_after: UnixTime,
        /// Now.
        now: UnixTime,
    },
    /// The validity begins too far back.
    #[error("the validity begins at {not_before}, before the earliest allowed, {earliest}")]
    Backdated {
        /// Its beginning.
        not_before: UnixTime,
        /// The earliest beginning allowed now.
        earliest: UnixTime,
    },
    /// The validity is too long, or reaches too far ahead.
    #[error("the validity ends at {not_after}, after the latest allowed, {latest}")]
    TooLong {
        /// Its end.
        not_after: UnixTime,
        /// The latest end allowed.
        latest: UnixTime,
    },
    /// The validity outlasts the signer's own authority.
    #[error("the validity ends at {not_after}, after the signer's own authority at {authority_ends}")]
    OutlastsSigner {
        /// Its end.
        not_after: UnixTime,
        /// The end of the signer's authority.
        authority_ends: UnixTime,
    },
    /// The validity has no end, and this signer is no manufacturer's.
    #[error("the validity has no end: only a manufacturer's signer may sign that")]
    Endless,
}

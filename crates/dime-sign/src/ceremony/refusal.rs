//! Why an item of a request is not signed.

use crate::SignError;
use drip_cert::{csr::CsrError, x509::OutsideCertTime};
use drip_det::{Det, Hid, Level, OutsideDripTime, UnixTime};

/// Why an item is refused. Whatever the reason, the other items are not touched by it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The certification request cannot be read, or does not prove possession of its key.
    #[error("certification request: {0}")]
    Csr(#[from] CsrError),
    /// The certification request names another DET than its key has at the place asked for.
    #[error("the certification request names {wished}, but at {} its key has {det}", .det.hid())]
    OtherDet {
        /// The DET in the certification request.
        wished: Det,
        /// The DET of its key at the place asked for.
        det: Det,
    },
    /// An authority of this level cannot be at this place.
    #[error("there is no {level} at {hid}")]
    Level {
        /// The level asked for.
        level: Level,
        /// The place asked for.
        hid: Hid,
    },
    /// An HDA's Authorization DET is endorsed by its RAA.
    #[error("an HDA does not endorse itself: its RAA does")]
    SelfEndorsedHda,
    /// The key asks to be endorsed by itself in a class other than its own.
    #[error("the signer's own Authorization key cannot be an Issuing key too")]
    OwnKeyIssuing,
    /// An earlier item is for the same DET, or is a revocation list like this one.
    #[error("item {number} is for the same")]
    Repeated {
        /// The number of the earlier item, from 1.
        number: usize,
    },
    /// Only RAAs endorse each other.
    #[error(
        "{det} is not the Authorization DET of another RAA: only RAAs are cross-endorsed, and only by RAAs"
    )]
    NotAcross {
        /// The DET to be cross-endorsed.
        det: Det,
    },
    /// The validity begins after the end it was cut to.
    #[error("the validity begins at {not_before}, after {not_after}, the latest that can be signed")]
    NothingLeft {
        /// The beginning asked for.
        not_before: UnixTime,
        /// The end it was cut to.
        not_after: UnixTime,
    },
    /// Offline whole lists are signed, no deltas, parts or indirect ones.
    #[error("the revocation list is a delta, an indirect one or one of several")]
    PartialList,
    /// The list would be believed after its signer's end, or for longer than the operator allows.
    #[error(
        "the revocation list is to be replaced by {not_after}, after {latest}, the latest that can be signed"
    )]
    LateList {
        /// Its nextUpdate.
        not_after: UnixTime,
        /// The end of the signer, or that of the terms.
        latest: UnixTime,
    },
    /// A time that an endorsement cannot hold.
    #[error("endorsement: {0}")]
    DripTime(#[from] OutsideDripTime),
    /// A time that a certificate cannot hold.
    #[error("certificate: {0}")]
    CertTime(#[from] OutsideCertTime),
    /// What is to be signed cannot be decoded, is not right by its own rules, or is not within the signer's policy.
    #[error(transparent)]
    Signer(#[from] SignError),
}

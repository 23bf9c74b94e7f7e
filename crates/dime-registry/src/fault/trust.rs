//! What can go wrong with trust lists, cross-endorsements and offline caches.

use super::OurFault;
use crate::Forbidden;
use drip_det::{Det, Hid};
use drip_wire::{WireError, trust::TrustListError};

/// Why a trust list or a cross-endorsement is not taken in.
#[derive(Debug, thiserror::Error)]
pub enum TrustError {
    /// It is no endorsement.
    #[error("{0}")]
    Endorsement(#[from] WireError),
    /// It is no trust list, or does not hold now.
    #[error("{0}")]
    List(#[from] TrustListError),
    /// The list is by nobody here.
    #[error("the trust list is by {0}, which is no Authorization DET of this DIME")]
    NotOurs(Det),
    /// There is a newer list of the same issuer.
    #[error("the trust list has sequence {sequence}, and the one here has {newest}")]
    Superseded {
        /// The sequence of what was given.
        sequence: u64,
        /// The sequence of what is here.
        newest: u64,
    },
    /// The endorsement does not lead from one RAA to another, or neither of them is of this DIME.
    #[error("{parent} and {child} are not the Authorization DETs of two RAAs, one of them of this DIME")]
    NotCross {
        /// The parent.
        parent: Det,
        /// The child.
        child: Det,
    },
    /// The parent's key is not known here: a self-endorsement of it must come along, or this DIME must have endorsed it.
    #[error("the key of {0} is not known here: send its self-endorsement along")]
    ParentUnknown(Det),
    /// The endorsement does not verify.
    #[error("{0}")]
    Signature(#[from] drip_wire::EndorsementError),
    /// The endorsement is over, or has not begun.
    #[error("the endorsement of {0} does not hold at this moment")]
    OutOfTime(Det),
    /// There is no such cross-endorsement.
    #[error("there is no cross-endorsement of {child} by {parent} here")]
    NotFound {
        /// The parent.
        parent: Det,
        /// The child.
        child: Det,
    },
    /// The caller may not.
    #[error(transparent)]
    Forbidden(#[from] Forbidden),
    /// One of our parts failed.
    #[error(transparent)]
    Ours(#[from] OurFault),
}

/// Why there is no offline cache to give.
#[derive(Debug, thiserror::Error)]
pub enum CacheError {
    /// An HDA that was asked for is not known here.
    #[error("no HDA at {0} is known here")]
    UnknownHda(Hid),
    /// A DET that was asked for is not registered here.
    #[error("{0} is not registered here")]
    NotRegistered(Det),
    /// What was asked for is more than the form holds.
    #[error("too much is asked for at once")]
    TooMuch,
    /// One of our parts failed.
    #[error(transparent)]
    Ours(#[from] OurFault),
}

//! Why something heard counts as it does.

use drip_det::{Det, UnixTime};
use drip_wire::WireError;
use drip_wire::broadcast::{AuthenticationType, EvidenceError, PageError, SamType, WrapperError};

use crate::chain::Fault;

/// Why something heard is not verified.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum Reason {
    // What does not hold.
    /// It says that it is a DRIP format and cannot be read as such.
    #[error("it cannot be read: {0}")]
    Undecodable(WireError),
    /// The UA did not sign it.
    #[error(transparent)]
    Evidence(EvidenceError),
    /// The UA did not sign what the Wrapper holds, or what it came with.
    #[error(transparent)]
    Wrapper(WrapperError),
    /// The endorsement in a Link does not hold.
    #[error("the Link does not hold: {0}")]
    Link(Fault),
    /// The times are in the wrong epoch.
    #[error("its times count from 1970 instead of 2019")]
    Epoch,
    /// It ends before it begins.
    #[error("it ends before it begins")]
    Reversed,
    /// It has run out: perhaps a recording.
    #[error("it ended at {0}")]
    Expired(UnixTime),
    /// It has not begun.
    #[error("it begins at {0}")]
    NotYetValid(UnixTime),
    /// The timestamp of its pages lies outside its validity.
    #[error("the timestamp of its pages, {0}, lies outside its validity")]
    Timestamp(UnixTime),
    /// One transmitter goes by two DETs.
    #[error("it is of {found}, while the same transmitter is said to be {claimed}")]
    OtherUa {
        /// The DET before.
        claimed: Det,
        /// The other.
        found: Det,
    },
    /// A Manifest older than one heard before.
    #[error("the Manifest is older than one that was heard before: perhaps a recording")]
    OutOfSequence,
    /// Two different Manifests follow on the same one.
    #[error("another Manifest follows on the same one")]
    Fork,

    // What is missing.
    /// The UA's key is not known.
    #[error("the key of {0} is not known: no Link of it was heard")]
    KeyUnknown(Det),
    /// The chain of Links ends at somebody who is not known.
    #[error("the Links lead up to {top}, who is not known here")]
    ChainUnknown {
        /// Where the chain ends.
        top: Det,
    },
    /// The chain above does not hold.
    #[error("the chain above does not hold: {0}")]
    Chain(Fault),
    /// A Link by itself: the registration holds, but anybody can repeat it.
    #[error("the registration holds; that this UA has the key is not shown by fresh signed data")]
    RegistrationOnly,
    /// No Location or System message of this moment is signed.
    #[error("it holds no data of this moment: perhaps a recording")]
    NoFreshData,
    /// None of the messages with fresh data that a Manifest names was heard.
    #[error("no message with data of this moment that it names was heard from this transmitter")]
    NothingHeard,
    /// It is valid for so long that it could be repeated.
    #[error("it is valid for {0} seconds, so long that a recording could be played")]
    LongValidity(u64),
    /// The pack that an extended Wrapper came with is not there.
    #[error("{0}")]
    PackNeeded(WrapperError),
    /// Frames are not standardized yet.
    #[error("what a Frame of type {0} means is not standardized")]
    Frame(u8),
    /// Authentication of another type.
    #[error("it is {0}, DRIP is 5")]
    AuthenticationType(AuthenticationType),
    /// A SAM type that DRIP does not have.
    #[error("it is of {0}")]
    SamType(SamType),
    /// Pages that make no message.
    #[error("the pages make no message: {0}")]
    Pages(PageError),
}

//! Why a link does not hold.

use drip_det::{Det, DetClass, Hid, UnixTime};

use super::report::State;

/// Why a link does not hold, in the order in which the checks are made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// There is no such record.
    #[error("there is no {0} record")]
    Missing(&'static str),
    /// There are several records where there may be one.
    #[error("there are {count} {record} records where there may be one")]
    Several {
        /// Which record.
        record: &'static str,
        /// How many.
        count: usize,
    },
    /// An object cannot be decoded.
    #[error("{object} cannot be read: {why}")]
    Undecodable {
        /// Which object.
        object: &'static str,
        /// The complaint of its decoder.
        why: String,
    },
    /// The key is not the one of the DET.
    #[error("the key does not belong to the DET: {0}")]
    KeyMismatch(String),
    /// An object names another DET than the one it was found under.
    #[error("{object} is about {found}, not {expected}")]
    OtherDet {
        /// Which object.
        object: &'static str,
        /// The DET it names.
        found: Det,
        /// The DET it should name.
        expected: Det,
    },
    /// Two objects about one DET disagree.
    #[error("{left} and {right} disagree on {what}")]
    Disagree {
        /// One object.
        left: &'static str,
        /// The other.
        right: &'static str,
        /// The field.
        what: &'static str,
    },
    /// A field that no signature covers has another value than our records carry.
    #[error("{field} is {found}, expected {expected}; no signature covers this field")]
    Unsigned {
        /// The field.
        field: &'static str,
        /// The value found.
        found: String,
        /// The value expected.
        expected: String,
    },
    /// The content contradicts the role of the entity.
    #[error("{0}")]
    Role(String),
    /// The signature is not the parent's.
    #[error("the signature is not that of {parent}")]
    Signature {
        /// The supposed signer.
        parent: Det,
    },
    /// A parent of this HID may not vouch for a child of that HID.
    #[error("an entity in {parent} may not vouch for one in {child}")]
    NotPermitted {
        /// The parent's place in the hierarchy.
        parent: Hid,
        /// The child's.
        child: Hid,
    },
    /// The parent is itself endorsed by an Issuing DET, so it may endorse nobody.
    #[error("{parent} is below an Issuing DET and may endorse nobody")]
    TooDeep {
        /// The parent.
        parent: Det,
    },
    /// Endorsements do not join up.
    #[error("the endorsement before it is about {previous}")]
    Discontinuous {
        /// Whom the endorsement before it endorses.
        previous: Det,
    },
    /// The parent is unknown: not in DNS, not among the objects given.
    #[error("the parent {parent} is {why}")]
    ParentUnknown {
        /// The parent.
        parent: Det,
        /// Where it was looked for, and what came.
        why: String,
    },
    /// The parent is a bridge between RAAs, which has no HDAs.
    #[error("{bridge} is a bridge, which has no HDAs: it may not vouch for {child}")]
    BridgeWithHda {
        /// The bridge.
        bridge: Det,
        /// Who is at an HDA's place.
        child: Det,
    },
    /// A trust list is not by somebody whom the user trusts.
    #[error("the trust list is by {issuer}, which is not a trust anchor given")]
    ListUntrusted {
        /// Who issued it.
        issuer: Det,
    },
    /// There is a newer one.
    #[error("it has sequence {sequence}, and there is one with {newest}")]
    Superseded {
        /// Its own sequence.
        sequence: u64,
        /// That of the newest.
        newest: u64,
    },
    /// A DET of this class does not sign such a thing.
    #[error("{det} is an {class} DET, which does not sign {what}")]
    WrongClass {
        /// Who signed.
        det: Det,
        /// Its class.
        class: DetClass,
        /// What it signed.
        what: &'static str,
    },
    /// An endorsement that should lead from one RAA to another does not.
    #[error("{parent} and {child} are not the Authorization DETs of two RAAs: this is no cross-endorsement")]
    NotCross {
        /// The parent.
        parent: Det,
        /// The child.
        child: Det,
    },
    /// An RAA that is itself trusted only through another one passes trust on, and is no bridge.
    #[error("{parent} is itself trusted only through another RAA and is no bridge: it passes no trust on")]
    CrossBridged {
        /// That RAA.
        parent: Det,
    },
    /// A cross-endorsement after one that already led over a bridge.
    #[error("{parent} is trusted over a bridge, and from there no cross-endorsement leads further")]
    CrossTooLong {
        /// The RAA behind the bridge.
        parent: Det,
    },
    /// Cross-endorsements that lead round in a circle and from no anchor.
    #[error("the cross-endorsements lead round to {det} again, and no trust anchor is among them")]
    CrossCycle {
        /// Where they come round.
        det: Det,
    },
    /// The chain runs in a circle or is deeper than the hierarchy can be.
    #[error("the chain does not end: {0}")]
    Endless(String),
    /// DNS could not be asked about the parent.
    #[error("could not look up {det}: {why}")]
    Unreachable {
        /// Who was asked about.
        det: Det,
        /// The cause.
        why: String,
    },
    /// The key at the top is not the anchor's.
    #[error("its key is not that of the trust anchor given")]
    OtherAnchor,
    /// The chain ends at a root that is not the anchor given.
    #[error("the chain ends at {root}, which is not a trust anchor given")]
    AnchorNotReached {
        /// The self-signed top.
        root: Det,
    },
    /// The times are in the wrong epoch.
    #[error("its times count from 1970 instead of 2019 (RFC 9575 §3.1.2.1)")]
    Epoch,
    /// The parent's own link is out of its time.
    #[error("the link above it, to {parent}, does not hold: {fault}")]
    Lapsed {
        /// The parent.
        parent: Det,
        /// What is wrong with its link.
        fault: Box<Fault>,
    },
    /// It has run out.
    #[error("it ended at {0}")]
    Expired(UnixTime),
    /// It has not begun.
    #[error("it begins at {0}")]
    NotYetValid(UnixTime),
}

impl Fault {
    /// What this fault makes of the whole.
    pub fn state(&self) -> State {
        match self {
            Self::Lapsed { fault, .. } => fault.state(),
            Self::Expired(_) => State::Expired,
            Self::NotYetValid(_) => State::NotYetValid,
            Self::Unreachable { .. } => State::Unreachable,
            Self::Missing(_)
            | Self::Several { .. }
            | Self::Undecodable { .. }
            | Self::KeyMismatch(_)
            | Self::OtherDet { .. }
            | Self::Disagree { .. }
            | Self::Unsigned { .. }
            | Self::Role(_)
            | Self::Signature { .. }
            | Self::NotPermitted { .. }
            | Self::TooDeep { .. }
            | Self::Discontinuous { .. }
            | Self::BridgeWithHda { .. }
            | Self::ListUntrusted { .. }
            | Self::Superseded { .. }
            | Self::WrongClass { .. }
            | Self::NotCross { .. }
            | Self::CrossBridged { .. }
            | Self::CrossTooLong { .. }
            | Self::CrossCycle { .. }
            | Self::ParentUnknown { .. }
            | Self::Endless(_)
            | Self::OtherAnchor
            | Self::AnchorNotReached { .. }
            | Self::Epoch => State::BrokenLink,
        }
    }
}

//! What a UA signed, with what was known when it was heard.

use drip_det::{Det, DripTime, UnixTime};
use drip_wire::Endorsement;
use drip_wire::broadcast::{Frame, Manifest, Pack, UaSignedEvidence, Wrapper};

use super::finding::Subject;
use super::recent::Freshness;

/// Evidence as it was heard.
#[derive(Clone, Debug)]
pub(super) struct Proof {
    /// When it was heard.
    pub(super) at: UnixTime,
    /// The timestamp of its pages.
    pub(super) timestamp: DripTime,
    /// The DET that the transmitter went by at that time.
    pub(super) claimed: Option<Det>,
    pub(super) kind: Kind,
}

/// Which format it is.
#[derive(Clone, Debug)]
pub(super) enum Kind {
    /// With the pack it came in.
    Wrapper(Wrapper, Option<Pack>),
    Manifest {
        manifest: Manifest,
        /// Whether it names a message of that moment that was heard.
        freshness: Freshness,
        /// Whether its place among the Manifests was looked at, which is done once.
        followed: Followed,
    },
    Frame(Frame),
}

/// Whether a Manifest was put behind the one before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Followed {
    Yes,
    NotYet,
}

/// What can be judged again when more is known.
#[derive(Clone, Debug)]
pub(super) enum Waiting {
    Link(Endorsement),
    Proof(Box<Proof>),
}

impl Proof {
    pub(super) fn evidence(&self) -> &UaSignedEvidence {
        match &self.kind {
            Kind::Wrapper(wrapper, _) => wrapper.evidence(),
            Kind::Manifest { manifest, .. } => manifest.evidence(),
            Kind::Frame(frame) => frame.evidence(),
        }
    }

    pub(super) fn subject(&self) -> Subject {
        match &self.kind {
            Kind::Wrapper(..) => Subject::Wrapper,
            Kind::Manifest { .. } => Subject::Manifest,
            Kind::Frame(_) => Subject::Frame,
        }
    }
}

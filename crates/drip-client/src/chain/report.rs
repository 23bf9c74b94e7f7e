//! What a verification found: every link with its verdict, and the whole in one word and one sentence.

use std::fmt;

use drip_det::Det;
use serde::ser::{Serialize, SerializeStruct, Serializer};

use super::fault::Fault;

/// What binds a child to its parent, or what of the child was looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum LinkKind {
    /// The X.509 certificate in the HHIT record, signed by the parent.
    Certificate,
    /// A Broadcast Endorsement, signed by the parent.
    Endorsement,
    /// The HHIT record against the DET.
    Hhit,
    /// The BRID record against the DET.
    Brid,
    /// The HIP record against the HHIT record.
    Hip,
    /// The CERT record against the HHIT record.
    Cert,
    /// The TLSA record against the HHIT record.
    Tlsa,
    /// The chain's top against the trust anchor given.
    Anchor,
    /// An RAA trusts another by its trust list.
    TrustList,
    /// An RAA, or a bridge, endorses another RAA.
    CrossEndorsement,
    /// The signer of an offline cache vouches for what is in it.
    Cache,
}

impl LinkKind {
    /// The word in the output.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Certificate => "certificate",
            Self::Endorsement => "endorsement",
            Self::Hhit => "hhit",
            Self::Brid => "brid",
            Self::Hip => "hip",
            Self::Cert => "cert",
            Self::Tlsa => "tlsa",
            Self::Anchor => "anchor",
            Self::TrustList => "trust-list",
            Self::CrossEndorsement => "cross-endorsement",
            Self::Cache => "cache",
        }
    }
}

impl fmt::Display for LinkKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// One thing that was checked, and the verdict.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// Who vouches; unknown when the object that would say so cannot be read.
    pub parent: Option<Det>,
    /// Who is vouched for.
    pub child: Det,
    /// Which object.
    pub kind: LinkKind,
    /// What is wrong with it, or `None`.
    pub fault: Option<Fault>,
}

impl Link {
    /// Whether it holds.
    pub fn is_ok(&self) -> bool {
        self.fault.is_none()
    }
}

impl fmt::Display for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.parent {
            Some(parent) if parent != self.child => {
                write!(f, "{} {} -> {}", self.kind, parent, self.child)
            }
            _ => write!(f, "{} {}", self.kind, self.child),
        }
    }
}

impl Serialize for Link {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut out = serializer.serialize_struct("Link", 5)?;
        out.serialize_field("parent", &self.parent.map(|det| det.to_string()))?;
        out.serialize_field("child", &self.child.to_string())?;
        out.serialize_field("kind", self.kind.name())?;
        out.serialize_field("ok", &self.is_ok())?;
        match &self.fault {
            Some(fault) => out.serialize_field("reason", &fault.to_string())?,
            None => out.skip_field("reason")?,
        }
        out.end()
    }
}

/// The whole in one word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum State {
    /// Found in DNS, every link holds up to the anchor.
    Registered,
    /// Objects in hand: every link holds up to the anchor.
    Trusted,
    /// Objects in hand: every link holds up to the anchor. That an Operational DET among them is still registered only DNS can
    /// confirm, which was not asked.
    VerifiedOffline,
    /// The offline cache does not say anything of this DET.
    NotInCache,
    /// DNS has nothing under this DET.
    NotRegistered,
    /// Every signature holds, but something has run out.
    Expired,
    /// Every signature holds, but something has not begun.
    NotYetValid,
    /// A link does not hold.
    BrokenLink,
    /// Every link holds, up to a root that nobody told us to trust.
    Unanchored,
    /// DNS could not be asked.
    Unreachable,
}

impl State {
    /// The word in the output.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Registered => "registered",
            Self::Trusted => "trusted",
            Self::VerifiedOffline => "verified-offline",
            Self::NotInCache => "not-in-cache",
            Self::NotRegistered => "not-registered",
            Self::Expired => "expired",
            Self::NotYetValid => "not-yet-valid",
            Self::BrokenLink => "broken-link",
            Self::Unanchored => "unanchored",
            Self::Unreachable => "unreachable",
        }
    }

    /// Whether the answer is "yes".
    pub const fn is_trusted(self) -> bool {
        matches!(self, Self::Registered | Self::Trusted | Self::VerifiedOffline)
    }
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The result of a verification.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// The whole in one word.
    pub state: State,
    /// The whole in one sentence: what is trusted and why, or which link is broken and why.
    pub reason: String,
    /// What was checked, trust anchor first.
    pub links: Vec<Link>,
}

impl Report {
    /// Whether the answer is "yes".
    pub fn is_trusted(&self) -> bool {
        self.state.is_trusted()
    }

    /// The links that do not hold.
    pub fn broken(&self) -> impl Iterator<Item = &Link> {
        self.links.iter().filter(|link| !link.is_ok())
    }

    /// A report about nothing found, or nothing reached.
    pub(crate) fn without_links(state: State, reason: String) -> Self {
        Self { state, reason, links: Vec::new() }
    }

    /// Judge the links; `success` is what to say when all hold, its state included.
    ///
    /// The worst fault decides: a broken link outweighs one out of its time, and one of the two
    /// outweighs the want of an anchor.
    pub(crate) fn judge(links: Vec<Link>, success: (State, String)) -> Self {
        let worst = links
            .iter()
            .filter_map(|link| link.fault.as_ref().map(|fault| (fault.state(), link, fault)))
            .max_by_key(|(state, ..)| severity(*state));
        match worst {
            Some((state, link, fault)) => {
                let reason = format!("{link}: {fault}");
                Self { state, reason, links }
            }
            None => Self { state: success.0, reason: success.1, links },
        }
    }
}

/// The higher, the sooner it decides the state of the whole.
const fn severity(state: State) -> u8 {
    match state {
        State::BrokenLink => 4,
        State::Unreachable => 3,
        State::Expired => 2,
        State::NotYetValid => 1,
        State::Registered
        | State::Trusted
        | State::VerifiedOffline
        | State::NotInCache
        | State::NotRegistered
        | State::Unanchored => 0,
    }
}

impl Serialize for Report {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut out = serializer.serialize_struct("Report", 4)?;
        out.serialize_field("trusted", &self.is_trusted())?;
        out.serialize_field("state", self.state.name())?;
        out.serialize_field("reason", &self.reason)?;
        out.serialize_field("links", &self.links)?;
        out.end()
    }
}

//! Whom to trust besides the anchors given, where there is no Apex (draft-ietf-drip-dki, section 5): trust lists, cross-endorsements
//! and bridges.
//!
//! ```text
//!  anchor ──trust list──► RAA                      the RAA's own list names it
//!  anchor ──cross-endorsement──► RAA               one-way
//!  anchor ──trust list or cross-endorsement──► bridge ──cross-endorsement──► RAA
//! ```
//!
//! There are no other ways. An RAA that is trusted by a list or a cross-endorsement passes trust on only when it is known to be a
//! bridge; from what a bridge endorsed nothing goes further, not even over another bridge; no way leads back to where it was. A bridge
//! has no HDAs. Who is a bridge says the user, a trust list that is believed, or an offline cache that is believed: it cannot be seen
//! from a DET or an endorsement.

mod cross;
mod list;
mod rounds;

use std::collections::{BTreeMap, BTreeSet, HashSet};

use drip_det::{Det, DetClass, Hid, Raa, UnixTime};
use drip_wire::Endorsement;
use drip_wire::trust::SignedTrustList;

use super::anchor::Anchor;
use super::fault::Fault;
use super::report::Link;
use rounds::Rounds;

/// What the user brings along to be trusted.
#[derive(Clone, Debug, Default)]
pub struct TrustSources {
    /// Trusted because the user says so.
    pub anchors: Vec<Anchor>,
    /// Trust lists; those by an anchor count.
    pub lists: Vec<SignedTrustList>,
    /// Cross-endorsements, in any order.
    pub cross: Vec<Endorsement>,
    /// RAAs that the user knows to be bridges.
    pub bridges: Vec<Det>,
}

/// Who is trusted at one moment, over which ways, and who is not and why.
#[derive(Clone, Debug)]
pub struct Trust {
    at: UnixTime,
    known: BTreeMap<Det, Known>,
    edges: Vec<Endorsement>,
    bridges: Bridges,
    refused: Vec<Link>,
    /// What is the same for all cross-endorsements: which lead round, and who is endorsed by an anchor, but not at this moment.
    rounds: Rounds,
    late: BTreeMap<Det, Fault>,
}

/// Somebody trusted.
#[derive(Clone, Debug)]
pub(super) struct Known {
    pub(super) anchor: Anchor,
    /// From the anchor given down to this one; empty for that anchor itself.
    pub(super) path: Vec<Link>,
    pub(super) way: Way,
}

/// Over which way somebody is trusted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Way {
    /// The user says so.
    Given,
    /// By the trust list of an anchor.
    Listed,
    /// By the cross-endorsement of an anchor.
    Crossed,
    /// By the cross-endorsement of a bridge.
    Bridged,
    /// By an offline cache.
    Cached,
}

/// The RAAs that are known to be bridges, by number: whatever key one has, it has no HDAs.
#[derive(Clone, Debug, Default)]
pub(super) struct Bridges(BTreeSet<Raa>);

impl Bridges {
    pub(super) fn has(&self, det: Det) -> bool {
        self.0.contains(&det.hid().raa)
    }

    /// A bridge vouches for nobody at an HDA's place.
    pub(super) fn check(&self, parent: Det, child: Det) -> Result<(), Fault> {
        let below = parent.hid().raa == child.hid().raa && !child.hid().hda.is_reserved_to_raa();
        if below && self.has(parent) { Err(Fault::BridgeWithHda { bridge: parent, child }) } else { Ok(()) }
    }
}

impl Trust {
    /// What follows from these sources at this moment.
    pub fn settle(sources: &TrustSources, at: UnixTime) -> Self {
        let mut trust = Self::of_anchors(&sources.anchors, at);
        trust.edges.clone_from(&sources.cross);
        trust.bridges.0.extend(sources.bridges.iter().map(|det| det.hid().raa));
        trust.take_lists(&sources.lists);
        trust.cross();
        trust
    }

    /// These anchors and nothing else.
    pub fn of_anchors(anchors: &[Anchor], at: UnixTime) -> Self {
        let given = |anchor: &Anchor| {
            let known = Known { anchor: anchor.clone(), path: Vec::new(), way: Way::Given };
            (anchor.det, known)
        };
        Trust {
            at,
            known: anchors.iter().map(given).collect(),
            edges: Vec::new(),
            bridges: Bridges::default(),
            refused: Vec::new(),
            rounds: Rounds::default(),
            late: BTreeMap::new(),
        }
    }

    /// The same with more cross-endorsements, from wherever they come: their signers decide, not who brought them.
    pub fn with_cross(&self, endorsements: &[Endorsement]) -> Self {
        let mut trust = self.clone();
        let there: HashSet<&Endorsement> = self.edges.iter().collect();
        trust.edges.extend(endorsements.iter().filter(|edge| !there.contains(edge)).copied());
        trust.cross();
        trust
    }

    /// The same with a trust list more.
    pub fn with_list(&self, list: &SignedTrustList) -> Self {
        let mut trust = self.clone();
        trust.take_lists(core::slice::from_ref(list));
        trust.cross();
        trust
    }

    /// The same with bridges more, on the word of somebody who is believed.
    pub fn with_bridges(&self, bridges: &[Det]) -> Self {
        let mut trust = self.clone();
        trust.bridges.0.extend(bridges.iter().map(|det| det.hid().raa));
        trust.cross();
        trust
    }

    /// The moment it was settled for.
    pub fn at(&self) -> UnixTime {
        self.at
    }

    /// Everybody trusted, as anchors: for functions that ask for those.
    pub fn anchors(&self) -> Vec<Anchor> {
        self.known.values().map(|known| known.anchor.clone()).collect()
    }

    /// Everybody trusted: DET, way, and the links that lead there from the anchor given.
    pub fn ways(&self) -> impl Iterator<Item = (Det, Way, &[Link])> {
        self.known.iter().map(|(det, known)| (*det, known.way, known.path.as_slice()))
    }

    /// What was brought along and does not count, each with its fault.
    pub fn refused(&self) -> &[Link] {
        &self.refused
    }

    pub(super) fn has_no_anchor(&self) -> bool {
        self.known.is_empty()
    }

    pub(super) fn known(&self, det: Det) -> Option<&Known> {
        self.known.get(&det)
    }

    pub(super) fn everybody(&self) -> impl Iterator<Item = &Known> {
        self.known.values()
    }

    pub(super) fn bridges(&self) -> &Bridges {
        &self.bridges
    }

    /// Why what was brought along for `root` does not count, where there is something.
    pub(super) fn refusals_of(&self, root: Det) -> impl Iterator<Item = &Link> {
        self.refused.iter().filter(move |link| link.child == root)
    }

    /// Somebody more, on the word of an offline cache.
    pub(super) fn remember(&mut self, anchor: Anchor, path: Vec<Link>) {
        self.known.entry(anchor.det).or_insert(Known { anchor, path, way: Way::Cached });
    }

    pub(super) fn refuse(&mut self, links: impl IntoIterator<Item = Link>) {
        for link in links {
            if !self.refused.contains(&link) {
                self.refused.push(link);
            }
        }
    }
}

/// How often a run of endorsements has gone from one RAA to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Crossings(u8);

impl Crossings {
    pub(super) const NONE: Self = Self(0);

    /// The count after this endorsement: once, or twice over a bridge.
    pub(super) fn after(self, endorsement: &Endorsement, bridges: &Bridges) -> Result<Self, Fault> {
        let parent = endorsement.parent;
        if !is_crossing(parent.hid(), endorsement.child.hid()) {
            return Ok(self);
        }
        match self.0 {
            0 => Ok(Self(1)),
            1 if bridges.has(parent) => Ok(Self(2)),
            1 => Err(Fault::CrossBridged { parent }),
            _ => Err(Fault::CrossTooLong { parent }),
        }
    }
}

/// Whether an endorsement leads from one RAA to another.
pub(super) fn is_crossing(parent: Hid, child: Hid) -> bool {
    let is_raa = |hid: Hid| hid.raa != Raa::APEX && hid.hda.is_reserved_to_raa();
    is_raa(parent) && is_raa(child) && parent.raa != child.raa
}

/// An Authorization DET of an RAA, as far as one can know: its class is not another one.
pub(super) fn may_pass_on(anchor: &Anchor) -> bool {
    anchor.class.is_none_or(|class| class == DetClass::Authorization)
}

//! Links heard, and the chains they make up to somebody known (RFC 9575, section 6.4.2).

use std::collections::BTreeMap;
use std::sync::OnceLock;

use drip_det::{Det, HostIdentity, UnixTime};
use drip_wire::Endorsement;

use super::finding::Outcome;
use super::keys::{KeySource, KnownKey, Standing};
use super::reason::Reason;
use crate::chain::{Fault, Link};

/// The most children of whom Links are kept.
const MOST_CHILDREN: usize = 4096;
/// The most Links that are kept of one child: renewals, and what liars send.
const MOST_OF_ONE: usize = 4;
/// The most Links of one chain: Apex, RAA, HDA Authorization, HDA Issuing, UA, and room for Issuing DETs in between.
const LONGEST: usize = 8;
/// How many steps are taken to find a way up: liars could make a maze of thousands.
const MOST_STEPS: u32 = 64;

/// The Links of all transmitters: who sends one does not matter, who signed it does.
#[derive(Clone, Debug, Default)]
pub(super) struct Links {
    children: BTreeMap<Det, Child>,
    heard: u64,
}

#[derive(Clone, Debug, Default)]
struct Child {
    held: Vec<Held>,
    last_heard: u64,
}

/// One Link, and whether its parent signed it: once the parent's key is known that does not change, as a DET has one key.
#[derive(Clone, Debug)]
struct Held {
    endorsement: Endorsement,
    signed: OnceLock<bool>,
}

impl Held {
    fn new(endorsement: &Endorsement) -> Self {
        Held { endorsement: *endorsement, signed: OnceLock::new() }
    }

    /// Whether the parent, whose key this is, signed it.
    fn is_signed_by(&self, parent_hi: &HostIdentity) -> bool {
        *self.signed.get_or_init(|| self.endorsement.verify(parent_hi).is_ok())
    }
}

/// Whether a Link was heard before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Novelty {
    New,
    Known,
}

/// What the chain above a DET comes to.
#[derive(Clone, Debug)]
pub(super) enum Chain {
    /// It holds, up to somebody known.
    Holds(Standing, Vec<Link>),
    /// The Link itself does not hold.
    Broken(Fault, Vec<Link>),
    /// Something above does not hold.
    BrokenAbove(Fault, Vec<Link>),
    /// It ends at somebody who is not known.
    Unknown(Det),
}

impl Links {
    /// Keep a Link whose child's key belongs to the child.
    pub(super) fn hear(&mut self, endorsement: &Endorsement) -> Novelty {
        self.heard += 1;
        let full = self.children.len() >= MOST_CHILDREN && !self.children.contains_key(&endorsement.child);
        if full && let Some(oldest) = self.children.iter().min_by_key(|(_, child)| child.last_heard) {
            let oldest = *oldest.0;
            self.children.remove(&oldest);
        }
        let child = self.children.entry(endorsement.child).or_default();
        child.last_heard = self.heard;
        // The latest heard stands first: it is tried first, and the oldest makes room.
        let place = child.held.iter().position(|held| held.endorsement == *endorsement);
        let (held, novelty) = match place {
            Some(place) => (child.held.remove(place), Novelty::Known),
            None => (Held::new(endorsement), Novelty::New),
        };
        child.held.insert(0, held);
        child.held.truncate(MOST_OF_ONE);
        novelty
    }

    /// The key of a DET by a Link of it. It need not be registered; but the key is that of the DET.
    pub(super) fn hi(&self, det: Det) -> Option<HostIdentity> {
        self.of(det).first().map(|held| held.endorsement.child_hi)
    }

    /// The registration of a DET by any Link of it.
    pub(super) fn registration(&self, det: Det, keys: &dyn KeySource, at: UnixTime) -> Chain {
        let mut best = None;
        for held in self.of(det) {
            let chain = self.climb(keys, at).from(held, &mut Vec::new());
            if matches!(chain, Chain::Holds(..)) {
                return chain;
            }
            best.get_or_insert(chain);
        }
        best.unwrap_or(Chain::Unknown(det))
    }

    /// One Link, with those above it.
    pub(super) fn judge(&self, endorsement: &Endorsement, keys: &dyn KeySource, at: UnixTime) -> Chain {
        let mut climb = self.climb(keys, at);
        match self.of(endorsement.child).iter().find(|held| held.endorsement == *endorsement) {
            Some(held) => climb.from(held, &mut Vec::new()),
            None => climb.from(&Held::new(endorsement), &mut Vec::new()),
        }
    }

    fn climb<'a>(&'a self, keys: &'a dyn KeySource, at: UnixTime) -> Climb<'a> {
        Climb { links: self, keys, at, steps_left: MOST_STEPS }
    }

    fn of(&self, det: Det) -> &[Held] {
        self.children.get(&det).map(|child| child.held.as_slice()).unwrap_or_default()
    }
}

/// Trying the ways up from a Link.
struct Climb<'a> {
    links: &'a Links,
    keys: &'a dyn KeySource,
    at: UnixTime,
    steps_left: u32,
}

impl<'a> Climb<'a> {
    /// Try every way up from `link` and those `above` it, whose first is the top.
    fn from<'b>(&mut self, link: &'b Held, above: &mut Vec<&'b Held>) -> Chain
    where
        'a: 'b,
    {
        let top = above.first().copied().unwrap_or(link);
        let Endorsement { parent, child_hi, .. } = top.endorsement;
        if let Some(known) = known(self.keys, parent) {
            // One above that its parent did not sign is no way up; the Link itself is judged.
            return if above.is_empty() || top.is_signed_by(&known.hi) {
                verify_run(above, link, &known, self.keys, self.at)
            } else {
                Chain::Unknown(parent)
            };
        }
        // Its own word for itself, by a key that is not known, is worth nothing; but it must be its word.
        if top.endorsement.is_self_endorsement() {
            return if above.is_empty() && !top.is_signed_by(&child_hi) {
                Chain::Broken(Fault::Signature { parent }, Vec::new())
            } else {
                Chain::Unknown(parent)
            };
        }
        let parent_hi = self.links.hi(parent);
        if let Some(parent_hi) = parent_hi
            && !top.is_signed_by(&parent_hi)
        {
            return if above.is_empty() {
                Chain::Broken(Fault::Signature { parent }, Vec::new())
            } else {
                Chain::Unknown(parent)
            };
        }
        let mut best = Chain::Unknown(parent);
        if above.len() + 1 >= LONGEST {
            return best;
        }
        let links = self.links;
        for next in links.of(parent) {
            let circle =
                above.iter().chain([&link]).any(|below| below.endorsement.child == next.endorsement.parent);
            if (circle && !next.endorsement.is_self_endorsement()) || self.steps_left == 0 {
                continue;
            }
            self.steps_left -= 1;
            above.insert(0, next);
            let chain = self.from(link, above);
            above.remove(0);
            match chain {
                Chain::Holds(..) => return chain,
                other => best = better(best, other),
            }
        }
        best
    }
}

/// A key that is known and is that of its DET.
pub(super) fn known(keys: &dyn KeySource, det: Det) -> Option<KnownKey> {
    keys.key(det).filter(|known| det.check(&known.hi).is_ok())
}

/// Of two ways that do not hold the one that says more: a chain that was followed to its end before one that was not.
fn better(one: Chain, other: Chain) -> Chain {
    match (&one, &other) {
        (Chain::Unknown(_), _) => other,
        (Chain::BrokenAbove(..), Chain::Broken(..)) => other,
        _ => one,
    }
}

fn verify_run(above: &[&Held], link: &Held, known: &KnownKey, keys: &dyn KeySource, at: UnixTime) -> Chain {
    let endorsements: Vec<Endorsement> = above.iter().chain([&link]).map(|held| held.endorsement).collect();
    let top = endorsements.first().map_or(link.endorsement.parent, |top| top.parent);
    let report = keys.verify(endorsements, (top, *known), at);
    let own = (Some(link.endorsement.parent), link.endorsement.child);
    let broken = report.broken().next().map(|link| ((link.parent, link.child), link.fault.clone()));
    match broken {
        None if report.is_trusted() => Chain::Holds(known.standing, report.links),
        None => Chain::Unknown(top),
        Some((place, Some(fault))) if place == own => Chain::Broken(fault, report.links),
        Some((_, fault)) => {
            Chain::BrokenAbove(fault.unwrap_or(Fault::AnchorNotReached { root: top }), report.links)
        }
    }
}

impl Chain {
    /// What a Link comes to whose chain this is: by itself it never proves possession.
    pub(super) fn outcome_of_link(&self) -> Outcome {
        match self {
            Chain::Holds(..) => Outcome::Open(Reason::RegistrationOnly),
            Chain::Broken(fault, _) => Outcome::Broken(Reason::Link(fault.clone())),
            Chain::BrokenAbove(fault, _) => Outcome::Open(Reason::Chain(fault.clone())),
            Chain::Unknown(top) => Outcome::Open(Reason::ChainUnknown { top: *top }),
        }
    }
}

//! From a DET up to a trust anchor: the certificate tree by HHIT look-ups, then the endorsements
//! (RFC 9886 §8: a client without DNSSEC must walk the tree; endorsements, when present, must hold too).

use drip_det::{Det, DetClass};
use drip_wire::Endorsement;

use super::anchor::Anchor;
use super::certificate::{self, Signer};
use super::discover::discover;
use super::endorsement::Keys;
use super::entity::{self, Entity, class_of};
use super::fault::Fault;
use super::published::{Lookup, LookupError, Published};
use super::report::{Link, LinkKind, Report, State};
use super::trust::{Known, Trust, Way};
use super::{Conditions, brid};

/// How many certificates a chain may have. The hierarchy has five levels of keys: Apex, RAA, HDA
/// Authorization, HDA Issuing and the entity, and the Apex and RAA may have Issuing keys too.
const MAX_DEPTH: usize = 8;

/// A DET on the way up, with what DNS has of it.
struct Step {
    published: Published,
    entity: Entity,
}

/// Verify `det` from its records, as `lookup` knows them, up to one of `anchors`; see [`verify_under`].
pub fn verify(det: Det, lookup: &dyn Lookup, anchors: &[Anchor], conditions: &Conditions) -> Report {
    verify_under(det, lookup, &Trust::of_anchors(anchors, conditions.at), conditions)
}

/// Verify `det` from its records, as `lookup` knows them, up to somebody trusted.
///
/// Without an anchor the answer is never "yes": a chain in which every link holds up to a self-signed
/// root is reported as [`State::Unanchored`].
pub fn verify_under(det: Det, lookup: &dyn Lookup, trust: &Trust, conditions: &Conditions) -> Report {
    let published = match lookup.records(det) {
        Ok(published) => published,
        Err(LookupError::NotRegistered(why)) => {
            return Report::without_links(State::NotRegistered, format!("{det} is not registered ({why})"));
        }
        Err(LookupError::Unreachable(why)) => return Report::without_links(State::Unreachable, why),
    };
    // Cross-endorsements that the DET itself publishes count as if brought along: their signers answer for them.
    let trust = &trust.with_cross(&brid::crossings(&published));
    let mut walk = Walk::under(trust, lookup, conditions);
    let root = walk.climb(det, published.clone());
    if !matches!(root, Root::SelfSigned(_)) || trust.has_no_anchor() {
        return walk.judge(det, root);
    }
    // The root is a stranger: those who are trusted may have endorsed it, or somebody on the way to it.
    let found = discover(lookup, trust);
    let on_the_way =
        |walk: &Walk<'_>| walk.steps.iter().any(|step| found.trust.known(step.entity.det).is_some());
    if on_the_way(&walk) {
        let mut walk = Walk::under(&found.trust, lookup, conditions);
        let root = walk.climb(det, published);
        return walk.judge(det, root);
    }
    walk.unasked = found.unasked;
    walk.judge(det, root)
}

/// Where the certificates led.
enum Root {
    /// To this anchor.
    Anchored(Known),
    /// To a self-signed certificate that is no anchor.
    SelfSigned(Det),
    /// Nowhere: a link says why.
    Broken,
}

struct Walk<'a> {
    lookup: &'a dyn Lookup,
    trust: &'a Trust,
    conditions: &'a Conditions,
    /// The DET first, the root last; turned round at the end.
    links: Vec<Link>,
    steps: Vec<Step>,
    /// Who is trusted and could not be asked whom they endorsed, and why.
    unasked: Vec<(Det, String)>,
}

impl<'a> Walk<'a> {
    fn under(trust: &'a Trust, lookup: &'a dyn Lookup, conditions: &'a Conditions) -> Self {
        Walk { lookup, trust, conditions, links: Vec::new(), steps: Vec::new(), unasked: Vec::new() }
    }

    /// What follows from where the certificates led, and from the endorsements.
    fn judge(mut self, det: Det, root: Root) -> Report {
        let runs = self.endorsements();
        self.finish(det, root, &runs)
    }

    /// Follow the certificates from `det` up.
    fn climb(&mut self, det: Det, published: Published) -> Root {
        let mut at = det;
        let mut published = published;
        loop {
            let Some(entity) = entity::examine(at, &published, self.conditions, &mut self.links) else {
                return Root::Broken;
            };
            if let Some(child) = self.steps.last() {
                let signer = Signer { det: at, hi: &entity.hi, class: Some(class_of(&entity.certificate)) };
                let fault = certificate::check(&child.entity.certificate, &signer, self.conditions.at)
                    .and_then(|()| self.trust.bridges().check(at, child.entity.det))
                    .err();
                let link = certificate_link(at, child.entity.det, fault);
                self.links.push(link);
            }
            let issuer = entity.issuer();
            let seen = self.steps.iter().any(|step| step.entity.det == issuer);
            let known = self.trust.known(at);
            let anchor_fault = known.filter(|known| known.anchor.hi != entity.hi).map(|_| Fault::OtherAnchor);
            if issuer == at {
                let signer = Signer { det: at, hi: &entity.hi, class: Some(class_of(&entity.certificate)) };
                let fault = certificate::check(&entity.certificate, &signer, self.conditions.at).err();
                self.links.push(certificate_link(at, at, fault));
            }
            self.steps.push(Step { published, entity });
            if let Some(known) = known {
                self.links.push(Link {
                    parent: Some(at),
                    child: at,
                    kind: LinkKind::Anchor,
                    fault: anchor_fault,
                });
                // All links are turned round at the end.
                self.links.extend(known.path.iter().rev().cloned());
                return Root::Anchored(known.clone());
            }
            if issuer == at {
                return Root::SelfSigned(at);
            }
            if seen || self.steps.len() >= MAX_DEPTH {
                let fault = Fault::Endless(format!("{} certificates and no root", self.steps.len()));
                self.links.push(certificate_link(issuer, at, Some(fault)));
                return Root::Broken;
            }
            published = match self.lookup.records(issuer) {
                Ok(published) => published,
                Err(error) => {
                    self.links.push(certificate_link(issuer, at, Some(lookup_fault(issuer, error))));
                    return Root::Broken;
                }
            };
            at = issuer;
        }
    }

    /// Check the BRID records of every DET on the way, the top's first.
    fn endorsements(&mut self) -> Vec<Vec<Endorsement>> {
        let mut keys: Keys = self.steps.iter().map(|step| (step.entity.det, step.entity.hi)).collect();
        keys.extend(self.trust.everybody().map(|known| (known.anchor.det, known.anchor.hi)));
        let mut runs: Vec<Vec<Endorsement>> = Vec::new();
        for step in &self.steps {
            let mut links = Vec::new();
            let run = brid::check(
                step.entity.det,
                &step.entity.hi,
                Some(step.entity.issuer()),
                &step.published.brid,
                &keys,
                self.trust.bridges(),
                self.conditions,
                &mut links,
            );
            // What an authority publishes stands in the chain below it too: the same endorsement is told once.
            let told = |at: usize, link: &Link| {
                let same = |before: &Endorsement| Some(before) == run.get(at);
                link.kind == LinkKind::Endorsement && link.fault.is_none() && runs.iter().flatten().any(same)
            };
            let links: Vec<Link> = links
                .into_iter()
                .enumerate()
                .filter(|(at, link)| !told(*at, link))
                .map(|(_, link)| link)
                .collect();
            // The links of one record are in chain order already; all are turned round at the end.
            self.links.splice(0..0, links.into_iter().rev());
            if !run.is_empty() {
                runs.push(run);
            }
        }
        runs
    }

    /// Whether a run begins at somebody on the way, whose own certificate and endorsement speak for them. That is enough for an
    /// authority, which publishes no more than what the level above says of it; what is none brings its whole chain.
    fn is_of_the_way(&self, det: Det, run: &[Endorsement]) -> bool {
        let (Some(first), Some(last)) = (run.first(), run.last()) else { return false };
        let is_authority = self.steps.iter().any(|step| {
            step.entity.det == last.child && class_of(&step.entity.certificate) != DetClass::Operational
        });
        let on_the_way = self.steps.iter().any(|step| step.entity.det == first.parent);
        on_the_way && (last.child != det || is_authority)
    }

    fn finish(mut self, det: Det, root: Root, runs: &[Vec<Endorsement>]) -> Report {
        self.links.reverse();
        let success = match &root {
            Root::Anchored(known) => {
                let anchor = &known.anchor;
                let loose = runs.iter().filter(|run| !reaches(run, anchor) && !self.is_of_the_way(det, run));
                let loose: Vec<_> = loose.map(|run| unanchored_run(run, anchor)).collect();
                self.links.extend(loose);
                let count = self.links.iter().filter(|link| link.kind == LinkKind::Endorsement).count();
                let certificates =
                    self.links.iter().filter(|link| link.kind == LinkKind::Certificate).count();
                let reason = format!(
                    "{certificates} certificates and {count} endorsements hold, from {det} up to the trust anchor {}{}",
                    anchor.det,
                    over(known)
                );
                (State::Registered, reason)
            }
            Root::SelfSigned(root) if self.trust.has_no_anchor() => (
                State::Unanchored,
                format!("every link holds up to the self-signed {root}, but no trust anchor was given"),
            ),
            Root::SelfSigned(root) => {
                // What was brought along for this very root and does not count is the reason to give.
                self.links.extend(self.trust.refusals_of(*root).cloned());
                let mut reason = format!("every link holds, but {}", Fault::AnchorNotReached { root: *root });
                for (det, why) in &self.unasked {
                    reason.push_str(&format!("; whom {det} endorsed could not be asked: {why}"));
                }
                (State::Unanchored, reason)
            }
            Root::Broken => (State::BrokenLink, "the chain does not reach a root".to_owned()),
        };
        Report::judge(self.links, success)
    }
}

/// Over which way somebody is trusted who is no anchor given.
fn over(known: &Known) -> String {
    let Some(first) = known.path.first() else { return String::new() };
    let by = first.parent.unwrap_or(first.child);
    match known.way {
        Way::Given => String::new(),
        Way::Listed => format!(", which is in the trust list of {by}"),
        Way::Crossed => format!(", which {by} endorses"),
        Way::Bridged => {
            let bridge = known.path.last().and_then(|link| link.parent).unwrap_or(by);
            format!(", which the bridge {bridge} endorses that {by} trusts")
        }
        Way::Cached => ", which the offline cache vouches for".to_owned(),
    }
}

fn certificate_link(parent: Det, child: Det, fault: Option<Fault>) -> Link {
    Link { parent: Some(parent), child, kind: LinkKind::Certificate, fault }
}

fn lookup_fault(parent: Det, error: LookupError) -> Fault {
    match error {
        LookupError::NotRegistered(why) => {
            Fault::ParentUnknown { parent, why: format!("not registered ({why})") }
        }
        LookupError::Unreachable(why) => Fault::Unreachable { det: parent, why },
    }
}

/// Whether the anchor stands in the run, as a parent whose key was used or as a child.
fn reaches(run: &[Endorsement], anchor: &Anchor) -> bool {
    run.iter().any(|endorsement| {
        endorsement.parent == anchor.det
            || (endorsement.child == anchor.det && endorsement.child_hi == anchor.hi)
    })
}

fn unanchored_run(run: &[Endorsement], anchor: &Anchor) -> Link {
    let top = run.first().map_or(anchor.det, |first| first.parent);
    let child = run.last().map_or(anchor.det, |last| last.child);
    Link {
        parent: Some(top),
        child,
        kind: LinkKind::Anchor,
        fault: Some(Fault::AnchorNotReached { root: top }),
    }
}

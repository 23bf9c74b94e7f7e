//! Verifying objects in hand instead of records in DNS: certificates and endorsements in any order.

use std::collections::{BTreeMap, BTreeSet};

use drip_cert::Certificate;
use drip_cert::c509::AnyNative;
use drip_det::Det;
use drip_wire::Endorsement;

use super::Conditions;
use super::anchor::Anchor;
use super::fault::Fault;
use super::ground::{Ground, Object};
use super::report::{Link, LinkKind, Report, State};
use super::trust::{Trust, is_crossing};

/// The objects to verify.
#[derive(Clone, Debug, Default)]
pub struct Objects {
    /// Certificates of any profile, in any order.
    pub certificates: Vec<Certificate>,
    /// The same as native C509 (type 2).
    pub natives: Vec<AnyNative>,
    /// Endorsements, in any order.
    pub endorsements: Vec<Endorsement>,
}

/// Verify objects against each other and the anchors; see [`verify_objects_under`].
pub fn verify_objects(objects: &Objects, anchors: &[Anchor], conditions: &Conditions) -> Report {
    verify_objects_under(objects, &Trust::of_anchors(anchors, conditions.at), conditions)
}

/// Verify objects against each other and those who are trusted.
///
/// Every object must hang from somebody trusted, directly or over other objects; an object whose parent is nowhere to be found is at
/// fault, and one that hangs from a self-signed root nobody vouched for makes the whole [`State::Unanchored`]. Endorsements of one
/// RAA by another count by the rules of [`Trust`].
///
/// What holds is [`State::Trusted`] when it is about authorities alone, and [`State::VerifiedOffline`] when an Operational DET is
/// among it: whether that one is still registered only DNS can say.
pub fn verify_objects_under(objects: &Objects, trust: &Trust, conditions: &Conditions) -> Report {
    if objects.certificates.is_empty() && objects.natives.is_empty() && objects.endorsements.is_empty() {
        return Report::without_links(
            State::BrokenLink,
            "there is neither a certificate nor an endorsement to verify".to_owned(),
        );
    }
    let (crossing, endorsements): (Vec<&Endorsement>, Vec<&Endorsement>) =
        objects.endorsements.iter().partition(|each| is_crossing(each.parent.hid(), each.child.hid()));
    let trust = &trust.with_cross(&crossing.iter().copied().copied().collect::<Vec<_>>());
    let mut links: Vec<Link> = crossing.iter().map(|each| crossing_link(each, trust)).collect();
    let mut ground = Ground::new(trust);
    let waiting: Vec<Object<'_>> = (objects.certificates.iter().map(Object::Certificate))
        .chain(objects.natives.iter().map(Object::Native))
        .chain(endorsements.into_iter().map(Object::Endorsement))
        .collect();
    let children: Vec<Det> = waiting.iter().map(Object::child).collect();
    let parents: BTreeSet<Det> = waiting.iter().map(Object::parent).collect();
    let rest = ground.settle_all(waiting, conditions, &mut links);
    links.extend(rest.iter().map(Object::orphan));
    // Why what was brought along for a parent does not count, and over which way the others are trusted.
    let mut refusals: BTreeMap<Det, Vec<&Link>> = BTreeMap::new();
    for link in trust.refused().iter().filter(|link| parents.contains(&link.child)) {
        refusals.entry(link.child).or_default().push(link);
    }
    let mut told: BTreeSet<_> = links.iter().map(words).collect();
    for parent in parents {
        let more = refusals.remove(&parent).unwrap_or_default().into_iter();
        links.extend(more.filter(|link| told.insert(words(link))).cloned());
        let way = trust.known(parent).map(|known| known.path.as_slice()).unwrap_or_default();
        let new: Vec<Link> = way.iter().filter(|link| told.insert(words(link))).cloned().collect();
        links.splice(0..0, new);
    }
    let operational = children.iter().find(|child| ground.may_be_operational(**child));
    let success = success(&ground, trust, operational, links.len());
    Report::judge(links, success)
}

/// What a link says: two that say the same are one.
fn words(link: &Link) -> (String, Option<String>) {
    (link.to_string(), link.fault.as_ref().map(Fault::to_string))
}

/// What to say when every link holds.
fn success(ground: &Ground<'_>, trust: &Trust, operational: Option<&Det>, count: usize) -> (State, String) {
    match (ground.unanchored.first(), operational) {
        (None, None) => (State::Trusted, format!("{count} links hold up to the trust anchor")),
        (None, Some(det)) => (
            State::VerifiedOffline,
            format!(
                "{count} links hold up to the trust anchor; that {det} is still registered only DNS can confirm"
            ),
        ),
        (Some(root), _) if trust.has_no_anchor() => (
            State::Unanchored,
            format!("every link holds up to the self-signed {root}, but no trust anchor was given"),
        ),
        (Some(root), _) => {
            (State::Unanchored, format!("every link holds, but {}", Fault::AnchorNotReached { root: *root }))
        }
    }
}

/// A cross-endorsement among the objects.
fn crossing_link(endorsement: &Endorsement, trust: &Trust) -> Link {
    let (parent, child) = (endorsement.parent, endorsement.child);
    let fault = trust.fault_of_cross(endorsement);
    Link { parent: Some(parent), child, kind: LinkKind::CrossEndorsement, fault }
}

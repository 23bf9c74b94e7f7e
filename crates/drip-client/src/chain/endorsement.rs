//! A run of Broadcast Endorsements, trust anchor first (RFC 9575 §4.2 and §6.4.2).

use std::collections::BTreeMap;

use drip_det::{Det, HostIdentity, UnixTime};
use drip_wire::{Endorsement, EndorsementError, Epoch};

use super::fault::Fault;
use super::permitted::{self, Steps};
use super::report::{Link, LinkKind};
use super::trust::{Bridges, Crossings};

/// The keys known so far, each proved to belong to its DET.
pub(super) type Keys = BTreeMap<Det, HostIdentity>;

/// Check each endorsement of `run`: it follows on the one before it, its parent's key is known and
/// signed it, its child's key belongs to the child, the pair is permitted, and the time is right.
///
/// Keys that a sound endorsement vouches for join `keys` only for this run: `keys` itself is what DNS,
/// the anchors and the certificates say, and an endorsement that contradicts it is at fault.
pub(super) fn check_run(
    run: &[Endorsement],
    keys: &Keys,
    bridges: &Bridges,
    at: UnixTime,
    links: &mut Vec<Link>,
) {
    let mut vouched: Keys = BTreeMap::new();
    let mut previous: Option<&Endorsement> = None;
    let mut steps = Steps::NONE;
    let mut crossings = Crossings::NONE;
    for endorsement in run {
        let fault = match previous {
            Some(before) if before.child != endorsement.parent => {
                Some(Fault::Discontinuous { previous: before.child })
            }
            _ => check_one(endorsement, keys, &vouched, at)
                .and_then(|()| bridges.check(endorsement.parent, endorsement.child))
                .and_then(|()| crossings.after(endorsement, bridges))
                .map(|after| crossings = after)
                .and_then(|()| steps.down(endorsement.parent, endorsement.child))
                .map(|below| steps = below)
                .err(),
        };
        if fault.is_none() {
            vouched.insert(endorsement.child, endorsement.child_hi);
        }
        links.push(Link {
            parent: Some(endorsement.parent),
            child: endorsement.child,
            kind: LinkKind::Endorsement,
            fault,
        });
        previous = Some(endorsement);
    }
}

/// Check one endorsement with the keys known from elsewhere, and those vouched for by endorsements
/// above it.
pub(super) fn check_one(
    endorsement: &Endorsement,
    keys: &Keys,
    vouched: &Keys,
    at: UnixTime,
) -> Result<(), Fault> {
    endorsement
        .child
        .check(&endorsement.child_hi)
        .map_err(|mismatch| Fault::KeyMismatch(mismatch.to_string()))?;
    if keys.get(&endorsement.child).is_some_and(|known| *known != endorsement.child_hi) {
        return Err(Fault::Disagree { left: "endorsement", right: "HHIT", what: "the child's key" });
    }
    let parent = endorsement.parent;
    let self_endorsed = (parent == endorsement.child).then_some(&endorsement.child_hi);
    let parent_hi =
        keys.get(&parent).or_else(|| vouched.get(&parent)).or(self_endorsed).ok_or_else(|| {
            Fault::ParentUnknown { parent, why: "neither among the records nor among the anchors".to_owned() }
        })?;
    endorsement.verify(parent_hi).map_err(|error| match error {
        EndorsementError::Parent { mismatch, .. } | EndorsementError::Child { mismatch, .. } => {
            Fault::KeyMismatch(mismatch.to_string())
        }
        EndorsementError::Signature { .. } => Fault::Signature { parent },
    })?;
    permitted::check(parent.hid(), endorsement.child.hid(), LinkKind::Endorsement)?;
    check_times(endorsement, at)
}

fn check_times(endorsement: &Endorsement, at: UnixTime) -> Result<(), Fault> {
    if endorsement.epoch() == Epoch::UnixSuspected {
        return Err(Fault::Epoch);
    }
    let not_before = endorsement.vnb.to_unix();
    if at < not_before {
        return Err(Fault::NotYetValid(not_before));
    }
    let not_after = endorsement.vna.to_unix();
    if endorsement.vna != drip_det::DripTime::FOREVER && at > not_after {
        return Err(Fault::Expired(not_after));
    }
    Ok(())
}

//! Finding cross-endorsements in the DNS (draft-ietf-drip-dki, section 5, which leaves open how; this is our way).
//!
//! An RAA publishes the cross-endorsements that it gave in the BRID of its Authorization DET, in its own zone, after the endorsement of
//! itself. So who trusts an RAA looks there: one name, whose DET is the trust anchor. A bridge that is trusted through an anchor is asked
//! after it. Each endorsement is signed by who is trusted already, and needs no word of the DNS for that.

use std::collections::BTreeSet;

use drip_det::Det;

use super::brid;
use super::published::{Lookup, LookupError};
use super::trust::Trust;

/// How many RAAs and bridges are asked at the most.
const MOST_ASKED: usize = 32;

/// What the DNS adds to those trusted.
pub(super) struct Discovered {
    /// Those trusted now.
    pub(super) trust: Trust,
    /// Whom nobody could ask for, and why.
    pub(super) unasked: Vec<(Det, String)>,
}

/// Ask for what the anchors endorsed, then for what the bridges did that this led to.
pub(super) fn discover(lookup: &dyn Lookup, trust: &Trust) -> Discovered {
    let mut found = Discovered { trust: trust.clone(), unasked: Vec::new() };
    let mut asked = BTreeSet::new();
    // Anchors, then bridges: there is no third round.
    for _ in 0..2 {
        let endorsers = found.trust.endorsers();
        let new: Vec<Det> = endorsers.into_iter().filter(|det| !asked.contains(det)).collect();
        let mut edges = Vec::new();
        for det in new {
            if asked.len() >= MOST_ASKED {
                let why = format!("{MOST_ASKED} others were asked before it");
                found.unasked.push((det, why));
                continue;
            }
            asked.insert(det);
            match lookup.records(det) {
                Ok(published) => {
                    edges.extend(brid::crossings(&published).into_iter().filter(|edge| edge.parent == det));
                }
                // Who is not in the DNS has nothing to say there.
                Err(LookupError::NotRegistered(_)) => {}
                Err(LookupError::Unreachable(why)) => found.unasked.push((det, why)),
            }
        }
        found.trust = found.trust.with_cross(&edges);
    }
    found
}

//! Whether zones out of a snapshot say what the store says, asked of some DETs of each.

use crate::{OurFault, follower::Follower};
use dime_store::{State, Store};
use dime_zone::Zones;
use drip_det::Det;

/// How many DETs are asked about, of all zones together, and of one at most.
const OF_ALL: usize = 512;
const OF_ONE: usize = 64;

/// A DET of which zones and store say different things, if one is found. The zones are where the store is.
pub(crate) fn disagreement(
    zones: &Zones,
    follower: &Follower,
    store: &Store,
) -> Result<Option<Det>, OurFault> {
    let summaries = zones.summaries();
    let each = (OF_ALL / summaries.len().max(1)).clamp(1, OF_ONE);
    for summary in summaries.iter().take(OF_ALL) {
        for det in zones.some(summary.cut, each) {
            if !agrees(zones, follower, store, det)? {
                return Ok(Some(det));
            }
        }
    }
    Ok(None)
}

fn agrees(zones: &Zones, follower: &Follower, store: &Store, det: Det) -> Result<bool, OurFault> {
    if let Some(authority) = follower.authorities.find(det) {
        let published = follower.publisher.published_authority(&authority);
        return Ok(authority.status.is_published() && zones.says(&published));
    }
    let Some(record) = store.registration_by_det(det)? else { return Ok(false) };
    // While a renewal is intended, what was published before stays.
    Ok(record.state == State::Registered
        && (record.renewal.is_some()
            || follower.publisher.published(&record).is_some_and(|published| zones.says(&published))))
}

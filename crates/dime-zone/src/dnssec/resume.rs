//! Roll-overs that were cut short between the making of the new key and the writing of the old one's times: by a power cut, a kill, a
//! full disk. The zone is good meanwhile, both keys sign; but the old one would stay for ever, and no other roll-over could begin.

use super::{KeyRole, KeyTimes, RollTiming, ZoneKey, roll::after};
use drip_det::UnixTime;

/// The times that such a roll-over still has to write, by key tag; none where there is none.
///
/// It is recognised by two keys of a role that shall sign and of which neither is ever to end, one younger than the other. Keys that
/// begin at the same moment are somebody's choice.
pub fn unfinished(keys: &[&ZoneKey], timing: &RollTiming, now: UnixTime) -> Vec<(u16, KeyTimes)> {
    let mut changes = of_role(keys, KeyRole::ZoneSigning, |times, successor| {
        // Both have signed since the successor began.
        let handover = successor.activate.unwrap_or(now).max(now);
        let delete = after(handover, timing.retirement());
        KeyTimes { inactive: Some(handover), delete: Some(delete), ..times }
    });
    changes.extend(of_role(keys, KeyRole::KeySigning, |times, successor| {
        let sync = successor.sync_publish.unwrap_or_else(|| after(now, timing.publication())).max(now);
        KeyTimes { sync_publish: times.sync_publish.or(Some(now)), sync_delete: Some(sync), ..times }
    }));
    changes
}

fn of_role(
    keys: &[&ZoneKey],
    role: KeyRole,
    end: impl Fn(KeyTimes, &KeyTimes) -> KeyTimes,
) -> Vec<(u16, KeyTimes)> {
    let endless = |key: &&&ZoneKey| {
        let KeyTimes { activate, inactive, delete, sync_delete, .. } = key.times;
        key.role() == role && activate.is_some() && [inactive, delete, sync_delete] == [None; 3]
    };
    let keys: Vec<_> = keys.iter().filter(endless).collect();
    let Some(successor) = keys.iter().max_by_key(|key| key.times.activate) else { return Vec::new() };
    let older = keys.iter().filter(|key| key.times.activate < successor.times.activate);
    older.map(|key| (key.tag(), end(key.times, &successor.times))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dnssec::{NewKey, first_keys, roll_ksk, roll_zsk};

    const TIMING: RollTiming =
        RollTiming { dnskey_ttl: 100, max_ttl: 500, propagation: 10, ds_ttl: 1000, parent_propagation: 20 };
    const NOW: UnixTime = UnixTime(10_000);

    fn make(seed: u8, new: NewKey) -> ZoneKey {
        ZoneKey::from_seed(&[seed; 32], new.role, new.times)
    }

    #[test]
    fn goes_on_where_it_was_cut_short() {
        let keys = [
            make(1, first_keys(KeyRole::KeySigning, UnixTime(0))),
            make(2, first_keys(KeyRole::ZoneSigning, UnixTime(0))),
        ];
        let settled: Vec<&ZoneKey> = keys.iter().collect();
        assert_eq!(unfinished(&settled, &TIMING, NOW), []);
        for (role, plan) in [
            (KeyRole::ZoneSigning, roll_zsk(&settled, &TIMING, NOW)),
            (KeyRole::KeySigning, roll_ksk(&settled, &TIMING, NOW)),
        ] {
            let plan = plan.unwrap();
            let new = make(3, plan.new);
            let cut: Vec<&ZoneKey> = keys.iter().chain([&new]).collect();
            // At once, it is the same as if nothing had happened; late, no signature is dropped before caches have forgotten it.
            assert_eq!(unfinished(&cut, &TIMING, NOW), plan.changes, "{role}");
            let late = UnixTime(20_000);
            let [(tag, times)] = unfinished(&cut, &TIMING, late).try_into().unwrap();
            assert_eq!(tag, plan.changes[0].0);
            if role == KeyRole::ZoneSigning {
                assert_eq!((times.inactive, times.delete), (Some(late), Some(UnixTime(20_510))));
            } else {
                assert_eq!((times.sync_delete, times.inactive), (Some(late), None));
            }
        }
        let twins =
            [make(4, first_keys(KeyRole::ZoneSigning, NOW)), make(5, first_keys(KeyRole::ZoneSigning, NOW))];
        assert_eq!(unfinished(&twins.iter().collect::<Vec<_>>(), &TIMING, NOW), []);
    }
}

//! Roll-over plans: which times to write into which keys (RFC 6781, section 4.1; timing of RFC 7583).
//!
//! ZSK, pre-publication (RFC 7583, section 3.2.1): the new key is published, and signs once every cache can have it; the old one stays
//! published until no cache can have its signatures.
//!
//! ```text
//!  new   publish ──Dprp + TTLkey──► activate ─────────────────────────►
//!  old   ─────────────────────────► inactive ──Dprp + max TTL──► delete
//! ```
//!
//! KSK, double signature (section 3.3.2, "Double-KSK"): both sign the DNSKEY set; CDS asks for the new DS once every cache can have the
//! new key; when the zone above has it, the old key stays until no cache can have the old DS. A combined signing key rolls in the same
//! way, both keys signing everything meanwhile.
//!
//! ```text
//!  new   publish, activate ──Dprp + TTLkey──► CDS ─────────────────────────────────────────►
//!  old   ───────────────────────────────────► no CDS   DS changed ──DprpP + TTLds──► inactive, delete
//! ```

use super::{KeyRole, KeyTimes, ZoneKey};
use drip_det::UnixTime;

/// The delays that a roll-over waits for, in seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RollTiming {
    /// TTL of the DNSKEY set (TTLkey).
    pub dnskey_ttl: u32,
    /// The greatest TTL in the zone (TTLsig).
    pub max_ttl: u32,
    /// Until every server of the zone has a change (Dprp).
    pub propagation: u64,
    /// TTL of the DS set above (TTLds).
    pub ds_ttl: u32,
    /// Until every server of the zone above has a change (DprpP).
    pub parent_propagation: u64,
}

/// A key to be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NewKey {
    /// What it is for.
    pub role: KeyRole,
    /// Its times.
    pub times: KeyTimes,
}

/// A roll-over: a key to be made, and new times of keys that are there, by tag.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Roll {
    /// The successor.
    pub new: NewKey,
    /// The others.
    pub changes: Vec<(u16, KeyTimes)>,
}

/// Why there is no roll-over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RollError {
    /// There is nothing to replace.
    #[error("the zone has no active {0} to replace")]
    NoKey(KeyRole),
    /// One roll-over at a time.
    #[error("a roll-over is under way: {role} {tag:05} is neither long in use nor gone")]
    UnderWay {
        /// Of which keys.
        role: KeyRole,
        /// The key that says so.
        tag: u16,
    },
    /// The zone above has nothing new to have.
    #[error("no KSK is being replaced")]
    NothingNew,
    /// Not every cache can have the new key yet.
    #[error("the new DS may not be in the zone above before {0}")]
    Early(UnixTime),
}

impl RollTiming {
    /// How long a new key is published before it is relied on (Ipub).
    pub(super) fn publication(&self) -> u64 {
        self.propagation + u64::from(self.dnskey_ttl)
    }

    /// How long signatures of a key that no longer signs may be in caches.
    pub(super) fn retirement(&self) -> u64 {
        self.propagation + u64::from(self.max_ttl.max(self.dnskey_ttl))
    }
}

pub(super) fn after(now: UnixTime, seconds: u64) -> UnixTime {
    UnixTime(now.0.saturating_add(seconds))
}

/// A key that is used at once: for a zone that is not signed yet.
pub fn first_keys(role: KeyRole, now: UnixTime) -> NewKey {
    let sync_publish = (role == KeyRole::KeySigning).then_some(now);
    let times = KeyTimes {
        created: Some(now),
        publish: Some(now),
        activate: Some(now),
        sync_publish,
        ..KeyTimes::default()
    };
    NewKey { role, times }
}

/// The active keys of a role; an error if any key of the role is on its way in or out.
fn settled(keys: &[&ZoneKey], role: KeyRole, now: UnixTime) -> Result<Vec<(u16, KeyTimes)>, RollError> {
    let mut active = Vec::new();
    for key in keys.iter().filter(|key| key.role() == role) {
        let gone = key.times.delete.is_some_and(|time| time <= now);
        let unused = key.times.publish.is_none() && key.times.activate.is_none();
        if gone || unused {
            continue;
        }
        if !key.times.is_active(now) || key.times.inactive.is_some() || !active.is_empty() {
            return Err(RollError::UnderWay { role, tag: key.tag() });
        }
        active.push((key.tag(), key.times));
    }
    if active.is_empty() { Err(RollError::NoKey(role)) } else { Ok(active) }
}

/// Whether the ZSK has served its time, counted so that its successor takes over at its end.
pub fn zsk_is_due(keys: &[&ZoneKey], lifetime: u64, timing: &RollTiming, now: UnixTime) -> bool {
    let Ok(active) = settled(keys, KeyRole::ZoneSigning, now) else { return false };
    let due = |times: &KeyTimes| {
        times.activate.is_some_and(|since| after(since, lifetime) <= after(now, timing.publication()))
    };
    active.iter().any(|(_, times)| due(times))
}

/// Replaces the ZSK by pre-publication; runs by itself to its end.
pub fn roll_zsk(keys: &[&ZoneKey], timing: &RollTiming, now: UnixTime) -> Result<Roll, RollError> {
    let old = settled(keys, KeyRole::ZoneSigning, now)?;
    let handover = after(now, timing.publication());
    let delete = after(handover, timing.retirement());
    let times =
        KeyTimes { created: Some(now), publish: Some(now), activate: Some(handover), ..KeyTimes::default() };
    let retire = |(tag, times)| (tag, KeyTimes { inactive: Some(handover), delete: Some(delete), ..times });
    Ok(Roll {
        new: NewKey { role: KeyRole::ZoneSigning, times },
        changes: old.into_iter().map(retire).collect(),
    })
}

/// Begins to replace the KSK (or the combined key) by double signature. The old key stays until [`parent_has_new_ds`].
pub fn roll_ksk(keys: &[&ZoneKey], timing: &RollTiming, now: UnixTime) -> Result<Roll, RollError> {
    let old = settled(keys, KeyRole::KeySigning, now)?;
    let combined = !keys.iter().any(|key| key.role() == KeyRole::ZoneSigning && key.times.is_active(now));
    // A combined key's signatures must be everywhere too before the zone above relies on it alone.
    let wait = if combined { timing.publication().max(timing.retirement()) } else { timing.publication() };
    let sync = after(now, wait);
    let times = KeyTimes {
        created: Some(now),
        publish: Some(now),
        activate: Some(now),
        sync_publish: Some(sync),
        ..KeyTimes::default()
    };
    // An old key that says nothing of CDS would make the zone above keep its DS by default: from now on it does.
    let replaced = |(tag, times): (u16, KeyTimes)| {
        (tag, KeyTimes { sync_publish: times.sync_publish.or(Some(now)), sync_delete: Some(sync), ..times })
    };
    Ok(Roll {
        new: NewKey { role: KeyRole::KeySigning, times },
        changes: old.into_iter().map(replaced).collect(),
    })
}

/// Ends the replacement of the KSK: the zone above has had the new DS, and not the old one, since `now`.
pub fn parent_has_new_ds(
    keys: &[&ZoneKey],
    timing: &RollTiming,
    now: UnixTime,
) -> Result<Vec<(u16, KeyTimes)>, RollError> {
    let ksks = || keys.iter().filter(|key| key.role() == KeyRole::KeySigning && key.times.is_active(now));
    let replaced: Vec<_> =
        ksks().filter(|key| key.times.sync_delete.is_some() && key.times.inactive.is_none()).collect();
    let successor = ksks().find(|key| key.times.sync_publish.is_some() && key.times.sync_delete.is_none());
    let (Some(successor), false) = (successor, replaced.is_empty()) else {
        return Err(RollError::NothingNew);
    };
    if let Some(sync) = successor.times.sync_publish.filter(|sync| *sync > now) {
        return Err(RollError::Early(sync));
    }
    let end = after(now, timing.parent_propagation + u64::from(timing.ds_ttl));
    Ok(replaced
        .into_iter()
        .map(|key| (key.tag(), KeyTimes { inactive: Some(end), delete: Some(end), ..key.times }))
        .collect())
}

/// Ends the replacement of a KSK ahead, where the zone above follows CDS by itself: it has the new DS from then on.
pub fn parent_follows(mut roll: Roll, timing: &RollTiming) -> Roll {
    let Some(sync) = roll.new.times.sync_publish else { return roll };
    let end = after(sync, timing.parent_propagation + u64::from(timing.ds_ttl));
    for (_, times) in roll.changes.iter_mut().filter(|(_, times)| times.sync_delete.is_some()) {
        times.inactive = earlier(times.inactive, end);
        times.delete = earlier(times.delete, end);
    }
    roll
}

/// Replaces all keys of a role, whatever roll-over is under way: one may be in wrong hands (RFC 6781, section 4.2). The chain of trust
/// stays whole: who verifies with what a cache has still can.
///
/// A new ZSK signs at once beside the others, which go together once no cache can be without the new one's signatures (double
/// signature, RFC 7583, section 3.2.2). A new KSK takes over as in [`roll_ksk`]. Keys that were published ahead and have signed nothing
/// go at once.
pub fn replace_compromised(
    keys: &[&ZoneKey],
    role: KeyRole,
    timing: &RollTiming,
    now: UnixTime,
) -> Result<Roll, RollError> {
    let used = |key: &&&ZoneKey| {
        let times = &key.times;
        let gone = times.delete.is_some_and(|time| time <= now);
        key.role() == role && !gone && (times.publish.is_some() || times.activate.is_some())
    };
    let old: Vec<_> = keys.iter().filter(used).map(|key| (key.tag(), key.times)).collect();
    if !old.iter().any(|(_, times)| times.is_active(now)) {
        return Err(RollError::NoKey(role));
    }
    let mut times =
        KeyTimes { created: Some(now), publish: Some(now), activate: Some(now), ..KeyTimes::default() };
    let combined = !keys.iter().any(|key| key.role() == KeyRole::ZoneSigning && key.times.is_active(now));
    let end = match role {
        KeyRole::KeySigning if !combined => after(now, timing.publication()),
        KeyRole::KeySigning | KeyRole::ZoneSigning => after(now, timing.retirement()),
    };
    times.sync_publish = (role == KeyRole::KeySigning).then_some(end);
    let replaced = |(tag, times): (u16, KeyTimes)| {
        let never_signed = times.activate.is_none_or(|activate| activate > now);
        let times = match role {
            _ if never_signed => KeyTimes { inactive: Some(now), delete: Some(now), ..times },
            // One that a roll-over would have silenced sooner is still needed: caches may lack the new key.
            KeyRole::ZoneSigning if times.is_active(now) => {
                KeyTimes { inactive: Some(end), delete: Some(end), ..times }
            }
            KeyRole::ZoneSigning => KeyTimes { delete: earlier(times.delete, end), ..times },
            KeyRole::KeySigning => KeyTimes {
                sync_publish: times.sync_publish.or(Some(now)),
                sync_delete: earlier(times.sync_delete, end),
                ..times
            },
        };
        (tag, times)
    };
    Ok(Roll { new: NewKey { role, times }, changes: old.into_iter().map(replaced).collect() })
}

fn earlier(known: Option<UnixTime>, time: UnixTime) -> Option<UnixTime> {
    Some(known.map_or(time, |known| known.min(time)))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TIMING: RollTiming =
        RollTiming { dnskey_ttl: 100, max_ttl: 500, propagation: 10, ds_ttl: 1000, parent_propagation: 20 };
    const NOW: UnixTime = UnixTime(10_000);

    fn make(seed: u8, new: NewKey) -> ZoneKey {
        ZoneKey::from_seed(&[seed; 32], new.role, new.times)
    }

    fn apply(mut keys: Vec<ZoneKey>, changes: Vec<(u16, KeyTimes)>) -> Vec<ZoneKey> {
        for (tag, times) in changes {
            keys.iter_mut().find(|key| key.tag() == tag).unwrap().times = times;
        }
        keys
    }

    fn all(keys: &[ZoneKey]) -> Vec<&ZoneKey> {
        keys.iter().collect()
    }

    #[test]
    fn zsk_by_pre_publication() {
        let keys = vec![make(1, first_keys(KeyRole::ZoneSigning, UnixTime(0)))];
        assert!(!zsk_is_due(&all(&keys), 10_111, &TIMING, NOW));
        assert!(zsk_is_due(&all(&keys), 10_110, &TIMING, NOW));
        let roll = roll_zsk(&all(&keys), &TIMING, NOW).unwrap();
        let (tag, old) = roll.changes[0];
        assert_eq!(tag, keys[0].tag());
        let new = roll.new.times;
        assert_eq!((new.publish, new.activate, new.inactive), (Some(NOW), Some(UnixTime(10_110)), None));
        assert_eq!((old.inactive, old.delete), (Some(UnixTime(10_110)), Some(UnixTime(10_620))));
        let mut keys = apply(keys, roll.changes);
        keys.push(make(2, roll.new));
        for now in [10_000, 10_109, 10_110, 10_619] {
            let again = roll_zsk(&all(&keys), &TIMING, UnixTime(now));
            assert!(matches!(again, Err(RollError::UnderWay { .. })), "at {now}");
            let active = keys.iter().filter(|key| key.times.is_active(UnixTime(now))).count();
            assert_eq!(active, 1, "at {now}");
        }
        assert!(roll_zsk(&all(&keys), &TIMING, UnixTime(10_620)).is_ok());
    }

    #[test]
    fn ksk_by_double_signature() {
        let keys = vec![
            make(1, first_keys(KeyRole::KeySigning, UnixTime(0))),
            make(2, first_keys(KeyRole::ZoneSigning, UnixTime(0))),
        ];
        let early = parent_has_new_ds(&all(&keys), &TIMING, NOW);
        assert_eq!(early, Err(RollError::NothingNew));
        let roll = roll_ksk(&all(&keys), &TIMING, NOW).unwrap();
        let sync = UnixTime(10_110);
        assert_eq!((roll.new.times.activate, roll.new.times.sync_publish), (Some(NOW), Some(sync)));
        assert_eq!((roll.changes[0].1.sync_delete, roll.changes[0].1.inactive), (Some(sync), None));
        let mut keys = apply(keys, roll.changes);
        keys.push(make(3, roll.new));
        assert!(matches!(roll_ksk(&all(&keys), &TIMING, NOW), Err(RollError::UnderWay { .. })));
        assert_eq!(parent_has_new_ds(&all(&keys), &TIMING, NOW), Err(RollError::Early(sync)));
        let later = UnixTime(20_000);
        let changes = parent_has_new_ds(&all(&keys), &TIMING, later).unwrap();
        assert_eq!(changes.len(), 1);
        assert_eq!((changes[0].0, changes[0].1.delete), (keys[0].tag(), Some(UnixTime(21_020))));
        let keys = apply(keys, changes);
        assert!(keys[0].times.is_active(UnixTime(21_019)) && !keys[0].times.is_published(UnixTime(21_020)));
        assert_eq!(parent_has_new_ds(&all(&keys), &TIMING, UnixTime(22_000)), Err(RollError::NothingNew));
    }

    /// Whatever is under way, the new ZSK signs at once, and each of the others signs until caches have the new one's signatures.
    #[test]
    fn a_compromised_zsk() {
        let keys = vec![make(1, first_keys(KeyRole::ZoneSigning, UnixTime(0)))];
        let roll = roll_zsk(&all(&keys), &TIMING, NOW).unwrap();
        let mut keys = apply(keys, roll.changes);
        keys.push(make(2, roll.new));
        let now = UnixTime(10_050);
        let roll = replace_compromised(&all(&keys), KeyRole::ZoneSigning, &TIMING, now).unwrap();
        assert_eq!(roll.new.times.activate, Some(now));
        let mut keys = apply(keys, roll.changes);
        keys.push(make(3, roll.new));
        let end = UnixTime(now.0 + 510);
        for time in (now.0..end.0).step_by(10).map(UnixTime) {
            assert!(keys[0].times.is_active(time) && keys[2].times.is_active(time), "at {time}");
            assert!(!keys[1].times.is_published(time), "it had not signed anything");
        }
        assert!(!keys[0].times.is_published(end) && keys[2].times.is_active(end));
        assert!(roll_zsk(&all(&keys), &TIMING, end).is_ok(), "nothing is under way any more");
        let none = replace_compromised(&all(&keys), KeyRole::KeySigning, &TIMING, end);
        assert_eq!(none, Err(RollError::NoKey(KeyRole::KeySigning)));
    }

    /// At every moment there is one key or more that CDS asks for, and each of them signs.
    #[test]
    fn a_compromised_ksk() {
        let begin = vec![
            make(1, first_keys(KeyRole::KeySigning, UnixTime(0))),
            make(2, first_keys(KeyRole::ZoneSigning, UnixTime(0))),
        ];
        let roll = roll_ksk(&all(&begin), &TIMING, NOW).unwrap();
        let mut keys = apply(begin, roll.changes);
        keys.push(make(3, roll.new));
        for at in [10_000, 10_050, 10_110, 10_500] {
            let now = UnixTime(at);
            let roll = replace_compromised(&all(&keys), KeyRole::KeySigning, &TIMING, now).unwrap();
            let changes = parent_follows(roll, &TIMING);
            let mut keys = apply(keys.iter().map(clone).collect(), changes.changes);
            keys.push(make(4, changes.new));
            let mut asked = Vec::new();
            for time in (at..at + 2_000).step_by(10).map(UnixTime) {
                let synced: Vec<_> = keys.iter().filter(|key| key.times.is_synced(time)).collect();
                assert!(
                    !synced.is_empty() && synced.iter().all(|key| key.times.is_active(time)),
                    "at {time}"
                );
                asked = synced.iter().map(|key| key.tag()).collect();
            }
            assert_eq!(asked, [keys[3].tag()]);
            assert!(roll_ksk(&all(&keys), &TIMING, UnixTime(at + 2_000)).is_ok());
        }
    }

    fn clone(key: &ZoneKey) -> ZoneKey {
        ZoneKey::from_seed(&key.seed(), key.role(), key.times)
    }

    #[test]
    fn a_combined_key_waits_for_its_signatures_too() {
        let keys = vec![make(1, first_keys(KeyRole::KeySigning, UnixTime(0)))];
        let roll = roll_ksk(&all(&keys), &TIMING, NOW).unwrap();
        assert_eq!(roll.new.times.sync_publish, Some(UnixTime(10_510)));
        assert_eq!(roll_zsk(&all(&keys), &TIMING, NOW), Err(RollError::NoKey(KeyRole::ZoneSigning)));
    }
}

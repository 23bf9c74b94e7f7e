//! The keys of zones, as commands and the running node handle them: made from the machine's randomness, rolled over by the
//! configuration's delays.

use std::path::Path;

use dime_zone::Name;
use dime_zone::dnssec::{
    Algorithm, KeyFolder, KeyRole, KeyTimes, NewKey, Roll, RollError, RollTiming, ZoneKey, first_keys,
    roll_zsk, unfinished, zsk_is_due,
};
use drip_det::{Hda, Hid, Raa, UnixTime, ZoneCut};

use crate::config::Config;
use crate::node::offline;
use crate::outcome::Failure;

/// Which keys a zone begins with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Keys {
    /// A key-signing and a zone-signing key.
    Split,
    /// One key for both.
    Combined,
}

/// The name of a zone.
pub(crate) fn name_of(cut: ZoneCut) -> Name {
    Name::of_nibbles(cut.prefix(), cut.prefix_bits() / 4)
}

/// Make the first keys of a zone, used at once; none where it has some. Returns the tags of the keys made.
pub(crate) fn make_first(
    folder: &KeyFolder,
    zone: &Name,
    keys: Keys,
    algorithm: Algorithm,
    now: UnixTime,
) -> Result<Vec<u16>, Failure> {
    let _others_wait = folder.lock().map_err(Failure::unable)?;
    if !folder.load(zone).map_err(Failure::unable)?.is_empty() {
        return Ok(Vec::new());
    }
    let roles: &[KeyRole] = match keys {
        Keys::Split => &[KeyRole::KeySigning, KeyRole::ZoneSigning],
        Keys::Combined => &[KeyRole::KeySigning],
    };
    roles.iter().map(|role| make(folder, zone, first_keys(*role, now), algorithm)).collect()
}

/// Make the first keys of the zones of an Apex or RAA whose configuration is in a data directory, where they have none.
pub(crate) fn prepare(dir: &Path, cuts: &[ZoneCut], now: UnixTime) -> Result<(), Failure> {
    let folder = offline::settings(dir)?.dnssec.folder();
    cuts.iter().try_for_each(|cut| {
        make_first(&folder, &name_of(*cut), Keys::Split, Algorithm::default(), now).map(|_| ())
    })
}

/// The zones that must be signed of an Apex or RAA; an HDA's need not be.
pub(crate) fn zones_of(hid: Hid) -> Vec<ZoneCut> {
    match (hid.raa, hid.hda) {
        (Raa::APEX, _) => vec![ZoneCut::Apex],
        (raa, Hda::OF_RAA) => ZoneCut::raa_zones(raa).to_vec(),
        _ => Vec::new(),
    }
}

/// Make one key. A key whose tag another key of the zone has is thrown away: verifiers would have to try both.
fn make(folder: &KeyFolder, zone: &Name, new: NewKey, algorithm: Algorithm) -> Result<u16, Failure> {
    let taken: Vec<u16> = folder.load(zone).map_err(Failure::unable)?.iter().map(ZoneKey::tag).collect();
    let key = loop {
        let mut seed = zeroize::Zeroizing::new([0; 32]);
        getrandom::fill(seed.as_mut()).map_err(Failure::unable)?;
        match ZoneKey::of_algorithm(algorithm, &seed, new.role, new.times) {
            Some(key) if !taken.contains(&key.tag()) => break key,
            _ => {}
        }
    };
    folder.create(zone, &key).map_err(Failure::unable)?;
    Ok(key.tag())
}

/// Plan and begin a roll-over; returns the new key's tag.
pub(crate) fn roll(
    folder: &KeyFolder,
    zone: &Name,
    timing: &RollTiming,
    now: UnixTime,
    plan: impl FnOnce(&[&ZoneKey], &RollTiming, UnixTime) -> Result<Roll, RollError>,
) -> Result<u16, Failure> {
    let _others_wait = folder.lock().map_err(Failure::unable)?;
    let keys = folder.load(zone).map_err(Failure::unable)?;
    let roll = plan(&keys.iter().collect::<Vec<_>>(), timing, now)
        .map_err(|error| Failure::No(format!("zone {zone}: {error}")))?;
    // An algorithm is changed otherwise than by a roll-over: each must sign the whole zone (RFC 6781, section 4.1.4).
    let like = keys.iter().filter(|key| key.role() == roll.new.role && key.times.is_active(now));
    let algorithm = like.map(ZoneKey::algorithm).next().unwrap_or_default();
    // The new key first: what is cut short here leaves one key too many, not one too few.
    let tag = make(folder, zone, roll.new, algorithm)?;
    set_times(folder, zone, roll.changes)?;
    Ok(tag)
}

/// Write other times into keys.
pub(crate) fn set_times(
    folder: &KeyFolder,
    zone: &Name,
    changes: Vec<(u16, KeyTimes)>,
) -> Result<(), Failure> {
    changes
        .into_iter()
        .try_for_each(|(tag, times)| folder.set_times(zone, tag, times).map_err(Failure::unable))
}

/// Go on with roll-overs of a zone that were cut short; returns how many keys got other times.
pub(crate) fn finish_rolls(config: &Config, cut: ZoneCut, now: UnixTime) -> Result<usize, Failure> {
    let (folder, zone) = (config.dnssec.folder(), name_of(cut));
    let timing = config.dnssec.timing(&config.publication, None);
    let changes = || -> Result<_, Failure> {
        let keys = folder.load(&zone).map_err(Failure::unable)?;
        Ok(unfinished(&keys.iter().collect::<Vec<_>>(), &timing, now))
    };
    if changes()?.is_empty() {
        return Ok(0);
    }
    // Not one that is just being written.
    let _others_wait = folder.lock().map_err(Failure::unable)?;
    let changes = changes()?;
    let count = changes.len();
    set_times(&folder, &zone, changes)?;
    Ok(count)
}

/// Begin to replace the zone-signing key of a zone, if it has served the configured lifetime.
pub(crate) fn roll_zsk_if_due(config: &Config, cut: ZoneCut, now: UnixTime) -> Result<Option<u16>, Failure> {
    let lifetime = config.dnssec.zsk_lifetime.seconds;
    let (folder, zone) = (config.dnssec.folder(), name_of(cut));
    let timing = config.dnssec.timing(&config.publication, None);
    if lifetime == 0 {
        return Ok(None);
    }
    let keys = folder.load(&zone).map_err(Failure::unable)?;
    if !zsk_is_due(&keys.iter().collect::<Vec<_>>(), lifetime, &timing, now) {
        return Ok(None);
    }
    // Another server with this folder may have been faster: under way then, and looked at again at the next time.
    roll(&folder, &zone, &timing, now, roll_zsk).map(Some)
}

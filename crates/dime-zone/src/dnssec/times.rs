//! When a key is published and when it signs: the timing metadata of BIND's key files, all in UTC.

use core::fmt::Write;
use drip_det::UnixTime;
use time::{Date, Month, PrimitiveDateTime, Time};

/// The moments of a key's life. What is not set does not happen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct KeyTimes {
    /// When it was made.
    pub created: Option<UnixTime>,
    /// From when it is in the DNSKEY set.
    pub publish: Option<UnixTime>,
    /// From when it signs.
    pub activate: Option<UnixTime>,
    /// From when it no longer signs.
    pub inactive: Option<UnixTime>,
    /// From when it is no longer in the DNSKEY set.
    pub delete: Option<UnixTime>,
    /// From when CDS and CDNSKEY ask the zone above to vouch for it (RFC 7344).
    pub sync_publish: Option<UnixTime>,
    /// From when they no longer do.
    pub sync_delete: Option<UnixTime>,
}

/// The moments by the names that BIND's files give them.
pub(crate) const FIELDS: [&str; 7] =
    ["Created", "Publish", "Activate", "Inactive", "Delete", "SyncPublish", "SyncDelete"];

impl KeyTimes {
    /// Whether it is in the DNSKEY set. A key that signs is published too, whatever else is said.
    pub fn is_published(&self, now: UnixTime) -> bool {
        (reached(self.publish, now) || reached(self.activate, now)) && !reached(self.delete, now)
    }

    /// Whether it signs.
    pub fn is_active(&self, now: UnixTime) -> bool {
        reached(self.activate, now) && !reached(self.inactive, now) && !reached(self.delete, now)
    }

    /// Whether the zone above is asked to vouch for it.
    pub fn is_synced(&self, now: UnixTime) -> bool {
        reached(self.sync_publish, now) && !reached(self.sync_delete, now) && self.is_published(now)
    }

    /// The next moment after `now`, by its name.
    pub fn next(&self, now: UnixTime) -> Option<(&'static str, UnixTime)> {
        let all = FIELDS.into_iter().zip(self.all());
        all.filter_map(|(name, time)| Some((name, time?)))
            .filter(|(_, time)| *time > now)
            .min_by_key(|(_, time)| *time)
    }

    pub(crate) fn all(&self) -> [Option<UnixTime>; 7] {
        let KeyTimes { created, publish, activate, inactive, delete, sync_publish, sync_delete } = *self;
        [created, publish, activate, inactive, delete, sync_publish, sync_delete]
    }

    pub(crate) fn field(&mut self, name: &str) -> Option<&mut Option<UnixTime>> {
        Some(match name {
            "Created" => &mut self.created,
            "Publish" => &mut self.publish,
            "Activate" => &mut self.activate,
            "Inactive" => &mut self.inactive,
            "Delete" => &mut self.delete,
            "SyncPublish" => &mut self.sync_publish,
            "SyncDelete" => &mut self.sync_delete,
            _ => return None,
        })
    }
}

fn reached(moment: Option<UnixTime>, now: UnixTime) -> bool {
    moment.is_some_and(|moment| moment <= now)
}

/// `YYYYMMDDHHmmSS`, as in RRSIG text (RFC 4034, section 3.2) and in key files.
pub fn compact_time(time: UnixTime) -> String {
    let mut text = String::new();
    // Writing to a string cannot fail.
    let _ = write!(text, "{time}");
    text.retain(|character| character.is_ascii_digit());
    text
}

/// Reads `YYYYMMDDHHmmSS`; `None` where it is no time after 1970.
pub fn parse_compact_time(text: &str) -> Option<UnixTime> {
    if text.len() != 14 || !text.bytes().all(|octet| octet.is_ascii_digit()) {
        return None;
    }
    let number = |range: core::ops::Range<usize>| text.get(range)?.parse::<u16>().ok();
    let small = |range: core::ops::Range<usize>| u8::try_from(number(range)?).ok();
    let month = Month::try_from(small(4..6)?).ok()?;
    let date = Date::from_calendar_date(i32::from(number(0..4)?), month, small(6..8)?).ok()?;
    let time = Time::from_hms(small(8..10)?, small(10..12)?, small(12..14)?).ok()?;
    let seconds = PrimitiveDateTime::new(date, time).assume_utc().unix_timestamp();
    u64::try_from(seconds).ok().map(UnixTime)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_both_ways() {
        for text in ["19700101000000", "20000229235959", "20261122172321", "21000301000000"] {
            assert_eq!(compact_time(parse_compact_time(text).unwrap()), text);
        }
        for wrong in [
            "",
            "2026",
            "20261322172321",
            "20260230000000",
            "2026112217232x",
            "19691231235959",
            "+0261122172321",
        ] {
            assert_eq!(parse_compact_time(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_life() {
        let at = |seconds| Some(UnixTime(seconds));
        let times = KeyTimes {
            created: at(1),
            publish: at(10),
            activate: at(20),
            inactive: at(30),
            delete: at(40),
            sync_publish: at(15),
            sync_delete: at(25),
        };
        let states = [5, 10, 15, 20, 25, 30, 40].map(|now| {
            let now = UnixTime(now);
            (times.is_published(now), times.is_active(now), times.is_synced(now))
        });
        let (no, yes) = (false, true);
        assert_eq!(
            states,
            [
                (no, no, no),
                (yes, no, no),
                (yes, no, yes),
                (yes, yes, yes),
                (yes, yes, no),
                (yes, no, no),
                (no, no, no)
            ]
        );
        assert_eq!(times.next(UnixTime(20)), Some(("SyncDelete", UnixTime(25))));
        assert_eq!(times.next(UnixTime(40)), None);
        assert!(!KeyTimes::default().is_published(UnixTime(9)), "a key that was made and not put to use");
    }
}

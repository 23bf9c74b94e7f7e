//! What one thread or connection has counted since it told the others: plain numbers of its own, so that counting is next to nothing and
//! no two cores ever write to one place for a query.

use crate::{
    Transport,
    counters::{Counters, OfZone, Outcome, add},
    latency::Measured,
};
use drip_det::ZoneCut;
use std::{collections::HashMap, sync::Arc, time::Duration};

const TRANSPORTS: usize = Counters::TRANSPORTS.len();

/// Counts of one thread or connection.
pub(crate) struct Tally {
    counters: Arc<Counters>,
    responses: [[u64; Outcome::COUNT]; TRANSPORTS],
    truncated: u64,
    limited: u64,
    unsent: u64,
    latency: [Measured; TRANSPORTS],
    /// Each zone that answered, in the order they came up.
    zones: Vec<Zone>,
    places: HashMap<ZoneCut, usize>,
    /// The zone that answered last: mostly the next one, too.
    last: usize,
    /// Those with something to tell.
    touched: Vec<usize>,
}

struct Zone {
    cut: ZoneCut,
    counts: [u64; Outcome::COUNT],
    shared: Arc<OfZone>,
    is_touched: bool,
}

impl Tally {
    pub(crate) fn new(counters: Arc<Counters>) -> Self {
        Tally {
            counters,
            responses: [[0; Outcome::COUNT]; TRANSPORTS],
            truncated: 0,
            limited: 0,
            unsent: 0,
            latency: [Measured::default(); TRANSPORTS],
            zones: Vec::new(),
            places: HashMap::new(),
            last: 0,
            touched: Vec::new(),
        }
    }

    /// A response, and the zone that it is from.
    pub(crate) fn answered(&mut self, transport: Transport, outcome: Outcome, zone: Option<ZoneCut>) {
        let of_transport = self.responses.get_mut(transport as usize);
        if let Some(count) = of_transport.and_then(|outcomes| outcomes.get_mut(outcome as usize)) {
            *count += 1;
        }
        let Some(cut) = zone else { return };
        if self.zones.get(self.last).is_none_or(|zone| zone.cut != cut) {
            self.last = self.place_of(cut);
        }
        let Some(zone) = self.zones.get_mut(self.last) else { return };
        if !zone.is_touched {
            zone.is_touched = true;
            self.touched.push(self.last);
        }
        if let Some(count) = zone.counts.get_mut(outcome as usize) {
            *count += 1;
        }
    }

    fn place_of(&mut self, cut: ZoneCut) -> usize {
        if let Some(place) = self.places.get(&cut) {
            return *place;
        }
        let place = self.zones.len();
        let shared = self.counters.of_zone(cut);
        self.zones.push(Zone { cut, counts: [0; Outcome::COUNT], shared, is_touched: false });
        self.places.insert(cut, place);
        place
    }

    pub(crate) fn truncated(&mut self) {
        self.truncated += 1;
    }

    pub(crate) fn limited(&mut self) {
        self.limited += 1;
    }

    pub(crate) fn unsent(&mut self, count: u64) {
        self.unsent += count;
    }

    /// So many responses took so long.
    pub(crate) fn took(&mut self, transport: Transport, responses: u64, duration: Duration) {
        if let Some(measured) = self.latency.get_mut(transport as usize).filter(|_| responses > 0) {
            measured.add(responses, duration);
        }
    }

    /// Tells the others.
    pub(crate) fn flush(&mut self) {
        let Tally { counters, responses, truncated, limited, unsent, .. } = self;
        counters.add_responses(responses);
        counters.add_others(truncated, limited, unsent);
        for ((transport, _), measured) in Counters::TRANSPORTS.iter().zip(&mut self.latency) {
            if let Some(latency) = counters.latency(*transport).filter(|_| measured.seconds > 0.0) {
                latency.add(&measured.buckets, measured.seconds);
                *measured = Measured::default();
            }
        }
        for place in self.touched.drain(..) {
            let Some(zone) = self.zones.get_mut(place) else { continue };
            zone.is_touched = false;
            for (counter, count) in zone.shared.iter().zip(&mut zone.counts) {
                add(counter, count);
            }
        }
    }
}

impl Drop for Tally {
    fn drop(&mut self) {
        self.flush();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use drip_det::{Hid, Raa};

    #[test]
    fn zones_are_counted_each_for_itself() {
        let mut tally = Tally::new(Arc::new(Counters::new()));
        let raa = ZoneCut::raa_zones(Raa::new(16376).unwrap())[0];
        let hda = ZoneCut::hda_of(Hid::from_numbers(16376, 16376).unwrap()).unwrap();
        for (zone, outcome) in [
            (Some(raa), Outcome::Answer),
            (Some(hda), Outcome::Answer),
            (Some(raa), Outcome::NxDomain),
            (None, Outcome::Refused),
            (Some(raa), Outcome::Answer),
        ] {
            tally.answered(Transport::Tcp, outcome, zone);
        }
        let counts = |tally: &Tally, cut| {
            let zone = tally.zones.iter().find(|zone| zone.cut == cut).unwrap();
            [Outcome::Answer, Outcome::NxDomain].map(|outcome| zone.counts[outcome as usize])
        };
        assert_eq!((counts(&tally, raa), counts(&tally, hda)), ([2, 1], [1, 0]));
        assert_eq!(tally.responses[Transport::Tcp as usize].iter().sum::<u64>(), 5);
        tally.flush();
        assert_eq!((counts(&tally, raa), counts(&tally, hda)), ([0, 0], [0, 0]));
        assert!(tally.touched.is_empty() && tally.responses.iter().flatten().all(|count| *count == 0));
        tally.answered(Transport::Udp, Outcome::Answer, Some(hda));
        assert_eq!(counts(&tally, hda), [1, 0]);
    }
}

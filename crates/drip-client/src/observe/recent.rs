//! Messages heard from a transmitter a short while ago, by their hashes: what Manifests are compared with.

use std::collections::VecDeque;

use drip_det::UnixTime;
use drip_wire::broadcast::{Location, Message, MessageHash, MessageType, System};

/// The most that are kept: a Manifest names 11.
const MOST: usize = 128;

/// Whether a message carries data of the moment it was heard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Freshness {
    /// A Location or System message of that moment.
    Fresh,
    /// Anything else.
    Stale,
}

/// Messages in the order in which they were heard.
#[derive(Clone, Debug, Default)]
pub(super) struct Recent(VecDeque<Heard>);

#[derive(Clone, Debug)]
struct Heard {
    hash: MessageHash,
    freshness: Freshness,
    message_type: MessageType,
    covered: bool,
}

impl Recent {
    /// Note octets that were heard: a message, the pages of one, a whole pack.
    pub(super) fn hear(&mut self, octets: &[u8], message_type: MessageType, freshness: Freshness) {
        let hash = MessageHash::of(octets);
        // What is sent again, octet for octet, is heard again.
        self.0.retain(|heard| heard.hash != hash);
        if self.0.len() == MOST {
            self.0.pop_front();
        }
        self.0.push_back(Heard { hash, freshness, message_type, covered: false });
    }

    /// Compare with the hashes of a Manifest: whether something fresh is among those that were heard.
    pub(super) fn freshness(&self, hashes: &[MessageHash]) -> Freshness {
        let fresh = |heard: &Heard| heard.freshness == Freshness::Fresh && hashes.contains(&heard.hash);
        if self.0.iter().any(fresh) { Freshness::Fresh } else { Freshness::Stale }
    }

    /// Note that these are signed.
    pub(super) fn cover(&mut self, hashes: &[MessageHash]) {
        for heard in self.0.iter_mut().filter(|heard| hashes.contains(&heard.hash)) {
            heard.covered = true;
        }
    }

    /// How many messages other than pages are kept, and how many of them are signed.
    pub(super) fn counts(&self) -> (usize, usize) {
        let messages = || self.0.iter().filter(|heard| heard.message_type.can_be_wrapped());
        (messages().count(), messages().filter(|heard| heard.covered).count())
    }
}

/// Whether a message heard at this moment carries data of it, to within `age` seconds.
pub(super) fn freshness(message: &Message, at: UnixTime, age: u64) -> Freshness {
    let distance = match (Location::read(message), System::read(message)) {
        (Some(location), _) => location.seconds_from(at),
        (_, Some(system)) => system.timestamp().map(|time| time.to_unix().0.abs_diff(at.0)),
        _ => None,
    };
    match distance {
        Some(distance) if distance <= age => Freshness::Fresh,
        _ => Freshness::Stale,
    }
}

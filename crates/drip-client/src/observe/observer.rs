//! The observer: takes messages as they are heard, and says of each transmitter how far it is to be believed.

use std::collections::BTreeMap;

use drip_det::{Det, DripTime, UnixTime};
use drip_wire::WireError;
use drip_wire::broadcast::{Message, MessageType, Pack, Page, Sam};

use super::judge::Bench;
use super::keys::KeySource;
use super::links::{Links, Novelty};
use super::reception::{Reception, Transmitter};
use super::track::{Heard, Track};
use super::verdict::Verdict;

/// The most transmitters that are followed; those heard longest ago make room.
const MOST: usize = 1024;

/// How strictly times are taken, all in seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
    /// How far the clocks of UA and observer may be apart.
    pub clock_skew: u64,
    /// How old a Location or System message may be to count as of this moment.
    pub data_age: u64,
    /// The longest validity of evidence that counts. Times in Location messages repeat every hour, so it must be well below that.
    pub longest_validity: u64,
    /// How long pages of one message may take.
    pub page_wait: u64,
    /// How long a finding counts.
    pub memory: u64,
}

impl Default for Settings {
    fn default() -> Self {
        Settings { clock_skew: 5, data_age: 15, longest_validity: 1800, page_wait: 10, memory: 300 }
    }
}

/// An observer with its knowledge of keys.
#[derive(Clone, Debug)]
pub struct Observer<K> {
    keys: K,
    settings: Settings,
    links: Links,
    tracks: BTreeMap<Transmitter, Track>,
    heard: u64,
}

impl<K: KeySource> Observer<K> {
    /// An observer that has heard nothing yet.
    pub fn new(keys: K, settings: Settings) -> Self {
        Observer { keys, settings, links: Links::default(), tracks: BTreeMap::new(), heard: 0 }
    }

    /// What it knows of keys, to teach it more; then [`reconsider`](Self::reconsider).
    pub fn keys_mut(&mut self) -> &mut K {
        &mut self.keys
    }

    /// Hear a message of 25 octets, or a Message Pack.
    ///
    /// # Errors
    ///
    /// Octets that are neither; nothing comes of them.
    pub fn hear(&mut self, reception: &Reception, octets: &[u8]) -> Result<(), WireError> {
        let is_pack = octets.first().is_some_and(|head| MessageType::new(head >> 4) == MessageType::PACK);
        if is_pack {
            self.hear_pack(reception, &Pack::decode(octets)?);
        } else {
            let message = Message::decode(octets)?;
            self.hear_message(reception, &message, None);
        }
        Ok(())
    }

    /// Hear a DRIP format that somebody else has put together of its pages, and their timestamp.
    pub fn hear_sam(&mut self, reception: &Reception, sam: Sam, timestamp: DripTime) {
        let heard = self.track(reception.transmitter).sam(sam, timestamp, reception.at, None);
        self.judge(reception.transmitter, [heard]);
    }

    /// No more will come for now: messages that lack one page are recovered.
    pub fn finish(&mut self, at: UnixTime) {
        let transmitters: Vec<Transmitter> = self.tracks.keys().copied().collect();
        for transmitter in transmitters {
            let heard = self.tracks.get_mut(&transmitter).and_then(|track| track.finish(at));
            self.judge(transmitter, heard);
        }
    }

    /// Judge again what could not be judged: keys have become known.
    pub fn reconsider(&mut self) {
        let Observer { keys, settings, links, tracks, .. } = self;
        let bench = Bench { keys, links, settings };
        tracks.values_mut().for_each(|track| track.reconsider(&bench));
    }

    /// What there is to say of each transmitter at this moment.
    pub fn verdicts(&self, now: UnixTime) -> Vec<Verdict> {
        let earliest = UnixTime(now.0.saturating_sub(self.settings.memory));
        self.tracks.iter().map(|(transmitter, track)| Verdict::of(*transmitter, track, earliest)).collect()
    }

    /// What there is to say of one transmitter.
    pub fn verdict(&self, transmitter: Transmitter, now: UnixTime) -> Option<Verdict> {
        let earliest = UnixTime(now.0.saturating_sub(self.settings.memory));
        self.tracks.get(&transmitter).map(|track| Verdict::of(transmitter, track, earliest))
    }

    /// What there is to say of the transmitters that go by this DET.
    pub fn verdicts_of(&self, det: Det, now: UnixTime) -> Vec<Verdict> {
        self.verdicts(now).into_iter().filter(|verdict| verdict.det == Some(det)).collect()
    }

    fn hear_pack(&mut self, reception: &Reception, pack: &Pack) {
        let is_page = |message: &&Message| message.message_type() == MessageType::AUTHENTICATION;
        // What is signed comes before the signature, wherever it stands in the pack.
        for message in pack.messages().iter().filter(|message| !is_page(message)) {
            self.hear_message(reception, message, None);
        }
        for message in pack.messages().iter().filter(is_page) {
            self.hear_message(reception, message, Some(pack));
        }
        let age = self.settings.data_age;
        self.track(reception.transmitter).pack(pack, reception.at, age);
    }

    fn hear_message(&mut self, reception: &Reception, message: &Message, pack: Option<&Pack>) {
        let Settings { data_age, page_wait, .. } = self.settings;
        let track = self.track(reception.transmitter);
        let heard = match Page::read(message) {
            Some(page) => track.page(&page, reception.at, page_wait, pack),
            None => {
                track.message(message, reception.at, data_age);
                Vec::new()
            }
        };
        self.judge(reception.transmitter, heard);
    }

    fn judge(&mut self, transmitter: Transmitter, heard: impl IntoIterator<Item = Heard>) {
        for heard in heard {
            let mut novelty = Novelty::Known;
            if let Heard::Link(_, link) = &heard
                && link.endorsement.child.check(&link.endorsement.child_hi).is_ok()
            {
                novelty = self.links.hear(&link.endorsement);
            }
            let Observer { keys, settings, links, tracks, .. } = self;
            let bench = Bench { keys, links, settings };
            if let Some(track) = tracks.get_mut(&transmitter) {
                match heard {
                    Heard::Link(at, link) => track.link(&link.endorsement, at, &bench),
                    Heard::Proof(proof) => track.proof(proof, &bench),
                }
            }
            if novelty == Novelty::New {
                tracks.values_mut().for_each(|track| track.reconsider(&bench));
            }
        }
    }

    fn track(&mut self, transmitter: Transmitter) -> &mut Track {
        self.heard += 1;
        let full = self.tracks.len() >= MOST && !self.tracks.contains_key(&transmitter);
        if full && let Some(oldest) = self.tracks.iter().min_by_key(|(_, track)| track.heard) {
            let oldest = *oldest.0;
            self.tracks.remove(&oldest);
        }
        let track = self.tracks.entry(transmitter).or_default();
        track.heard = self.heard;
        track
    }
}

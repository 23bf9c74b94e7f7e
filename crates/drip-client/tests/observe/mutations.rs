//! Two thousand changed objects of each kind, heard beside everything that is right: nothing panics, none is believed.

use std::panic::catch_unwind;

use drip_client::observe::{Reception, Standing, UaState};
use drip_wire::broadcast::{Message, Page, Pages, Progress, Sam};

use crate::radio::{LINKS, NOON, Radio, Ua, knowing, link, location, pages};

const ROUNDS: usize = 2_000;

/// The numbers of an xorshift generator: the same in every run, so that what fails once can be found.
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % limit as u64) as usize
    }
}

/// Bits flipped, octets swapped, pieces cut out, doubled or cut off; never the same as before.
fn change(original: &[u8], dice: &mut Dice) -> Vec<u8> {
    loop {
        let mut octets = original.to_vec();
        for _ in 0..=dice.below(3) {
            let length = octets.len();
            if length < 2 {
                break;
            }
            let (one, other) = (dice.below(length), dice.below(length));
            match dice.below(8) {
                0..=3 => octets[one] ^= 1 << dice.below(8),
                4 => octets.swap(one, other),
                5 => octets.truncate(one),
                6 => {
                    octets.remove(one);
                }
                _ => octets.insert(one, original[other % original.len()]),
            }
        }
        if octets != original {
            return octets;
        }
    }
}

/// An observer that trusts the RAA and has heard the Links, but for those left out, and the messages of this moment.
fn radio(without: &[&str]) -> Radio {
    let mut radio = Radio::new(knowing("raa-auth", Standing::Trusted));
    for name in LINKS.into_iter().filter(|name| !without.contains(name)) {
        radio.sam(NOON, &link(name));
    }
    radio.message(NOON, &Ua::one().basic_id()).message(NOON, &location(NOON));
    radio
}

/// What is heard of data that were changed: the pages are sound, the data are not.
fn hear(radio: &mut Radio, data: Vec<u8>) {
    // Data that fit no authentication message are never heard.
    if (1..=201).contains(&data.len()) {
        for page in pages(NOON, data) {
            radio.message(NOON, &page);
        }
    }
}

fn state(radio: &mut Radio) -> UaState {
    radio.verdict(NOON).state
}

fn none_is_believed(original: &Sam) {
    let data = original.encode();
    let mut sound = radio(&[]);
    hear(&mut sound, data.clone());
    let expected = if matches!(original, Sam::Frame(_)) { UaState::Unverifiable } else { UaState::Trusted };
    assert_eq!(state(&mut sound), expected, "unchanged");
    let prepared = radio(&[]);
    let mut dice = Dice(0x9575);
    for round in 0..ROUNDS {
        let changed = change(&data, &mut dice);
        let mut radio = prepared.clone();
        hear(&mut radio, changed.clone());
        let state = state(&mut radio);
        // A SAM type is covered by no signature: a Wrapper that calls itself a Frame is signed, and says nothing.
        assert!(!state.holds(), "round {round}: {} is {state}", hex::encode(&changed));
    }
}

#[test]
fn wrappers() {
    let ua = Ua::one();
    none_is_believed(&Sam::Wrapper(ua.wrapper(NOON, &[ua.basic_id(), location(NOON)])));
}

#[test]
fn manifests() {
    let mut ua = Ua::one();
    let messages = [ua.basic_id(), location(NOON)];
    none_is_believed(&Sam::Manifest(ua.manifest(NOON, &messages)));
}

#[test]
fn frames() {
    none_is_believed(&Sam::Frame(Ua::one().frame(NOON, &[7; 50])));
}

/// A Link of the chain is changed; then comes a Wrapper that would be trusted under the unchanged one.
#[test]
fn links() {
    let ua = Ua::one();
    let wrapper = Sam::Wrapper(ua.wrapper(NOON, &[ua.basic_id(), location(NOON)]));
    let names = ["hda-auth", "hda-issuing", "ua1"];
    let prepared = names.map(|name| radio(&[name]));
    let mut dice = Dice(0x9574);
    for round in 0..ROUNDS {
        let data = link(names[round % 3]).encode();
        let changed = change(&data, &mut dice);
        if changed.get(1..) == data.get(1..) {
            // Another SAM type: that of a Frame is accepted, as RFC 9575's own example has it. The endorsement is unchanged.
            continue;
        }
        let mut radio = prepared[round % 3].clone();
        hear(&mut radio, changed.clone());
        radio.sam(NOON, &wrapper);
        let state = state(&mut radio);
        assert!(!state.holds(), "round {round}: {} is {state}", hex::encode(&changed));
    }
}

/// Pages are changed: what is trusted then has, octet for octet, the data that the UA signed.
#[test]
fn pages_of_a_wrapper() {
    let ua = Ua::one();
    let data = Sam::Wrapper(ua.wrapper(NOON, &[ua.basic_id(), location(NOON)])).encode();
    let sound: Vec<Message> = pages(NOON, data.clone());
    let stream: Vec<u8> = sound.iter().flat_map(Message::encode).collect();
    let prepared = radio(&[]);
    let mut dice = Dice(0x9573);
    let mut believed = 0;
    for round in 0..ROUNDS {
        let changed = change(&stream, &mut dice);
        let heard: Vec<Message> =
            changed.chunks(Message::LEN).filter_map(|chunk| Message::decode(chunk).ok()).collect();
        let mut radio = prepared.clone();
        for message in &heard {
            let reception = Reception { at: NOON, transmitter: radio.transmitter };
            // What calls itself a pack is none, and is not heard.
            let _ = radio.observer.hear(&reception, message.as_bytes());
        }
        if state(&mut radio).holds() {
            believed += 1;
            assert!(is_heard(&heard, &data), "round {round}: {}", hex::encode(&changed));
        }
    }
    // One changed page of eight is got back by the parity page only where it does not come at all.
    assert!(believed > 0 && believed < ROUNDS / 2, "{believed}");
}

/// Whether the pages give these data, with one of them lost at most.
fn is_heard(messages: &[Message], data: &[u8]) -> bool {
    let all: Vec<Page> = messages.iter().filter_map(Page::read).collect();
    (0..=all.len()).any(|lost| {
        let mut pages = Pages::new();
        for (_, page) in all.iter().enumerate().filter(|(place, _)| *place != lost) {
            if let Ok(Progress::Complete(whole)) = pages.add(page) {
                return whole.message.data() == data;
            }
        }
        pages.recover().is_ok_and(|whole| whole.message.data() == data)
    })
}

/// Octets of any kind, as messages and as packs.
#[test]
fn noise() {
    let mut dice = Dice(0x9572);
    let outcome = catch_unwind(move || {
        let mut radio = radio(&[]);
        for _ in 0..ROUNDS {
            let length = [25, 25, 25, 28, 78, 228, dice.below(300)][dice.below(7)];
            let mut octets: Vec<u8> = (0..length).map(|_| dice.below(256) as u8).collect();
            if let (true, [head, size, count, ..]) = (length > 27, octets.as_mut_slice()) {
                (*head, *size, *count) = (0xf2, 25, ((length - 3) / 25) as u8);
            }
            let reception = Reception { at: NOON, transmitter: radio.transmitter };
            let _ = radio.observer.hear(&reception, &octets);
        }
        state(&mut radio)
    });
    assert!(!outcome.unwrap().holds());
}

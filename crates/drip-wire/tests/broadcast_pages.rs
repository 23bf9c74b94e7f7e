//! Authentication pages: every length, every lost page, every way in which pages can be wrong.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use drip_det::DripTime;
use drip_wire::Fault;
use drip_wire::broadcast::{
    AdditionalData, Assembled, Authentication, AuthenticationType, Message, MessageType, Page, PageError,
    Pages, Progress,
};
use proptest::{collection::vec, prelude::*};

/// Data that are nowhere zero, so that nothing passes for padding.
fn data(length: usize) -> Vec<u8> {
    (0..length).map(|place| (place * 37 % 255 + 1) as u8).collect()
}

fn message(length: usize, additional: AdditionalData) -> Authentication {
    Authentication::new(2, AuthenticationType::SAM, DripTime(235_224_000), data(length), additional).unwrap()
}

fn feed<'a>(pages: &mut Pages, fed: impl IntoIterator<Item = &'a Page>) -> Option<Assembled> {
    let mut whole = None;
    for page in fed {
        if let Progress::Complete(assembled) = pages.add(page).unwrap() {
            assert!(whole.replace(assembled).is_none());
        }
    }
    whole
}

#[test]
fn page_counts_by_the_formula() {
    for length in 1..=201_usize {
        let plain = message(length, AdditionalData::None);
        let count = length.saturating_sub(17).div_ceil(23) + 1;
        assert_eq!(plain.pages().len(), count, "{length}");
        let parity = message(length, AdditionalData::Parity).pages();
        let of_data = (7 + length).div_ceil(23);
        assert_eq!(parity.len(), of_data + 1, "{length}");
        assert_eq!(parity[0].payload()[0] as usize, of_data);
        let additional = parity[(6 + length) / 23].payload()[(6 + length) % 23] as usize;
        assert_eq!(additional, (of_data + 1) * 23 - (7 + length));
    }
    assert_eq!(message(201, AdditionalData::Parity).pages().len(), 11);
    assert_eq!(message(137, AdditionalData::None).pages().len(), 7);
}

/// The law of every decoder, in the terms of pages.
#[test]
fn what_decodes_encodes_and_ends_where_it_ends() {
    let others = [vec![], vec![7], vec![7; 20], vec![7; 60]];
    for length in 1..=201 {
        let fitting = others.iter().filter_map(|octets| {
            let additional = AdditionalData::Other(octets.clone());
            Authentication::new(2, AuthenticationType::SAM, DripTime(1), data(length), additional).ok()
        });
        let ours = [message(length, AdditionalData::None), message(length, AdditionalData::Parity)];
        for value in fitting.chain(ours) {
            let octets = value.encode();
            assert_eq!(Authentication::decode(&octets).as_ref(), Ok(&value), "{length}");
            for end in 0..octets.len() {
                let truncated = match Authentication::decode(&octets[..end]).unwrap_err() {
                    PageError::Truncated { found, .. } => found == end / 25,
                    PageError::Message(error) => error.fault == Fault::Truncated && error.at == end,
                    _ => false,
                };
                assert!(truncated, "{length}, {end}");
            }
            let longer = [octets.as_slice(), &[0x22]].concat();
            assert!(matches!(Authentication::decode(&longer), Err(PageError::Trailing { .. })));
        }
    }
}

#[test]
fn any_one_lost_page_of_every_length_comes_back() {
    for length in 1..=201 {
        let message = message(length, AdditionalData::Parity);
        let all = message.pages();
        for lost in 0..all.len() {
            let mut pages = Pages::new();
            let fed = all.iter().filter(|page| page.number() as usize != lost);
            assert_eq!(feed(&mut pages, fed), None, "nothing is recovered before it is asked for");
            let recovered = Some(lost as u8);
            assert_eq!(
                pages.recover(),
                Ok(Assembled { message: message.clone(), recovered }),
                "{length}, {lost}"
            );
            let late = feed(&mut pages, [&all[lost]]);
            assert_eq!(late, Some(Assembled { message: message.clone(), recovered: None }));
            assert!(pages.is_empty());
        }
    }
}

#[test]
fn two_lost_pages_do_not_come_back() {
    let all = message(137, AdditionalData::Parity).pages();
    for first in 0..all.len() {
        for second in 0..first {
            let mut pages = Pages::new();
            let lost = [first as u8, second as u8];
            feed(&mut pages, all.iter().filter(|page| !lost.contains(&page.number())));
            let error = pages.recover().unwrap_err();
            // The last page and page 0 lost: nobody knows that there was a last page, and page 0 comes back wrong.
            let expected = if second == 0 && first == all.len() - 1 {
                matches!(error, PageError::PageZero)
            } else {
                matches!(error, PageError::Incomplete { missing } if missing.count() == 2)
            };
            assert!(expected, "{first}, {second}: {error}");
        }
    }
}

#[test]
fn without_parity_nothing_comes_back() {
    for length in [40, 63, 137, 201] {
        let all = message(length, AdditionalData::None).pages();
        for lost in 0..all.len() {
            let mut pages = Pages::new();
            feed(&mut pages, all.iter().filter(|page| page.number() as usize != lost));
            assert!(pages.recover().is_err(), "{length}, {lost}");
        }
    }
}

#[test]
fn order_does_not_matter_to_the_assembler() {
    let message = message(137, AdditionalData::Parity);
    let all = message.pages();
    for step in [3, 5, 7] {
        let mut pages = Pages::new();
        let shuffled = (0..all.len()).map(|place| &all[(place * step + 1) % all.len()]);
        assert_eq!(feed(&mut pages, shuffled).unwrap().message, message);
    }
    let mut reversed = all.clone();
    reversed.reverse();
    assert_eq!(feed(&mut Pages::new(), &reversed).unwrap().message, message);
}

#[test]
fn order_matters_in_a_file() {
    let all = message(137, AdditionalData::Parity).pages();
    let octets = |order: &[usize]| -> Vec<u8> {
        order.iter().flat_map(|place| all[*place].message().encode()).collect()
    };
    let decode = |order: &[usize]| Authentication::decode(&octets(order)).unwrap_err();
    assert_eq!(decode(&[0, 2, 1, 3, 4, 5, 6, 7]), PageError::OutOfOrder { found: 2, expected: 1 });
    assert_eq!(decode(&[1, 0]), PageError::OutOfOrder { found: 1, expected: 0 });
    assert_eq!(decode(&[0, 1, 1, 2]), PageError::Duplicate { page: 1 });
    assert_eq!(decode(&[0, 1, 2, 3, 4, 5, 6]), PageError::Truncated { found: 7, expected: 8 });
    assert_eq!(decode(&[0, 1, 2, 3, 4, 5, 6, 7, 0]), PageError::Trailing { last: 7 });
    let stranger = Message::new(MessageType::LOCATION, 2, &[0; 24]).encode();
    let mixed = [octets(&[0]), stranger.to_vec()].concat();
    assert_eq!(Authentication::decode(&mixed), Err(PageError::NotAPage(MessageType::LOCATION)));
}

#[test]
fn each_fault_of_pages_has_its_name() {
    let all = message(137, AdditionalData::Parity).pages();
    let add = |held: &[&Page], page: &Page| {
        let mut pages = Pages::new();
        for held in held {
            pages.add(held).unwrap();
        }
        let before = pages.missing();
        let error = pages.add(page).unwrap_err();
        assert_eq!(pages.missing(), before, "what is refused changes nothing");
        error
    };
    let changed = |number: usize, place: usize, octet: u8| {
        let mut payload = all[number].payload();
        payload[place] = octet;
        Page::new(2, AuthenticationType::SAM, number as u8, &payload)
    };
    assert_eq!(add(&[&all[1]], &all[1]), PageError::Duplicate { page: 1 });
    assert_eq!(add(&[&all[1]], &changed(1, 5, 0)), PageError::Conflict { page: 1 });
    let other_type = Page::new(2, AuthenticationType::new(1), 1, &all[1].payload());
    assert!(matches!(add(&[&all[0]], &other_type), PageError::Foreign { page: 1, version: 2, .. }));
    let other_version = Page::new(0, AuthenticationType::SAM, 1, &all[1].payload());
    assert!(matches!(add(&[&all[0]], &other_version), PageError::Foreign { page: 1, version: 0, .. }));
    let beyond = Page::new(2, AuthenticationType::SAM, 8, &[0; 23]);
    assert_eq!(add(&[&all[0]], &beyond), PageError::BeyondLast { page: 8, last: 7 });
    assert_eq!(add(&[&beyond], &all[0]), PageError::BeyondLast { page: 8, last: 7 });
    assert_eq!(add(&[], &changed(0, 0, 16)), PageError::LastPageIndex { found: 16 });
    assert_eq!(add(&[], &changed(0, 1, 0)), PageError::Length { found: 0 });
    assert_eq!(add(&[], &changed(0, 1, 202)), PageError::Length { found: 202 });
    assert_eq!(add(&[], &changed(0, 0, 0)), PageError::DataBeyondPages { length: 137, last: 0 });
    let but = |number: usize| -> Vec<&Page> {
        all.iter().filter(|page| page.number() as usize != number).collect()
    };
    assert_eq!(add(&but(3), &changed(3, 4, 0)), PageError::Parity);
    // Data end at octet 4 of page 6; then come 40, seventeen zeros, the parity.
    assert_eq!(add(&but(6), &changed(6, 9, 1)), PageError::Padding);
    assert_eq!(add(&but(6), &changed(6, 5, 255)), PageError::AdditionalLength { length: 255, room: 40 });
    assert_eq!(add(&but(6), &changed(6, 5, 0)), PageError::Padding);

    let plain = message(137, AdditionalData::None).pages();
    let mut pages: Vec<Page> = plain.clone();
    let mut head = plain[0].payload();
    head[0] = 7;
    pages[0] = Page::new(2, AuthenticationType::SAM, 0, &head);
    pages.push(Page::new(2, AuthenticationType::SAM, 7, &[0; 23]));
    let octets: Vec<u8> = pages.iter().flat_map(|page| page.message().encode()).collect();
    assert_eq!(Authentication::decode(&octets), Err(PageError::ExcessPages { last: 7 }));
    assert!(matches!(Pages::new().recover(), Err(PageError::Incomplete { .. })));
}

/// The next message begins before the last page of this one is heard.
#[test]
fn the_next_message_shows_by_a_conflict() {
    let first = message(137, AdditionalData::Parity);
    let later = Authentication::new(
        2,
        AuthenticationType::SAM,
        DripTime(235_224_060),
        data(137),
        AdditionalData::Parity,
    );
    let mut pages = Pages::new();
    feed(&mut pages, first.pages().iter().filter(|page| page.number() != 4));
    let head = later.unwrap().pages()[0];
    assert_eq!(pages.add(&head), Err(PageError::Conflict { page: 0 }));
    assert_eq!(pages.recover().unwrap().message, first);
}

#[test]
fn a_lost_page_zero_is_believed_only_if_it_fits() {
    let all = message(137, AdditionalData::Parity).pages();
    let feed_changed = |change: &dyn Fn(&mut [u8; 23])| {
        let mut pages = Pages::new();
        for page in &all[1..] {
            let mut payload = page.payload();
            if page.number() == 7 {
                change(&mut payload);
            }
            pages.add(&Page::new(2, AuthenticationType::SAM, page.number(), &payload)).unwrap();
        }
        pages.recover().map(|assembled| assembled.message)
    };
    assert!(feed_changed(&|_| {}).is_ok());
    for (name, place) in [("last page index", 0), ("length", 1)] {
        for bit in 0..8 {
            let recovered = feed_changed(&|payload| payload[place] ^= 1 << bit);
            assert_eq!(recovered, Err(PageError::PageZero), "{name}, bit {bit}");
        }
    }
}

proptest! {
    #[test]
    fn whatever_the_octets_nothing_panics(octets in vec(any::<u8>(), 0..500)) {
        if let Ok(read) = Authentication::decode(&octets) {
            prop_assert_eq!(read.encode(), octets.clone());
        }
        let mut pages = Pages::new();
        for chunk in octets.chunks_exact(25) {
            let message = Message::decode(chunk).unwrap();
            if let Some(page) = Page::read(&message) {
                let _ = pages.add(&page);
            }
            let _ = pages.recover();
        }
    }

    #[test]
    fn damaged_pages_are_refused_or_come_back_as_they_were(
        length in 1_usize..=201,
        parity: bool,
        damage in vec((any::<prop::sample::Index>(), any::<u8>()), 0..4),
        keep: prop::sample::Index,
    ) {
        let additional = if parity { AdditionalData::Parity } else { AdditionalData::None };
        let mut octets = message(length, additional).encode();
        for (place, octet) in damage {
            let place = place.index(octets.len());
            octets[place] = octet;
        }
        for octets in [octets.as_slice(), &octets[..keep.index(octets.len() + 1)]] {
            if let Ok(read) = Authentication::decode(octets) {
                prop_assert_eq!(read.encode(), octets);
            }
        }
    }
}

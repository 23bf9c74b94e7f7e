//! Each state of a UA, and how it comes about.

use drip_client::observe::{Standing, UaState};
use drip_det::UnixTime;
use drip_wire::broadcast::{AuthenticationType, Message, MessageType, Page, Sam, Wrapper};

use crate::radio::{LINKS, NOON, Radio, Ua, endorsement, entity_det, knowing, link, location, pages};

fn after(seconds: u64) -> UnixTime {
    UnixTime(NOON.0 + seconds)
}

/// Trusted RAA, Links heard.
fn radio() -> Radio {
    let mut radio = Radio::new(knowing("raa-auth", Standing::Trusted));
    radio.all_links(NOON);
    radio
}

fn wrapper(ua: &Ua, at: UnixTime) -> Sam {
    Sam::Wrapper(ua.wrapper(at, &[ua.basic_id(), location(at)]))
}

#[test]
fn nothing_signed_is_none() {
    let mut radio = Radio::new(knowing("raa-auth", Standing::Trusted));
    let ua = Ua::one();
    radio.message(NOON, &ua.basic_id()).message(NOON, &location(NOON));
    let verdict = radio.expect(NOON, UaState::None, "no authentication");
    assert_eq!(verdict.det, Some(ua.det));
}

#[test]
fn pages_that_are_not_whole_are_partial() {
    let mut radio = Radio::new(knowing("raa-auth", Standing::Trusted));
    let all = pages(NOON, link("ua1").encode());
    radio.message(NOON, &all[0]).message(NOON, &all[1]);
    assert_eq!(radio.observer.verdict(radio.transmitter, NOON).unwrap().state, UaState::Partial);
    radio.expect(NOON, UaState::Partial, "pages 2, 3, 4, 5, 6, 7 are missing");
}

#[test]
fn other_authentication_is_unsupported() {
    let mut radio = Radio::new(knowing("raa-auth", Standing::Trusted));
    let page = Page::new(2, AuthenticationType::new(1), 0, &[0; 23]);
    radio.message(NOON, &page.message()).expect(NOON, UaState::Unsupported, "authentication type 1");
    let mut radio = Radio::new(knowing("raa-auth", Standing::Trusted));
    for page in pages(NOON, vec![9; 50]) {
        radio.message(NOON, &page);
    }
    radio.expect(NOON, UaState::Unsupported, "SAM type 9");
    let mut radio = self::radio();
    radio.sam(NOON, &Sam::Frame(Ua::one().frame(NOON, b"hello")));
    let verdict = radio.verdict(NOON);
    assert!(verdict.findings.iter().any(|finding| finding.to_string().contains("Frame of type 240")));
    assert_eq!(verdict.state, UaState::Unverifiable, "a Frame proves nothing: {}", verdict.reason);
}

#[test]
fn links_alone_show_no_possession() {
    let verdict = radio().expect(NOON, UaState::Unverifiable, "the registration holds");
    assert_eq!(verdict.findings.len(), 4);
}

#[test]
fn a_wrapper_of_this_moment_is_trusted_under_an_anchor_and_verified_under_a_known_dime() {
    let ua = Ua::one();
    let at = after(5);
    let mut radio = radio();
    radio.message(at, &ua.basic_id()).sam(at, &wrapper(&ua, at));
    let verdict = radio.expect(at, UaState::Trusted, "Wrapper of 2001:3f:fe3f:f805:f98a:849d:5615:9774");
    assert!(verdict.links.iter().all(|link| link.is_ok()) && verdict.links.len() >= 3, "{verdict:?}");
    for known in ["raa-auth", "hda-auth", "hda-issuing"] {
        let mut radio = Radio::new(knowing(known, Standing::Known));
        radio.all_links(NOON).sam(at, &wrapper(&ua, at)).expect(at, UaState::Verified, "known DIME");
    }
    // DNS, or a cache, knows the UA itself: no Link is needed.
    let mut radio = Radio::new(knowing("ua1", Standing::Known));
    radio.sam(at, &wrapper(&ua, at)).expect(at, UaState::Verified, "");
}

#[test]
fn a_manifest_is_trusted_when_a_message_of_this_moment_that_it_names_was_heard() {
    let mut ua = Ua::one();
    let messages = [ua.basic_id(), location(after(3)), location(after(4))];
    let manifest = Sam::Manifest(ua.manifest(after(5), &messages));
    let mut radio = radio();
    radio.sam(after(5), &manifest);
    radio.expect(after(5), UaState::Unverifiable, "no message with data of this moment that it names");
    radio.message(after(5), &messages[0]).sam(after(6), &manifest);
    radio.expect(after(6), UaState::Unverifiable, "no message with data of this moment");
    radio.message(after(6), &messages[2]).sam(after(7), &manifest);
    let verdict = radio.expect(after(7), UaState::Trusted, "Manifest");
    assert_eq!((verdict.messages, verdict.signed_messages), (2, 2));
}

#[test]
fn without_a_key_or_a_known_end_of_the_chain_nothing_can_be_said() {
    let ua = Ua::one();
    let mut radio = Radio::new(knowing("raa-auth", Standing::Trusted));
    radio.sam(NOON, &wrapper(&ua, NOON)).expect(NOON, UaState::Unverifiable, "no Link of it was heard");
    radio.sam(NOON, &link("ua1"));
    radio.expect(NOON, UaState::Unverifiable, &format!("lead up to {}", entity_det("hda-issuing")));
    // What was open is judged again with every Link.
    radio.sam(NOON, &link("hda-issuing")).sam(NOON, &link("hda-auth"));
    radio.expect(NOON, UaState::Trusted, "");
    // A whole chain, up to a root that nobody knows.
    let mut radio = Radio::new(knowing("raa2-auth-self", Standing::Trusted));
    radio.all_links(NOON).sam(NOON, &wrapper(&ua, NOON));
    radio.expect(NOON, UaState::Unverifiable, "who is not known here");
}

#[test]
fn keys_that_become_known_later_count() {
    let ua = Ua::one();
    let mut radio = Radio::new(knowing("raa2-auth-self", Standing::Trusted));
    radio.all_links(NOON).sam(NOON, &wrapper(&ua, NOON));
    assert_eq!(radio.verdict(NOON).state, UaState::Unverifiable);
    *radio.observer.keys_mut() = knowing("hda-issuing", Standing::Known);
    radio.observer.reconsider();
    radio.expect(NOON, UaState::Verified, "");
}

#[test]
fn what_is_mixed_is_questionable_or_conflicting() {
    let ua = Ua::one();
    let bad = {
        let mut octets = wrapper(&ua, NOON).encode();
        octets[20] ^= 1;
        octets
    };
    for (standing, mixed) in
        [(Standing::Known, UaState::Questionable), (Standing::Trusted, UaState::Conflicting)]
    {
        let mut radio = Radio::new(knowing("raa-auth", standing));
        radio.all_links(NOON);
        for page in pages(NOON, bad.clone()) {
            radio.message(NOON, &page);
        }
        radio.expect(NOON, UaState::Unverified, "did not sign");
        radio.sam(NOON, &wrapper(&ua, NOON)).expect(NOON, mixed, "but Wrapper");
        // After five minutes the bad one is forgotten.
        let later = after(301);
        radio.sam(later, &wrapper(&ua, later)).expect(later, mixed_after(standing), "");
    }
}

fn mixed_after(standing: Standing) -> UaState {
    match standing {
        Standing::Known => UaState::Verified,
        Standing::Trusted => UaState::Trusted,
    }
}

#[test]
fn a_lost_page_does_not_matter() {
    let ua = Ua::one();
    let all = pages(NOON, wrapper(&ua, NOON).encode());
    for lost in 0..all.len() {
        let mut radio = radio();
        for (_, page) in all.iter().enumerate().filter(|(number, _)| *number != lost) {
            radio.message(NOON, page);
        }
        radio.expect(NOON, UaState::Trusted, "");
    }
    // The next message begins before anybody says that this one is over.
    let mut radio = Radio::new(knowing("hda-issuing", Standing::Trusted));
    for (number, page) in pages(NOON, link("ua1").encode()).iter().enumerate() {
        if number != 5 {
            radio.message(NOON, page);
        }
    }
    radio.sam(after(1), &wrapper(&ua, after(1))).expect(after(1), UaState::Trusted, "");
}

#[test]
fn extended_transport_with_the_wrapper_in_one_pack() {
    use drip_wire::broadcast::{AdditionalData, Authentication, WrapperBody};
    use ed25519_dalek::Signer;
    let ua = Ua::one();
    let messages = [ua.basic_id(), location(NOON)];
    let drip = |at: u64| crate::radio::drip(UnixTime(at));
    let body = WrapperBody::new(drip(NOON.0), drip(NOON.0 + 120), &messages, ua.det).unwrap();
    let signature = ua.key.sign(&body.evidence().signed_octets()).to_bytes();
    let wrapper: Wrapper = body.sign_extended_with(signature).unwrap();
    let message =
        Authentication::of_sam(&Sam::Wrapper(wrapper.clone()), drip(NOON.0), AdditionalData::None).unwrap();
    let in_pack = |messages: &[Message]| -> Vec<Message> {
        let pages = message.pages();
        pages.iter().map(|page| page.message()).chain(messages.iter().copied()).collect()
    };
    assert_eq!(in_pack(&messages).len(), 7);
    radio().pack(NOON, in_pack(&messages)).expect(NOON, UaState::Trusted, "Wrapper");
    radio().pack(NOON, in_pack(&[messages[0], location(after(1))])).expect(NOON, UaState::Unverified, "");
    radio().pack(NOON, in_pack(&[])).expect(NOON, UaState::Unverifiable, "1 to 4");
    radio().sam(NOON, &Sam::Wrapper(wrapper)).expect(NOON, UaState::Unverifiable, "Message Pack");
}

#[test]
fn each_transmitter_has_its_own_state() {
    let ua = Ua::one();
    let mut radio = radio();
    radio.sam(NOON, &wrapper(&ua, NOON));
    radio.transmitter.0 = 2;
    radio.message(NOON, &ua.basic_id());
    radio.expect(NOON, UaState::None, "");
    let verdicts = radio.observer.verdicts_of(ua.det, NOON);
    let states: Vec<UaState> = verdicts.iter().map(|verdict| verdict.state).collect();
    assert_eq!(states, [UaState::Trusted, UaState::None]);
    assert_eq!(verdicts[1].transmitter.to_string(), "00:00:00:00:00:02");
    let message = Message::new(MessageType::SELF_ID, 2, &[0; 24]);
    let reception = drip_client::observe::Reception { at: NOON, transmitter: radio.transmitter };
    assert!(radio.observer.hear(&reception, &message.encode()[..24]).is_err());
    assert_eq!(LINKS.map(|name| endorsement(name).child == entity_det(name)), [true; 4]);
}

//! What liars send: recordings, forgeries, other people's Links.

use drip_client::observe::{Standing, UaState};
use drip_det::{Det, HostIdentity, UnixTime};
use drip_wire::broadcast::{Link, MessageHash, Sam};
use drip_wire::{Endorsement, EndorsementBody};
use ed25519_dalek::{Signer, SigningKey};

use crate::radio::{NOON, Radio, Ua, drip, endorsement, entity_det, entity_key, knowing, location};

fn after(seconds: u64) -> UnixTime {
    UnixTime(NOON.0 + seconds)
}

fn radio() -> Radio {
    let mut radio = Radio::new(knowing("raa-auth", Standing::Trusted));
    radio.all_links(NOON);
    radio
}

fn wrapper(ua: &Ua, at: UnixTime) -> Sam {
    Sam::Wrapper(ua.wrapper(at, &[ua.basic_id(), location(at)]))
}

/// An aircraft with a key of its own, of which nobody knows.
fn stranger() -> Ua {
    let key = SigningKey::from_bytes(&[7; 32]);
    let hi = HostIdentity::from(&key.verifying_key());
    Ua { det: Det::derive(entity_det("ua1").hid(), &hi), key, previous: MessageHash::ZERO }
}

fn endorse(parent: &str, key: &SigningKey, child: &Ua) -> Sam {
    let body = EndorsementBody {
        vnb: drip(UnixTime(NOON.0 - 100)),
        vna: drip(after(1000)),
        child: child.det,
        child_hi: HostIdentity::from(&child.key.verifying_key()),
        parent: entity_det(parent),
    };
    Sam::Link(Link::new(body.sign_with(key.sign(&body.signed_octets()).to_bytes())))
}

#[test]
fn a_recording_of_a_wrapper() {
    let ua = Ua::one();
    let recorded = wrapper(&ua, NOON);
    radio().sam(after(20), &recorded).expect(after(20), UaState::Unverifiable, "no data of this moment");
    radio().sam(after(126), &recorded).expect(
        after(126),
        UaState::Unverified,
        "it ended at 2026-06-15T12:02:00Z",
    );
    radio().sam(UnixTime(NOON.0 - 6), &recorded).expect(NOON, UaState::Unverified, "it begins at");
    // An hour later the Location would be fresh again.
    radio().sam(after(3600), &recorded).expect(after(3600), UaState::Unverified, "it ended at");
    let long = Sam::Wrapper(ua.wrapper_until(NOON, NOON.0 + 365 * 86_400, &[location(NOON)]));
    radio().sam(after(3600), &long).expect(after(3600), UaState::Unverifiable, "so long that a recording");
}

#[test]
fn a_recording_of_a_manifest_with_its_messages() {
    let mut ua = Ua::one();
    let messages = [ua.basic_id(), location(NOON)];
    let manifest = Sam::Manifest(ua.manifest(after(1), &messages));
    let mut radio = radio();
    radio.message(after(60), &messages[0]).message(after(60), &messages[1]).sam(after(61), &manifest);
    radio.expect(after(61), UaState::Unverifiable, "no message with data of this moment");
}

#[test]
fn manifests_in_the_wrong_order() {
    let mut ua = Ua::one();
    let mut one = |at: u64| {
        let messages = [location(after(at))];
        (messages[0], Sam::Manifest(ua.manifest(after(at), &messages)))
    };
    let manifests = [one(0), one(5), one(10), one(15)];
    let mut radio = radio();
    for (place, at) in [(0, 0), (1, 5), (3, 15)] {
        let (message, manifest) = &manifests[place];
        radio.message(after(at), message).sam(after(at), manifest);
    }
    let verdict = radio.expect(after(15), UaState::Trusted, "Manifest");
    assert_eq!((verdict.sequence.continued, verdict.sequence.gaps), (1, 1));
    radio.sam(after(16), &manifests[2].1).expect(
        after(16),
        UaState::Conflicting,
        "older than one that was heard",
    );
}

#[test]
fn two_manifests_that_follow_on_the_same_one() {
    let mut ua = Ua::one();
    let mut radio = radio();
    let messages = [location(NOON), location(after(5)), location(after(6))];
    radio.message(NOON, &messages[0]).sam(NOON, &Sam::Manifest(ua.manifest(NOON, &messages[..1])));
    let previous = ua.previous;
    radio
        .message(after(5), &messages[1])
        .sam(after(5), &Sam::Manifest(ua.manifest(after(5), &messages[1..2])));
    radio.expect(after(5), UaState::Trusted, "");
    ua.previous = previous;
    radio
        .message(after(6), &messages[2])
        .sam(after(6), &Sam::Manifest(ua.manifest(after(6), &messages[2..])));
    radio.expect(after(6), UaState::Conflicting, "another Manifest follows on the same one");
}

#[test]
fn somebody_elses_links_and_an_own_key() {
    let liar = stranger();
    let mut radio = radio();
    radio.message(NOON, &Ua::one().basic_id()).sam(NOON, &wrapper(&liar, NOON));
    radio.expect(NOON, UaState::Unverifiable, "no Link of it was heard");
    // It endorses itself: as the HDA with its own key, as the HDA's other key, as a UA that is registered.
    let forged = endorse("hda-issuing", &liar.key, &liar);
    radio.sam(NOON, &forged).expect(NOON, UaState::Unverified, "");
    let mut radio = self::radio();
    radio.sam(NOON, &endorse("ua1", &entity_key("ua1"), &liar)).sam(NOON, &wrapper(&liar, NOON));
    radio.expect(NOON, UaState::Unverified, "may endorse nobody");
    let mut radio = self::radio();
    radio.sam(NOON, &endorse("raa-auth", &entity_key("raa2-auth-self"), &liar));
    radio.expect(NOON, UaState::Unverified, "the signature is not that of");
}

#[test]
fn a_basic_id_that_is_not_the_signers() {
    let ua = Ua::one();
    let mut radio = radio();
    radio.message(NOON, &stranger().basic_id()).sam(NOON, &wrapper(&ua, NOON));
    radio.expect(NOON, UaState::Unverified, "while the same transmitter is said to be");
    let mut radio = self::radio();
    radio.sam(NOON, &Sam::Wrapper(ua.wrapper(NOON, &[stranger().basic_id(), location(NOON)])));
    radio.expect(NOON, UaState::Unverified, "while the same transmitter is said to be");
    let mut radio = self::radio();
    radio.message(NOON, &ua.basic_id()).message(NOON, &stranger().basic_id());
    radio.expect(NOON, UaState::Unverified, "Basic ID");
}

#[test]
fn a_chain_that_has_run_out() {
    let ua = Ua::one();
    // The UA's endorsement ends on 2026-12-01.
    let at = UnixTime(1_796_500_000);
    let mut radio = Radio::new(knowing("raa-auth", Standing::Trusted));
    radio.all_links(at).sam(at, &wrapper(&ua, at));
    let verdict = radio.verdict(at);
    assert_eq!(verdict.state, UaState::Unverified, "{verdict:#?}");
    assert!(verdict.findings.iter().any(|finding| finding.to_string().contains("ended at 2026-12-01")));
}

#[test]
fn a_link_in_unix_time() {
    let unix = endorsement("ua1");
    let vnb = unix.vnb.to_unix().0 as u32;
    let body =
        EndorsementBody { vnb: drip_det::DripTime(vnb), vna: drip_det::DripTime(vnb + 1), ..unix.body() };
    let signature = entity_key("hda-issuing").sign(&body.signed_octets()).to_bytes();
    let mut radio = Radio::new(knowing("hda-issuing", Standing::Trusted));
    radio.sam(NOON, &Sam::Link(Link::new(body.sign_with(signature))));
    radio.expect(NOON, UaState::Unverified, "count from 1970");
}

/// Thousands of Links, each above many others, in circles and up to a name that is known: there is an end.
#[test]
fn a_maze_of_links() {
    let mut radio = Radio::new(knowing("raa-auth", Standing::Trusted));
    let uas: Vec<Ua> = (0..8_u8)
        .map(|number| {
            let key = SigningKey::from_bytes(&[number + 50; 32]);
            let hi = HostIdentity::from(&key.verifying_key());
            Ua { det: Det::derive(entity_det("raa-auth").hid(), &hi), key, previous: MessageHash::ZERO }
        })
        .collect();
    for child in &uas {
        for parent in &uas {
            let body = EndorsementBody {
                vnb: drip(NOON),
                vna: drip(after(100)),
                child: child.det,
                child_hi: HostIdentity::from(&child.key.verifying_key()),
                parent: parent.det,
            };
            let link: Endorsement = body.sign_with(parent.key.sign(&body.signed_octets()).to_bytes());
            radio.sam(NOON, &Sam::Link(Link::new(link)));
        }
        radio.sam(NOON, &endorse("raa-auth", &child.key, child));
    }
    let verdict = radio.verdict(NOON);
    assert!(!verdict.state.holds());
}

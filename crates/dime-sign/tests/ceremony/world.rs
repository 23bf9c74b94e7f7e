//! Keys, places and requests that the tests share.

use dime_sign::ceremony::{self, Answer, AuthorityRequest, Item, Profiles, Request, Review, Terms};
use dime_sign::{Authorization, LocalSigner, NoRandomness, PrivateKey, SigningPolicy, offline};
use drip_cert::full::Policies;
use drip_det::{DetClass, Hid, Level, UnixTime};
use zeroize::Zeroizing;

pub(crate) const NOW: UnixTime = UnixTime(1_795_000_000);
pub(crate) const DAY: u64 = 86_400;
pub(crate) const YEAR: u64 = 365 * DAY;

pub(crate) fn key(seed: u8) -> PrivateKey {
    PrivateKey::from_seed(&Zeroizing::new([seed; 32]))
}

pub(crate) fn hid(raa: u16, hda: u16) -> Hid {
    Hid::from_numbers(raa, hda).unwrap()
}

/// The Authorization key of seed 1 at this place.
pub(crate) fn signer(at: Hid) -> LocalSigner<Authorization> {
    offline::ceremony(key(1), at, SigningPolicy::AUTHORIZATION).unwrap()
}

pub(crate) fn until(seconds: u64) -> UnixTime {
    UnixTime(NOW.0 + seconds)
}

/// The request of the key of this seed to be an authority, valid from now for five years, with all certificates.
pub(crate) fn authority(seed: u8, level: Level, class: DetClass, at: Hid) -> AuthorityRequest {
    AuthorityRequest {
        csr: key(seed).certification_request(None, None).unwrap(),
        level,
        class,
        hid: at,
        not_before: NOW,
        not_after: until(5 * YEAR),
        profiles: Profiles::ALL,
        uri: Some("https://dime.example".into()),
        pki: None,
        reference: format!("key {seed}"),
        policies: Policies::default(),
    }
}

pub(crate) fn item(request: AuthorityRequest) -> Item {
    Item::Authority(Box::new(request))
}

pub(crate) fn request(by: Hid, items: Vec<Item>) -> Request {
    Request { id: [7; 16], made_at: NOW, by, items }
}

/// Octets that count upwards: different each time, the same in each test.
pub(crate) fn counting() -> impl FnMut(&mut [u8]) -> Result<(), NoRandomness> {
    let mut next = 0_u8;
    move |octets| {
        for octet in octets {
            next = next.wrapping_add(1);
            *octet = next;
        }
        Ok(())
    }
}

pub(crate) fn review<'a>(
    request: &'a Request,
    signer: &'a LocalSigner<Authorization>,
    terms: Terms,
) -> Review<'a> {
    ceremony::review(request, signer, terms, &mut counting(), NOW).unwrap()
}

/// The answer to a request by the Authorization key of its place.
pub(crate) fn answer(request: &Request) -> Answer {
    ceremony::sign(request, &signer(request.by), &mut counting(), NOW).unwrap()
}

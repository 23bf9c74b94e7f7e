//! The octets against dnspython's, and every way to be wrong.

use super::{record::split, *};
use crate::walk::{self, Head};
use dime_zone::Name;
use drip_det::UnixTime;
use std::sync::Arc;

const NOW: UnixTime = UnixTime(1_795_392_000);
const QUESTION: &str = "013001650166016601330130013001310130013001320369703604617270610000fc0001";
const KEY_NAME: &str = "085472616e73666572074578616d706c65000";

/// What dnspython 2.9.2 makes of an AXFR question with the key `Transfer.Example.`, secret 00 to 1f, ID 1234, at `NOW`.
const REQUEST_MACS: [(Algorithm, &str); 3] = [
    (Algorithm::HmacSha256, "982a2d5b959d280fb4444d1aa52655e046812bc20e31e46787ca7c111b252603"),
    (
        Algorithm::HmacSha384,
        "763143fba02f0d548b6a0d2fbb734e8810e9790dfbd3442ac5d64414d1c8ae90dd19733ba6cceb4215d1f05f77e45e9d",
    ),
    (
        Algorithm::HmacSha512,
        "63c040e3581242f07c9158b7c03dc1a04556a6229f1c1aca9363518ce47dea1b5baa167554d5beee1d6012c145cd98ab1ed186f785cae096a3028dd565ec1f84",
    ),
];

/// The MACs of three responses to the first of them, each the question again.
const RESPONSE_MACS: [&str; 3] = [
    "7a6a44690e53b3cb5ce677883888812b6b425ae400f85324a4fcf57b23c39633",
    "0572dea1f5be2dd23302b8e574bafc3e087332f28e7e19ad985a6f5f8e0940f9",
    "4a8a9d4d139e01ae3d8c379f735c35ef00cd5d1df8eb83cbf5c22c8dbc25966b",
];

fn key(name: &str, algorithm: Algorithm) -> TsigKey {
    let secret: Vec<u8> = (0..32).collect();
    TsigKey::new(name.parse().unwrap(), algorithm, &secret).unwrap()
}

fn ring() -> KeyRing {
    KeyRing::new([key("transfer.example.", Algorithm::HmacSha256)]).unwrap()
}

fn message(flags: &str) -> Vec<u8> {
    hex::decode(format!("1234{flags}0001000000000000{QUESTION}")).unwrap()
}

fn signed(algorithm: Algorithm) -> Vec<u8> {
    let mut request = message("0100");
    sign_request(Arc::new(key("Transfer.Example.", algorithm)), &mut request, NOW);
    request
}

fn wrong(request: &[u8], now: UnixTime) -> (u8, Option<super::record::Tsig>, Vec<u8>) {
    match check(&ring(), request, now) {
        Checked::Wrong(response) => {
            let head = Head::of(&response).unwrap();
            assert!(head.is_response());
            assert_eq!(head.id, 0x1234);
            (head.rcode(), split(&response).unwrap().map(|split| split.tsig), response)
        }
        Checked::Unsigned => panic!("unsigned"),
        Checked::Signed(_) => panic!("signed"),
    }
}

#[test]
fn requests_as_dnspython_signs_them() {
    for (algorithm, mac) in REQUEST_MACS {
        let request = signed(algorithm);
        let split = split(&request).unwrap().unwrap();
        assert_eq!(hex::encode(&split.tsig.mac), mac);
        assert_eq!(split.unsigned, message("0100"));
        assert!(hex::encode(&request).contains(&KEY_NAME[..KEY_NAME.len() - 1]));
        let keys = KeyRing::new([key("TRANSFER.example.", algorithm)]).unwrap();
        assert!(matches!(check(&keys, &request, NOW), Checked::Signed(_)));
    }
}

#[test]
fn a_stream_of_responses_as_dnspython_signs_it() {
    let mut request = message("0100");
    let own = Arc::new(key("Transfer.Example.", Algorithm::HmacSha256));
    let mut client = sign_request(Arc::clone(&own), &mut request, NOW);
    let Checked::Signed(mut checked) =
        check(&KeyRing::new([key("Transfer.Example.", Algorithm::HmacSha256)]).unwrap(), &request, NOW)
    else {
        panic!("not signed");
    };
    for mac in RESPONSE_MACS {
        let mut response = message("8100");
        let before = response.len();
        checked.chain.sign(&mut response, NOW);
        assert!(response.len() - before <= checked.chain.overhead());
        assert_eq!(hex::encode(split(&response).unwrap().unwrap().tsig.mac), mac);
        assert_eq!(client.check(&response, NOW).unwrap(), message("8100"));
        assert!(client.is_settled());
    }
}

#[test]
fn messages_between_signed_ones_are_covered_by_the_next() {
    let own = Arc::new(key("transfer.example.", Algorithm::HmacSha256));
    let mut request = message("0100");
    let mut client = sign_request(Arc::clone(&own), &mut request, NOW);
    assert_eq!(client.check(&message("8100"), NOW), Err(super::client::TsigFault::Unsigned), "the first");
    let Checked::Signed(mut checked) = check(&ring(), &request, NOW) else { panic!("not signed") };
    let mut first = message("8100");
    checked.chain.sign(&mut first, NOW);
    client.check(&first, NOW).unwrap();
    client.check(&message("8500"), NOW).unwrap();
    assert!(!client.is_settled());
    // What the MAC covers is as if both messages were one.
    let mac = split(&first).unwrap().unwrap().tsig.mac;
    let mut last = message("8100");
    let tsig = super::record::Tsig { time: NOW.0, ..super::chain::unsigned(&own, 0x1234) };
    let both = [message("8500"), message("8100")].concat();
    let mac = super::digest::Covered::new(super::digest::Place::Later(&mac), &both, &tsig).mac(&own);
    super::record::Tsig { mac, ..tsig }.append(&mut last);
    client.check(&last, NOW).unwrap();
    assert!(client.is_settled());
}

#[test]
fn unknown_key_and_algorithm() {
    let strange = |name, algorithm| {
        let mut request = message("0100");
        sign_request(Arc::new(key(name, algorithm)), &mut request, NOW);
        request
    };
    for request in [
        strange("other.example.", Algorithm::HmacSha256),
        strange("transfer.example.", Algorithm::HmacSha512),
    ] {
        let (rcode, tsig, _) = wrong(&request, NOW);
        let tsig = tsig.unwrap();
        assert_eq!((rcode, tsig.error, tsig.mac.len()), (NOTAUTH, BADKEY, 0));
    }
}

#[test]
fn no_octet_can_be_changed() {
    let request = signed(Algorithm::HmacSha256);
    let mut refused = 0;
    // After the ID, which a proxy may change and the TSIG has in its original form.
    for at in 2..request.len() {
        for bit in 0..8 {
            let mut changed = request.clone();
            changed[at] ^= 1 << bit;
            match check(&ring(), &changed, NOW) {
                Checked::Wrong(response) => {
                    refused += 1;
                    let rcode = Head::of(&response).unwrap().rcode();
                    assert!([FORMERR, NOTAUTH].contains(&rcode), "{at} {bit} {rcode}");
                }
                Checked::Unsigned => {
                    let type_or_counts = split(&changed).unwrap().is_none();
                    assert!(type_or_counts, "{at} {bit}");
                }
                // Names are compared and covered without their case.
                Checked::Signed(_) => {
                    assert!(bit == 5 && request[at].is_ascii_alphabetic(), "{at} {bit}");
                    assert!(at > message("").len() - 2, "{at} {bit}");
                }
            }
        }
    }
    assert!(refused > 8 * request.len() / 2);
    let mut renumbered = request.clone();
    renumbered[0] ^= 0xff;
    assert!(matches!(check(&ring(), &renumbered, NOW), Checked::Signed(_)));
}

#[test]
fn another_secret() {
    let other = TsigKey::new("transfer.example.".parse().unwrap(), Algorithm::HmacSha256, &[9; 32]).unwrap();
    let mut request = message("0100");
    let mut client = sign_request(Arc::new(other), &mut request, NOW);
    let (rcode, tsig, response) = wrong(&request, NOW);
    let tsig = tsig.unwrap();
    assert_eq!((rcode, tsig.error, tsig.mac.len()), (NOTAUTH, BADSIG, 0));
    assert_eq!(client.check(&response, NOW), Err(super::client::TsigFault::Server(BADSIG)));
}

#[test]
fn another_time() {
    let mut request = message("0100");
    let own = Arc::new(key("transfer.example.", Algorithm::HmacSha256));
    let mut client = sign_request(own, &mut request, NOW);
    for ahead in [-300_i64, -299, 0, 299, 300] {
        let now = UnixTime(NOW.0.checked_add_signed(ahead).unwrap());
        assert!(matches!(check(&ring(), &request, now), Checked::Signed(_)), "{ahead}");
    }
    for now in [0, NOW.0 - 301, NOW.0 + 301, u64::from(u32::MAX) << 8] {
        let (rcode, tsig, response) = wrong(&request, UnixTime(now));
        let tsig = tsig.unwrap();
        assert_eq!((rcode, tsig.error, tsig.time), (NOTAUTH, BADTIME, NOW.0));
        assert_eq!(tsig.other, now.to_be_bytes()[2..], "the server's time");
        assert_eq!(tsig.mac.len(), 32, "signed");
        assert_eq!(client.check(&response, NOW), Err(super::client::TsigFault::Server(BADTIME)));
    }
}

/// A MAC cut short is refused though it is right (BADTRUNC), and where it is too short for anybody, it is no TSIG.
#[test]
fn cut_macs() {
    let request = signed(Algorithm::HmacSha256);
    for length in 0..=40 {
        let mut tsig = split(&request).unwrap().unwrap().tsig;
        tsig.mac.resize(length, 0);
        let mut cut = message("0100");
        tsig.append(&mut cut);
        match length {
            32 => assert!(matches!(check(&ring(), &cut, NOW), Checked::Signed(_))),
            16..=31 => {
                let (rcode, tsig, _) = wrong(&cut, NOW);
                assert_eq!(
                    (rcode, tsig.map(|tsig| (tsig.error, tsig.mac.len()))),
                    (NOTAUTH, Some((BADTRUNC, 32)))
                );
            }
            _ => assert_eq!(wrong(&cut, NOW).0, FORMERR, "{length}"),
        }
    }
}

#[test]
fn a_tsig_where_none_may_be() {
    let request = signed(Algorithm::HmacSha256);
    let at = message("0100").len();
    // Twice.
    let mut twice = request.clone();
    twice.extend_from_slice(&request[at..]);
    twice[11] = 2;
    assert_eq!(wrong(&twice, NOW).0, FORMERR);
    // In the answer.
    let mut answer = request.clone();
    (answer[7], answer[11]) = (1, 0);
    assert_eq!(wrong(&answer, NOW).0, FORMERR);
    // Octets behind it, or missing.
    let mut long = request.clone();
    long.push(0);
    assert_eq!(wrong(&long, NOW).0, FORMERR);
    for length in at..request.len() {
        assert_eq!(wrong(&request[..length], NOW).0, FORMERR, "{length}");
    }
}

#[test]
fn keys_that_are_none() {
    assert_eq!("hmac-md5".parse::<Algorithm>(), Err(TsigKeyError::Algorithm("hmac-md5".into())));
    assert_eq!("HMAC-SHA256.".parse::<Algorithm>(), Ok(Algorithm::HmacSha256));
    let name: Name = "a.".parse().unwrap();
    assert_eq!(TsigKey::new(name, Algorithm::HmacSha256, &[0; 15]).unwrap_err(), TsigKeyError::Short(15));
    let twice = ["a.b.", "A.B."].map(|name| key(name, Algorithm::HmacSha384));
    assert!(matches!(KeyRing::new(twice), Err(TsigKeyError::Twice(_))));
    let text = format!("{:?}", key("a.", Algorithm::HmacSha512));
    assert_eq!(text, "TsigKey(a. hmac-sha512)");
}

/// A question whose name points into the header comes back whole: the response has another header.
#[test]
fn a_question_that_points_into_the_header() {
    let request = [&message("0100")[..12], b"\x03ip6\xc0\x02\0\x01\0\x01"].concat();
    let response = super::request::bare(&request, FORMERR);
    let asked = walk::question(&response).unwrap();
    assert_eq!(asked, walk::Asked { end: asked.end, ..walk::question(&request).unwrap() });
    assert_eq!(response.len(), asked.end);
}

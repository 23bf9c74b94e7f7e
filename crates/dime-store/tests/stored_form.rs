//! Version 1 of the stored forms: octets once written stay readable.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use dime_store::{
    Expect, Form, NumberedCertificate, Registration, SerialCertificate, State, Write, battery::Load,
    record::v1,
};
use drip_det::UnixTime;
use proptest::prelude::*;
use std::fs;

const LOAD: Load = Load { series: 1 };

/// One write of each kind, and a registration with every field there is.
fn writes() -> Vec<Write> {
    let full = Registration {
        version: 4,
        state: State::Revoked,
        flight: Some("flight 6".to_owned()),
        contact: Some("pilot@example.org".to_owned()),
        reason: Some("lost".to_owned()),
        ended_at: Some(UnixTime(1_790_050_000)),
        ..LOAD.renewing(6)
    };
    let mut token = LOAD.token(6);
    token.version = 2;
    token.revoked_at = Some(UnixTime(1_790_000_777));
    vec![
        Write::PutRegistration { record: Box::new(LOAD.registration(0)), expect: Expect::Absent },
        Write::PutRegistration { record: Box::new(full), expect: Expect::Version(3) },
        Write::PutAuthority { record: Box::new(LOAD.authority(2)), expect: Expect::Absent },
        Write::PutToken { record: LOAD.token(1), expect: Expect::Absent },
        Write::PutToken { record: token, expect: Expect::Version(1) },
        Write::PutRequest { record: LOAD.request(3) },
    ]
}

/// The same registrations with Full and mtls certificates, which came to version 1 later.
fn writes_with_certificates() -> Vec<Write> {
    let certificate = |octet, der: Option<usize>| {
        Some(SerialCertificate { serial: vec![octet; 20], der: der.map(|length| vec![octet; length]) })
    };
    let intended =
        Registration { full: certificate(0x41, None), mtls: certificate(0x42, None), ..LOAD.registration(0) };
    let mut renewing = Registration {
        full: certificate(0x43, Some(3)),
        mtls: certificate(0x44, Some(4)),
        numbered: vec![NumberedCertificate {
            issuer: LOAD.registration(6).issuer,
            serial: vec![0x43; 20],
            not_after: UnixTime(1_790_086_400),
        }],
        ..LOAD.renewing(6)
    };
    let renewal = renewing.renewal.as_mut().unwrap();
    renewal.full_serial = Some(vec![0x45; 20]);
    renewal.mtls_serial = Some(vec![0x46; 20]);
    vec![
        Write::PutRegistration { record: Box::new(intended), expect: Expect::Absent },
        Write::PutRegistration { record: Box::new(renewing), expect: Expect::Version(1) },
    ]
}

/// One with a native C509 certificate, which came later still.
fn writes_with_c509() -> Vec<Write> {
    let record = Registration { c509: Some(vec![0x8b, 0x02, 0x41, 0x47]), ..LOAD.registered(1) };
    vec![Write::PutRegistration { record: Box::new(record), expect: Expect::Version(1) }]
}

fn golden() -> Vec<u8> {
    octets("v1.hex")
}

fn octets(name: &str) -> Vec<u8> {
    let text = fs::read_to_string(format!("{}/testdata/record/{name}", env!("CARGO_MANIFEST_DIR"))).unwrap();
    let digits: Vec<u8> = text.bytes().filter(|octet| !octet.is_ascii_whitespace()).collect();
    digits.chunks(2).map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap()).collect()
}

#[test]
fn golden_octets_are_read_and_written() {
    assert_eq!(v1::decode(&golden()).unwrap(), writes());
    assert_eq!(v1::encode(&writes()).unwrap(), golden());
    let later = octets("v1-certificates.hex");
    assert_eq!(v1::decode(&later).unwrap(), writes_with_certificates());
    assert_eq!(v1::encode(&writes_with_certificates()).unwrap(), later);
    let native = octets("v1-c509.hex");
    assert_eq!(v1::encode(&writes_with_c509()).unwrap(), native);
    assert_eq!(v1::decode(&native).unwrap(), writes_with_c509());
}

#[test]
fn cut_short_extended_and_of_another_version() {
    let octets = golden();
    for length in 0..octets.len() {
        assert!(v1::decode(&octets[..length]).is_err(), "{length} octets");
    }
    for octet in [0x00, 0x01, 0xa0, 0xff] {
        let extended: Vec<u8> = octets.iter().copied().chain([octet]).collect();
        assert_eq!(v1::decode(&extended), Err(Form::Records));
    }
    let mut later = octets.clone();
    later[0] = 2;
    assert_eq!(v1::decode(&later), Err(Form::Version(2)));
}

proptest! {
    #[test]
    fn octets_by_chance_never_panic(octets in proptest::collection::vec(any::<u8>(), 0..300)) {
        let _ = v1::decode(&octets);
    }

    #[test]
    fn changed_octets_never_panic(at in 0_usize..4000, octet in any::<u8>()) {
        let mut octets = golden();
        let at = at % octets.len();
        octets[at] = octet;
        if let Ok(read) = v1::decode(&octets) {
            prop_assert_eq!(v1::decode(&v1::encode(&read).unwrap()).unwrap(), read);
        }
    }

    #[test]
    fn records_come_back(number in 0_u64..1_000_000) {
        let write = |record, expect| Write::PutRegistration { record: Box::new(record), expect };
        let intent = vec![write(LOAD.registration(number), Expect::Absent), Write::PutRequest { record: LOAD.request(number) }];
        prop_assert_eq!(v1::decode(&v1::encode(&intent).unwrap()).unwrap(), intent);
        let renewal = vec![write(LOAD.renewing(number), Expect::Version(1))];
        prop_assert_eq!(v1::decode(&v1::encode(&renewal).unwrap()).unwrap(), renewal);
    }
}

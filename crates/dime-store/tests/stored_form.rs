//! Version 1 of the stored forms: octets once written stay readable.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use dime_store::{
    Answered, Authority, AuthorityStatus, Ceremony, CertificateTerms, Change, Conflict, Delegation,
    DelegationSigner, DelegationState, Document, Expect, Form, Glue, HardwareModule, IssuingUse, Job, JobId,
    JobKind, JobState, KeyUsage, Kind, MemoryIndex, NumberedCertificate, Options, Ownership, Prospect,
    Registration, SerialCertificate, State, Store, StoreError, Write, battery::Load, record::v1,
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

/// What certificates say beside the DET, and a device that never ends, which came last.
fn writes_with_terms() -> Vec<Write> {
    let terms = |key_usage| CertificateTerms {
        uri: Some("https://dime.example/".to_owned()),
        key_usage,
        origin: Some("https://dime.example".to_owned()),
        shards: 4,
    };
    let hardware_module =
        HardwareModule { hw_type: "1.3.6.1.4.1.55555.1".to_owned(), hw_serial: vec![1, 2, 3, 4] };
    let device = Registration {
        terms: Some(terms(KeyUsage::Present)),
        hardware_module: Some(hardware_module),
        not_after: UnixTime(253_402_300_799),
        ..LOAD.registration(0)
    };
    let mut renewing = LOAD.renewing(6);
    let bare = CertificateTerms { uri: None, origin: None, shards: 1, ..terms(KeyUsage::Absent) };
    renewing.renewal.as_mut().unwrap().terms = Some(bare);
    vec![
        Write::PutRegistration { record: Box::new(device), expect: Expect::Absent },
        Write::PutRegistration { record: Box::new(renewing), expect: Expect::Version(1) },
    ]
}

fn golden() -> Vec<u8> {
    octets("v1.hex")
}

fn hex(octets: &[u8]) -> String {
    octets.iter().map(|octet| format!("{octet:02x}")).collect()
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
    let decided = octets("v1-terms.hex");
    assert_eq!(hex(&v1::encode(&writes_with_terms()).unwrap()), hex(&decided));
    assert_eq!(v1::decode(&decided).unwrap(), writes_with_terms());
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

/// One of each record that came with the whole DKI, and an authority with every field there is.
fn later_writes() -> Vec<Write> {
    let authority = Authority {
        version: 2,
        full: Some(vec![0x30, 1]),
        mtls: Some(vec![0x30, 2]),
        status: AuthorityStatus::Suspended { at: UnixTime(1_790_000_001), reason: "unpaid".to_owned() },
        own: Ownership::Below,
        uses: vec![IssuingUse::Kind(Kind::Operator), IssuingUse::Crl, IssuingUse::Ocsp, IssuingUse::Cache],
        ..LOAD.authority(2)
    };
    let Authority { det, hi, level, class, hid, .. } = LOAD.authority(3);
    let prospect = Prospect {
        det,
        version: 1,
        hi,
        level,
        class,
        hid,
        csr: vec![0x30, 3],
        uses: vec![IssuingUse::Kind(Kind::Aircraft)],
        uri: Some("https://hda.example.com".to_owned()),
        added_at: UnixTime(1_790_000_002),
        dropped_at: Some(UnixTime(1_790_000_003)),
    };
    let delegation = Delegation {
        hid,
        version: 3,
        registration: LOAD.registration(1).id,
        state: DelegationState::Active,
        name_servers: vec!["ns.example.net.".to_owned()],
        glue: vec![Glue {
            name: "ns.0.e.f.f.3.0.0.1.0.0.2.ip6.arpa.".to_owned(),
            addresses: vec!["192.0.2.1".parse().unwrap(), "2001:db8::1".parse().unwrap()],
        }],
        ds: vec![DelegationSigner {
            block: 1,
            key_tag: 4711,
            algorithm: 15,
            digest_type: 2,
            digest: vec![7; 32],
        }],
        coverage: Some(vec![0x80]),
        contact: Some("hda@example.net".to_owned()),
        uri: Some("https://hda.example.net".to_owned()),
        since: Some(UnixTime(1_790_000_004)),
    };
    let ceremony = Ceremony {
        digest: [8; 32],
        version: 2,
        request: vec![1, 2, 3],
        made_at: UnixTime(1_790_000_005),
        by: "local".to_owned(),
        answered: Some(Answered { digest: [9; 32], at: UnixTime(1_790_000_006) }),
    };
    let job = Job {
        id: JobId("job".to_owned()),
        version: 1,
        kind: JobKind::Reissue { from: det },
        state: JobState::Running,
        cursor: Some(LOAD.registration(2).id),
        done: 1,
        failed: 2,
        total: 3,
        by: "token:t".to_owned(),
        started_at: UnixTime(1_790_000_007),
        finished_at: None,
    };
    let fall = Job {
        version: 2,
        kind: JobKind::Cascade { authority: det, reason: "compromised".to_owned() },
        state: JobState::Done,
        finished_at: Some(UnixTime(1_790_000_008)),
        ..job.clone()
    };
    let document = Document {
        name: "trust-list/x".to_owned(),
        version: 1,
        octets: vec![4, 5, 6],
        at: UnixTime(1_790_000_009),
    };
    let statuses = [
        AuthorityStatus::Active,
        AuthorityStatus::Retired { at: UnixTime(1), reason: "replaced".to_owned() },
        AuthorityStatus::Revoked { at: UnixTime(2), reason: "compromised".to_owned(), code: None },
        AuthorityStatus::Expired { at: UnixTime(3) },
    ];
    let mut writes = vec![
        Write::PutAuthority { record: Box::new(authority.clone()), expect: Expect::Version(1) },
        Write::PutProspect { record: Box::new(prospect), expect: Expect::Absent },
        Write::PutDelegation { record: Box::new(delegation), expect: Expect::Version(2) },
        Write::PutCeremony { record: Box::new(ceremony), expect: Expect::Version(1) },
        Write::PutJob { record: Box::new(job), expect: Expect::Absent },
        Write::PutJob { record: Box::new(fall), expect: Expect::Version(1) },
        Write::PutDocument { record: Box::new(document), expect: Expect::Absent },
    ];
    writes.extend(statuses.into_iter().map(|status| {
        let record = Authority { status, own: Ownership::Above, ..authority.clone() };
        Write::PutAuthority { record: Box::new(record), expect: Expect::Version(1) }
    }));
    writes
}

#[test]
fn golden_octets_of_the_later_records() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/testdata/record/v1-dki.hex");
    let octets = v1::encode(&later_writes()).unwrap();
    let text = fs::read_to_string(path).unwrap();
    let digits: String = text.split_whitespace().collect();
    let written: String = octets.iter().map(|octet| format!("{octet:02x}")).collect();
    assert_eq!(written, digits);
    assert_eq!(v1::decode(&octets).unwrap(), later_writes());
    for length in 0..octets.len() {
        assert!(v1::decode(&octets[..length]).is_err(), "{length} octets");
    }
}

/// The reason of a revocation in the standard's words (RFC 5280, section 5.3.1) came later still.
#[test]
fn golden_octets_of_a_revocation_with_its_reason() {
    let status =
        AuthorityStatus::Revoked { at: UnixTime(2), reason: "compromised".to_owned(), code: Some(1) };
    let record = Authority { version: 2, status, own: Ownership::Above, ..LOAD.authority(2) };
    let writes = vec![Write::PutAuthority { record: Box::new(record), expect: Expect::Version(1) }];
    let golden = octets("v1-reason.hex");
    assert_eq!(hex(&v1::encode(&writes).unwrap()), hex(&golden));
    assert_eq!(v1::decode(&golden).unwrap(), writes);
}

/// An authority as it was written before status, ownership and uses were: it is active, our own, and for everything.
#[test]
fn an_authority_of_before_is_active_and_our_own() {
    let Write::PutAuthority { record, .. } = &v1::decode(&golden()).unwrap()[2] else { panic!() };
    assert_eq!((&record.status, record.own), (&AuthorityStatus::Active, Ownership::Own));
    assert!(record.uses.is_empty() && record.full.is_none() && record.mtls.is_none());
}

/// The registration of a registry below and the authority that it becomes have one DET; nothing else may share one.
#[test]
fn a_registry_and_its_authority_share_a_det() {
    let folder = tempfile::TempDir::new().unwrap();
    let store = Store::open(folder.path(), Box::new(MemoryIndex::new()), Options::default()).unwrap();
    let authority = LOAD.authority(0);
    let registration =
        |kind| Registration { kind, det: authority.det, hi: authority.hi, ..LOAD.registration(0) };
    let put = |writes| Change { writes, ..LOAD.intent(0) };
    let of =
        |record: Registration| Write::PutRegistration { record: Box::new(record), expect: Expect::Absent };
    let admit = || Write::PutAuthority { record: Box::new(authority.clone()), expect: Expect::Absent };
    let refused = put(vec![of(registration(Kind::Aircraft)), admit()]);
    assert!(matches!(store.commit(refused), Err(StoreError::Conflict(Conflict::Det { .. }))));
    let mut other_key = registration(Kind::Hda);
    other_key.hi = LOAD.authority(1).hi;
    assert!(store.commit(put(vec![of(other_key), admit()])).is_err());
    store.commit(put(vec![of(registration(Kind::Hda)), admit()])).unwrap();
    assert_eq!(store.registration_by_det(authority.det).unwrap().unwrap().kind, Kind::Hda);
    assert!(store.authority(authority.det).unwrap().is_some());
    let delegation = |expect| Write::PutDelegation {
        record: Box::new(Delegation {
            hid: authority.hid,
            version: 0,
            registration: LOAD.registration(0).id,
            state: DelegationState::Waiting,
            name_servers: Vec::new(),
            glue: Vec::new(),
            ds: Vec::new(),
            coverage: None,
            contact: None,
            uri: None,
            since: None,
        }),
        expect,
    };
    store.commit(put(vec![delegation(Expect::Absent)])).unwrap();
    let again = store.commit(put(vec![delegation(Expect::Absent)]));
    assert!(matches!(again, Err(StoreError::Conflict(Conflict::Exists { .. }))), "a number is given once");
    drop(store);
    let store = Store::open(folder.path(), Box::new(MemoryIndex::new()), Options::default()).unwrap();
    assert_eq!(store.delegations().unwrap().len(), 1);
}

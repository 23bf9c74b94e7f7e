//! Octets that are almost a request or certificate: cut, lengthened, changed, rearranged.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod vectors;

use drip_cert::{
    DerFaultKind, ForeignAlgorithm,
    csr::{self, Csr, CsrError, CsrSpec, CsrSpecError},
    lite::{self, CertError, CertTime, ContentError, InvalidSerial, LiteCertificate, LiteTbs, Subject},
};
use drip_det::{DetClass, DetMismatch, Hid, Level, UnixTime};
use vectors::{
    chain,
    der::{children, tlv},
    other,
};

fn replace(bytes: &[u8], from: &[u8], to: &[u8]) -> Vec<u8> {
    let at = bytes.windows(from.len()).position(|window| window == from).expect("pattern is there");
    [&bytes[..at], to, &bytes[at + from.len()..]].concat()
}

/// `certificate` with the parts of its TBSCertificate changed and the lengths made right again; the signature is no longer.
fn rebuilt(certificate: &[u8], change: impl FnOnce(&mut Vec<Vec<u8>>)) -> Vec<u8> {
    let parts = children(certificate);
    let mut fields = children(&parts[0]);
    change(&mut fields);
    tlv(0x30, &[tlv(0x30, &fields.concat()), parts[1].clone(), parts[2].clone()].concat())
}

#[test]
fn every_prefix_is_truncated_and_every_tail_trailing() {
    for object in ["csr", "csr_det"] {
        let der = chain("ua1").object(object);
        for length in 0..der.len() {
            let error = Csr::parse(&der[..length]).unwrap_err();
            assert!(
                matches!(error, CsrError::Der(f) if f.kind == DerFaultKind::Truncated),
                "{length}: {error}"
            );
        }
        for tail in [0, 0x30, 0xff] {
            let error = Csr::parse(&[&der[..], &[tail]].concat()).unwrap_err();
            assert!(
                matches!(error, CsrError::Der(f) if f.kind == DerFaultKind::Trailing && f.offset == der.len())
            );
        }
    }
    for (name, object) in [("ua1", "lite"), ("usidmfr", "lite_uri"), ("hda-issuing", "lite")] {
        let der = chain(name).object(object);
        for length in 0..der.len() {
            let error = LiteCertificate::parse(&der[..length]).unwrap_err();
            assert!(
                matches!(error, CertError::Der(f) if f.kind == DerFaultKind::Truncated),
                "{length}: {error}"
            );
        }
        let error = LiteCertificate::parse(&[&der[..], &[0]].concat()).unwrap_err();
        assert!(
            matches!(error, CertError::Der(f) if f.kind == DerFaultKind::Trailing && f.offset == der.len())
        );
    }
}

#[test]
fn no_changed_octet_of_a_request_goes_unnoticed() {
    for object in ["csr", "csr_det"] {
        let der = chain("raa-auth").object(object);
        for place in 0..der.len() {
            for change in [0x01, 0x20, 0x80, 0xff] {
                let mut changed = der.clone();
                changed[place] ^= change;
                if let Ok(read) = Csr::parse(&changed) {
                    assert_eq!(read.octets(), changed, "what is read is what was sent");
                    read.verify().expect_err(&format!("{object}: octet {place} changed by {change:02x}"));
                }
            }
        }
    }
}

#[test]
fn no_changed_octet_of_a_certificate_goes_unnoticed() {
    for (name, object) in [("ua1", "lite_uri"), ("usidmfr", "lite"), ("hda-auth", "lite")] {
        let (entity, parent) = (chain(name), chain(&chain(name).parent));
        let der = entity.object(object);
        for place in 0..der.len() {
            for change in [0x01, 0x20, 0x80] {
                let mut changed = der.clone();
                changed[place] ^= change;
                if let Ok(read) = LiteCertificate::parse(&changed) {
                    assert_eq!(read.der(), changed);
                    assert_eq!(read.tbs().assemble(read.signature()).unwrap(), changed);
                    read.verify(&parent.hi())
                        .expect_err(&format!("{name}: octet {place} changed by {change:02x}"));
                }
            }
        }
    }
}

#[test]
fn requests_beyond_the_limit_are_not_looked_at() {
    let length = csr::MAX_LEN + 1;
    assert_eq!(Csr::parse(&vec![0x30; length]), Err(CsrError::Oversized { length }));
    let der = vec![0x30; lite::MAX_LEN + 1];
    assert_eq!(LiteCertificate::parse(&der), Err(CertError::Oversized { length: der.len() }));
}

#[test]
fn a_request_that_is_not_canonical_is_refused() {
    let der = chain("ua1").object("csr");
    let parts = children(&der);
    let fields = children(&parts[0]);
    // Two attributes in descending order.
    let attribute = |arc: u8| tlv(0x30, &[tlv(0x06, &[0x2a, arc]), tlv(0x31, &tlv(0x05, &[]))].concat());
    let request = |attributes: &[Vec<u8>]| {
        let info = [&fields[..3].concat()[..], &tlv(0xa0, &attributes.concat())].concat();
        tlv(0x30, &[tlv(0x30, &info), parts[1].clone(), parts[2].clone()].concat())
    };
    assert!(matches!(
        Csr::parse(&request(&[attribute(9), attribute(3)])),
        Err(CsrError::NotCanonical { .. })
    ));
    let ascending = Csr::parse(&request(&[attribute(3), attribute(9)])).unwrap();
    let remarks: Vec<String> = ascending.remarks().iter().map(ToString::to_string).collect();
    assert_eq!(remarks, ["attribute 1.2.3 is not used", "attribute 1.2.9 is not used"]);
    assert_eq!(ascending.verify(), Err(CsrError::BadSignature));

    let version_one = replace(&der, &[0x02, 0x01, 0x00], &[0x02, 0x01, 0x01]);
    assert!(matches!(Csr::parse(&version_one), Err(CsrError::Structure(_))));
    let indefinite = [&[0x30, 0x80][..], &parts.concat(), &[0, 0]].concat();
    assert!(
        matches!(Csr::parse(&indefinite), Err(CsrError::Der(f)) if f.kind == DerFaultKind::IndefiniteLength)
    );
}

#[test]
fn a_request_for_the_det_of_another_key_is_refused() {
    let (ua, other) = (chain("ua1"), chain("raa-auth"));
    let spec = CsrSpec { hi: ua.hi(), serial_number: None, det: Some(other.det()) };
    assert!(matches!(spec.to_be_signed(), Err(CsrSpecError::Det(DetMismatch::OtherKey { .. }))));

    // The same request signed by a holder of the key who does not ask us.
    let own = CsrSpec { hi: ua.hi(), serial_number: None, det: Some(ua.det()) };
    let info = replace(&own.to_be_signed().unwrap(), &ua.det().to_bytes(), &other.det().to_bytes());
    let algorithm = [0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70];
    let signature = tlv(0x03, &[&[0][..], &ua.sign(&info)].concat());
    let request = Csr::parse(&tlv(0x30, &[&info[..], &algorithm, &signature].concat())).unwrap();
    assert!(
        matches!(request.verify(), Err(CsrError::Det(DetMismatch::OtherKey { right })) if right != ua.det())
    );
}

#[test]
fn serial_numbers_that_a_subject_cannot_hold() {
    for text in ["", "1225X_UA", "dröhne", &"9".repeat(65)] {
        let spec = CsrSpec { hi: chain("ua1").hi(), serial_number: Some(text.into()), det: None };
        assert_eq!(spec.to_be_signed(), Err(CsrSpecError::SerialNumber(text.into())));
    }
    let bare = CsrSpec { hi: chain("ua1").hi(), serial_number: None, det: None };
    let der = bare.assemble(&chain("ua1").sign(&bare.to_be_signed().unwrap())).unwrap();
    assert_eq!(der.len(), 129);
    let read = Csr::parse(&der).unwrap().verify().unwrap();
    assert_eq!((read.serial_number(), read.det()), (None, None));
}

#[test]
fn other_profiles_are_not_lite() {
    let issuer = LiteCertificate::parse(&other("apex_auth_issuer_equals_subject")).unwrap_err();
    assert_eq!(issuer, CertError::Issuer("CN=DRIP-APEX-A".into()));
    let subject = LiteCertificate::parse(&other("apex_auth_both_names_det")).unwrap_err();
    assert_eq!(subject, CertError::SubjectName("CN=200100300000000505cef7556fc5a795".into()));
    for name in ["apex-auth", "raa-auth", "hda-issuing", "ua1", "usidmfr"] {
        let error = LiteCertificate::parse(&chain(name).object("full")).unwrap_err();
        assert!(matches!(error, CertError::UnexpectedExtension(_)), "{name}: {error}");
    }
}

#[test]
fn each_field_of_a_certificate_has_its_own_error() {
    let ca = chain("hda-issuing").object("lite");
    let ee = chain("ua1").object("lite");
    let error = |certificate: &[u8], change: &dyn Fn(&mut Vec<Vec<u8>>)| {
        LiteCertificate::parse(&rebuilt(certificate, |fields| change(fields))).unwrap_err()
    };
    // Fields: version, serial, signature, issuer, validity, subject, key, extensions.
    assert_eq!(error(&ee, &|f| f[0] = vec![0xa0, 3, 2, 1, 1]), CertError::Version(2));
    assert_eq!(error(&ee, &|f| f[1] = vec![2, 1, 0]), CertError::Serial(InvalidSerial::Zero));
    assert_eq!(error(&ee, &|f| f[1] = vec![2, 1, 0x85]), CertError::Serial(InvalidSerial::Zero));
    assert_eq!(
        error(&ee, &|f| f[1] = tlv(2, &[1; 21])),
        CertError::Serial(InvalidSerial::TooLong),
        "21 octets are one too many"
    );
    let ed448 = tlv(0x30, &[0x06, 0x03, 0x2b, 0x65, 0x71]);
    assert_eq!(
        error(&ee, &|f| f[2] = ed448.clone()),
        CertError::SignatureAlgorithm { field: "signature", algorithm: ForeignAlgorithm::Ed448 }
    );
    assert!(matches!(error(&ee, &|f| f[3] = vec![0x30, 0]), CertError::Issuer(_)));
    let upper = |f: &mut Vec<Vec<u8>>| f[3].iter_mut().for_each(|b| *b = b.to_ascii_uppercase());
    assert!(matches!(error(&ee, &upper), CertError::Issuer(_)), "upper-case digits");
    let printable = |f: &mut Vec<Vec<u8>>| f[3] = replace(&f[3], &[0x0c, 0x20], &[0x13, 0x20]);
    assert!(matches!(error(&ee, &printable), CertError::Issuer(_)), "PrintableString");
    let turned = |f: &mut Vec<Vec<u8>>| {
        let times = children(&f[4]);
        f[4] = tlv(0x30, &[times[1].clone(), times[0].clone()].concat());
    };
    assert!(matches!(error(&ee, &turned), CertError::Content(ContentError::Validity { .. })));
    let generalized = |f: &mut Vec<Vec<u8>>| {
        let times = children(&f[4]);
        f[4] = tlv(0x30, &[times[0].clone(), tlv(0x18, b"20261201000000Z")].concat());
    };
    assert!(
        matches!(error(&ee, &generalized), CertError::NotCanonical { .. }),
        "GeneralizedTime before 2050"
    );
    let other_place = |f: &mut Vec<Vec<u8>>| f[5] = replace(&f[5], b"16376-16376", b"16376-16375");
    assert_eq!(error(&ca, &other_place), CertError::SubjectName("CN=DRIP-HDA-I-16376-16375".into()));
    let operational = |f: &mut Vec<Vec<u8>>| f[5] = replace(&f[5], b"HDA-I", b"HDA-O");
    assert!(matches!(error(&ca, &operational), CertError::SubjectName(_)));
    assert_eq!(
        error(&ee, &|f| f[6] = replace(&f[6], &[0x2b, 0x65, 0x70], &[0x2b, 0x65, 0x6e])),
        CertError::KeyAlgorithm(ForeignAlgorithm::X25519)
    );
    let long_key = |f: &mut Vec<Vec<u8>>| {
        let parts = children(&f[6]);
        f[6] = tlv(0x30, &[parts[0].clone(), tlv(3, &[0; 34])].concat());
    };
    assert_eq!(error(&ee, &long_key), CertError::KeyLength);
    let weak = |f: &mut Vec<Vec<u8>>| {
        let parts = children(&f[6]);
        let mut key = [0; 33];
        key[1] = 1;
        f[6] = tlv(0x30, &[parts[0].clone(), tlv(3, &key)].concat());
    };
    assert!(matches!(error(&ee, &weak), CertError::Key(_)));
    assert_eq!(error(&ee, &|f| f.insert(7, tlv(0x81, &[0, 1]))), CertError::UniqueId("issuerUniqueID"));
    assert!(matches!(
        error(&ee, &|f| {
            f.pop();
        }),
        CertError::MissingExtension("subjectAltName")
    ));
    assert!(matches!(error(&ee, &|f| f.swap(1, 2)), CertError::Structure(_)), "fields out of order");
}

#[test]
fn each_fault_of_an_extension_is_named() {
    let ca = chain("hda-issuing").object("lite");
    let ee = chain("ua1").object("lite_uri");
    let maker = chain("usidmfr").object("lite_uri");
    let error = |certificate: &[u8], change: &dyn Fn(Vec<Vec<u8>>) -> Vec<Vec<u8>>| {
        let changed = rebuilt(certificate, |fields| {
            let list = children(&fields[7]);
            fields[7] = tlv(0xa3, &tlv(0x30, &change(children(&list[0])).concat()));
        });
        LiteCertificate::parse(&changed).unwrap_err()
    };
    let extension = |e: CertError| match e {
        CertError::Extension { field, reason } => (field, reason),
        other => panic!("{other}"),
    };
    assert_eq!(
        error(&ca, &|e| vec![e[1].clone(), e[0].clone()]),
        CertError::ExtensionOrder("basicConstraints")
    );
    assert_eq!(error(&ca, &|e| vec![e[1].clone()]), CertError::MissingExtension("basicConstraints"));
    assert!(matches!(
        error(&ee, &|e| [children(&children(&children(&ca)[0])[7])[0].clone()]
            .iter()
            .flat_map(|list| children(list))
            .take(1)
            .chain(e)
            .collect()),
        CertError::UnexpectedExtension(id) if id.to_string() == "2.5.29.19"
    ));
    let not_critical = |extension: &[u8]| {
        let parts = children(extension);
        tlv(0x30, &[parts[0].clone(), parts[2].clone()].concat())
    };
    assert_eq!(
        extension(error(&ee, &|e| vec![not_critical(&e[0])])),
        ("subjectAltName", "it must be critical")
    );
    assert_eq!(
        extension(error(&ca, &|e| vec![not_critical(&e[0]), e[1].clone()])),
        ("basicConstraints", "it must be critical")
    );
    let path_length = |extension: &[u8]| {
        let parts = children(extension);
        let value = tlv(0x04, &tlv(0x30, &[1, 1, 0xff, 2, 1, 0]));
        tlv(0x30, &[parts[0].clone(), parts[1].clone(), value].concat())
    };
    assert_eq!(extension(error(&ca, &|e| vec![path_length(&e[0]), e[1].clone()])).0, "basicConstraints");
    let doubled = |e: Vec<Vec<u8>>| vec![e[0].clone(), e[0].clone()];
    assert_eq!(error(&ee, &doubled), CertError::DuplicateExtension("subjectAltName"));

    let with_names = |extension: &[u8], change: &dyn Fn(Vec<Vec<u8>>) -> Vec<Vec<u8>>| {
        let parts = children(extension);
        let names = change(children(&children(&parts[2])[0])).concat();
        vec![tlv(0x30, &[parts[0].clone(), parts[1].clone(), tlv(4, &tlv(0x30, &names))].concat())]
    };
    let turned = |e: Vec<Vec<u8>>| with_names(&e[0], &|n| vec![n[1].clone(), n[0].clone()]);
    assert!(matches!(error(&ee, &turned), CertError::NotCanonical { .. }), "URI before address");
    let no_address = |e: Vec<Vec<u8>>| with_names(&e[0], &|n| vec![n[1].clone()]);
    assert_eq!(extension(error(&ee, &no_address)).1, "it has no address");
    let twice = |e: Vec<Vec<u8>>| with_names(&e[0], &|n| vec![n[0].clone(), n[0].clone()]);
    assert_eq!(extension(error(&ee, &twice)).1, "two names of one kind");
    let dns = |e: Vec<Vec<u8>>| with_names(&e[0], &|n| vec![n[0].clone(), tlv(0x82, b"example.com")]);
    assert_eq!(extension(error(&ee, &dns)).1, "a name is neither address, URI nor hardwareModuleName");
    let ipv4 = |e: Vec<Vec<u8>>| with_names(&e[0], &|_| vec![tlv(0x87, &[192, 0, 2, 1])]);
    assert_eq!(extension(error(&ee, &ipv4)).1, "its address has not 16 octets");
    let elsewhere = |e: Vec<Vec<u8>>| with_names(&e[0], &|_| vec![tlv(0x87, &[0x20; 16])]);
    assert!(matches!(error(&ee, &elsewhere), CertError::NotADet(_)));
    let other_det =
        |e: Vec<Vec<u8>>| with_names(&e[0], &|_| vec![tlv(0x87, &chain("raa-auth").det().to_bytes())]);
    assert!(matches!(
        error(&ee, &other_det),
        CertError::Content(ContentError::Det(DetMismatch::OtherKey { .. }))
    ));
    let no_scheme = |e: Vec<Vec<u8>>| with_names(&e[0], &|n| vec![n[0].clone(), tlv(0x86, b"hda.example")]);
    assert!(matches!(error(&ee, &no_scheme), CertError::Content(ContentError::Uri(_))));
    let without_module = |e: Vec<Vec<u8>>| with_names(&e[0], &|n| n[..2].to_vec());
    assert_eq!(
        error(&maker, &without_module),
        CertError::Content(ContentError::ForeverWithoutHardwareModule)
    );
}

#[test]
fn content_that_the_profile_does_not_allow_is_not_encoded() {
    let good = LiteCertificate::parse(&chain("hda-issuing").object("lite")).unwrap().tbs().clone();
    let maker = LiteCertificate::parse(&chain("usidmfr").object("lite")).unwrap().tbs().clone();
    let refused = |change: &dyn Fn(&mut LiteTbs)| {
        let mut tbs = good.clone();
        change(&mut tbs);
        tbs.encode().unwrap_err()
    };
    let hid = good.det.hid();
    let ca = |level, class, hid| Subject::Ca { level, class, hid };
    let elsewhere = Hid::from_numbers(16376, 16375).unwrap();
    for subject in [
        ca(Level::Hda, DetClass::Operational, hid),
        ca(Level::Raa, DetClass::Issuing, hid),
        ca(Level::Apex, DetClass::Issuing, hid),
        ca(Level::Hda, DetClass::Issuing, elsewhere),
        Subject::RaaWithHda { class: DetClass::Issuing, hid },
    ] {
        assert!(matches!(refused(&|tbs| tbs.subject = subject), ContentError::Subject { .. }), "{subject:?}");
    }
    assert!(matches!(
        refused(&|tbs| tbs.not_after = CertTime::new(UnixTime(0)).unwrap()),
        ContentError::Validity { .. }
    ));
    assert_eq!(refused(&|tbs| tbs.not_after = CertTime::FOREVER), ContentError::ForeverWithoutHardwareModule);
    let module = maker.hardware_module.clone();
    assert_eq!(
        refused(&|tbs| tbs.hardware_module = module.clone()),
        ContentError::HardwareModuleWithoutForever
    );
    assert!(matches!(
        refused(&|tbs| tbs.det = maker.det),
        ContentError::Det(_) | ContentError::Subject { .. }
    ));
    assert!(matches!(refused(&|tbs| tbs.hi = maker.hi), ContentError::Det(_)));
    for uri in ["", "hda.example.com", "https:", "https://hdä.example", "https://a b", "1s:x"] {
        assert_eq!(refused(&|tbs| tbs.uri = Some(uri.into())), ContentError::Uri(uri.into()));
    }
    assert!(good.encode().is_ok());
}

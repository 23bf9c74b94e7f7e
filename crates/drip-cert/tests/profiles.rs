//! The Full and mtls profiles: what they hold, and octets that are almost a certificate of theirs, each fault by its name.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod vectors;

use drip_cert::{
    Certificate, DerFaultKind,
    full::{FullCertificate, FullTbs, KeyUsage},
    mtls::{MtlsCertificate, MtlsRole, MtlsTbs, PkiUrls},
    x509::{
        CertError, CertTime, CertVerifyError, ContentError, HardwareModule, InvalidSerial, Profile, Subject,
        X509,
    },
};
use drip_det::{DetMismatch, UnixTime};
use vectors::{
    Entity, chain,
    der::{children, tlv},
    spec,
};

/// `certificate` with the fields of its TBSCertificate changed and the lengths made right again.
fn with_fields(certificate: &[u8], change: impl FnOnce(&mut Vec<Vec<u8>>)) -> Vec<u8> {
    let parts = children(certificate);
    let mut fields = children(&parts[0]);
    change(&mut fields);
    tlv(0x30, &[tlv(0x30, &fields.concat()), parts[1].clone(), parts[2].clone()].concat())
}

/// The same with its extensions.
fn with_extensions(certificate: &[u8], change: impl FnOnce(&mut Vec<Vec<u8>>)) -> Vec<u8> {
    with_fields(certificate, |fields| {
        let last = fields.last_mut().unwrap();
        let mut list = children(&children(last)[0]);
        change(&mut list);
        *last = tlv(0xa3, &tlv(0x30, &list.concat()));
    })
}

/// The extension `2.5.29.<arc>` in a list.
fn place(list: &[Vec<u8>], arc: u8) -> usize {
    list.iter().position(|extension| children(extension)[0] == [0x06, 0x03, 0x55, 0x1d, arc]).unwrap()
}

/// The extension with another value.
fn revalued(extension: &[u8], value: &[u8]) -> Vec<u8> {
    let mut parts = children(extension);
    *parts.last_mut().unwrap() = tlv(0x04, value);
    tlv(0x30, &parts.concat())
}

/// The extension with its criticality turned.
fn turned(extension: &[u8]) -> Vec<u8> {
    let parts = children(extension);
    match parts.len() {
        3 => tlv(0x30, &[parts[0].clone(), parts[2].clone()].concat()),
        _ => tlv(0x30, &[parts[0].clone(), vec![1, 1, 0xff], parts[1].clone()].concat()),
    }
}

fn mtls(name: &str, role: MtlsRole) -> Vec<u8> {
    let (entity, parent) = (chain(name), chain(&chain(name).parent));
    let tbs = spec::mtls(&entity, &parent, role);
    tbs.assemble(&parent.sign(&tbs.encode().unwrap())).unwrap()
}

fn mtls_error(der: &[u8]) -> CertError {
    MtlsCertificate::parse(der).unwrap_err()
}

fn full_error(der: &[u8]) -> CertError {
    FullCertificate::parse(der).unwrap_err()
}

fn field(error: CertError) -> &'static str {
    match error {
        CertError::Extension { field, .. } => field,
        other => panic!("{other}"),
    }
}

#[test]
fn mtls_there_and_back() {
    for (name, role) in [
        ("apex-auth", MtlsRole::Authority),
        ("raa-auth", MtlsRole::Authority),
        ("hda-issuing", MtlsRole::Authority),
        ("ua1", MtlsRole::EndEntity),
        ("ua1", MtlsRole::OcspResponder),
    ] {
        let (entity, parent) = (chain(name), chain(&chain(name).parent));
        let der = mtls(name, role);
        let read = MtlsCertificate::parse(&der).unwrap();
        let tbs = spec::mtls(&entity, &parent, role);
        assert_eq!(read.tbs(), &tbs);
        assert_eq!(MtlsTbs::decode(&tbs.encode().unwrap()), Ok(tbs));
        assert_eq!(read.verify(&parent.hi()), Ok(()));
        let any = Certificate::parse(&der).unwrap();
        assert_eq!(any, Certificate::Mtls(read));
        assert_eq!((any.profile(), any.is_authority()), (Profile::Mtls, role == MtlsRole::Authority));
        assert!(matches!(any.verify(&chain("usidmfr").hi()), Err(CertVerifyError::Issuer(_))));
        assert!(any.is_valid_at(UnixTime(entity.not_before)));
        assert!(!any.is_valid_at(UnixTime(entity.not_before - 1)));
    }
}

#[test]
fn key_usage_in_full_certificates_is_a_choice() {
    for name in ["hda-issuing", "ua1", "usidmfr"] {
        let (entity, parent) = (chain(name), chain(&chain(name).parent));
        let mut tbs = FullCertificate::parse(&entity.object("full")).unwrap().tbs().clone();
        tbs.key_usage = KeyUsage::Present;
        let der = tbs.assemble(&parent.sign(&tbs.encode().unwrap())).unwrap();
        assert_eq!(FullCertificate::parse(&der).unwrap().tbs(), &tbs);
        let other = with_extensions(&der, |list| {
            let at = place(list, 15);
            list[at] = revalued(&list[at], &[0x03, 0x02, 0x05, 0xa0]);
        });
        assert_eq!(field(full_error(&other)), "keyUsage");
        let not_critical = with_extensions(&der, |list| {
            let at = place(list, 15);
            list[at] = turned(&list[at]);
        });
        assert_eq!(field(full_error(&not_critical)), "keyUsage");
    }
}

#[test]
fn every_prefix_is_truncated_every_tail_trailing_and_no_change_unnoticed() {
    fn each<T: drip_cert::x509::Tbs>(der: &[u8], parent: &Entity) {
        for length in 0..der.len() {
            let error = X509::<T>::parse(&der[..length]).unwrap_err();
            assert!(
                matches!(error, CertError::Der(f) if f.kind == DerFaultKind::Truncated),
                "{length}: {error}"
            );
        }
        let error = X509::<T>::parse(&[der, &[0]].concat()).unwrap_err();
        assert!(
            matches!(error, CertError::Der(f) if f.kind == DerFaultKind::Trailing && f.offset == der.len())
        );
        let indefinite = [&[0x30, 0x80][..], &children(der).concat(), &[0, 0]].concat();
        let error = X509::<T>::parse(&indefinite).unwrap_err();
        assert!(matches!(error, CertError::Der(f) if f.kind == DerFaultKind::IndefiniteLength));
        for at in 0..der.len() {
            for change in [0x01, 0x20, 0x80] {
                let mut changed = der.to_vec();
                changed[at] ^= change;
                if let Ok(read) = X509::<T>::parse(&changed) {
                    assert_eq!(read.der(), changed);
                    read.verify(&parent.hi()).expect_err(&format!("octet {at} changed by {change:02x}"));
                }
            }
        }
    }
    each::<FullTbs>(&chain("hda-issuing").object("full"), &chain("hda-auth"));
    each::<FullTbs>(&chain("usidmfr").object("full"), &chain("hda-issuing"));
    each::<MtlsTbs>(&mtls("hda-issuing", MtlsRole::Authority), &chain("hda-auth"));
    each::<MtlsTbs>(&mtls("ua1", MtlsRole::EndEntity), &chain("hda-issuing"));
}

/// The three profiles are told apart, and none passes for another.
#[test]
fn a_certificate_of_one_profile_is_none_of_another() {
    for name in ["raa-auth", "hda-issuing", "ua1"] {
        let role = if name == "ua1" { MtlsRole::EndEntity } else { MtlsRole::Authority };
        let (lite, full, mtls) = (chain(name).object("lite"), chain(name).object("full"), mtls(name, role));
        assert!(matches!(
            full_error(&lite),
            CertError::MissingExtension("subjectKeyIdentifier" | "authorityKeyIdentifier")
        ));
        assert!(matches!(mtls_error(&lite), CertError::MissingExtension(_) | CertError::Extension { .. }));
        assert!(mtls_error(&full).to_string().contains("extension"));
        assert!(matches!(full_error(&mtls), CertError::UnexpectedExtension(_) | CertError::Extension { .. }));
        assert_eq!(Certificate::parse(&lite).unwrap().profile(), Profile::Lite);
        assert_eq!(Certificate::parse(&full).unwrap().profile(), Profile::Full);
        assert_eq!(Certificate::parse(&mtls).unwrap().profile(), Profile::Mtls);
    }
}

#[test]
fn each_fault_of_a_full_certificate_is_named() {
    let (ca, ee) = (chain("hda-issuing").object("full"), chain("ua1").object("full"));
    let changed = |der: &[u8], arc: u8, change: &dyn Fn(&[u8]) -> Vec<u8>| {
        full_error(&with_extensions(der, |list| {
            let at = place(list, arc);
            list[at] = change(&list[at]);
        }))
    };
    let without = |der: &[u8], arc: u8| {
        full_error(&with_extensions(der, |list| {
            list.remove(place(list, arc));
        }))
    };
    for (arc, name) in [
        (19, "basicConstraints"),
        (17, "subjectAltName"),
        (14, "subjectKeyIdentifier"),
        (35, "authorityKeyIdentifier"),
    ] {
        assert_eq!(without(&ca, arc), CertError::MissingExtension(name));
        assert_eq!(field(changed(&ca, arc, &turned)), name, "criticality");
        assert_eq!(
            full_error(&with_extensions(&ca, |list| {
                let doubled = list[place(list, arc)].clone();
                list.push(doubled);
            })),
            CertError::DuplicateExtension(name)
        );
    }
    assert_eq!(field(changed(&ca, 32, &turned)), "certificatePolicies");
    let swapped = with_extensions(&ca, |list| list.swap(3, 4));
    assert_eq!(full_error(&swapped), CertError::ExtensionOrder("subjectKeyIdentifier"));
    let hashed = [&[0x04, 0x14][..], &[7; 20]].concat();
    assert_eq!(field(changed(&ca, 14, &|e| revalued(e, &hashed))), "subjectKeyIdentifier");
    let other = tlv(0x30, &tlv(0x80, &chain("raa-auth").det().to_bytes()));
    assert_eq!(field(changed(&ca, 35, &|e| revalued(e, &other))), "authorityKeyIdentifier");
    let two = hex::decode("3016300906072b1b10010100013009060729010101010101").unwrap();
    assert_eq!(field(changed(&ca, 32, &|e| revalued(e, &two))), "certificatePolicies");
    let identifier = |of: &[u8]| {
        let fields = children(&children(of)[0]);
        children(&children(fields.last().unwrap())[0])
    };
    let subject_key = identifier(&ca)[3].clone();
    let in_ee = with_extensions(&ee, |list| list.insert(1, subject_key));
    assert!(
        matches!(full_error(&in_ee), CertError::UnexpectedExtension(id) if id.to_string() == "2.5.29.14")
    );
    let policy = identifier(&ca)[1].clone();
    let in_ee = with_extensions(&ee, |list| list.insert(0, policy));
    assert!(
        matches!(full_error(&in_ee), CertError::UnexpectedExtension(id) if id.to_string() == "2.5.29.32")
    );
    let unknown = tlv(0x30, &[&[0x06, 0x03, 0x2a, 0x03, 0x04, 0x04, 0x02][..], &[5, 0]].concat());
    let unknown = with_extensions(&ee, |list| list.push(unknown));
    assert!(
        matches!(full_error(&unknown), CertError::UnexpectedExtension(id) if id.to_string() == "1.2.3.4")
    );
    let zero = with_fields(&ee, |fields| fields[1] = vec![2, 1, 0]);
    assert_eq!(full_error(&zero), CertError::Serial(InvalidSerial::Zero));
    let turned_fields = with_fields(&ee, |fields| fields.swap(3, 4));
    assert!(matches!(full_error(&turned_fields), CertError::Structure(_)));
}

#[test]
fn each_fault_of_an_mtls_certificate_is_named() {
    let (ca, ee) = (mtls("hda-issuing", MtlsRole::Authority), mtls("ua1", MtlsRole::EndEntity));
    let responder = mtls("ua1", MtlsRole::OcspResponder);
    let changed = |der: &[u8], arc: u8, change: &dyn Fn(&[u8]) -> Vec<u8>| {
        mtls_error(&with_extensions(der, |list| {
            let at = place(list, arc);
            list[at] = change(&list[at]);
        }))
    };
    let without = |der: &[u8], arc: u8| {
        mtls_error(&with_extensions(der, |list| {
            list.remove(place(list, arc));
        }))
    };
    for (arc, name) in [
        (19, "basicConstraints"),
        (15, "keyUsage"),
        (17, "subjectAltName"),
        (14, "subjectKeyIdentifier"),
        (35, "authorityKeyIdentifier"),
    ] {
        assert_eq!(without(&ca, arc), CertError::MissingExtension(name));
        assert_eq!(field(changed(&ca, arc, &turned)), name);
    }
    let elsewhere = with_fields(&ca, |fields| fields[5] = fields[3].clone());
    assert!(
        matches!(mtls_error(&elsewhere), CertError::SubjectIsNotDet { det, .. } if det == chain("hda-issuing").det())
    );
    let one_usage = tlv(0x30, &[0x06, 0x08, 0x2b, 6, 1, 5, 5, 7, 3, 2]);
    assert_eq!(field(changed(&ee, 37, &|e| revalued(e, &one_usage))), "extKeyUsage");
    // An end entity that may sign certificates, by either extension.
    assert_eq!(field(changed(&ee, 15, &|e| revalued(e, &[3, 2, 1, 0x86]))), "keyUsage");
    assert_eq!(without(&ee, 37), CertError::MissingExtension("basicConstraints"));
    let checked = with_extensions(&responder, |list| {
        list.pop();
    });
    assert_eq!(mtls_error(&checked), CertError::MissingExtension("id-pkix-ocsp-nocheck"));
    // Addresses.
    assert_eq!(field(changed(&ee, 31, &|e| revalued(e, &[0x30, 0]))), "cRLDistributionPoints");
    let reasons = hex::decode("300d300ba0098607687474703a2f2f61").unwrap();
    assert_eq!(field(changed(&ee, 31, &|e| revalued(e, &reasons))), "cRLDistributionPoints");
    let (entity, parent) = (chain("ua1"), chain("hda-issuing"));
    let good = spec::mtls(&entity, &parent, MtlsRole::EndEntity);
    for uri in ["", "ldap://x", "https://", "http://ä"] {
        let tbs = MtlsTbs { pki: PkiUrls { crl: Some(uri.into()), ..PkiUrls::NONE }, ..good.clone() };
        assert_eq!(
            tbs.encode(),
            Err(ContentError::PkiUri { field: "cRLDistributionPoints", uri: uri.into() })
        );
    }
    let tbs = MtlsTbs { role: MtlsRole::OcspResponder, ..good };
    assert_eq!(tbs.encode(), Err(ContentError::PkiOfResponder));
}

#[test]
fn content_that_no_profile_allows_is_not_encoded() {
    let (entity, parent) = (chain("ua1"), chain("hda-issuing"));
    let full = FullCertificate::parse(&chain("ua1").object("full")).unwrap().tbs().clone();
    let mtls = spec::mtls(&entity, &parent, MtlsRole::EndEntity);
    let module = HardwareModule { hw_type: "1.2.3".parse().unwrap(), hw_serial: vec![1] };
    let both = |full: FullTbs, mtls: MtlsTbs| {
        let error = full.encode().unwrap_err();
        assert_eq!(mtls.encode(), Err(error.clone()));
        error
    };
    let early = CertTime::new(UnixTime(0)).unwrap();
    assert!(matches!(
        both(
            FullTbs { not_after: early, ..full.clone() },
            MtlsTbs { not_after: early, not_before: full.not_before, ..mtls.clone() }
        ),
        ContentError::Validity { .. }
    ));
    let forever = CertTime::FOREVER;
    assert_eq!(
        both(FullTbs { not_after: forever, ..full.clone() }, MtlsTbs { not_after: forever, ..mtls.clone() }),
        ContentError::ForeverWithoutHardwareModule
    );
    assert_eq!(
        both(
            FullTbs { hardware_module: Some(module.clone()), ..full.clone() },
            MtlsTbs { hardware_module: Some(module.clone()), ..mtls.clone() }
        ),
        ContentError::HardwareModuleWithoutForever
    );
    assert!(matches!(
        both(FullTbs { hi: parent.hi(), ..full.clone() }, MtlsTbs { hi: parent.hi(), ..mtls.clone() }),
        ContentError::Det(DetMismatch::OtherKey { .. })
    ));
    let policy = FullTbs { policy: Some("1.2.3".parse().unwrap()), subject: Subject::Empty, ..full };
    assert!(matches!(policy.encode(), Err(ContentError::PolicyOfEndEntity(_))));
    // With both, the device of a manufacturer.
    let endless = MtlsTbs { not_after: forever, hardware_module: Some(module), ..mtls };
    let der = endless.assemble(&parent.sign(&endless.encode().unwrap())).unwrap();
    assert_eq!(MtlsCertificate::parse(&der).unwrap().tbs(), &endless);
}

#[test]
fn manufacturers_devices_are_certified_in_every_profile() {
    let der = chain("usidmfr").object("full");
    let read = FullCertificate::parse(&der).unwrap();
    assert_eq!(read.tbs().not_after, CertTime::FOREVER);
    assert_eq!(read.tbs().hardware_module.as_ref().unwrap().hw_serial, [1, 2, 3, 4]);
    assert_eq!(der.len(), 339);
}

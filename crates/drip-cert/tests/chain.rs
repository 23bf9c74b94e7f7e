//! The requests, Lite and Full certificates of the chain vectors, made again from the private seeds alone, octet for octet.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod vectors;

use drip_cert::{
    Certificate,
    csr::Csr,
    full::{FullCertificate, FullTbs, KeyUsage, Policies},
    lite::{CertTime, CertVerifyError, CertificateSerial, HardwareModule, LiteCertificate, LiteTbs, Subject},
    pem,
    x509::Profile,
};
use drip_det::{DetClass, Hid, Level, UnixTime};
use vectors::{Entity, chain, spec};

/// The manufacturer's device in the vectors (type under a private enterprise number, serial 01 02 03 04).
fn device() -> HardwareModule {
    HardwareModule { hw_type: "1.3.6.1.4.1.6715.10.1".parse().unwrap(), hw_serial: vec![1, 2, 3, 4] }
}

fn subject(entity: &Entity) -> Subject {
    let (level, class) = match entity.name.as_str() {
        "apex-auth" => (Level::Apex, DetClass::Authorization),
        "apex-issuing" => (Level::Apex, DetClass::Issuing),
        "raa-auth" | "raa2-auth-self" => (Level::Raa, DetClass::Authorization),
        "raa-issuing" => (Level::Raa, DetClass::Issuing),
        "hda-auth" => (Level::Hda, DetClass::Authorization),
        "hda-issuing" => (Level::Hda, DetClass::Issuing),
        _ => return Subject::Empty,
    };
    Subject::Ca { level, class, hid: Hid::from_numbers(entity.raa, entity.hda).unwrap() }
}

fn request(name: &str, object: &str) {
    let entity = chain(name);
    let spec = spec::request(&entity, object);
    let signature = entity.sign(&spec.to_be_signed().unwrap());
    let made = spec.assemble(&signature).unwrap();
    let vector = entity.object(object);
    assert_eq!(hex::encode(&made), hex::encode(&vector), "{name} {object}");

    let read = Csr::parse(&vector).unwrap();
    assert_eq!(read.hi(), &spec.hi);
    assert_eq!(read.serial_number(), spec.serial_number.as_deref());
    assert_eq!(read.det(), spec.det);
    assert!(read.remarks().is_empty());
    assert_eq!(read.verify().unwrap().octets(), vector);
    let text = pem::encode(pem::Label::CertificateRequest, &vector);
    assert_eq!(Csr::parse(text.as_bytes()).unwrap().octets(), vector);
}

fn certificate(name: &str, object: &str) {
    let (entity, parent) = (chain(name), chain(&chain(name).parent));
    let described = entity.certificate(object);
    let endless = described["not_after"] == "99991231235959Z";
    let tbs = LiteTbs {
        serial: CertificateSerial::new(&hex::decode(described["serial_hex"].as_str().unwrap()).unwrap())
            .unwrap(),
        issuer: parent.det(),
        not_before: CertTime::new(UnixTime(entity.not_before)).unwrap(),
        not_after: if endless {
            CertTime::FOREVER
        } else {
            CertTime::new(UnixTime(entity.not_after)).unwrap()
        },
        subject: subject(&entity),
        hi: entity.hi(),
        det: entity.det(),
        uri: (object == "lite_uri").then(|| "https://hda.example.com".into()),
        hardware_module: endless.then(device),
    };
    let to_be_signed = tbs.encode().unwrap();
    let made = tbs.assemble(&parent.sign(&to_be_signed)).unwrap();
    let vector = entity.object(object);
    assert_eq!(hex::encode(&made), hex::encode(&vector), "{name} {object}");

    let read = LiteCertificate::parse(&vector).unwrap();
    assert_eq!(read.tbs(), &tbs);
    assert_eq!(read.der(), vector);
    assert_eq!(read.verify(&parent.hi()), Ok(()));
    assert_eq!(LiteTbs::decode(&to_be_signed).unwrap(), tbs);
    let stranger = chain("ua1").hi();
    assert!(matches!(read.verify(&stranger), Err(CertVerifyError::Issuer(_))));
    assert_eq!(
        tbs.subject.common_name().as_deref().unwrap_or(""),
        described["subject"].as_str().unwrap_or("")
    );
}

fn full(name: &str) {
    let (entity, parent) = (chain(name), chain(&chain(name).parent));
    let described = entity.certificate("full");
    let endless = described["not_after"] == "99991231235959Z";
    let serial = hex::decode(described["serial_hex"].as_str().unwrap()).unwrap();
    let subject = subject(&entity);
    let tbs = FullTbs {
        serial: CertificateSerial::new(&serial).unwrap(),
        issuer: parent.det(),
        not_before: CertTime::new(UnixTime(entity.not_before)).unwrap(),
        not_after: if endless {
            CertTime::FOREVER
        } else {
            CertTime::new(UnixTime(entity.not_after)).unwrap()
        },
        subject,
        hi: entity.hi(),
        det: entity.det(),
        uri: None,
        hardware_module: endless.then(device),
        key_usage: KeyUsage::Absent,
        policy: subject.is_authority().then(|| Policies::default().of(parent.det(), entity.det())).flatten(),
    };
    let to_be_signed = tbs.encode().unwrap();
    let made = tbs.assemble(&parent.sign(&to_be_signed)).unwrap();
    let vector = entity.object("full");
    assert_eq!(hex::encode(&made), hex::encode(&vector), "{name}");

    let read = FullCertificate::parse(&vector).unwrap();
    assert_eq!(read.tbs(), &tbs);
    assert_eq!(read.verify(&parent.hi()), Ok(()));
    assert_eq!(FullTbs::decode(&to_be_signed).unwrap(), tbs);
    assert!(matches!(read.verify(&chain("ua1").hi()), Err(CertVerifyError::Issuer(_))));

    for (object, profile) in [("lite", Profile::Lite), ("lite_uri", Profile::Lite), ("full", Profile::Full)] {
        let vector = entity.object(object);
        let read = Certificate::parse(&vector).unwrap();
        assert_eq!((read.profile(), read.der()), (profile, &vector[..]));
        assert_eq!((read.det(), read.issuer()), (entity.det(), parent.det()));
        assert_eq!(read.is_authority(), subject.is_authority());
        assert_eq!(read.uri(), (object == "lite_uri").then_some("https://hda.example.com"));
        assert_eq!(read.verify(&parent.hi()), Ok(()));
    }
}

macro_rules! entities {
    ($($module:ident = $name:literal),* $(,)?) => {
        $(mod $module {
            #[test]
            fn csr() {
                super::request($name, "csr");
            }
            #[test]
            fn csr_det() {
                super::request($name, "csr_det");
            }
            #[test]
            fn lite() {
                super::certificate($name, "lite");
            }
            #[test]
            fn lite_uri() {
                super::certificate($name, "lite_uri");
            }
            #[test]
            fn full() {
                super::full($name);
            }
        })*

        #[test]
        fn every_entity_of_the_vectors_is_tested() {
            let mut tested = vec![$($name),*];
            tested.sort_unstable();
            assert_eq!(vectors::names(), tested);
        }
    };
}

entities! {
    apex_auth = "apex-auth",
    apex_issuing = "apex-issuing",
    raa_auth = "raa-auth",
    raa_issuing = "raa-issuing",
    hda_auth = "hda-auth",
    hda_issuing = "hda-issuing",
    ua1 = "ua1",
    usidmfr = "usidmfr",
    raa2_auth_self = "raa2-auth-self",
}

#[test]
fn text_objects() {
    let text = include_bytes!("../../../testdata/chain/ua1.csr.pem");
    assert_eq!(Csr::parse(text).unwrap().octets(), chain("ua1").object("csr"));
    let text = include_str!("../../../testdata/chain/usidmfr.lite.pem");
    let der = chain("usidmfr").object("lite");
    assert_eq!(pem::encode(pem::Label::Certificate, &der), text);
    assert_eq!(pem::decode(pem::Label::Certificate, text.as_bytes()), Ok(der));
}

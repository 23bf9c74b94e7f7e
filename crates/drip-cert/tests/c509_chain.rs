//! The chain vectors in C509, both types: made from the private seeds, read back, verified.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod vectors;

use drip_cert::{
    Certificate,
    c509::{C509Certificate, C509Csr, C509Error, C509Kind, NativeCertificate, NativeTbs},
    csr::{Csr, CsrError, CsrForm},
    full::FullTbs,
    lite::LiteTbs,
    mtls::{MtlsRole, MtlsTbs, PkiUrls},
    x509::{CertVerifyError, CertificateSerial, Profile, Tbs},
};
use vectors::{Entity, chain, spec};

fn certificate<T: Tbs>(name: &str, object: &str, tbs: &T) {
    let (entity, parent) = (chain(name), chain(&chain(name).parent));
    let to_be_signed = tbs.encode().unwrap();

    // Type 3: the X.509 certificate signed with the parent's key, re-encoded.
    let der = tbs.assemble(&parent.sign(&to_be_signed)).unwrap();
    let reencoded = C509Certificate::of_x509(&der).unwrap();
    assert_eq!(
        hex::encode(reencoded.octets()),
        hex::encode(entity.c509(object, 3)),
        "{name} {object} type 3"
    );
    let read = C509Certificate::decode(&entity.c509(object, 3)).unwrap();
    assert_eq!(read.x509(), Some(der.as_slice()));
    assert_eq!(Certificate::parse(read.x509().unwrap()).unwrap().verify(&parent.hi()), Ok(()));

    // Type 2: the same content, the parent's signature over its CBOR.
    let native = NativeTbs::of_tbs(&to_be_signed).unwrap();
    assert_eq!(native.x509(), to_be_signed);
    assert_eq!(native.profile(), Ok(T::PROFILE));
    let made = native.assemble(&parent.sign(native.octets()));
    assert_eq!(hex::encode(&made), hex::encode(entity.c509(object, 2)), "{name} {object} type 2");
    let read = NativeCertificate::<T>::parse(&made).unwrap();
    assert_eq!(read.tbs(), tbs);
    assert_eq!(read.octets(), made);
    assert_eq!(read.verify(&parent.hi()), Ok(()));
    let stranger = chain("ua1").hi();
    assert!(matches!(read.verify(&stranger), Err(CertVerifyError::Issuer(_))));
    // The signature of the X.509 certificate is none of the native one.
    let swapped = native.assemble(&parent.sign(&to_be_signed));
    let swapped = NativeCertificate::<T>::parse(&swapped).unwrap();
    assert_eq!(swapped.verify(&parent.hi()), Err(CertVerifyError::BadSignature));

    // Neither type passes for the other.
    assert!(NativeCertificate::<T>::parse(&entity.c509(object, 3)).is_err());
    let kinds = [2, 3].map(|kind| C509Certificate::decode(&entity.c509(object, kind)).unwrap().kind());
    assert_eq!(kinds, [C509Kind::Native, C509Kind::Reencoded]);
}

fn content(entity: &Entity, object: &str) -> Certificate {
    Certificate::parse(&entity.object(object)).unwrap()
}

fn lite(name: &str, object: &str) {
    let Certificate::Lite(lite) = content(&chain(name), object) else { panic!("{name} {object}") };
    certificate::<LiteTbs>(name, object, lite.tbs());
}

fn full(name: &str) {
    let Certificate::Full(full) = content(&chain(name), "full") else { panic!("{name}") };
    certificate::<FullTbs>(name, "full", full.tbs());
}

fn request(name: &str, object: &str) {
    let entity = chain(name);
    let spec = spec::request(&entity, object);
    let der = spec.assemble(&entity.sign(&spec.to_be_signed().unwrap())).unwrap();
    let reencoded = C509Csr::of_pkcs10(&der).unwrap();
    assert_eq!(
        hex::encode(reencoded.octets()),
        hex::encode(entity.c509(object, 3)),
        "{name} {object} type 3"
    );
    assert_eq!(C509Csr::decode(&entity.c509(object, 3)).unwrap().pkcs10(), Some(der.as_slice()));
    let info = spec.native().unwrap();
    let native = info.assemble(&entity.sign(info.octets()));
    assert_eq!(hex::encode(&native), hex::encode(entity.c509(object, 2)), "{name} {object} type 2");

    for (octets, form, signed) in [
        (reencoded.octets(), CsrForm::C509(C509Kind::Reencoded), &der),
        (native.as_slice(), CsrForm::C509(C509Kind::Native), &native),
    ] {
        let read = Csr::parse(octets).unwrap().verify().unwrap();
        assert_eq!(read.form(), form);
        assert_eq!(read.octets(), signed, "as it was signed");
        assert_eq!(read.hi(), &spec.hi);
        assert_eq!(read.serial_number(), spec.serial_number.as_deref());
        assert_eq!(read.det(), spec.det);
        assert!(read.remarks().is_empty());
        assert_eq!(C509Csr::decode_sequence(&octets[1..]).unwrap().octets(), octets);
        assert_eq!(C509Csr::decode(&octets[1..]), Err(C509Error::Unwrapped(7)));
    }
    // A native request with the signature of the PKCS#10 request, and the other way round.
    let swapped = info.assemble(&entity.sign(&spec.to_be_signed().unwrap()));
    assert_eq!(Csr::parse(&swapped).unwrap().verify(), Err(CsrError::BadSignature));
    let swapped = spec.assemble(&entity.sign(info.octets())).unwrap();
    let swapped = C509Csr::of_pkcs10(&swapped).unwrap();
    assert_eq!(Csr::parse(swapped.octets()).unwrap().verify(), Err(CsrError::BadSignature));
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
                super::lite($name, "lite");
            }
            #[test]
            fn lite_uri() {
                super::lite($name, "lite_uri");
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

/// The literal readings of the Apex rule, where issuer and subject are one name: the issuer is null.
#[test]
fn the_issuer_is_null_when_it_is_the_subject() {
    for (object, subject) in [("apex_auth_issuer_equals_subject", 0x6b), ("apex_auth_both_names_det", 0x50)] {
        let der = vectors::other(object);
        let cbor = C509Certificate::of_x509(&der).unwrap();
        assert_eq!(hex::encode(cbor.octets()), vectors::other_c509(object));
        assert_eq!(cbor.octets()[5], 0xf6);
        assert_eq!(cbor.octets()[16], subject);
        assert_eq!(C509Certificate::decode(cbor.octets()).unwrap().x509(), Some(der.as_slice()));
    }
}

#[test]
fn sizes_as_the_digest_counts_them() {
    for (name, object, size) in [
        ("ua1", "lite", 155),
        ("raa-auth", "lite", 173),
        ("hda-auth", "lite", 179),
        ("raa-auth", "full", 239),
        ("hda-auth", "full", 245),
        ("ua1", "full", 192),
    ] {
        assert_eq!(chain(name).c509(object, 2).len(), size, "{name} {object}");
        assert_eq!(chain(name).c509(object, 3).len(), size, "{name} {object}");
    }
}

/// The mtls profile has the most extensions; a responder's has the most of all.
#[test]
fn the_mtls_profile_in_every_role() {
    let (entity, parent) = (chain("ua1"), chain("hda-issuing"));
    let mut made = Vec::new();
    for (role, octets) in [(MtlsRole::EndEntity, 3), (MtlsRole::Authority, 0), (MtlsRole::OcspResponder, 1)] {
        for (pki, uri) in [
            (PkiUrls::NONE, None),
            (PkiUrls::of_origin("https://dime.example", parent.det()), Some("https://dime.example")),
        ] {
            let tbs = MtlsTbs {
                serial: CertificateSerial::unpredictable([octets; 20]),
                uri: uri.map(str::to_owned),
                pki,
                ..spec::mtls(&entity, &parent, role)
            };
            // Not every role may have addresses, and an aircraft's DET is no authority's.
            let Ok(to_be_signed) = tbs.encode() else { continue };
            made.push(role);
            let der = tbs.assemble(&parent.sign(&to_be_signed)).unwrap();
            let cbor = C509Certificate::of_x509(&der).unwrap();
            assert_eq!(C509Certificate::decode(cbor.octets()).unwrap().x509(), Some(der.as_slice()));
            assert!(cbor.octets().len() * 4 < der.len() * 3, "{} of {}", cbor.octets().len(), der.len());
            let native = NativeTbs::of_tbs(&to_be_signed).unwrap();
            assert_eq!(native.profile(), Ok(Profile::Mtls));
            let native =
                NativeCertificate::<MtlsTbs>::parse(&native.assemble(&parent.sign(native.octets()))).unwrap();
            assert_eq!((native.tbs(), native.verify(&parent.hi())), (&tbs, Ok(())));
        }
    }
    assert!(made.contains(&MtlsRole::EndEntity) && made.contains(&MtlsRole::OcspResponder), "{made:?}");
}

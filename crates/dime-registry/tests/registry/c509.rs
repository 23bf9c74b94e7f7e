//! Requests in C509: a re-encoded one is the PKCS#10 request it stands for, a native one is answered with a native certificate, too.

use crate::world::*;
use dime_registry::{ApplicantFault, Application, CertificateError, Kind, Profile, RegisterError, Renewal};
use drip_cert::{
    c509::{C509Csr, NativeCertificate},
    csr::CsrError,
    lite::{LiteCertificate, LiteTbs},
};
use drip_det::Det;

fn native(name: &str) -> Application {
    Application::new(
        Kind::Aircraft,
        key(name).native_request(Some("8653F02T7B8RA85D19LX".into()), None).unwrap(),
    )
}

#[test]
fn a_native_request_gets_a_native_certificate_beside_the_others() {
    let world = World::new();
    let before = world.signer.count();
    let view = world.registered(native("aircraft"), &manager());
    let det = Det::derive(hid(), key("aircraft").hi());
    assert_eq!(view.public.det, det);
    let others =
        [&view.public.full, &view.public.mtls].iter().filter(|certificate| certificate.is_some()).count();
    let signed = before + 3 + others;
    assert_eq!(view.private.unwrap().serial_number.as_deref(), Some("8653F02T7B8RA85D19LX"));

    let cbor = view.public.c509.unwrap();
    let certificate = NativeCertificate::<LiteTbs>::parse(&cbor).unwrap();
    certificate.verify(key("hda-i").hi()).unwrap();
    let lite = LiteCertificate::parse(&view.public.certificate.unwrap()).unwrap();
    assert_eq!(certificate.tbs(), lite.tbs(), "both say the same");
    assert_eq!(world.registry.native_certificate(det).unwrap(), cbor);
    assert_eq!(world.signer.count(), signed, "endorsement, Lite, native, and those of the policy");

    // The same request again signs nothing new; a renewal does, and is native again.
    assert_eq!(world.registered(native("aircraft"), &manager()).public.c509, Some(cbor.clone()));
    assert_eq!(world.signer.count(), signed);
    let renewed = world.registry.renew(det, Renewal::default(), &manager()).unwrap();
    let renewed = renewed.public.c509.unwrap();
    assert_ne!(renewed, cbor);
    NativeCertificate::<LiteTbs>::parse(&renewed).unwrap().verify(key("hda-i").hi()).unwrap();

    world.registry.revoke(det, "over", &manager()).unwrap();
    assert!(matches!(world.registry.native_certificate(det), Err(CertificateError::NotRegistered(_))));
    assert_eq!(world.registry.public_view(det).unwrap().unwrap().c509, None);
}

#[test]
fn a_reencoded_request_is_the_pkcs10_request() {
    let world = World::new();
    let der = csr(&key("aircraft"), None, None);
    let cbor = C509Csr::of_pkcs10(&der).unwrap().octets().to_vec();
    let view = world.registered(Application::new(Kind::Aircraft, cbor), &manager());
    assert_eq!(view.public.c509, None);
    assert!(matches!(world.registry.native_certificate(view.public.det), Err(CertificateError::NoNative)));
    let again = world.registered(Application::new(Kind::Aircraft, der), &manager());
    assert_eq!(again, view, "one request, whatever its encoding");
    assert!(world.registry.certificate(view.public.det, Profile::Lite).is_ok());
}

#[test]
fn a_native_request_of_another_hand_or_damaged_is_refused() {
    let world = World::new();
    let refusal =
        |csr: Vec<u8>| match world.registry.register(Application::new(Kind::Aircraft, csr), &manager()) {
            Err(RegisterError::Applicant(fault)) => fault,
            other => panic!("{other:?}"),
        };
    let good = native("aircraft").csr;
    let mut forged = good.clone();
    *forged.last_mut().unwrap() ^= 1;
    assert!(matches!(refusal(forged), ApplicantFault::BadSignature));
    assert!(
        matches!(refusal(good[..good.len() - 1].to_vec()), ApplicantFault::MalformedCsr(CsrError::C509(error)) if error.is_truncated())
    );
    assert!(matches!(
        refusal([good.as_slice(), &[0]].concat()),
        ApplicantFault::MalformedCsr(CsrError::C509(_))
    ));
    assert!(
        matches!(refusal(good[1..].to_vec()), ApplicantFault::MalformedCsr(_)),
        "no sequence without its array"
    );
    assert_eq!(
        world.registered(native("aircraft"), &manager()).public.det,
        Det::derive(hid(), key("aircraft").hi())
    );
}

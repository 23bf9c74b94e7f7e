//! Full and mtls certificates of registrations: which are issued, what they say, and that they chain.

use crate::world::*;
use dime_registry::{
    Caller, CertificateError, Foundation, Kind, NewKey, OwnKeys, Policy, Profile, ProfileSet, Renewal,
    SystemEntropy, Wanted,
};
use dime_sign::ceremony::Item;
use drip_cert::{
    Certificate,
    full::{FullCertificate, KeyUsage, Policies},
    lite::LiteCertificate,
    mtls::{MtlsCertificate, MtlsRole, PkiUrls},
};
use drip_det::{Det, DetClass, Hda, Hid, UnixTime};
use std::sync::atomic::Ordering;

fn with(profiles: ProfileSet) -> Policy {
    let mut policy = Policy::quickstart();
    for kind in [&mut policy.operator, &mut policy.aircraft, &mut policy.session, &mut policy.service] {
        kind.as_mut().unwrap().profiles = profiles;
    }
    policy
}

/// The certificates of a profile from a DET up to the trust anchor, each signed by the next.
fn verified_chain(world: &World, det: Det, profile: Profile) -> Vec<Certificate> {
    let mut chain = Vec::new();
    let mut next = det;
    loop {
        let der = world.registry.certificate(next, profile).unwrap();
        let certificate = Certificate::parse(&der).unwrap();
        assert_eq!((certificate.profile(), certificate.det()), (profile, next));
        next = certificate.issuer();
        let last = next == certificate.det();
        chain.push(certificate);
        if last {
            break;
        }
    }
    for (below, above) in chain.iter().zip(chain.iter().skip(1)) {
        assert_eq!(below.verify(above.hi()), Ok(()));
    }
    let anchor = chain.last().unwrap();
    assert_eq!(anchor.verify(anchor.hi()), Ok(()));
    chain
}

#[test]
fn every_profile_chains_to_the_anchor() {
    let world = World::new();
    let det = world.operator("operator");
    for profile in Profile::ALL {
        let chain = verified_chain(&world, det, profile);
        assert_eq!(chain.len(), 4, "{profile}");
        assert_eq!(chain.iter().filter(|certificate| certificate.is_authority()).count(), 3);
    }
    let view = world.registry.public_view(det).unwrap().unwrap();
    let lite = LiteCertificate::parse(view.certificate.as_ref().unwrap()).unwrap().tbs().clone();
    let full = FullCertificate::parse(view.full.as_ref().unwrap()).unwrap().tbs().clone();
    let mtls = MtlsCertificate::parse(view.mtls.as_ref().unwrap()).unwrap().tbs().clone();
    assert_eq!((lite.not_before, lite.not_after), (full.not_before, full.not_after));
    assert_eq!((lite.not_before, lite.not_after), (mtls.not_before, mtls.not_after));
    assert_eq!((full.hi, mtls.hi, full.det, mtls.det), (lite.hi, lite.hi, det, det));
    assert_eq!((full.serial.as_bytes().len(), mtls.serial.as_bytes().len()), (20, 20));
    assert_ne!(full.serial, mtls.serial);
    assert_eq!((full.key_usage, full.policy, mtls.role), (KeyUsage::Absent, None, MtlsRole::EndEntity));
}

#[test]
fn a_kind_gets_the_profiles_of_its_policy_and_no_others() {
    let policy = with(ProfileSet::LITE.with(Profile::Full));
    let world = World::with_policy(Policy { full_key_usage: KeyUsage::Present, ..policy });
    let det = world.operator("operator");
    let full = world.registry.certificate(det, Profile::Full).unwrap();
    assert_eq!(FullCertificate::parse(&full).unwrap().tbs().key_usage, KeyUsage::Present);
    let missing = world.registry.certificate(det, Profile::Mtls).unwrap_err();
    assert!(matches!(missing, CertificateError::ProfileNotOffered(Profile::Mtls)), "{missing}");
    let record = world.store.registration_by_det(det).unwrap().unwrap();
    assert_eq!((record.mtls, record.numbered.len()), (None, 1));
    assert_eq!(world.signer.count(), 3);
    let world = World::with_policy(with(ProfileSet::LITE));
    let det = world.operator("operator");
    assert_eq!(world.signer.count(), 2);
    assert!(world.registry.public_view(det).unwrap().unwrap().full.is_none());
}

#[test]
fn a_renewal_numbers_its_certificates_anew_and_the_old_are_remembered() {
    let world = World::new();
    let det = world.operator("operator");
    let before = world.store.registration_by_det(det).unwrap().unwrap();
    world.clock.set(START + 60);
    world.registry.renew(det, Renewal::default(), &Caller::Det(det)).unwrap();
    let after = world.store.registration_by_det(det).unwrap().unwrap();
    assert_ne!(before.full, after.full);
    assert_ne!(before.mtls, after.mtls);
    for (old, new) in [(&before.full, &after.full), (&before.mtls, &after.mtls)] {
        let (old, new) = (old.as_ref().unwrap(), new.as_ref().unwrap());
        assert_ne!(old.serial, new.serial);
        for serial in [&old.serial, &new.serial] {
            assert!(after.numbered.iter().any(|noted| noted.serial == *serial), "both are still valid");
        }
    }
    assert_eq!(after.numbered.len(), 4);
    verified_chain(&world, det, Profile::Mtls);
}

/// Wherever among the signatures it stops, what comes after is made from the intent alone: the same serial numbers, the same octets.
#[test]
fn completing_an_intent_makes_the_octets_that_were_meant() {
    let whole = World::new();
    let intended = |world: &World| {
        let det = Det::derive(hid(), key("aircraft").hi());
        world.store.registration_by_det(det).unwrap().unwrap()
    };
    for budget in 0..SIGNATURES {
        let world = World::new();
        world.signer.budget.store(budget, Ordering::SeqCst);
        world.registry.register(application(Kind::Aircraft, "aircraft"), &manager()).unwrap_err();
        let before = intended(&world);
        let (full, mtls) = (before.full.unwrap(), before.mtls.unwrap());
        assert!(full.der.is_none() && mtls.der.is_none());
        // Another policy by the time it is completed: what was decided stays decided.
        let World { folder, store, clock, registry, signer, zones } = world;
        drop((registry, signer, zones, store));
        let store = open_store(folder.path());
        let world = World::over(folder, store, with(ProfileSet::LITE), clock);
        let after = intended(&world);
        assert_eq!(after.full.as_ref().map(|certificate| &certificate.serial), Some(&full.serial));
        assert_eq!(after.mtls.as_ref().map(|certificate| &certificate.serial), Some(&mtls.serial));
        let der = after.mtls.unwrap().der.unwrap();
        assert_eq!(MtlsCertificate::parse(&der).unwrap().tbs().serial.as_bytes(), mtls.serial);
        verified_chain(&world, after.det, Profile::Full);
    }
    assert_eq!(whole.signer.count(), 0);
}

/// The authorities of the TEST hierarchy have certificates of every profile, with the policies of their issuers' levels.
#[test]
fn the_hierarchy_has_every_profile() {
    let world = World::new();
    let authorities = world.store.authorities().unwrap();
    assert_eq!(authorities.len(), 4);
    for authority in authorities {
        let parent = world.registry.authority(authority.parent).unwrap();
        let full = FullCertificate::parse(&authority.full.unwrap()).unwrap();
        let mtls = MtlsCertificate::parse(&authority.mtls.unwrap()).unwrap();
        assert_eq!((full.verify(&parent.hi), mtls.verify(&parent.hi)), (Ok(()), Ok(())));
        let policy = full.tbs().policy.unwrap().to_string();
        let by_hda = authority.class == drip_det::DetClass::Issuing && authority.hid == hid();
        assert_eq!(policy, if by_hda { "1.3.27.16.1.1.0.2" } else { "1.3.27.16.1.1.0.1" });
    }
}

/// What a founded authority's certificates say of its issuer: where its list and status are, and which policy it works by.
#[test]
fn founded_authorities_name_addresses_and_policies() {
    let folder = tempfile::tempdir().unwrap();
    let store = open_store(folder.path());
    let raa = authorization("raa-a", Hid::new(hid().raa, Hda::OF_RAA));
    let hda = authorization("hda-a", hid());
    let policies = Policies { raa: Some("1.3.27.16.2.1".parse().unwrap()), hda: None };
    let foundation = Foundation {
        hid: hid(),
        raa_authorization: &raa,
        raa_issuing: *key("raa-i").hi(),
        hda_authorization: &hda,
        hda_issuing: *key("hda-i").hi(),
        authorization_lifetime: Foundation::AUTHORIZATION_LIFETIME,
        issuing_lifetime: Foundation::ISSUING_LIFETIME,
        certificate_uri: None,
        origin: Some("https://dime.example".to_owned()),
        policies,
    };
    let authorities = foundation.found(&store, &SystemEntropy, UnixTime(START)).unwrap();
    for authority in &authorities {
        let mtls = MtlsCertificate::parse(authority.mtls.as_ref().unwrap()).unwrap().tbs().clone();
        assert_eq!(mtls.pki, PkiUrls::of_origin("https://dime.example", authority.parent));
        let full = FullCertificate::parse(authority.full.as_ref().unwrap()).unwrap().tbs().clone();
        let by_hda = !authority.parent.hid().hda.is_reserved_to_raa();
        assert_eq!(full.policy, if by_hda { policies.hda } else { policies.raa });
    }
    assert!(authorities.iter().any(|authority| authority.parent.hid() == hid()), "an HDA signed, too");
}

/// What a ceremony asks for is what the configuration says.
#[test]
fn a_ceremony_asks_for_the_policies_and_addresses_of_the_configuration() {
    let mut policy = Policy::quickstart();
    policy.certificate_policies = Policies { raa: None, hda: Some("1.3.27.16.2.2".parse().unwrap()) };
    policy.revocation.origin = Some("https://dime.example".to_owned());
    let world = World::with_policy(policy.clone());
    let wanted = Wanted { by: Some(hid()), keys: OwnKeys::All, ..Wanted::nothing() };
    let caller = Caller::Local;
    let another = NewKey {
        hid: hid(),
        class: DetClass::Issuing,
        csr: csr(&key("another"), None, None),
        uses: Vec::new(),
        uri: None,
    };
    world.registry.add_key(&another, &caller).unwrap();
    let request = world.registry.ceremony_request(&wanted, &caller).unwrap();
    let authorities: Vec<_> = request
        .items
        .iter()
        .filter_map(|item| match item {
            Item::Authority(asked) => Some(asked),
            _ => None,
        })
        .collect();
    assert!(!authorities.is_empty());
    let signer = Det::derive(hid(), key("hda-a").hi());
    for asked in authorities {
        assert_eq!(asked.policies, policy.certificate_policies);
        assert_eq!(asked.pki, Some(PkiUrls::of_origin("https://dime.example", signer)));
    }
}

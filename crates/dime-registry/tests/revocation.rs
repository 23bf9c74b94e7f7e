//! Revocation lists and certificate status, read as a relying party reads them.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use dime_registry::{
    Application, Caller, Clock, Deltas, DetStatus, Foundation, IssuerKeys, Kind, ListError, ListForm,
    OfflineListError, Outcome, Policy, ProfileSet, Registry, Renewal, RevokeError, Role, SystemEntropy,
    TokenId, TokenIdentity,
};
use dime_sign::{Issuing, LocalSigner, PrivateKey, SignRequest, Signer, SigningPolicy, offline};
use dime_store::{
    Actor, Change, ChangeKind, Expect, MemoryIndex, NumberedCertificate, Options, Registration,
    RegistrationId, State, Store, Write,
};
use dime_zone::Zones;
use drip_cert::{
    crl::{Crl, CrlTbs, Reason, Scope, Shard},
    csr::CsrSpec,
    full::{FullCertificate, Policies},
    lite::CertificateSerial,
    mtls::MtlsCertificate,
    ocsp::{
        BasicResponse, CertId, CertStatus, HashAlgorithm, Issuer, Nonce, OcspRequest, OcspResponse,
        ResponseStatus,
    },
};
use drip_det::{Det, Hda, Hid, HostIdentity, UnixTime};
use sha2::{Digest, Sha256};
use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};
use tempfile::TempDir;
use zeroize::Zeroizing;

const START: u64 = 1_800_000_000;
const DAY: u64 = 86_400;

struct ManualClock(AtomicU64);

impl Clock for ManualClock {
    fn now(&self) -> UnixTime {
        UnixTime(self.0.load(Ordering::SeqCst))
    }
}

fn hid() -> Hid {
    Hid::from_numbers(16376, 10).unwrap()
}

fn raa() -> Hid {
    Hid::new(hid().raa, Hda::OF_RAA)
}

fn key(name: &str) -> PrivateKey {
    PrivateKey::from_seed(&Zeroizing::new(Sha256::digest(name.as_bytes()).into()))
}

fn hi(name: &str) -> HostIdentity {
    *key(name).hi()
}

fn det(name: &str, at: Hid) -> Det {
    Det::derive(at, &hi(name))
}

fn manager() -> Caller {
    let id = TokenId("manager".into());
    Caller::Token(TokenIdentity { id, role: Role::Admin, hid: None, not_after: None })
}

/// All three profiles for every kind.
fn policy() -> Policy {
    let mut policy = Policy::quickstart();
    for kind in [&mut policy.operator, &mut policy.aircraft, &mut policy.session, &mut policy.service] {
        kind.as_mut().unwrap().profiles = ProfileSet::ALL;
    }
    policy
}

struct World {
    folder: TempDir,
    store: Arc<Store>,
    clock: Arc<ManualClock>,
    registry: Registry,
}

impl World {
    fn new(policy: Policy) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = open_store(&folder);
        let authorization =
            |name, hid| offline::test_tree(key(name), hid, SigningPolicy::AUTHORIZATION).unwrap();
        let foundation = Foundation {
            hid: hid(),
            raa_authorization: &authorization("raa-a", raa()),
            raa_issuing: hi("raa-i"),
            hda_authorization: &authorization("hda-a", hid()),
            hda_issuing: hi("hda-i"),
            authorization_lifetime: Foundation::AUTHORIZATION_LIFETIME,
            issuing_lifetime: Foundation::ISSUING_LIFETIME,
            certificate_uri: None,
            origin: None,
            policies: Policies::default(),
        };
        foundation.found(&store, &SystemEntropy, UnixTime(START - DAY)).unwrap();
        Self::over(folder, store, policy, Arc::new(ManualClock(AtomicU64::new(START))))
    }

    fn over(folder: TempDir, store: Arc<Store>, policy: Policy, clock: Arc<ManualClock>) -> Self {
        let issuing = |name, at| -> Arc<dyn Signer> {
            Arc::new(LocalSigner::<Issuing>::new(key(name), at, SigningPolicy::ISSUING).unwrap())
        };
        let keys = vec![
            IssuerKeys::for_all_kinds(issuing("hda-i", hid())),
            IssuerKeys::for_all_kinds(issuing("raa-i", raa())),
        ];
        let registry =
            Registry::open(store.clone(), keys, policy, Arc::new(Zones::new()), clock.clone()).unwrap();
        World { folder, store, clock, registry }
    }

    fn restarted(self) -> Self {
        let World { folder, store, clock, registry } = self;
        let policy = registry.policy().clone();
        drop(registry);
        drop(store);
        let store = open_store(&folder);
        Self::over(folder, store, policy, clock)
    }

    fn later(&self, seconds: u64) {
        self.clock.0.fetch_add(seconds, Ordering::SeqCst);
    }

    fn now(&self) -> UnixTime {
        self.clock.now()
    }

    fn operator(&self, name: &str) -> Det {
        let spec = CsrSpec { hi: hi(name), serial_number: None, det: None };
        let csr = spec.assemble(&key(name).sign(&spec.to_be_signed().unwrap())).unwrap();
        match self.registry.register(Application::new(Kind::Operator, csr), &manager()).unwrap() {
            Outcome::Registered(view) => view.public.det,
            other => panic!("not registered: {other:?}"),
        }
    }

    /// The serial numbers of a DET's Full and mtls certificates.
    fn serials(&self, det: Det) -> [CertificateSerial; 2] {
        let view = self.registry.public_view(det).unwrap().unwrap();
        let full = FullCertificate::parse(&view.full.unwrap()).unwrap();
        let mtls = MtlsCertificate::parse(&view.mtls.unwrap()).unwrap();
        [full.tbs().serial.clone(), mtls.tbs().serial.clone()]
    }

    fn list(&self, issuer: Det) -> Crl {
        self.list_of(issuer, None, ListForm::Complete)
    }

    /// The list, verified by its signer's key.
    fn list_of(&self, issuer: Det, shard: Option<Shard>, form: ListForm) -> Crl {
        let list = self.registry.revocation_list(issuer, shard, form).unwrap();
        let crl = Crl::parse(&list.der).unwrap();
        let signer = self.registry.authority(crl.tbs().issuer).unwrap();
        crl.verify(&signer.hi).unwrap();
        assert!(crl.is_current_at(self.now()));
        crl
    }

    fn ask(&self, request: &OcspRequest) -> BasicResponse {
        match OcspResponse::decode(&self.registry.ocsp(request.encode()).der).unwrap() {
            OcspResponse::Basic(basic) => *basic,
            other => panic!("{other:?}"),
        }
    }

    /// The status of a certificate by OCSP, verified with the issuer's key.
    fn status(&self, issuer: Issuer, serial: &CertificateSerial) -> CertStatus {
        let id = CertId::new(&issuer, HashAlgorithm::Sha1, serial.clone()).unwrap();
        let basic = self.ask(&OcspRequest::new(vec![id.clone()], None).unwrap());
        basic.verify(&issuer, self.now()).unwrap();
        basic.status(&id, None, self.now(), 0).unwrap()
    }

    fn revoked(&self, issuer: Issuer, serial: &CertificateSerial) -> Option<Reason> {
        match self.status(issuer, serial) {
            CertStatus::Revoked { reason, .. } => reason,
            other => panic!("{other:?}"),
        }
    }
}

fn open_store(folder: &TempDir) -> Arc<Store> {
    let options = Options { segment_size: 1 << 24, ..Options::default() };
    Arc::new(Store::open(folder.path(), Box::new(MemoryIndex::new()), options).unwrap())
}

fn issuer() -> Issuer {
    Issuer { det: det("hda-i", hid()), hi: hi("hda-i") }
}

fn listed(crl: &Crl, issuer: Det, serials: &[CertificateSerial]) -> Vec<Option<Reason>> {
    serials.iter().filter_map(|serial| crl.find(issuer, serial)).map(|entry| entry.reason).collect()
}

#[test]
fn revoked_when_revoke_returns() {
    let world = World::new(policy());
    let (one, other) = (world.operator("one"), world.operator("other"));
    let hda_i = issuer().det;
    let (serials, others) = (world.serials(one), world.serials(other));
    let before = world.list(hda_i);
    assert!(before.tbs().entries.is_empty());
    for serial in &serials {
        assert_eq!(world.status(issuer(), serial), CertStatus::Good);
    }
    world.registry.revoke_because(one, "stolen", Some(Reason::KeyCompromise), &manager()).unwrap();
    let after = world.list(hda_i);
    assert_eq!(listed(&after, hda_i, &serials), [Some(Reason::KeyCompromise); 2]);
    assert_eq!(listed(&after, hda_i, &others), []);
    assert!(after.tbs().number > before.tbs().number);
    for serial in &serials {
        assert_eq!(world.revoked(issuer(), serial), Some(Reason::KeyCompromise));
    }
    for serial in &others {
        assert_eq!(world.status(issuer(), serial), CertStatus::Good);
    }
    world.registry.revoke(other, "sold", &manager()).unwrap();
    assert_eq!(listed(&world.list(hda_i), hda_i, &others), [None; 2]);
    let status = world.registry.status(one, &Caller::Anonymous).unwrap();
    assert_eq!((status.status, status.since), (DetStatus::Revoked, Some(UnixTime(START))));
    assert_eq!((status.reason_code, status.reason), (Some(Reason::KeyCompromise), None));
    assert_eq!(world.registry.status(one, &manager()).unwrap().reason.as_deref(), Some("stolen"));
    let nobody = world.registry.status(det("nobody", hid()), &manager()).unwrap();
    assert_eq!(nobody.status, DetStatus::Unknown);
    let world = world.restarted();
    assert_eq!(world.list(hda_i).tbs().entries.len(), 4);
    assert_eq!(world.revoked(issuer(), &serials[0]), Some(Reason::KeyCompromise));
}

#[test]
fn a_list_is_made_once_until_something_happens() {
    let world = World::new(policy());
    let hda_i = issuer().det;
    let one = world.operator("one");
    let first = world.list(hda_i);
    world.later(DAY / 2 - 1);
    assert_eq!(world.list(hda_i), first);
    world.later(2);
    let second = world.list(hda_i);
    assert!(second.tbs().number > first.tbs().number);
    world.registry.revoke(one, "sold", &manager()).unwrap();
    let third = world.list(hda_i);
    assert!(third.tbs().number > second.tbs().number);
    // A restart in the same second makes the same octets.
    let world = world.restarted();
    assert_eq!(world.list(hda_i), third);
    // What has ended is listed once more, and then not any more.
    world.later(366 * DAY);
    assert_eq!(world.list(hda_i).tbs().entries.len(), 2);
    world.later(3 * DAY);
    assert!(world.list(hda_i).tbs().entries.is_empty());
}

#[test]
fn superseded_certificates_are_revoked_with_the_det() {
    let world = World::new(policy());
    let one = world.operator("one");
    let old = world.serials(one);
    world.later(DAY);
    world.registry.renew(one, Renewal { not_after: None, idempotency_key: None }, &manager()).unwrap();
    let new = world.serials(one);
    assert_ne!(old, new);
    assert!(world.list(issuer().det).tbs().entries.is_empty());
    for serial in old.iter().chain(&new) {
        assert_eq!(world.status(issuer(), serial), CertStatus::Good);
    }
    world.registry.revoke_because(one, "closed", Some(Reason::CessationOfOperation), &manager()).unwrap();
    let crl = world.list(issuer().det);
    for serial in old.iter().chain(&new) {
        assert_eq!(world.revoked(issuer(), serial), Some(Reason::CessationOfOperation));
        assert!(crl.find(issuer().det, serial).is_some());
    }
}

#[test]
fn a_registration_is_not_suspended() {
    let world = World::new(policy());
    let one = world.operator("one");
    for code in [Reason::CertificateHold, Reason::RemoveFromCrl] {
        let refused = world.registry.revoke_because(one, "for a while", Some(code), &manager());
        assert!(matches!(refused, Err(RevokeError::ReasonCode)));
    }
}

#[test]
fn a_divided_list_says_together_what_the_whole_says() {
    let mut policy = policy();
    policy.revocation.shards = 4;
    policy.revocation.origin = Some("https://dime.example".into());
    let world = World::new(policy);
    let hda_i = issuer().det;
    for name in ["a", "b", "c", "d", "e", "f"] {
        let det = world.operator(name);
        let mtls = world.registry.public_view(det).unwrap().unwrap().mtls.unwrap();
        let tbs = MtlsCertificate::parse(&mtls).unwrap().tbs().clone();
        let shard = Shard::of(&tbs.serial, 4).unwrap();
        let url = format!("https://dime.example/pki/{}/{shard}.crl", hda_i.to_hex());
        assert_eq!(tbs.pki.crl.as_ref(), Some(&url));
        world.registry.revoke(det, "gone", &manager()).unwrap();
        let part = world.list_of(hda_i, Some(shard), ListForm::Complete);
        assert_eq!(part.tbs().scope, Scope::Point(url));
        assert!(part.find(hda_i, &tbs.serial).is_some());
    }
    let whole = world.list(hda_i);
    assert_eq!(whole.tbs().scope, Scope::Whole);
    // Every division says the same, whatever the configuration says now.
    for count in [2, 4, 256] {
        let mut together = Vec::new();
        for number in 0..count {
            let shard = Shard::new(number, count).unwrap();
            together.extend(world.list_of(hda_i, Some(shard), ListForm::Complete).tbs().entries.clone());
        }
        together.sort_by(|one, other| one.serial.cmp(&other.serial));
        assert_eq!(together, whole.tbs().entries, "{count}");
    }
    let world = World::new(self::policy());
    let shard = Some(Shard::new(0, 4).unwrap());
    let refused = world.registry.revocation_list(hda_i, shard, ListForm::Complete);
    assert!(matches!(refused, Err(ListError::NotDivided(_))));
}

#[test]
fn a_delta_says_what_happened_since() {
    let world = World::new(policy());
    let hda_i = issuer().det;
    let (one, two) = (world.operator("one"), world.operator("two"));
    let (first, second) = (world.serials(one), world.serials(two));
    world.registry.revoke(one, "gone", &manager()).unwrap();
    let base = world.list(hda_i);
    let empty = world.list_of(hda_i, None, ListForm::Delta);
    assert_eq!((empty.tbs().base, empty.tbs().entries.len()), (Some(base.tbs().number), 0));
    world.registry.revoke(two, "gone", &manager()).unwrap();
    let delta = world.list_of(hda_i, None, ListForm::Delta);
    let complete = world.list(hda_i);
    assert_eq!(delta.tbs().base, Some(base.tbs().number));
    assert_eq!(delta.tbs().number, complete.tbs().number);
    assert_eq!(listed(&delta, hda_i, &first), []);
    assert_eq!(listed(&delta, hda_i, &second), [None; 2]);
    // A day later deltas start from a newer list.
    world.later(DAY + 1);
    let base = world.list(hda_i);
    let delta = world.list_of(hda_i, None, ListForm::Delta);
    assert_eq!((delta.tbs().base, delta.tbs().entries.len()), (Some(base.tbs().number), 0));
    let mut none = policy();
    none.revocation.deltas = Deltas::No;
    let refused = World::new(none).registry.revocation_list(hda_i, None, ListForm::Delta);
    assert!(matches!(refused, Err(ListError::NoDeltas)));
}

/// The issuer and serial number of an authority's mtls certificate.
fn certificate_of(world: &World, det: Det) -> (Issuer, CertificateSerial) {
    let mtls = world.registry.authority(det).unwrap().mtls.unwrap();
    let tbs = MtlsCertificate::parse(&mtls).unwrap().tbs().clone();
    let hi = world.registry.authority(tbs.issuer).unwrap().hi;
    (Issuer { det: tbs.issuer, hi }, tbs.serial)
}

#[test]
fn authorities_are_listed_for_offline_issuers_by_the_raa() {
    let world = World::new(policy());
    let (hda_a, hda_i, raa_i) = (det("hda-a", hid()), det("hda-i", hid()), det("raa-i", raa()));
    let (issuer, serial) = certificate_of(&world, hda_i);
    assert_eq!(issuer.det, hda_a);
    let ask = || {
        let id = CertId::new(&issuer, HashAlgorithm::Sha256, serial.clone()).unwrap();
        let basic = world.ask(&OcspRequest::new(vec![id.clone()], None).unwrap());
        // A responder of the RAA's answers: who asks must have been told to trust it.
        assert!(basic.verify(&issuer, world.now()).is_err());
        let certificate = MtlsCertificate::parse(&basic.certificates()[0]).unwrap();
        assert_eq!(certificate.tbs().issuer, raa_i);
        basic.verify_by(&certificate.tbs().hi).unwrap();
        basic.status(&id, None, world.now(), 0).unwrap()
    };
    let list = world.list(hda_a);
    assert_eq!((list.tbs().issuer, &list.tbs().scope), (raa_i, &Scope::Indirect(None)));
    assert!(list.tbs().entries.is_empty());
    assert_eq!(ask(), CertStatus::Good);

    world.registry.suspend_authority(hda_i, "an inquiry", &manager()).unwrap();
    let hold = Some(Reason::CertificateHold);
    assert_eq!(listed(&world.list(hda_a), hda_a, std::slice::from_ref(&serial)), [hold]);
    assert!(matches!(ask(), CertStatus::Revoked { reason, .. } if reason == hold));
    assert_eq!(world.registry.status(hda_i, &Caller::Anonymous).unwrap().status, DetStatus::Suspended);
    assert!(matches!(
        world.registry.revocation_list(hda_i, None, ListForm::Complete),
        Err(ListError::NotSigned(_))
    ));

    world.later(60);
    world.registry.resume_authority(hda_i, &manager()).unwrap();
    assert_eq!(listed(&world.list(hda_a), hda_a, std::slice::from_ref(&serial)), []);
    let delta = world.list_of(hda_a, None, ListForm::Delta);
    let removed = delta.tbs().entries.iter().find(|entry| entry.serial == serial).unwrap();
    assert_eq!(removed.reason, Some(Reason::RemoveFromCrl));
    assert_eq!(ask(), CertStatus::Good);

    let operator = world.operator("one");
    let leaf = world.serials(operator);
    world.registry.revoke_authority(hda_i, "keyCompromise: the safe was open", &manager()).unwrap();
    assert_eq!(
        listed(&world.list(hda_a), hda_a, std::slice::from_ref(&serial)),
        [Some(Reason::KeyCompromise)]
    );
    let status = world.registry.status(hda_i, &Caller::Anonymous).unwrap();
    assert_eq!((status.status, status.reason_code), (DetStatus::Revoked, Some(Reason::KeyCompromise)));
    // What it signed fell with it; its own key says nothing more.
    assert_eq!(world.registry.status(operator, &Caller::Anonymous).unwrap().status, DetStatus::Revoked);
    let id = CertId::new(&self::issuer(), HashAlgorithm::Sha1, leaf[0].clone()).unwrap();
    let answer = world.registry.ocsp(OcspRequest::new(vec![id], None).unwrap().encode());
    assert_eq!(OcspResponse::decode(&answer.der), Ok(OcspResponse::Failed(ResponseStatus::Unauthorized)));
}

#[test]
fn a_list_signed_offline_is_given_out_while_it_lacks_nothing() {
    let world = World::new(policy());
    let (hda_a, hda_i) = (det("hda-a", hid()), det("hda-i", hid()));
    let signer = offline::test_tree(key("hda-a"), hid(), SigningPolicy::AUTHORIZATION).unwrap();
    let sign = |world: &World| {
        let request = world.registry.offline_list_request(hda_a, 90 * DAY, &manager()).unwrap();
        let signature = signer.sign(&SignRequest::Crl(request.to_be_signed.clone()), world.now()).unwrap();
        CrlTbs::decode(&request.to_be_signed).unwrap().assemble(&signature).unwrap()
    };
    let first = sign(&world);
    world.registry.import_offline_list(hda_a, &first, &manager()).unwrap();
    world.registry.import_offline_list(hda_a, &first, &manager()).unwrap();
    let world = world.restarted();
    assert_eq!(world.list(hda_a).der(), first);
    world.registry.suspend_authority(hda_i, "an inquiry", &manager()).unwrap();
    // Now it lacks something: the RAA's list says it.
    let (issuer, serial) = certificate_of(&world, hda_i);
    let list = world.list(hda_a);
    assert_eq!(list.tbs().issuer, det("raa-i", raa()));
    assert!(list.find(issuer.det, &serial).is_some());
    world.later(1);
    let second = sign(&world);
    world.registry.import_offline_list(hda_a, &second, &manager()).unwrap();
    assert_eq!(world.list(hda_a).der(), second);
    let older = world.registry.import_offline_list(hda_a, &first, &manager());
    assert!(matches!(older, Err(OfflineListError::Older { .. })));
    world.registry.resume_authority(hda_i, &manager()).unwrap();
    assert_ne!(world.list(hda_a).der(), second);
    let mut forged = second.clone();
    *forged.last_mut().unwrap() ^= 1;
    let refused = world.registry.import_offline_list(hda_a, &forged, &manager());
    assert!(matches!(refused, Err(OfflineListError::Signature(_))));
    let raa_a = det("raa-a", raa());
    let refused = world.registry.import_offline_list(raa_a, &second, &manager());
    assert!(matches!(refused, Err(OfflineListError::Issuer { .. })));
    let refused = world.registry.offline_list_request(hda_a, 401 * DAY, &manager());
    assert!(matches!(refused, Err(OfflineListError::Lifetime)));
    let refused = world.registry.offline_list_request(hda_i, DAY, &manager());
    assert!(matches!(refused, Err(OfflineListError::NotOwn(_))));
    assert!(matches!(
        world.registry.offline_list_request(hda_a, DAY, &Caller::Anonymous),
        Err(OfflineListError::Forbidden(_))
    ));
    world.later(91 * DAY);
    assert_eq!(world.list(hda_a).tbs().issuer, det("raa-i", raa()));
}

#[test]
fn what_is_asked_and_what_is_answered() {
    let world = World::new(policy());
    let one = world.operator("one");
    let [full, mtls] = world.serials(one);
    let never = CertificateSerial::unpredictable([7; 20]);
    let stranger = Issuer { det: det("stranger", hid()), hi: hi("stranger") };
    assert_eq!(world.status(issuer(), &never), CertStatus::Unknown);
    // Several at once, by either hash, with a nonce.
    let id = |issuer: &Issuer, algorithm, serial: &CertificateSerial| {
        CertId::new(issuer, algorithm, serial.clone()).unwrap()
    };
    let ids = vec![
        id(&issuer(), HashAlgorithm::Sha1, &full),
        id(&issuer(), HashAlgorithm::Sha256, &mtls),
        id(&issuer(), HashAlgorithm::Sha1, &never),
        id(&stranger, HashAlgorithm::Sha1, &mtls),
    ];
    let nonce = Nonce::new(&[3; 128]).unwrap();
    let request = OcspRequest::new(ids.clone(), Some(nonce.clone())).unwrap();
    let answer = world.registry.ocsp(request.encode());
    assert_eq!(answer.fresh, None);
    let basic = world.ask(&request);
    basic.verify(&issuer(), world.now()).unwrap();
    let status = |id| basic.status(id, Some(&nonce), world.now(), 0).unwrap();
    let statuses: Vec<CertStatus> = ids.iter().map(status).collect();
    use CertStatus::{Good, Unknown};
    assert_eq!(statuses, [Good, Good, Unknown, Unknown]);
    // One, without a nonce, may be kept.
    let single = OcspRequest::new(vec![ids[0].clone()], None).unwrap();
    let fresh = world.registry.ocsp(single.encode()).fresh.unwrap();
    assert_eq!(fresh.next_update, UnixTime(START + 300));
    // Only a stranger's: nothing to say. No request: no answer.
    let failed = |request: &[u8]| match OcspResponse::decode(&world.registry.ocsp(request).der).unwrap() {
        OcspResponse::Failed(status) => status,
        other => panic!("{other:?}"),
    };
    let strangers = OcspRequest::new(vec![ids[3].clone()], None).unwrap();
    assert_eq!(failed(strangers.encode()), ResponseStatus::Unauthorized);
    let der = request.encode();
    for length in 0..der.len() {
        assert_eq!(failed(&der[..length]), ResponseStatus::MalformedRequest);
    }
    assert_eq!(failed(&[der, &[0]].concat()), ResponseStatus::MalformedRequest);
    assert_eq!(failed(&vec![0x30; 1 << 20]), ResponseStatus::MalformedRequest);
}

#[test]
fn a_responder_is_renewed_before_its_certificate_ends() {
    let world = World::new(policy());
    let one = world.operator("one");
    let [full, _] = world.serials(one);
    let id = CertId::new(&issuer(), HashAlgorithm::Sha1, full).unwrap();
    let request = OcspRequest::new(vec![id], None).unwrap();
    let certificate = || world.ask(&request).certificates()[0].clone();
    let first = certificate();
    world.later(DAY / 2 - 1);
    assert_eq!(certificate(), first);
    world.later(1);
    let second = certificate();
    assert_ne!(second, first);
    world.ask(&request).verify(&issuer(), world.now()).unwrap();
    let read = MtlsCertificate::parse(&second).unwrap();
    assert!(read.is_valid_at(UnixTime(world.now().0 + DAY)));
}

#[test]
fn a_hundred_thousand_revoked() {
    let world = World::new(policy());
    let hda_i = issuer().det;
    let last = world.operator("last");
    let serials = world.serials(last);
    let template = world.store.registration_by_det(last).unwrap().unwrap();
    // A hundred registrations whose certificates were renewed five hundred times, at two certificates each.
    for number in 0..100_u32 {
        let hi = hi(&format!("fleet {number}"));
        let certificate = |index: u32| NumberedCertificate {
            issuer: hda_i,
            serial: CertificateSerial::unpredictable(
                Sha256::digest([number.to_be_bytes(), index.to_be_bytes()].concat())[..20]
                    .try_into()
                    .unwrap(),
            )
            .as_bytes()
            .to_vec(),
            not_after: UnixTime(START + DAY),
        };
        let record = Registration {
            id: RegistrationId(format!("fleet-{number}")),
            version: 1,
            state: State::Revoked,
            det: Det::derive(hid(), &hi),
            hi,
            ended_at: Some(UnixTime(START)),
            numbered: (0..1000).map(certificate).collect(),
            ..template.clone()
        };
        let writes = vec![Write::PutRegistration { record: Box::new(record), expect: Expect::Absent }];
        let change = Change { actor: Actor::System, at: UnixTime(START), kind: ChangeKind::Revoked, writes };
        world.store.commit(change).unwrap();
    }
    std::thread::scope(|scope| {
        let listing =
            scope.spawn(|| world.registry.revocation_list(hda_i, None, ListForm::Complete).unwrap());
        // Revoking goes on while the list is made.
        world.registry.revoke(last, "the last", &manager()).unwrap();
        assert!(listing.join().unwrap().der.len() > 100_000 * 38);
    });
    let crl = world.list(hda_i);
    assert_eq!(crl.tbs().entries.len(), 100_002);
    assert_eq!(listed(&crl, hda_i, &serials), [None; 2]);
    let delta = world.list_of(hda_i, None, ListForm::Delta);
    assert!(delta.tbs().entries.len() <= 2);
}

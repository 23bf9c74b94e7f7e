//! An RAA and its HDA in one registry, both Issuing keys in hand; other RAAs outside.

use dime_registry::{Caller, Clock, Foundation, IssuerKeys, Policy, Registry, SystemEntropy};
use dime_sign::{Authorization, Issuing, LocalSigner, PrivateKey, Signer, SigningPolicy, offline};
use dime_store::{MemoryIndex, Options, Store};
use dime_zone::Zones;
use drip_cert::full::Policies;
use drip_det::{Det, DripTime, Hda, Hid, Raa, UnixTime};
use drip_wire::trust::{Role, SignedTrustList, TrustList, Trusted};
use drip_wire::validity::Validity;
use drip_wire::{Endorsement, EndorsementBody};
use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};
use tempfile::TempDir;
use zeroize::Zeroizing;

pub(crate) const START: u64 = 1_800_000_000;
pub(crate) const DAY: u64 = 86_400;

pub(crate) struct ManualClock(AtomicU64);

impl ManualClock {
    pub(crate) fn set(&self, time: u64) {
        self.0.store(time, Ordering::SeqCst);
    }
}

impl Clock for ManualClock {
    fn now(&self) -> UnixTime {
        UnixTime(self.0.load(Ordering::SeqCst))
    }
}

pub(crate) fn hid() -> Hid {
    Hid::from_numbers(16376, 10).unwrap()
}

pub(crate) fn raa_hid() -> Hid {
    Hid::new(hid().raa, Hda::OF_RAA)
}

pub(crate) fn key(name: &str) -> PrivateKey {
    use sha2::{Digest, Sha256};
    PrivateKey::from_seed(&Zeroizing::new(Sha256::digest(name.as_bytes()).into()))
}

/// The Authorization key of an RAA, ours or another.
pub(crate) fn raa(name: &str, number: u16) -> LocalSigner<Authorization> {
    let policy = SigningPolicy {
        cross_endorsement: dime_sign::CrossEndorsement::Allowed,
        ..SigningPolicy::AUTHORIZATION
    };
    offline::test_tree(key(name), Hid::new(Raa::new(number).unwrap(), Hda::OF_RAA), policy).unwrap()
}

pub(crate) fn ours() -> LocalSigner<Authorization> {
    raa("raa-a", 16376)
}

pub(crate) fn endorse(parent: &dyn Signer, child: &dyn Signer, from: u64, days: u64) -> Endorsement {
    let body = EndorsementBody {
        vnb: DripTime::from_unix(UnixTime(from)).unwrap(),
        vna: DripTime::from_unix(UnixTime(from + days * DAY)).unwrap(),
        child: child.det(),
        child_hi: *child.hi(),
        parent: parent.det(),
    };
    dime_sign::endorse(parent, body, UnixTime(from)).unwrap()
}

pub(crate) fn list(issuer: &dyn Signer, sequence: u64, of: &[&dyn Signer]) -> SignedTrustList {
    let entry = |signer: &&dyn Signer| Trusted {
        det: signer.det(),
        hi: *signer.hi(),
        validity: None,
        role: Role::Registry,
    };
    let validity = Validity::new(UnixTime(START - DAY), UnixTime(START + 90 * DAY)).unwrap();
    let list = TrustList::new(issuer.det(), sequence, validity, of.iter().map(entry).collect()).unwrap();
    dime_sign::sign_trust_list(issuer, list, UnixTime(START)).unwrap()
}

pub(crate) struct World {
    _folder: TempDir,
    pub(crate) store: Arc<Store>,
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) registry: Registry,
    pub(crate) zones: Arc<Zones>,
}

impl World {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let options = Options { segment_size: 1 << 20, ..Options::default() };
        let store = Arc::new(Store::open(folder.path(), Box::new(MemoryIndex::new()), options).unwrap());
        let hda = offline::test_tree(key("hda-a"), hid(), SigningPolicy::AUTHORIZATION).unwrap();
        let foundation = Foundation {
            hid: hid(),
            raa_authorization: &ours(),
            raa_issuing: *key("raa-i").hi(),
            hda_authorization: &hda,
            hda_issuing: *key("hda-i").hi(),
            authorization_lifetime: Foundation::AUTHORIZATION_LIFETIME,
            issuing_lifetime: Foundation::ISSUING_LIFETIME,
            certificate_uri: None,
            origin: None,
            policies: Policies::default(),
        };
        foundation.found(&store, &SystemEntropy, UnixTime(START - DAY)).unwrap();
        let clock = Arc::new(ManualClock(AtomicU64::new(START)));
        let issuer = |name, hid| {
            let signer = LocalSigner::<Issuing>::new(key(name), hid, SigningPolicy::ISSUING).unwrap();
            IssuerKeys::for_all_kinds(Arc::new(signer))
        };
        let keys = vec![issuer("hda-i", hid()), issuer("raa-i", raa_hid())];
        let zones = Arc::new(Zones::new());
        let registry =
            Registry::open(store.clone(), keys, Policy::quickstart(), zones.clone(), clock.clone()).unwrap();
        World { _folder: folder, store, clock, registry, zones }
    }
}

pub(crate) fn det(name: &str, hid: Hid) -> Det {
    Det::derive(hid, key(name).hi())
}

pub(crate) const LOCAL: Caller = Caller::Local;

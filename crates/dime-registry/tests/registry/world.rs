//! What every test starts from: a TEST hierarchy, a registry under it, and hands to act with.

use dime_registry::{
    Application, Caller, Clock, Foundation, IssuerKeys, Kind, Outcome, Policy, RegistrationView, Registry,
    Role, SystemEntropy, TokenId, TokenIdentity,
};
use dime_sign::{
    Authorization, Issuing, LocalSigner, Operational, PrivateKey, SignError, SignRequest, Signature, Signer,
    SigningPolicy, offline,
};
use dime_store::{Authority, MemoryIndex, Options, State, Store};
use dime_zone::{Class, Name, Question, Rcode, RecordType, Zones};
use drip_cert::{csr::CsrSpec, full::Policies};
use drip_det::{Det, DripTime, Hda, Hid, HostIdentity, UnixTime};
use drip_wire::EndorsementBody;
use std::{
    path::Path,
    sync::{
        Arc, OnceLock,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
};
use tempfile::TempDir;
use zeroize::Zeroizing;

/// Where the services of the authorities are.
pub(crate) const SERVICES: &str = "https://dki.example.net/services";
pub(crate) const START: u64 = 1_800_000_000;
pub(crate) const DAY: u64 = 86_400;

/// A clock that stands still until it is moved.
pub(crate) struct ManualClock(AtomicU64);

impl ManualClock {
    pub(crate) fn at(time: u64) -> Arc<Self> {
        Arc::new(ManualClock(AtomicU64::new(time)))
    }

    pub(crate) fn set(&self, time: u64) {
        self.0.store(time, Ordering::SeqCst);
    }
}

impl Clock for ManualClock {
    fn now(&self) -> UnixTime {
        UnixTime(self.0.load(Ordering::SeqCst))
    }
}

/// An Issuing signer that counts, can be told to fail, and holds us to our word: no signature without an intent in the store.
pub(crate) struct WatchedSigner {
    signer: LocalSigner<Issuing>,
    store: OnceLock<Arc<Store>>,
    pub(crate) signatures: AtomicUsize,
    /// How many more signatures it gives.
    pub(crate) budget: AtomicUsize,
}

impl WatchedSigner {
    pub(crate) fn count(&self) -> usize {
        self.signatures.load(Ordering::SeqCst)
    }

    /// Whose object it is; lists, caches and status responses are nobody's.
    fn child(request: &SignRequest) -> Option<Det> {
        use drip_cert::{c509::NativeTbs, full::FullTbs, lite::LiteTbs, mtls::MtlsTbs};
        Some(match request {
            SignRequest::Endorsement(body) | SignRequest::OperatorAttestation(body) => body.child,
            SignRequest::LiteCertificate(der) => LiteTbs::decode(der).unwrap().det,
            SignRequest::FullCertificate(der) => FullTbs::decode(der).unwrap().det,
            SignRequest::MtlsCertificate(der) => MtlsTbs::decode(der).unwrap().det,
            SignRequest::C509Certificate(items) => {
                LiteTbs::decode(NativeTbs::decode(items).unwrap().x509()).unwrap().det
            }
            SignRequest::Crl(_)
            | SignRequest::OcspResponse(_)
            | SignRequest::TrustList(_)
            | SignRequest::OfflineCache(_)
            | SignRequest::UaEvidence(_) => return None,
        })
    }
}

impl Signer for WatchedSigner {
    fn det(&self) -> Det {
        self.signer.det()
    }

    fn hi(&self) -> &HostIdentity {
        self.signer.hi()
    }

    fn sign(&self, request: &SignRequest, now: UnixTime) -> Result<Signature, SignError> {
        if let Some(child) = Self::child(request) {
            let record = self.store.get().unwrap().registration_by_det(child).unwrap();
            let record = record.expect("signed without an intent");
            assert!(
                record.state == State::Issuing || record.renewal.is_some(),
                "signed without an intent: {:?}",
                record.state
            );
        }
        if self.budget.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1)).is_err() {
            return Err(SignError::Unavailable("told to fail".into()));
        }
        let signature = self.signer.sign(request, now)?;
        self.signatures.fetch_add(1, Ordering::SeqCst);
        Ok(signature)
    }
}

/// When the Issuing DETs of [`found`] have ended.
pub(crate) fn issuers_end() -> UnixTime {
    UnixTime(START - DAY + Foundation::ISSUING_LIFETIME + 1)
}

pub(crate) fn hid() -> Hid {
    Hid::from_numbers(16376, 10).unwrap()
}

/// A key that is the same in every run.
pub(crate) fn key(name: &str) -> PrivateKey {
    use sha2::{Digest, Sha256};
    let seed = Zeroizing::new(Sha256::digest(name.as_bytes()).into());
    PrivateKey::from_seed(&seed)
}

pub(crate) fn authorization(name: &str, hid: Hid) -> LocalSigner<Authorization> {
    offline::test_tree(key(name), hid, SigningPolicy::AUTHORIZATION).unwrap()
}

/// Founds the TEST hierarchy of these tests.
pub(crate) fn found(store: &Store, now: u64) -> [Authority; 4] {
    let raa = authorization("raa-a", Hid::new(hid().raa, Hda::OF_RAA));
    let hda = authorization("hda-a", hid());
    let foundation = Foundation {
        hid: hid(),
        raa_authorization: &raa,
        raa_issuing: *key("raa-i").hi(),
        hda_authorization: &hda,
        hda_issuing: *key("hda-i").hi(),
        authorization_lifetime: Foundation::AUTHORIZATION_LIFETIME,
        issuing_lifetime: Foundation::ISSUING_LIFETIME,
        certificate_uri: Some(SERVICES.to_owned()),
        origin: None,
        policies: Policies::default(),
    };
    foundation.found(store, &SystemEntropy, UnixTime(now)).unwrap()
}

pub(crate) fn open_store(folder: &Path) -> Arc<Store> {
    Arc::new(
        Store::open(
            folder,
            Box::new(MemoryIndex::new()),
            Options { segment_size: 1 << 20, ..Options::default() },
        )
        .unwrap(),
    )
}

/// The signatures of one issuance: endorsement, Lite, Full and mtls certificate.
pub(crate) const SIGNATURES: usize = 4;

pub(crate) struct World {
    pub(crate) folder: TempDir,
    pub(crate) store: Arc<Store>,
    pub(crate) zones: Arc<Zones>,
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) signer: Arc<WatchedSigner>,
    pub(crate) registry: Registry,
}

impl World {
    pub(crate) fn new() -> Self {
        Self::with_policy(Policy::quickstart())
    }

    pub(crate) fn with_policy(policy: Policy) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = open_store(folder.path());
        found(&store, START - DAY);
        Self::over(folder, store, policy, ManualClock::at(START))
    }

    pub(crate) fn over(folder: TempDir, store: Arc<Store>, policy: Policy, clock: Arc<ManualClock>) -> Self {
        Self::signing_by(folder, store, policy, clock, SigningPolicy::ISSUING)
    }

    pub(crate) fn signing_by(
        folder: TempDir,
        store: Arc<Store>,
        policy: Policy,
        clock: Arc<ManualClock>,
        signing: SigningPolicy,
    ) -> Self {
        let signer = watched_signer_under(&store, usize::MAX, signing);
        let zones = Arc::new(Zones::new());
        let keys = vec![IssuerKeys::for_all_kinds(signer.clone())];
        let registry = Registry::open(store.clone(), keys, policy, zones.clone(), clock.clone()).unwrap();
        World { folder, store, zones, clock, signer, registry }
    }

    /// The same after a stop and a start.
    pub(crate) fn restarted(self) -> Self {
        let World { folder, store, clock, registry, signer, zones } = self;
        let policy = registry.policy().clone();
        drop((registry, signer, zones));
        drop(store);
        let store = open_store(folder.path());
        Self::over(folder, store, policy, clock)
    }

    /// A registered operator.
    pub(crate) fn operator(&self, name: &str) -> Det {
        self.registered(application(Kind::Operator, name), &manager()).public.det
    }

    pub(crate) fn registered(&self, application: Application, caller: &Caller) -> RegistrationView {
        match self.registry.register(application, caller).unwrap() {
            Outcome::Registered(view) => *view,
            other => panic!("not registered: {other:?}"),
        }
    }

    pub(crate) fn waiting(&self, application: Application, caller: &Caller) -> RegistrationView {
        match self.registry.register(application, caller).unwrap() {
            Outcome::Waiting(view) => *view,
            other => panic!("does not wait: {other:?}"),
        }
    }

    /// The rcode and the RDATA of a query.
    pub(crate) fn query(&self, det: Det, record_type: RecordType) -> (Rcode, Vec<Vec<u8>>) {
        let name = Name::of_det(det);
        let answer = self.zones.lookup(Question { name: &name, class: Class::IN, record_type });
        (answer.rcode, answer.answers.iter().map(|record| record.rdata.clone()).collect())
    }

    pub(crate) fn is_in_dns(&self, det: Det) -> bool {
        self.zones.is_published(det)
    }
}

pub(crate) fn watched_signer(store: &Arc<Store>, budget: usize) -> Arc<WatchedSigner> {
    watched_signer_under(store, budget, SigningPolicy::ISSUING)
}

fn watched_signer_under(store: &Arc<Store>, budget: usize, policy: SigningPolicy) -> Arc<WatchedSigner> {
    let signer = LocalSigner::<Issuing>::new(key("hda-i"), hid(), policy).unwrap();
    let cell = OnceLock::new();
    assert!(cell.set(store.clone()).is_ok());
    Arc::new(WatchedSigner {
        signer,
        store: cell,
        signatures: AtomicUsize::new(0),
        budget: AtomicUsize::new(budget),
    })
}

pub(crate) fn manager() -> Caller {
    token(Role::Manager, None)
}

pub(crate) fn token(role: Role, hid: Option<Hid>) -> Caller {
    Caller::Token(TokenIdentity { id: TokenId(format!("{}-token", role.name())), role, hid, not_after: None })
}

/// An application for the key of this name, with nothing but the kind.
pub(crate) fn application(kind: Kind, name: &str) -> Application {
    Application::new(kind, csr(&key(name), None, None))
}

/// The operator of this name endorses the key of another name.
pub(crate) fn attestation(operator: &str, newcomer: &str, not_before: u64, not_after: u64) -> Vec<u8> {
    let hi = *key(newcomer).hi();
    let body = EndorsementBody {
        vnb: DripTime::from_unix(UnixTime(not_before)).unwrap(),
        vna: DripTime::from_unix(UnixTime(not_after)).unwrap(),
        child: Det::derive(hid(), &hi),
        child_hi: hi,
        parent: Det::derive(hid(), key(operator).hi()),
    };
    let signer = LocalSigner::<Operational>::new(key(operator), hid()).unwrap();
    let signature = signer.sign(&SignRequest::OperatorAttestation(body), UnixTime(not_before)).unwrap();
    body.sign_with(signature).encode().to_vec()
}

/// A session of an operator, with the operator's attestation.
pub(crate) fn session(operator: &str, name: &str) -> Application {
    Application {
        operator: Some(Det::derive(hid(), key(operator).hi())),
        operator_attestation: Some(attestation(operator, name, START, START + DAY)),
        ..application(Kind::Session, name)
    }
}

/// A certification request for a key, DER.
pub(crate) fn csr(key: &PrivateKey, serial_number: Option<String>, det: Option<Det>) -> Vec<u8> {
    let spec = CsrSpec { hi: *key.hi(), serial_number, det };
    spec.assemble(&key.sign(&spec.to_be_signed().unwrap())).unwrap()
}

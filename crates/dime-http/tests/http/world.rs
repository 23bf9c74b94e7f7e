//! What every test starts from: a TEST hierarchy, a registry under it, its router, and hands to act with.

use axum::{
    Router,
    body::{Body, to_bytes},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use dime_http::{HttpConfig, PROBLEM_JSON, router};
use dime_registry::{Caller, Clock, Foundation, IssuerKeys, NewToken, Policy, Registry, Role, SystemEntropy};
use dime_sign::{
    Issuing, LocalSigner, PrivateKey, SignError, SignRequest, Signature, Signer, SigningPolicy, offline,
};
use dime_store::{MemoryIndex, Options, Seq, Store};
use dime_zone::Zones;
use drip_cert::full::Policies;
use drip_det::{Det, Hda, Hid, HostIdentity, UnixTime};
use http::{HeaderMap, Request, StatusCode};
use serde_json::{Value, json};
use std::sync::{
    Arc,
    atomic::{AtomicU64, AtomicUsize, Ordering},
};
use tempfile::TempDir;
use tower::ServiceExt;
use zeroize::Zeroizing;

pub(crate) const START: u64 = 1_800_000_000;
pub(crate) const DAY: u64 = 86_400;

/// A clock that stands still until it is moved.
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

/// An Issuing signer that counts.
pub(crate) struct CountingSigner {
    signer: LocalSigner<Issuing>,
    signatures: AtomicUsize,
}

impl Signer for CountingSigner {
    fn det(&self) -> Det {
        self.signer.det()
    }

    fn hi(&self) -> &HostIdentity {
        self.signer.hi()
    }

    fn sign(&self, request: &SignRequest, now: UnixTime) -> Result<Signature, SignError> {
        self.signatures.fetch_add(1, Ordering::SeqCst);
        self.signer.sign(request, now)
    }
}

pub(crate) fn hid() -> Hid {
    Hid::from_numbers(16376, 10).unwrap()
}

/// A key that is the same in every run.
pub(crate) fn key(name: &str) -> PrivateKey {
    use std::hash::{DefaultHasher, Hash, Hasher};
    let mut seed = Zeroizing::new([0; 32]);
    for (part, chunk) in seed.chunks_mut(8).enumerate() {
        let mut hasher = DefaultHasher::new();
        (name, part).hash(&mut hasher);
        chunk.copy_from_slice(&hasher.finish().to_be_bytes());
    }
    PrivateKey::from_seed(&seed)
}

pub(crate) fn det_of(name: &str) -> Det {
    Det::derive(hid(), key(name).hi())
}

pub(crate) fn csr(name: &str) -> Vec<u8> {
    key(name).certification_request(None, None).unwrap()
}

/// The JSON of an application with nothing but kind and CSR.
pub(crate) fn application(kind: &str, name: &str) -> Value {
    json!({ "kind": kind, "csr": STANDARD.encode(csr(name)) })
}

pub(crate) struct World {
    pub(crate) store: Arc<Store>,
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) zones: Arc<Zones>,
    pub(crate) registry: Arc<Registry>,
    pub(crate) app: Router,
    pub(crate) manager: String,
    signer: Arc<CountingSigner>,
    _folder: TempDir,
}

/// An answer, its body read.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl World {
    pub(crate) fn new() -> Self {
        Self::with(HttpConfig::default())
    }

    pub(crate) fn with(config: HttpConfig) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let options = Options { segment_size: 1 << 20, ..Options::default() };
        let store = Arc::new(Store::open(folder.path(), Box::new(MemoryIndex::new()), options).unwrap());
        found(&store);
        let clock = Arc::new(ManualClock(AtomicU64::new(START)));
        let zones = Arc::new(Zones::new());
        let signer = LocalSigner::<Issuing>::new(key("hda-i"), hid(), SigningPolicy::ISSUING).unwrap();
        let signer = Arc::new(CountingSigner { signer, signatures: AtomicUsize::new(0) });
        let keys = vec![IssuerKeys::for_all_kinds(signer.clone())];
        let registry =
            Registry::open(store.clone(), keys, Policy::quickstart(), zones.clone(), clock.clone()).unwrap();
        let registry = Arc::new(registry);
        let manager = token(&registry, Role::Manager, None, None);
        let config = HttpConfig { zones: Some(zones.clone()), ..config };
        let app = router(registry.clone(), clock.clone(), config);
        World { store, clock, zones, registry, app, manager, signer, _folder: folder }
    }

    /// How far the store has come and how much was signed: equal before and after means that nothing happened.
    pub(crate) fn traces(&self) -> (Seq, usize) {
        (self.store.last_seq(), self.signer.signatures.load(Ordering::SeqCst))
    }

    pub(crate) async fn send(&self, request: Request<Body>) -> Reply {
        let response = self.app.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let body = to_bytes(body, usize::MAX).await.unwrap().to_vec();
        Reply { status: parts.status, headers: parts.headers, body }
    }

    pub(crate) async fn get(&self, path: &str) -> Reply {
        self.send(Request::get(path).body(Body::empty()).unwrap()).await
    }

    pub(crate) async fn get_as(&self, token: &str, path: &str) -> Reply {
        self.send(Request::get(path).header("authorization", bearer(token)).body(Body::empty()).unwrap())
            .await
    }

    /// A GET with an Accept field.
    pub(crate) async fn accept(&self, path: &str, media: &str) -> Reply {
        self.send(Request::get(path).header("accept", media).body(Body::empty()).unwrap()).await
    }

    pub(crate) async fn post(&self, path: &str, body: &Value) -> Reply {
        self.send(json_request(path).body(Body::from(body.to_string())).unwrap()).await
    }

    pub(crate) async fn post_as(&self, token: &str, path: &str, body: &Value) -> Reply {
        let request = json_request(path).header("authorization", bearer(token));
        self.send(request.body(Body::from(body.to_string())).unwrap()).await
    }

    /// A POST of CBOR.
    pub(crate) async fn octets_as(&self, token: &str, path: &str, body: &[u8]) -> Reply {
        let request = Request::post(path)
            .header("content-type", "application/cbor")
            .header("content-length", body.len())
            .header("authorization", bearer(token));
        self.send(request.body(Body::from(body.to_vec())).unwrap()).await
    }

    /// A manager registers the key of this name.
    pub(crate) async fn registered(&self, kind: &str, name: &str) -> Value {
        let reply = self.post_as(&self.manager, "/v1/registrations", &application(kind, name)).await;
        assert_eq!(reply.status, 201, "{reply:?}");
        reply.json()
    }
}

fn json_request(path: &str) -> http::request::Builder {
    Request::post(path).header("content-type", "application/json")
}

pub(crate) fn bearer(token: &str) -> String {
    format!("Bearer {token}")
}

pub(crate) fn token(registry: &Registry, role: Role, hid: Option<Hid>, ttl: Option<u64>) -> String {
    let new = NewToken { role, hid, ttl, label: "test".to_owned() };
    registry.create_token(new, &Caller::Local).unwrap().1.reveal().to_owned()
}

fn found(store: &Store) {
    let authorization =
        |name: &str, hid| offline::test_tree(key(name), hid, SigningPolicy::AUTHORIZATION).unwrap();
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
        certificate_uri: None,
        origin: None,
        policies: Policies::default(),
    };
    foundation.found(store, &SystemEntropy, UnixTime(START - DAY)).unwrap();
}

impl Reply {
    pub(crate) fn json(&self) -> Value {
        assert_eq!(self.headers["content-type"], "application/json", "{self:?}");
        serde_json::from_slice(&self.body).unwrap()
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8(self.body.clone()).unwrap()
    }

    /// Checks that this is a problem of this status and type, and gives it.
    #[track_caller]
    pub(crate) fn problem(&self, status: u16, slug: &str) -> Value {
        let said = String::from_utf8_lossy(&self.body);
        assert_eq!(self.status, status, "{said}");
        assert_eq!(self.headers["content-type"], PROBLEM_JSON, "{said}");
        let problem: Value = serde_json::from_slice(&self.body).unwrap();
        assert_eq!(problem["type"], format!("/problems/{slug}"), "{said}");
        assert_eq!(problem["status"], status);
        assert!(!problem["title"].as_str().unwrap().is_empty() && problem["detail"].is_string(), "{said}");
        problem
    }
}

//! A DIME of any level, whose Authorization key is elsewhere: what `dime init` makes, without files.

use crate::world::*;
use dime_registry::{
    Application, Bundle, Caller, Imported, IssuerKeys, IssuingUse, Kind, NameServer, NewKey, Policy,
    RegistrationView, Registry, SubRegistry, Wanted, ZoneSigner,
};
use dime_sign::{
    Issuing, LocalSigner, SigningPolicy,
    ceremony::{Answer, Request},
    offline,
};
use dime_store::{Actor, Store};
use dime_zone::{Answer as DnsAnswer, Class, Name, Question, RecordType, Zones};
use drip_det::{Det, DetClass, Hid, UnixTime, ZoneCut};
use std::sync::Arc;
use tempfile::TempDir;

/// An Issuing key of a node, by name.
#[derive(Clone)]
pub(crate) struct Key {
    pub(crate) name: &'static str,
    pub(crate) hid: Hid,
    pub(crate) uses: Vec<IssuingUse>,
}

pub(crate) struct Node {
    pub(crate) folder: TempDir,
    pub(crate) store: Arc<Store>,
    pub(crate) zones: Arc<Zones>,
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) registry: Registry,
    pub(crate) keys: Vec<Key>,
}

pub(crate) fn place(raa: u16, hda: u16) -> Hid {
    Hid::from_numbers(raa, hda).unwrap()
}

pub(crate) fn issuing(name: &'static str, hid: Hid) -> Key {
    Key { name, hid, uses: Vec::new() }
}

impl Node {
    pub(crate) fn new(keys: Vec<Key>, policy: Policy) -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self::over(folder, keys, policy, ManualClock::at(START))
    }

    pub(crate) fn over(folder: TempDir, keys: Vec<Key>, policy: Policy, clock: Arc<ManualClock>) -> Self {
        let signers = signers_of(&keys);
        Self::with_signers(folder, keys, &signers, policy, clock)
    }

    fn with_signers(
        folder: TempDir,
        keys: Vec<Key>,
        signers: &[Arc<LocalSigner<Issuing>>],
        policy: Policy,
        clock: Arc<ManualClock>,
    ) -> Self {
        let store = open_store(folder.path());
        let new: Vec<NewKey> = keys.iter().map(Key::new_key).collect();
        NewKey::add_all(&new, &store, Actor::Local, UnixTime(START)).unwrap();
        let issuers = signers.iter().map(|signer| IssuerKeys::for_all_kinds(signer.clone()));
        let zones = Arc::new(Zones::new());
        let registry =
            Registry::open(store.clone(), issuers.collect(), policy, zones.clone(), clock.clone()).unwrap();
        Node { folder, store, zones, clock, registry, keys }
    }

    pub(crate) fn restarted(self) -> Self {
        let Node { folder, store, clock, registry, zones, keys } = self;
        let policy = registry.policy().clone();
        drop((registry, zones, store));
        Self::over(folder, keys, policy, clock)
    }

    /// Asks for a ceremony, holds it with the Authorization key of this name, and takes the answer in.
    pub(crate) fn ceremony(&self, wanted: &Wanted, authorization: &str, hid: Hid) -> Imported {
        let request = self.registry.ceremony_request(wanted, &Caller::Local).unwrap();
        let answer = sign(&request, authorization, hid, UnixTime(self.now()));
        self.registry.ceremony_import(&answer, &Caller::Local).unwrap()
    }

    pub(crate) fn now(&self) -> u64 {
        use dime_registry::Clock;
        self.clock.now().0
    }

    pub(crate) fn ask(&self, name: &str, record_type: RecordType) -> DnsAnswer {
        let name: Name = name.parse().unwrap();
        self.zones.lookup(Question { name: &name, class: Class::IN, record_type })
    }

    pub(crate) fn is_in_dns(&self, det: Det) -> bool {
        self.zones.is_published(det)
    }
}

impl Key {
    pub(crate) fn new_key(&self) -> NewKey {
        let csr = csr(&key(self.name), None, Some(self.det()));
        NewKey { hid: self.hid, class: DetClass::Issuing, csr, uses: self.uses.clone(), uri: None }
    }

    pub(crate) fn det(&self) -> Det {
        Det::derive(self.hid, key(self.name).hi())
    }
}

/// The offline side, through octets as they travel.
pub(crate) fn sign(request: &Request, authorization: &str, hid: Hid, now: UnixTime) -> Answer {
    let request = Request::decode(&request.encode().unwrap()).unwrap();
    let signer = offline::ceremony(key(authorization), hid, SigningPolicy::AUTHORIZATION).unwrap();
    let mut serial = |octets: &mut [u8]| {
        octets.fill(0x5a);
        Ok(())
    };
    let answer = dime_sign::ceremony::sign(&request, &signer, &mut serial, now).unwrap();
    Answer::decode(&answer.encode().unwrap()).unwrap()
}

/// An RAA that has endorsed itself, with an Issuing key for its own services.
pub(crate) fn raa(policy: Policy) -> Node {
    let hid = place(16376, 0);
    let node = Node::new(vec![issuing("raa-i", hid)], policy);
    let wanted = Wanted {
        authorizations: vec![csr(&key("raa-a"), None, Some(Det::derive(hid, key("raa-a").hi())))],
        ..Wanted::all()
    };
    node.ceremony(&wanted, "raa-a", hid);
    node
}

/// The application of an HDA's Authorization key, with name servers and a DS record of its own.
pub(crate) fn hda_application(name: &str, hid: Hid) -> Application {
    let det = Det::derive(hid, key(name).hi());
    Application {
        registry: Some(SubRegistry {
            name_servers: vec![
                NameServer { name: "ns".into(), addresses: vec!["127.0.0.2".parse().unwrap()] },
                NameServer { name: "ns.example.net".into(), addresses: Vec::new() },
            ],
            ds: vec![ZoneSigner {
                zone: None,
                key_tag: 4711,
                algorithm: 15,
                digest_type: 2,
                digest: vec![7; 32],
            }],
            ..SubRegistry::default()
        }),
        contact: Some("hda@example.net".into()),
        ..Application::new(Kind::Hda, csr(&key(name), None, Some(det)))
    }
}

impl Node {
    pub(crate) fn waiting(&self, application: Application, caller: &Caller) -> RegistrationView {
        match self.registry.register(application, caller).unwrap() {
            dime_registry::Outcome::Waiting(view) => *view,
            other => panic!("does not wait: {other:?}"),
        }
    }

    pub(crate) fn registered(&self, application: Application) -> RegistrationView {
        match self.registry.register(application, &manager()).unwrap() {
            dime_registry::Outcome::Registered(view) => *view,
            other => panic!("not registered: {other:?}"),
        }
    }

    /// An HDA below this RAA, registered, with the bundle it is given.
    pub(crate) fn hda_below(&self, name: &str, hid: Hid) -> Bundle {
        let view = self.waiting(hda_application(name, hid), &manager());
        self.ceremony(&Wanted::all(), "raa-a", place(16376, 0));
        self.registry.bundle_of(&view.id).unwrap()
    }
}

fn signers_of(keys: &[Key]) -> Vec<Arc<LocalSigner<Issuing>>> {
    let signer =
        |entry: &Key| LocalSigner::<Issuing>::new(key(entry.name), entry.hid, SigningPolicy::ISSUING);
    keys.iter().map(|entry| Arc::new(signer(entry).unwrap())).collect()
}

/// A whole HDA under an RAA, ready to register, and its signers.
pub(crate) fn hda_with_signers(
    raa: &Node,
    authorization: &str,
    keys: Vec<Key>,
) -> (Vec<Arc<LocalSigner<Issuing>>>, Node) {
    let (hid, signers) = (keys[0].hid, signers_of(&keys));
    let bundle = raa.hda_below(authorization, hid);
    let folder = tempfile::tempdir().unwrap();
    let node = Node::with_signers(folder, keys, &signers, Policy::quickstart(), ManualClock::at(raa.now()));
    node.registry.bundle_import(&bundle, &Caller::Local).unwrap();
    node.ceremony(&Wanted::all(), authorization, hid);
    (signers, node)
}

/// A whole HDA under an RAA, ready to register.
pub(crate) fn hda(raa: &Node, authorization: &str, keys: Vec<Key>) -> Node {
    let hid = keys[0].hid;
    let bundle = raa.hda_below(authorization, hid);
    let node = Node::new(keys, Policy::quickstart());
    node.clock.set(raa.now());
    node.registry.bundle_import(&bundle, &Caller::Local).unwrap();
    node.ceremony(&Wanted::all(), authorization, hid);
    node
}

pub(crate) fn zone_of(hid: Hid) -> String {
    ZoneCut::home_of(hid).name()
}

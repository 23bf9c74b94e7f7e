//! What an observer knows before it hears anything: keys of DETs, and whether they are trusted.

use std::collections::BTreeMap;

use drip_det::{Det, DetClass, HostIdentity, UnixTime};
use drip_wire::Endorsement;

use crate::chain::{Anchor, Conditions, Objects, Report, Trust, verify_objects, verify_objects_under};

/// How far a key is trusted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Standing {
    /// The key is known to be that of the DET, from outside the broadcasts; nobody said that its DIME is trusted.
    Known,
    /// The user trusts it: an anchor, or what hangs from one.
    Trusted,
}

/// A key that is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KnownKey {
    /// The key.
    pub hi: HostIdentity,
    /// How far it is trusted.
    pub standing: Standing,
    /// What it may sign, where that is known: below an Operational DET nobody is registered.
    pub class: Option<DetClass>,
}

/// Where keys come from: anchors, an offline cache, DNS. A closure is one.
pub trait KeySource {
    /// The key of this DET, if it is known. The key must be that of the DET; one that is not is not used.
    fn key(&self, det: Det) -> Option<KnownKey>;

    /// Verify a run of endorsements whose first parent is known, with whatever else is known of those in it.
    fn verify(&self, run: Vec<Endorsement>, top: (Det, KnownKey), at: UnixTime) -> Report {
        let (det, KnownKey { hi, class, .. }) = top;
        let objects = Objects { endorsements: run, ..Objects::default() };
        verify_objects(&objects, &[Anchor { det, hi, class }], &Conditions::at(at))
    }
}

/// Keys in memory.
#[derive(Clone, Debug, Default)]
pub struct KnownKeys(BTreeMap<Det, KnownKey>);

impl KnownKeys {
    /// Anchors, all of them trusted.
    pub fn of_anchors(anchors: &[Anchor]) -> Self {
        let known = |anchor: &Anchor| {
            (anchor.det, KnownKey { hi: anchor.hi, standing: Standing::Trusted, class: anchor.class })
        };
        KnownKeys(anchors.iter().map(known).collect())
    }

    /// Learn a key, for instance from DNS.
    pub fn insert(&mut self, det: Det, key: KnownKey) {
        self.0.insert(det, key);
    }
}

impl KeySource for KnownKeys {
    fn key(&self, det: Det) -> Option<KnownKey> {
        self.0.get(&det).copied()
    }
}

/// Everybody that follows from anchors, trust lists, cross-endorsements and offline caches. Bridges keep having no HDAs.
#[derive(Clone, Debug)]
pub struct TrustedKeys {
    trust: Trust,
    keys: KnownKeys,
}

impl TrustedKeys {
    /// Those of this settled trust.
    pub fn new(trust: Trust) -> Self {
        TrustedKeys { keys: KnownKeys::of_anchors(&trust.anchors()), trust }
    }
}

impl KeySource for TrustedKeys {
    fn key(&self, det: Det) -> Option<KnownKey> {
        self.keys.key(det)
    }

    fn verify(&self, run: Vec<Endorsement>, _: (Det, KnownKey), at: UnixTime) -> Report {
        let objects = Objects { endorsements: run, ..Objects::default() };
        verify_objects_under(&objects, &self.trust, &Conditions::at(at))
    }
}

impl<F: Fn(Det) -> Option<KnownKey>> KeySource for F {
    fn key(&self, det: Det) -> Option<KnownKey> {
        self(det)
    }
}

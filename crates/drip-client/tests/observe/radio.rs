//! A UA of the research vectors, which sends what it is told to.

use std::sync::LazyLock;

use drip_client::observe::{
    KnownKey, KnownKeys, Observer, Reception, Settings, Standing, Transmitter, UaState, Verdict,
};
use drip_det::{Det, DripTime, HostIdentity, UnixTime};
use drip_wire::Endorsement;
use drip_wire::broadcast::{
    AdditionalData, Authentication, BasicId, CurrentRule, Fix, Frame, Link, Location, Manifest, ManifestBody,
    Message, MessageHash, Pack, Sam, UaType, Wrapper, WrapperBody,
};
use ed25519_dalek::{Signer, SigningKey};
use serde_json::Value;

/// 2026-06-15T12:00:00Z, the moment of the vectors.
pub(crate) const NOON: UnixTime = UnixTime(1_781_524_800);

pub(crate) static MANIFEST: LazyLock<Value> = LazyLock::new(|| {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../testdata/chain/manifest.json");
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
});

pub(crate) fn octets(value: &Value) -> Vec<u8> {
    hex::decode(value.as_str().unwrap()).unwrap()
}

pub(crate) fn entity_det(name: &str) -> Det {
    Det::from_bytes(octets(&MANIFEST["entities"][name]["det"]).try_into().unwrap()).unwrap()
}

pub(crate) fn entity_hi(name: &str) -> HostIdentity {
    MANIFEST["entities"][name]["hi"].as_str().unwrap().parse().unwrap()
}

pub(crate) fn entity_key(name: &str) -> SigningKey {
    SigningKey::from_bytes(&octets(&MANIFEST["entities"][name]["private_seed"]).try_into().unwrap())
}

pub(crate) fn endorsement(name: &str) -> Endorsement {
    Endorsement::decode(&octets(&MANIFEST["entities"][name]["endorsement"]["hex"])).unwrap()
}

/// The names of the four Links, from the trust anchor down.
pub(crate) const LINKS: [&str; 4] = ["raa-auth", "hda-auth", "hda-issuing", "ua1"];

/// Who is known: one entity, and how far it is trusted.
pub(crate) fn knowing(name: &str, standing: Standing) -> KnownKeys {
    let mut keys = KnownKeys::default();
    keys.insert(entity_det(name), KnownKey { hi: entity_hi(name), standing, class: None });
    keys
}

pub(crate) struct Ua {
    pub(crate) key: SigningKey,
    pub(crate) det: Det,
    pub(crate) previous: MessageHash,
}

impl Ua {
    pub(crate) fn one() -> Self {
        Ua { key: entity_key("ua1"), det: entity_det("ua1"), previous: MessageHash::ZERO }
    }

    pub(crate) fn basic_id(&self) -> Message {
        BasicId::of_det(2, UaType::ROTORCRAFT, self.det).message()
    }

    pub(crate) fn wrapper(&self, at: UnixTime, messages: &[Message]) -> Wrapper {
        self.wrapper_until(at, at.0 + 120, messages)
    }

    pub(crate) fn wrapper_until(&self, at: UnixTime, until: u64, messages: &[Message]) -> Wrapper {
        let body = WrapperBody::new(drip(at), drip(UnixTime(until)), messages, self.det).unwrap();
        let signature = self.key.sign(&body.evidence().signed_octets()).to_bytes();
        body.sign_with(signature)
    }

    /// The next Manifest of these messages.
    pub(crate) fn manifest(&mut self, at: UnixTime, messages: &[Message]) -> Manifest {
        let hashes: Vec<MessageHash> =
            messages.iter().map(|message| MessageHash::of(message.as_bytes())).collect();
        let link = ManifestBody::link_hash(&endorsement("ua1"));
        let times = (drip(at), drip(UnixTime(at.0 + 120)));
        let body =
            ManifestBody::new(times, self.previous, link, &hashes, CurrentRule::WithLink, self.det).unwrap();
        let signature = self.key.sign(&body.evidence().signed_octets()).to_bytes();
        let manifest = body.sign_with(signature);
        self.previous = manifest.current();
        manifest
    }

    pub(crate) fn frame(&self, at: UnixTime, content: &[u8]) -> Frame {
        let body = Frame::unsigned(drip(at), drip(UnixTime(at.0 + 120)), 0xf0, content, self.det).unwrap();
        let signature = self.key.sign(&body.signed_octets()).to_bytes();
        Frame::signed(body.sign_with(signature)).unwrap()
    }
}

pub(crate) fn drip(at: UnixTime) -> DripTime {
    DripTime::from_unix(at).unwrap()
}

pub(crate) fn location(at: UnixTime) -> Message {
    let fix = Fix {
        latitude: 407_128_000,
        longitude: -740_060_000,
        altitude: 550,
        height: 100,
        track: 90,
        speed: 250,
        at,
    };
    Location::of_fix(2, &fix).message()
}

pub(crate) fn link(name: &str) -> Sam {
    Sam::Link(Link::new(endorsement(name)))
}

/// An observer and the transmitter it listens to.
#[derive(Clone)]
pub(crate) struct Radio {
    pub(crate) observer: Observer<KnownKeys>,
    pub(crate) transmitter: Transmitter,
}

impl Radio {
    pub(crate) fn new(keys: KnownKeys) -> Self {
        Radio { observer: Observer::new(keys, Settings::default()), transmitter: Transmitter(1) }
    }

    pub(crate) fn message(&mut self, at: UnixTime, message: &Message) -> &mut Self {
        let reception = Reception { at, transmitter: self.transmitter };
        self.observer.hear(&reception, message.as_bytes()).unwrap();
        self
    }

    pub(crate) fn pack(&mut self, at: UnixTime, messages: Vec<Message>) -> &mut Self {
        let reception = Reception { at, transmitter: self.transmitter };
        self.observer.hear(&reception, &Pack::new(2, messages).unwrap().encode()).unwrap();
        self
    }

    pub(crate) fn sam(&mut self, at: UnixTime, sam: &Sam) -> &mut Self {
        for page in pages(at, sam.encode()) {
            self.message(at, &page);
        }
        self
    }

    pub(crate) fn all_links(&mut self, at: UnixTime) -> &mut Self {
        for name in LINKS {
            self.sam(at, &link(name));
        }
        self
    }

    pub(crate) fn verdict(&mut self, at: UnixTime) -> Verdict {
        self.observer.finish(at);
        self.observer.verdict(self.transmitter, at).unwrap()
    }

    #[track_caller]
    pub(crate) fn expect(&mut self, at: UnixTime, state: UaState, reason: &str) -> Verdict {
        let verdict = self.verdict(at);
        assert_eq!(verdict.state, state, "{verdict:#?}");
        assert!(verdict.reason.contains(reason), "{}", verdict.reason);
        verdict
    }
}

/// The pages of data, with parity.
pub(crate) fn pages(at: UnixTime, data: Vec<u8>) -> Vec<Message> {
    let message = Authentication::new(
        2,
        drip_wire::broadcast::AuthenticationType::SAM,
        drip(at),
        data,
        AdditionalData::Parity,
    );
    message.unwrap().pages().iter().map(|page| page.message()).collect()
}

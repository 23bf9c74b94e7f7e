//! The law of every decoder: what decodes encodes to the same octets, a proper prefix is `Truncated`, an octet more is `Trailing`,
//! and no octets whatever make it panic.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use drip_det::{Det, DripTime, EntityType, Hid, HostIdentity, SuiteId};
use drip_wire::{
    Endorsement, EndorsementBody, Fault, Float, WireError,
    rdata::{
        Area, Authentication, Brid, BridShape, CertContent, CertRecord, Classification, DomainName, Hhit,
        Hip, OperatorId, SelfId, Tlsa, UasId, UasIdType, UasType, Uri, generic, parse_generic,
    },
};
use ed25519_dalek::SigningKey;
use proptest::{collection::vec, option, prelude::*};
use std::fmt::Debug;

/// Encodes and decodes a kind of value.
struct Codec<T> {
    encode: fn(&T) -> Vec<u8>,
    decode: fn(&[u8]) -> Result<T, WireError>,
}

impl<T: Debug + PartialEq> Codec<T> {
    /// A value comes back; cut short it is truncated; with one octet more it has a trailing one.
    fn keeps(&self, value: &T) {
        let octets = (self.encode)(value);
        assert_eq!((self.decode)(&octets).as_ref(), Ok(value));
        for length in 0..octets.len() {
            let error = (self.decode)(&octets[..length]).unwrap_err();
            assert_eq!((error.fault, error.at), (Fault::Truncated, length), "{length} of {}", octets.len());
        }
        for octet in [0x00, 0x01, 0x30, 0x80, 0xff] {
            let error = (self.decode)(&[octets.as_slice(), &[octet]].concat()).unwrap_err();
            assert_eq!((error.fault, error.at), (Fault::Trailing, octets.len()));
        }
    }

    /// Whatever the octets, they are refused or come back as they were.
    fn survives(&self, octets: &[u8]) {
        if let Ok(value) = (self.decode)(octets) {
            assert_eq!((self.encode)(&value), octets);
        }
    }

    /// The same for a valid value with one octet changed and the rest possibly cut.
    fn survives_damage(
        &self,
        value: &T,
        (place, octet, keep): (prop::sample::Index, u8, prop::sample::Index),
    ) {
        let mut octets = (self.encode)(value);
        let place = place.index(octets.len());
        octets[place] = octet;
        self.survives(&octets);
        self.survives(&octets[..keep.index(octets.len() + 1)]);
    }
}

const ENDORSEMENT: Codec<Endorsement> =
    Codec { encode: |value| value.encode().into(), decode: Endorsement::decode };
const BODY: Codec<EndorsementBody> =
    Codec { encode: |value| value.signed_octets().into(), decode: EndorsementBody::decode };
const HHIT: Codec<Hhit> = Codec { encode: Hhit::encode, decode: Hhit::decode };
const BRID: Codec<Brid> = Codec { encode: Brid::encode, decode: Brid::decode };
const HIP: Codec<Hip> = Codec { encode: Hip::encode, decode: Hip::decode };
const CERT: Codec<CertRecord> = Codec { encode: CertRecord::encode, decode: CertRecord::decode };
const TLSA: Codec<Tlsa> = Codec { encode: Tlsa::encode, decode: Tlsa::decode };
const URI: Codec<Uri> = Codec { encode: Uri::encode, decode: Uri::decode };

prop_compose! {
    fn det()(raa in 0_u16..16384, hda in 0_u16..16384, suite: u8, hash: u64) -> Det {
        Det::from_parts(Hid::from_numbers(raa, hda).unwrap(), SuiteId(suite), hash)
    }
}

prop_compose! {
    fn host_identity()(seed: [u8; 32]) -> HostIdentity {
        HostIdentity::from(&SigningKey::from_bytes(&seed).verifying_key())
    }
}

prop_compose! {
    fn endorsement()(
        vnb: u32, vna: u32, child in det(), child_hi in host_identity(), parent in det(), r: [u8; 32], s: [u8; 32],
    ) -> Endorsement {
        let mut signature = [0; 64];
        signature[..32].copy_from_slice(&r);
        signature[32..].copy_from_slice(&s);
        EndorsementBody { vnb: DripTime(vnb), vna: DripTime(vna), child, child_hi, parent }.sign_with(signature)
    }
}

prop_compose! {
    fn hhit()(entity_type: u16, abbreviation in "[ -~]{0,15}", certificate in vec(any::<u8>(), 0..300)) -> Hhit {
        Hhit { entity_type: EntityType(entity_type), abbreviation, certificate }
    }
}

fn uas_id() -> impl Strategy<Value = UasId> {
    let whole = (0_u8..16, any::<[u8; 20]>())
        .prop_map(|(id_type, id)| UasId::new(UasIdType::new(id_type).unwrap(), &id));
    let short = any::<[u8; 17]>().prop_map(|id| UasId::new(UasIdType::SESSION_ID, &id));
    prop_oneof![whole, short].prop_map(Result::unwrap)
}

fn authentication() -> impl Strategy<Value = Authentication> {
    let link = endorsement().prop_map(|endorsement| Authentication::link(&endorsement));
    let other = (0_u8..16, vec(any::<u8>(), 1..=362))
        .prop_map(|(auth_type, data)| Authentication::new(auth_type, &data).unwrap());
    prop_oneof![link, other]
}

fn float() -> impl Strategy<Value = Float> {
    prop_oneof![any::<f64>().prop_map(Float::new), any::<i16>().prop_map(|n| Float::new(n.into()))]
}

prop_compose! {
    fn area()(count in 1_u8.., radius in float(), floor in float(), ceiling in float()) -> Area {
        Area::new(count, radius, floor, ceiling).unwrap()
    }
}

prop_compose! {
    fn brid()(
        shape in prop_oneof![Just(BridShape::Nested), Just(BridShape::Flat)],
        uas_type in 0_u8..16,
        uas_ids in vec(uas_id(), 1..4),
        authentications in vec(authentication(), 0..3),
        self_id in option::of((any::<u8>(), "[ -~]{0,23}")),
        area in option::of(area()),
        classification in option::of((0_u8..9, 0_u8..16, 0_u8..16)),
        operator_id in option::of((any::<u8>(), "[ -~]{0,20}")),
    ) -> Brid {
        let mut brid = Brid::new(shape, UasType::new(uas_type).unwrap(), uas_ids[0].clone());
        for uas_id in &uas_ids[1..] {
            brid = brid.with_uas_id(uas_id.clone());
        }
        for authentication in authentications {
            brid = brid.with_authentication(authentication);
        }
        if let Some((description_type, description)) = self_id {
            brid = brid.with_self_id(SelfId::new(description_type, &description).unwrap());
        }
        if let Some(area) = area {
            brid = brid.with_area(area);
        }
        if let Some((class_type, class, category)) = classification {
            brid = brid.with_classification(Classification::new(class_type, class, category).unwrap());
        }
        if let Some((id_type, id)) = operator_id {
            brid = brid.with_operator_id(OperatorId::new(id_type, &id).unwrap());
        }
        brid
    }
}

prop_compose! {
    fn hip()(
        algorithm: u8,
        hit: [u8; 16],
        public_key in vec(any::<u8>(), 1..140),
        servers in vec("[a-z]{1,20}(\\.[a-z0-9-]{1,10}){0,3}\\.", 0..3),
    ) -> Hip {
        let rendezvous_servers = servers.iter().map(|name| DomainName::parse(name).unwrap()).collect();
        Hip { algorithm, hit, public_key, rendezvous_servers }
    }
}

/// A DER SEQUENCE around any octets, its length in one, two or three octets.
fn der() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![vec(any::<u8>(), 0..128), vec(any::<u8>(), 128..256), vec(any::<u8>(), 256..600)].prop_map(
        |content| {
            let [high, low] = u16::try_from(content.len()).unwrap().to_be_bytes();
            let header: &[u8] = match content.len() {
                0..128 => &[0x30, low],
                128..256 => &[0x30, 0x81, low],
                _ => &[0x30, 0x82, high, low],
            };
            [header, &content].concat()
        },
    )
}

prop_compose! {
    fn cert()(
        key_tag: u16,
        algorithm: u8,
        content in prop_oneof![
            der().prop_map(CertContent::Pkix),
            (36_u8..=39, der()).prop_map(|(attribute, der)| CertContent::PkixWithOid { attribute, der }),
            (1_u8..=6, endorsement()).prop_map(|(entity, endorsement)| CertContent::Endorsement { entity, endorsement }),
        ],
    ) -> CertRecord {
        CertRecord { key_tag, algorithm, content }
    }
}

prop_compose! {
    fn tlsa()(
        usage: u8,
        selector: u8,
        (matching_type, data) in prop_oneof![
            der().prop_map(|der| (0, der)),
            vec(any::<u8>(), 32).prop_map(|hash| (1, hash)),
            vec(any::<u8>(), 64).prop_map(|hash| (2, hash)),
        ],
    ) -> Tlsa {
        Tlsa { usage, selector, matching_type, data }
    }
}

fn damage() -> impl Strategy<Value = (prop::sample::Index, u8, prop::sample::Index)> {
    any::<(prop::sample::Index, u8, prop::sample::Index)>()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn endorsements_keep_the_law(value in endorsement(), damage in damage()) {
        ENDORSEMENT.keeps(&value);
        ENDORSEMENT.survives_damage(&value, damage);
        BODY.keeps(&value.body());
        BODY.survives_damage(&value.body(), damage);
    }

    #[test]
    fn hhit_keeps_the_law(value in hhit(), damage in damage()) {
        HHIT.keeps(&value);
        HHIT.survives_damage(&value, damage);
        prop_assert_eq!(Hhit::parse(&value.presentation()), Ok(value));
    }

    #[test]
    fn brid_keeps_the_law(value in brid(), damage in damage()) {
        BRID.keeps(&value);
        BRID.survives_damage(&value, damage);
        prop_assert_eq!(Brid::parse(&value.presentation()), Ok(value));
    }

    #[test]
    fn cert_keeps_the_law(value in cert(), damage in damage()) {
        CERT.keeps(&value);
        CERT.survives_damage(&value, damage);
        prop_assert_eq!(CertRecord::parse(&value.presentation()), Ok(value));
    }

    #[test]
    fn tlsa_keeps_the_law(value in tlsa(), damage in damage()) {
        TLSA.keeps(&value);
        TLSA.survives_damage(&value, damage);
        prop_assert_eq!(Tlsa::parse(&value.presentation()), Ok(value));
    }

    /// A URI ends where the record ends: cut within it, it is another one.
    #[test]
    fn uri_keeps_the_law_but_for_its_open_end(
        priority: u16, weight: u16, target in "[!#-\\[\\]-~]{1,80}", damage in damage(),
    ) {
        let value = Uri::new(priority, weight, &target).unwrap();
        let octets = value.encode();
        prop_assert_eq!(Uri::decode(&octets), Ok(value.clone()));
        for length in 0..octets.len() {
            match Uri::decode(&octets[..length]) {
                Ok(shorter) => prop_assert!(length > 4 && target.starts_with(shorter.target())),
                Err(error) => prop_assert_eq!((error.fault, error.at, length <= 4), (Fault::Truncated, length, true)),
            }
        }
        for octet in [0x00, b' ', b'"', b'\\', 0x7f, 0x80, 0xff] {
            let error = Uri::decode(&[octets.as_slice(), &[octet]].concat()).unwrap_err();
            prop_assert_eq!(error.at, octets.len());
        }
        URI.survives_damage(&value, damage);
        prop_assert_eq!(Uri::parse(&value.presentation()), Ok(value));
    }

    /// HIP ends in a list without an end mark, so two clauses of the law bend, as its file says.
    #[test]
    fn hip_keeps_the_law_but_for_its_open_end(value in hip(), damage in damage()) {
        let octets = value.encode();
        prop_assert_eq!(Hip::decode(&octets), Ok(value.clone()));
        let mut ends = Vec::new();
        for count in 0..value.rendezvous_servers.len() {
            let rendezvous_servers = value.rendezvous_servers[..count].to_vec();
            ends.push(Hip { rendezvous_servers, ..value.clone() });
        }
        for length in 0..octets.len() {
            match Hip::decode(&octets[..length]) {
                Ok(shorter) => prop_assert!(ends.contains(&shorter)),
                Err(error) => prop_assert_eq!((error.fault, error.at), (Fault::Truncated, length)),
            }
        }
        for octet in 0..=u8::MAX {
            let error = Hip::decode(&[octets.as_slice(), &[octet]].concat()).unwrap_err();
            let expected = match octet {
                0 => Fault::Trailing,
                1..=63 => Fault::Truncated,
                _ => Fault::Expected("a label, not compressed"),
            };
            prop_assert_eq!(error.fault, expected);
        }
        HIP.survives_damage(&value, damage);
        prop_assert_eq!(Hip::parse(&value.presentation()), Ok(value));
    }

    #[test]
    fn no_octets_make_a_decoder_panic(octets in vec(any::<u8>(), 0..400)) {
        ENDORSEMENT.survives(&octets);
        BODY.survives(&octets);
        HHIT.survives(&octets);
        BRID.survives(&octets);
        HIP.survives(&octets);
        CERT.survives(&octets);
        TLSA.survives(&octets);
        URI.survives(&octets);
    }

    #[test]
    fn no_text_makes_a_parser_panic(text in "[\\\\#()a-zA-Z0-9+/=. \\n]{0,120}|\\PC{0,40}") {
        let _ = (Hhit::parse(&text), Brid::parse(&text), CertRecord::parse(&text));
        let _ = (Hip::parse(&text), Tlsa::parse(&text), Uri::parse(&text), DomainName::parse(&text));
        if let Ok(octets) = parse_generic(&text) {
            prop_assert_eq!(parse_generic(&generic(&octets)), Ok(octets));
        }
    }

    #[test]
    fn names_survive_text(octets in vec(vec(any::<u8>(), 1..64), 1..5)) {
        let text: String = octets.iter().map(|label| {
            label.iter().map(|octet| format!("\\{octet:03}")).collect::<String>() + "."
        }).collect();
        let short_enough = octets.iter().map(|label| label.len() + 1).sum::<usize>() < 255;
        match DomainName::parse(&text) {
            Ok(name) => {
                prop_assert!(short_enough);
                prop_assert_eq!(DomainName::parse(&name.to_string()), Ok(name));
            }
            Err(_) => prop_assert!(!short_enough),
        }
    }
}

//! The linter: the vectors break what they break on purpose and nothing else, and every rule can be broken.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod vectors;

use drip_cert::{
    full::{FullTbs, KeyUsage, Policies},
    lint::{LintError, Linted, deviations, findings, lints},
    lite::LiteTbs,
    mtls::{MtlsRole, MtlsTbs},
    x509::{CertTime, CertificateSerial, Profile, Subject, Tbs},
};
use drip_det::{DetClass, Level, UnixTime};
use std::collections::BTreeSet;
use vectors::{
    chain,
    der::{children, tlv},
    names, spec,
};

fn found(tbs: &[u8], profile: Profile) -> Vec<&'static str> {
    findings(tbs, profile).unwrap().into_iter().map(|lint| lint.name).collect()
}

/// The TBSCertificate of a certificate.
fn tbs_of(certificate: &[u8]) -> Vec<u8> {
    children(certificate)[0].clone()
}

const LITE_CA: [&str; 5] = [
    "ca-subject-is-childrens-issuer",
    "aki-present",
    "ski-in-ca",
    "key-usage-in-ca",
    "san-not-critical-beside-subject",
];

#[test]
fn the_vectors_break_what_they_break_on_purpose() {
    for name in names() {
        let authority = !["ua1", "usidmfr"].contains(&name.as_str());
        let entity = chain(&name);
        let self_signed = entity.parent == name;
        for object in ["lite", "lite_uri"] {
            let tbs = tbs_of(&entity.object(object));
            let expected: Vec<_> = match (authority, self_signed) {
                (false, _) => vec!["aki-present", "ski-in-end-entity"],
                (true, false) => LITE_CA.to_vec(),
                (true, true) => LITE_CA.into_iter().filter(|lint| *lint != "aki-present").collect(),
            };
            assert_eq!(found(&tbs, Profile::Lite), expected, "{name} {object}");
            assert_eq!(Linted::<LiteTbs>::new(&tbs).unwrap().into_octets(), tbs);
        }
        let tbs = tbs_of(&entity.object("full"));
        let expected = match authority {
            false => vec!["ski-in-end-entity"],
            true => vec![
                "ca-subject-is-childrens-issuer",
                "ski-of-a-common-method",
                "key-usage-in-ca",
                "san-not-critical-beside-subject",
            ],
        };
        assert_eq!(found(&tbs, Profile::Full), expected, "{name} full");
        let linted = Linted::<FullTbs>::new(&tbs).unwrap();
        assert_eq!(linted.tbs().det, entity.det());
        assert_eq!(linted.into_octets(), tbs);
    }
}

fn mtls(role: MtlsRole) -> MtlsTbs {
    let (name, parent) = match role {
        MtlsRole::Authority => ("hda-issuing", "hda-auth"),
        MtlsRole::EndEntity | MtlsRole::OcspResponder => ("ua1", "hda-issuing"),
    };
    spec::mtls(&chain(name), &chain(parent), role)
}

#[test]
fn mtls_breaks_nothing_but_the_way_to_make_a_key_identifier() {
    for role in [MtlsRole::Authority, MtlsRole::EndEntity, MtlsRole::OcspResponder] {
        let tbs = mtls(role).encode().unwrap();
        assert_eq!(found(&tbs, Profile::Mtls), ["ski-of-a-common-method"], "{role:?}");
        assert_eq!(Linted::<MtlsTbs>::new(&tbs).unwrap().tbs().role, role);
    }
}

/// With keyUsage a Full certificate deviates in one thing less.
#[test]
fn key_usage_mends_the_full_profile() {
    let entity = chain("hda-issuing");
    let parent = chain("hda-auth");
    let tbs = FullTbs {
        serial: CertificateSerial::unpredictable([7; 20]),
        issuer: parent.det(),
        not_before: CertTime::new(UnixTime(entity.not_before)).unwrap(),
        not_after: CertTime::new(UnixTime(entity.not_after)).unwrap(),
        subject: Subject::Ca { level: Level::Hda, class: DetClass::Issuing, hid: entity.det().hid() },
        hi: entity.hi(),
        det: entity.det(),
        uri: None,
        hardware_module: None,
        key_usage: KeyUsage::Present,
        policy: Policies::default().of(parent.det(), entity.det()),
    };
    let names = found(&tbs.encode().unwrap(), Profile::Full);
    assert_eq!(
        names,
        ["ca-subject-is-childrens-issuer", "ski-of-a-common-method", "san-not-critical-beside-subject"]
    );
    // A serial number of another length is readable, but not signed.
    let short = FullTbs { serial: CertificateSerial::from_random(5), ..tbs };
    let octets = short.encode().unwrap();
    assert_eq!(FullTbs::decode(&octets).as_ref(), Ok(&short));
    let error = Linted::<FullTbs>::new(&octets).unwrap_err();
    assert!(matches!(&error, LintError::Broken { profile: Profile::Full, broken } if broken.len() == 1));
    assert_eq!(
        error.to_string(),
        "Full certificate: serial-of-20-octets (draft-ietf-drip-dki, 5 (PKIX-like)): serialNumber has 20 octets"
    );
    assert!(matches!(Linted::<FullTbs>::new(&octets[..9]), Err(LintError::Unreadable(_))));
}

/// A TBSCertificate in parts, to be put together wrongly.
#[derive(Clone)]
struct Parts {
    fields: Vec<Vec<u8>>,
    extensions: Vec<Vec<u8>>,
}

impl Parts {
    fn of(tbs: &[u8]) -> Self {
        let mut fields = children(tbs);
        let last = fields.pop().unwrap();
        Parts { fields, extensions: children(&children(&last)[0]) }
    }

    fn tbs(&self) -> Vec<u8> {
        let extensions = tlv(0xa3, &tlv(0x30, &self.extensions.concat()));
        tlv(0x30, &[self.fields.concat(), extensions].concat())
    }

    fn field(mut self, at: usize, octets: &[u8]) -> Self {
        self.fields[at] = octets.to_vec();
        self
    }

    fn place(&self, id: &[u8]) -> Option<usize> {
        self.extensions.iter().position(|extension| children(extension)[0][2..] == *id)
    }

    /// The extension with another value, added if it is not there.
    fn value(mut self, id: &[u8], critical: &[u8], value: &[u8]) -> Self {
        let extension = tlv(0x30, &[&tlv(6, id)[..], critical, &tlv(4, value)].concat());
        match self.place(id) {
            Some(at) => self.extensions[at] = extension,
            None => self.extensions.push(extension),
        }
        self
    }

    fn without(mut self, id: &[u8]) -> Self {
        self.extensions.remove(self.place(id).unwrap());
        self
    }

    /// The value of an extension.
    fn read(&self, id: &[u8]) -> Vec<u8> {
        children(&self.extensions[self.place(id).unwrap()]).last().unwrap()[2..].to_vec()
    }
}

const CRITICAL: &[u8] = &[1, 1, 0xff];
const SKI: &[u8] = &[0x55, 0x1d, 14];
const KU: &[u8] = &[0x55, 0x1d, 15];
const SAN: &[u8] = &[0x55, 0x1d, 17];
const BC: &[u8] = &[0x55, 0x1d, 19];
const CDP: &[u8] = &[0x55, 0x1d, 31];
const POLICIES: &[u8] = &[0x55, 0x1d, 32];
const AKI: &[u8] = &[0x55, 0x1d, 35];
const EKU: &[u8] = &[0x55, 0x1d, 37];
const AIA: &[u8] = &[0x2b, 6, 1, 5, 5, 7, 1, 1];

/// Each rule broken by one change, and whether it is then found where it was not before.
#[test]
fn every_rule_can_be_broken() {
    let ca = Parts::of(&mtls(MtlsRole::Authority).encode().unwrap());
    let ee = Parts::of(&mtls(MtlsRole::EndEntity).encode().unwrap());
    let responder = Parts::of(&mtls(MtlsRole::OcspResponder).encode().unwrap());
    let full_ca = Parts::of(&tbs_of(&chain("hda-issuing").object("full")));
    let full_ee = Parts::of(&tbs_of(&chain("ua1").object("full")));
    let lite_ca = Parts::of(&tbs_of(&chain("hda-issuing").object("lite")));
    let lite_ee = Parts::of(&tbs_of(&chain("ua1").object("lite")));
    let maker = Parts::of(&tbs_of(&chain("usidmfr").object("lite")));
    let name = |tag: u8, text: &[u8]| {
        tlv(0x30, &tlv(0x31, &tlv(0x30, &[&[6, 3, 0x55, 4, 3][..], &tlv(tag, text)].concat())))
    };
    let ed448 = tlv(0x30, &[6, 3, 0x2b, 0x65, 0x71]);
    let empty = tlv(0x30, &[]);
    let (uri, address) = (tlv(0x86, b"hda.example"), tlv(0x87, &[192, 0, 2]));
    let times = |from: &[u8], to: &[u8]| tlv(0x30, &[from, to].concat());
    let (early, late) = (tlv(0x17, b"260601000000Z"), tlv(0x17, b"260701000000Z"));
    let endless = times(&early, &tlv(0x18, b"99991231235959Z"));
    let det = |name: &str| chain(name).det().to_bytes();
    let two_policies = hex::decode("3012300906072b1b1001010002300906072b1b1001010002").unwrap();
    let two_policies = tlv(0x30, &two_policies[2..]);
    let other_key = {
        let spki = children(&ee.fields[6]);
        tlv(
            0x30,
            &[spki[0].clone(), tlv(3, &[&[0][..], chain("raa-auth").hi().as_bytes()].concat())].concat(),
        )
    };
    let short_key = tlv(0x30, &[children(&ee.fields[6])[0].clone(), tlv(3, &[0; 32])].concat());
    let doubled = Parts { extensions: [&ee.extensions[..], &ee.extensions[..1]].concat(), ..ee.clone() };
    let own = |parts: &Parts, issuer: &str| parts.clone().field(3, &name(0x0c, issuer.as_bytes()));
    let ua1 = chain("ua1").det().to_hex();
    use Profile::{Full, Lite, Mtls};
    let cases: Vec<(&str, Profile, &Parts, Parts)> = vec![
        ("version-3", Mtls, &ee, ee.clone().field(0, &[0xa0, 3, 2, 1, 1])),
        ("serial-positive", Mtls, &ee, ee.clone().field(1, &[2, 1, 0])),
        ("serial-length", Mtls, &ee, ee.clone().field(1, &tlv(2, &[1; 21]))),
        ("signature-algorithm", Mtls, &ee, ee.clone().field(2, &ed448)),
        ("issuer-not-empty", Mtls, &ee, ee.clone().field(3, &empty)),
        ("name-strings", Mtls, &ee, ee.clone().field(5, &name(0x16, ua1.as_bytes()))),
        ("common-name-length", Mtls, &ee, ee.clone().field(5, &name(0x0c, &[b'x'; 65]))),
        ("time-form", Mtls, &ee, ee.clone().field(4, &times(&early, &tlv(0x18, b"20270101000000Z")))),
        ("validity-order", Mtls, &ee, ee.clone().field(4, &times(&late, &early))),
        ("ca-subject-not-empty", Mtls, &ca, ca.clone().field(5, &empty)),
        ("ca-subject-is-childrens-issuer", Mtls, &ca, ca.clone().field(5, &name(0x0c, b"DRIP-HDA-I"))),
        ("key-form", Mtls, &ee, ee.clone().field(6, &short_key)),
        ("no-unique-identifiers", Mtls, &ee, {
            let mut parts = ee.clone();
            parts.fields.push(tlv(0x81, &[0, 1]));
            parts
        }),
        ("extensions-once", Mtls, &ee, doubled),
        ("aki-present", Mtls, &ee, ee.clone().without(AKI)),
        ("aki-not-critical", Mtls, &ee, ee.clone().value(AKI, CRITICAL, &ee.read(AKI))),
        ("ski-in-ca", Mtls, &ca, ca.clone().without(SKI)),
        ("ski-in-end-entity", Mtls, &ee, ee.clone().without(SKI)),
        ("ski-not-critical", Mtls, &ee, ee.clone().value(SKI, CRITICAL, &ee.read(SKI))),
        ("ski-of-a-common-method", Full, &full_ee, full_ee.clone().value(SKI, &[], &tlv(4, &[1; 16]))),
        ("key-usage-in-ca", Mtls, &ca, ca.clone().without(KU)),
        ("key-usage-not-empty", Mtls, &ee, ee.clone().value(KU, CRITICAL, &[3, 1, 0])),
        ("key-usage-critical", Mtls, &ee, ee.clone().value(KU, &[], &ee.read(KU))),
        ("cert-sign-is-for-ca", Mtls, &ee, ee.clone().value(KU, CRITICAL, &[3, 2, 1, 0x86])),
        ("key-usage-of-ed25519", Mtls, &ee, ee.clone().value(KU, CRITICAL, &[3, 2, 5, 0xa0])),
        ("policies-once", Full, &full_ca, full_ca.clone().value(POLICIES, &[], &two_policies)),
        ("san-for-empty-subject", Full, &full_ee, full_ee.clone().value(SAN, &[], &full_ee.read(SAN))),
        ("san-not-empty", Mtls, &ee, ee.clone().value(SAN, &[], &empty)),
        ("san-address-length", Mtls, &ee, ee.clone().value(SAN, &[], &tlv(0x30, &address))),
        ("san-uri-absolute", Mtls, &ee, ee.clone().value(SAN, &[], &tlv(0x30, &uri))),
        ("san-not-critical-beside-subject", Mtls, &ee, ee.clone().value(SAN, CRITICAL, &ee.read(SAN))),
        ("basic-constraints-critical", Mtls, &ca, ca.clone().value(BC, &[], &ca.read(BC))),
        (
            "path-length-is-for-ca",
            Lite,
            &lite_ca,
            lite_ca.clone().value(BC, CRITICAL, &[0x30, 6, 1, 1, 0xff, 2, 1, 0]),
        ),
        ("extended-key-usage-not-empty", Mtls, &ee, ee.clone().value(EKU, &[], &empty)),
        (
            "distribution-point-names",
            Mtls,
            &ee,
            ee.clone().value(CDP, &[], &tlv(0x30, &tlv(0x30, &[0x81, 2, 6, 0x40]))),
        ),
        ("distribution-points-not-critical", Mtls, &ee, ee.clone().value(CDP, CRITICAL, &ee.read(CDP))),
        ("info-access-not-critical", Mtls, &ee, ee.clone().value(AIA, CRITICAL, &ee.read(AIA))),
        ("info-access-not-empty", Mtls, &ee, ee.clone().value(AIA, &[], &empty)),
        ("issuer-is-a-det", Lite, &lite_ee, own(&lite_ee, "DRIP-HDA-I-16376-16376")),
        ("address-is-the-det-of-the-key", Lite, &lite_ee, lite_ee.clone().field(6, &other_key)),
        ("endless-with-hardware-module", Lite, &lite_ee, lite_ee.clone().field(4, &endless)),
        ("endless-with-hardware-module", Lite, &maker, maker.clone().field(4, &times(&early, &late))),
        ("self-signed-is-an-authority", Lite, &lite_ee, own(&lite_ee, &ua1)),
        ("subject-by-role", Lite, &lite_ca, lite_ca.clone().field(5, &name(0x0c, b"an authority"))),
        ("subject-by-role", Full, &full_ee, full_ee.clone().field(5, &name(0x0c, b"an aircraft"))),
        ("san-critical", Full, &full_ee, full_ee.clone().value(SAN, &[], &full_ee.read(SAN))),
        ("serial-of-one-octet", Lite, &lite_ee, lite_ee.clone().field(1, &[2, 2, 1, 1])),
        ("serial-of-20-octets", Full, &full_ee, full_ee.clone().field(1, &[2, 1, 1])),
        (
            "aki-is-the-issuers-det",
            Full,
            &full_ee,
            full_ee.clone().value(AKI, &[], &tlv(0x30, &tlv(0x80, &det("raa-auth")))),
        ),
        ("ski-is-the-det", Full, &full_ca, full_ca.clone().value(SKI, &[], &tlv(4, &det("raa-auth")))),
        ("no-ski-in-end-entity", Full, &full_ee, full_ee.clone().value(SKI, &[], &tlv(4, &det("ua1")))),
        ("policy-is-for-ca", Full, &full_ee, full_ee.clone().value(POLICIES, &[], &full_ca.read(POLICIES))),
        ("subject-is-the-det", Mtls, &ee, ee.clone().field(5, &name(0x0c, b"an aircraft"))),
        ("key-usage-everywhere", Mtls, &ee, ee.clone().without(KU)),
        ("purpose-of-end-entities", Mtls, &ee, ee.clone().without(EKU)),
        ("no-check-is-for-responders", Mtls, &responder, {
            let mut parts = responder.clone();
            parts.extensions.pop();
            parts
        }),
    ];
    for (lint, profile, before, after) in &cases {
        assert!(!found(&before.tbs(), *profile).contains(lint), "{lint} is broken before");
        assert!(
            found(&after.tbs(), *profile).contains(lint),
            "{lint} is not noticed: {:?}",
            found(&after.tbs(), *profile)
        );
    }
    let tested: BTreeSet<&str> = cases.iter().map(|(lint, ..)| *lint).collect();
    let all: BTreeSet<&str> = Profile::ALL.into_iter().flat_map(lints).map(|lint| lint.name).collect();
    assert_eq!(tested, all);
}

/// The list as data, which `scripts/interop/judge-certificates` compares with pkilint's findings, says the same.
#[test]
fn the_list_of_deviations_as_data() {
    let data: serde_json::Value =
        serde_json::from_str(include_str!("../../../testdata/lint/deviations.json")).unwrap();
    for profile in Profile::ALL {
        let listed: Vec<(&str, &str, &str, &str)> = data[profile.name()]
            .as_array()
            .unwrap()
            .iter()
            .map(|entry| {
                let text = |key: &str| entry[key].as_str().unwrap();
                (text("lint"), text("section"), text("pkilint"), text("reason"))
            })
            .collect();
        let ours: Vec<_> = deviations(profile)
            .iter()
            .map(|deviation| {
                let lint =
                    lints(profile).find(|lint| lint.name == deviation.lint).expect("a rule that there is");
                (lint.name, lint.section, deviation.pkilint, deviation.reason)
            })
            .collect();
        assert_eq!(ours, listed, "{profile}");
    }
    assert_eq!(data.as_object().unwrap().len(), Profile::ALL.len());
}

#[test]
fn rules_are_named_once() {
    for profile in Profile::ALL {
        let names: Vec<_> = lints(profile).map(|lint| lint.name).collect();
        let distinct: BTreeSet<_> = names.iter().collect();
        assert_eq!(names.len(), distinct.len());
    }
    assert_eq!(MtlsTbs::PROFILE, Profile::Mtls);
}

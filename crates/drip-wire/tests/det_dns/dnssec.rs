//! Ed25519 in DNSSEC (RFC 8080): that the key library agrees with DNSSEC's published keys, tags, digests and signatures.

use crate::vector::{Vector, number, octets, text};
use base64::{Engine, engine::general_purpose::STANDARD};
use drip_det::HostIdentity;
use drip_wire::rdata::DomainName;
use ed25519_dalek::SigningKey;
use sha2::{Digest, Sha256};

vectors! { dnssec, "dnssec", check_dnssec:
    dnssec_ed25519_1 dnssec_ed25519_2
}

const ED25519: u8 = 15;
const MX: u16 = 15;
const IN: u16 = 1;
const TTL: u32 = 3600;

/// Key tag of a DNSKEY (RFC 4034, appendix B).
fn key_tag(dnskey: &[u8]) -> u16 {
    let sum: u32 =
        dnskey.iter().enumerate().map(|(i, octet)| u32::from(*octet) << if i % 2 == 0 { 8 } else { 0 }).sum();
    (sum + (sum >> 16)) as u16
}

/// What the RRSIG over `example.com. 3600 IN MX 10 mail.example.com.` signs (RFC 4034, section 3.1.8.1; RFC 8080, section 6.1).
fn signed_octets(key_tag: u16) -> Vec<u8> {
    let name = |text| DomainName::parse(text).unwrap().as_octets().to_vec();
    let rdata = [&10_u16.to_be_bytes(), name("mail.example.com.").as_slice()].concat();
    [
        &MX.to_be_bytes(),
        [ED25519, 2].as_slice(),
        &TTL.to_be_bytes(),
        &1_440_021_600_u32.to_be_bytes(),
        &1_438_207_200_u32.to_be_bytes(),
        &key_tag.to_be_bytes(),
        &name("example.com."),
        &name("example.com."),
        &MX.to_be_bytes(),
        &IN.to_be_bytes(),
        &TTL.to_be_bytes(),
        &(rdata.len() as u16).to_be_bytes(),
        &rdata,
    ]
    .concat()
}

fn check_dnssec(vector: &Vector) {
    let Vector { inputs, outputs, .. } = vector;
    let seed = STANDARD.decode(text(&inputs["private_key_b64"])).unwrap();
    let key = SigningKey::from_bytes(&seed.try_into().unwrap());
    let hi = HostIdentity::from(&key.verifying_key());
    assert_eq!(format!("257 3 {ED25519} {}", STANDARD.encode(hi.as_bytes())), text(&outputs["dnskey"]));

    let dnskey = [[1, 1, 3, ED25519].as_slice(), hi.as_bytes()].concat();
    let tag = key_tag(&dnskey);
    assert_eq!(u64::from(tag), number(&outputs["key_tag"]));
    let owner = DomainName::parse("example.com.").unwrap();
    let ds = Sha256::digest([owner.as_octets(), &dnskey].concat());
    assert_eq!(ds.as_slice(), octets(&outputs["ds_sha256"]));

    for (signature, validates) in [
        ("rrsig_printed", "rrsig_printed_validates_alg15_labels2"),
        ("rrsig_known_correction", "rrsig_known_correction_validates"),
    ] {
        let signature = STANDARD.decode(text(&outputs[signature])).unwrap().try_into().unwrap();
        let verified = hi.verify(&signed_octets(tag), &signature).is_ok();
        assert_eq!(Some(verified), outputs[validates].as_bool());
    }
}

//! How many objects a second one core signs, as a ratio to raw Ed25519 signatures made in the same run. Prints Markdown.
//!
//! Every object goes through the signer as in the registry: encoded, handed over, decoded again, linted, checked against the policy,
//! signed and assembled. The kinds take turns in short rounds, so that what else the machine does falls on all of them alike.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::hint::black_box;
use std::time::{Duration, Instant};

use dime_sign::{Issuing, LocalSigner, PrivateKey, Signer, SigningPolicy, certify, certify_native, endorse};
use drip_cert::c509::C509Certificate;
use drip_cert::full::{FullTbs, KeyUsage};
use drip_cert::lite::LiteTbs;
use drip_cert::mtls::{MtlsRole, MtlsTbs, PkiUrls};
use drip_cert::x509::{CertTime, CertificateSerial, Subject};
use drip_det::{Det, DripTime, Hda, Hid, HostIdentity, Raa, UnixTime};
use drip_wire::EndorsementBody;
use ed25519_dalek::{Signer as _, SigningKey};

const NOW: UnixTime = UnixTime(1_790_000_000);
const END: UnixTime = UnixTime(NOW.0 + 86_400);
const ROUND: Duration = Duration::from_millis(50);
const ROUNDS: usize = 100;

/// One kind of object: what makes one, and how many signatures are in it.
struct Kind<'a> {
    name: &'static str,
    signatures: u32,
    make: Box<dyn Fn() + 'a>,
}

fn main() {
    let hid = Hid::new(Raa::new(16376).unwrap(), Hda::new(16376).unwrap());
    let key = PrivateKey::generate().unwrap();
    let signer = LocalSigner::<Issuing>::new(key, hid, SigningPolicy::ISSUING).unwrap();
    let raw = SigningKey::from_bytes(&[7; 32]);
    let hi = HostIdentity::from_bytes(raw.verifying_key().as_bytes()).unwrap();
    let (det, parent) = (Det::derive(hid, &hi), signer.det());
    let (not_before, not_after) = (CertTime::new(NOW).unwrap(), CertTime::new(END).unwrap());
    let body = EndorsementBody {
        vnb: DripTime::from_unix(NOW).unwrap(),
        vna: DripTime::from_unix(END).unwrap(),
        child: det,
        child_hi: hi,
        parent,
    };
    let lite = LiteTbs {
        serial: CertificateSerial::from_random(0x41),
        issuer: parent,
        not_before,
        not_after,
        subject: Subject::Empty,
        hi,
        det,
        uri: None,
        hardware_module: None,
    };
    let long_serial = CertificateSerial::unpredictable([0x5A; 20]);
    let full = FullTbs {
        serial: long_serial.clone(),
        issuer: parent,
        not_before,
        not_after,
        subject: Subject::Empty,
        hi,
        det,
        uri: None,
        hardware_module: None,
        key_usage: KeyUsage::Absent,
        policy: None,
    };
    let mtls = MtlsTbs {
        serial: long_serial,
        issuer: parent,
        not_before,
        not_after,
        role: MtlsRole::EndEntity,
        hi,
        det,
        uri: None,
        hardware_module: None,
        pki: PkiUrls::default(),
    };
    let one_endorsement = || {
        black_box(endorse(&signer, body, NOW).unwrap());
    };
    let one_lite = || {
        black_box(certify(&signer, &lite, NOW).unwrap());
    };
    let one_full = || {
        black_box(certify(&signer, &full, NOW).unwrap());
    };
    let one_mtls = || {
        black_box(certify(&signer, &mtls, NOW).unwrap());
    };
    let one_native = || {
        black_box(certify_native(&signer, &lite, NOW).unwrap());
    };
    let issued = certify(&signer, &lite, NOW).unwrap();
    let message = body.signed_octets();
    let kinds = [
        Kind {
            name: "raw Ed25519 signature of 72 octets",
            signatures: 1,
            make: Box::new(|| {
                black_box(raw.sign(black_box(&message)));
            }),
        },
        Kind { name: "endorsement", signatures: 1, make: Box::new(one_endorsement) },
        Kind { name: "Lite certificate", signatures: 1, make: Box::new(one_lite) },
        Kind { name: "Full certificate", signatures: 1, make: Box::new(one_full) },
        Kind { name: "mtls certificate", signatures: 1, make: Box::new(one_mtls) },
        Kind { name: "native C509 certificate (type 2)", signatures: 1, make: Box::new(one_native) },
        Kind {
            name: "C509 (type 3) of a Lite certificate, inverted to compare",
            signatures: 0,
            make: Box::new(|| {
                black_box(C509Certificate::of_x509(black_box(&issued)).unwrap());
            }),
        },
        Kind {
            name: "a registration's set: endorsement, Lite, Full, mtls",
            signatures: 4,
            make: Box::new(|| {
                one_endorsement();
                one_lite();
                one_full();
                one_mtls();
            }),
        },
        Kind {
            name: "the same with native C509",
            signatures: 5,
            make: Box::new(|| {
                one_endorsement();
                one_lite();
                one_full();
                one_mtls();
                one_native();
            }),
        },
    ];
    let rates = measure(&kinds);
    let raw_rate = rates.first().copied().unwrap_or(f64::NAN);
    println!("| object | a second, one core | signatures in it | of the rate of its signatures alone |");
    println!("|---|---|---|---|");
    for (kind, rate) in kinds.iter().zip(&rates) {
        let share = match kind.signatures {
            0 => "none to make".to_owned(),
            signatures => format!("{:.0} %", rate * f64::from(signatures) / raw_rate * 100.0),
        };
        println!("| {} | {rate:.0} | {} | {share} |", kind.name, kind.signatures);
    }
}

/// Objects a second of each kind: the median over the rounds.
fn measure(kinds: &[Kind<'_>]) -> Vec<f64> {
    let mut rates = vec![Vec::with_capacity(ROUNDS); kinds.len()];
    for _ in 0..ROUNDS {
        for (kind, rates) in kinds.iter().zip(&mut rates) {
            let begin = Instant::now();
            let mut made = 0u32;
            while begin.elapsed() < ROUND {
                (kind.make)();
                made += 1;
            }
            rates.push(f64::from(made) / begin.elapsed().as_secs_f64());
        }
    }
    rates.into_iter().map(median).collect()
}

fn median(mut rates: Vec<f64>) -> f64 {
    rates.sort_by(f64::total_cmp);
    rates.get(rates.len() / 2).copied().unwrap_or(f64::NAN)
}

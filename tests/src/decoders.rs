//! Every decoder of octets that come from outside, by name, under one law: what it accepts, it writes again octet for octet.
//!
//! The fuzz targets (`tests/fuzz`) run these with octets that a fuzzer invents; `tests/corpus.rs` replays the kept corpus
//! (`testdata/corpus/<decoder>/`) and thousands of mutations of it on every test run.

use dime_sign::ceremony::{Answer, Bundle, Request};
use drip_cert::Certificate;
use drip_cert::c509::{AnyNative, C509Certificate, C509Csr, NativeTbs};
use drip_cert::crl::{Crl, CrlTbs};
use drip_cert::csr::Csr;
use drip_cert::full::{FullCertificate, FullTbs};
use drip_cert::lite::{LiteCertificate, LiteTbs};
use drip_cert::mtls::{MtlsCertificate, MtlsTbs};
use drip_cert::ocsp::{OcspRequest, OcspResponse, ResponseTbs};
use drip_wire::broadcast::{
    Authentication, Frame, Link, Manifest, Message, Pack, Sam, UaSignedEvidence, Wrapper,
};
use drip_wire::cache::{Cache, SignedCache};
use drip_wire::cose::Sign1;
use drip_wire::coverage::Coverage;
use drip_wire::rdata::{Brid, CertRecord, Hhit, Hip, Tlsa, Uri};
use drip_wire::registration::{self, Claims, RegistrationToken};
use drip_wire::trust::{SignedTrustList, TrustList};
use drip_wire::{Endorsement, EndorsementBody};

/// One decoder.
#[derive(Clone, Copy, Debug)]
pub struct Decoder {
    /// Its name: of its corpus folder and of its fuzz target.
    pub name: &'static str,
    /// Reads octets and writes what was read again; `None` when they are refused.
    pub again: fn(&[u8]) -> Option<Vec<u8>>,
}

impl Decoder {
    /// The decoder of this name.
    pub fn named(name: &str) -> Option<&'static Decoder> {
        DECODERS.iter().find(|decoder| decoder.name == name)
    }

    /// Runs it and holds it to the law; returns whether the octets were accepted.
    pub fn judge(&self, octets: &[u8]) -> bool {
        match (self.again)(octets) {
            None => false,
            Some(again) => {
                assert_eq!(again, octets, "{}: what was read is written differently", self.name);
                true
            }
        }
    }
}

/// All of them.
pub const DECODERS: &[Decoder] = &[
    Decoder { name: "endorsement", again: |o| Some(Endorsement::decode(o).ok()?.encode().to_vec()) },
    Decoder {
        name: "endorsement-body",
        again: |o| Some(EndorsementBody::decode(o).ok()?.signed_octets().to_vec()),
    },
    Decoder { name: "hhit", again: |o| Some(Hhit::decode(o).ok()?.encode()) },
    Decoder { name: "brid", again: |o| Some(Brid::decode(o).ok()?.encode()) },
    Decoder { name: "hip", again: |o| Some(Hip::decode(o).ok()?.encode()) },
    Decoder { name: "cert-record", again: |o| Some(CertRecord::decode(o).ok()?.encode()) },
    Decoder { name: "tlsa", again: |o| Some(Tlsa::decode(o).ok()?.encode()) },
    Decoder { name: "uri", again: |o| Some(Uri::decode(o).ok()?.encode()) },
    Decoder { name: "coverage", again: |o| Some(Coverage::decode(o).ok()?.encode()) },
    Decoder { name: "cose-sign1", again: |o| Some(Sign1::decode(o).ok()?.encode()) },
    Decoder { name: "trust-list-payload", again: |o| Some(TrustList::decode(o).ok()?.encode()) },
    Decoder { name: "trust-list", again: |o| Some(SignedTrustList::decode(o).ok()?.encode()) },
    Decoder { name: "cache-payload", again: |o| Some(Cache::decode(o).ok()?.encode()) },
    Decoder { name: "cache", again: |o| Some(SignedCache::decode(o).ok()?.encode()) },
    Decoder {
        name: "csr",
        again: |o| is_der(o).then(|| Csr::parse(o).ok().map(|csr| csr.octets().to_vec()))?,
    },
    Decoder {
        name: "lite",
        again: |o| {
            let certificate = LiteCertificate::parse(o).ok()?;
            certificate.tbs().assemble(certificate.signature()).ok()
        },
    },
    Decoder { name: "lite-tbs", again: |o| LiteTbs::decode(o).ok()?.encode().ok() },
    Decoder {
        name: "full",
        again: |o| {
            let certificate = FullCertificate::parse(o).ok()?;
            certificate.tbs().assemble(certificate.signature()).ok()
        },
    },
    Decoder { name: "full-tbs", again: |o| FullTbs::decode(o).ok()?.encode().ok() },
    Decoder {
        name: "mtls",
        again: |o| {
            let certificate = MtlsCertificate::parse(o).ok()?;
            certificate.tbs().assemble(certificate.signature()).ok()
        },
    },
    Decoder { name: "mtls-tbs", again: |o| MtlsTbs::decode(o).ok()?.encode().ok() },
    Decoder {
        name: "certificate",
        again: |o| {
            let certificate = Certificate::parse(o).ok()?;
            Some(certificate.der().to_vec())
        },
    },
    Decoder {
        name: "crl",
        again: |o| {
            let list = Crl::parse(o).ok()?;
            list.tbs().assemble(list.signature()).ok()
        },
    },
    Decoder { name: "crl-tbs", again: |o| CrlTbs::decode(o).ok()?.encode().ok() },
    Decoder {
        name: "c509-certificate",
        again: |o| {
            let certificate = C509Certificate::decode(o).ok()?;
            match certificate.x509() {
                Some(der) => Some(C509Certificate::of_x509(der).ok()?.octets().to_vec()),
                None => Some(certificate.octets().to_vec()),
            }
        },
    },
    Decoder {
        name: "c509-native-certificate",
        again: |o| {
            let certificate = C509Certificate::decode(o).ok()?;
            Some(AnyNative::of_c509(&certificate).ok()?.octets().to_vec())
        },
    },
    Decoder {
        name: "c509-csr",
        again: |o| {
            let csr = C509Csr::decode(o).ok()?;
            match csr.pkcs10() {
                Some(der) => Some(C509Csr::of_pkcs10(der).ok()?.octets().to_vec()),
                None => Some(csr.octets().to_vec()),
            }
        },
    },
    Decoder {
        name: "c509-native-tbs",
        again: |o| {
            let native = NativeTbs::decode(o).ok()?;
            Some(NativeTbs::of_tbs(native.x509()).ok()?.octets().to_vec())
        },
    },
    Decoder { name: "registration-token", again: |o| Some(RegistrationToken::decode(o).ok()?.encode()) },
    Decoder { name: "registration-claims", again: |o| Some(Claims::decode(o).ok()?.encode()) },
    Decoder { name: "registration-reply", again: |o| Some(registration::Reply::decode(o).ok()?.encode()) },
    Decoder { name: "ceremony-request", again: |o| Request::decode(o).ok()?.encode().ok() },
    Decoder { name: "ceremony-answer", again: |o| Answer::decode(o).ok()?.encode().ok() },
    Decoder { name: "ceremony-bundle", again: |o| Bundle::decode(o).ok()?.encode().ok() },
    Decoder {
        name: "qr-part",
        again: |o| Some(std::str::from_utf8(o).ok()?.parse::<drip_qr::Part>().ok()?.to_string().into_bytes()),
    },
    Decoder { name: "link", again: |o| Some(Link::decode(o).ok()?.encode().to_vec()) },
    Decoder { name: "wrapper", again: |o| Some(Wrapper::decode(o).ok()?.encode()) },
    Decoder { name: "manifest", again: |o| Some(Manifest::decode(o).ok()?.encode()) },
    Decoder { name: "frame", again: |o| Some(Frame::decode(o).ok()?.encode()) },
    Decoder { name: "sam", again: |o| Some(Sam::decode(o).ok()?.encode()) },
    Decoder { name: "ua-signed-evidence", again: |o| Some(UaSignedEvidence::decode(o).ok()?.encode()) },
    Decoder { name: "authentication", again: |o| Some(Authentication::decode(o).ok()?.encode()) },
    Decoder { name: "message", again: |o| Some(Message::decode(o).ok()?.encode().to_vec()) },
    Decoder { name: "message-pack", again: |o| Some(Pack::decode(o).ok()?.encode()) },
    Decoder { name: "ocsp-request", again: |o| Some(OcspRequest::decode(o).ok()?.encode().to_vec()) },
    Decoder { name: "ocsp-response", again: |o| OcspResponse::decode(o).ok()?.encode().ok() },
    Decoder { name: "ocsp-response-tbs", again: |o| ResponseTbs::decode(o).ok()?.encode().ok() },
];

/// Whether octets are meant as DER, not as PEM: where a reader takes both, only DER has one form.
fn is_der(octets: &[u8]) -> bool {
    octets.first() == Some(&0x30)
}

//! The X.509 Lite profile: the smallest certificate that binds a key to a DET (draft-ietf-drip-dki, RFC 9886 appendix).
//!
//! | field | authority (Authorization, Issuing) | end entity |
//! |---|---|---|
//! | version | 3 | 3 |
//! | serialNumber | one octet by rule, up to 20; no meaning, may repeat | same |
//! | signature | Ed25519 | same |
//! | issuer | one CN, UTF8String: the parent's DET in 32 lower-case hexadecimal digits | same |
//! | validity | UTCTime to 2049, GeneralizedTime after; that of the endorsement | same; a manufacturer's ends 99991231235959Z |
//! | subject | one CN, UTF8String: `DRIP-HDA-A-16376-10` | empty |
//! | subjectPublicKeyInfo | Ed25519, the host identity | same |
//! | basicConstraints | critical, cA TRUE, no path length | absent |
//! | subjectAltName | critical: iPAddress = the DET; then maybe a URI; then, with the endless validity, hardwareModuleName | same |
//! | signatureValue | 64 octets, by the parent | same |
//!
//! Names do not chain (the parent's subject is not the child's issuer); chains are built by DET.

mod form;

pub use crate::x509::{
    CertError, CertTime, CertVerifyError, CertificateSerial, ContentError, HardwareModule, InvalidSerial,
    MAX_LEN, OutsideCertTime, Subject,
};

use crate::x509::{Tbs, X509};
use alloc::{string::String, vec::Vec};
use drip_det::{Det, HostIdentity};

/// A certificate of the Lite profile, read back.
pub type LiteCertificate = X509<LiteTbs>;

/// The content of a Lite certificate, to be signed or read back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LiteTbs {
    /// The certificate's serial number.
    pub serial: CertificateSerial,
    /// The DET of the parent, who signs.
    pub issuer: Det,
    /// First second of validity.
    pub not_before: CertTime,
    /// Last second of validity; [`CertTime::FOREVER`] for a manufacturer's.
    pub not_after: CertTime,
    /// Whether this is an authority, and which.
    pub subject: Subject,
    /// The certified key.
    pub hi: HostIdentity,
    /// The DET of that key.
    pub det: Det,
    /// Where the registry that issued it is found.
    pub uri: Option<String>,
    /// The device's serial number in the manufacturer's certificate: there if and only if `not_after` is [`CertTime::FOREVER`].
    pub hardware_module: Option<HardwareModule>,
}

impl LiteTbs {
    /// The octets that the issuer has to sign: TBSCertificate. Content that the profile does not allow is refused.
    pub fn encode(&self) -> Result<Vec<u8>, ContentError> {
        Tbs::encode(self)
    }

    /// The whole certificate in DER, with the issuer's signature over [`LiteTbs::encode`].
    pub fn assemble(&self, signature: &[u8; 64]) -> Result<Vec<u8>, ContentError> {
        Tbs::assemble(self, signature)
    }

    /// Reads TBSCertificate, as it comes to a signer: what is returned encodes to the same octets.
    pub fn decode(der: &[u8]) -> Result<Self, CertError> {
        Tbs::decode(der)
    }
}

//! The X.509 mtls profile: RFC 5280 as TLS libraries apply it, so that they verify DETs without knowing what a DET is.
//!
//! | field | authority | end entity | OCSP responder |
//! |---|---|---|---|
//! | serialNumber | 20 octets of randomness, positive | same | same |
//! | issuer | one CN, UTF8String: the parent's DET in 32 lower-case hexadecimal digits | same | same |
//! | validity | as in [`lite`](crate::lite) | same | same |
//! | subject | one CN, UTF8String: its own DET in the same digits, so that names chain | same | same |
//! | basicConstraints | critical, cA TRUE, no path length | absent | absent |
//! | keyUsage | critical: digitalSignature, keyCertSign, cRLSign | critical: digitalSignature | same |
//! | extKeyUsage | absent | clientAuth, serverAuth | OCSPSigning |
//! | subjectAltName | not critical: iPAddress = the DET; then maybe a URI; then, with the endless validity, hardwareModuleName | same | same |
//! | subjectKeyIdentifier | the DET | same | same |
//! | authorityKeyIdentifier | keyIdentifier: the parent's DET; its own when self-signed | same | same |
//! | cRLDistributionPoints | maybe: one HTTP address | same | absent |
//! | authorityInfoAccess | maybe: ocsp, then caIssuers | same | absent |
//! | id-pkix-ocsp-nocheck | absent | absent | NULL (RFC 6960, section 4.2.2.2.1) |
//!
//! The extensions come in this order. Authorization and Issuing cannot be told apart here; the endorsements and the other profiles say
//! which is which. End entities of the Full profile verify under authorities of this one.

mod form;
mod pki_urls;

pub use pki_urls::PkiUrls;

use crate::x509::{CertError, CertTime, CertificateSerial, ContentError, HardwareModule, Tbs, X509};
use alloc::{string::String, vec::Vec};
use drip_det::{Det, HostIdentity};

/// A certificate of the mtls profile, read back.
pub type MtlsCertificate = X509<MtlsTbs>;

/// What the holder of an mtls certificate may do with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MtlsRole {
    /// Sign certificates, revocation lists and OCSP responses.
    Authority,
    /// Be either side of a TLS connection.
    EndEntity,
    /// Answer OCSP requests for the issuer.
    OcspResponder,
}

/// The content of an mtls certificate, to be signed or read back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MtlsTbs {
    /// The certificate's serial number: [`CertificateSerial::unpredictable`].
    pub serial: CertificateSerial,
    /// The DET of the parent, who signs.
    pub issuer: Det,
    /// First second of validity.
    pub not_before: CertTime,
    /// Last second of validity; [`CertTime::FOREVER`] for a manufacturer's.
    pub not_after: CertTime,
    /// What the certificate is for.
    pub role: MtlsRole,
    /// The certified key.
    pub hi: HostIdentity,
    /// The DET of that key.
    pub det: Det,
    /// Where the registry that issued it is found.
    pub uri: Option<String>,
    /// The device's serial number in the manufacturer's certificate: there if and only if `not_after` is [`CertTime::FOREVER`].
    pub hardware_module: Option<HardwareModule>,
    /// Where the issuer says what it revoked. An OCSP responder's certificate has none.
    pub pki: PkiUrls,
}

impl MtlsTbs {
    /// The octets that the issuer has to sign: TBSCertificate. Content that the profile does not allow is refused.
    pub fn encode(&self) -> Result<Vec<u8>, ContentError> {
        Tbs::encode(self)
    }

    /// The whole certificate in DER, with the issuer's signature over [`MtlsTbs::encode`].
    pub fn assemble(&self, signature: &[u8; 64]) -> Result<Vec<u8>, ContentError> {
        Tbs::assemble(self, signature)
    }

    /// Reads TBSCertificate, as it comes to a signer: what is returned encodes to the same octets.
    pub fn decode(der: &[u8]) -> Result<Self, CertError> {
        Tbs::decode(der)
    }
}

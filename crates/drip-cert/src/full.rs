//! The X.509 Full profile, "PKIX-like" in draft-ietf-drip-dki-02: Lite, and what certificate authorities elsewhere expect.
//!
//! | field | authority (Authorization, Issuing) | end entity |
//! |---|---|---|
//! | serialNumber | 20 octets of randomness, positive | same |
//! | issuer, validity, subject, subjectPublicKeyInfo | as in [`lite`](crate::lite) | same |
//! | basicConstraints | critical, cA TRUE, no path length | absent |
//! | keyUsage | critical, by a setting: keyCertSign, cRLSign | critical, by the same setting: digitalSignature |
//! | certificatePolicies | one policy, by the issuer's level; none at the Apex | absent |
//! | subjectAltName | critical, as in Lite | same |
//! | subjectKeyIdentifier | the DET | absent |
//! | authorityKeyIdentifier | keyIdentifier: the parent's DET; its own when self-signed | same |
//!
//! The extensions come in this order. As in Lite, an authority's subject is not what its children call their issuer; the authority's
//! mtls certificate has that name, so that end entities of this profile verify under mtls authorities, by name and by key identifier.
//!
//! Read wider than written: serial numbers of any length, and certificates with and without policy, occur in the drafts' examples.

mod form;
mod policies;

pub use policies::Policies;

use crate::x509::{CertError, CertTime, CertificateSerial, ContentError, HardwareModule, Subject, Tbs, X509};
use alloc::{string::String, vec::Vec};
use der::asn1::ObjectIdentifier;
use drip_det::{Det, HostIdentity};

/// A certificate of the Full profile, read back.
pub type FullCertificate = X509<FullTbs>;

/// Whether a Full certificate says what its key is for. The drafts' objects do not; RFC 5280 demands it of authorities.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum KeyUsage {
    /// No keyUsage extension, as in the drafts' objects.
    #[default]
    Absent,
    /// keyCertSign and cRLSign for authorities, digitalSignature for end entities.
    Present,
}

/// The content of a Full certificate, to be signed or read back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FullTbs {
    /// The certificate's serial number: [`CertificateSerial::unpredictable`].
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
    /// Whether keyUsage is there.
    pub key_usage: KeyUsage,
    /// The certificate policy of an authority: see [`Policies`].
    pub policy: Option<ObjectIdentifier>,
}

impl FullTbs {
    /// The octets that the issuer has to sign: TBSCertificate. Content that the profile does not allow is refused.
    pub fn encode(&self) -> Result<Vec<u8>, ContentError> {
        Tbs::encode(self)
    }

    /// The whole certificate in DER, with the issuer's signature over [`FullTbs::encode`].
    pub fn assemble(&self, signature: &[u8; 64]) -> Result<Vec<u8>, ContentError> {
        Tbs::assemble(self, signature)
    }

    /// Reads TBSCertificate, as it comes to a signer: what is returned encodes to the same octets.
    pub fn decode(der: &[u8]) -> Result<Self, CertError> {
        Tbs::decode(der)
    }
}

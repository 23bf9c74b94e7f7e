//! A certificate whose profile the reader does not know beforehand.

use crate::{
    full::FullCertificate,
    lite::LiteCertificate,
    mtls::MtlsCertificate,
    oid,
    x509::{
        self, CertError, CertTime, CertVerifyError, CertificateSerial, HardwareModule, Profile, Role, Tbs,
        X509, common_name,
    },
};
use alloc::string::String;
use drip_det::{Det, HostIdentity, UnixTime};
use x509_cert::TbsCertificate;

/// A certificate of one of the three profiles, read and of the right form, but whose signature nobody has verified: see
/// [`Certificate::verify`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Certificate {
    /// The Lite profile.
    Lite(LiteCertificate),
    /// The Full profile.
    Full(FullCertificate),
    /// The mtls profile.
    Mtls(MtlsCertificate),
}

/// The same expression for whichever profile it is.
macro_rules! each {
    ($self:expr, $certificate:ident => $value:expr) => {
        match $self {
            Certificate::Lite($certificate) => $value,
            Certificate::Full($certificate) => $value,
            Certificate::Mtls($certificate) => $value,
        }
    };
}

impl Certificate {
    /// Reads a certificate in DER. Which profile it is of, its fields say: without authorityKeyIdentifier it is Lite, with it and the
    /// subject of an mtls certificate mtls, else Full. A fault is one of that profile.
    pub fn parse(der: &[u8]) -> Result<Self, CertError> {
        let structure = x509::structure(der)?;
        Ok(match profile(structure.tbs_certificate()) {
            Profile::Lite => Certificate::Lite(X509::of_structure(der, &structure)?),
            Profile::Full => Certificate::Full(X509::of_structure(der, &structure)?),
            Profile::Mtls => Certificate::Mtls(X509::of_structure(der, &structure)?),
        })
    }

    /// Its profile.
    pub fn profile(&self) -> Profile {
        match self {
            Certificate::Lite(_) => Profile::Lite,
            Certificate::Full(_) => Profile::Full,
            Certificate::Mtls(_) => Profile::Mtls,
        }
    }

    /// Verifies that `parent` is the key of the issuer named, and signed this: see [`X509::verify`].
    pub fn verify(&self, parent: &HostIdentity) -> Result<(), CertVerifyError> {
        each!(self, certificate => certificate.verify(parent))
    }

    /// Whether `time` lies in its validity, both ends included.
    pub fn is_valid_at(&self, time: UnixTime) -> bool {
        each!(self, certificate => certificate.is_valid_at(time))
    }

    /// The serial number.
    pub fn serial(&self) -> &CertificateSerial {
        each!(self, certificate => certificate.tbs().serial())
    }

    /// The DET of the parent, who signed.
    pub fn issuer(&self) -> Det {
        each!(self, certificate => certificate.tbs().issuer())
    }

    /// The DET of the certified key.
    pub fn det(&self) -> Det {
        each!(self, certificate => certificate.tbs().det())
    }

    /// The certified key.
    pub fn hi(&self) -> &HostIdentity {
        each!(self, certificate => certificate.tbs().hi())
    }

    /// First second of validity.
    pub fn not_before(&self) -> CertTime {
        each!(self, certificate => certificate.tbs().not_before())
    }

    /// Last second of validity.
    pub fn not_after(&self) -> CertTime {
        each!(self, certificate => certificate.tbs().not_after())
    }

    /// What it lets its holder sign.
    pub fn role(&self) -> Role {
        each!(self, certificate => certificate.tbs().role())
    }

    /// The subject's common name, if it has one.
    pub fn common_name(&self) -> Option<String> {
        each!(self, certificate => certificate.tbs().common_name())
    }

    /// The device as its manufacturer names it.
    pub fn hardware_module(&self) -> Option<&HardwareModule> {
        each!(self, certificate => certificate.tbs().hardware_module())
    }

    /// Whether it is an authority's.
    pub fn is_authority(&self) -> bool {
        each!(self, certificate => certificate.tbs().is_authority())
    }

    /// The URI beside the DET.
    pub fn uri(&self) -> Option<&str> {
        each!(self, certificate => certificate.tbs().uri())
    }

    /// The signature by its issuer.
    pub fn signature(&self) -> &[u8; 64] {
        each!(self, certificate => certificate.signature())
    }

    /// The certificate in DER.
    pub fn der(&self) -> &[u8] {
        each!(self, certificate => certificate.der())
    }
}

pub(crate) fn profile(tbs: &TbsCertificate) -> Profile {
    let mut extensions = tbs.extensions().into_iter().flatten();
    if !extensions.any(|extension| extension.extn_id == oid::AUTHORITY_KEY_IDENTIFIER) {
        return Profile::Lite;
    }
    match common_name(tbs.subject()) {
        Some(name) if name.parse::<Det>().is_ok() => Profile::Mtls,
        _ => Profile::Full,
    }
}

//! A certificate read back, and whether it was signed by the holder of the key that its issuer's DET is made of.

use super::{CertError, MAX_LEN, ReadKey, Tbs};
use crate::{algorithm::require_ed25519, strict, write::signed};
use alloc::vec::Vec;
use der::Decode;
use drip_det::{DetMismatch, HostIdentity, UnixTime};
use x509_cert::{Certificate, TbsCertificate};

/// A certificate of the profile whose content is `T`, read and of the right form, but whose signature nobody has verified: see
/// [`X509::verify`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct X509<T> {
    tbs: T,
    signature: [u8; 64],
    der: Vec<u8>,
}

/// Why a certificate is not to be believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CertVerifyError {
    /// The issuer's DET is not that of the key offered as its parent's.
    #[error("the issuer's DET is not that of the parent's key: {0}")]
    Issuer(DetMismatch),
    /// The signature is not that of the parent over this certificate.
    #[error("the certificate is not signed by the key of its issuer")]
    BadSignature,
}

impl<T: Tbs> X509<T> {
    /// Reads a certificate in DER.
    pub fn parse(der: &[u8]) -> Result<Self, CertError> {
        Self::of_structure(der, &structure(der)?)
    }

    /// The same, of octets already taken apart by [`structure`].
    pub(crate) fn of_structure(der: &[u8], certificate: &Certificate) -> Result<Self, CertError> {
        let tbs = T::read(certificate.tbs_certificate(), &HostIdentity::from_bytes)?;
        require_ed25519(certificate.signature_algorithm())
            .map_err(|algorithm| CertError::SignatureAlgorithm { field: "signatureAlgorithm", algorithm })?;
        let signature = certificate.signature().as_bytes().and_then(|octets| octets.try_into().ok());
        let signature = signature.ok_or(CertError::SignatureLength)?;
        tbs.check()?;
        let der = canonical(der, signed(&tbs.to_der(), &signature))?;
        Ok(Self { tbs, signature, der })
    }

    /// What it says.
    pub fn tbs(&self) -> &T {
        &self.tbs
    }

    /// The signature by its issuer.
    pub fn signature(&self) -> &[u8; 64] {
        &self.signature
    }

    /// The certificate in DER.
    pub fn der(&self) -> &[u8] {
        &self.der
    }

    /// Verifies that `parent` is the key of the issuer named, and signed this. That the DET is that of the certified key was checked on
    /// reading. Time is asked apart: [`X509::is_valid_at`].
    pub fn verify(&self, parent: &HostIdentity) -> Result<(), CertVerifyError> {
        self.tbs.issuer().check(parent).map_err(CertVerifyError::Issuer)?;
        parent.verify(&self.tbs.to_der(), &self.signature).map_err(|_| CertVerifyError::BadSignature)
    }

    /// Whether `time` lies in its validity, both ends included.
    pub fn is_valid_at(&self, time: UnixTime) -> bool {
        (self.tbs.not_before().to_unix()..=self.tbs.not_after().to_unix()).contains(&time)
    }
}

/// Takes a certificate in DER apart, whatever its profile.
pub(crate) fn structure(der: &[u8]) -> Result<Certificate, CertError> {
    if der.len() > MAX_LEN {
        return Err(CertError::Oversized { length: der.len() });
    }
    strict::check(der)?;
    Certificate::from_der(der).map_err(CertError::Structure)
}

/// Reads TBSCertificate: the content, which encodes to the same octets, and the structure it was read from.
pub(crate) fn decode<T: Tbs>(der: &[u8], key: ReadKey<'_>) -> Result<(T, TbsCertificate), CertError> {
    if der.len() > MAX_LEN {
        return Err(CertError::Oversized { length: der.len() });
    }
    strict::check(der)?;
    let structure = TbsCertificate::from_der(der).map_err(CertError::Structure)?;
    let tbs = T::read(&structure, key)?;
    tbs.check()?;
    canonical(der, tbs.to_der())?;
    Ok((tbs, structure))
}

/// Whatever has more than one form is settled here: the profile has one, and `der` must be it.
pub(crate) fn canonical(der: &[u8], form: Vec<u8>) -> Result<Vec<u8>, CertError> {
    if form == der {
        return Ok(form);
    }
    let offset = der.iter().zip(&form).take_while(|(a, b)| a == b).count();
    Err(CertError::NotCanonical { offset })
}

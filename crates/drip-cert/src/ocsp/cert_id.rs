//! CertID (RFC 6960, section 4.1.1): a certificate by its issuer's name and key, both hashed, and its serial number.

use super::{OcspError, asn1};
use crate::{
    lite::CertificateSerial,
    oid,
    write::{UTF8_STRING, name},
};
use alloc::vec::Vec;
use der::{
    Decode, Encode,
    asn1::{Any, Int, ObjectIdentifier, OctetString},
};
use drip_det::{Det, HostIdentity};
use sha1::{Digest as _, Sha1};
use sha2::Sha256;
use x509_cert::AlgorithmIdentifier;

/// Which hash names the issuer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum HashAlgorithm {
    /// SHA-1, as most clients ask and RFC 5019 wants: nothing here depends on its strength.
    Sha1,
    /// SHA-256.
    Sha256,
    /// Another: nobody here has such a name.
    Other(ObjectIdentifier),
}

/// The issuer of certificates, in the words of a CertID.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Issuer {
    /// Its DET, which is its name in the certificates it issued.
    pub det: Det,
    /// Its key.
    pub hi: HostIdentity,
}

/// A certificate asked about.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct CertId {
    /// The hash.
    pub algorithm: HashAlgorithm,
    /// The algorithm's parameters in DER: NULL or, as often, nothing. An answer repeats them.
    parameters: Vec<u8>,
    /// Hash of the issuer's name.
    pub name_hash: Vec<u8>,
    /// Hash of the issuer's key.
    pub key_hash: Vec<u8>,
    /// The certificate's serial number.
    pub serial: CertificateSerial,
}

impl Issuer {
    /// Hashes of name and key; `None` for an algorithm not known here.
    pub fn hashes(&self, algorithm: HashAlgorithm) -> Option<(Vec<u8>, Vec<u8>)> {
        let name = name(oid::COMMON_NAME, UTF8_STRING, &self.det.to_hex());
        let key = self.hi.as_bytes();
        match algorithm {
            HashAlgorithm::Sha1 => Some((Sha1::digest(&name).to_vec(), Sha1::digest(key).to_vec())),
            HashAlgorithm::Sha256 => Some((Sha256::digest(&name).to_vec(), Sha256::digest(key).to_vec())),
            HashAlgorithm::Other(_) => None,
        }
    }
}

impl HashAlgorithm {
    fn identifier(self) -> ObjectIdentifier {
        match self {
            HashAlgorithm::Sha1 => oid::SHA1,
            HashAlgorithm::Sha256 => oid::SHA256,
            HashAlgorithm::Other(identifier) => identifier,
        }
    }

    fn of(identifier: ObjectIdentifier) -> Self {
        if identifier == oid::SHA1 {
            HashAlgorithm::Sha1
        } else if identifier == oid::SHA256 {
            HashAlgorithm::Sha256
        } else {
            HashAlgorithm::Other(identifier)
        }
    }
}

impl CertId {
    /// The CertID of an issuer's certificate, by SHA-256. A client that has to be understood by every responder asks by SHA-1.
    pub fn new(issuer: &Issuer, algorithm: HashAlgorithm, serial: CertificateSerial) -> Option<Self> {
        let (name_hash, key_hash) = issuer.hashes(algorithm)?;
        // NULL beside SHA-1, as openssl writes it; nothing beside SHA-256 (RFC 5754, section 2).
        let parameters = if algorithm == HashAlgorithm::Sha1 { Vec::from([5, 0]) } else { Vec::new() };
        Some(CertId { algorithm, parameters, name_hash, key_hash, serial })
    }

    /// Whether this issuer issued the certificate asked about.
    pub fn is_of(&self, issuer: &Issuer) -> bool {
        issuer
            .hashes(self.algorithm)
            .is_some_and(|(name_hash, key_hash)| name_hash == self.name_hash && key_hash == self.key_hash)
    }

    pub(super) fn read(form: &asn1::CertId, index: usize) -> Result<Self, OcspError> {
        let parameters = match &form.hash_algorithm.parameters {
            None => Vec::new(),
            Some(parameters) => parameters.to_der().map_err(OcspError::Structure)?,
        };
        let serial = CertificateSerial::from_integer(form.serial_number.as_bytes())
            .map_err(|fault| OcspError::Serial { index, fault })?;
        Ok(CertId {
            algorithm: HashAlgorithm::of(form.hash_algorithm.oid),
            parameters,
            name_hash: form.issuer_name_hash.as_bytes().to_vec(),
            key_hash: form.issuer_key_hash.as_bytes().to_vec(),
            serial,
        })
    }

    pub(super) fn to_form(&self) -> Result<asn1::CertId, der::Error> {
        let parameters = match self.parameters.as_slice() {
            [] => None,
            octets => Some(Any::from_der(octets)?),
        };
        Ok(asn1::CertId {
            hash_algorithm: AlgorithmIdentifier { oid: self.algorithm.identifier(), parameters },
            issuer_name_hash: OctetString::new(self.name_hash.as_slice())?,
            issuer_key_hash: OctetString::new(self.key_hash.as_slice())?,
            serial_number: Int::from_der(&self.serial.to_der())?,
        })
    }
}

//! What is to be signed natively (type 2): the items of CBOR, and the same in DER, which nobody signs but which the profiles are read from.

use super::{
    C509Error, C509Kind, Read,
    array::within_limits,
    error::same,
    tbs::{self, Signed},
    value::Value,
};
use crate::{
    algorithm::ED25519_DER,
    certificate::profile,
    strict,
    x509::{CertError, Profile},
};
use alloc::vec::Vec;
use der::Decode;
use drip_cbor::{Reader, Writer};
use x509_cert::TbsCertificate;

/// The content of a native certificate: what its issuer signs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NativeTbs {
    items: Vec<u8>,
    x509: Vec<u8>,
}

impl NativeTbs {
    /// The content of a native certificate that says what this TBSCertificate in DER says, as the profiles write it.
    pub fn of_tbs(der: &[u8]) -> Result<Self, C509Error> {
        strict::check(der)?;
        let tbs = Value::of_der(der).ok_or(C509Error::Structure { what: "tbsCertificate" })?;
        let items = tbs::write_certificate(&tbs, C509Kind::Native)?;
        // That they say the same is one question, not two: from the same DER come the same items.
        let (_, x509) = Self::read(&items)?;
        same(der, &x509)?;
        Ok(NativeTbs { items, x509 })
    }

    /// Reads the ten items, one behind another, as they come to a signer.
    pub fn decode(items: &[u8]) -> Result<Self, C509Error> {
        let (kind, der) = Self::read(items)?;
        let tbs = Value::of_der(&der).ok_or(C509Error::Structure { what: "tbsCertificate" })?;
        same(items, &tbs::write_certificate(&tbs, kind)?)?;
        Ok(NativeTbs { items: items.to_vec(), x509: der })
    }

    fn read(items: &[u8]) -> Result<(C509Kind, Vec<u8>), C509Error> {
        within_limits(items)?;
        let mut reader = Reader::new(items);
        let Signed { kind, der, .. } = tbs::read_certificate(&mut reader)?;
        native(kind)?;
        reader.end("native tbsCertificate")?;
        Ok((kind, der))
    }

    /// The ten items: what is signed.
    pub fn octets(&self) -> &[u8] {
        &self.items
    }

    /// TBSCertificate in DER that says the same.
    pub fn x509(&self) -> &[u8] {
        &self.x509
    }

    /// The profile whose fields these are.
    pub fn profile(&self) -> Result<Profile, CertError> {
        TbsCertificate::from_der(&self.x509).map(|tbs| profile(&tbs)).map_err(CertError::Structure)
    }

    /// The certificate, with an Ed25519 signature over [`NativeTbs::octets`].
    pub fn assemble(&self, signature: &[u8; 64]) -> Vec<u8> {
        Writer::new().array(11).raw(&self.items).bytes(signature).finish()
    }
}

/// The content of a native request: what its key signs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NativeCsrInfo {
    items: Vec<u8>,
}

impl NativeCsrInfo {
    /// The content of a native request that says what this CertificationRequestInfo in DER says, to be signed by Ed25519.
    pub fn of_info(der: &[u8]) -> Result<Self, C509Error> {
        strict::check(der)?;
        let structure = C509Error::Structure { what: "certificationRequestInfo" };
        let info = Value::of_der(der).ok_or(structure)?;
        let algorithm = Value::of_der(&ED25519_DER).ok_or(structure)?;
        let items = tbs::write_request(&info, &algorithm, C509Kind::Native)?;
        tbs::read_request(&mut Reader::new(&items))?;
        Ok(NativeCsrInfo { items })
    }

    /// The six items: what is signed.
    pub fn octets(&self) -> &[u8] {
        &self.items
    }

    /// The request, with an Ed25519 signature over [`NativeCsrInfo::octets`].
    pub fn assemble(&self, signature: &[u8; 64]) -> Vec<u8> {
        Writer::new().array(7).raw(&self.items).bytes(signature).finish()
    }
}

pub(super) fn native(kind: C509Kind) -> Read<()> {
    match kind {
        C509Kind::Native => Ok(()),
        found => Err(C509Error::Kind { expected: C509Kind::Native, found }),
    }
}

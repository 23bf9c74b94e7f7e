//! The signer's side of a signature: the trait, its refusals, and the two objects made through it.

use crate::{PolicyFault, SignRequest};
use drip_cert::c509::{C509Error, NativeTbs};
use drip_cert::crl::{CrlContentError, CrlError, CrlTbs};
use drip_cert::ocsp::{BasicResponse, OcspContentError, OcspError, ResponseTbs};
use drip_cert::{
    lint::LintError,
    x509::{self, CertError, ContentError, Tbs},
};
use drip_det::{Det, HostIdentity, UnixTime};
use drip_wire::{
    Endorsement, EndorsementBody, WireError,
    cache::{Cache, SignedCache},
    trust::{SignedTrustList, TrustList},
};

/// An Ed25519 signature.
pub type Signature = [u8; 64];

/// Holds a key and signs what its policy allows, wherever it is.
pub trait Signer: Send + Sync {
    /// The DET of the key.
    fn det(&self) -> Det;
    /// The key's public half.
    fn hi(&self) -> &HostIdentity;
    /// Takes note of when its authority ends, as its parent's newest endorsement says: a ceremony may have been held while the signer was at
    /// work. A signer that finds out by itself does nothing.
    fn learn_end(&self, authority_ends: UnixTime) {
        let _ = authority_ends;
    }
    /// Reads the request, checks it, and signs. Nothing is signed unless every check passes.
    fn sign(&self, request: &SignRequest, now: UnixTime) -> Result<Signature, SignError>;
}

/// Why a signer refuses, or cannot.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SignError {
    /// The certificate cannot be made, or not be read back.
    #[error("certificate to be signed: {0}")]
    Certificate(#[from] CertError),
    /// The certificate's content breaks the profile.
    #[error("certificate to be signed: {0}")]
    Content(#[from] ContentError),
    /// The certificate breaks a rule that its profile does not break on purpose.
    #[error("certificate to be signed: {0}")]
    Lint(#[source] LintError),
    /// The native C509 certificate cannot be made, or not be read back.
    #[error("certificate to be signed: {0}")]
    C509(#[from] C509Error),
    /// The trust list cannot be read.
    #[error("trust list to be signed: {0}")]
    TrustList(#[source] WireError),
    /// The offline cache cannot be read.
    #[error("offline cache to be signed: {0}")]
    OfflineCache(#[source] WireError),
    /// The revocation list cannot be read back.
    #[error("revocation list to be signed: {0}")]
    Crl(#[from] CrlError),
    /// The revocation list's content is none.
    #[error("revocation list to be signed: {0}")]
    CrlContent(#[from] CrlContentError),
    /// The OCSP response cannot be read back.
    #[error("OCSP response to be signed: {0}")]
    Ocsp(#[from] OcspError),
    /// The OCSP response's content is none.
    #[error("OCSP response to be signed: {0}")]
    OcspContent(#[from] OcspContentError),
    /// The signer's policy forbids it.
    #[error(transparent)]
    Policy(#[from] PolicyFault),
    /// The signer cannot be reached or has failed: for signers outside this process.
    #[error("the signer is not available: {0}")]
    Unavailable(String),
}

/// What cannot be read is refused as that, whoever found it.
impl From<LintError> for SignError {
    fn from(error: LintError) -> Self {
        match error {
            LintError::Unreadable(error) => SignError::Certificate(error),
            error @ LintError::Broken { .. } => SignError::Lint(error),
        }
    }
}

/// Has an endorsement signed.
pub fn endorse(signer: &dyn Signer, body: EndorsementBody, now: UnixTime) -> Result<Endorsement, SignError> {
    Ok(body.sign_with(signer.sign(&SignRequest::Endorsement(body), now)?))
}

/// Has a certificate of whichever profile signed; the whole in DER.
pub fn certify<T: Tbs>(signer: &dyn Signer, tbs: &T, now: UnixTime) -> Result<Vec<u8>, SignError> {
    let octets = tbs.encode()?;
    let signature = signer.sign(&SignRequest::certificate(T::PROFILE, octets.clone()), now)?;
    Ok(x509::assemble(&octets, &signature))
}

/// Has the same content signed natively, as a C509 certificate of type 2; the whole in CBOR.
pub fn certify_native<T: Tbs>(signer: &dyn Signer, tbs: &T, now: UnixTime) -> Result<Vec<u8>, SignError> {
    let native = NativeTbs::of_tbs(&tbs.encode()?)?;
    let signature = signer.sign(&SignRequest::C509Certificate(native.octets().to_vec()), now)?;
    Ok(native.assemble(&signature))
}

/// Has a trust list signed.
pub fn sign_trust_list(
    signer: &dyn Signer,
    list: TrustList,
    now: UnixTime,
) -> Result<SignedTrustList, SignError> {
    let signature = signer.sign(&SignRequest::TrustList(list.encode()), now)?;
    Ok(list.sign_with(signature))
}

/// Has an offline cache signed.
pub fn sign_cache(signer: &dyn Signer, cache: Cache, now: UnixTime) -> Result<SignedCache, SignError> {
    let signature = signer.sign(&SignRequest::OfflineCache(cache.encode()), now)?;
    Ok(cache.sign_with(signature))
}

/// Has a revocation list signed; the whole in DER.
pub fn list_revoked(signer: &dyn Signer, tbs: &CrlTbs, now: UnixTime) -> Result<Vec<u8>, SignError> {
    let signature = signer.sign(&SignRequest::Crl(tbs.encode()?), now)?;
    Ok(tbs.assemble(&signature)?)
}

/// Has an OCSP response signed, with which these certificates go.
pub fn answer_status(
    signer: &dyn Signer,
    tbs: ResponseTbs,
    certificates: Vec<Vec<u8>>,
    now: UnixTime,
) -> Result<BasicResponse, SignError> {
    let signature = signer.sign(&SignRequest::OcspResponse(tbs.encode()?), now)?;
    Ok(BasicResponse::new(tbs, signature, certificates)?)
}

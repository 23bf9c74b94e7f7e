//! The signer's side of a signature: the trait, its refusals, and the two objects made through it.

use crate::{PolicyFault, SignRequest};
use drip_cert::lite::{CertError, LiteError, LiteTbs};
use drip_det::{Det, HostIdentity, UnixTime};
use drip_wire::{Endorsement, EndorsementBody};

/// An Ed25519 signature.
pub type Signature = [u8; 64];

/// Holds a key and signs what its policy allows, wherever it is.
pub trait Signer: Send + Sync {
    /// The DET of the key.
    fn det(&self) -> Det;
    /// The key's public half.
    fn hi(&self) -> &HostIdentity;
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
    Content(#[from] LiteError),
    /// The signer's policy forbids it.
    #[error(transparent)]
    Policy(#[from] PolicyFault),
    /// The signer cannot be reached or has failed: for signers outside this process.
    #[error("the signer is not available: {0}")]
    Unavailable(String),
}

/// Has an endorsement signed.
pub fn endorse(signer: &dyn Signer, body: EndorsementBody, now: UnixTime) -> Result<Endorsement, SignError> {
    Ok(body.sign_with(signer.sign(&SignRequest::Endorsement(body), now)?))
}

/// Has a certificate signed; the whole in DER.
pub fn certify(signer: &dyn Signer, tbs: &LiteTbs, now: UnixTime) -> Result<Vec<u8>, SignError> {
    let signature = signer.sign(&SignRequest::LiteCertificate(tbs.encode()?), now)?;
    Ok(tbs.assemble(&signature)?)
}

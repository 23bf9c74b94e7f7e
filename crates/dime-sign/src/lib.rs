//! Asking for a signature: typed requests, signers and key files.
//!
//! A [`Signer`] holds a key and gives signatures away only for what it understands: a [`SignRequest`] says what is to be signed, the
//! signer decodes it, checks it against its own [`SigningPolicy`] (is this key the parent, is the child within its scope, is the time
//! short enough and not back in the past), logs it, and only then signs. It trusts nobody's word that this was done before.
//!
//! * [`PrivateKey`]: an Ed25519 key; it cannot be printed, copied or serialized, and is zeroed when dropped. [`key_file`]: where it rests.
//! * [`LocalSigner`]: a signer in this process, of one class. [`Issuing`] and [`Operational`] ones are made from a key;
//!   an [`Authorization`] one only through [`offline`].
//! * [`endorse`], [`certify`], [`certify_native`]: request, signature and the finished object in one step.

pub mod ceremony;
mod class;
pub mod key_file;
mod local;
pub mod offline;
mod policy;
mod policy_fault;
mod private_key;
mod request;
mod signer;

pub use class::{Authorization, Issuing, KeyClass, Operational};
pub use key_file::KeyFileError;
pub use local::{LocalSigner, NoSuchPlace, Purpose};
pub use policy::{CrossEndorsement, Endless, SigningPolicy, TEN_YEARS};
pub use policy_fault::PolicyFault;
pub use private_key::{NoRandomness, PrivateKey};
pub use request::SignRequest;
pub use signer::{
    SignError, Signature, Signer, answer_status, certify, certify_native, endorse, list_revoked, sign_cache,
    sign_trust_list,
};

//! The proof that a certificate was linted.

use super::{Lint, View, deviations, lints};
use crate::{
    strict,
    x509::{self, CertError, Profile, ReadKey, Tbs},
};
use alloc::{string::String, vec::Vec};
use core::fmt::Write;
use der::Decode;
use drip_det::{Det, HostIdentity};
use x509_cert::TbsCertificate;

/// A certificate to be signed that was read and linted. There is no other way to one, it cannot be copied, and signing takes it.
///
/// ```compile_fail
/// fn copied<T: Clone>() {}
/// copied::<drip_cert::lint::Linted<drip_cert::lite::LiteTbs>>();
/// ```
#[derive(Debug)]
pub struct Linted<T> {
    tbs: T,
    der: Vec<u8>,
}

/// Why a certificate must not be signed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LintError {
    /// It is not a certificate of the profile.
    #[error(transparent)]
    Unreadable(#[from] CertError),
    /// It breaks rules that its profile does not break on purpose.
    #[error("{} certificate: {}", .profile, listed(.broken))]
    Broken {
        /// The profile.
        profile: Profile,
        /// The rules.
        broken: Vec<&'static Lint>,
    },
}

impl<T: Tbs> Linted<T> {
    /// Reads TBSCertificate and checks it against every rule.
    pub fn new(der: &[u8]) -> Result<Self, LintError> {
        Self::with_keys(der, &HostIdentity::from_bytes)
    }

    /// The same by who knows some keys already.
    pub fn with_keys(der: &[u8], key: ReadKey<'_>) -> Result<Self, LintError> {
        let (tbs, structure) = x509::decode::<T>(der, key)?;
        let intended = deviations(T::PROFILE);
        let broken: Vec<_> = broken(&structure, T::PROFILE, Some((tbs.det(), *tbs.hi())))
            .into_iter()
            .filter(|lint| !intended.iter().any(|deviation| deviation.lint == lint.name))
            .collect();
        match broken.is_empty() {
            true => Ok(Self { tbs, der: der.to_vec() }),
            false => Err(LintError::Broken { profile: T::PROFILE, broken }),
        }
    }

    /// What is about to be signed.
    pub fn tbs(&self) -> &T {
        &self.tbs
    }

    /// Spends the proof: the octets to sign, once.
    pub fn into_octets(self) -> Vec<u8> {
        self.der
    }
}

/// Every rule that a TBSCertificate breaks, intended or not, when measured as one of `profile`; whether it is one is not asked.
pub fn findings(der: &[u8], profile: Profile) -> Result<Vec<&'static Lint>, CertError> {
    strict::check(der)?;
    Ok(broken(&TbsCertificate::from_der(der).map_err(CertError::Structure)?, profile, None))
}

fn broken(tbs: &TbsCertificate, profile: Profile, known: Option<(Det, HostIdentity)>) -> Vec<&'static Lint> {
    let view = View::of(tbs, known);
    lints(profile).filter(|lint| (lint.broken)(&view)).collect()
}

fn listed(lints: &[&'static Lint]) -> String {
    lints.iter().fold(String::new(), |mut text, lint| {
        let separator = if text.is_empty() { "" } else { "; " };
        // Writing to a String does not fail.
        let _ = write!(text, "{separator}{lint}");
        text
    })
}

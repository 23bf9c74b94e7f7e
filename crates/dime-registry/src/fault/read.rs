//! What can go wrong when reading.

use super::OurFault;
use crate::{Forbidden, Profile, State};

/// Why something could not be read. Not found is an `Option`, not an error.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The cursor is not one that we gave.
    #[error("the cursor is not one of ours")]
    Cursor,
    /// The caller may not.
    #[error(transparent)]
    Forbidden(#[from] Forbidden),
    /// One of our parts failed.
    #[error(transparent)]
    Ours(#[from] OurFault),
}

/// Why there is no chain or certificate to give.
#[derive(Debug, thiserror::Error)]
pub enum CertificateError {
    /// This DET is not known here.
    #[error("this DET is not registered here")]
    NotFound,
    /// Its registration is not in force.
    #[error("the registration is {}", .0.name())]
    NotRegistered(State),
    /// Certificates of this profile are not made here.
    #[error("the certificate profile {} is not made here", .0.name())]
    ProfileNotOffered(Profile),
    /// It has no native C509 certificate.
    #[error("this DET has no native C509 certificate: it was not registered by a native C509 request")]
    NoNative,
    /// One of our parts failed.
    #[error(transparent)]
    Ours(#[from] OurFault),
}

impl ReadError {
    /// The stable last part of the problem type.
    pub const fn slug(&self) -> &'static str {
        match self {
            ReadError::Cursor => "bad-cursor",
            ReadError::Forbidden(_) => "forbidden",
            ReadError::Ours(fault) => fault.slug(),
        }
    }
}

impl CertificateError {
    /// The stable last part of the problem type.
    pub const fn slug(&self) -> &'static str {
        match self {
            CertificateError::NotFound => "not-found",
            CertificateError::NotRegistered(_) => "not-registered",
            CertificateError::ProfileNotOffered(_) | CertificateError::NoNative => "profile-not-offered",
            CertificateError::Ours(fault) => fault.slug(),
        }
    }
}

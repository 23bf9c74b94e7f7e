//! A native certificate whose profile the reader does not know beforehand: the counterpart of [`Certificate`](crate::Certificate).

use super::{C509Certificate, NativeCertificate, NativeCertificateError};
use crate::{
    full::FullTbs,
    lite::LiteTbs,
    mtls::MtlsTbs,
    x509::{Profile, Role, Tbs},
};
use drip_det::{Det, HostIdentity};

/// A native certificate (type 2) of one of the three profiles, read and of the right form, but whose signature nobody has verified: see
/// [`NativeCertificate::verify`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AnyNative {
    /// The Lite profile.
    Lite(NativeCertificate<LiteTbs>),
    /// The Full profile.
    Full(NativeCertificate<FullTbs>),
    /// The mtls profile.
    Mtls(NativeCertificate<MtlsTbs>),
}

/// The same expression for whichever profile it is.
macro_rules! each {
    ($self:expr, $certificate:ident => $value:expr) => {
        match $self {
            AnyNative::Lite($certificate) => $value,
            AnyNative::Full($certificate) => $value,
            AnyNative::Mtls($certificate) => $value,
        }
    };
}

impl AnyNative {
    /// Reads a certificate in CBOR. Its fields say which profile it is of; a fault is one of that profile.
    pub fn of_c509(certificate: &C509Certificate) -> Result<Self, NativeCertificateError> {
        Ok(match certificate.native()?.profile()? {
            Profile::Lite => AnyNative::Lite(NativeCertificate::of_c509(certificate)?),
            Profile::Full => AnyNative::Full(NativeCertificate::of_c509(certificate)?),
            Profile::Mtls => AnyNative::Mtls(NativeCertificate::of_c509(certificate)?),
        })
    }

    /// The DET of the parent, who signs.
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

    /// What it lets its holder sign.
    pub fn role(&self) -> Role {
        each!(self, certificate => certificate.tbs().role())
    }

    /// The certificate in CBOR.
    pub fn octets(&self) -> &[u8] {
        each!(self, certificate => certificate.octets())
    }
}

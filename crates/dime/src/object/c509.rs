//! Certificates in CBOR: those of the DRIP profiles field by field, foreign ones as what they are.

use drip_cert::Certificate;
use drip_cert::c509::{AnyNative, C509Certificate, C509Kind};

/// A C509 certificate.
pub(crate) enum C509 {
    /// Type 3 of a DRIP certificate, and that certificate.
    Reencoded(C509Certificate, Certificate),
    /// Type 2 of a DRIP profile.
    Native(AnyNative),
    /// Of no DRIP profile, and why not.
    Foreign(C509Certificate, String),
}

impl C509 {
    pub(crate) fn read(octets: &[u8]) -> Result<Self, String> {
        let certificate = C509Certificate::decode(octets).map_err(|error| error.to_string())?;
        Ok(Self::of_profile(&certificate).unwrap_or_else(|reason| Self::Foreign(certificate, reason)))
    }

    fn of_profile(certificate: &C509Certificate) -> Result<Self, String> {
        if let Some(der) = certificate.x509() {
            let x509 = Certificate::parse(der).map_err(|error| error.to_string())?;
            return Ok(Self::Reencoded(certificate.clone(), x509));
        }
        AnyNative::of_c509(certificate).map(Self::Native).map_err(|error| error.to_string())
    }

    /// The type.
    pub(crate) fn kind(&self) -> C509Kind {
        match self {
            Self::Reencoded(..) => C509Kind::Reencoded,
            Self::Native(_) => C509Kind::Native,
            Self::Foreign(certificate, _) => certificate.kind(),
        }
    }

    /// The octets.
    pub(crate) fn octets(&self) -> &[u8] {
        match self {
            Self::Reencoded(certificate, _) | Self::Foreign(certificate, _) => certificate.octets(),
            Self::Native(certificate) => certificate.octets(),
        }
    }
}

//! Certificates in CBOR: those of the DRIP profiles field by field, foreign ones as what they are.

use drip_cert::Certificate;
use drip_cert::c509::{C509Certificate, C509Kind, NativeCertificate};
use drip_cert::full::FullTbs;
use drip_cert::lite::LiteTbs;
use drip_cert::mtls::MtlsTbs;
use drip_cert::x509::{Profile, Tbs};

/// A C509 certificate.
pub(crate) enum C509 {
    /// Type 3 of a DRIP certificate, and that certificate.
    Reencoded(C509Certificate, Certificate),
    /// Type 2 of the Lite profile.
    Lite(NativeCertificate<LiteTbs>),
    /// Type 2 of the Full profile.
    Full(NativeCertificate<FullTbs>),
    /// Type 2 of the mtls profile.
    Mtls(NativeCertificate<MtlsTbs>),
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
        let native = certificate.native().map_err(|error| error.to_string())?;
        match native.profile().map_err(|error| error.to_string())? {
            Profile::Lite => read(certificate).map(Self::Lite),
            Profile::Full => read(certificate).map(Self::Full),
            Profile::Mtls => read(certificate).map(Self::Mtls),
        }
    }

    /// The type.
    pub(crate) fn kind(&self) -> C509Kind {
        match self {
            Self::Reencoded(..) => C509Kind::Reencoded,
            Self::Lite(_) | Self::Full(_) | Self::Mtls(_) => C509Kind::Native,
            Self::Foreign(certificate, _) => certificate.kind(),
        }
    }

    /// The octets.
    pub(crate) fn octets(&self) -> &[u8] {
        match self {
            Self::Reencoded(certificate, _) | Self::Foreign(certificate, _) => certificate.octets(),
            Self::Lite(certificate) => certificate.octets(),
            Self::Full(certificate) => certificate.octets(),
            Self::Mtls(certificate) => certificate.octets(),
        }
    }
}

fn read<T: Tbs>(certificate: &C509Certificate) -> Result<NativeCertificate<T>, String> {
    NativeCertificate::of_c509(certificate).map_err(|error| error.to_string())
}

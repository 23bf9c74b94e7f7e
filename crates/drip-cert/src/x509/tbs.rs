//! The content of a certificate, whatever its profile: TBSCertificate (RFC 5280, section 4.1.2).

use super::{CertError, CertTime, CertificateSerial, ContentError, HardwareModule, Profile};
use alloc::vec::Vec;
use core::fmt;
use drip_det::{Det, HostIdentity};
use x509_cert::TbsCertificate;

/// How a profile is written and read: for the profiles of this crate only.
pub trait Form: Sized {
    /// Whether the fields fit each other.
    fn check(&self) -> Result<(), ContentError>;
    /// TBSCertificate of content that was checked.
    fn to_der(&self) -> Vec<u8>;
    /// The fields, each for itself.
    fn read(tbs: &TbsCertificate) -> Result<Self, CertError>;
}

/// The content of a certificate of one profile: what all profiles say.
pub trait Tbs: Form + Clone + fmt::Debug + PartialEq + Eq {
    /// The profile.
    const PROFILE: Profile;
    /// The certificate's serial number.
    fn serial(&self) -> &CertificateSerial;
    /// The DET of the parent, who signs.
    fn issuer(&self) -> Det;
    /// The DET of the certified key.
    fn det(&self) -> Det;
    /// The certified key.
    fn hi(&self) -> &HostIdentity;
    /// First second of validity.
    fn not_before(&self) -> CertTime;
    /// Last second of validity; [`CertTime::FOREVER`] when there is none.
    fn not_after(&self) -> CertTime;
    /// Whether it is an authority's: cA TRUE.
    fn is_authority(&self) -> bool;
    /// The URI beside the DET.
    fn uri(&self) -> Option<&str>;
    /// The device as its manufacturer names it.
    fn hardware_module(&self) -> Option<&HardwareModule>;
}

/// The accessors of [`Tbs`] for a struct with fields of these names.
macro_rules! fields_of_tbs {
    () => {
        fn serial(&self) -> &$crate::x509::CertificateSerial {
            &self.serial
        }

        fn issuer(&self) -> drip_det::Det {
            self.issuer
        }

        fn det(&self) -> drip_det::Det {
            self.det
        }

        fn hi(&self) -> &drip_det::HostIdentity {
            &self.hi
        }

        fn not_before(&self) -> $crate::x509::CertTime {
            self.not_before
        }

        fn not_after(&self) -> $crate::x509::CertTime {
            self.not_after
        }

        fn uri(&self) -> Option<&str> {
            self.uri.as_deref()
        }

        fn hardware_module(&self) -> Option<&$crate::x509::HardwareModule> {
            self.hardware_module.as_ref()
        }
    };
}

pub(crate) use fields_of_tbs;

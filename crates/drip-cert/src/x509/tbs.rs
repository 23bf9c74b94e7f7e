//! The content of a certificate, whatever its profile: TBSCertificate (RFC 5280, section 4.1.2).

use super::{
    CertError, CertTime, CertificateSerial, ContentError, HardwareModule, Profile, certificate::decode,
    frame::assemble,
};
use alloc::{string::String, vec::Vec};
use core::fmt;
use drip_det::{Det, DetClass, HostIdentity, InvalidKey};
use x509_cert::TbsCertificate;

/// How the octets of a key are read: [`HostIdentity::from_bytes`], or something that knows keys already. To find out that octets are a
/// good key costs a third of a signature.
pub type ReadKey<'a> = &'a dyn Fn(&[u8; 32]) -> Result<HostIdentity, InvalidKey>;

/// How a profile is written and read: for the profiles of this crate only.
pub trait Form: Sized {
    /// Whether the fields fit each other.
    fn check(&self) -> Result<(), ContentError>;
    /// TBSCertificate of content that was checked.
    fn to_der(&self) -> Vec<u8>;
    /// The fields, each for itself.
    fn read(tbs: &TbsCertificate, key: ReadKey<'_>) -> Result<Self, CertError>;
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
    /// The URI beside the DET.
    fn uri(&self) -> Option<&str>;
    /// The device as its manufacturer names it.
    fn hardware_module(&self) -> Option<&HardwareModule>;
    /// What the certificate lets its holder sign.
    fn role(&self) -> Role;
    /// The subject's common name, if it has one.
    fn common_name(&self) -> Option<String>;

    /// Whether it is an authority's: cA TRUE.
    fn is_authority(&self) -> bool {
        self.role() != Role::EndEntity
    }

    /// The octets that the issuer has to sign: TBSCertificate. Content that the profile does not allow is refused.
    fn encode(&self) -> Result<Vec<u8>, ContentError> {
        self.check()?;
        Ok(self.to_der())
    }

    /// The whole certificate in DER, with the issuer's signature over [`Tbs::encode`].
    fn assemble(&self, signature: &[u8; 64]) -> Result<Vec<u8>, ContentError> {
        Ok(assemble(&self.encode()?, signature))
    }

    /// Reads TBSCertificate, as it comes to a signer: what is returned encodes to the same octets.
    fn decode(der: &[u8]) -> Result<Self, CertError> {
        decode(der, &HostIdentity::from_bytes).map(|(tbs, _)| tbs)
    }
}

/// What a certificate lets its holder sign.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Other DETs, as an authority of this class.
    Authority(DetClass),
    /// Other DETs, but of which class the authority is, the profile does not say.
    AnyAuthority,
    /// No other DET.
    EndEntity,
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

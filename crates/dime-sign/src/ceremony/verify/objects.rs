//! The objects of one authority, held against who it is, who signed, and what was asked for.

use super::verify_endorsement;
use crate::ceremony::{AuthorityRequest, Include};
use drip_cert::{
    full::FullTbs,
    lite::LiteTbs,
    mtls::{MtlsTbs, PkiUrls},
    x509::{CertError, CertVerifyError, Profile, Role, Tbs, X509},
};
use drip_det::{Det, DetClass, Hid, HostIdentity, Level, UnixTime};
use drip_wire::{Endorsement, EndorsementError, WireError};

/// Why the objects of an authority are not right.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ObjectsFault {
    /// The endorsement cannot be read.
    #[error("endorsement: {0}")]
    Undecodable(#[from] WireError),
    /// The endorsement is by another parent.
    #[error("the endorsement is by {found}, not by {expected}")]
    Parent {
        /// By whom.
        found: Det,
        /// Who signs.
        expected: Det,
    },
    /// The endorsement is of another DET or key.
    #[error("the endorsement is of {found} or of another key, not of {expected}")]
    Child {
        /// Of whom.
        found: Det,
        /// Who asked.
        expected: Det,
    },
    /// The endorsement's DETs do not fit its keys, or its signature is wrong.
    #[error(transparent)]
    Endorsement(EndorsementError),
    /// The validity is wider than what was asked for.
    #[error("valid {} to {}, asked for was {} to {}", .found.0, .found.1, .asked.0, .asked.1)]
    Wider {
        /// First and last second.
        found: (UnixTime, UnixTime),
        /// First and last second asked for.
        asked: (UnixTime, UnixTime),
    },
    /// A certificate cannot be read.
    #[error("{profile} certificate: {fault}")]
    Certificate {
        /// Which.
        profile: Profile,
        /// Why not.
        fault: CertError,
    },
    /// A certificate is not signed by the issuer it names.
    #[error("{profile} certificate: {fault}")]
    CertificateSignature {
        /// Which.
        profile: Profile,
        /// What is wrong.
        fault: CertVerifyError,
    },
    /// A certificate says something else than the endorsement or the item.
    #[error("{profile} certificate: its {field} is not as in the endorsement or in what was asked for")]
    Differs {
        /// Which.
        profile: Profile,
        /// Where.
        field: &'static str,
    },
    /// A certificate was asked for and is not there.
    #[error("the {0} certificate that was asked for is missing")]
    Missing(Profile),
    /// A certificate is there and was not asked for.
    #[error("nobody asked for the {0} certificate")]
    Unasked(Profile),
}

/// What the objects of an authority must say.
pub(super) struct Expected<'a> {
    pub(super) signer: Det,
    pub(super) signer_hi: &'a HostIdentity,
    pub(super) level: Level,
    pub(super) class: DetClass,
    pub(super) hid: Hid,
    pub(super) hi: HostIdentity,
    /// The validity asked for: what is signed lies within.
    pub(super) window: Option<(UnixTime, UnixTime)>,
    /// What was asked for beside; in a bundle nothing was.
    pub(super) asked: Option<&'a AuthorityRequest>,
}

impl Expected<'_> {
    pub(super) fn verify(
        &self,
        endorsement: &[u8; Endorsement::LEN],
        lite: &[u8],
        full: Option<&[u8]>,
        mtls: Option<&[u8]>,
    ) -> Result<(), ObjectsFault> {
        let endorsement = Endorsement::decode(endorsement)?;
        let det = Det::derive(self.hid, &self.hi);
        verify_endorsement(&endorsement, (self.signer, self.signer_hi), (det, &self.hi))?;
        let validity = (endorsement.vnb.to_unix(), endorsement.vna.to_unix());
        if let Some(window) = self.window {
            within(window, validity)?;
        }
        self.certificate::<LiteTbs>(lite, validity)?;
        if let Some(full) = self.wanted(Profile::Full, full)? {
            let tbs = self.certificate::<FullTbs>(full, validity)?;
            let wrong = |asked: &AuthorityRequest| asked.policies.of(self.signer, tbs.det) != tbs.policy;
            if self.asked.is_some_and(wrong) {
                return Err(ObjectsFault::Differs { profile: Profile::Full, field: "certificate policy" });
            }
        }
        if let Some(mtls) = self.wanted(Profile::Mtls, mtls)? {
            let tbs = self.certificate::<MtlsTbs>(mtls, validity)?;
            let pki = |asked: &AuthorityRequest| asked.pki.clone().unwrap_or(PkiUrls::NONE);
            if self.asked.is_some_and(|asked| pki(asked) != tbs.pki) {
                return Err(ObjectsFault::Differs { profile: Profile::Mtls, field: "addresses" });
            }
        }
        Ok(())
    }

    /// A certificate that is there when it was asked for, and only then.
    fn wanted<'c>(&self, profile: Profile, der: Option<&'c [u8]>) -> Result<Option<&'c [u8]>, ObjectsFault> {
        let asked = self.asked.map(|asked| match profile {
            Profile::Full => asked.profiles.full,
            Profile::Mtls => asked.profiles.mtls,
            Profile::Lite => Include::Yes,
        });
        match (asked, der) {
            (Some(Include::Yes), None) => Err(ObjectsFault::Missing(profile)),
            (Some(Include::No), Some(_)) => Err(ObjectsFault::Unasked(profile)),
            (_, der) => Ok(der),
        }
    }

    fn certificate<T: Tbs>(&self, der: &[u8], validity: (UnixTime, UnixTime)) -> Result<T, ObjectsFault> {
        let profile = T::PROFILE;
        let certificate =
            X509::<T>::parse(der).map_err(|fault| ObjectsFault::Certificate { profile, fault })?;
        let tbs = certificate.tbs();
        let role = match tbs.role() {
            // The subject of Lite and Full names level and place; the profile's reader held it against the DET.
            Role::Authority(class) => class == self.class,
            Role::AnyAuthority => true,
            Role::EndEntity => false,
        };
        let checks = [
            ("issuer", tbs.issuer() == self.signer),
            ("key", *tbs.hi() == self.hi),
            ("DET", tbs.det() == Det::derive(self.hid, &self.hi)),
            ("validity", (tbs.not_before().to_unix(), tbs.not_after().to_unix()) == validity),
            ("role", role && self.level_fits()),
            ("URI", self.asked.is_none_or(|asked| asked.uri.as_deref() == tbs.uri())),
        ];
        if let Some((field, _)) = checks.into_iter().find(|(_, right)| !right) {
            return Err(ObjectsFault::Differs { profile, field });
        }
        certificate
            .verify(self.signer_hi)
            .map_err(|fault| ObjectsFault::CertificateSignature { profile, fault })?;
        Ok(tbs.clone())
    }

    fn level_fits(&self) -> bool {
        super::super::plan::level_of(self.hid) == Some(self.level)
    }
}

/// Checks that a validity lies within the one asked for.
pub(super) fn within(asked: (UnixTime, UnixTime), found: (UnixTime, UnixTime)) -> Result<(), ObjectsFault> {
    if asked.0 <= found.0 && found.1 <= asked.1 { Ok(()) } else { Err(ObjectsFault::Wider { found, asked }) }
}

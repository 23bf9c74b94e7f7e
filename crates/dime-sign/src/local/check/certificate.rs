//! Certificates: read, linted, and within the table of who signs whom, before they are signed.
//!
//! In Lite and Full certificates an authority's subject says whether it is for Authorization or Issuing. An mtls certificate only says
//! that it is an authority's: there the place decides, and both classes are for an Authorization key to certify.

use super::Standing;
use crate::{KeyClass, LocalSigner, PolicyFault, SignError, SignRequest, Signature};
use drip_cert::{
    lint::Linted,
    x509::{CertTime, Role, Tbs},
};
use drip_det::{DetClass, UnixTime};

impl<C: KeyClass> LocalSigner<C> {
    /// Signs the TBSCertificate in `request`, whose profile is that of `T`.
    pub(in crate::local) fn sign_certificate<T: Tbs>(
        &self,
        request: &SignRequest,
        der: &[u8],
        now: UnixTime,
    ) -> Result<Signature, SignError> {
        let linted = Linted::<T>::with_keys(der, &|octets| self.known_keys.read(octets))?;
        self.check_certificate(request.kind(), linted.tbs(), now)?;
        self.log(request, linted.tbs().det());
        Ok(self.key.sign(&linted.into_octets()))
    }

    pub(in crate::local) fn check_certificate(
        &self,
        kind: &'static str,
        tbs: &impl Tbs,
        now: UnixTime,
    ) -> Result<(), PolicyFault> {
        use DetClass::{Authorization, Issuing};
        let standing = self.standing(kind, tbs.issuer(), tbs.det(), tbs.hi())?;
        match (C::CLASS, standing, tbs.role()) {
            (Authorization, Standing::Itself | Standing::Below, Role::Authority(Authorization))
            | (Authorization, Standing::Beside, Role::Authority(Issuing))
            | (Authorization, Standing::Itself | Standing::Below | Standing::Beside, Role::AnyAuthority)
            | (Issuing, Standing::Beside, Role::EndEntity) => {}
            (Issuing, Standing::Below | Standing::Across, _) | (_, Standing::Across, _) => {
                return Err(self.scope(tbs.det()));
            }
            _ => {
                let role = match tbs.role() {
                    Role::EndEntity => "an end entity".into(),
                    Role::AnyAuthority => "an authority".into(),
                    Role::Authority(class) => {
                        tbs.common_name().unwrap_or_else(|| format!("an authority for {class}"))
                    }
                };
                return Err(PolicyFault::Role { child: tbs.det(), role });
            }
        }
        let end = (tbs.not_after() != CertTime::FOREVER).then(|| tbs.not_after().to_unix());
        self.check_time(tbs.not_before().to_unix(), end, now)
    }
}

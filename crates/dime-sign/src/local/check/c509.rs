//! Native C509 certificates: what their items say is read in the structure of X.509, and linted and checked like a certificate of its
//! profile.

use crate::{KeyClass, LocalSigner, SignError, SignRequest, Signature};
use drip_cert::{
    c509::NativeTbs,
    full::FullTbs,
    lite::LiteTbs,
    mtls::MtlsTbs,
    x509::{Profile, Tbs},
};
use drip_det::{Det, UnixTime};

impl<C: KeyClass> LocalSigner<C> {
    /// Signs the ten items in `request`.
    pub(in crate::local) fn sign_c509(
        &self,
        request: &SignRequest,
        items: &[u8],
        now: UnixTime,
    ) -> Result<Signature, SignError> {
        let child = self.check_c509(request, items, now)?;
        self.log(request, child);
        Ok(self.key.sign(items))
    }

    /// Reads and checks the ten items in `request`; says who is certified.
    pub(in crate::local) fn check_c509(
        &self,
        request: &SignRequest,
        items: &[u8],
        now: UnixTime,
    ) -> Result<Det, SignError> {
        let native = NativeTbs::decode(items)?;
        match native.profile()? {
            Profile::Lite => self.check_native::<LiteTbs>(request, &native, now),
            Profile::Full => self.check_native::<FullTbs>(request, &native, now),
            Profile::Mtls => self.check_native::<MtlsTbs>(request, &native, now),
        }
    }

    fn check_native<T: Tbs>(
        &self,
        request: &SignRequest,
        native: &NativeTbs,
        now: UnixTime,
    ) -> Result<Det, SignError> {
        self.rehearse_certificate::<T>(request, native.x509(), now)?;
        Ok(T::decode(native.x509())?.det())
    }
}

//! Responders: keys of this process alone, each certified by an issuer to answer for it, for a day or so.
//!
//! Such a key is never stored, nor is its certificate: it can vouch for nothing but statuses, and for a short time. A restart makes new ones.

use crate::{OurFault, Registry, issuers::Issuer};
use dime_sign::{LocalSigner, Operational, PrivateKey, SignError, SignRequest, Signer};
use drip_cert::{
    lite::{CertTime, CertificateSerial},
    mtls::{MtlsRole, MtlsTbs, PkiUrls},
};
use drip_det::{Det, UnixTime};
use parking_lot::Mutex;
use std::{collections::BTreeMap, sync::Arc};

/// How far a responder's certificate begins before it is made, so that clocks a little behind believe it.
const BACKDATING: u64 = 600;

/// The responders, by the issuer that certified each.
#[derive(Default)]
pub(crate) struct Delegates(Mutex<BTreeMap<Det, Arc<Delegate>>>);

/// One responder.
pub(crate) struct Delegate {
    pub(crate) signer: LocalSigner<Operational>,
    /// Its certificate, DER.
    pub(crate) certificate: Vec<u8>,
    not_before: UnixTime,
    renew_at: UnixTime,
    pub(crate) not_after: UnixTime,
}

impl Registry {
    /// The responder that answers for an issuer.
    pub(super) fn delegate_of(&self, issuer: &Issuer, now: UnixTime) -> Result<Arc<Delegate>, OurFault> {
        let mut delegates = self.revocation.delegates.0.lock();
        if let Some(delegate) = delegates.get(&issuer.det)
            && (delegate.not_before..delegate.renew_at).contains(&now)
        {
            return Ok(Arc::clone(delegate));
        }
        let delegate = Arc::new(self.new_delegate(issuer, now)?);
        delegates.insert(issuer.det, Arc::clone(&delegate));
        tracing::info!(issuer = %issuer.det, responder = %delegate.signer.det(), until = %delegate.not_after, "a new OCSP responder");
        Ok(delegate)
    }

    fn new_delegate(&self, issuer: &Issuer, now: UnixTime) -> Result<Delegate, OurFault> {
        issuer.valid_at(now)?;
        let failed = |error: SignError| OurFault::Signer(Box::new(error));
        let unavailable = |error: String| failed(SignError::Unavailable(error));
        let key = PrivateKey::generate().map_err(|_| OurFault::Randomness)?;
        let signer = LocalSigner::<Operational>::new(key, issuer.hid)
            .map_err(|error| unavailable(error.to_string()))?;
        let lifetime = self.policy.revocation.responder_lifetime.max(2);
        let not_before = UnixTime(now.0.saturating_sub(BACKDATING).max(issuer.window.not_before.0));
        let not_after = UnixTime(now.0.saturating_add(lifetime).min(issuer.window.not_after.0));
        let mut octets = [0; 20];
        self.entropy.fill(&mut octets)?;
        let time = |time| CertTime::new(time).map_err(|error| OurFault::StoreCorrupt(error.to_string()));
        let tbs = MtlsTbs {
            serial: CertificateSerial::unpredictable(octets),
            issuer: issuer.det,
            not_before: time(not_before)?,
            not_after: time(not_after)?,
            role: MtlsRole::OcspResponder,
            hi: *signer.hi(),
            det: signer.det(),
            uri: None,
            hardware_module: None,
            pki: PkiUrls::NONE,
        };
        let to_be_signed = tbs.encode().map_err(|error| failed(error.into()))?;
        let signature =
            issuer.signer.sign(&SignRequest::MtlsCertificate(to_be_signed), now).map_err(failed)?;
        let certificate = tbs.assemble(&signature).map_err(|error| failed(error.into()))?;
        let renew_at = UnixTime(now.0.saturating_add(not_after.0.saturating_sub(now.0) / 2));
        Ok(Delegate { signer, certificate, not_before, renew_at, not_after })
    }
}

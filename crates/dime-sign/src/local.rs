//! A signer in this process: one key, one class, one place in the hierarchy.

mod check;
mod known_keys;
mod rehearse;

use crate::{
    Issuing, KeyClass, Operational, PrivateKey, SignError, SignRequest, Signature, Signer, SigningPolicy,
};
use core::marker::PhantomData;
use drip_cert::{crl::CrlTbs, full::FullTbs, lite::LiteTbs, mtls::MtlsTbs, ocsp::ResponseTbs};
use drip_det::{Det, Hid, HostIdentity, Level, UnixTime};
use drip_wire::{cache::Cache, trust::TrustList};
use known_keys::KnownKeys;
use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

/// No end of the signer's authority was learnt since it was made.
const NOT_LEARNT: u64 = u64::MAX;

/// Whether a signer's tree is real or for trying things out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// For use.
    Production,
    /// For tests: marked TEST wherever it shows.
    Test,
}

/// A signer with its key in memory.
pub struct LocalSigner<C: KeyClass> {
    /// Shared, never copied, by the signers that a ceremony makes of one for different policies.
    key: Arc<PrivateKey>,
    det: Det,
    level: Level,
    policy: SigningPolicy,
    /// When its authority ends, as a ceremony said since the signer was made.
    learnt_end: AtomicU64,
    purpose: Purpose,
    known_keys: KnownKeys,
    class: PhantomData<C>,
}

/// A HID where no key of this class can sit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no {class} key can sit at {hid}: {reason}")]
pub struct NoSuchPlace {
    /// The HID.
    pub hid: Hid,
    /// The class of the key.
    pub class: drip_det::DetClass,
    /// Why not.
    pub reason: &'static str,
}

impl LocalSigner<Issuing> {
    /// A signer with this key at this place. At an RAA's own place it issues to the RAA's servers, at 0/0 to the Apex's.
    pub fn new(key: PrivateKey, hid: Hid, policy: SigningPolicy) -> Result<Self, NoSuchPlace> {
        Self::at(key, hid, policy, Purpose::Production)
    }
}

impl LocalSigner<Operational> {
    /// A signer with this key at this place, within [`SigningPolicy::OPERATIONAL`].
    pub fn new(key: PrivateKey, hid: Hid) -> Result<Self, NoSuchPlace> {
        Self::at(key, hid, SigningPolicy::OPERATIONAL, Purpose::Production)
    }

    /// Signs a message of the holder's own, as an Operational key may: an HTTP request, a broadcast. No other class has this.
    pub fn sign_message(&self, message: &[u8]) -> Signature {
        self.key.sign(message)
    }
}

impl<C: KeyClass> LocalSigner<C> {
    pub(crate) fn at(
        key: PrivateKey,
        hid: Hid,
        policy: SigningPolicy,
        purpose: Purpose,
    ) -> Result<Self, NoSuchPlace> {
        let level = level_of(hid).map_err(|reason| NoSuchPlace { hid, class: C::CLASS, reason })?;
        let det = key.det(hid);
        Ok(LocalSigner {
            key: Arc::new(key),
            det,
            level,
            policy,
            learnt_end: AtomicU64::new(NOT_LEARNT),
            purpose,
            known_keys: KnownKeys::new(),
            class: PhantomData,
        })
    }

    /// The same signer under another policy.
    pub(crate) fn under(&self, policy: SigningPolicy) -> Self {
        let key = Arc::clone(&self.key);
        let learnt_end = AtomicU64::new(NOT_LEARNT);
        LocalSigner { key, policy, learnt_end, known_keys: KnownKeys::new(), class: PhantomData, ..*self }
    }

    /// The level of the signer's place.
    pub fn level(&self) -> Level {
        self.level
    }

    /// The signer's limits.
    pub fn policy(&self) -> &SigningPolicy {
        &self.policy
    }

    /// When the signer's own authority ends: what it was told last.
    pub fn authority_ends(&self) -> Option<UnixTime> {
        match self.learnt_end.load(Ordering::Acquire) {
            NOT_LEARNT => self.policy.authority_ends,
            end => Some(UnixTime(end)),
        }
    }

    /// Whether this is a real tree.
    pub fn purpose(&self) -> Purpose {
        self.purpose
    }
}

impl<C: KeyClass> Signer for LocalSigner<C> {
    fn det(&self) -> Det {
        self.det
    }

    fn hi(&self) -> &HostIdentity {
        self.key.hi()
    }

    fn learn_end(&self, authority_ends: UnixTime) {
        self.learnt_end.store(authority_ends.0, Ordering::Release);
    }

    fn sign(&self, request: &SignRequest, now: UnixTime) -> Result<Signature, SignError> {
        let signature = match request {
            SignRequest::Endorsement(body) => {
                self.check_endorsement(body, now)?;
                self.known_keys.note(&body.child_hi);
                self.log(request, body.child);
                self.key.sign(&body.signed_octets())
            }
            SignRequest::LiteCertificate(der) => self.sign_certificate::<LiteTbs>(request, der, now)?,
            SignRequest::FullCertificate(der) => self.sign_certificate::<FullTbs>(request, der, now)?,
            SignRequest::MtlsCertificate(der) => self.sign_certificate::<MtlsTbs>(request, der, now)?,
            SignRequest::C509Certificate(items) => self.sign_c509(request, items, now)?,
            SignRequest::Crl(der) => {
                let list = CrlTbs::decode(der)?;
                self.check_crl(&list, now)?;
                tracing::info!(signer = %self.det, class = %C::CLASS, kind = request.kind(), number = %list.number, entries = list.entries.len(), "signing");
                self.key.sign(der)
            }
            SignRequest::OcspResponse(der) => {
                let response = ResponseTbs::decode(der)?;
                self.check_ocsp(&response, now)?;
                // One for every question that anybody asks: too many for the log.
                tracing::debug!(signer = %self.det, class = %C::CLASS, kind = request.kind(), "signing");
                self.key.sign(der)
            }
            SignRequest::OperatorAttestation(body) => {
                self.check_attestation(body, now)?;
                self.log(request, body.child);
                self.key.sign(&body.signed_octets())
            }
            SignRequest::UaEvidence(body) => {
                self.check_ua_evidence(body, now)?;
                // One every few seconds: too many for the log.
                tracing::debug!(signer = %self.det, class = %C::CLASS, kind = request.kind(), "signing");
                self.key.sign(&body.signed_octets())
            }
            SignRequest::TrustList(payload) => {
                let list = TrustList::decode(payload).map_err(SignError::TrustList)?;
                self.check_trust_list(&list, now)?;
                self.log(request, self.det);
                self.key.sign(&list.envelope().to_be_signed(b""))
            }
            SignRequest::OfflineCache(payload) => {
                let cache = Cache::decode(payload).map_err(SignError::OfflineCache)?;
                self.check_offline_cache(&cache, now)?;
                self.log(request, self.det);
                self.key.sign(&cache.envelope().to_be_signed(b""))
            }
        };
        Ok(signature)
    }
}

impl<C: KeyClass> LocalSigner<C> {
    fn log(&self, request: &SignRequest, child: Det) {
        tracing::info!(signer = %self.det, class = %C::CLASS, kind = request.kind(), child = %child, "signing");
    }
}

/// The level that owns a place, or why nobody does.
fn level_of(hid: Hid) -> Result<Level, &'static str> {
    match (hid.raa.value(), hid.hda) {
        (0, hda) if hda.value() == 0 => Ok(Level::Apex),
        (0, _) => Err("the Apex, RAA 0, has no HDAs"),
        (_, hda) if hda.is_reserved_to_raa() => Ok(Level::Raa),
        _ => Ok(Level::Hda),
    }
}

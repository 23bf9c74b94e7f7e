//! From an intent to its result: sign what was decided, commit the signatures.
//!
//! An intent is durable before anything is signed, with the exact validity, the serial number of every certificate and what the configuration puts
//! into it. Ed25519 is deterministic, so whoever completes it (the operation itself, a repeat of the request, the next start, whatever its
//! configuration) makes the same octets.

mod objects;

use crate::{Kind, OurFault, Profile, ProfileSet, Registry, validity::Window};
use dime_sign::{PolicyFault, SignError};
use dime_store::{
    Actor, CertificateTerms, ChangeKind, Expect, Intent, KeyUsage, NumberedCertificate, Registration,
    SerialCertificate, State, Write,
};
use drip_cert::{full, x509::CertificateSerial};
use drip_det::UnixTime;

/// Why an intent was not completed.
enum IntentFault {
    /// It is too old for the signer: decide anew.
    Stale,
    /// The signer's policy forbids it, now and later. Nothing was signed.
    Refused(SignError),
    Ours(OurFault),
}

impl Registry {
    /// What is to be issued to a registration of this kind, with fresh serial numbers.
    pub(crate) fn intend(&self, kind: Kind, window: Window) -> Result<Intent, OurFault> {
        let mut octet = [0];
        self.entropy.fill(&mut octet)?;
        let [octet] = octet;
        let profiles = self.policy.of(kind).map_or(ProfileSet::LITE, |policy| policy.profiles);
        Ok(Intent {
            not_before: window.not_before,
            not_after: window.not_after,
            certificate_serial: CertificateSerial::from_random(octet).as_bytes().to_vec(),
            full_serial: self.fresh_serial(Profile::Full, profiles)?,
            mtls_serial: self.fresh_serial(Profile::Mtls, profiles)?,
            terms: Some(self.certificate_terms()),
        })
    }

    /// What certificates say beside the DET, as the configuration is now.
    fn certificate_terms(&self) -> CertificateTerms {
        CertificateTerms {
            uri: self.policy.certificate_uri.clone(),
            key_usage: match self.policy.full_key_usage {
                full::KeyUsage::Absent => KeyUsage::Absent,
                full::KeyUsage::Present => KeyUsage::Present,
            },
            origin: self.policy.revocation.origin.clone(),
            shards: self.policy.revocation.shards,
        }
    }

    /// Twenty octets that nobody can foretell, for a profile that is wanted.
    fn fresh_serial(&self, profile: Profile, wanted: ProfileSet) -> Result<Option<Vec<u8>>, OurFault> {
        if !wanted.contains(profile) {
            return Ok(None);
        }
        let mut random = [0; 20];
        self.entropy.fill(&mut random)?;
        Ok(Some(CertificateSerial::unpredictable(random).as_bytes().to_vec()))
    }

    /// Completes the intent in a record that the store holds: signs, commits, and returns the record as it then is.
    ///
    /// When the intent is so old that the signer refuses its beginning, a new one, beginning now, is committed and completed instead.
    pub(crate) fn complete(&self, record: Registration, actor: &Actor) -> Result<Registration, OurFault> {
        let now = self.clock.now();
        match self.sign_and_commit(record.clone(), actor, now) {
            Ok(record) => Ok(record),
            Err(IntentFault::Ours(fault)) => Err(fault),
            Err(IntentFault::Refused(error)) => self.give_up(record, error, now),
            Err(IntentFault::Stale) => {
                let intent = intent_of(&record);
                let renewed =
                    self.intend(record.kind, Window { not_before: now, not_after: intent.not_after })?;
                let record = self.commit_intent(record, renewed, actor, now)?;
                self.sign_and_commit(record, actor, now).map_err(|fault| match fault {
                    IntentFault::Stale => OurFault::Signer(Box::new(SignError::Unavailable(
                        "the signer's clock is far from this machine's".to_owned(),
                    ))),
                    IntentFault::Refused(error) => OurFault::Signer(Box::new(error)),
                    IntentFault::Ours(fault) => fault,
                })
            }
        }
    }

    /// Takes back an intent that the signer will never sign, so that it does not stand in the way for ever: a first issuance is denied,
    /// which frees its key, and of a renewal nothing remains. The fault is told all the same, for our policy promised too much.
    fn give_up(
        &self,
        mut record: Registration,
        error: SignError,
        now: UnixTime,
    ) -> Result<Registration, OurFault> {
        tracing::error!(det = %record.det, %error, "the signer refuses what our policy allows");
        let expect = Expect::Version(record.version);
        if record.renewal.take().is_none() {
            record.state = State::Denied;
            record.reason = Some("the signer refused".to_owned());
            record.terms = None;
        }
        let write = Write::PutRegistration { record: Box::new(record), expect };
        self.commit(Actor::System, now, ChangeKind::Denied, vec![write])?;
        Err(OurFault::Signer(Box::new(error)))
    }

    /// Commits an intent for a record that the store holds: a first issuance, or for a registration in force a renewal.
    pub(crate) fn commit_intent(
        &self,
        record: Registration,
        intent: Intent,
        actor: &Actor,
        now: UnixTime,
    ) -> Result<Registration, OurFault> {
        let (record, write, kind) = with_intent(record, intent);
        self.commit(actor.clone(), now, kind, vec![write])?;
        Ok(record)
    }

    fn sign_and_commit(
        &self,
        mut record: Registration,
        actor: &Actor,
        now: UnixTime,
    ) -> Result<Registration, IntentFault> {
        let issuer = self.issuers.named(record.issuer).ok_or_else(|| self.no_issuer(record.issuer))?;
        let intent = intent_of(&record);
        let objects = self.sign(&issuer, &record, &intent, now)?;
        let kind = if record.renewal.is_some() { ChangeKind::Renewed } else { ChangeKind::Registered };
        let expect = Expect::Version(record.version);
        record.version = expect.next_version();
        record.state = State::Registered;
        record.not_before = intent.not_before;
        record.not_after = intent.not_after;
        record.certificate_serial = intent.certificate_serial;
        record.endorsement = Some(objects.endorsement);
        record.certificate = Some(objects.lite);
        record.full = objects.full;
        record.mtls = objects.mtls;
        record.c509 = objects.c509;
        record.renewal = None;
        record.terms = None;
        let write = Write::PutRegistration { record: Box::new(record.clone()), expect };
        self.commit(actor.clone(), now, kind, vec![write])
            .map_err(|error| IntentFault::Ours(error.into()))?;
        Ok(record)
    }

    /// An issuer that has ended will never sign; one that is not here may come back.
    fn no_issuer(&self, det: drip_det::Det) -> IntentFault {
        match self.authorities.find(det) {
            Some(authority) if authority.status.has_ended() => {
                IntentFault::Refused(SignError::Unavailable(format!("the issuer {det} has ended")))
            }
            _ => IntentFault::Ours(OurFault::NoIssuer),
        }
    }
}

/// A record with an intent, the write that says so, and what that is to the audit log. The record is of the version that it will be.
pub(crate) fn with_intent(mut record: Registration, intent: Intent) -> (Registration, Write, ChangeKind) {
    let expect = if record.version == 0 { Expect::Absent } else { Expect::Version(record.version) };
    record.version = expect.next_version();
    for serial in [&intent.full_serial, &intent.mtls_serial].into_iter().flatten() {
        let (issuer, not_after) = (record.issuer, intent.not_after);
        record.note(NumberedCertificate { issuer, serial: serial.clone(), not_after }, intent.not_before);
    }
    let kind = if record.state == State::Registered {
        record.renewal = Some(intent);
        ChangeKind::Renewing
    } else {
        record.state = State::Issuing;
        record.not_before = intent.not_before;
        record.not_after = intent.not_after;
        record.certificate_serial = intent.certificate_serial;
        record.terms = intent.terms;
        record.full = intent.full_serial.map(|serial| SerialCertificate { serial, der: None });
        record.mtls = intent.mtls_serial.map(|serial| SerialCertificate { serial, der: None });
        ChangeKind::Issuing
    };
    let write = Write::PutRegistration { record: Box::new(record.clone()), expect };
    (record, write, kind)
}

/// The intent of a record: of its renewal, or of its first issuance.
pub(crate) fn intent_of(record: &Registration) -> Intent {
    record.renewal.clone().unwrap_or_else(|| Intent {
        not_before: record.not_before,
        not_after: record.not_after,
        certificate_serial: record.certificate_serial.clone(),
        full_serial: record.full.as_ref().map(|certificate| certificate.serial.clone()),
        mtls_serial: record.mtls.as_ref().map(|certificate| certificate.serial.clone()),
        terms: record.terms.clone(),
    })
}

/// An intent that no object can be made of: our own mistake, or a damaged store.
fn malformed(error: impl std::error::Error) -> IntentFault {
    IntentFault::Ours(OurFault::StoreCorrupt(format!("an intent cannot be signed: {error}")))
}

impl From<SignError> for IntentFault {
    fn from(error: SignError) -> Self {
        match error {
            SignError::Policy(PolicyFault::Backdated { .. }) => IntentFault::Stale,
            SignError::Unavailable(_) => IntentFault::Ours(OurFault::Signer(Box::new(error))),
            refusal => IntentFault::Refused(refusal),
        }
    }
}

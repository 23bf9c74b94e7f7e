//! From an intent to its result: sign what was decided, commit the signatures.
//!
//! An intent is durable before anything is signed, with the exact validity and certificate serial. Ed25519 is deterministic, so whoever
//! completes it (the operation itself, a repeat of the request, the next start) makes the same octets.

use crate::{OurFault, Registry, issuers::Issuer, validity::Window};
use dime_sign::{PolicyFault, SignError, SignRequest};
use dime_store::{Actor, ChangeKind, Expect, Intent, Registration, State, Write};
use drip_cert::lite::{CertTime, CertificateSerial, LiteTbs, Subject};
use drip_det::{DripTime, UnixTime};
use drip_wire::EndorsementBody;

/// Why an intent was not completed.
enum IntentFault {
    /// It is too old for the signer: decide anew.
    Stale,
    /// The signer's policy forbids it, now and later. Nothing was signed.
    Refused(SignError),
    Ours(OurFault),
}

impl Registry {
    /// What is to be issued, with a fresh certificate serial.
    pub(crate) fn intend(&self, window: Window) -> Result<Intent, OurFault> {
        let mut octet = [0];
        self.entropy.fill(&mut octet)?;
        let [octet] = octet;
        Ok(Intent {
            not_before: window.not_before,
            not_after: window.not_after,
            certificate_serial: CertificateSerial::from_random(octet).as_bytes().to_vec(),
        })
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
                let renewed = self.intend(Window { not_before: now, not_after: intent.not_after })?;
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
        let issuer = self.issuers.named(record.issuer).ok_or(IntentFault::Ours(OurFault::NoIssuer))?;
        let intent = intent_of(&record);
        let (endorsement, certificate) = self.sign(issuer, &record, &intent, now)?;
        let kind = if record.renewal.is_some() { ChangeKind::Renewed } else { ChangeKind::Registered };
        let expect = Expect::Version(record.version);
        record.version = expect.next_version();
        record.state = State::Registered;
        record.not_before = intent.not_before;
        record.not_after = intent.not_after;
        record.certificate_serial = intent.certificate_serial;
        record.endorsement = Some(endorsement);
        record.certificate = Some(certificate);
        record.renewal = None;
        let write = Write::PutRegistration { record: Box::new(record.clone()), expect };
        self.commit(actor.clone(), now, kind, vec![write])
            .map_err(|error| IntentFault::Ours(error.into()))?;
        Ok(record)
    }

    /// The issuer's endorsement and Lite certificate of the record's DET and key, of equal validity.
    fn sign(
        &self,
        issuer: &Issuer,
        record: &Registration,
        intent: &Intent,
        now: UnixTime,
    ) -> Result<([u8; 136], Vec<u8>), IntentFault> {
        let body = EndorsementBody {
            vnb: DripTime::from_unix(intent.not_before).map_err(malformed)?,
            vna: DripTime::from_unix(intent.not_after).map_err(malformed)?,
            child: record.det,
            child_hi: record.hi,
            parent: issuer.det,
        };
        let tbs = LiteTbs {
            serial: CertificateSerial::new(&intent.certificate_serial).map_err(malformed)?,
            issuer: issuer.det,
            not_before: CertTime::new(intent.not_before).map_err(malformed)?,
            not_after: CertTime::new(intent.not_after).map_err(malformed)?,
            subject: Subject::Empty,
            hi: record.hi,
            det: record.det,
            uri: self.policy.certificate_uri.clone(),
            hardware_module: None,
        };
        // Everything that can be refused is refused before the first signature.
        let to_be_signed = tbs.encode().map_err(malformed)?;
        let endorsement = issuer.signer.sign(&SignRequest::Endorsement(body), now)?;
        let signature = issuer
            .signer
            .sign(&SignRequest::LiteCertificate(to_be_signed), now)
            .map_err(|error| IntentFault::Ours(OurFault::Signer(Box::new(error))))?;
        let certificate = tbs.assemble(&signature).map_err(malformed)?;
        Ok((body.sign_with(endorsement).encode(), certificate))
    }
}

/// A record with an intent, the write that says so, and what that is to the audit log. The record is of the version that it will be.
pub(crate) fn with_intent(mut record: Registration, intent: Intent) -> (Registration, Write, ChangeKind) {
    let expect = if record.version == 0 { Expect::Absent } else { Expect::Version(record.version) };
    record.version = expect.next_version();
    let kind = if record.state == State::Registered {
        record.renewal = Some(intent);
        ChangeKind::Renewing
    } else {
        record.state = State::Issuing;
        record.not_before = intent.not_before;
        record.not_after = intent.not_after;
        record.certificate_serial = intent.certificate_serial;
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

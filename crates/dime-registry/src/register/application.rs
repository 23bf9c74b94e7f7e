//! Reading an application: what is wrong with it is told before the store is asked anything.

use super::possession::Possession;
use crate::{
    ApplicantFault, Application, Caller, End, Kind, KindPolicy, OurFault, RegisterError, Registry, digest,
    issuers::Issuer, locks::Subject, policy::SerialNumbers,
};
use dime_store::{HardwareModule, StoreError};
use drip_cert::x509::ObjectIdentifier;
use drip_det::{Det, Hid, SerialNumber};

/// The most characters of an Idempotency-Key.
pub(crate) const IDEMPOTENCY_KEY_MAX: usize = 255;
const SERIAL_NUMBER_MAX: usize = 64;
const FLIGHT_MAX: usize = 128;
const CONTACT_MAX: usize = 500;
const HW_SERIAL_MAX: usize = 64;
const EVIDENCE_MAX: usize = 8192;

/// An application whose request is signed by its key and whose fields are in order.
pub(super) struct Examined {
    pub(super) application: Application,
    /// What proves possession of the key.
    pub(super) csr: Possession,
    pub(super) det: Det,
    /// The operator named, or else the DET that signed the request.
    pub(super) operator: Option<Det>,
    /// The serial number given, or else the request's.
    pub(super) serial_number: Option<String>,
    pub(super) idempotency: Option<Idempotency>,
}

impl Examined {
    /// What nobody else may register at the same time.
    pub(super) fn subjects(&self) -> impl Iterator<Item = Subject> {
        let key = self.idempotency.as_ref().map(|idempotency| Subject::from(&idempotency.key));
        [Subject::from(self.det), Subject::from(self.csr.hi())].into_iter().chain(key)
    }
}

/// An Idempotency-Key and what was asked under it.
#[derive(Clone, Copy)]
pub(crate) struct Idempotency {
    pub(crate) key: [u8; 32],
    pub(crate) request: [u8; 32],
}

impl Registry {
    /// Checks all that can be checked without the store, and chooses the issuer.
    pub(super) fn examine(
        &self,
        application: Application,
        caller: &Caller,
    ) -> Result<(Examined, Issuer), RegisterError> {
        check_fields(&application)?;
        let csr = Possession::of(&application, self.clock.now())?;
        let issuer = self.issuer_for(application.kind, csr.det().map(Det::hid))?;
        let det = Det::derive(issuer.hid, csr.hi());
        let operator = operator_of(&application, caller)?;
        let serial_number = serial_number(&application, &csr, self.policy.serial_numbers)?;
        let idempotency = application.idempotency_key.as_deref().map(|key| Idempotency {
            key: idempotency_key(key, caller),
            request: request_digest(&application, csr.octets(), operator),
        });
        Ok((Examined { application, csr, det, operator, serial_number, idempotency }, issuer))
    }

    fn issuer_for(&self, kind: Kind, hid: Option<Hid>) -> Result<Issuer, RegisterError> {
        match (self.issuers.serving(kind, hid, self.clock.now()), hid) {
            (Some(issuer), _) => Ok(issuer),
            (None, Some(hid)) if hid.hda.is_reserved_to_raa() && self.issuers.serves_below(hid) => {
                Err(ApplicantFault::ReservedHda { hid }.into())
            }
            (None, Some(hid)) if !self.issuers.serves(hid) => Err(ApplicantFault::ForeignHid { hid }.into()),
            (None, _) => Err(OurFault::NoIssuer.into()),
        }
    }
}

/// The digest under which an Idempotency-Key is remembered: each caller has their own, so that nobody can occupy another's.
pub(crate) fn idempotency_key(key: &str, caller: &Caller) -> [u8; 32] {
    let caller = caller.actor().to_string();
    digest::of_parts("idempotency-key", &[Some(caller.as_bytes()), Some(key.as_bytes())])
}

/// The digest of everything in an application that decides its result. Proofs are not in it: a repeat may be signed anew.
pub(super) fn request_digest(application: &Application, proof: &[u8], operator: Option<Det>) -> [u8; 32] {
    let operator = operator.map(Det::to_bytes);
    let not_after = application.not_after.map(|time| time.0.to_be_bytes());
    // What a registry says of itself came later than the rest: without it the digest is what it always was.
    let registry = application.registry.as_ref().map(|registry| format!("{registry:?}"));
    let mut parts = vec![
        Some(application.kind.name().as_bytes()),
        Some(proof),
        operator.as_ref().map(<[u8; 16]>::as_slice),
        application.serial_number.as_deref().map(str::as_bytes),
        not_after.as_ref().map(<[u8; 8]>::as_slice),
        application.flight.as_deref().map(str::as_bytes),
        application.contact.as_deref().map(str::as_bytes),
    ];
    if let Some(registry) = &registry {
        parts.push(Some(registry.as_bytes()));
    }
    if let Some(HardwareModule { hw_type, hw_serial }) = &application.hardware_module {
        parts.extend([Some(&b"hardwareModuleName"[..]), Some(hw_type.as_bytes()), Some(hw_serial)]);
    }
    digest::of_parts("register", &parts)
}

pub(super) fn check_fields(application: &Application) -> Result<(), ApplicantFault> {
    check_text("serial_number", application.serial_number.as_deref(), SERIAL_NUMBER_MAX)?;
    check_text("flight", application.flight.as_deref(), FLIGHT_MAX)?;
    check_text("contact", application.contact.as_deref(), CONTACT_MAX)?;
    check_text("idempotency_key", application.idempotency_key.as_deref(), IDEMPOTENCY_KEY_MAX)?;
    if application.evidence.as_ref().is_some_and(|evidence| evidence.len() > EVIDENCE_MAX) {
        return Err(ApplicantFault::MalformedField { field: "evidence", reason: "it is too long" });
    }
    match application.kind {
        Kind::Operator if application.operator.is_some() => {
            Err(ApplicantFault::MalformedField { field: "operator", reason: "an operator has no operator" })
        }
        Kind::Hda | Kind::Raa if application.operator.is_some() => {
            Err(ApplicantFault::MalformedField { field: "operator", reason: "a registry has no operator" })
        }
        Kind::Hda | Kind::Raa => Ok(()),
        _ if application.registry.is_some() => Err(ApplicantFault::MalformedField {
            field: "name_servers",
            reason: "only an HDA or RAA has name servers, DS records, a coverage or a URI of its own",
        }),
        _ => Ok(()),
    }
}

/// What never ends names the device, and nothing else does (draft-ietf-drip-dki, on manufacturers' certificates).
pub(super) fn check_module(application: &Application, policy: &KindPolicy) -> Result<(), ApplicantFault> {
    let reason = match (policy.end, &application.hardware_module) {
        (End::Dated, None) => return Ok(()),
        (End::Dated, Some(_)) => "only what is registered without an end names its hardware",
        (End::Never, None) => "what is registered without an end names its hardware: type and serial number",
        (End::Never, Some(HardwareModule { hw_type, .. })) if ObjectIdentifier::new(hw_type).is_err() => {
            "its type is no object identifier in dotted decimal"
        }
        (End::Never, Some(HardwareModule { hw_serial, .. })) => match hw_serial.len() {
            0 => "its serial number is empty",
            1..=HW_SERIAL_MAX => return Ok(()),
            _ => "its serial number has more than 64 octets",
        },
    };
    Err(ApplicantFault::MalformedField { field: "hardware_module", reason })
}

fn check_text(field: &'static str, text: Option<&str>, max: usize) -> Result<(), ApplicantFault> {
    let Some(text) = text else { return Ok(()) };
    let reason = if text.trim().is_empty() {
        "it is empty"
    } else if text.chars().count() > max {
        "it is too long"
    } else if text.chars().any(char::is_control) {
        "it has control characters"
    } else {
        return Ok(());
    };
    Err(ApplicantFault::MalformedField { field, reason })
}

/// The operator named; for what belongs to an operator and names none, the DET that signed the request.
fn operator_of(application: &Application, caller: &Caller) -> Result<Option<Det>, ApplicantFault> {
    let operator = match (application.kind, application.operator) {
        (_, Some(named)) => return Ok(Some(named)),
        (Kind::Aircraft | Kind::Session, None) => caller.det(),
        _ => None,
    };
    if operator.is_none() && application.operator_attestation.is_some() {
        return Err(ApplicantFault::MalformedField {
            field: "operator",
            reason: "an operator's attestation needs the operator's name",
        });
    }
    Ok(operator)
}

fn serial_number(
    application: &Application,
    csr: &Possession,
    rule: SerialNumbers,
) -> Result<Option<String>, ApplicantFault> {
    let serial_number = match (application.serial_number.as_deref(), csr.serial_number()) {
        (Some(given), Some(requested)) if given != requested => {
            return Err(ApplicantFault::SerialNumberMismatch);
        }
        (Some(given), _) => Some(given),
        (None, requested) => requested,
    };
    check_text("serial_number", serial_number, SERIAL_NUMBER_MAX)?;
    let must_parse = application.kind == Kind::Aircraft && rule == SerialNumbers::Cta2063a;
    if must_parse && serial_number.is_some_and(|text| text.parse::<SerialNumber>().is_err()) {
        return Err(ApplicantFault::MalformedField {
            field: "serial_number",
            reason: "it is no serial number of CTA-2063-A",
        });
    }
    Ok(serial_number.map(str::to_owned))
}

impl From<StoreError> for RegisterError {
    fn from(error: StoreError) -> Self {
        RegisterError::Ours(error.into())
    }
}

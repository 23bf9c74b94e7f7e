//! What proves that an applicant holds the key: a certification request, or a registration token (CWT) that the key signed.

use crate::{ApplicantFault, Application, Kind};
use drip_cert::csr::{Csr, VerifiedCsr};
use drip_det::{Det, HostIdentity, UnixTime};
use drip_wire::{
    cose::Sign1Error,
    registration::{Claims, RegistrationToken},
};

/// A proof that was verified.
pub(super) struct Possession {
    octets: Vec<u8>,
    hi: HostIdentity,
    det: Option<Det>,
    serial_number: Option<String>,
}

impl Possession {
    /// Verifies the proof in an application. A token must say the same as the application does, and a request in it be of the same key.
    pub(super) fn of(application: &Application, now: UnixTime) -> Result<Self, ApplicantFault> {
        if !RegistrationToken::is_one(&application.csr) {
            return Ok(Self::from(&Csr::parse(&application.csr).and_then(Csr::verify)?));
        }
        let token = RegistrationToken::decode(&application.csr).map_err(ApplicantFault::MalformedToken)?;
        let said = said(&token, application.csr.clone())?;
        if !says_the_same(application, said) {
            let reason = "what is asked for is not what the token says";
            return Err(ApplicantFault::MalformedField { field: "csr", reason });
        }
        token.verify().map_err(|error| match error {
            Sign1Error::Signer { mismatch, .. } => ApplicantFault::DetMismatch(mismatch),
            Sign1Error::Signature { .. } => ApplicantFault::TokenSignature,
        })?;
        token.check_time(now).map_err(ApplicantFault::TokenNotInForce)?;
        let (det, hi) = (token.det, token.claims.hi);
        let mut serial_number = None;
        if let Some(csr) = &token.claims.csr {
            let csr = Csr::parse(csr).and_then(Csr::verify)?;
            if *csr.hi() != hi || csr.det().is_some_and(|wished| wished != det) {
                return Err(ApplicantFault::TokenCsr);
            }
            serial_number = csr.serial_number().map(str::to_owned);
        }
        Ok(Possession { octets: application.csr.clone(), hi, det: Some(det), serial_number })
    }

    /// What the key signed.
    pub(super) fn octets(&self) -> &[u8] {
        &self.octets
    }

    /// The key.
    pub(super) fn hi(&self) -> &HostIdentity {
        &self.hi
    }

    /// The DET wished for.
    pub(super) fn det(&self) -> Option<Det> {
        self.det
    }

    /// The serial number in the certification request.
    pub(super) fn serial_number(&self) -> Option<&str> {
        self.serial_number.as_deref()
    }
}

impl From<&VerifiedCsr> for Possession {
    fn from(csr: &VerifiedCsr) -> Self {
        Possession {
            octets: csr.octets().to_vec(),
            hi: *csr.hi(),
            det: csr.det(),
            serial_number: csr.serial_number().map(str::to_owned),
        }
    }
}

impl Application {
    /// The application that a registration token (CWT) makes; the token is its proof of possession. Its signature is verified on
    /// registering.
    pub fn of_token(octets: Vec<u8>) -> Result<Self, ApplicantFault> {
        let token = RegistrationToken::decode(&octets).map_err(ApplicantFault::MalformedToken)?;
        said(&token, octets)
    }
}

fn said(token: &RegistrationToken, octets: Vec<u8>) -> Result<Application, ApplicantFault> {
    let Claims { not_after, kind, flight, contact, operator, serial_number, operator_attestation, .. } =
        token.claims.clone();
    let wrong = |reason| ApplicantFault::MalformedField { field: "kind", reason };
    let kind = Kind::ALL.into_iter().find(|known| known.name() == kind);
    let kind = match kind.ok_or(wrong("there is no such kind"))? {
        Kind::Hda | Kind::Raa => {
            return Err(wrong("an HDA or RAA is asked for with a certification request"));
        }
        kind => kind,
    };
    Ok(Application {
        not_after,
        flight,
        contact,
        operator,
        serial_number,
        operator_attestation: operator_attestation.map(|octets| octets.to_vec()),
        ..Application::new(kind, octets)
    })
}

/// Whether two applications say the same but for what comes with the request that carries them.
fn says_the_same(application: &Application, said: Application) -> bool {
    let said = Application {
        idempotency_key: application.idempotency_key.clone(),
        evidence: application.evidence.clone(),
        ..said
    };
    *application == said
}

/// Whether a kept proof asks for a native certificate: it is, or holds, a native C509 request.
pub(crate) fn asks_natively(octets: &[u8]) -> bool {
    let native = |csr: &[u8]| Csr::parse(csr).is_ok_and(|csr| csr.is_native());
    if !RegistrationToken::is_one(octets) {
        return native(octets);
    }
    let csr = RegistrationToken::decode(octets).ok().and_then(|token| token.claims.csr);
    csr.is_some_and(|csr| native(&csr))
}

//! What can go wrong when registering.

use super::OurFault;
use crate::{Forbidden, Kind, State};
use drip_cert::csr::CsrError;
use drip_det::{Det, DetMismatch, Hid, UnixTime};
use drip_wire::{EndorsementError, WireError, registration::TokenTimeFault};

/// Why an application was not registered. Nothing of it was stored, nothing signed.
#[derive(Debug, thiserror::Error)]
pub enum RegisterError {
    /// What was sent is wrong.
    #[error(transparent)]
    Applicant(#[from] ApplicantFault),
    /// It is taken already.
    #[error(transparent)]
    Collision(#[from] Collision),
    /// Our policy does not allow it.
    #[error(transparent)]
    Refusal(#[from] Refusal),
    /// One of our parts failed.
    #[error(transparent)]
    Ours(#[from] OurFault),
}

/// What an applicant can mend in the application.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum ApplicantFault {
    /// The request is no PKCS#10 request in DER or PEM, and none in C509.
    #[error("the certification request cannot be read: {0}")]
    MalformedCsr(#[source] CsrError),
    /// The request's key or signature is not Ed25519.
    #[error("{0}")]
    WrongAlgorithm(#[source] CsrError),
    /// The request's key is no usable Ed25519 key: not a curve point, or of small order.
    #[error("{0}")]
    WeakKey(#[source] CsrError),
    /// The request is not signed by the key in it.
    #[error("the certification request is not signed by the key in it")]
    BadSignature,
    /// The DET in the request is not that of its key.
    #[error("the DET in the request is not that of its key: {0}")]
    DetMismatch(#[source] DetMismatch),
    /// The registration token is none.
    #[error("the registration token cannot be read: {0}")]
    MalformedToken(#[source] WireError),
    /// The registration token is not signed by the key in it.
    #[error("the registration token is not signed by the key in it")]
    TokenSignature,
    /// The registration token is not worth anything now.
    #[error("{0}")]
    TokenNotInForce(#[source] TokenTimeFault),
    /// The certification request in the token is of another key, or wishes for another DET.
    #[error("the certification request in the token is of another key or DET than the token")]
    TokenCsr,
    /// The DET in the request is of an HDA that is not ours.
    #[error("the DET in the request is of HID {hid}, which is not registered here")]
    ForeignHid {
        /// The HID asked for.
        hid: Hid,
    },
    /// The DET in the request is of an HDA that belongs to the RAA itself (0, 4096, 8192, 12288).
    #[error("the DET in the request is of HID {hid}, whose HDA is reserved to the RAA")]
    ReservedHda {
        /// The HID asked for.
        hid: Hid,
    },
    /// The RAA number asked for is not one that an Apex gives.
    #[error("the number {hid} is not one that is given to an RAA: {range}")]
    RaaNotAllocatable {
        /// The place asked for.
        hid: Hid,
        /// The part of the number space it lies in.
        range: &'static str,
    },
    /// A field is empty, too long, or has characters that it cannot have.
    #[error("{field}: {reason}")]
    MalformedField {
        /// Which.
        field: &'static str,
        /// What is wrong.
        reason: &'static str,
    },
    /// The application and the request give different serial numbers.
    #[error("the serial number is not that of the certification request")]
    SerialNumberMismatch,
    /// An aircraft or session without an operator.
    #[error("kind {} needs the DET of its operator", .0.name())]
    OperatorMissing(Kind),
    /// The operator is not registered here.
    #[error("the operator {0} is not registered here")]
    UnknownOperator(Det),
    /// The DET named as operator is of something else.
    #[error("{det} is not an operator but a {}", kind.name())]
    NotAnOperator {
        /// The DET named.
        det: Det,
        /// What it is.
        kind: Kind,
    },
    /// The operator's registration is not in force.
    #[error("the registration of the operator {operator} is {}", state.name())]
    OperatorNotValid {
        /// The operator.
        operator: Det,
        /// How its registration stands.
        state: State,
    },
    /// Nothing proves the operator's consent.
    #[error("the consent of the operator {0} is missing: its signature on the request, or its attestation")]
    OperatorProofMissing(Det),
    /// What should prove the operator's consent does not.
    #[error("the operator's consent: {0}")]
    OperatorProofInvalid(#[source] AttestationFault),
    /// The validity asked for is outside the limits.
    #[error("not_after {0}")]
    ValidityOutOfRange(#[from] ValidityFault),
    /// The Idempotency-Key was used for a different application.
    #[error("the Idempotency-Key was used before with a different content")]
    IdempotencyKeyReused,
}

/// Why an operator's attestation or signature proves nothing.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum AttestationFault {
    /// It is no endorsement.
    #[error("the attestation cannot be read: {0}")]
    Malformed(#[source] WireError),
    /// Its parent is not the operator.
    #[error("the attestation's parent is {parent}, not the operator {operator}")]
    Parent {
        /// Who made it.
        parent: Det,
        /// Who should have.
        operator: Det,
    },
    /// Its child is not the new DET with its key.
    #[error("the attestation is for {child}, not for {det} with the key of the request")]
    Child {
        /// Whom it is for.
        child: Det,
        /// Whom it should be for.
        det: Det,
    },
    /// The operator's key did not sign it.
    #[error("{0}")]
    Signature(#[source] EndorsementError),
    /// It is not valid now.
    #[error("the attestation is not valid now: valid from {vnb} to {vna}")]
    NotValidNow {
        /// Its VNB.
        vnb: UnixTime,
        /// Its VNA.
        vna: UnixTime,
    },
    /// The request was signed by another DET than the operator named.
    #[error("the request is signed by {signer}, not by the operator {operator}")]
    OtherSigner {
        /// Who signed.
        signer: Det,
        /// Who should have.
        operator: Det,
    },
}

/// Why an end of validity is outside the limits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ValidityFault {
    /// It has passed already.
    #[error("{asked} is not after now, {now}")]
    Past {
        /// The end asked for.
        asked: UnixTime,
        /// Now.
        now: UnixTime,
    },
    /// It is longer than policy allows.
    #[error("{asked} is too late: at most {latest}")]
    TooLong {
        /// The end asked for.
        asked: UnixTime,
        /// The latest end that policy allows now.
        latest: UnixTime,
    },
    /// What is registered so never ends.
    #[error("{asked} is an end: what is registered so has none")]
    Ends {
        /// The end asked for.
        asked: UnixTime,
    },
    /// It is after the end of the issuer's own validity.
    #[error("{asked} is after the end of the issuer's own validity, {issuer_not_after}")]
    OutlivesIssuer {
        /// The end asked for.
        asked: UnixTime,
        /// The end of the issuer's validity.
        issuer_not_after: UnixTime,
    },
}

/// What is taken already.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Collision {
    /// The key is registered, or was and is spent for ever. The applicant has to make a new key.
    #[error("this key is {} already; make a new key", state.name())]
    Hi {
        /// How the registration with this key stands.
        state: State,
    },
    /// Another key has the same DET (RFC 9374: the applicant has to make a new key).
    #[error("another key has the DET {det}; make a new key")]
    Det {
        /// The DET.
        det: Det,
    },
    /// The number belongs to another registry, or is asked for by one.
    #[error("the number {hid} is taken")]
    Number {
        /// The number.
        hid: Hid,
    },
    /// The same request was registered before with other content beside it.
    #[error("this certification request was registered before with a different {field}")]
    Duplicate {
        /// The field that differs.
        field: &'static str,
    },
}

impl Collision {
    /// Whether only a new key helps.
    pub const fn needs_new_key(&self) -> bool {
        match self {
            Collision::Hi { .. } | Collision::Det { .. } => true,
            Collision::Duplicate { .. } | Collision::Number { .. } => false,
        }
    }
}

/// What our policy does not allow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// This DIME does not register that kind.
    #[error("this DIME does not register the kind {}", .0.name())]
    KindNotOffered(Kind),
    /// A bridge RAA has no HDAs.
    #[error("this is a bridge RAA, which registers no HDAs")]
    Bridge,
    /// The caller may not.
    #[error(transparent)]
    Forbidden(#[from] Forbidden),
}

impl RegisterError {
    /// The stable last part of the problem type.
    pub const fn slug(&self) -> &'static str {
        match self {
            RegisterError::Applicant(fault) => fault.slug(),
            RegisterError::Collision(Collision::Hi { .. }) => "hi-collision",
            RegisterError::Collision(Collision::Det { .. }) => "det-collision",
            RegisterError::Collision(Collision::Duplicate { .. }) => "duplicate",
            RegisterError::Collision(Collision::Number { .. }) => "number-taken",
            RegisterError::Refusal(Refusal::KindNotOffered(_)) => "kind-not-offered",
            RegisterError::Refusal(Refusal::Bridge) => "bridge-raa",
            RegisterError::Refusal(Refusal::Forbidden(_)) => "forbidden",
            RegisterError::Ours(fault) => fault.slug(),
        }
    }

    /// The field of the application it is about.
    pub const fn field(&self) -> Option<&'static str> {
        match self {
            RegisterError::Applicant(fault) => Some(fault.field()),
            RegisterError::Collision(Collision::Duplicate { field }) => Some(field),
            RegisterError::Collision(Collision::Hi { .. } | Collision::Det { .. }) => Some("csr"),
            RegisterError::Collision(Collision::Number { .. }) => Some("hid"),
            RegisterError::Refusal(Refusal::KindNotOffered(_) | Refusal::Bridge) => Some("kind"),
            RegisterError::Refusal(Refusal::Forbidden(_)) | RegisterError::Ours(_) => None,
        }
    }
}

impl ApplicantFault {
    /// The stable last part of the problem type.
    pub const fn slug(&self) -> &'static str {
        match self {
            ApplicantFault::MalformedCsr(_) => "malformed-csr",
            ApplicantFault::WrongAlgorithm(_) => "wrong-algorithm",
            ApplicantFault::WeakKey(_) => "weak-key",
            ApplicantFault::BadSignature => "bad-signature",
            ApplicantFault::DetMismatch(_) => "det-mismatch",
            ApplicantFault::MalformedToken(_) => "malformed-token",
            ApplicantFault::TokenSignature => "bad-signature",
            ApplicantFault::TokenNotInForce(_) => "token-not-in-force",
            ApplicantFault::TokenCsr => "token-csr-mismatch",
            ApplicantFault::ForeignHid { .. } => "foreign-hid",
            ApplicantFault::ReservedHda { .. } => "reserved-hda",
            ApplicantFault::RaaNotAllocatable { .. } => "raa-not-allocatable",
            ApplicantFault::MalformedField { .. } => "malformed-field",
            ApplicantFault::SerialNumberMismatch => "serial-number-mismatch",
            ApplicantFault::OperatorMissing(_) => "operator-missing",
            ApplicantFault::UnknownOperator(_) => "unknown-operator",
            ApplicantFault::NotAnOperator { .. } => "not-an-operator",
            ApplicantFault::OperatorNotValid { .. } => "operator-not-valid",
            ApplicantFault::OperatorProofMissing(_) => "operator-proof-missing",
            ApplicantFault::OperatorProofInvalid(_) => "operator-proof-invalid",
            ApplicantFault::ValidityOutOfRange(_) => "validity-out-of-range",
            ApplicantFault::IdempotencyKeyReused => "idempotency-key-reused",
        }
    }

    /// The field of the application it is about; `idempotency_key` is a header.
    pub const fn field(&self) -> &'static str {
        match self {
            ApplicantFault::MalformedCsr(_)
            | ApplicantFault::WrongAlgorithm(_)
            | ApplicantFault::WeakKey(_)
            | ApplicantFault::BadSignature
            | ApplicantFault::DetMismatch(_)
            | ApplicantFault::MalformedToken(_)
            | ApplicantFault::TokenSignature
            | ApplicantFault::TokenNotInForce(_)
            | ApplicantFault::TokenCsr
            | ApplicantFault::ForeignHid { .. }
            | ApplicantFault::ReservedHda { .. } => "csr",
            ApplicantFault::RaaNotAllocatable { .. } => "hid",
            ApplicantFault::MalformedField { field, .. } => field,
            ApplicantFault::SerialNumberMismatch => "serial_number",
            ApplicantFault::OperatorMissing(_)
            | ApplicantFault::UnknownOperator(_)
            | ApplicantFault::NotAnOperator { .. }
            | ApplicantFault::OperatorNotValid { .. } => "operator",
            ApplicantFault::OperatorProofMissing(_) | ApplicantFault::OperatorProofInvalid(_) => {
                "operator_attestation"
            }
            ApplicantFault::ValidityOutOfRange(_) => "not_after",
            ApplicantFault::IdempotencyKeyReused => "idempotency_key",
        }
    }
}

impl From<Forbidden> for RegisterError {
    fn from(forbidden: Forbidden) -> Self {
        RegisterError::Refusal(Refusal::Forbidden(forbidden))
    }
}

/// A request that cannot be read, sorted by what its sender has to mend.
impl From<CsrError> for ApplicantFault {
    fn from(error: CsrError) -> Self {
        match error {
            CsrError::KeyAlgorithm(_) | CsrError::SignatureAlgorithm(_) => {
                ApplicantFault::WrongAlgorithm(error)
            }
            CsrError::Key(_) => ApplicantFault::WeakKey(error),
            CsrError::BadSignature => ApplicantFault::BadSignature,
            CsrError::Det(mismatch) => ApplicantFault::DetMismatch(mismatch),
            other => ApplicantFault::MalformedCsr(other),
        }
    }
}

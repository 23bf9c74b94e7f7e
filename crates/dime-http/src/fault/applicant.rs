//! What an applicant can mend, as problem documents.

use crate::{Problem, ProblemKind};
use dime_registry::{ApplicantFault, ValidityFault};
use drip_cert::{DerFaultKind, csr::CsrError};

pub(super) fn applicant(fault: ApplicantFault, first: Option<u8>) -> Problem {
    let detail = fault.to_string();
    let pointer = format!("/{}", fault.field());
    let kind = match fault {
        ApplicantFault::MalformedCsr(error) => csr(&error, first),
        ApplicantFault::WrongAlgorithm(_) => ProblemKind::WrongAlgorithm,
        ApplicantFault::WeakKey(_) => ProblemKind::WeakKey,
        ApplicantFault::BadSignature => ProblemKind::BadSignature,
        ApplicantFault::DetMismatch(_) => ProblemKind::DetMismatch,
        ApplicantFault::MalformedToken(_) => ProblemKind::MalformedToken,
        ApplicantFault::TokenSignature => ProblemKind::BadSignature,
        ApplicantFault::TokenNotInForce(_) => ProblemKind::TokenNotInForce,
        ApplicantFault::TokenCsr => ProblemKind::TokenCsrMismatch,
        ApplicantFault::ForeignHid { .. } => ProblemKind::ForeignHid,
        ApplicantFault::ReservedHda { .. } => ProblemKind::ReservedHda,
        ApplicantFault::RaaNotAllocatable { .. } => ProblemKind::RaaNotAllocatable,
        ApplicantFault::MalformedField { field: "idempotency_key", reason } => {
            return Problem::new(ProblemKind::InvalidParameter, detail).field("Idempotency-Key", reason);
        }
        ApplicantFault::MalformedField { reason, .. } => {
            return Problem::new(ProblemKind::MalformedField, detail).at(pointer, reason);
        }
        ApplicantFault::SerialNumberMismatch => ProblemKind::SerialNumberMismatch,
        ApplicantFault::OperatorMissing(_) => ProblemKind::OperatorMissing,
        ApplicantFault::UnknownOperator(_) => ProblemKind::UnknownOperator,
        ApplicantFault::NotAnOperator { .. } => ProblemKind::NotAnOperator,
        ApplicantFault::OperatorNotValid { .. } => ProblemKind::OperatorNotValid,
        ApplicantFault::OperatorProofMissing(_) => ProblemKind::OperatorProofMissing,
        ApplicantFault::OperatorProofInvalid(_) => ProblemKind::OperatorProofInvalid,
        ApplicantFault::ValidityOutOfRange(fault) => return validity(fault),
        ApplicantFault::IdempotencyKeyReused => {
            return Problem::new(ProblemKind::IdempotencyKeyReused, detail.clone())
                .field("Idempotency-Key", detail);
        }
    };
    Problem::new(kind, detail.clone()).at(pointer, detail)
}

/// Cut short and too long have types of their own; the rest is malformed. Only what begins as a request, with the tag of a SEQUENCE or
/// as PEM, can be cut short.
fn csr(error: &CsrError, first: Option<u8>) -> ProblemKind {
    let begins_well = matches!(first, None | Some(0x30 | b'-'));
    match error {
        CsrError::Oversized { .. } => ProblemKind::ContentTooLarge,
        CsrError::Der(fault) if begins_well && fault.kind == DerFaultKind::Truncated => {
            ProblemKind::TruncatedCsr
        }
        CsrError::C509(error) if error.is_truncated() => ProblemKind::TruncatedCsr,
        _ => ProblemKind::MalformedCsr,
    }
}

pub(super) fn validity(fault: ValidityFault) -> Problem {
    let detail = match fault {
        ValidityFault::Past { .. }
        | ValidityFault::TooLong { .. }
        | ValidityFault::Ends { .. }
        | ValidityFault::OutlivesIssuer { .. } => fault.to_string(),
    };
    Problem::new(ProblemKind::ValidityOutOfRange, detail.clone()).at("/not_after", detail)
}

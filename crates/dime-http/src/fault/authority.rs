//! What goes wrong with ceremonies and authorities, as problem documents.

use super::{forbidden, ours, register};
use crate::{Problem, ProblemKind};
use dime_registry::{AdministerError, BundleError, Caller, CeremonyRequestError, ImportError};

pub(crate) fn ceremony_request(error: CeremonyRequestError, caller: &Caller) -> Problem {
    let detail = error.to_string();
    let of = |kind, pointer: &str| Problem::new(kind, detail.clone()).at(pointer, detail.clone());
    match error {
        CeremonyRequestError::WhichPlace(_) | CeremonyRequestError::NotOurs(_) => {
            of(ProblemKind::ForeignHid, "/by")
        }
        CeremonyRequestError::Nothing => Problem::new(ProblemKind::NothingWaits, detail),
        CeremonyRequestError::Csr(_) => of(ProblemKind::MalformedCsr, "/authorizations"),
        CeremonyRequestError::OtherDet { .. } => of(ProblemKind::DetMismatch, "/authorizations"),
        CeremonyRequestError::NotSelfEndorsed => of(ProblemKind::MalformedField, "/authorizations"),
        CeremonyRequestError::Taken { .. } => of(ProblemKind::HiCollision, "/authorizations"),
        CeremonyRequestError::UnknownKey(_) => of(ProblemKind::MalformedField, "/keys"),
        CeremonyRequestError::NotWaiting(_) => of(ProblemKind::NotPending, "/registrations"),
        CeremonyRequestError::Cross { .. } => of(ProblemKind::MalformedField, "/cross"),
        CeremonyRequestError::Overlong { .. } => {
            of(ProblemKind::ValidityOutOfRange, "/authorization_lifetime")
        }
        CeremonyRequestError::NoListIssuer(_) => of(ProblemKind::MalformedField, "/list_of"),
        CeremonyRequestError::ListLifetime => of(ProblemKind::ValidityOutOfRange, "/list_lifetime"),
        CeremonyRequestError::SignerEnds { .. } => Problem::new(ProblemKind::ValidityOutOfRange, detail),
        CeremonyRequestError::Form(_) => of(ProblemKind::MalformedField, ""),
        CeremonyRequestError::Forbidden(missing) => forbidden(missing, caller),
        CeremonyRequestError::Ours(fault) => ours(fault),
    }
}

pub(crate) fn import(error: ImportError, caller: &Caller) -> Problem {
    let detail = error.to_string();
    let kind = match error {
        ImportError::Form(_) => ProblemKind::MalformedForm,
        ImportError::NotAsked => ProblemKind::NotAsked,
        ImportError::AnsweredOtherwise(_) => ProblemKind::AnsweredOtherwise,
        ImportError::Answer(_)
        | ImportError::Bundle(_)
        | ImportError::Signer { .. }
        | ImportError::Object { .. } => ProblemKind::ObjectNotValid,
        ImportError::UnknownParent { .. } => ProblemKind::UnknownParent,
        ImportError::NotOurs { .. } => ProblemKind::ForeignHid,
        ImportError::Ended { .. } => ProblemKind::AuthorityEnded,
        ImportError::NotWaiting { .. } => ProblemKind::NotPending,
        ImportError::NumberTaken(_) => ProblemKind::NumberTaken,
        ImportError::Taken(_) => ProblemKind::DetCollision,
        ImportError::Forbidden(missing) => return forbidden(missing, caller),
        ImportError::Ours(fault) => return ours(fault),
    };
    Problem::new(kind, detail)
}

pub(crate) fn bundle(error: BundleError) -> Problem {
    let detail = error.to_string();
    match error {
        BundleError::NotFound | BundleError::NotARegistry(_) => Problem::new(ProblemKind::NotFound, detail),
        BundleError::NotRegistered(_) => Problem::new(ProblemKind::NotRegistered, detail),
        BundleError::Ours(fault) => ours(fault),
    }
}

pub(crate) fn administer(error: AdministerError, caller: &Caller) -> Problem {
    let detail = error.to_string();
    match error {
        AdministerError::NotFound(_) => Problem::new(ProblemKind::NotFound, detail),
        AdministerError::NotOurs(_) | AdministerError::Unsuitable { .. } => {
            Problem::new(ProblemKind::AuthorityUnsuitable, detail)
        }
        AdministerError::Status { .. } => Problem::new(ProblemKind::AuthorityStatus, detail),
        AdministerError::Reason => {
            Problem::new(ProblemKind::MalformedField, detail.clone()).at("/reason", detail)
        }
        AdministerError::ReasonCode => {
            Problem::new(ProblemKind::MalformedField, detail.clone()).at("/reason_code", detail)
        }
        AdministerError::End { .. } => {
            Problem::new(ProblemKind::MalformedField, detail.clone()).at("/at", detail)
        }
        AdministerError::NoSuccessor(_) => Problem::new(ProblemKind::NoSuccessor, detail),
        AdministerError::Key(error) => register(*error, caller, None),
        AdministerError::Forbidden(missing) => forbidden(missing, caller),
        AdministerError::Ours(fault) => ours(fault),
    }
}

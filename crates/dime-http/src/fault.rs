//! The registry's errors as problem documents: each enum translated once, by an exhaustive match, the slugs the registry's own.

mod applicant;
mod authority;
mod trust;

use crate::{Problem, ProblemKind};
use applicant::{applicant, validity};
pub(crate) use authority::{administer, bundle, ceremony_request, import};
use dime_registry::{
    ApproveError, AuthenticateDetError, AuthenticateError, Caller, CertificateError, Collision, DenyError,
    Forbidden, ListError, OfflineListError, OurFault, ReadError, Refusal, RegisterError, RenewError,
    RevokeError, TokenError,
};
use drip_client::message_signature::SignatureError;
use std::error::Error;
pub(crate) use trust::{cache, trust};

/// `first` is the first octet of the request for a certificate: it tells one cut short from what never was one.
pub(crate) fn register(error: RegisterError, caller: &Caller, first: Option<u8>) -> Problem {
    let detail = error.to_string();
    match error {
        RegisterError::Applicant(fault) => applicant(fault, first),
        RegisterError::Collision(collision) => match collision {
            Collision::Hi { .. } => Problem::new(ProblemKind::HiCollision, detail.clone()).at("/csr", detail),
            Collision::Det { .. } => {
                Problem::new(ProblemKind::DetCollision, detail.clone()).at("/csr", detail)
            }
            Collision::Number { .. } => {
                Problem::new(ProblemKind::NumberTaken, detail.clone()).at("/hid", detail)
            }
            Collision::Duplicate { field } => Problem::new(ProblemKind::Duplicate, detail)
                .at(format!("/{field}"), "differs from what was registered"),
        },
        RegisterError::Refusal(refusal) => match refusal {
            Refusal::KindNotOffered(_) => {
                Problem::new(ProblemKind::KindNotOffered, detail.clone()).at("/kind", detail)
            }
            Refusal::Bridge => Problem::new(ProblemKind::BridgeRaa, detail.clone()).at("/kind", detail),
            Refusal::Forbidden(missing) => forbidden(missing, caller),
        },
        RegisterError::Ours(fault) => ours(fault),
    }
}

pub(crate) fn approve(error: ApproveError, caller: &Caller) -> Problem {
    let detail = error.to_string();
    match error {
        ApproveError::NotFound => Problem::new(ProblemKind::NotFound, detail),
        ApproveError::NotPending(_) => Problem::new(ProblemKind::NotPending, detail),
        ApproveError::OperatorNotValid { .. } => Problem::new(ProblemKind::OperatorNotValid, detail),
        ApproveError::ValidityOutOfRange(fault) => validity(fault),
        ApproveError::KindNotOffered => Problem::new(ProblemKind::KindNotOffered, detail),
        ApproveError::Forbidden(missing) => forbidden(missing, caller),
        ApproveError::Ours(fault) => ours(fault),
    }
}

pub(crate) fn deny(error: DenyError, caller: &Caller) -> Problem {
    let detail = error.to_string();
    match error {
        DenyError::NotFound => Problem::new(ProblemKind::NotFound, detail),
        DenyError::NotPending(_) => Problem::new(ProblemKind::NotPending, detail),
        DenyError::Reason => Problem::new(ProblemKind::MalformedField, detail.clone()).at("/reason", detail),
        DenyError::Forbidden(missing) => forbidden(missing, caller),
        DenyError::Ours(fault) => ours(fault),
    }
}

pub(crate) fn revoke(error: RevokeError, caller: &Caller) -> Problem {
    let detail = error.to_string();
    match error {
        RevokeError::NotFound => Problem::new(ProblemKind::NotFound, detail),
        RevokeError::NotRegistered(_) => Problem::new(ProblemKind::NotRegistered, detail),
        RevokeError::Reason => {
            Problem::new(ProblemKind::MalformedField, detail.clone()).at("/reason", detail)
        }
        RevokeError::ReasonCode => {
            Problem::new(ProblemKind::MalformedField, detail.clone()).at("/reason_code", detail)
        }
        RevokeError::Forbidden(missing) => forbidden(missing, caller),
        RevokeError::Ours(fault) => ours(fault),
    }
}

pub(crate) fn renew(error: RenewError, caller: &Caller) -> Problem {
    let detail = error.to_string();
    match error {
        RenewError::NotFound => Problem::new(ProblemKind::NotFound, detail),
        RenewError::NotRegistered(_) => Problem::new(ProblemKind::NotRegistered, detail),
        RenewError::OperatorNotValid { .. } => Problem::new(ProblemKind::OperatorNotValid, detail),
        RenewError::ValidityOutOfRange(fault) => validity(fault),
        RenewError::IdempotencyKeyReused => {
            Problem::new(ProblemKind::IdempotencyKeyReused, detail.clone()).field("Idempotency-Key", detail)
        }
        RenewError::IdempotencyKey => {
            Problem::new(ProblemKind::InvalidParameter, detail.clone()).field("Idempotency-Key", detail)
        }
        RenewError::KindNotOffered => Problem::new(ProblemKind::KindNotOffered, detail),
        RenewError::Forbidden(missing) => forbidden(missing, caller),
        RenewError::Ours(fault) => ours(fault),
    }
}

pub(crate) fn read(error: ReadError, caller: &Caller) -> Problem {
    let detail = error.to_string();
    match error {
        ReadError::Cursor => {
            Problem::new(ProblemKind::InvalidParameter, detail.clone()).field("cursor", detail)
        }
        ReadError::Forbidden(missing) => forbidden(missing, caller),
        ReadError::Ours(fault) => ours(fault),
    }
}

pub(crate) fn list(error: ListError) -> Problem {
    let detail = error.to_string();
    match error {
        ListError::NotFound(_) | ListError::NotSigned(_) | ListError::NotDivided(_) | ListError::NoDeltas => {
            Problem::new(ProblemKind::NotFound, detail)
        }
        ListError::Ours(fault) => ours(fault),
    }
}

pub(crate) fn offline_list(error: OfflineListError, caller: &Caller) -> Problem {
    let detail = error.to_string();
    match error {
        OfflineListError::NotOwn(_) => Problem::new(ProblemKind::NotFound, detail),
        OfflineListError::Lifetime => {
            Problem::new(ProblemKind::InvalidParameter, detail.clone()).field("lifetime", detail)
        }
        OfflineListError::Form(_) | OfflineListError::Scope => {
            Problem::new(ProblemKind::MalformedList, detail)
        }
        OfflineListError::Issuer { .. } | OfflineListError::Signature(_) | OfflineListError::Time { .. } => {
            Problem::new(ProblemKind::ObjectNotValid, detail)
        }
        OfflineListError::Older { .. } => Problem::new(ProblemKind::OlderList, detail),
        OfflineListError::Forbidden(missing) => forbidden(missing, caller),
        OfflineListError::Ours(fault) => ours(fault),
    }
}

pub(crate) fn certificate(error: CertificateError) -> Problem {
    let detail = error.to_string();
    match error {
        CertificateError::NotFound => Problem::new(ProblemKind::NotFound, detail),
        CertificateError::NotRegistered(_) => Problem::new(ProblemKind::NotRegistered, detail),
        CertificateError::ProfileNotOffered(_) => {
            Problem::new(ProblemKind::ProfileNotOffered, detail.clone()).field("profile", detail)
        }
        CertificateError::NoNative => {
            Problem::new(ProblemKind::ProfileNotOffered, detail.clone()).field("form", detail)
        }
        CertificateError::Ours(fault) => ours(fault),
    }
}

pub(crate) fn token(error: TokenError, caller: &Caller) -> Problem {
    let detail = error.to_string();
    match error {
        TokenError::NotFound => Problem::new(ProblemKind::NotFound, detail),
        TokenError::Label => Problem::new(ProblemKind::MalformedField, detail.clone()).at("/label", detail),
        TokenError::Lifetime | TokenError::Outlives { .. } => {
            Problem::new(ProblemKind::MalformedField, detail.clone()).at("/ttl", detail)
        }
        TokenError::Forbidden(missing) => forbidden(missing, caller),
        TokenError::Ours(fault) => ours(fault),
    }
}

pub(crate) fn authenticate(error: AuthenticateError) -> Problem {
    let detail = error.to_string();
    let kind = match error {
        AuthenticateError::Unknown => ProblemKind::WrongToken,
        AuthenticateError::Revoked => ProblemKind::TokenRevoked,
        AuthenticateError::Expired => ProblemKind::TokenExpired,
        AuthenticateError::Ours(fault) => return ours(fault),
    };
    Problem::new(kind, detail.clone()).field("Authorization", detail)
}

pub(crate) fn authenticate_det(error: AuthenticateDetError) -> Problem {
    let detail = error.to_string();
    let kind = match error {
        AuthenticateDetError::Unknown(_) => ProblemKind::SignerUnknown,
        AuthenticateDetError::NotValid { .. } => ProblemKind::SignerNotValid,
        AuthenticateDetError::Ours(fault) => return ours(fault),
    };
    Problem::new(kind, detail.clone()).field("Signature-Input", detail)
}

pub(crate) fn signature(error: SignatureError) -> Problem {
    let field = match error {
        SignatureError::Malformed(field) => field,
        SignatureError::Wrong(_) => "Signature",
        SignatureError::Digest(_) => "Content-Digest",
        SignatureError::NotOne(_)
        | SignatureError::Algorithm(_)
        | SignatureError::Component(_)
        | SignatureError::NotCovered(_)
        | SignatureError::NoCreated
        | SignatureError::OutsideWindow { .. }
        | SignatureError::Expired(_) => "Signature-Input",
    };
    let detail = error.to_string();
    Problem::new(ProblemKind::SignatureInvalid, detail.clone()).field(field, detail)
}

/// Nobody in particular is asked who they are; somebody is told what they lack.
fn forbidden(missing: Forbidden, caller: &Caller) -> Problem {
    match caller {
        Caller::Anonymous => {
            let detail = format!("this needs the permission {}; say who you are", missing.missing.name());
            Problem::new(ProblemKind::TokenMissing, detail)
        }
        Caller::Token(_) | Caller::Det(_) | Caller::Local => {
            Problem::new(ProblemKind::Forbidden, missing.to_string())
        }
    }
}

/// Our own parts: the log gets the cause, the caller what to do.
pub(crate) fn ours(fault: OurFault) -> Problem {
    let cause = fault.source().map(ToString::to_string).unwrap_or_default();
    tracing::error!(slug = fault.slug(), %fault, %cause, "the registry failed");
    let detail = fault.to_string();
    let kind = match fault {
        OurFault::StoreUnavailable(_) => ProblemKind::StoreUnavailable,
        OurFault::StoreUnknown(_) => ProblemKind::StoreUnknown,
        OurFault::StoreCorrupt(_) => ProblemKind::StoreCorrupt,
        OurFault::Contention => ProblemKind::Contention,
        OurFault::Signer(_) => ProblemKind::SignerFailed,
        OurFault::NoIssuer => ProblemKind::NoIssuer,
        OurFault::CeremonyAwaited(_) => ProblemKind::CeremonyAwaited,
        OurFault::IssuerNotValid { .. } => ProblemKind::IssuerNotValid,
        OurFault::Randomness => ProblemKind::NoRandomness,
    };
    let detail = if kind == ProblemKind::StoreCorrupt { "the store is damaged".to_owned() } else { detail };
    Problem::new(kind, detail).retry_after(5)
}

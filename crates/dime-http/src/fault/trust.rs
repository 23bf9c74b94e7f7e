//! What goes wrong with trust lists, cross-endorsements and offline caches, as problem documents.

use super::{forbidden, ours};
use crate::{Problem, ProblemKind, parameters::invalid};
use dime_registry::{CacheError, Caller, TrustError};

pub(crate) fn trust(error: TrustError, caller: &Caller) -> Problem {
    let detail = error.to_string();
    let kind = match error {
        TrustError::Endorsement(_)
        | TrustError::List(_)
        | TrustError::NotCross { .. }
        | TrustError::Signature(_)
        | TrustError::OutOfTime(_) => ProblemKind::ObjectNotValid,
        TrustError::NotOurs(_) => ProblemKind::ForeignHid,
        TrustError::Superseded { .. } => ProblemKind::Superseded,
        TrustError::ParentUnknown(_) => ProblemKind::UnknownParent,
        TrustError::NotFound { .. } => ProblemKind::NotFound,
        TrustError::Forbidden(missing) => return forbidden(missing, caller),
        TrustError::Ours(fault) => return ours(fault),
    };
    Problem::new(kind, detail)
}

pub(crate) fn cache(error: CacheError) -> Problem {
    let detail = error.to_string();
    match error {
        CacheError::UnknownHda(_) => invalid("hid", &detail),
        CacheError::NotRegistered(_) => invalid("det", &detail),
        CacheError::TooMuch => invalid("query", &detail),
        CacheError::Ours(fault) => ours(fault),
    }
}

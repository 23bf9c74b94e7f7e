//! What can go wrong when asking for a ceremony and when taking in what it gave.

use super::OurFault;
use crate::{Forbidden, ObjectFault};
use dime_sign::ceremony::{AnswerError, BundleFault, FormError};
use dime_store::RegistrationId;
use drip_cert::csr::CsrError;
use drip_det::{Det, DetClass, Hid, Level, UnixTime};

/// Why no ceremony request was made. Nothing was stored.
#[derive(Debug, thiserror::Error)]
pub enum CeremonyRequestError {
    /// Several places have an Authorization key: one has to be named.
    #[error("this DIME has several places; name the one whose Authorization key is to sign: {}", list(.0))]
    WhichPlace(Vec<Hid>),
    /// This DIME has no such place.
    #[error("{0} is not a place of this DIME")]
    NotOurs(Hid),
    /// Nothing waits to be signed.
    #[error("nothing waits to be signed")]
    Nothing,
    /// The request of an Authorization key is none.
    #[error("the request of the Authorization key: {0}")]
    Csr(#[source] CsrError),
    /// The request of an Authorization key names another DET than its key has at the place.
    #[error("the request names the DET {found}; at {by} its key has {expected}")]
    OtherDet {
        /// What it names.
        found: Det,
        /// What it should name.
        expected: Det,
        /// The place.
        by: Hid,
    },
    /// An HDA cannot endorse itself.
    #[error("the Authorization DET of an HDA is endorsed by its RAA: register it there")]
    NotSelfEndorsed,
    /// The key is that of another authority or registration.
    #[error("the DET {det} is that of an {class} key already")]
    Taken {
        /// The DET.
        det: Det,
        /// What it is.
        class: DetClass,
    },
    /// A key named is none of our own.
    #[error("{0} is none of our own Issuing keys at this place")]
    UnknownKey(Det),
    /// A registration named does not wait for a ceremony.
    #[error("the registration {0} does not wait for a ceremony at this place")]
    NotWaiting(RegistrationId),
    /// Only RAAs endorse each other.
    #[error("{child} cannot be cross-endorsed by {by}: {reason}")]
    Cross {
        /// Who should be endorsed.
        child: Det,
        /// By which place.
        by: Hid,
        /// Why not.
        reason: &'static str,
    },
    /// More than ten years.
    #[error("a lifetime of {seconds} seconds is more than ten years")]
    Overlong {
        /// The lifetime asked for.
        seconds: u64,
    },
    /// There is nobody whose revocation list it could be.
    #[error("{0} has no Authorization DET here, of this name, in force, that could sign a revocation list")]
    NoListIssuer(Hid),
    /// A list is in force for a minute at least, and for four hundred days at most.
    #[error("the lifetime of a revocation list is between 60 and 34560000 seconds")]
    ListLifetime,
    /// It would begin after its end.
    #[error("the Authorization DET {signer} ends at {not_after}: it has to be renewed first")]
    SignerEnds {
        /// Who would sign.
        signer: Det,
        /// Its end.
        not_after: UnixTime,
    },
    /// The request cannot be written: too many items, or a text that is too long.
    #[error(transparent)]
    Form(#[from] FormError),
    /// The caller may not.
    #[error(transparent)]
    Forbidden(#[from] Forbidden),
    /// One of our parts failed.
    #[error(transparent)]
    Ours(#[from] OurFault),
}

/// Why an answer or a bundle was not taken in. Nothing of it was.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// It is no such form.
    #[error(transparent)]
    Form(#[from] FormError),
    /// Nobody here asked for it.
    #[error("no request of this DIME has the digest that this answers")]
    NotAsked,
    /// Another answer to the same request was taken in.
    #[error("another answer to the same request was taken in at {0}")]
    AnsweredOtherwise(UnixTime),
    /// It does not answer its request.
    #[error("the answer does not fit its request: {0}")]
    Answer(#[from] AnswerError),
    /// Its objects do not hold together.
    #[error("the bundle does not hold: {0}")]
    Bundle(#[from] BundleFault),
    /// Who signed is not the Authorization DET that was asked.
    #[error("{signer} is not an Authorization DET of {by} that is in force here")]
    Signer {
        /// Who signed.
        signer: Det,
        /// The place that was asked.
        by: Hid,
    },
    /// The objects of an authority are not right.
    #[error("{det}: {fault}")]
    Object {
        /// Whose.
        det: Det,
        /// What is wrong.
        #[source]
        fault: ObjectFault,
    },
    /// The parent of an authority is neither in the bundle nor known here.
    #[error("{parent}, which vouches for {det}, is neither known here nor in the bundle")]
    UnknownParent {
        /// The authority.
        det: Det,
        /// Its parent.
        parent: Det,
    },
    /// A bundle for somebody else.
    #[error("the bundle ends with the {level} {hid}, which is not a place of this DIME")]
    NotOurs {
        /// The level of its last authority.
        level: Level,
        /// Its place.
        hid: Hid,
    },
    /// The authority was ended here.
    #[error("{det} was {status} here and does not come back")]
    Ended {
        /// The authority.
        det: Det,
        /// How it stands.
        status: &'static str,
    },
    /// The registration of a registry below no longer waits.
    #[error("the registration {id} is {state}: it no longer waits for a ceremony")]
    NotWaiting {
        /// The registration.
        id: RegistrationId,
        /// How it stands.
        state: &'static str,
    },
    /// The number was given to another meanwhile.
    #[error("the number {0} belongs to another registration")]
    NumberTaken(Hid),
    /// The DET or key belongs to something else.
    #[error("{0} belongs to a registration that is no registry's")]
    Taken(Det),
    /// The caller may not.
    #[error(transparent)]
    Forbidden(#[from] Forbidden),
    /// One of our parts failed.
    #[error(transparent)]
    Ours(#[from] OurFault),
}

/// Why there is no bundle to give.
#[derive(Debug, thiserror::Error)]
pub enum BundleError {
    /// There is no such registration.
    #[error("there is no such registration")]
    NotFound,
    /// It is no registry's.
    #[error("the registration is of a {0}, which has no bundle")]
    NotARegistry(&'static str),
    /// It is not in force.
    #[error("the registration is {0}, its ceremony has not been held or its time is over")]
    NotRegistered(&'static str),
    /// One of our parts failed.
    #[error(transparent)]
    Ours(#[from] OurFault),
}

fn list(hids: &[Hid]) -> String {
    hids.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

impl CeremonyRequestError {
    /// The stable last part of the problem type.
    pub const fn slug(&self) -> &'static str {
        match self {
            CeremonyRequestError::WhichPlace(_) | CeremonyRequestError::NotOurs(_) => "foreign-hid",
            CeremonyRequestError::Nothing => "nothing-waits",
            CeremonyRequestError::Csr(_) => "malformed-csr",
            CeremonyRequestError::OtherDet { .. } => "det-mismatch",
            CeremonyRequestError::NotSelfEndorsed
            | CeremonyRequestError::Cross { .. }
            | CeremonyRequestError::UnknownKey(_)
            | CeremonyRequestError::NoListIssuer(_)
            | CeremonyRequestError::Form(_) => "malformed-field",
            CeremonyRequestError::Taken { .. } => "hi-collision",
            CeremonyRequestError::NotWaiting(_) => "not-pending",
            CeremonyRequestError::Overlong { .. } | CeremonyRequestError::ListLifetime => {
                "validity-out-of-range"
            }
            CeremonyRequestError::SignerEnds { .. } => "validity-out-of-range",
            CeremonyRequestError::Forbidden(_) => "forbidden",
            CeremonyRequestError::Ours(fault) => fault.slug(),
        }
    }
}

impl ImportError {
    /// The stable last part of the problem type.
    pub const fn slug(&self) -> &'static str {
        match self {
            ImportError::Form(_) => "malformed-form",
            ImportError::NotAsked => "not-asked",
            ImportError::AnsweredOtherwise(_) => "answered-otherwise",
            ImportError::Answer(_)
            | ImportError::Bundle(_)
            | ImportError::Signer { .. }
            | ImportError::Object { .. } => "object-not-valid",
            ImportError::UnknownParent { .. } => "unknown-parent",
            ImportError::NotOurs { .. } => "foreign-hid",
            ImportError::Ended { .. } => "authority-ended",
            ImportError::NotWaiting { .. } => "not-pending",
            ImportError::NumberTaken(_) => "number-taken",
            ImportError::Taken(_) => "det-collision",
            ImportError::Forbidden(_) => "forbidden",
            ImportError::Ours(fault) => fault.slug(),
        }
    }
}

impl BundleError {
    /// The stable last part of the problem type.
    pub const fn slug(&self) -> &'static str {
        match self {
            BundleError::NotFound | BundleError::NotARegistry(_) => "not-found",
            BundleError::NotRegistered(_) => "not-registered",
            BundleError::Ours(fault) => fault.slug(),
        }
    }
}

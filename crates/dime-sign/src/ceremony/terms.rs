//! What the operator of a ceremony allows beside the signer's own policy.

use crate::{CrossEndorsement, SigningPolicy};
use drip_det::UnixTime;

/// Whether what lasts more than ten years may be signed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Overlong {
    /// It is refused, as the DKI says it should be.
    #[default]
    Refused,
    /// The operator insists.
    Allowed,
}

/// The terms of one ceremony.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Terms {
    /// Nothing is signed for longer than to this moment: what asks for more is shortened.
    pub not_after: Option<UnixTime>,
    /// Whether more than ten years may be signed.
    pub overlong: Overlong,
}

impl Terms {
    /// The end of what is signed, when this end was asked for, under a signer whose own authority ends at `own`.
    pub(super) fn end(self, asked: UnixTime, own: Option<UnixTime>) -> UnixTime {
        [self.not_after, own].into_iter().flatten().fold(asked, UnixTime::min)
    }

    /// A signer's policy under these terms.
    pub(super) fn policy(self, own: &SigningPolicy) -> SigningPolicy {
        let max_lifetime = match self.overlong {
            Overlong::Refused => own.max_lifetime,
            Overlong::Allowed => u64::MAX,
        };
        let ends = [self.not_after, own.authority_ends].into_iter().flatten().min();
        SigningPolicy {
            max_lifetime,
            authority_ends: ends,
            cross_endorsement: CrossEndorsement::Refused,
            ..*own
        }
    }
}

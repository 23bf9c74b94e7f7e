//! How a DET stands, as JSON; and the standard's words for why.

use super::{time::Moment, word::KindWord};
use dime_registry::{DetStatus, StatusView};
use drip_cert::crl::Reason;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// How a DET stands.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Status)]
pub(crate) struct StatusDocument {
    /// The DET, as IPv6 text.
    #[schema(format = "ipv6", example = "2001:3f:fe00:a05:1308:2469:9a4b:c6b2")]
    det: String,
    status: StatusWord,
    /// What is registered; not there for an authority.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    kind: Option<KindWord>,
    /// Start of validity.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    not_before: Option<Moment>,
    /// End of validity.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    not_after: Option<Moment>,
    /// When it was revoked or suspended.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    revoked_at: Option<Moment>,
    /// When it expired.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    expired_at: Option<Moment>,
    /// Why, as revocation lists and OCSP responses say it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    reason_code: Option<ReasonWord>,
    /// Why, in somebody's words: for those who may see it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    reason: Option<String>,
}

/// How a DET stands: in force, ended by somebody, ended by time, out of force for a while, or not known here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(as = StatusWord, example = "good")]
pub(crate) enum StatusWord {
    Good,
    Revoked,
    Expired,
    Suspended,
    Unknown,
}

/// Why something was revoked, in the words of RFC 5280, section 5.3.1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = ReasonCode, example = "keyCompromise")]
pub(crate) enum ReasonWord {
    #[serde(rename = "keyCompromise")]
    KeyCompromise,
    #[serde(rename = "cACompromise")]
    CaCompromise,
    #[serde(rename = "affiliationChanged")]
    AffiliationChanged,
    #[serde(rename = "superseded")]
    Superseded,
    #[serde(rename = "cessationOfOperation")]
    CessationOfOperation,
    #[serde(rename = "certificateHold")]
    CertificateHold,
    #[serde(rename = "removeFromCRL")]
    RemoveFromCrl,
    #[serde(rename = "privilegeWithdrawn")]
    PrivilegeWithdrawn,
    #[serde(rename = "aACompromise")]
    AaCompromise,
}

impl From<StatusView> for StatusDocument {
    fn from(view: StatusView) -> Self {
        let since = |wanted: bool| view.since.filter(|_| wanted).map(Moment);
        let expired = view.status == DetStatus::Expired;
        StatusDocument {
            det: view.det.to_string(),
            status: view.status.into(),
            kind: view.kind.map(KindWord::from),
            not_before: view.not_before.map(Moment),
            not_after: view.not_after.map(Moment),
            revoked_at: since(!expired),
            expired_at: since(expired),
            reason_code: view.reason_code.map(ReasonWord::from),
            reason: view.reason,
        }
    }
}

impl From<DetStatus> for StatusWord {
    fn from(status: DetStatus) -> Self {
        match status {
            DetStatus::Good => StatusWord::Good,
            DetStatus::Revoked => StatusWord::Revoked,
            DetStatus::Expired => StatusWord::Expired,
            DetStatus::Suspended => StatusWord::Suspended,
            DetStatus::Unknown => StatusWord::Unknown,
        }
    }
}

macro_rules! both_ways {
    ($($word:ident),*) => {
        impl From<Reason> for ReasonWord {
            fn from(reason: Reason) -> Self {
                match reason { $(Reason::$word => ReasonWord::$word,)* }
            }
        }

        impl From<ReasonWord> for Reason {
            fn from(word: ReasonWord) -> Self {
                match word { $(ReasonWord::$word => Reason::$word,)* }
            }
        }
    };
}

both_ways!(
    KeyCompromise,
    CaCompromise,
    AffiliationChanged,
    Superseded,
    CessationOfOperation,
    CertificateHold,
    RemoveFromCrl,
    PrivilegeWithdrawn,
    AaCompromise
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_the_standards() {
        for &reason in Reason::ALL {
            let word = serde_json::to_value(ReasonWord::from(reason)).unwrap();
            assert_eq!(word, reason.word());
        }
    }
}

//! A registration as its caller may see it.

use super::{det::DetDocument, time::Moment};
use dime_registry::{Page, PrivateView, RegistrationView};
use serde::Serialize;
use utoipa::ToSchema;

/// One registration.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Registration)]
pub(crate) struct RegistrationDocument {
    /// Its identifier.
    #[schema(example = "019a0c6e-7f3b-7d51-8c33-4f5d6a1b2c3d")]
    pub(crate) id: String,
    #[serde(flatten)]
    pub(crate) public: DetDocument,
    /// What it waits for while it is pending: `person`, or `ceremony` for an HDA or RAA that was approved.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "person")]
    waiting_for: Option<&'static str>,
    /// Why it was denied or revoked.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    reason: Option<String>,
    #[serde(flatten)]
    private: PrivateDocument,
}

/// What only the registrant, its operator and managers see; others get none of it.
#[derive(Clone, Debug, Default, Serialize, ToSchema)]
#[schema(as = Private)]
pub(crate) struct PrivateDocument {
    /// The DET of the operator it belongs to.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, format = "ipv6")]
    operator: Option<String>,
    /// Its serial number.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    serial_number: Option<String>,
    /// How to reach the registrant.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    contact: Option<String>,
    /// The flight of a session.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    flight: Option<String>,
    /// When it was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    requested_at: Option<Moment>,
    /// When it was approved or denied.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    decided_at: Option<Moment>,
    /// Who approved or denied it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    decided_by: Option<String>,
    /// When it was revoked or expired.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    ended_at: Option<Moment>,
}

/// One page of registrations, oldest first.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct RegistrationPage {
    /// The registrations.
    registrations: Vec<RegistrationDocument>,
    /// The `cursor` of the next page; not there on the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    next: Option<String>,
}

/// A revoked registration, and what it leaves to decide.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Revoked)]
pub(crate) struct RevokedDocument {
    #[serde(flatten)]
    pub(crate) registration: RegistrationDocument,
    /// Live registrations of the revoked operator: they run on until their own end or revocation and cannot be renewed.
    pub(crate) dependants: Vec<String>,
}

impl From<RegistrationView> for RegistrationDocument {
    fn from(view: RegistrationView) -> Self {
        RegistrationDocument {
            id: view.id.to_string(),
            public: view.public.into(),
            waiting_for: view.waiting_for.map(dime_registry::WaitingFor::name),
            reason: view.reason,
            private: view.private.map(PrivateDocument::from).unwrap_or_default(),
        }
    }
}

impl From<PrivateView> for PrivateDocument {
    fn from(view: PrivateView) -> Self {
        PrivateDocument {
            operator: view.operator.map(|det| det.to_string()),
            serial_number: view.serial_number,
            contact: view.contact,
            flight: view.flight,
            requested_at: Moment::set(view.requested_at),
            decided_at: view.decided_at.map(Moment),
            decided_by: view.decided_by,
            ended_at: view.ended_at.map(Moment),
        }
    }
}

impl From<Page> for RegistrationPage {
    fn from(page: Page) -> Self {
        RegistrationPage {
            registrations: page.registrations.into_iter().map(RegistrationDocument::from).collect(),
            next: page.next,
        }
    }
}

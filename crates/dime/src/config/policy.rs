//! `[policy]`: what is registered, when a person must agree, and for how long.

use dime_registry::{Approval, KindPolicy, Policy as RegistryPolicy};
use dime_registry::{Kind, SerialNumbers, Vouching};
use drip_det::EntityType;
use serde::{Deserialize, Serialize};

use super::period::Period;
use super::publication::Publication;

/// What is registered, and when a person must agree.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "PolicyTable")]
pub(crate) struct Policy {
    /// Whether a manager's token stands in for the operator's proof.
    pub(crate) managers_vouch: bool,
    /// Which serial numbers an aircraft may have.
    pub(crate) serial_numbers: SerialNumberRule,
    /// A URI put into every certificate beside the DET; empty for none.
    pub(crate) certificate_uri: String,
    /// Operators.
    pub(crate) operator: KindRules,
    /// Aircraft: factory identities.
    pub(crate) aircraft: KindRules,
    /// Sessions: one flight's DET.
    pub(crate) session: KindRules,
    /// Services.
    pub(crate) service: KindRules,
}

/// The rules for one kind.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct KindRules {
    /// Whether this kind is registered here at all.
    pub(crate) enabled: bool,
    /// Whether a person must agree.
    pub(crate) approval: ApprovalRule,
    /// Validity when none is asked for.
    pub(crate) default_lifetime: Period,
    /// The longest validity.
    pub(crate) maximum_lifetime: Period,
    /// The HHIT entity type.
    pub(crate) entity_type: u16,
}

/// Whether a person must agree.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum ApprovalRule {
    /// Registered at once when everything asked for is proved.
    Auto,
    /// Waits for a manager.
    Manual,
}

/// Which serial numbers an aircraft may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum SerialNumberRule {
    /// Only those of CTA-2063-A.
    #[serde(rename = "cta-2063-a")]
    Cta2063a,
    /// The maker's own text too.
    AnyText,
}

/// `[policy]` as it stands in the file: what is not said is the default.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct PolicyTable {
    managers_vouch: Option<bool>,
    serial_numbers: Option<SerialNumberRule>,
    certificate_uri: Option<String>,
    operator: KindTable,
    aircraft: KindTable,
    session: KindTable,
    service: KindTable,
}

/// `[policy.KIND]` as it stands in the file.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct KindTable {
    enabled: Option<bool>,
    approval: Option<ApprovalRule>,
    default_lifetime: Option<Period>,
    maximum_lifetime: Option<Period>,
    entity_type: Option<u16>,
}

impl TryFrom<PolicyTable> for Policy {
    type Error = String;

    fn try_from(table: PolicyTable) -> Result<Self, String> {
        let default = Self::default();
        Ok(Self {
            managers_vouch: table.managers_vouch.unwrap_or(default.managers_vouch),
            serial_numbers: table.serial_numbers.unwrap_or(default.serial_numbers),
            certificate_uri: table.certificate_uri.unwrap_or(default.certificate_uri),
            operator: table.operator.over("operator", default.operator)?,
            aircraft: table.aircraft.over("aircraft", default.aircraft)?,
            session: table.session.over("session", default.session)?,
            service: table.service.over("service", default.service)?,
        })
    }
}

impl KindTable {
    fn over(self, kind: &str, default: KindRules) -> Result<KindRules, String> {
        let rules = KindRules {
            enabled: self.enabled.unwrap_or(default.enabled),
            approval: self.approval.unwrap_or(default.approval),
            default_lifetime: self.default_lifetime.unwrap_or(default.default_lifetime),
            maximum_lifetime: self.maximum_lifetime.unwrap_or(default.maximum_lifetime),
            entity_type: self.entity_type.unwrap_or(default.entity_type),
        };
        let (usual, most) = (rules.default_lifetime, rules.maximum_lifetime);
        if rules.enabled && (usual.seconds == 0 || usual.seconds > most.seconds) {
            return Err(format!(
                "policy.{kind}: default_lifetime {usual} is not from 1s to maximum_lifetime {most}"
            ));
        }
        Ok(rules)
    }
}

impl Default for Policy {
    /// The registry's own policy for trying things out.
    fn default() -> Self {
        let policy = RegistryPolicy::quickstart();
        Self {
            managers_vouch: policy.managers_vouch == Vouching::Allowed,
            serial_numbers: match policy.serial_numbers {
                SerialNumbers::Cta2063a => SerialNumberRule::Cta2063a,
                SerialNumbers::AnyText => SerialNumberRule::AnyText,
            },
            certificate_uri: policy.certificate_uri.clone().unwrap_or_default(),
            operator: KindRules::of(policy.of(Kind::Operator)),
            aircraft: KindRules::of(policy.of(Kind::Aircraft)),
            session: KindRules::of(policy.of(Kind::Session)),
            service: KindRules::of(policy.of(Kind::Service)),
        }
    }
}

impl KindRules {
    fn of(policy: Option<&KindPolicy>) -> Self {
        let enabled = policy.is_some();
        let policy = policy.copied().unwrap_or(KindPolicy {
            approval: Approval::Manual,
            default_lifetime: 0,
            maximum_lifetime: 0,
            entity_type: EntityType(0),
        });
        Self {
            enabled,
            approval: match policy.approval {
                Approval::Auto => ApprovalRule::Auto,
                Approval::Manual => ApprovalRule::Manual,
            },
            default_lifetime: Period::seconds(policy.default_lifetime),
            maximum_lifetime: Period::seconds(policy.maximum_lifetime),
            entity_type: policy.entity_type.0,
        }
    }

    fn to_registry(&self) -> Option<KindPolicy> {
        self.enabled.then_some(KindPolicy {
            approval: match self.approval {
                ApprovalRule::Auto => Approval::Auto,
                ApprovalRule::Manual => Approval::Manual,
            },
            default_lifetime: self.default_lifetime.seconds,
            maximum_lifetime: self.maximum_lifetime.seconds,
            entity_type: EntityType(self.entity_type),
        })
    }
}

impl Policy {
    /// The same for the registry.
    pub(crate) fn to_registry(&self, publication: &Publication) -> RegistryPolicy {
        RegistryPolicy {
            operator: self.operator.to_registry(),
            aircraft: self.aircraft.to_registry(),
            session: self.session.to_registry(),
            service: self.service.to_registry(),
            managers_vouch: if self.managers_vouch { Vouching::Allowed } else { Vouching::Refused },
            serial_numbers: match self.serial_numbers {
                SerialNumberRule::Cta2063a => SerialNumbers::Cta2063a,
                SerialNumberRule::AnyText => SerialNumbers::AnyText,
            },
            certificate_uri: Some(self.certificate_uri.clone()).filter(|uri| !uri.is_empty()),
            publication: publication.to_registry(),
        }
    }
}

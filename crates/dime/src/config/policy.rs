//! `[policy]`: what is registered, when a person must agree, and for how long.

use dime_registry::{Approval, Bridge, End, KindPolicy, Policy as RegistryPolicy, PrivateRaas};
use dime_registry::{Kind, Profile, ProfileSet, SerialNumbers, Vouching};
use drip_cert::full::{KeyUsage, Policies};
use drip_cert::x509::ObjectIdentifier;
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
    /// Whether Full certificates say in a keyUsage extension what their key is for.
    pub(crate) full_key_usage: bool,
    /// The certificate policy that Full certificates by the Apex and RAAs name, an object identifier; empty for none.
    pub(crate) certificate_policy_raa: String,
    /// The same by HDAs.
    pub(crate) certificate_policy_hda: String,
    /// Whether an Apex gives RAA numbers for private use.
    pub(crate) private_raas: bool,
    /// Whether this is a bridge RAA, which has no HDAs.
    pub(crate) bridge: bool,
    /// Operators.
    pub(crate) operator: KindRules,
    /// Aircraft: factory identities.
    pub(crate) aircraft: KindRules,
    /// Sessions: one flight's DET.
    pub(crate) session: KindRules,
    /// Services.
    pub(crate) service: KindRules,
    /// Manufacturers' devices.
    pub(crate) manufacturer: KindRules,
    /// HDAs, with an RAA.
    pub(crate) hda: KindRules,
    /// RAAs, with an Apex.
    pub(crate) raa: KindRules,
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
    /// Which certificates are issued; lite always is.
    pub(crate) profiles: Vec<String>,
    /// Whether it is certified for ever, with its hardwareModuleName.
    pub(crate) no_end: bool,
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
    full_key_usage: Option<bool>,
    certificate_policy_raa: Option<String>,
    certificate_policy_hda: Option<String>,
    private_raas: Option<bool>,
    bridge: Option<bool>,
    operator: KindTable,
    aircraft: KindTable,
    session: KindTable,
    service: KindTable,
    manufacturer: KindTable,
    hda: KindTable,
    raa: KindTable,
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
    profiles: Option<Vec<String>>,
    no_end: Option<bool>,
}

impl TryFrom<PolicyTable> for Policy {
    type Error = String;

    fn try_from(table: PolicyTable) -> Result<Self, String> {
        let default = Self::default();
        let policy = |key: &str, given: Option<String>, default: String| {
            let text = given.unwrap_or(default);
            certificate_policy(&text).map_err(|fault| format!("policy.{key}: {text:?} {fault}"))?;
            Ok::<_, String>(text)
        };
        Ok(Self {
            managers_vouch: table.managers_vouch.unwrap_or(default.managers_vouch),
            serial_numbers: table.serial_numbers.unwrap_or(default.serial_numbers),
            certificate_uri: table.certificate_uri.unwrap_or(default.certificate_uri),
            full_key_usage: table.full_key_usage.unwrap_or(default.full_key_usage),
            certificate_policy_raa: policy(
                "certificate_policy_raa",
                table.certificate_policy_raa,
                default.certificate_policy_raa,
            )?,
            certificate_policy_hda: policy(
                "certificate_policy_hda",
                table.certificate_policy_hda,
                default.certificate_policy_hda,
            )?,
            private_raas: table.private_raas.unwrap_or(default.private_raas),
            bridge: table.bridge.unwrap_or(default.bridge),
            operator: table.operator.over("operator", default.operator)?,
            aircraft: table.aircraft.over("aircraft", default.aircraft)?,
            session: table.session.over("session", default.session)?,
            service: table.service.over("service", default.service)?,
            manufacturer: table.manufacturer.over("manufacturer", default.manufacturer)?,
            hda: table.hda.over("hda", default.hda)?,
            raa: table.raa.over("raa", default.raa)?,
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
            profiles: self.profiles.unwrap_or(default.profiles),
            no_end: self.no_end.unwrap_or(default.no_end),
        };
        profile_set(&rules.profiles).map_err(|fault| format!("policy.{kind}.profiles: {fault}"))?;
        if rules.no_end && matches!(kind, "operator" | "hda" | "raa") {
            return Err(format!("policy.{kind}.no_end: only devices are certified for ever"));
        }
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
            full_key_usage: policy.full_key_usage == KeyUsage::Present,
            certificate_policy_raa: policy_text(policy.certificate_policies.raa),
            certificate_policy_hda: policy_text(policy.certificate_policies.hda),
            private_raas: policy.private_raas == PrivateRaas::Allowed,
            bridge: policy.is_bridge(),
            operator: KindRules::of(policy.of(Kind::Operator)),
            aircraft: KindRules::of(policy.of(Kind::Aircraft)),
            session: KindRules::of(policy.of(Kind::Session)),
            service: KindRules::of(policy.of(Kind::Service)),
            manufacturer: KindRules::manufacturer(),
            hda: KindRules::of(policy.of(Kind::Hda)),
            raa: KindRules::of(policy.of(Kind::Raa)),
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
            profiles: ProfileSet::LITE,
            end: End::Dated,
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
            profiles: Profile::ALL
                .into_iter()
                .filter(|profile| policy.profiles.contains(*profile))
                .map(|profile| profile.name().to_owned())
                .collect(),
            no_end: policy.end == End::Never,
        }
    }

    /// Off until somebody is a manufacturer.
    fn manufacturer() -> Self {
        let rules = KindPolicy {
            approval: Approval::Manual,
            default_lifetime: 365 * 86_400,
            maximum_lifetime: 730 * 86_400,
            entity_type: EntityType::UA,
            profiles: ProfileSet::ALL,
            end: End::Never,
        };
        Self { enabled: false, ..Self::of(Some(&rules)) }
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
            // Checked when the configuration was read.
            profiles: profile_set(&self.profiles).unwrap_or(ProfileSet::LITE),
            end: if self.no_end { End::Never } else { End::Dated },
        })
    }
}

impl Policy {
    /// The certificate policies of authorities' Full certificates.
    pub(crate) fn certificate_policies(&self) -> Policies {
        // Checked when the configuration was read.
        let policy = |text| certificate_policy(text).unwrap_or_default();
        Policies { raa: policy(&self.certificate_policy_raa), hda: policy(&self.certificate_policy_hda) }
    }

    /// Whether anything is certified for ever.
    pub(crate) fn is_endless(&self) -> bool {
        let kinds = [&self.aircraft, &self.session, &self.service, &self.manufacturer];
        kinds.iter().any(|rules| rules.enabled && rules.no_end)
    }

    /// The same for the registry.
    pub(crate) fn to_registry(&self, publication: &Publication) -> RegistryPolicy {
        RegistryPolicy {
            operator: self.operator.to_registry(),
            aircraft: self.aircraft.to_registry(),
            session: self.session.to_registry(),
            service: self.service.to_registry(),
            manufacturer: self.manufacturer.to_registry(),
            hda: self.hda.to_registry(),
            raa: self.raa.to_registry(),
            private_raas: if self.private_raas { PrivateRaas::Allowed } else { PrivateRaas::Refused },
            bridge: if self.bridge { Bridge::Yes } else { Bridge::No },
            managers_vouch: if self.managers_vouch { Vouching::Allowed } else { Vouching::Refused },
            serial_numbers: match self.serial_numbers {
                SerialNumberRule::Cta2063a => SerialNumbers::Cta2063a,
                SerialNumberRule::AnyText => SerialNumbers::AnyText,
            },
            certificate_uri: Some(self.certificate_uri.clone()).filter(|uri| !uri.is_empty()),
            full_key_usage: if self.full_key_usage { KeyUsage::Present } else { KeyUsage::Absent },
            certificate_policies: self.certificate_policies(),
            publication: publication.to_registry(),
            revocation: dime_registry::RevocationPolicy::default(),
        }
    }
}

/// The policy of this text, if it names one.
fn certificate_policy(text: &str) -> Result<Option<ObjectIdentifier>, String> {
    if text.is_empty() {
        return Ok(None);
    }
    let read = ObjectIdentifier::new(text).ok().filter(|policy| policy.to_string() == text);
    read.map(Some).ok_or_else(|| "is no object identifier in dotted decimal".to_owned())
}

fn policy_text(policy: Option<ObjectIdentifier>) -> String {
    policy.map(|policy| policy.to_string()).unwrap_or_default()
}

/// The profiles of these names, each once and lite among them.
fn profile_set(names: &[String]) -> Result<ProfileSet, String> {
    let mut set = ProfileSet::LITE;
    for (at, name) in names.iter().enumerate() {
        let profile: Profile = name.parse().map_err(|error| format!("{name:?}: {error}"))?;
        if names.iter().take(at).any(|other| other == name) {
            return Err(format!("{name:?} is there twice"));
        }
        set = set.with(profile);
    }
    match names.iter().any(|name| name == Profile::Lite.name()) {
        true => Ok(set),
        false => Err("\"lite\" is missing: the DNS holds it".to_owned()),
    }
}

//! What this DIME allows: approval, lifetimes, names in the DNS.

use crate::{Kind, ProfileSet, RevocationPolicy};
use dime_store::HardwareModule;
use drip_cert::full::{KeyUsage, Policies};
use drip_det::EntityType;
use drip_wire::rdata::{BridShape, UasType};
use std::net::IpAddr;

/// Whether a person must agree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Approval {
    /// Registered at once when everything asked for is proved.
    Auto,
    /// Waits for a manager.
    Manual,
}

/// Whether a manager's token stands in for the operator's proof.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Vouching {
    /// It does.
    Allowed,
    /// The operator's own proof is needed, whoever asks.
    Refused,
}

/// Which serial numbers an aircraft may have. Every serial number has 1 to 64 visible characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SerialNumbers {
    /// Only those of CTA-2063-A, as Remote ID wants them.
    Cta2063a,
    /// The maker's own text too.
    AnyText,
}

/// Whether an Apex gives numbers for private use, 15360 to 16383.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PrivateRaas {
    /// It does not: they are never delegated from the Apex (RFC 9886, section 6.2.1).
    Refused,
    /// It does: an Apex of one's own, for trying things out.
    Allowed,
}

/// Whether an RAA is a bridge: it endorses other RAAs and is endorsed by them, and has no HDAs (draft-ietf-drip-dki, section 5).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bridge {
    /// An RAA like others.
    No,
    /// A bridge: it registers no HDAs.
    Yes,
}

/// Whether what is registered ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// It does, and can be renewed.
    Dated,
    /// It is certified by its manufacturer for ever, with its hardwareModuleName (draft-ietf-drip-dki; RFC 4108).
    Never,
}

/// The rules for one kind of registration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KindPolicy {
    /// Whether a person must agree when no manager asks.
    pub approval: Approval,
    /// Seconds of validity when none is asked for.
    pub default_lifetime: u64,
    /// The most seconds of validity that may be asked for.
    pub maximum_lifetime: u64,
    /// The HHIT entity type.
    pub entity_type: EntityType,
    /// Which certificates it gets.
    pub profiles: ProfileSet,
    /// Whether it ends.
    pub end: End,
}

/// The rules of this DIME.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    /// Operators; `None` when they are not registered here. So for the other kinds.
    pub operator: Option<KindPolicy>,
    /// Aircraft: factory identities.
    pub aircraft: Option<KindPolicy>,
    /// Sessions: one flight's DET.
    pub session: Option<KindPolicy>,
    /// Services: USS and their kin.
    pub service: Option<KindPolicy>,
    /// Manufacturers' own: devices certified for ever by who made them.
    pub manufacturer: Option<KindPolicy>,
    /// HDAs, with an RAA.
    pub hda: Option<KindPolicy>,
    /// RAAs, with an Apex.
    pub raa: Option<KindPolicy>,
    /// Whether numbers of RAAs for private use are given.
    pub private_raas: PrivateRaas,
    /// Whether this is a bridge RAA.
    pub bridge: Bridge,
    /// Whether a manager's token stands in for the operator's proof.
    pub managers_vouch: Vouching,
    /// Which serial numbers an aircraft may have.
    pub serial_numbers: SerialNumbers,
    /// A URI put into every certificate beside the DET: where to ask about this DIME's registrations (RFC 9886 shows one).
    pub certificate_uri: Option<String>,
    /// Whether Full certificates say what their key is for.
    pub full_key_usage: KeyUsage,
    /// Which certificate policies the Full certificates of authorities name.
    pub certificate_policies: Policies,
    /// How things are put into the DNS.
    pub publication: Publication,
    /// Revocation lists and status responses.
    pub revocation: RevocationPolicy,
}

/// How registrations and authorities are put into the DNS.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Publication {
    /// The name servers of our zones, with final dots; the first is the SOA's MNAME.
    pub name_servers: Vec<String>,
    /// Addresses of those name servers that are named inside one of our zones.
    pub addresses: Vec<(String, Vec<IpAddr>)>,
    /// The SOA's RNAME: the mailbox of who is responsible, with the final dot.
    pub responsible: String,
    /// TTL of Operational DETs' records.
    pub operational_ttl: u32,
    /// TTL of authorities' records, SOA and NS.
    pub authority_ttl: u32,
    /// SOA REFRESH: how often secondaries look.
    pub refresh: u32,
    /// SOA RETRY: how soon after a failure.
    pub retry: u32,
    /// SOA EXPIRE: how long a secondary answers alone.
    pub expire: u32,
    /// SOA MINIMUM: TTL of negative answers.
    pub negative_ttl: u32,
    /// The aircraft type that BRID records say (ASTM F3411 UA type).
    pub uas_type: UasType,
    /// The form of BRID records: RFC 9886's CDDL or its example.
    pub brid_shape: BridShape,
}

const HOUR: u64 = 3600;
const DAY: u64 = 24 * HOUR;
const YEAR: u64 = 365 * DAY;

impl Policy {
    /// The policy of `dime quickstart`: a manager's token registers anything at once; without one operators and services wait for a
    /// person, aircraft and sessions are registered on their operator's proof.
    pub fn quickstart() -> Self {
        let kind = |approval, default_lifetime, maximum_lifetime, entity_type| {
            Some(KindPolicy {
                approval,
                default_lifetime,
                maximum_lifetime,
                entity_type,
                profiles: ProfileSet::ALL,
                end: End::Dated,
            })
        };
        Policy {
            operator: kind(Approval::Manual, YEAR, 2 * YEAR, EntityType::OPERATOR),
            aircraft: kind(Approval::Auto, YEAR, 2 * YEAR, EntityType::UA),
            session: kind(Approval::Auto, DAY, 7 * DAY, EntityType::UAS),
            service: kind(Approval::Manual, YEAR, 2 * YEAR, EntityType::USS),
            manufacturer: None,
            hda: kind(Approval::Manual, 5 * YEAR, 10 * YEAR, EntityType::HDA_AUTH),
            raa: kind(Approval::Manual, 5 * YEAR, 10 * YEAR, EntityType::RAA_AUTH),
            private_raas: PrivateRaas::Refused,
            bridge: Bridge::No,
            managers_vouch: Vouching::Allowed,
            serial_numbers: SerialNumbers::AnyText,
            certificate_uri: None,
            full_key_usage: KeyUsage::Absent,
            certificate_policies: Policies::default(),
            publication: Publication::default(),
            revocation: RevocationPolicy::default(),
        }
    }

    /// The rules for a kind, or `None` when this DIME does not register it.
    pub fn of(&self, kind: Kind) -> Option<&KindPolicy> {
        match kind {
            Kind::Operator => self.operator.as_ref(),
            Kind::Aircraft => self.aircraft.as_ref(),
            Kind::Session => self.session.as_ref(),
            Kind::Service => self.service.as_ref(),
            Kind::Hda => self.hda.as_ref(),
            Kind::Raa => self.raa.as_ref(),
            Kind::Manufacturer => self.manufacturer.as_ref(),
        }
    }

    /// Whether this is a bridge RAA.
    pub fn is_bridge(&self) -> bool {
        self.bridge == Bridge::Yes
    }
}

impl KindPolicy {
    /// The same for a record that was made under other rules, perhaps: what names no device has an end.
    pub(crate) fn for_device(self, module: Option<&HardwareModule>) -> Self {
        KindPolicy { end: if module.is_some() { self.end } else { End::Dated }, ..self }
    }
}

impl Default for Publication {
    fn default() -> Self {
        Publication {
            name_servers: vec!["localhost.".to_owned()],
            addresses: Vec::new(),
            responsible: "hostmaster.localhost.".to_owned(),
            operational_ttl: 60,
            authority_ttl: 3600,
            refresh: 3600,
            retry: 600,
            // Shorter than a signature is renewed before its end: a secondary stops before it serves what no longer validates (RFC 6781,
            // section 4.4.2.2).
            expire: 7 * 24 * 3600,
            negative_ttl: 60,
            uas_type: UasType::NOT_DECLARED,
            brid_shape: BridShape::Nested,
        }
    }
}

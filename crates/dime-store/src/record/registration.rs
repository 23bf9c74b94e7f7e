//! A registration: one DET, who asked for it, how it stands and what was issued for it.

use super::terms::{CertificateTerms, HardwareModule};
use core::fmt;
use drip_det::{Det, EntityType, Hid, HostIdentity, UnixTime};

/// A registration's identifier. Identifiers that sort by time of creation (UUIDv7) make listings come oldest first.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RegistrationId(pub String);

impl RegistrationId {
    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for RegistrationId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What is registered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// An operator.
    Operator,
    /// An aircraft's factory identity.
    Aircraft,
    /// One flight's DET.
    Session,
    /// A manufacturer.
    Manufacturer,
    /// A service (USS and its kin).
    Service,
    /// An HDA.
    Hda,
    /// An RAA.
    Raa,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Kind; 7] = [
        Kind::Operator,
        Kind::Aircraft,
        Kind::Session,
        Kind::Manufacturer,
        Kind::Service,
        Kind::Hda,
        Kind::Raa,
    ];

    /// The word of the interfaces: `operator`, `aircraft`, …
    pub const fn name(self) -> &'static str {
        match self {
            Kind::Operator => "operator",
            Kind::Aircraft => "aircraft",
            Kind::Session => "session",
            Kind::Manufacturer => "manufacturer",
            Kind::Service => "service",
            Kind::Hda => "hda",
            Kind::Raa => "raa",
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Where a registration stands.
///
/// ```text
/// Pending ──► Issuing ──► Registered ──► Revoked
///    │                        └────────► Expired
///    └──────► Denied
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum State {
    /// Waits for a person.
    Pending,
    /// Intended: what will be signed is decided and durable, the signatures are not yet.
    Issuing,
    /// Refused by a person. Its DET and key are free again.
    Denied,
    /// In force.
    Registered,
    /// Ended by somebody. Its DET and key stay taken for ever.
    Revoked,
    /// Ended by time. Its DET and key stay taken for ever.
    Expired,
}

impl State {
    /// Every state.
    pub const ALL: [State; 6] =
        [State::Pending, State::Issuing, State::Denied, State::Registered, State::Revoked, State::Expired];

    /// The word: `pending`, `issuing`, `denied`, `registered`, `revoked`, `expired`.
    pub const fn name(self) -> &'static str {
        match self {
            State::Pending => "pending",
            State::Issuing => "issuing",
            State::Denied => "denied",
            State::Registered => "registered",
            State::Revoked => "revoked",
            State::Expired => "expired",
        }
    }
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// What shows that the operator agreed to a registration made in its name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Evidence {
    /// The operator signed the HTTP request itself (RFC 9421).
    MessageSignature {
        /// The DET whose key signed.
        operator: Det,
        /// Signature base and signature, as they were received.
        signed: Vec<u8>,
    },
    /// The operator's endorsement of the new DET and key: 136 octets.
    Attestation(Vec<u8>),
    /// A manager answers for it.
    Vouched {
        /// Who: a token's identifier, or a name.
        by: String,
    },
}

/// A validity that was decided and not yet signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Intent {
    /// Start of the new validity.
    pub not_before: UnixTime,
    /// End of the new validity.
    pub not_after: UnixTime,
    /// Serial number of the Lite certificate to be issued.
    pub certificate_serial: Vec<u8>,
    /// Serial number of the Full certificate to be issued; `None` when there will be none.
    pub full_serial: Option<Vec<u8>>,
    /// Serial number of the mtls certificate to be issued; `None` when there will be none.
    pub mtls_serial: Option<Vec<u8>>,
    /// What the certificates will say beside; `None` in what was decided before this was remembered.
    pub terms: Option<CertificateTerms>,
}

/// A certificate of the Full or mtls profile: its serial number is decided before it is signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SerialCertificate {
    /// Its serial number, most significant octet first.
    pub serial: Vec<u8>,
    /// The certificate, DER. `None` while it is only intended.
    pub der: Option<Vec<u8>>,
}

/// A certificate that is known by its issuer and serial number, as those of the Full and mtls profiles are. Noted with the intent, before it
/// is signed.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct NumberedCertificate {
    /// Who issued it.
    pub issuer: Det,
    /// Its serial number, most significant octet first.
    pub serial: Vec<u8>,
    /// When it ends.
    pub not_after: UnixTime,
}

/// One registered, formerly registered, waiting or refused DET.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Registration {
    /// Its identifier.
    pub id: RegistrationId,
    /// 1 when first written, one more with every change. The store sets it from the expectation, whatever is given here.
    pub version: u64,
    /// What is registered.
    pub kind: Kind,
    /// Where it stands.
    pub state: State,
    /// Its DET: unique among all that are not denied.
    pub det: Det,
    /// Its key: unique among all that are not denied.
    pub hi: HostIdentity,
    /// What its key signed to ask for it: a PKCS#10 request, DER; a native C509 request or a registration token, CBOR.
    pub csr: Vec<u8>,
    /// The operator it belongs to. Private.
    pub operator: Option<Det>,
    /// The device's serial number. Private.
    pub serial_number: Option<String>,
    /// How to reach the registrant. Private.
    pub contact: Option<String>,
    /// The flight of a session. Private.
    pub flight: Option<String>,
    /// The HHIT entity type.
    pub entity_type: EntityType,
    /// The Issuing DET that endorses it.
    pub issuer: Det,
    /// Start of validity.
    pub not_before: UnixTime,
    /// End of validity.
    pub not_after: UnixTime,
    /// Serial number of its certificate, decided before it is signed. Empty while it waits.
    pub certificate_serial: Vec<u8>,
    /// What its first certificates will say beside, until they are signed.
    pub terms: Option<CertificateTerms>,
    /// The device, in the certificate of one that never ends.
    pub hardware_module: Option<HardwareModule>,
    /// The issuer's endorsement: 136 octets.
    pub endorsement: Option<[u8; 136]>,
    /// The X.509 Lite certificate, DER.
    pub certificate: Option<Vec<u8>>,
    /// The X.509 Full certificate, if it has one.
    pub full: Option<SerialCertificate>,
    /// The X.509 mtls certificate, if it has one.
    pub mtls: Option<SerialCertificate>,
    /// The native C509 certificate (type 2) that says the same as the Lite certificate, CBOR, if it has one.
    pub c509: Option<Vec<u8>>,
    /// A renewal that was decided and is not yet signed; what is above stays in force meanwhile.
    pub renewal: Option<Intent>,
    /// When it was asked for.
    pub requested_at: UnixTime,
    /// When it was approved or denied.
    pub decided_at: Option<UnixTime>,
    /// Who approved or denied it.
    pub decided_by: Option<String>,
    /// Why it was denied or revoked.
    pub reason: Option<String>,
    /// When it was revoked or expired.
    pub ended_at: Option<UnixTime>,
    /// What shows that its operator agreed.
    pub evidence: Option<Evidence>,
    /// Its certificates that are known by number, those before its last renewal too as long as they last.
    pub numbered: Vec<NumberedCertificate>,
    /// Why it was revoked, as CRLs and OCSP say it (CRLReason, RFC 5280, section 5.3.1).
    pub reason_code: Option<u8>,
}

impl Registration {
    /// Notes a certificate by its number, and forgets those that have ended.
    pub fn note(&mut self, certificate: NumberedCertificate, now: UnixTime) {
        self.numbered.retain(|noted| noted.not_after >= now && *noted != certificate);
        self.numbered.push(certificate);
    }

    /// The HDA it is registered in.
    pub fn hid(&self) -> Hid {
        self.det.hid()
    }
}

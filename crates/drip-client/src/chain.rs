//! Whether a DET can be trusted: its records, the certificates above it and the endorsements, up to a
//! trust anchor (RFC 9886 §4 and §8, RFC 9575 §6.4.2, draft-ietf-drip-dki).
//!
//! Everything here is a pure function of the objects, the anchors and the time. Chains are followed by
//! DET, never by X.509 name: issuer CN → DET → that DET's records → its key.
//!
//! ```text
//!            records of the DET                     what is checked
//!  HHIT ── entity type, abbreviation, certificate   DET ↔ key, role, HID
//!  HIP, CERT, TLSA                                  agree with the HHIT, octet for octet
//!  certificate ── issuer ──► records of the parent  signature, CA, HID pair, validity; and so on up
//!  BRID ── endorsements, trust anchor first         each signed by its parent, continuous, HID pair, validity
//!                                                   the top ── is the anchor given
//! ```
//!
//! Some octets in DNS are covered by no signature: entity type, HID abbreviation and the BRID's UA type
//! and further ids. By default they must be what a DIME of this make publishes; see [`UnsignedFields`].

mod anchor;
mod brid;
mod cache;
mod certificate;
mod discover;
mod endorsement;
mod entity;
mod fault;
mod ground;
mod objects;
mod permitted;
mod published;
mod report;
mod trust;
mod walk;

use drip_det::UnixTime;

pub use anchor::{Anchor, AnchorError};
pub use brid::endorsements_of;
pub use cache::{Newest, OpenError, OpenedCache, open_caches, recall};
pub use entity::certificate_of;
pub use fault::Fault;
pub use objects::{Objects, verify_objects, verify_objects_under};
pub use published::{Lookup, LookupError, Published};
pub use report::{Link, LinkKind, Report, State};
pub use trust::{Trust, TrustSources, Way};
pub use walk::{verify, verify_under};

/// How the fields are judged that no signature covers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum UnsignedFields {
    /// They must be what a DIME of this make publishes, so that no changed octet goes unseen.
    #[default]
    AsIssued,
    /// Anything the standards allow: for the records of other DIMEs.
    AnyStandard,
}

/// What a verification depends on besides the objects and the anchors.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Conditions {
    /// The moment to judge at.
    pub at: UnixTime,
    /// How unsigned fields are judged.
    pub unsigned_fields: UnsignedFields,
}

impl Conditions {
    /// Judge at this moment, unsigned fields strictly.
    pub fn at(at: UnixTime) -> Self {
        Self { at, unsigned_fields: UnsignedFields::default() }
    }
}

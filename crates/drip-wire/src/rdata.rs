//! RDATA of the records a DET has in the DNS.
//!
//! | record | type | what it carries | standard |
//! |---|---|---|---|
//! | [`Hhit`] | 67 | entity type, HID abbreviation, X.509 certificate | RFC 9886, section 5.1 |
//! | [`Brid`] | 68 | what Broadcast RID sends, endorsements included | RFC 9886, section 5.2 |
//! | [`Hip`] | 55 | DET, key, rendezvous servers | RFC 8005 |
//! | [`CertRecord`] | 37 | X.509 certificate | RFC 4398 |
//! | [`Tlsa`] | 52 | key as SubjectPublicKeyInfo | RFC 6698 |
//! | [`Uri`] | 256 | where an authority's services are | RFC 7553 |
//!
//! Each has `decode` and `encode` for the octets, `presentation` and `parse` for the text of master files (the RDATA part only). For
//! software that does not know a type, [`generic`] writes any RDATA and [`parse_generic`] reads it (RFC 3597).

mod brid;
mod cert_record;
mod domain_name;
mod generic;
mod hhit;
mod hip;
mod presentation;
mod record_type;
mod tlsa;
mod uri;

pub use brid::{
    Area, Authentication, Brid, BridShape, Classification, OperatorId, SelfId, UasId, UasIdType, UasType,
};
pub use cert_record::{CertContent, CertRecord};
pub use domain_name::DomainName;
pub use generic::{generic, parse_generic};
pub use hhit::Hhit;
pub use hip::Hip;
pub use presentation::PresentationError;
pub use record_type::RecordType;
pub use tlsa::Tlsa;
pub use uri::Uri;

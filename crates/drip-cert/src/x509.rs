//! What the X.509 profiles share (RFC 5280, section 4.1): the fields, their checks, the reader and the signature.
//!
//! | profile | for whom | size | where |
//! |---|---|---|---|
//! | Lite | the smallest: DNS, the air, chains by DET | 254 to 330 octets | [`lite`](crate::lite) |
//! | Full | PKIX with the DET as key identifier: archives, aviation PKI, revocation by serial number | 303 to 404 | [`full`](crate::full) |
//! | mtls | what TLS libraries verify as it stands: names chain, usages are said | 420 to 700 | [`mtls`](crate::mtls) |
//!
//! All three bind the same key to the same DET for the same time. A profile is a type that implements [`Tbs`]; [`X509`] is a certificate
//! of that type, read back.

mod certificate;
mod error;
mod extensions;
mod fields;
mod frame;
mod hardware_module;
pub(crate) mod key_usage;
mod names;
mod profile;
mod serial;
mod subject;
mod tbs;
mod time;

pub use der::asn1::ObjectIdentifier;

pub use certificate::{CertVerifyError, X509};
pub use error::{CertError, ContentError};
pub use frame::assemble;
pub use hardware_module::HardwareModule;
pub use profile::{Profile, UnknownProfile};
pub use serial::{CertificateSerial, InvalidSerial};
pub use subject::Subject;
pub use tbs::{ReadKey, Role, Tbs};
pub use time::{CertTime, OutsideCertTime};

pub(crate) use certificate::{decode, structure};
pub(crate) use extensions::{
    Criticality, Extensions, Rule, Wanted, authority_key_identifier, subject_key_identifier,
};
pub(crate) use fields::{Fields, common_name, det_of_name, det_of_text};
pub(crate) use frame::{check, frame};
pub(crate) use names::{AlternativeNames, is_uri};
pub(crate) use tbs::{Form, fields_of_tbs};

/// The largest certificate that is read, in octets of DER. The largest of ours has about 700.
pub const MAX_LEN: usize = 4096;

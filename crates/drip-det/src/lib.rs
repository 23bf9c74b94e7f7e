//! Identity in DRIP: what a DET is, who may hold which, and how it is written.
//!
//! A DRIP Entity Tag (DET, RFC 9374) is a 128-bit number shaped like an IPv6 address, hashed from an Ed25519 public key and the place
//! of that key in a hierarchy. This crate knows nothing of records, certificates, files or sockets; everything above builds on it.
//!
//! * [`Raa`], [`Hda`], [`Hid`]: the hierarchy; [`RaaAllocation`]: who an RAA number belongs to.
//! * [`HostIdentity`] and [`Det`]: a key and its tag, [`Det::derive`] and [`Det::check`] between them.
//! * [`ZoneCut`]: where DNS zones are cut (RFC 9886); [`Det::owner_name`]: the name of a DET in the DNS.
//! * [`SerialNumber`]: CTA-2063-A serial numbers, those that carry a DET included.
//! * [`DripTime`], [`UnixTime`]: the two clocks of DRIP objects.
//! * [`EntityType`], [`Level`], [`DetClass`]: what role a DET plays.
#![no_std]

extern crate alloc;

mod allocation;
mod det;
mod entity_type;
mod hash;
mod hid;
mod host_identity;
mod level;
mod owner_name;
mod serial_number;
mod suite;
mod time;
mod zone_cut;

pub use allocation::RaaAllocation;
pub use det::{Det, DetError, DetMismatch, ParseDetError};
pub use entity_type::EntityType;
pub use hash::{CONTEXT_ID, det_hash};
pub use hid::{Hda, Hid, OutOfRange, ParseHidError, Raa};
pub use host_identity::{BadSignature, HostIdentity, InvalidKey, ParseHostIdentityError};
pub use level::{DetClass, Level};
pub use owner_name::OwnerNameError;
pub use serial_number::{SerialNumber, SerialNumberError};
pub use suite::SuiteId;
pub use time::{DripTime, OutsideDripTime, UnixTime};
pub use zone_cut::ZoneCut;

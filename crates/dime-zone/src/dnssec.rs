//! Signed zones: keys, signatures, the NSEC chain or compact denial (RFC 4033 to 4035; RFC 9824; Ed25519 of RFC 8080, ECDSA of RFC 6605).
//!
//! | module | what |
//! |---|---|
//! | `algorithm`, `dnskey` | the algorithms; DNSKEY RDATA, key tag, DS |
//! | `key`, `times` | a key with its private half, and when it is published and signs |
//! | `key_file`, `key_io`, `folder` | keys on disk in BIND's form, and what the signer remembers |
//! | `ring` | the keys of a zone at one moment: which are in the DNSKEY set, which sign what |
//! | `roll`, `resume` | roll-over plans (RFC 6781, RFC 7583), and those that were cut short |
//! | `window`, `rrset`, `cache`, `signer` | one signature: from when to when, over which octets, made once |
//! | `online` | signatures of denials, made while somebody waits: so many and no more |
//! | `nsec` | type bitmap and RDATA of NSEC |
//! | `policy`, `signing`, `event` | what is signed and for how long; when a zone's signing state changes |
//! | `watch` | when keys are looked at: soon after somebody changed them |
//!
//! **A signature is a function of the zone's state.** Its validity follows from the name, the type and the zone's clock, which only
//! [`Zones::tick`](crate::Zones::tick) moves; neither algorithm uses randomness. So signatures may be forgotten at any time: those of DETs
//! are made when they are published, and kept beside them (`presigned`); others are made when first asked for and kept in a cache. Two
//! servers with the same keys give the same octets, and changing one DET costs the signatures of that DET, of its neighbour's NSEC and of
//! the SOA.

mod algorithm;
mod cache;
mod dnskey;
mod event;
mod folder;
mod key;
mod key_file;
mod key_io;
mod nsec;
mod online;
mod policy;
mod resume;
mod ring;
mod roll;
mod rrset;
mod signer;
mod signing;
mod times;
mod watch;
mod window;

pub use algorithm::{Algorithm, UnknownAlgorithm};
pub use dnskey::{Dnskey, DsDigest, PublicKey};
pub use event::{SigningChange, SigningEvent};
pub use folder::{KeyFolder, KeyFolderError};
pub use key::{KeyRole, ZoneKey};
pub use key_file::KeyTextError;
pub use key_io::FolderLock;
pub use online::Asker;
pub use policy::{Denial, HdaZones, PolicyError, SigningPolicy, UpperZones};
pub use resume::unfinished;
pub use ring::{KeyRing, Parent, Use};
pub use roll::{
    NewKey, Roll, RollError, RollTiming, first_keys, parent_follows, parent_has_new_ds, replace_compromised,
    roll_ksk, roll_zsk, zsk_is_due,
};
pub use signing::Signing;
pub use times::{KeyTimes, compact_time, parse_compact_time};

pub(crate) use cache::Cache;
pub(crate) use nsec::nsec_rdata;
pub(crate) use online::Online;
pub(crate) use rrset::{Rrset, labels};
pub(crate) use signer::Signer;
pub(crate) use signing::{Found, Signed};

//! DNS zones of DETs in memory: what is published, and the answer to every question about it.
//!
//! Under `ip6.arpa` the canonical order of DET names is the numeric order of DETs, so a zone is a sorted sequence of 128-bit numbers, and
//! a name exists without records (an empty non-terminal) exactly where some DET or zone cut has that prefix. A DET's records are not
//! stored as records but as what distinguishes them from its neighbours' (`template`).
//!
//! * [`Zones`]: the zones served; [`Zones::publish`] and [`Zones::remove`] follow the feed of changes, [`Zones::lookup`] answers.
//! * [`ZoneConfig`], [`Delegation`]: what a zone says about itself and about the zones below it.
//! * [`Question`], [`Answer`]: a lookup is a pure function from one to the other.
//! * [`Zones::lookup_signed`]: the same with signatures and proofs of non-existence, for who asks for them.
//! * [`Zones::view`], [`View::compose`]: the same, straight into a message.
//! * [`dnssec`]: keys, signatures, roll-over; [`Zones::tick`] moves the clock by which zones are signed.
//! * [`snapshot`]: zones in files, to be served again at once after a restart; [`Zones::freeze`], [`Zones::thaw`].
//! * [`Zones::export`]: master-file text for other name servers.
//!
//! Nothing here knows a socket or a store. The only private keys are those that zones are signed with; a DET's never come here.

mod answer;
mod chain;
mod class;
mod compact;
mod config;
pub mod copy;
pub mod dnssec;
mod export;
mod journal;
mod lookup;
mod name;
mod position;
mod presigned;
mod proof;
mod published;
mod received;
mod sequence;
mod serial;
pub mod snapshot;
mod successor;
mod template;
mod transfer;
mod view;
mod wire;
mod zone;
mod zones;

pub use answer::{Answer, Question, Record};
pub use class::{Class, Rcode};
pub use config::{Delegation, Ds, Host, Soa, ZoneConfig, ZoneError};
pub use drip_wire::rdata::RecordType;
pub use export::{ExportError, ExportForm};
pub use journal::JournalLimits;
pub use name::{Name, NameError};
pub use position::{Position, Rest};
pub use published::{Prepared, Published};
pub use serial::Serial;
pub use transfer::{Changes, Difference, Records, Transfer};
pub use view::View;
pub use wire::{Composed, Compression, WireQuestion};
pub use zones::{CopyStanding, Held, PublishError, ZoneSummary, Zones};

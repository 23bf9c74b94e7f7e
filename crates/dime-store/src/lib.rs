//! The registry's memory: a journal that is the truth, and an index that finds things in it.

mod actor;
// A battery speaks by panicking, and is compiled for tests only.
#[cfg(any(test, feature = "battery"))]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
pub mod battery;
mod change;
pub mod disk;
mod entry;
mod error;
mod index;
mod journal;
pub mod record;
mod store;

pub use actor::Actor;
pub use change::{Change, ChangeKind, Expect, Write};
pub use entry::{Committed, Entry, Seq};
pub use error::{Conflict, Corruption, Damage, Form, OpenError, StoreError, Subject, Table};
pub use index::{Fingerprint, Index, IndexError, Key, Mark, MemoryIndex, Value};
pub use record::{
    Answered, Authority, AuthorityStatus, Ceremony, CertificateTerms, Delegation, DelegationSigner,
    DelegationState, Document, Evidence, Glue, HardwareModule, Intent, IssuingUse, Job, JobId, JobKind,
    JobState, KeyUsage, Kind, NumberedCertificate, Ownership, Prospect, Registration, RegistrationId,
    Request, Role, SerialCertificate, Standing, State, Token, TokenId,
};
pub use store::{Checked, Cut, Filter, Indexing, Opened, Options, Page, Progress, Store, Subscriber};

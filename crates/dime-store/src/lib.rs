//! The registry's memory: a journal that is the truth, and an index that finds things in it.

mod actor;
mod change;
mod entry;
mod error;
mod index;
pub mod record;
mod store;

pub use actor::Actor;
pub use change::{Change, ChangeKind, Expect, Write};
pub use entry::{Committed, Entry, Seq};
pub use error::{Conflict, Corruption, Damage, Form, OpenError, StoreError, Subject};
pub use index::{Index, IndexError, Key, Mark, MemoryIndex, Value};
pub use record::{
    Authority, Evidence, Intent, Kind, Registration, RegistrationId, Request, Role, Standing, State, Token, TokenId,
};
pub use store::{Filter, Options, Page, Store, Subscriber};

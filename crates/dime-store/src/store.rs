//! The store: commits, reads and the change feed.

use crate::{
    Authority, Change, Committed, Entry, Index, Kind, OpenError, Registration, RegistrationId, Request, Seq, State, StoreError, Token,
};
use drip_det::{Det, Hid, HostIdentity, UnixTime};
use std::path::Path;

/// How a store works.
#[derive(Clone, Debug)]
pub struct Options {
    /// Octets of a segment of the journal. An entry that is longer gets a segment of its own.
    pub segment_size: u64,
}

impl Default for Options {
    fn default() -> Self {
        Options { segment_size: 16 << 20 }
    }
}

/// Is told of every change, in order, after it is durable and can be read, and before its commit returns.
pub type Subscriber = Box<dyn Fn(&Entry) + Send + Sync>;

/// Which registrations to list. The default is all of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// Only those in this state.
    pub state: Option<State>,
    /// Only those of this kind.
    pub kind: Option<Kind>,
    /// Only those of this HDA.
    pub hid: Option<Hid>,
    /// Only those of this operator.
    pub operator: Option<Det>,
}

/// A part of a listing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// The registrations, by identifier.
    pub registrations: Vec<Registration>,
    /// Where the next page begins, for the `after` of the next call; `None` when this is the last.
    pub next: Option<RegistrationId>,
}

/// The registry's memory.
pub struct Store {}

#[allow(unused_variables, clippy::unimplemented)]
impl Store {
    /// Opens the store in a folder, which is made when it is missing.
    pub fn open(folder: &Path, index: Box<dyn Index>, options: Options) -> Result<Store, OpenError> {
        unimplemented!()
    }

    /// Commits a change: all of it or nothing. Returns when it is durable, can be read, and every subscriber was told.
    pub fn commit(&self, change: Change) -> Result<Committed, StoreError> {
        unimplemented!()
    }

    /// Adds a subscriber. It is told of the changes committed from now on.
    pub fn subscribe(&self, subscriber: Subscriber) {
        unimplemented!()
    }

    /// The changes after a number, oldest first, up to the last one at the time of the call.
    pub fn changes(&self, after: Seq) -> impl Iterator<Item = Result<Entry, StoreError>> + '_ {
        std::iter::empty()
    }

    /// The number of the last change.
    pub fn last_seq(&self) -> Seq {
        unimplemented!()
    }

    /// A registration by its identifier.
    pub fn registration(&self, id: &RegistrationId) -> Result<Option<Registration>, StoreError> {
        unimplemented!()
    }

    /// The registration that claims a DET: any but a denied one.
    pub fn registration_by_det(&self, det: Det) -> Result<Option<Registration>, StoreError> {
        unimplemented!()
    }

    /// The registration that claims a key: any but a denied one.
    pub fn registration_by_hi(&self, hi: &HostIdentity) -> Result<Option<Registration>, StoreError> {
        unimplemented!()
    }

    /// Registrations by identifier, after one of them.
    pub fn registrations(&self, filter: Filter, after: Option<&RegistrationId>, limit: usize) -> Result<Page, StoreError> {
        unimplemented!()
    }

    /// Registrations in force whose `not_after` is before a time, the earliest first.
    pub fn expiring(&self, before: UnixTime, limit: usize) -> Result<Vec<Registration>, StoreError> {
        unimplemented!()
    }

    /// An authority by its DET.
    pub fn authority(&self, det: Det) -> Result<Option<Authority>, StoreError> {
        unimplemented!()
    }

    /// Every authority, by DET.
    pub fn authorities(&self) -> Result<Vec<Authority>, StoreError> {
        unimplemented!()
    }

    /// A token by the SHA-256 of its text.
    pub fn token_by_digest(&self, digest: &[u8; 32]) -> Result<Option<Token>, StoreError> {
        unimplemented!()
    }

    /// Every token, by identifier.
    pub fn tokens(&self) -> Result<Vec<Token>, StoreError> {
        unimplemented!()
    }

    /// An answered request by the digest of its key.
    pub fn request(&self, key_digest: &[u8; 32]) -> Result<Option<Request>, StoreError> {
        unimplemented!()
    }
}

//! Trust between RAAs as this DIME keeps it (draft-ietf-drip-dki, section 5): its own signed trust lists, cross-endorsements given and
//! received. They are documents in the store, by these names:
//!
//! | name | octets |
//! |---|---|
//! | `trust-list/ISSUER` | the signed trust list, a COSE_Sign1 |
//! | `cross/PARENT/CHILD` | the endorsement, 136 octets; none when it was withdrawn |
//!
//! What is signed here comes from ceremonies; what others signed is handed in. Everything is public.

mod cross;
mod list;

pub use cross::{CrossDirection, CrossView};

use crate::{OurFault, Registry};
use dime_store::{Actor, ChangeKind, Document, Expect, Write};
use drip_det::UnixTime;

pub(crate) const TRUST_LIST: &str = "trust-list/";
pub(crate) const CROSS: &str = "cross/";

impl Registry {
    /// Writes documents in one commit. Who changes documents holds the lock of imports.
    pub(crate) fn put_documents(
        &self,
        actor: Actor,
        now: UnixTime,
        documents: Vec<(String, Vec<u8>)>,
    ) -> Result<(), OurFault> {
        let mut writes = Vec::new();
        for (name, octets) in documents {
            let known = self.store.document(&name)?;
            let expect = known.map_or(Expect::Absent, |known| Expect::Version(known.version));
            let record = Document { name, version: 0, octets, at: now };
            writes.push(Write::PutDocument { record: Box::new(record), expect });
        }
        self.commit(actor, now, ChangeKind::DocumentChanged, writes)?;
        Ok(())
    }
}

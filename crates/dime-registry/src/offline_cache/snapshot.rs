//! Snapshots of the whole content, in documents named `cache/PLACE`: as many places as are kept, written over in turn.
//!
//! A snapshot's octets are those of a cache (`drip_wire::cache`) that nobody signs, with the sequence and the content.

use super::KEPT;
use crate::{OurFault, Registry};
use dime_store::{Actor, Document};
use drip_det::{Det, UnixTime};
use drip_wire::cache::{Cache, Content, Scope};
use drip_wire::validity::Validity;

const PREFIX: &str = "cache/";

impl Registry {
    /// The sequence and content of now. A content that is another than the newest snapshot's becomes the next one.
    pub(super) fn newest_snapshot(&self, now: UnixTime) -> Result<(u64, Content), OurFault> {
        let _one_at_a_time = self.imports.lock();
        let content = self.whole_content(now)?;
        let newest = self.snapshots()?.into_iter().max_by_key(|snapshot| snapshot.sequence);
        let last = match newest {
            Some(newest) if newest.content == content => return Ok((newest.sequence, content)),
            Some(newest) => newest.sequence,
            None => 0,
        };
        let sequence = last + 1;
        let snapshot = Cache {
            issuer: self.nominal_issuer()?,
            sequence,
            validity: Validity::at(now),
            scope: Scope::default(),
            delta: None,
            content: content.clone(),
        };
        self.put_documents(Actor::System, now, vec![(place_of(sequence), snapshot.encode())])?;
        Ok((sequence, content))
    }

    /// The content of a sequence, while it is kept.
    pub(super) fn snapshot(&self, sequence: u64) -> Result<Option<Content>, OurFault> {
        let document = self.store.document(&place_of(sequence))?;
        let snapshot = document.map(|document| read(&document)).transpose()?;
        Ok(snapshot.filter(|snapshot| snapshot.sequence == sequence).map(|snapshot| snapshot.content))
    }

    fn snapshots(&self) -> Result<Vec<Cache>, OurFault> {
        let documents = self.store.documents()?;
        documents.iter().filter(|document| document.name.starts_with(PREFIX)).map(read).collect()
    }

    /// Nobody signs a snapshot; it says whose DIME it is.
    fn nominal_issuer(&self) -> Result<Det, OurFault> {
        self.authorities.all().first().map(|authority| authority.det).ok_or(OurFault::NoIssuer)
    }
}

fn place_of(sequence: u64) -> String {
    format!("{PREFIX}{:02}", sequence % KEPT)
}

fn read(document: &Document) -> Result<Cache, OurFault> {
    Cache::decode(&document.octets)
        .map_err(|error| OurFault::StoreCorrupt(format!("document {}: {error}", document.name)))
}

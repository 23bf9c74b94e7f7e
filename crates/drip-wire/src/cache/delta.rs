//! What makes a cache a delta: the cache it changes, what falls away, and what must come out.

use super::{Cache, Content, Scope};
use crate::{
    WireError,
    cbor::{Reader, Writer},
    fields::{self, Keys},
    validity::Validity,
};
use alloc::vec::Vec;
use drip_det::Det;

/// How a delta changes the cache before it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Delta {
    /// The sequence of the cache that is changed.
    pub(super) base: u64,
    /// Child and parent of the endorsements that fall away, ascending.
    removed: Vec<(Det, Det)>,
    /// SHA-256 of the content that comes out.
    digest: [u8; 32],
}

/// Why a delta does not fit a cache.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ApplyError {
    /// It is a whole cache.
    #[error("the newer cache is a whole one, no delta: use it alone")]
    NotADelta,
    /// What is to be changed is itself a delta.
    #[error("the cache to be changed is itself a delta")]
    BaseIsDelta,
    /// They are by different signers.
    #[error("the delta is by {delta}, the cache by {base}")]
    OtherIssuer {
        /// Who made the cache.
        base: Det,
        /// Who made the delta.
        delta: Det,
    },
    /// Their content was chosen differently.
    #[error("the delta's content was chosen differently from the cache's")]
    OtherScope,
    /// The delta changes another cache.
    #[error("the delta changes the cache with sequence {wanted}, this one has {found}")]
    OtherBase {
        /// What the delta changes.
        wanted: u64,
        /// What there is.
        found: u64,
    },
    /// What comes out is not what its signer had.
    #[error(
        "what comes out is not what the delta's signer had: the cache has the right number and another content"
    )]
    OtherContent,
}

impl Delta {
    /// The sequence of the cache that is changed.
    pub const fn base(&self) -> u64 {
        self.base
    }

    /// Child and parent of the endorsements that fall away.
    pub fn removed(&self) -> &[(Det, Det)] {
        &self.removed
    }

    /// Keys 5 to 7: all of them or none.
    pub(super) fn read(keys: &mut Keys<'_, '_>) -> Result<Option<Self>, WireError> {
        let Some(base) = keys.maybe(5, |reader| Ok(reader.uint("base")?))? else { return Ok(None) };
        let removed = keys.required(6, "what is removed, key 6", |reader| {
            let bounds = (0, 262_144, "at most 262144");
            fields::ascending(reader, "removed", bounds, pair, |pair| *pair)
        })?;
        let digest =
            keys.required(7, "the digest, key 7", |reader| fields::octets(reader, "digest", "32 octets"))?;
        Ok(Some(Delta { base, removed, digest }))
    }

    pub(super) fn write(&self, writer: &mut Writer) {
        writer.uint(5).uint(self.base).uint(6).array(self.removed.len());
        for (child, parent) in &self.removed {
            writer.array(2).bytes(&child.to_bytes()).bytes(&parent.to_bytes());
        }
        writer.uint(7).bytes(&self.digest);
    }
}

impl Cache {
    /// The delta that makes `newer` out of `older`, both whole contents of one scope; `None` when it takes a whole cache to say it.
    pub fn delta(
        issuer: Det,
        scope: Scope,
        validity: Validity,
        (base, older): (u64, &Content),
        (sequence, newer): (u64, &Content),
    ) -> Option<Cache> {
        let (content, removed) = older.difference(newer).filter(|_| base < sequence)?;
        let delta = Some(Delta { base, removed, digest: newer.digest() });
        Some(Cache { issuer, sequence, validity, scope, delta, content })
    }

    /// The whole cache after `delta`, which must be one against this very cache.
    pub fn apply(&self, delta: &Cache) -> Result<Cache, ApplyError> {
        let change = delta.delta.as_ref().ok_or(ApplyError::NotADelta)?;
        if self.delta.is_some() {
            return Err(ApplyError::BaseIsDelta);
        }
        if self.issuer != delta.issuer {
            return Err(ApplyError::OtherIssuer { base: self.issuer, delta: delta.issuer });
        }
        if self.scope != delta.scope {
            return Err(ApplyError::OtherScope);
        }
        if self.sequence != change.base {
            return Err(ApplyError::OtherBase { wanted: change.base, found: self.sequence });
        }
        let content = self.content.changed(&delta.content, &change.removed);
        if content.digest() != change.digest {
            return Err(ApplyError::OtherContent);
        }
        Ok(Cache { delta: None, content, ..delta.clone() })
    }
}

fn pair(reader: &mut Reader<'_>) -> Result<(Det, Det), WireError> {
    reader.array_of(2, "removed", "an array of two")?;
    Ok((fields::det(reader, "removed child")?, fields::det(reader, "removed parent")?))
}

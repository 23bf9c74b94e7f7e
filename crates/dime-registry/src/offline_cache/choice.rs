//! What is asked for: which HDAs, with what above them, since when.

use drip_det::{Det, Hid};
use drip_wire::coverage::Position;
use std::collections::BTreeSet;
use std::fmt;

/// Which cache.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct CacheQuery {
    /// Only these HDAs, or all of an RAA's where the HDA number is the RAA's own; without any, all that are known.
    pub hids: BTreeSet<Hid>,
    /// Only HDAs that say they cover something this near. HDAs that say nothing of their coverage are left out.
    pub near: Option<Near>,
    /// What is above the HDAs.
    pub chains: Chains,
    /// Operational DETs whose endorsements are wanted, too.
    pub dets: BTreeSet<Det>,
    /// The sequence of the cache that the asker has.
    pub since: Option<u64>,
}

/// A place and a distance.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Near {
    /// The place.
    pub position: Position,
    /// The distance in metres.
    pub metres: u32,
}

/// Whether endorsements above the HDAs' Issuing DETs are wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Chains {
    /// Up to the trust anchor: nobody need take the signer's word.
    #[default]
    Full,
    /// Only those above the signer, which vouches for the rest.
    Signer,
}

impl CacheQuery {
    pub(super) fn wants(&self, hid: Hid) -> bool {
        let named =
            |wanted: &Hid| *wanted == hid || (wanted.raa == hid.raa && wanted.hda.is_reserved_to_raa());
        self.hids.is_empty() || self.hids.iter().any(named)
    }
}

/// The scope in the cache: one text for one choice, the sequence left out.
impl fmt::Display for CacheQuery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut parts: Vec<String> = self.hids.iter().map(|hid| format!("hid={hid}")).collect();
        if let Some(Near { position, metres }) = &self.near {
            parts.push(format!("near={position} m={metres}"));
        }
        if self.chains == Chains::Signer {
            parts.push("chains=signer".to_owned());
        }
        parts.extend(self.dets.iter().map(|det| format!("det={det}")));
        f.write_str(&parts.join(" "))
    }
}

//! The chain of Manifests: each names the one before (RFC 9575, section 4.4.1).

use drip_det::DripTime;
use drip_wire::broadcast::{Manifest, MessageHash};

use super::reason::Reason;

/// How the Manifests of a UA followed on each other.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sequence {
    /// How many followed on the one heard before.
    pub continued: u32,
    /// How many times one or more in between were not heard.
    pub gaps: u32,
    last: Option<Last>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Last {
    vnb: DripTime,
    previous: MessageHash,
    current: MessageHash,
}

impl Sequence {
    /// Take the next Manifest, whose signature holds.
    pub(super) fn follow(&mut self, manifest: &Manifest) -> Result<(), Reason> {
        let vnb = manifest.evidence().body().vnb();
        let (previous, current) = (manifest.previous(), manifest.current());
        if let Some(last) = self.last {
            if current == last.current && previous == last.previous {
                return Ok(());
            }
            if vnb < last.vnb {
                return Err(Reason::OutOfSequence);
            }
            if previous == last.current {
                self.continued += 1;
            } else if previous == last.previous && previous != MessageHash::ZERO {
                return Err(Reason::Fork);
            } else {
                self.gaps += 1;
            }
        }
        self.last = Some(Last { vnb, previous, current });
        Ok(())
    }
}

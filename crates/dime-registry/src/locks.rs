//! One operation at a time per DET, many at once over all.
//!
//! The store refuses two records that claim the same DET or key, so nothing here is needed for that. What it is needed for: two identical
//! requests at the same moment must not both be signed, and an operator must not be revoked between the look at it and the commit of what
//! it consented to.

use drip_det::Det;
use parking_lot::{RwLock, RwLockReadGuard, RwLockWriteGuard};

const STRIPES: usize = 256;

/// Locks by DET: DETs that share a stripe wait for each other now and then, which is harmless.
pub(crate) struct Locks {
    stripes: Vec<RwLock<()>>,
}

/// What is held; dropping it lets go.
pub(crate) struct Held<'a> {
    _write: RwLockWriteGuard<'a, ()>,
    _read: Option<RwLockReadGuard<'a, ()>>,
}

impl Locks {
    pub(crate) fn new() -> Self {
        Locks { stripes: (0..STRIPES).map(|_| RwLock::new(())).collect() }
    }

    /// Holds `changed` alone, and `consulted`, whose record must not change meanwhile, together with other readers.
    pub(crate) fn hold(&self, changed: Det, consulted: Option<Det>) -> Option<Held<'_>> {
        let write_at = stripe(changed);
        let read_at = consulted.map(stripe).filter(|&at| at != write_at);
        let write = self.stripes.get(write_at)?;
        let read = match read_at {
            Some(at) => Some(self.stripes.get(at)?),
            None => None,
        };
        // In the order of the stripes, so that no two operations wait for each other.
        Some(match read {
            Some(read) if read_at < Some(write_at) => {
                let read = read.read();
                Held { _write: write.write(), _read: Some(read) }
            }
            read => Held { _write: write.write(), _read: read.map(RwLock::read) },
        })
    }
}

/// The hash part of a DET is uniform: its low bits choose.
fn stripe(det: Det) -> usize {
    (det.hash() % STRIPES as u64) as usize
}

#[cfg(test)]
mod tests {
    use super::*;
    use drip_det::{Hid, SuiteId};
    use std::{
        sync::atomic::{AtomicUsize, Ordering},
        thread,
    };

    fn det(hash: u64) -> Det {
        Det::from_parts(Hid::from_numbers(16376, 10).unwrap(), SuiteId::EDDSA_CSHAKE128, hash)
    }

    #[test]
    fn crossing_orders_do_not_deadlock() {
        let locks = Locks::new();
        let done = AtomicUsize::new(0);
        thread::scope(|scope| {
            for (one, other) in [(1, 2), (2, 1), (1, 257), (257, 1)] {
                let (locks, done) = (&locks, &done);
                scope.spawn(move || {
                    for _ in 0..1000 {
                        let held = locks.hold(det(one), Some(det(other)));
                        assert!(held.is_some());
                    }
                    done.fetch_add(1, Ordering::Relaxed);
                });
            }
        });
        assert_eq!(done.into_inner(), 4);
    }

    #[test]
    fn a_change_waits_for_who_consults() {
        let locks = Locks::new();
        let consulting = locks.hold(det(1), Some(det(2)));
        assert!(locks.stripes[2].try_write().is_none());
        assert!(locks.stripes[2].try_read().is_some());
        drop(consulting);
        assert!(locks.stripes[2].try_write().is_some());
    }
}

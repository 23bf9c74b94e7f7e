//! One operation at a time per DET, key and Idempotency-Key, many at once over all.
//!
//! The store refuses two records that claim the same DET or key, so nothing here is needed for that. What it is needed for: two identical
//! requests at the same moment must not both be signed, one Idempotency-Key must not be used by two requests at once, and an operator must
//! not be revoked between the look at it and the commit of what it consented to.

use drip_det::{Det, HostIdentity};
use parking_lot::{RwLock, RwLockReadGuard, RwLockWriteGuard};
use std::collections::BTreeMap;

const STRIPES: u64 = 512;

/// Locks by what is locked: things that share a stripe wait for each other now and then, which is harmless.
pub(crate) struct Locks {
    stripes: Vec<RwLock<()>>,
}

/// Something that only one operation may change at a time. DETs, keys and digests are uniform: a few of their bits choose the stripe.
#[derive(Clone, Copy)]
pub(crate) struct Subject(u64);

impl From<Det> for Subject {
    fn from(det: Det) -> Self {
        Subject(det.hash())
    }
}

impl From<&HostIdentity> for Subject {
    fn from(hi: &HostIdentity) -> Self {
        Subject::of_octets(hi.as_bytes())
    }
}

impl From<&[u8; 32]> for Subject {
    fn from(digest: &[u8; 32]) -> Self {
        Subject::of_octets(digest)
    }
}

impl Subject {
    fn of_octets(octets: &[u8; 32]) -> Self {
        Subject(octets.first_chunk().map_or(0, |chunk| u64::from_be_bytes(*chunk)))
    }

    const fn stripe(self) -> u64 {
        self.0 % STRIPES
    }
}

/// One stripe that is held; dropping it lets go.
pub(crate) enum Held<'a> {
    Alone { _guard: RwLockWriteGuard<'a, ()> },
    Shared { _guard: RwLockReadGuard<'a, ()> },
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Mode {
    Alone,
    Shared,
}

impl Locks {
    pub(crate) fn new() -> Self {
        Locks { stripes: (0..STRIPES).map(|_| RwLock::new(())).collect() }
    }

    /// Holds what is `changed` alone, and what is only `consulted`, and must not change meanwhile, together with others who consult it.
    pub(crate) fn hold(
        &self,
        changed: impl IntoIterator<Item = Subject>,
        consulted: impl IntoIterator<Item = Subject>,
    ) -> Vec<Held<'_>> {
        let mut modes: BTreeMap<u64, Mode> =
            consulted.into_iter().map(|subject| (subject.stripe(), Mode::Shared)).collect();
        modes.extend(changed.into_iter().map(|subject| (subject.stripe(), Mode::Alone)));
        // In the order of the stripes, so that no two operations wait for each other.
        modes
            .into_iter()
            .filter_map(|(stripe, mode)| Some((self.stripes.get(usize::try_from(stripe).ok()?)?, mode)))
            .map(|(lock, mode)| match mode {
                Mode::Alone => Held::Alone { _guard: lock.write() },
                Mode::Shared => Held::Shared { _guard: lock.read() },
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::thread;

    #[test]
    fn crossing_orders_do_not_deadlock() {
        let locks = Locks::new();
        let finished: usize = thread::scope(|scope| {
            let started: Vec<_> = [(1, 2), (2, 1), (1, 1 + STRIPES), (1 + STRIPES, 1)]
                .map(|(changed, consulted)| {
                    let locks = &locks;
                    scope.spawn(move || {
                        (0..1000)
                            .filter(|_| !locks.hold([Subject(changed)], [Subject(consulted)]).is_empty())
                            .count()
                    })
                })
                .into_iter()
                .collect();
            started.into_iter().map(|thread| thread.join().unwrap()).sum()
        });
        assert_eq!(finished, 4000);
    }

    #[test]
    fn a_change_waits_for_who_consults() {
        let locks = Locks::new();
        let consulting = locks.hold([Subject(1)], [Subject(2)]);
        assert!(locks.stripes[1].try_read().is_none());
        assert!(locks.stripes[2].try_write().is_none());
        assert!(locks.stripes[2].try_read().is_some());
        drop(consulting);
        assert!(locks.stripes[2].try_write().is_some());
    }

    #[test]
    fn what_is_changed_and_consulted_is_changed() {
        let locks = Locks::new();
        let _held = locks.hold([Subject(3)], [Subject(3 + STRIPES)]);
        assert!(locks.stripes[3].try_read().is_none());
    }
}

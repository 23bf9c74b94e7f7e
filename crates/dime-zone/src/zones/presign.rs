//! Signing ahead: the signatures of a DET when it is published, and a walk through each zone for all that are due.

use super::Zones;
use crate::{ZoneError, dnssec::Signer, presigned::Unsigned};
use drip_det::{Det, UnixTime, ZoneCut};
use std::{sync::Arc, thread};

/// Signatures made in one [`Zones::tick`], for all zones together: with one a second, about a quarter of a core with Ed25519.
const SLICE: usize = 8_192;
/// DETs looked at in one tick; to find that a signature is not due takes a thousandth of making it.
const LOOKED_AT: usize = 64 * 1024;
/// DETs whose signatures are put in place together.
const BATCH: usize = 64;

/// How far a walk through a zone has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Walk {
    /// By which clock and keys the walk was begun.
    of: Option<(UnixTime, u32)>,
    /// The next number to look at; `None` after the last.
    from: Option<u128>,
}

/// What one stretch of a walk may do.
#[derive(Clone, Copy)]
struct Stretch {
    signatures: usize,
    looks: usize,
    threads: usize,
}

impl Zones {
    /// Makes all signatures of a zone's DETs that are due, with so many threads; returns how many it made. Answers do not wait for it, and
    /// do not need it: what is not signed ahead is signed when asked for.
    pub fn sign_ahead(&self, cut: ZoneCut, threads: usize) -> Result<usize, ZoneError> {
        let mut walk = Walk { of: None, from: Some(0) };
        let mut made = 0;
        let stretch = Stretch { signatures: SLICE * threads, looks: LOOKED_AT, threads };
        while walk.from.is_some() {
            made += self.go_on(cut, &mut walk, stretch)?;
        }
        Ok(made)
    }

    /// Goes on with the walks of all zones.
    pub(super) fn sign_slice(&self) {
        let mut left = Stretch { signatures: SLICE, looks: LOOKED_AT, threads: 1 };
        let cuts: Vec<ZoneCut> = self.served.newest().keys().copied().collect();
        for cut in cuts {
            let mut walk = self.walks.lock().get(&cut).copied().unwrap_or_default();
            let before = walk;
            if let Ok(made) = self.go_on(cut, &mut walk, left) {
                left.signatures = left.signatures.saturating_sub(made);
            }
            if walk != before {
                self.walks.lock().insert(cut, walk);
            }
            if left.signatures == 0 {
                break;
            }
        }
    }

    /// Signs a DET that was just published.
    pub(super) fn sign_now(&self, det: Det) {
        if self.holding.fills() {
            return;
        }
        let number = det.as_u128();
        let Some(zone) = self.home_of(det) else { return };
        let unsigned = {
            let zone = zone.write();
            let Some(signed) = &zone.signed else { return };
            let signer = Arc::clone(&signed.signer);
            zone.unsigned(number, &signer).map(|unsigned| (unsigned, signer))
        };
        if let Some((unsigned, signer)) = unsigned {
            let signatures = unsigned.sign(&signer);
            self.change(&zone, |zone| zone.keep_signatures(&unsigned, &signatures, &signer));
        }
    }

    /// One stretch of a walk; returns how many signatures were made.
    fn go_on(&self, cut: ZoneCut, walk: &mut Walk, stretch: Stretch) -> Result<usize, ZoneError> {
        let zone = self.zone(cut)?;
        let Some(signer) = zone.read().signed.as_ref().map(|signed| Arc::clone(&signed.signer)) else {
            walk.from = None;
            return Ok(0);
        };
        let state = Some((signer.slot(), signer.stamp()));
        // What was loaded since has no signatures.
        let lacks = || {
            let zone = zone.read();
            zone.signatures().len() < zone.det_count()
        };
        if walk.of != state || (walk.from.is_none() && lacks()) {
            *walk = Walk { of: state, from: Some(0) };
        }
        let (mut made, mut looked) = (0, 0);
        while let Some(from) = walk.from {
            if made >= stretch.signatures || looked >= stretch.looks {
                break;
            }
            let (batch, next, looks) = due(&zone.read(), from, BATCH * stretch.threads, &signer);
            looked += looks;
            made += batch.iter().map(Unsigned::cost).sum::<usize>();
            let signatures = sign_all(&batch, &signer, stretch.threads);
            self.change(&zone, |zone| {
                for (unsigned, signatures) in batch.iter().zip(&signatures) {
                    zone.keep_signatures(unsigned, signatures, &signer);
                }
            });
            walk.from = next;
        }
        Ok(made)
    }
}

#[cfg(test)]
impl Zones {
    /// Puts other signatures in place of those that are kept.
    pub(crate) fn spoil_signatures(&self, cut: ZoneCut, number: u128, signatures: &[u8]) {
        if let Ok(zone) = self.zone(cut) {
            self.change(&zone, |zone| zone.insert_signatures(number, signatures));
        }
    }

    /// What is kept of a DET.
    pub(crate) fn kept_signatures(&self, cut: ZoneCut, number: u128) -> Option<Vec<u8>> {
        self.zone(cut).ok()?.read().signatures().find(number).map(<[u8]>::to_vec)
    }
}

/// DETs from a number on whose signatures are due, from where to look on, and how many were looked at.
fn due(
    zone: &crate::zone::Zone,
    from: u128,
    most: usize,
    signer: &Signer,
) -> (Vec<Unsigned>, Option<u128>, usize) {
    let (mut found, mut next, mut looks) = (Vec::new(), Some(from), 0);
    while found.len() < most && looks < 16 * BATCH {
        let Some(number) = next.and_then(|from| zone.sequence().first_from(from)) else {
            return (found, None, looks);
        };
        looks += 1;
        if zone.is_due(number, signer) {
            found.extend(zone.unsigned(number, signer));
        }
        next = number.checked_add(1);
    }
    (found, next, looks)
}

fn sign_all(batch: &[Unsigned], signer: &Signer, threads: usize) -> Vec<Vec<u8>> {
    if threads < 2 {
        return batch.iter().map(|unsigned| unsigned.sign(signer)).collect();
    }
    let share = batch.len().div_ceil(threads).max(1);
    thread::scope(|scope| {
        let sign = |part: &[Unsigned]| part.iter().map(|unsigned| unsigned.sign(signer)).collect::<Vec<_>>();
        let parts: Vec<_> = batch.chunks(share).map(|part| (part, scope.spawn(move || sign(part)))).collect();
        // A thread that could not go on left its part to this one.
        parts.into_iter().flat_map(|(part, thread)| thread.join().unwrap_or_else(|_| sign(part))).collect()
    })
}

//! Judging what a UA signed: signature, times, place in the sequence, freshness, registration, in this order.

use drip_det::{Det, HostIdentity};
use drip_wire::Epoch;
use drip_wire::broadcast::{BasicId, Message, MessageHash, UnsignedEvidence, WrapperError};

use super::finding::Outcome;
use super::keys::KeySource;
use super::links::{Chain, Links, known};
use super::observer::Settings;
use super::proof::{Followed, Kind, Proof};
use super::reason::Reason;
use super::recent::{Freshness, Recent, freshness};
use super::sequence::Sequence;
use crate::chain::Link;

/// What judging depends on, besides the transmitter.
pub(super) struct Bench<'a> {
    pub(super) keys: &'a dyn KeySource,
    pub(super) links: &'a Links,
    pub(super) settings: &'a Settings,
}

impl Bench<'_> {
    /// Judge evidence; with the chain that it was registered by, where there is one.
    pub(super) fn judge(
        &self,
        proof: &mut Proof,
        recent: &mut Recent,
        sequence: &mut Sequence,
    ) -> (Outcome, Vec<Link>) {
        let ua = proof.evidence().body().ua();
        let hi = known(self.keys, ua).map(|known| known.hi).or_else(|| self.links.hi(ua));
        let Some(hi) = hi else { return (Outcome::Open(Reason::KeyUnknown(ua)), Vec::new()) };
        match self.check(proof, &hi, recent, sequence) {
            Err(outcome) => (outcome, Vec::new()),
            Ok(()) => self.registration(proof, ua),
        }
    }

    /// Everything but the registration.
    fn check(
        &self,
        proof: &mut Proof,
        hi: &HostIdentity,
        recent: &mut Recent,
        sequence: &mut Sequence,
    ) -> Result<(), Outcome> {
        let signed = verify(proof, hi)?;
        self.check_times(proof).map_err(Outcome::Broken)?;
        self.check_det(proof, &signed).map_err(Outcome::Broken)?;
        let fresh = match &mut proof.kind {
            Kind::Manifest { manifest, freshness, followed } => {
                if *followed == Followed::NotYet {
                    sequence.follow(manifest).map_err(Outcome::Broken)?;
                    *followed = Followed::Yes;
                }
                recent.cover(manifest.messages());
                (*freshness, Reason::NothingHeard)
            }
            Kind::Wrapper(..) => {
                let hashes: Vec<MessageHash> =
                    signed.iter().map(|message| MessageHash::of(message.as_bytes())).collect();
                recent.cover(&hashes);
                let age = self.settings.data_age;
                let fresh =
                    signed.iter().any(|message| freshness(message, proof.at, age) == Freshness::Fresh);
                (if fresh { Freshness::Fresh } else { Freshness::Stale }, Reason::NoFreshData)
            }
            Kind::Frame(frame) => return Err(Outcome::Unsupported(Reason::Frame(frame.frame_type()))),
        };
        let body = proof.evidence().body();
        let validity = u64::from(body.vna().0 - body.vnb().0);
        if validity > self.settings.longest_validity {
            return Err(Outcome::Open(Reason::LongValidity(validity)));
        }
        match fresh {
            (Freshness::Fresh, _) => Ok(()),
            (Freshness::Stale, reason) => Err(Outcome::Open(reason)),
        }
    }

    fn check_times(&self, proof: &Proof) -> Result<(), Reason> {
        let body: &UnsignedEvidence = proof.evidence().body();
        if body.epoch() == Epoch::UnixSuspected {
            return Err(Reason::Epoch);
        }
        if body.vna() < body.vnb() {
            return Err(Reason::Reversed);
        }
        let (begins, ends, skew) = (body.vnb().to_unix(), body.vna().to_unix(), self.settings.clock_skew);
        if proof.at.0 + skew < begins.0 {
            return Err(Reason::NotYetValid(begins));
        }
        if proof.at.0 > ends.0 + skew {
            return Err(Reason::Expired(ends));
        }
        let stamped = proof.timestamp.to_unix();
        if stamped.0 + skew < begins.0 || stamped.0 > ends.0 + skew {
            return Err(Reason::Timestamp(stamped));
        }
        Ok(())
    }

    /// The UA must be the one that the transmitter goes by, and that the messages it signed are about.
    fn check_det(&self, proof: &Proof, signed: &[Message]) -> Result<(), Reason> {
        let found = proof.evidence().body().ua();
        let inside = signed.iter().filter_map(|message| BasicId::read(message)?.det()?.ok());
        match proof.claimed.into_iter().chain(inside).find(|claimed| *claimed != found) {
            Some(claimed) => Err(Reason::OtherUa { claimed, found }),
            None => Ok(()),
        }
    }

    fn registration(&self, proof: &Proof, ua: Det) -> (Outcome, Vec<Link>) {
        if let Some(known) = known(self.keys, ua) {
            return (Outcome::Holds(known.standing), Vec::new());
        }
        match self.links.registration(ua, self.keys, proof.at) {
            Chain::Holds(standing, links) => (Outcome::Holds(standing), links),
            Chain::Broken(fault, links) | Chain::BrokenAbove(fault, links) => {
                (Outcome::Open(Reason::Chain(fault)), links)
            }
            Chain::Unknown(top) => (Outcome::Open(Reason::ChainUnknown { top }), Vec::new()),
        }
    }
}

/// Verify the signature; the messages that are signed, where it is a Wrapper.
fn verify(proof: &Proof, hi: &HostIdentity) -> Result<Vec<Message>, Outcome> {
    match &proof.kind {
        Kind::Wrapper(wrapper, pack) => {
            let verified = match pack {
                Some(pack) if wrapper.is_extended() => wrapper.verify_in(pack, hi),
                _ => wrapper.verify(hi).map(|()| wrapper.messages().to_vec()),
            };
            verified.map_err(|error| match error {
                WrapperError::PackNeeded | WrapperError::PackCount { .. } => {
                    Outcome::Open(Reason::PackNeeded(error))
                }
                WrapperError::Evidence(_) | WrapperError::NotExtended => {
                    Outcome::Broken(Reason::Wrapper(error))
                }
            })
        }
        Kind::Manifest { manifest, .. } => match manifest.verify(hi) {
            Ok(()) => Ok(Vec::new()),
            Err(error) => Err(Outcome::Broken(Reason::Evidence(error))),
        },
        Kind::Frame(frame) => match frame.verify(hi) {
            Ok(()) => Ok(Vec::new()),
            Err(error) => Err(Outcome::Broken(Reason::Evidence(error))),
        },
    }
}

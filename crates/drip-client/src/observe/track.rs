//! What was heard of one transmitter.

use std::collections::VecDeque;

use drip_det::{Det, DripTime, UnixTime};
use drip_wire::Endorsement;
use drip_wire::broadcast::{
    Assembled, AuthenticationType, BasicId, Link as DripLink, Message, MessageType, Pack, Page, PageError,
    Pages, Progress, Sam, SamType,
};

use super::finding::{Finding, Outcome, Subject};
use super::judge::Bench;
use super::proof::{Followed, Kind, Proof, Waiting};
use super::reason::Reason;
use super::recent::{Freshness, Recent, freshness};
use super::sequence::Sequence;
use crate::chain::{Fault, Link};

/// The most findings that are kept of one transmitter.
const MOST: usize = 64;

/// One transmitter.
#[derive(Clone, Debug, Default)]
pub(super) struct Track {
    /// By its Basic ID.
    claimed: Option<Det>,
    /// By the latest evidence that its key signed.
    signed: Option<Det>,
    pub(super) recent: Recent,
    pub(super) sequence: Sequence,
    /// The chain by which the latest evidence was registered, or why it was not.
    pub(super) chain: Vec<Link>,
    /// When something was heard last, counted in messages.
    pub(super) heard: u64,
    pages: Pages,
    pages_since: Option<UnixTime>,
    findings: VecDeque<Entry>,
}

#[derive(Clone, Debug)]
struct Entry {
    finding: Finding,
    waiting: Option<Waiting>,
}

/// What an authentication message is, before it is judged.
pub(super) enum Heard {
    /// A Link to be kept for all.
    Link(UnixTime, DripLink),
    /// Evidence to be judged.
    Proof(Proof),
}

impl Track {
    /// Take a message that is no page.
    pub(super) fn message(&mut self, message: &Message, at: UnixTime, data_age: u64) {
        if let Some(Ok(det)) = BasicId::read(message).and_then(|basic_id| basic_id.det()) {
            match self.claimed.replace(det) {
                Some(claimed) if claimed != det => {
                    let reason = Reason::OtherUa { claimed, found: det };
                    self.note(at, Subject::BasicId, Some(det), Outcome::Broken(reason), None);
                }
                _ => {}
            }
        }
        self.recent.hear(message.as_bytes(), message.message_type(), freshness(message, at, data_age));
    }

    /// Take a whole pack, whose messages were taken one by one.
    pub(super) fn pack(&mut self, pack: &Pack, at: UnixTime, data_age: u64) {
        let is_fresh = |message: &Message| freshness(message, at, data_age) == Freshness::Fresh;
        let fresh = if pack.messages().iter().any(is_fresh) { Freshness::Fresh } else { Freshness::Stale };
        self.recent.hear(&pack.encode(), MessageType::PACK, fresh);
    }

    /// Take a page; what it completes, and what was completed by recovery because another message begins.
    pub(super) fn page(&mut self, page: &Page, at: UnixTime, wait: u64, pack: Option<&Pack>) -> Vec<Heard> {
        let mut heard = Vec::new();
        if page.authentication_type() != AuthenticationType::SAM {
            let reason = Reason::AuthenticationType(page.authentication_type());
            self.note(at, Subject::Authentication, None, Outcome::Unsupported(reason), None);
            return heard;
        }
        if self.pages_since.is_some_and(|since| at.0.abs_diff(since.0) > wait) {
            heard.extend(self.finish(at));
        }
        let progress = match self.pages.add(page) {
            Err(PageError::Duplicate { .. }) => return heard,
            Err(_) if !self.pages.is_empty() => {
                // It is of another message: what there is of this one is all that will come.
                heard.extend(self.finish(at));
                self.pages.add(page)
            }
            other => other,
        };
        match progress {
            Ok(Progress::Complete(assembled)) => {
                self.pages_since = None;
                heard.extend(self.assembled(&assembled, at, pack));
            }
            Ok(Progress::Waiting) => {
                self.pages_since.get_or_insert(at);
            }
            Err(error) => {
                self.note(at, Subject::Pages, None, Outcome::Partial(Reason::Pages(error)), None);
            }
        }
        heard
    }

    /// No more pages of this message will come: recover it, or say what is missing.
    pub(super) fn finish(&mut self, at: UnixTime) -> Option<Heard> {
        let pages = std::mem::take(&mut self.pages);
        let since = self.pages_since.take().unwrap_or(at);
        if pages.is_empty() {
            return None;
        }
        match pages.recover() {
            Ok(assembled) => self.assembled(&assembled, since, None),
            Err(error) => {
                self.note(since, Subject::Pages, None, Outcome::Partial(Reason::Pages(error)), None);
                None
            }
        }
    }

    /// The DET that it goes by: what it says in its Basic ID, or else what it signs as.
    pub(super) fn det(&self) -> Option<Det> {
        self.claimed.or(self.signed)
    }

    /// Whether pages wait for more.
    pub(super) fn is_partial(&self) -> bool {
        !self.pages.is_empty()
    }

    fn assembled(&mut self, assembled: &Assembled, at: UnixTime, pack: Option<&Pack>) -> Option<Heard> {
        let message = &assembled.message;
        self.recent.hear(&message.encode(), MessageType::AUTHENTICATION, Freshness::Stale);
        let sam = match message.sam() {
            Ok(sam) => sam,
            Err(error) => {
                let sam_type = SamType(message.data().first().copied().unwrap_or_default());
                let outcome = match sam_type.name() {
                    Some(_) => Outcome::Broken(Reason::Undecodable(error)),
                    None => Outcome::Unsupported(Reason::SamType(sam_type)),
                };
                self.note(at, Subject::Authentication, None, outcome, None);
                return None;
            }
        };
        Some(self.sam(sam, message.timestamp(), at, pack))
    }

    /// Take a DRIP format, with what is known at this moment.
    pub(super) fn sam(&self, sam: Sam, timestamp: DripTime, at: UnixTime, pack: Option<&Pack>) -> Heard {
        let kind = match sam {
            Sam::Link(link) => return Heard::Link(at, link),
            Sam::Wrapper(wrapper) => Kind::Wrapper(wrapper, pack.cloned()),
            Sam::Manifest(manifest) => {
                let freshness = self.recent.freshness(manifest.messages());
                Kind::Manifest { manifest, freshness, followed: Followed::NotYet }
            }
            Sam::Frame(frame) => Kind::Frame(frame),
        };
        Heard::Proof(Proof { at, timestamp, claimed: self.claimed, kind })
    }

    /// Judge a Link and note what came of it.
    pub(super) fn link(&mut self, endorsement: &Endorsement, at: UnixTime, bench: &Bench<'_>) {
        let det = Some(endorsement.child);
        if let Err(mismatch) = endorsement.child.check(&endorsement.child_hi) {
            let reason = Reason::Link(Fault::KeyMismatch(mismatch.to_string()));
            self.note(at, Subject::Link, det, Outcome::Broken(reason), None);
            return;
        }
        let outcome = bench.links.judge(endorsement, bench.keys, at).outcome_of_link();
        self.note(at, Subject::Link, det, outcome, Some(Waiting::Link(*endorsement)));
    }

    /// Judge evidence and note what came of it.
    pub(super) fn proof(&mut self, mut proof: Proof, bench: &Bench<'_>) {
        let (outcome, chain) = bench.judge(&mut proof, &mut self.recent, &mut self.sequence);
        let (at, subject, ua) = (proof.at, proof.subject(), proof.evidence().body().ua());
        if !matches!(outcome, Outcome::Broken(_)) {
            self.signed = Some(ua);
        }
        if !chain.is_empty() {
            self.chain = chain;
        }
        self.note(at, subject, Some(ua), outcome, Some(Waiting::Proof(Box::new(proof))));
    }

    /// Judge again what was open: more is known now.
    pub(super) fn reconsider(&mut self, bench: &Bench<'_>) {
        for entry in
            self.findings.iter_mut().filter(|entry| matches!(entry.finding.outcome, Outcome::Open(_)))
        {
            match &mut entry.waiting {
                Some(Waiting::Link(endorsement)) => {
                    let chain = bench.links.judge(endorsement, bench.keys, entry.finding.at);
                    entry.finding.outcome = chain.outcome_of_link();
                }
                Some(Waiting::Proof(proof)) => {
                    let (outcome, chain) = bench.judge(proof, &mut self.recent, &mut self.sequence);
                    entry.finding.outcome = outcome;
                    if !chain.is_empty() {
                        self.chain = chain;
                    }
                }
                None => {}
            }
        }
    }

    /// The findings not older than this.
    pub(super) fn findings_since(&self, earliest: UnixTime) -> impl Iterator<Item = &Finding> {
        self.findings.iter().map(|entry| &entry.finding).filter(move |finding| finding.at >= earliest)
    }

    fn note(
        &mut self,
        at: UnixTime,
        subject: Subject,
        det: Option<Det>,
        outcome: Outcome,
        waiting: Option<Waiting>,
    ) {
        // The same once more takes the place of the same before; what is open and can be judged again is not the same.
        let closed = !matches!(outcome, Outcome::Open(_));
        let same = |entry: &Entry| {
            let finding = &entry.finding;
            (finding.subject, finding.det, &finding.outcome) == (subject, det, &outcome)
                && (closed || is_same_link(entry.waiting.as_ref(), waiting.as_ref()))
        };
        self.findings.retain(|entry| !same(entry));
        if self.findings.len() >= MOST {
            self.findings.pop_front();
        }
        let waiting = if closed { None } else { waiting };
        self.findings.push_back(Entry { finding: Finding { at, subject, det, outcome }, waiting });
    }
}

fn is_same_link(one: Option<&Waiting>, other: Option<&Waiting>) -> bool {
    match (one, other) {
        (Some(Waiting::Link(one)), Some(Waiting::Link(other))) => one == other,
        _ => false,
    }
}

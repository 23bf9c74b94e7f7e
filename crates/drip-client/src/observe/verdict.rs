//! What an observer says of a UA.

use drip_det::{Det, UnixTime};
use serde::ser::{Serialize, SerializeStruct, Serializer};

use super::finding::{Finding, Outcome, Subject};
use super::keys::Standing;
use super::reception::Transmitter;
use super::sequence::Sequence;
use super::state::UaState;
use super::track::Track;
use crate::chain::Link;

/// How far a UA is to be believed, and why.
#[derive(Clone, Debug, PartialEq)]
pub struct Verdict {
    /// Who was heard.
    pub transmitter: Transmitter,
    /// The DET it goes by.
    pub det: Option<Det>,
    /// The whole in one word.
    pub state: UaState,
    /// The whole in one sentence.
    pub reason: String,
    /// What was heard and what came of it, oldest first.
    pub findings: Vec<Finding>,
    /// The chain by which the UA is registered, top first.
    pub links: Vec<Link>,
    /// How its Manifests followed on each other.
    pub sequence: Sequence,
    /// How many messages of it were heard lately, besides authentication.
    pub messages: usize,
    /// How many of them are signed, in a Wrapper or by a Manifest.
    pub signed_messages: usize,
}

/// What there is among findings.
#[derive(Default)]
struct Tally<'a> {
    trusted: Option<&'a Finding>,
    verified: Option<&'a Finding>,
    broken: Option<&'a Finding>,
    open: Option<&'a Finding>,
    unsupported: Option<&'a Finding>,
    partial: Option<&'a Finding>,
}

impl Verdict {
    pub(super) fn of(transmitter: Transmitter, track: &Track, earliest: UnixTime) -> Self {
        let findings: Vec<Finding> = track.findings_since(earliest).cloned().collect();
        let tally = Tally::of(&findings);
        let (state, reason) = tally.judge(track.is_partial());
        let (messages, signed_messages) = track.recent.counts();
        Verdict {
            transmitter,
            det: track.det(),
            state,
            reason,
            links: track.chain.clone(),
            sequence: track.sequence,
            messages,
            signed_messages,
            findings,
        }
    }
}

impl<'a> Tally<'a> {
    /// Of each kind the latest; of what is open the latest evidence rather than a Link.
    fn of(findings: &'a [Finding]) -> Self {
        let mut tally = Tally::default();
        for finding in findings {
            match &finding.outcome {
                Outcome::Holds(Standing::Trusted) => tally.trusted = Some(finding),
                Outcome::Holds(Standing::Known) => tally.verified = Some(finding),
                Outcome::Broken(_) => tally.broken = Some(finding),
                Outcome::Open(_) => {
                    let says_more = finding.subject != Subject::Link
                        || tally.open.is_none_or(|open| open.subject == Subject::Link);
                    if says_more {
                        tally.open = Some(finding);
                    }
                }
                Outcome::Unsupported(_) => tally.unsupported = Some(finding),
                Outcome::Partial(_) => tally.partial = Some(finding),
            }
        }
        tally
    }

    fn judge(&self, waiting: bool) -> (UaState, String) {
        let mixed = |good: &Finding, bad: &Finding| format!("{good}; but {bad}");
        match (self.trusted, self.verified, self.broken) {
            (Some(good), _, Some(bad)) => (UaState::Conflicting, mixed(good, bad)),
            (None, Some(good), Some(bad)) => (UaState::Questionable, mixed(good, bad)),
            (None, None, Some(bad)) => (UaState::Unverified, bad.to_string()),
            (Some(good), _, None) => (
                UaState::Trusted,
                format!("{good}, is of this moment, and its chain leads to a trust anchor"),
            ),
            (None, Some(good), None) => {
                (UaState::Verified, format!("{good}, is of this moment, and its chain leads to a known DIME"))
            }
            (None, None, None) => match (self.open, self.unsupported, self.partial, waiting) {
                (Some(open), ..) => (UaState::Unverifiable, open.to_string()),
                (None, Some(other), ..) => (UaState::Unsupported, other.to_string()),
                (None, None, Some(partial), _) => (UaState::Partial, partial.to_string()),
                (None, None, None, true) => (UaState::Partial, "more pages are to come".to_owned()),
                (None, None, None, false) => (UaState::None, "no authentication was heard".to_owned()),
            },
        }
    }
}

impl Serialize for Verdict {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut out = serializer.serialize_struct("Verdict", 11)?;
        out.serialize_field("transmitter", &self.transmitter.to_string())?;
        out.serialize_field("det", &self.det.map(|det| det.to_string()))?;
        out.serialize_field("trusted", &(self.state == UaState::Trusted))?;
        out.serialize_field("state", self.state.name())?;
        out.serialize_field("colour", self.state.colour())?;
        out.serialize_field("reason", &self.reason)?;
        out.serialize_field("links", &self.links)?;
        let findings: Vec<String> = self.findings.iter().map(ToString::to_string).collect();
        out.serialize_field("findings", &findings)?;
        out.serialize_field("manifest_gaps", &self.sequence.gaps)?;
        out.serialize_field("messages", &self.messages)?;
        out.serialize_field("signed_messages", &self.signed_messages)?;
        out.end()
    }
}

//! The review of a request, and the signing of what was reviewed.
//!
//! ```text
//! Request ── review ──► Review: for each item a plan, or a refusal ── sign ──► Answer
//!                          ┊ the operator reads it, compares the words, and agrees once
//! ```
//!
//! Only a review signs, and it signs what it showed: serial numbers are drawn and times settled while reviewing.

use super::plan::{NoPlan, Plan, Setting};
use super::{Answer, Item, Refusal, Request, Signed, Terms, Warning};
use crate::{Authorization, LocalSigner, NoRandomness, SignError, Signer};
use drip_det::{Det, UnixTime};

/// Where the randomness of serial numbers comes from.
pub type Entropy<'a> = dyn FnMut(&mut [u8]) -> Result<(), NoRandomness> + 'a;

/// A request as the operator is to see it before anything is signed.
pub struct Review<'a> {
    request: &'a Request,
    signer: &'a LocalSigner<Authorization>,
    now: UnixTime,
    warnings: Vec<Warning>,
    findings: Vec<Finding<'a>>,
}

/// What was found about one item.
pub struct Finding<'a> {
    item: &'a Item,
    warnings: Vec<Warning>,
    decision: Result<Plan, Refusal>,
}

/// Decodes every item of a request in full and works out what would be signed, and what not. Nothing is signed.
pub fn review<'a>(
    request: &'a Request,
    signer: &'a LocalSigner<Authorization>,
    terms: Terms,
    entropy: &mut Entropy<'_>,
    now: UnixTime,
) -> Result<Review<'a>, NoRandomness> {
    let setting = Setting::new(request, signer, terms, now);
    let mut findings: Vec<Finding<'a>> = Vec::new();
    for item in &request.items {
        let mut warnings = Vec::new();
        let decision = match setting.plan(item, entropy, &mut warnings) {
            Ok(plan) => match repeats(&findings, &plan) {
                Some(number) => Err(Refusal::Repeated { number }),
                None => Ok(plan),
            },
            Err(NoPlan::Refused(refusal)) => Err(refusal),
            Err(NoPlan::NoRandomness(error)) => return Err(error),
        };
        findings.push(Finding { item, warnings, decision });
    }
    let mut warnings: Vec<Warning> = Warning::of_time(request.made_at, now).into_iter().collect();
    if request.by != signer.det().hid() {
        warnings.push(Warning::OtherPlace { by: request.by, signer: signer.det().hid() });
    }
    if setting.own_end.is_none() {
        warnings.push(Warning::OwnEndUnknown);
    }
    Ok(Review { request, signer, now, warnings, findings })
}

/// Reviews and signs in one step, with nobody looking: every item that can be signed is.
pub fn sign(
    request: &Request,
    signer: &LocalSigner<Authorization>,
    entropy: &mut Entropy<'_>,
    now: UnixTime,
) -> Result<Answer, SignError> {
    review(request, signer, Terms::default(), entropy, now)
        .map_err(|error| SignError::Unavailable(error.to_string()))?
        .sign()
}

/// The number of the earlier item that endorses the same DET, or is a revocation list, too.
fn repeats(findings: &[Finding<'_>], plan: &Plan) -> Option<usize> {
    if matches!(plan, Plan::RevocationList { .. }) {
        // Two lists of one signer contradict each other.
        let same = |earlier: &Finding<'_>| matches!(earlier.decision, Ok(Plan::RevocationList { .. }));
        return (1..).zip(findings).find(|(_, earlier)| same(earlier)).map(|(number, _)| number);
    }
    let child = plan.child()?;
    (1..).zip(findings).find(|(_, earlier)| earlier.child() == Some(child)).map(|(number, _)| number)
}

impl Review<'_> {
    /// What there is to notice about the whole.
    pub fn warnings(&self) -> &[Warning] {
        &self.warnings
    }

    /// What was found about each item, in order.
    pub fn findings(&self) -> &[Finding<'_>] {
        &self.findings
    }

    /// How many items will be refused.
    pub fn refused(&self) -> usize {
        self.findings.iter().filter(|finding| finding.decision.is_err()).count()
    }

    /// How many signatures the key will give: an authority's endorsement and each of its certificates is one.
    pub fn signatures(&self) -> usize {
        let plans = self.findings.iter().filter_map(|finding| finding.decision.as_ref().ok());
        plans.map(Plan::signatures).sum()
    }

    /// Signs every item that was not refused.
    pub fn sign(self) -> Result<Answer, SignError> {
        let Review { request, signer, now, findings, .. } = self;
        let items = findings.into_iter().map(|finding| match finding.decision {
            Ok(plan) => plan.sign(signer, now),
            Err(refusal) => Ok(Signed::refused(&refusal.to_string())),
        });
        Ok(Answer {
            request: request.digest(),
            signer: signer.det(),
            signer_hi: *signer.hi(),
            signed_at: now,
            items: items.collect::<Result<_, _>>()?,
        })
    }
}

impl Finding<'_> {
    /// The item.
    pub fn item(&self) -> &Item {
        self.item
    }

    /// What there is to notice.
    pub fn warnings(&self) -> &[Warning] {
        &self.warnings
    }

    /// Why it will not be signed, if so.
    pub fn refusal(&self) -> Option<&Refusal> {
        self.decision.as_ref().err()
    }

    /// The DET that will be endorsed.
    pub fn child(&self) -> Option<Det> {
        self.decision.as_ref().ok().and_then(Plan::child)
    }

    /// The first and the last second that will be signed.
    pub fn validity(&self) -> Option<(UnixTime, UnixTime)> {
        self.decision.as_ref().ok().map(Plan::validity)
    }
}

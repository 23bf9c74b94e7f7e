//! Verifying objects in hand instead of records in DNS: certificates and endorsements in any order.

use std::collections::BTreeMap;

use drip_cert::lite::LiteCertificate;
use drip_det::Det;
use drip_wire::Endorsement;

use super::Conditions;
use super::anchor::Anchor;
use super::certificate::{self, Signer};
use super::endorsement::{Keys, check_one};
use super::entity::class_of;
use super::fault::Fault;
use super::permitted::Steps;
use super::report::{Link, LinkKind, Report, State};

/// The objects to verify.
#[derive(Clone, Debug, Default)]
pub struct Objects {
    /// Certificates, in any order.
    pub certificates: Vec<LiteCertificate>,
    /// Endorsements, in any order.
    pub endorsements: Vec<Endorsement>,
}

/// Verify objects against each other and the anchors.
///
/// Every object must hang from an anchor, directly or over other objects; an object whose parent is
/// nowhere to be found is at fault, and one that hangs from a self-signed root nobody vouched for makes
/// the whole [`State::Unanchored`].
pub fn verify_objects(objects: &Objects, anchors: &[Anchor], conditions: &Conditions) -> Report {
    if objects.certificates.is_empty() && objects.endorsements.is_empty() {
        return Report::without_links(
            State::BrokenLink,
            "there is neither a certificate nor an endorsement to verify".to_owned(),
        );
    }
    let mut ground = Ground::new(anchors);
    let mut waiting: Vec<Object<'_>> = (objects.certificates.iter().map(Object::Certificate))
        .chain(objects.endorsements.iter().map(Object::Endorsement))
        .collect();
    let mut links = Vec::new();
    // Each round settles the objects whose parent is known by now, so chains of any order settle from
    // the top down; when a round settles nothing, the parents of the rest are missing.
    loop {
        let (ready, rest): (Vec<_>, Vec<_>) =
            waiting.into_iter().partition(|object| ground.knows(object.parent(), object.child()));
        if ready.is_empty() {
            links.extend(rest.iter().map(Object::orphan));
            break;
        }
        for object in ready {
            links.push(ground.settle(&object, conditions));
        }
        waiting = rest;
    }
    let success = match ground.unanchored.first() {
        None => (State::Trusted, format!("{} links hold up to the trust anchor", links.len())),
        Some(root) if anchors.is_empty() => (
            State::Unanchored,
            format!("every link holds up to the self-signed {root}, but no trust anchor was given"),
        ),
        Some(root) => {
            (State::Unanchored, format!("every link holds, but {}", Fault::AnchorNotReached { root: *root }))
        }
    };
    Report::judge(links, success)
}

enum Object<'a> {
    Certificate(&'a LiteCertificate),
    Endorsement(&'a Endorsement),
}

impl Object<'_> {
    fn parent(&self) -> Det {
        match self {
            Self::Certificate(certificate) => certificate.tbs().issuer,
            Self::Endorsement(endorsement) => endorsement.parent,
        }
    }

    fn child(&self) -> Det {
        match self {
            Self::Certificate(certificate) => certificate.tbs().det,
            Self::Endorsement(endorsement) => endorsement.child,
        }
    }

    fn link(&self, fault: Option<Fault>) -> Link {
        let kind = match self {
            Self::Certificate(_) => LinkKind::Certificate,
            Self::Endorsement(_) => LinkKind::Endorsement,
        };
        Link { parent: Some(self.parent()), child: self.child(), kind, fault }
    }

    fn orphan(&self) -> Link {
        let parent = self.parent();
        let why = "neither among the objects nor among the anchors".to_owned();
        self.link(Some(Fault::ParentUnknown { parent, why }))
    }
}

/// What is known so far.
struct Ground<'a> {
    keys: Keys,
    certificates: BTreeMap<Det, &'a LiteCertificate>,
    steps: BTreeMap<Det, Steps>,
    anchored: Vec<Det>,
    unanchored: Vec<Det>,
}

impl<'a> Ground<'a> {
    fn new(anchors: &[Anchor]) -> Self {
        Self {
            keys: anchors.iter().map(|anchor| (anchor.det, anchor.hi)).collect(),
            certificates: BTreeMap::new(),
            steps: anchors
                .iter()
                .filter_map(|anchor| Some((anchor.det, Steps::of_class(anchor.class?))))
                .collect(),
            anchored: anchors.iter().map(|anchor| anchor.det).collect(),
            unanchored: Vec::new(),
        }
    }

    fn knows(&self, parent: Det, child: Det) -> bool {
        parent == child || self.keys.contains_key(&parent)
    }

    fn settle(&mut self, object: &Object<'a>, conditions: &Conditions) -> Link {
        let (child, parent) = (object.child(), object.parent());
        let (outcome, hi) = match object {
            Object::Certificate(certificate) => {
                (self.check_certificate(certificate, conditions), certificate.tbs().hi)
            }
            Object::Endorsement(endorsement) => {
                let outcome = check_one(endorsement, &self.keys, &Keys::new(), conditions.at)
                    .and_then(|()| self.step_down(endorsement));
                (outcome, endorsement.child_hi)
            }
        };
        if outcome.is_ok() {
            self.keys.entry(child).or_insert(hi);
            if let Object::Certificate(certificate) = object {
                self.certificates.insert(child, certificate);
                self.steps.insert(child, Steps::of_class(class_of(certificate)));
            }
            if self.anchored.contains(&parent) {
                self.anchored.push(child);
            } else {
                self.unanchored.push(parent);
            }
        }
        object.link(outcome.err())
    }

    /// Note how deep the child is; a certificate knows better than the count of steps.
    fn step_down(&mut self, endorsement: &Endorsement) -> Result<(), Fault> {
        let parent = self.steps.get(&endorsement.parent).copied().unwrap_or(Steps::NONE);
        let below = parent.down(endorsement.parent, endorsement.child)?;
        self.steps.entry(endorsement.child).or_insert(below);
        Ok(())
    }

    fn check_certificate(&self, certificate: &LiteCertificate, conditions: &Conditions) -> Result<(), Fault> {
        let (det, issuer) = (certificate.tbs().det, certificate.tbs().issuer);
        let hi = &certificate.tbs().hi;
        det.check(hi).map_err(|mismatch| Fault::KeyMismatch(mismatch.to_string()))?;
        if self.keys.get(&det).is_some_and(|known| known != hi) {
            return Err(Fault::OtherAnchor);
        }
        let own = (issuer == det).then_some(hi);
        let why = "unknown".to_owned();
        let hi = self.keys.get(&issuer).or(own).ok_or(Fault::ParentUnknown { parent: issuer, why })?;
        let issuer_certificate =
            if issuer == det { Some(certificate) } else { self.certificates.get(&issuer).copied() };
        if let (None, Some(steps)) = (issuer_certificate, self.steps.get(&issuer)) {
            steps.certifies(issuer, class_of(certificate))?;
        }
        let signer = Signer { det: issuer, hi, certificate: issuer_certificate };
        certificate::check(certificate, &signer, conditions.at)
    }
}

//! What is known while objects are settled one after another, from the trusted down: keys, how deep they are, and over which link
//! each was reached.

use std::collections::{BTreeMap, BTreeSet};

use drip_cert::Certificate;
use drip_cert::c509::AnyNative;
use drip_cert::x509::{Role, Tbs};
use drip_det::{Det, DetClass, HostIdentity};
use drip_wire::Endorsement;

use super::Conditions;
use super::anchor::Anchor;
use super::certificate::{self, Certified, Signer};
use super::endorsement::{Keys, check_one};
use super::fault::Fault;
use super::permitted::Steps;
use super::report::{Link, LinkKind};
use super::trust::Trust;

/// Something to be settled.
pub(super) enum Object<'a> {
    Certificate(&'a Certificate),
    /// A certificate in CBOR that its issuer signed in CBOR.
    Native(&'a AnyNative),
    Endorsement(&'a Endorsement),
}

impl Object<'_> {
    pub(super) fn parent(&self) -> Det {
        match self {
            Self::Certificate(certificate) => certificate.issuer(),
            Self::Native(certificate) => certificate.issuer(),
            Self::Endorsement(endorsement) => endorsement.parent,
        }
    }

    pub(super) fn child(&self) -> Det {
        match self {
            Self::Certificate(certificate) => certificate.det(),
            Self::Native(certificate) => certificate.det(),
            Self::Endorsement(endorsement) => endorsement.child,
        }
    }

    fn link(&self, fault: Option<Fault>) -> Link {
        let kind = match self {
            Self::Certificate(_) | Self::Native(_) => LinkKind::Certificate,
            Self::Endorsement(_) => LinkKind::Endorsement,
        };
        Link { parent: Some(self.parent()), child: self.child(), kind, fault }
    }

    pub(super) fn orphan(&self) -> Link {
        let parent = self.parent();
        let why = "neither among the objects nor among the anchors".to_owned();
        self.link(Some(Fault::ParentUnknown { parent, why }))
    }
}

/// What is known so far.
pub(super) struct Ground<'a> {
    trust: &'a Trust,
    keys: Keys,
    /// What certificates say that their holders may sign.
    classes: BTreeMap<Det, DetClass>,
    steps: BTreeMap<Det, Steps>,
    /// Over which link each DET was reached that is not trusted to begin with.
    reached: BTreeMap<Det, Link>,
    anchored: Vec<Det>,
    /// Who is endorsed within the place of an anchor of which nobody said what it may sign.
    uncertain: BTreeSet<Det>,
    /// Whose keys are known by a link that holds but for the time: what is below is judged, and not trusted.
    lapsed: BTreeMap<Det, Fault>,
    pub(super) unanchored: Vec<Det>,
}

impl<'a> Ground<'a> {
    pub(super) fn new(trust: &'a Trust) -> Self {
        let anchors = || trust.everybody().map(|known| &known.anchor);
        Self {
            trust,
            keys: anchors().map(|anchor| (anchor.det, anchor.hi)).collect(),
            classes: BTreeMap::new(),
            steps: anchors()
                .filter_map(|anchor| Some((anchor.det, Steps::of_class(anchor.class?))))
                .collect(),
            reached: BTreeMap::new(),
            anchored: anchors().map(|anchor| anchor.det).collect(),
            uncertain: BTreeSet::new(),
            lapsed: BTreeMap::new(),
            unanchored: Vec::new(),
        }
    }

    /// Settle everything whose parent is known by now, round after round, so that chains of any order settle from the top down.
    /// What is left when a round settles nothing is given back: its parents are missing.
    pub(super) fn settle_all(
        &mut self,
        mut waiting: Vec<Object<'a>>,
        conditions: &Conditions,
        links: &mut Vec<Link>,
    ) -> Vec<Object<'a>> {
        loop {
            let (ready, rest): (Vec<_>, Vec<_>) =
                waiting.into_iter().partition(|object| self.knows(object.parent(), object.child()));
            if ready.is_empty() {
                return rest;
            }
            for object in ready {
                links.push(self.settle(&object, conditions));
            }
            waiting = rest;
        }
    }

    fn knows(&self, parent: Det, child: Det) -> bool {
        parent == child || self.keys.contains_key(&parent)
    }

    fn settle(&mut self, object: &Object<'a>, conditions: &Conditions) -> Link {
        let (child, parent) = (object.child(), object.parent());
        let allowed = self.trust.bridges().check(parent, child);
        let (outcome, hi) = match object {
            Object::Certificate(certificate) => {
                (allowed.and_then(|()| self.check_any(certificate, conditions)), *certificate.hi())
            }
            Object::Native(certificate) => {
                (allowed.and_then(|()| self.check_native(certificate, conditions)), *certificate.hi())
            }
            Object::Endorsement(endorsement) => {
                let outcome = allowed
                    .and_then(|()| check_one(endorsement, &self.keys, &Keys::new(), conditions.at))
                    .and_then(|()| self.step_down(endorsement));
                (outcome, endorsement.child_hi)
            }
        };
        let outcome = outcome.and_then(|()| match self.lapsed.get(&parent) {
            Some(fault) if parent != child && !self.anchored.contains(&parent) => {
                Err(Fault::Lapsed { parent, fault: Box::new(fault.clone()) })
            }
            _ => Ok(()),
        });
        let link = object.link(outcome.err());
        if let Some(fault) = link.fault.as_ref().and_then(out_of_time) {
            self.keys.entry(child).or_insert(hi);
            self.lapsed.entry(child).or_insert_with(|| fault.clone());
        }
        if link.is_ok() {
            self.keys.entry(child).or_insert(hi);
            match object {
                Object::Certificate(certificate) => self.note_class(child, parent, certificate.role()),
                Object::Native(certificate) => self.note_class(child, parent, certificate.role()),
                Object::Endorsement(_) => {}
            }
            if parent != child {
                self.reached.entry(child).or_insert_with(|| link.clone());
            }
            if self.anchored.contains(&parent) {
                self.anchored.push(child);
            } else {
                self.unanchored.push(parent);
            }
        }
        link
    }

    /// Note how deep the child is; a certificate knows better than the count of steps.
    fn step_down(&mut self, endorsement: &Endorsement) -> Result<(), Fault> {
        let parent = self.steps.get(&endorsement.parent).copied().unwrap_or(Steps::NONE);
        let below = parent.down(endorsement.parent, endorsement.child)?;
        self.steps.entry(endorsement.child).or_insert(below);
        let (above, child) = (endorsement.parent, endorsement.child);
        let unknown = self.trust.known(above).is_some_and(|known| known.anchor.class.is_none());
        if above.hid() == child.hid() && above != child && (unknown || self.uncertain.contains(&above)) {
            self.uncertain.insert(child);
        }
        Ok(())
    }

    /// Whether a DET may be an Operational one: it is one by its certificate or by the steps to it, or nobody knows where those began.
    pub(super) fn may_be_operational(&self, det: Det) -> bool {
        let certified = self.classes.contains_key(&det);
        self.class(det) == Some(DetClass::Operational) || (!certified && self.uncertain.contains(&det))
    }

    /// Note what the holder of a certificate may sign. Which class an authority is of, the mtls profile does not say: there the steps
    /// to it do, unless another certificate does.
    fn note_class(&mut self, child: Det, parent: Det, role: Role) {
        match named_class(role) {
            Some(class) => {
                self.classes.insert(child, class);
                self.steps.insert(child, Steps::of_class(class));
            }
            None => {
                let above = self.steps.get(&parent).copied().unwrap_or(Steps::NONE);
                if let Ok(below) = above.down(parent, child) {
                    let steps = *self.steps.entry(child).or_insert(below);
                    self.classes.entry(child).or_insert(steps.class());
                }
            }
        }
    }

    fn check_any(&self, certificate: &Certificate, conditions: &Conditions) -> Result<(), Fault> {
        match certificate {
            Certificate::Lite(certificate) => self.check_certificate(certificate, conditions),
            Certificate::Full(certificate) => self.check_certificate(certificate, conditions),
            Certificate::Mtls(certificate) => self.check_certificate(certificate, conditions),
        }
    }

    fn check_native(&self, certificate: &AnyNative, conditions: &Conditions) -> Result<(), Fault> {
        match certificate {
            AnyNative::Lite(certificate) => self.check_certificate(certificate, conditions),
            AnyNative::Full(certificate) => self.check_certificate(certificate, conditions),
            AnyNative::Mtls(certificate) => self.check_certificate(certificate, conditions),
        }
    }

    fn check_certificate(&self, certificate: &impl Certified, conditions: &Conditions) -> Result<(), Fault> {
        let tbs = certificate.tbs();
        let (det, issuer, hi) = (tbs.det(), tbs.issuer(), tbs.hi());
        det.check(hi).map_err(|mismatch| Fault::KeyMismatch(mismatch.to_string()))?;
        if self.keys.get(&det).is_some_and(|known| known != hi) {
            return Err(Fault::OtherAnchor);
        }
        let own = (issuer == det).then_some(hi);
        let why = "unknown".to_owned();
        let hi = self.keys.get(&issuer).or(own).ok_or(Fault::ParentUnknown { parent: issuer, why })?;
        let class = match self.classes.get(&issuer) {
            // Of those who sign for themselves only an Authorization DET may.
            _ if issuer == det => Some(named_class(tbs.role()).unwrap_or(DetClass::Authorization)),
            class => class.copied(),
        };
        if let (None, Some(steps)) = (class, self.steps.get(&issuer)) {
            steps.certifies(issuer, named_class(tbs.role()).unwrap_or(DetClass::Issuing))?;
        }
        let signer = Signer { det: issuer, hi, class };
        certificate::check(certificate, &signer, conditions.at)
    }

    /// Take in a DET on somebody's word: the child of an endorsement whose parent's key nobody has.
    pub(super) fn take_on_trust(&mut self, endorsement: &Endorsement, link: Link) {
        let child = endorsement.child;
        self.keys.entry(child).or_insert(endorsement.child_hi);
        self.steps.entry(child).or_insert(Steps::of_class(DetClass::Issuing));
        self.reached.entry(child).or_insert(link);
        self.anchored.push(child);
    }

    /// The key of a DET that hangs from somebody trusted.
    pub(super) fn anchored_key(&self, det: Det) -> Option<HostIdentity> {
        self.keys.get(&det).filter(|_| self.anchored.contains(&det)).copied()
    }

    /// What a DET that is trusted may sign, as far as the steps to it say.
    pub(super) fn class(&self, det: Det) -> Option<DetClass> {
        self.steps.get(&det).map(|steps| steps.class())
    }

    /// Everybody who was reached from somebody trusted, with the links that lead there.
    pub(super) fn reached(&self) -> impl Iterator<Item = (Anchor, Vec<Link>)> {
        self.reached.keys().filter(|det| self.anchored.contains(det)).filter_map(|det| {
            let anchor = Anchor { det: *det, hi: *self.keys.get(det)?, class: self.class(*det) };
            Some((anchor, self.path(*det)))
        })
    }

    /// From the anchor given down to a DET.
    pub(super) fn path(&self, det: Det) -> Vec<Link> {
        let mut links = Vec::new();
        let mut at = det;
        // No DET is reached twice, so this ends.
        while let Some(link) = self.reached.get(&at) {
            links.push(link.clone());
            match link.parent {
                Some(parent) if parent != at => at = parent,
                _ => break,
            }
        }
        links.extend(self.trust.known(at).into_iter().flat_map(|known| known.path.iter().rev().cloned()));
        links.reverse();
        links
    }
}

/// The class that a certificate names; none in an authority's of the mtls profile.
fn named_class(role: Role) -> Option<DetClass> {
    match role {
        Role::Authority(class) => Some(class),
        Role::AnyAuthority => None,
        Role::EndEntity => Some(DetClass::Operational),
    }
}

/// The fault of time, where that is all there is.
fn out_of_time(fault: &Fault) -> Option<&Fault> {
    match fault {
        Fault::Expired(_) | Fault::NotYetValid(_) => Some(fault),
        Fault::Lapsed { fault, .. } => out_of_time(fault),
        _ => None,
    }
}

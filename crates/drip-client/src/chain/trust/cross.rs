//! Cross-endorsements: which of them lead from an anchor somewhere, and why the others do not.

use std::collections::{BTreeMap, BTreeSet};

use drip_det::{Det, DetClass, Hda, Raa};
use drip_wire::Endorsement;

use super::rounds::Rounds;
use super::{Known, Trust, Way, is_crossing, may_pass_on};
use crate::chain::anchor::Anchor;
use crate::chain::endorsement::{Keys, check_one};
use crate::chain::fault::Fault;
use crate::chain::report::{Link, LinkKind};

impl Trust {
    /// Find out anew where the cross-endorsements lead.
    pub(super) fn cross(&mut self) {
        self.known.retain(|_, known| !matches!(known.way, Way::Crossed | Way::Bridged));
        self.refused.retain(|link| link.kind != LinkKind::CrossEndorsement);
        // First what anchors endorse, then what bridges do: each way is as short as it can be, and there is no third round.
        self.follow(|trust, parent| trust.is_source(parent), Way::Crossed);
        self.follow(|trust, parent| trust.is_reached_bridge(parent), Way::Bridged);
        // Settled for all of them at once: whoever brings thousands must not be able to make each cost a look at all the others.
        self.rounds = Rounds::of(&self.edges);
        self.late = self.late();
        let mut told = BTreeSet::new();
        let refused: Vec<Link> = self
            .edges
            .iter()
            .filter(|edge| !self.known.contains_key(&edge.child))
            .map(|edge| link(edge, Some(self.fault_of(edge))))
            .filter(|link| told.insert((link.parent, link.child, link.fault.as_ref().map(Fault::to_string))))
            .collect();
        self.refused.extend(refused);
    }

    /// What is wrong with one of the cross-endorsements brought along, if anything is.
    pub(in crate::chain) fn fault_of_cross(&self, edge: &Endorsement) -> Option<Fault> {
        if self.known.contains_key(&edge.child) { self.check(edge).err() } else { Some(self.fault_of(edge)) }
    }

    /// Those whose cross-endorsements count, as far as is known: anchors that are RAAs, and bridges that are trusted through them.
    pub(in crate::chain) fn endorsers(&self) -> Vec<Det> {
        let is_raa = |det: &Det| det.hid().raa != Raa::APEX && det.hid().hda == Hda::OF_RAA;
        let may = |det: &Det| self.is_source(*det) || self.is_reached_bridge(*det);
        self.known.keys().copied().filter(is_raa).filter(may).collect()
    }

    fn follow(&mut self, may: impl Fn(&Trust, Det) -> bool, way: Way) {
        for edge in self.edges.clone() {
            if self.known.contains_key(&edge.child) || !may(self, edge.parent) || self.check(&edge).is_err() {
                continue;
            }
            let Some(parent) = self.known.get(&edge.parent) else { continue };
            let mut path = parent.path.clone();
            path.push(link(&edge, None));
            let (det, hi) = (edge.child, edge.child_hi);
            let anchor = Anchor { det, hi, class: Some(DetClass::Authorization) };
            self.known.insert(det, Known { anchor, path, way });
        }
    }

    fn is_source(&self, det: Det) -> bool {
        self.known.get(&det).is_some_and(|known| known.way == Way::Given && may_pass_on(&known.anchor))
    }

    fn is_reached_bridge(&self, det: Det) -> bool {
        self.bridges.has(det)
            && self.known.get(&det).is_some_and(|known| matches!(known.way, Way::Listed | Way::Crossed))
    }

    /// The endorsement by itself: two RAAs' Authorization DETs, the parent's signature, the time.
    fn check(&self, edge: &Endorsement) -> Result<(), Fault> {
        let (parent, child) = (edge.parent, edge.child);
        if !is_crossing(parent.hid(), child.hid()) || child.hid().hda != Hda::OF_RAA {
            return Err(Fault::NotCross { parent, child });
        }
        let of_whom = [parent, child].into_iter().filter_map(|det| self.known.get(&det));
        let keys = Keys::from_iter(of_whom.map(|known| (known.anchor.det, known.anchor.hi)));
        check_one(edge, &keys, &Keys::new(), self.at)
    }

    /// Why an endorsement led nowhere.
    fn fault_of(&self, edge: &Endorsement) -> Fault {
        let parent = edge.parent;
        if let Err(Fault::NotCross { parent, child }) = self.check(edge) {
            return Fault::NotCross { parent, child };
        }
        match self.known.get(&parent) {
            None if self.rounds.leads_back(edge) => Fault::CrossCycle { det: edge.child },
            None => {
                let why = "neither a trust anchor nor trusted through one".to_owned();
                self.late.get(&parent).cloned().unwrap_or(Fault::ParentUnknown { parent, why })
            }
            Some(known) => match (self.check(edge), known.way) {
                (Err(fault), _) => fault,
                (Ok(()), Way::Bridged) => Fault::CrossTooLong { parent },
                (Ok(()), Way::Given | Way::Cached) => Fault::WrongClass {
                    det: parent,
                    class: known.anchor.class.unwrap_or(DetClass::Operational),
                    what: "a cross-endorsement",
                },
                (Ok(()), Way::Listed | Way::Crossed) => Fault::CrossBridged { parent },
            },
        }
    }

    /// Whom an anchor endorses, but not at this moment, with the first such fault of each: it is what to mend for those below them.
    fn late(&self) -> BTreeMap<Det, Fault> {
        let mut late = BTreeMap::new();
        for edge in self.edges.iter().filter(|edge| self.is_source(edge.parent)) {
            if let Err(fault @ (Fault::Expired(_) | Fault::NotYetValid(_))) = self.check(edge) {
                late.entry(edge.child).or_insert(fault);
            }
        }
        late
    }
}

fn link(edge: &Endorsement, fault: Option<Fault>) -> Link {
    Link { parent: Some(edge.parent), child: edge.child, kind: LinkKind::CrossEndorsement, fault }
}

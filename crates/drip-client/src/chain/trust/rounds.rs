//! Which cross-endorsements lead round: those within one strongly connected component of who endorses whom (Kosaraju's algorithm, in
//! loops of its own instead of calls, so that no chain is too long for it).

use std::collections::BTreeMap;

use drip_det::Det;
use drip_wire::Endorsement;

/// The component of each DET.
#[derive(Clone, Debug, Default)]
pub(super) struct Rounds(BTreeMap<Det, usize>);

type Neighbours = BTreeMap<Det, Vec<Det>>;

impl Rounds {
    pub(super) fn of(edges: &[Endorsement]) -> Self {
        let (mut below, mut above) = (Neighbours::new(), Neighbours::new());
        for edge in edges {
            below.entry(edge.parent).or_default().push(edge.child);
            below.entry(edge.child).or_default();
            above.entry(edge.child).or_default().push(edge.parent);
        }
        let mut seen = BTreeMap::new();
        let mut left = Vec::new();
        for start in below.keys() {
            visit(*start, 0, &below, &mut seen, |det| left.push(det));
        }
        let mut components = BTreeMap::new();
        for (number, start) in left.into_iter().rev().enumerate() {
            visit(start, number, &above, &mut components, |_| {});
        }
        Self(components)
    }

    /// Whether the endorsements that lead to its parent come from its child.
    pub(super) fn leads_back(&self, edge: &Endorsement) -> bool {
        let component = self.0.get(&edge.parent);
        component.is_some() && component == self.0.get(&edge.child)
    }
}

/// Gives a number to everybody who can be reached from `start` and has none yet; tells of each when all beyond it is done.
fn visit(
    start: Det,
    number: usize,
    neighbours: &Neighbours,
    numbers: &mut BTreeMap<Det, usize>,
    mut leave: impl FnMut(Det),
) {
    let beyond = |det: Det| neighbours.get(&det).map(Vec::as_slice).unwrap_or_default().iter();
    if numbers.contains_key(&start) {
        return;
    }
    numbers.insert(start, number);
    let mut way = vec![(start, beyond(start))];
    while let Some((det, rest)) = way.last_mut() {
        match rest.next() {
            Some(next) if !numbers.contains_key(next) => {
                numbers.insert(*next, number);
                way.push((*next, beyond(*next)));
            }
            Some(_) => {}
            None => {
                leave(*det);
                way.pop();
            }
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use drip_det::{DripTime, Hid, HostIdentity, SuiteId};

    use super::*;

    fn edge(parent: u16, child: u16) -> Endorsement {
        let det = |raa| Det::from_parts(Hid::from_numbers(raa, 0).unwrap(), SuiteId::EDDSA_CSHAKE128, 1);
        let hi = "c92e2f9d97e8960f9b5f1654f8b09039f9dadc5bcf061eac4f0cea79e8e877fa";
        let child_hi: HostIdentity = hi.parse().unwrap();
        let (vnb, vna) = (DripTime(0), DripTime(1));
        Endorsement { vnb, vna, child: det(child), child_hi, parent: det(parent), signature: [0; 64] }
    }

    #[test]
    fn rounds_and_what_hangs_from_them() {
        let edges =
            [edge(1, 2), edge(2, 3), edge(3, 1), edge(3, 4), edge(5, 1), edge(4, 6), edge(6, 4), edge(7, 7)];
        let rounds = Rounds::of(&edges);
        let back: Vec<bool> = edges.iter().map(|edge| rounds.leads_back(edge)).collect();
        assert_eq!(back, [true, true, true, false, false, true, true, true]);
        assert!(!rounds.leads_back(&edge(8, 9)), "of strangers nothing is known");
    }

    #[test]
    fn a_round_of_ten_thousand() {
        let mut edges: Vec<Endorsement> = (1..10_000).map(|raa| edge(raa, raa + 1)).collect();
        assert!(!Rounds::of(&edges).leads_back(&edges[5_000]));
        edges.push(edge(10_000, 1));
        let rounds = Rounds::of(&edges);
        assert!(edges.iter().all(|edge| rounds.leads_back(edge)));
    }
}

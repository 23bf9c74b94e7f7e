//! The owners of a zone in canonical order: what an NSEC chain links (RFC 4034, sections 4 and 6.1; RFC 4035, section 2.3).
//!
//! The zone's own name, its DETs, its cuts, and the names of its name servers that are not below a cut have an NSEC record each; empty
//! non-terminals and glue have none. The numeric order of DETs and cuts is the canonical order of their names. The names of hosts are
//! few, and compared as names.

use crate::{
    Name, Position, Record, RecordType, Rest,
    dnssec::{Denial, Rrset, Signer, nsec_rdata},
    received::Signs,
    zone::{Zone, address_records, ds_records, ns_records},
};
use drip_det::ZoneCut;
use std::collections::HashSet;

/// A name with an NSEC record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Owner {
    /// The zone's own name.
    Apex,
    /// A published DET.
    Det(u128),
    /// The name of a zone below.
    Cut(ZoneCut),
    /// A host that is named in the zone.
    Host(Name),
}

impl Zone {
    /// The last owner at or before a name, which is in this zone and not below a cut.
    pub(crate) fn owner_at_or_before(&self, name: &Name, position: Position) -> Owner {
        let above = self.cut_above(position).map(|(cut, _)| *cut);
        self.last_owner(bound(name, position), above, |host| host.canonical_cmp(name).is_le())
    }

    /// The owner before this one; before the zone's own name comes none.
    pub(crate) fn owner_before(&self, owner: &Owner) -> Owner {
        let name = self.name_of(owner);
        let bound = match owner {
            Owner::Apex => return Owner::Apex,
            Owner::Det(_) | Owner::Cut(_) => owner.number(),
            Owner::Host(name) => Position::of(name).map_or(0, |position| bound(name, position)),
        };
        self.last_owner(bound, None, |host| host.canonical_cmp(&name).is_lt())
    }

    /// The last owner whose number is less, below that cut if there is one, or that is one of those hosts.
    fn last_owner(&self, bound: u128, above: Option<ZoneCut>, is_before: impl Fn(&Name) -> bool) -> Owner {
        let det = self.sequence().last_before(bound).map(Owner::Det);
        let cut = above.or_else(|| {
            let (_, (cut, _)) = self.cuts().range(..(bound, 0)).next_back()?;
            // Of cuts below cuts, which are not this zone's to speak of, the uppermost.
            self.cut_above(Position::of_cut(*cut)).map(|(cut, _)| *cut)
        });
        let numbered = [det, cut.map(Owner::Cut)].into_iter().flatten().max_by_key(Owner::number);
        let host = self.hosts().filter(|host| is_before(host)).max_by(|a, b| a.canonical_cmp(b));
        match (numbered, host) {
            (Some(owner), Some(host)) if self.name_of(&owner).canonical_cmp(host).is_gt() => owner,
            (_, Some(host)) => Owner::Host(host.clone()),
            (Some(owner), None) => owner,
            (None, None) => Owner::Apex,
        }
    }

    /// The owner after this one; after the last comes the zone's own name.
    pub(crate) fn owner_after(&self, owner: &Owner) -> Owner {
        let name = self.name_of(owner);
        let from = match owner {
            Owner::Apex => self.config.cut.prefix(),
            Owner::Det(number) => number.saturating_add(1),
            Owner::Cut(cut) => crate::zone::range_of(*cut).1.saturating_add(1),
            Owner::Host(name) => Position::of(name).map_or(0, |position| bound(name, position)),
        };
        let det = self.sequence().first_from(from).map(Owner::Det);
        let cut = self.cuts().range((from, 0)..).next().map(|(_, (cut, _))| Owner::Cut(*cut));
        let numbered = [det, cut].into_iter().flatten().min_by_key(Owner::number);
        let host =
            self.hosts().filter(|host| host.canonical_cmp(&name).is_gt()).min_by(|a, b| a.canonical_cmp(b));
        match (numbered, host) {
            (Some(owner), Some(host)) if self.name_of(&owner).canonical_cmp(host).is_lt() => owner,
            (_, Some(host)) => Owner::Host(host.clone()),
            (Some(owner), None) => owner,
            (None, None) => Owner::Apex,
        }
    }

    /// All owners in canonical order, the zone's own name first.
    pub(crate) fn owners(&self) -> impl Iterator<Item = Owner> {
        let cuts = self.cuts().values().map(|(cut, _)| *cut);
        let cuts =
            cuts.filter(|cut| self.cut_above(Position::of_cut(*cut)).is_some_and(|(above, _)| above == cut));
        let hosts: HashSet<Name> = self.hosts().map(Name::to_lower).collect();
        let mut others: Vec<(u128, Name, Owner)> = cuts
            .map(|cut| (cut.prefix(), self.name_of(&Owner::Cut(cut)), Owner::Cut(cut)))
            .chain(hosts.into_iter().filter_map(|host| {
                Some((bound(&host, Position::of(&host)?), host.clone(), Owner::Host(host)))
            }))
            .collect();
        others.sort_by(|(_, one, _), (_, other, _)| one.canonical_cmp(other));
        let mut others = others.into_iter().map(|(bound, _, owner)| (bound, owner)).peekable();
        let mut dets = self.sequence().iter().map(|(number, _)| number).peekable();
        let next = std::iter::from_fn(move || match dets.peek() {
            Some(det) => {
                let other = others.next_if(|(bound, _)| bound <= det).map(|(_, owner)| owner);
                other.or_else(|| dets.next().map(Owner::Det))
            }
            None => others.next().map(|(_, owner)| owner),
        });
        core::iter::once(Owner::Apex).chain(next)
    }

    /// The name of an owner.
    pub(crate) fn name_of(&self, owner: &Owner) -> Name {
        match owner {
            Owner::Apex => self.name.clone(),
            Owner::Det(number) => Name::of_nibbles(*number, 32),
            Owner::Cut(cut) => Name::of_nibbles(cut.prefix(), cut.prefix_bits() / 4),
            Owner::Host(name) => name.clone(),
        }
    }

    /// The NSEC record of an owner, as a set.
    pub(crate) fn nsec(&self, owner: &Owner, signer: &Signer) -> Rrset {
        let name = self.name_of(owner);
        let next = match (signer.denial(), owner) {
            (Denial::Nsec, _) => self.name_of(&self.owner_after(owner)),
            (Denial::Compact, Owner::Cut(_)) => name.beside(&self.name),
            (Denial::Compact, _) => name.successor(&self.name),
        };
        Rrset {
            owner: name,
            record_type: RecordType::NSEC,
            // RFC 9077, section 3.
            ttl: self.negative_ttl(),
            rdata: vec![nsec_rdata(&next, self.types_at(owner, Signs::Own(signer)))],
        }
    }

    /// The sets of which this zone is the authority at an owner, without NSEC.
    pub(crate) fn sets_at(&self, owner: &Owner, signs: Signs<'_>) -> Vec<Rrset> {
        let ttl = self.config.ttl;
        let name = self.name_of(owner);
        match owner {
            Owner::Apex => {
                let mut sets =
                    vec![Rrset::of(vec![self.soa(ttl)]), Rrset::of(ns_records(&name, &self.config.ns, ttl))];
                sets.extend(signs.key_sets(ttl).into_iter().map(Some));
                sets.into_iter().flatten().collect()
            }
            Owner::Det(number) => {
                let records = self.records(*number).into_iter().flatten();
                let set = |record: crate::template::DetRecord<'_>| Rrset {
                    owner: name.clone(),
                    record_type: RecordType(record.record.record_type),
                    ttl: record.ttl,
                    rdata: vec![record.rdata()],
                };
                records.map(set).collect()
            }
            Owner::Cut(cut) => {
                let delegation = self.cuts().get(&(cut.prefix(), cut.prefix_bits()));
                let ds = delegation.map(|(_, delegation)| ds_records(&name, &delegation.ds, ttl));
                ds.and_then(Rrset::of).into_iter().collect()
            }
            Owner::Host(host) => {
                let hosts = self.config.glue.iter().filter(|glue| glue.name.is_same(host));
                let all: Vec<Record> = hosts.flat_map(|host| address_records(host, ttl)).collect();
                let of_type = |record_type| {
                    let records = all.iter().filter(|record| record.record_type == record_type);
                    Rrset::of(records.cloned().collect())
                };
                [RecordType::A, RecordType::AAAA].into_iter().filter_map(of_type).collect()
            }
        }
    }

    /// The hosts named in the zone and not below a cut, that have addresses.
    fn hosts(&self) -> impl Iterator<Item = &Name> {
        let hosts = self.config.glue.iter().filter(|host| !host.addresses.is_empty());
        hosts.map(|host| &host.name).filter(|name| self.is_authoritative(name))
    }

    /// Whether a name in this zone is not below a cut.
    pub(crate) fn is_authoritative(&self, name: &Name) -> bool {
        Position::of(name).is_some_and(|position| self.cut_above(position).is_none())
    }
}

impl Owner {
    fn number(&self) -> u128 {
        match self {
            Owner::Det(number) => *number,
            Owner::Cut(cut) => cut.prefix(),
            Owner::Apex | Owner::Host(_) => 0,
        }
    }
}

impl Rrset {
    /// The set of records of one name and type; `None` of no record.
    pub(crate) fn of(records: Vec<Record>) -> Option<Self> {
        let first = records.first()?;
        let (owner, record_type, ttl) = (first.owner.to_lower(), first.record_type, first.ttl);
        Some(Rrset {
            owner,
            record_type,
            ttl,
            rdata: records.into_iter().map(|record| record.rdata).collect(),
        })
    }
}

/// The least number whose DET comes after a name in canonical order.
///
/// A prefix comes before the DETs under it, and a name below other labels where its first label that is no nibble stands among the
/// nibbles: `*` before `0`, `00` between `0` and `1`, `www` after `f`.
fn bound(name: &Name, position: Position) -> u128 {
    match position.rest {
        _ if position.nibbles >= 32 => position.number.saturating_add(1),
        Rest::Nothing => position.number,
        Rest::Labels => {
            let below = name.labels().count().saturating_sub(3 + usize::from(position.nibbles));
            let label = name.labels().nth(below).unwrap_or_default().to_ascii_lowercase();
            let before =
                b"0123456789abcdef".iter().filter(|&&nibble| [nibble].as_slice() < label.as_slice()).count();
            let step = 1_u128 << (128 - 4 * (u32::from(position.nibbles) + 1));
            position.number.saturating_add(step.saturating_mul(before as u128))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn where_other_labels_stand_among_nibbles() {
        let zone = "0.e.f.f.3.0.0.1.0.0.2.ip6.arpa.";
        let prefix = 0x2001_003f_fe00_u128 << 80;
        let step = 1_u128 << 80;
        for (label, nibbles) in
            [("*", 0), ("-", 0), ("00", 1), ("0x", 1), ("_t", 10), ("aa", 11), ("g", 16), ("WWW", 16)]
        {
            for text in [format!("{label}.{zone}"), format!("x.5.{label}.{zone}")] {
                let name: Name = text.parse().unwrap();
                let position = Position::of(&name).unwrap();
                assert_eq!(bound(&name, position), prefix + nibbles * step, "{text}");
            }
        }
        for (text, expected) in
            [(zone.to_owned(), prefix), (format!("f.0.{zone}"), prefix + 15 * (step >> 4))]
        {
            let name: Name = text.parse().unwrap();
            assert_eq!(bound(&name, Position::of(&name).unwrap()), expected);
        }
        let det: Name = format!("{}{zone}", "0.".repeat(21)).parse().unwrap();
        assert_eq!(bound(&det, Position::of(&det).unwrap()), prefix + 1);
        let below: Name = format!("x.{det}").parse().unwrap();
        assert_eq!(bound(&below, Position::of(&below).unwrap()), prefix + 1);
    }
}

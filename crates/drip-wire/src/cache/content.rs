//! What is in a cache: endorsements by their place in the hierarchy, and what is said of HDAs and RAAs.

use crate::{
    Endorsement, WireError,
    cbor::{Reader, Writer},
    coverage::Coverage,
    fields::{self, Keys},
};
use alloc::vec::Vec;
use drip_det::{Det, Hid};
use sha2::{Digest, Sha256};

const MOST: usize = 65_536;
const ALLOWED: &str = "at most 65536";
const ALLOWED_SOME: &str = "1 to 65536, or the key is left out";

/// What a cache holds, or what a delta adds. Made in order: every list ascends and has nothing twice.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Default)]
pub struct Content {
    issuing: Vec<Endorsement>,
    chains: Vec<Endorsement>,
    entities: Vec<Endorsement>,
    cross: Vec<Endorsement>,
    coverage: Vec<(Hid, Coverage)>,
    bridges: Vec<Det>,
    trust_list: Option<Vec<u8>>,
}

impl Content {
    /// Endorsements of HDAs' Issuing DETs by their Authorization DETs.
    pub fn issuing(&self) -> &[Endorsement] {
        &self.issuing
    }

    /// The endorsements above those and above the issuer.
    pub fn chains(&self) -> &[Endorsement] {
        &self.chains
    }

    /// Endorsements of Operational DETs.
    pub fn entities(&self) -> &[Endorsement] {
        &self.entities
    }

    /// Cross-endorsements between RAAs.
    pub fn cross(&self) -> &[Endorsement] {
        &self.cross
    }

    /// Where HDAs register.
    pub fn coverage(&self) -> &[(Hid, Coverage)] {
        &self.coverage
    }

    /// RAAs that are bridges.
    pub fn bridges(&self) -> &[Det] {
        &self.bridges
    }

    /// The signed trust list of the issuer's RAA.
    pub fn trust_list(&self) -> Option<&[u8]> {
        self.trust_list.as_deref()
    }

    /// The same with these endorsements of Issuing DETs.
    pub fn with_issuing(mut self, endorsements: Vec<Endorsement>) -> Self {
        self.issuing = in_order(endorsements);
        self
    }

    /// The same with these endorsements above them.
    pub fn with_chains(mut self, endorsements: Vec<Endorsement>) -> Self {
        self.chains = in_order(endorsements);
        self
    }

    /// The same with these endorsements of Operational DETs.
    pub fn with_entities(mut self, endorsements: Vec<Endorsement>) -> Self {
        self.entities = in_order(endorsements);
        self
    }

    /// The same with these cross-endorsements.
    pub fn with_cross(mut self, endorsements: Vec<Endorsement>) -> Self {
        self.cross = in_order(endorsements);
        self
    }

    /// The same with these coverages; of two for one HDA the later one counts.
    pub fn with_coverage(mut self, mut coverage: Vec<(Hid, Coverage)>) -> Self {
        coverage.reverse();
        coverage.sort_by_key(|(hid, _)| hid.to_bits());
        coverage.dedup_by_key(|(hid, _)| *hid);
        self.coverage = coverage;
        self
    }

    /// The same with these bridges.
    pub fn with_bridges(mut self, mut bridges: Vec<Det>) -> Self {
        bridges.sort_unstable();
        bridges.dedup();
        self.bridges = bridges;
        self
    }

    /// The same with this trust list.
    pub fn with_trust_list(mut self, signed: Option<Vec<u8>>) -> Self {
        self.trust_list = signed;
        self
    }

    /// SHA-256 of the content's octets, as a map of its own.
    pub fn digest(&self) -> [u8; 32] {
        let mut writer = Writer::new();
        writer.map(self.keys());
        self.write(&mut writer);
        Sha256::digest(writer.finish()).into()
    }

    /// What of `newer` is not in `self` as it is there, and which pairs of child and parent have fallen away or changed. `None` when
    /// a delta cannot say it: a coverage, a bridge or the trust list has fallen away.
    pub(super) fn difference(&self, newer: &Content) -> Option<(Content, Vec<(Det, Det)>)> {
        let fallen = |old: &[(Hid, Coverage)], new: &[(Hid, Coverage)]| {
            old.iter().any(|(hid, _)| new.iter().all(|(other, _)| other != hid))
        };
        if fallen(&self.coverage, &newer.coverage)
            || self.bridges.iter().any(|det| !newer.bridges.contains(det))
            || (self.trust_list.is_some() && newer.trust_list.is_none())
        {
            return None;
        }
        let mut removed: Vec<(Det, Det)> = Vec::new();
        for (old, new) in self.endorsements().zip(newer.endorsements()) {
            removed.extend(old.iter().filter(|each| !new.contains(each)).map(pair));
        }
        removed.sort_unstable();
        removed.dedup();
        // What has one pair with something removed is removed with it, so it is said again.
        let added = |old: &[Endorsement], new: &[Endorsement]| {
            let is_new = |each: &&Endorsement| !old.contains(each) || removed.contains(&pair(each));
            new.iter().filter(is_new).copied().collect::<Vec<_>>()
        };
        let content = Content {
            issuing: added(&self.issuing, &newer.issuing),
            chains: added(&self.chains, &newer.chains),
            entities: added(&self.entities, &newer.entities),
            cross: added(&self.cross, &newer.cross),
            coverage: newer.coverage.iter().filter(|each| !self.coverage.contains(each)).cloned().collect(),
            bridges: newer.bridges.iter().filter(|det| !self.bridges.contains(det)).copied().collect(),
            trust_list: newer.trust_list.clone().filter(|list| self.trust_list.as_ref() != Some(list)),
        };
        Some((content, removed))
    }

    /// The content after `added` came and `removed` went.
    pub(super) fn changed(&self, added: &Content, removed: &[(Det, Det)]) -> Content {
        let join = |old: &[Endorsement], new: &[Endorsement]| {
            let kept = old.iter().filter(|each| !removed.contains(&pair(each)));
            in_order(kept.chain(new).copied().collect())
        };
        Content::default()
            .with_issuing(join(&self.issuing, &added.issuing))
            .with_chains(join(&self.chains, &added.chains))
            .with_entities(join(&self.entities, &added.entities))
            .with_cross(join(&self.cross, &added.cross))
            .with_coverage(self.coverage.iter().chain(&added.coverage).cloned().collect())
            .with_bridges(self.bridges.iter().chain(&added.bridges).copied().collect())
            .with_trust_list(added.trust_list.clone().or_else(|| self.trust_list.clone()))
    }

    fn endorsements(&self) -> impl Iterator<Item = &[Endorsement]> {
        [&self.issuing, &self.chains, &self.entities, &self.cross].into_iter().map(Vec::as_slice)
    }

    pub(super) fn read(keys: &mut Keys<'_, '_>) -> Result<Self, WireError> {
        let issuing = keys.required(8, "the Issuing endorsements, key 8", |reader| {
            endorsements(reader, "endorsement of an Issuing DET", (0, ALLOWED))
        })?;
        let mut some = |key, what| {
            keys.maybe(key, |reader| endorsements(reader, what, (1, ALLOWED_SOME)))
                .map(Option::unwrap_or_default)
        };
        let chains = some(9, "endorsement of a chain")?;
        let entities = some(10, "endorsement of an Operational DET")?;
        let cross = some(11, "cross-endorsement")?;
        let bounds = (1, MOST, ALLOWED_SOME);
        let coverage = keys
            .maybe(12, |reader| {
                fields::ascending(reader, "coverage", bounds, covered, |(hid, _)| hid.to_bits())
            })?
            .unwrap_or_default();
        let bridges = keys
            .maybe(13, |reader| {
                let read = |reader: &mut Reader<'_>| fields::det(reader, "bridge");
                fields::ascending(reader, "bridge", bounds, read, |det| *det)
            })?
            .unwrap_or_default();
        let trust_list = keys.maybe(14, |reader| Ok(reader.bytes("trust list")?.to_vec()))?;
        Ok(Content { issuing, chains, entities, cross, coverage, bridges, trust_list })
    }

    /// How many map keys it takes.
    pub(super) fn keys(&self) -> usize {
        let lists = [&self.chains, &self.entities, &self.cross].into_iter().filter(|list| !list.is_empty());
        1 + lists.count()
            + usize::from(!self.coverage.is_empty())
            + usize::from(!self.bridges.is_empty())
            + usize::from(self.trust_list.is_some())
    }

    pub(super) fn write(&self, writer: &mut Writer) {
        writer.uint(8);
        fields::write_endorsements(writer, &self.issuing);
        for (key, list) in [(9, &self.chains), (10, &self.entities), (11, &self.cross)] {
            if !list.is_empty() {
                writer.uint(key);
                fields::write_endorsements(writer, list);
            }
        }
        if !self.coverage.is_empty() {
            writer.uint(12).array(self.coverage.len());
            for (hid, coverage) in &self.coverage {
                writer.array(2).uint(hid.to_bits().into());
                coverage.write(writer);
            }
        }
        if !self.bridges.is_empty() {
            writer.uint(13).array(self.bridges.len());
            for det in &self.bridges {
                writer.bytes(&det.to_bytes());
            }
        }
        if let Some(list) = &self.trust_list {
            writer.uint(14).bytes(list);
        }
    }
}

fn endorsements(
    reader: &mut Reader<'_>,
    what: &'static str,
    (least, allowed): (usize, &'static str),
) -> Result<Vec<Endorsement>, WireError> {
    let read = |reader: &mut Reader<'_>| fields::endorsement(reader, what);
    fields::ascending(reader, what, (least, MOST, allowed), read, Endorsement::encode)
}

fn covered(reader: &mut Reader<'_>) -> Result<(Hid, Coverage), WireError> {
    reader.array_of(2, "coverage of an HDA", "an array of two")?;
    Ok((fields::hid(reader, "HID")?, Coverage::read(reader)?))
}

fn in_order(mut endorsements: Vec<Endorsement>) -> Vec<Endorsement> {
    endorsements.sort_by_cached_key(Endorsement::encode);
    endorsements.dedup();
    endorsements
}

fn pair(endorsement: &Endorsement) -> (Det, Det) {
    (endorsement.child, endorsement.parent)
}

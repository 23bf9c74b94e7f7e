//! The natural trust list: every RAA that the DRIP tree in the DNS has (draft-ietf-drip-dki, section 1.1.1).
//!
//! ```text
//! Apex zone ──NSEC──► cuts of RAAs ──referral──► RAA's zone ──NSEC──► DETs of RAA#|0 ──HHIT──► Authorization DETs ──verify──► members
//! ```
//!
//! Nobody is left out in silence: an RAA of which nothing can be had, or nothing holds, is there with the reason. What is found is a
//! proposal. A key that only endorses itself is as good as the DNS that told it; DNSSEC is not validated here.

use std::collections::BTreeMap;

use drip_det::{Det, DetClass, Hda, Hid, Raa, ZoneCut};
use drip_wire::Endorsement;
use drip_wire::rdata::{Brid, Hhit};
use hickory_proto::rr::Name;

use crate::chain::{Anchor, Conditions, LinkKind, Published, Report, State, Trust};
use crate::dns::{Answer, Resolver, WalkError};
use crate::resolve_under;

/// How many names the Apex zone can have: four zones of each of 16,384 RAAs, and room for what is the Apex's own.
const MOST_NAMES: usize = 4 * 16_384 + 4096;
/// How many DETs of an RAA's own are looked at.
const MOST_DETS: usize = 256;
/// How many nibbles, with `ip6` and `arpa`, the name of an RAA's zone has; and that of a DET.
const LABELS: (usize, usize) = (11 + 2, 32 + 2);
/// HHIT's number.
const HHIT: u16 = 67;

/// An RAA that the Apex zone has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// Which.
    pub raa: Raa,
    /// Its Authorization DETs that hold: several while it changes its key.
    pub members: Vec<Member>,
    /// What was there and does not hold, or why there is nothing: in words.
    pub left_out: Vec<LeftOut>,
}

/// An Authorization DET of an RAA.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// DET and key, which belong together.
    pub anchor: Anchor,
    /// The endorsement of it that is in the DNS: by itself or by the Apex.
    pub endorsement: Option<Endorsement>,
    /// Who vouches for it.
    pub vouched: Vouched,
}

/// Who vouches for an RAA's key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Vouched {
    /// Somebody who is trusted.
    Trusted,
    /// Itself alone.
    Itself,
    /// This DET above it, which nobody said is trusted.
    Stranger(Det),
}

/// What is not in the list, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeftOut {
    /// The Authorization DET, where one was found.
    pub det: Option<Det>,
    /// Why.
    pub reason: String,
}

/// Walk the Apex zone and look at every RAA in it, ascending.
///
/// # Errors
///
/// [`WalkError`] where the Apex zone itself cannot be walked to its end.
pub fn natural_list(
    resolver: &Resolver,
    trust: &Trust,
    conditions: &Conditions,
) -> Result<Vec<Found>, WalkError> {
    let zone = ZoneCut::Apex.name().to_string();
    let mut raas: BTreeMap<Raa, Vec<ZoneCut>> = BTreeMap::new();
    for (count, name) in resolver.walk(&zone)?.enumerate() {
        if count >= MOST_NAMES {
            return Err(WalkError::Endless { zone, most: MOST_NAMES });
        }
        if let Some((raa, cut)) = raa_zone(&name?) {
            raas.entry(raa).or_default().push(cut);
        }
    }
    Ok(raas.into_iter().map(|(raa, cuts)| look_at(resolver, raa, &cuts, trust, conditions)).collect())
}

/// One RAA.
fn look_at(resolver: &Resolver, raa: Raa, cuts: &[ZoneCut], trust: &Trust, conditions: &Conditions) -> Found {
    let mut found = Found { raa, members: Vec::new(), left_out: Vec::new() };
    let home = ZoneCut::raa_of(Hid::new(raa, Hda::OF_RAA));
    if !cuts.contains(&home) {
        let reason = format!("its zone {} is not delegated", home.name());
        found.left_out.push(LeftOut { det: None, reason });
        return found;
    }
    let dets = match own_dets(resolver, home, raa) {
        Ok(dets) => dets,
        Err(reason) => {
            found.left_out.push(LeftOut { det: None, reason });
            return found;
        }
    };
    for det in dets {
        match authorization(resolver, det) {
            Ok(None) => {}
            Ok(Some(anchor)) => match member(resolver, anchor, trust, conditions) {
                Ok(member) => found.members.push(member),
                Err(reason) => found.left_out.push(LeftOut { det: Some(det), reason }),
            },
            Err(reason) => found.left_out.push(LeftOut { det: Some(det), reason }),
        }
    }
    if found.members.is_empty() && found.left_out.is_empty() {
        let reason = "there is no Authorization DET in its zone".to_owned();
        found.left_out.push(LeftOut { det: None, reason });
    }
    found
}

/// The DETs at the RAA's own place, which come first in its zone.
fn own_dets(resolver: &Resolver, home: ZoneCut, raa: Raa) -> Result<Vec<Det>, String> {
    let place = Hid::new(raa, Hda::OF_RAA);
    let mut dets = Vec::new();
    for name in resolver.walk(&home.name().to_string()).map_err(|error| error.to_string())? {
        let name = name.map_err(|error| error.to_string())?;
        match det_of(&name) {
            Some(det) if det.hid() == place => dets.push(det),
            _ => break,
        }
        if dets.len() > MOST_DETS {
            return Err(format!("more than {MOST_DETS} DETs are at its own place"));
        }
    }
    Ok(dets)
}

/// The DET and key, where it is an Authorization DET by its certificate.
fn authorization(resolver: &Resolver, det: Det) -> Result<Option<Anchor>, String> {
    let records = match resolver.ask(&det.owner_name(), HHIT).map_err(|error| error.to_string())? {
        Answer::Records(records) => records,
        Answer::NoData | Answer::NxDomain => return Ok(None),
    };
    let [rdata] = records.as_slice() else { return Err("it has several HHIT records".to_owned()) };
    let hhit = Hhit::decode(rdata).map_err(|error| format!("its HHIT record cannot be read: {error}"))?;
    let anchor = Anchor::parse(&hhit.certificate).map_err(|error| error.to_string())?;
    if anchor.det != det {
        return Err(format!("the certificate in its HHIT record is of {}", anchor.det));
    }
    Ok(Some(anchor).filter(|anchor| anchor.class == Some(DetClass::Authorization)))
}

/// Whether the key holds, and who vouches for it.
fn member(
    resolver: &Resolver,
    anchor: Anchor,
    trust: &Trust,
    conditions: &Conditions,
) -> Result<Member, String> {
    let resolution = resolve_under(anchor.det, resolver, trust, conditions);
    let report = &resolution.report;
    let vouched = match report.state {
        State::Registered => Vouched::Trusted,
        State::Unanchored => match root_of(report) {
            Some(root) if root == anchor.det => Vouched::Itself,
            Some(root) => Vouched::Stranger(root),
            None => return Err(report.reason.clone()),
        },
        _ => return Err(report.reason.clone()),
    };
    let endorsement = endorsement_of(anchor.det, &resolution.records);
    Ok(Member { anchor, endorsement, vouched })
}

/// The DET whose certificate is signed by itself, at the top.
fn root_of(report: &Report) -> Option<Det> {
    let own = |link: &&crate::chain::Link| {
        link.kind == LinkKind::Certificate && link.parent == Some(link.child) && link.is_ok()
    };
    report.links.iter().find(own).map(|link| link.child)
}

/// The endorsement that ends in the DET.
fn endorsement_of(det: Det, records: &Published) -> Option<Endorsement> {
    let brid = Brid::decode(records.brid.first()?).ok()?;
    brid.endorsements().ok()?.into_iter().find(|each| each.child == det)
}

/// Whose zone a name of the Apex zone is.
fn raa_zone(name: &Name) -> Option<(Raa, ZoneCut)> {
    if usize::from(name.num_labels()) != LABELS.0 {
        return None;
    }
    let mut number = 0_u16;
    for (place, label) in name.iter().take(4).enumerate() {
        let [octet] = label else { return None };
        let nibble = char::from(*octet).to_digit(16)?;
        number |= u16::try_from(nibble).ok()? << (4 * place);
    }
    let raa = Raa::new(number >> 2).ok()?;
    Some((raa, ZoneCut::Raa { raa, block: u8::try_from(number & 3).ok()? }))
}

fn det_of(name: &Name) -> Option<Det> {
    if usize::from(name.num_labels()) != LABELS.1 {
        return None;
    }
    name.to_string().trim_end_matches('.').parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::str::FromStr;

    #[test]
    fn names_of_raas_and_of_others() {
        for number in [1, 16_376, 16_383] {
            let raa = Raa::new(number).unwrap();
            for cut in ZoneCut::raa_zones(raa) {
                let name = Name::from_str(&cut.name().to_string()).unwrap();
                assert_eq!(raa_zone(&name), Some((raa, cut)));
            }
        }
        for other in
            ["ns.f.f.3.0.0.1.0.0.2.ip6.arpa.", "g.f.f.f.3.0.0.1.0.0.2.ip6.arpa.", "3.0.0.1.0.0.2.ip6.arpa."]
        {
            assert_eq!(raa_zone(&Name::from_str(other).unwrap()), None, "{other}");
        }
        let det: Det = "2001:3f:fe00:a05:1308:2469:9a4b:c6b2".parse().unwrap();
        assert_eq!(det_of(&Name::from_str(&det.owner_name()).unwrap()), Some(det));
    }
}

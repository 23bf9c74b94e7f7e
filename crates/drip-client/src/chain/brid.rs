//! The BRID record of a UAS: its ids must be the DET, its authentication messages Broadcast
//! Endorsements that end at the DET (RFC 9886 §4 and §5.2, RFC 9575 §4.2).

use drip_det::{Det, HostIdentity};
use drip_wire::Endorsement;
use drip_wire::rdata::{Brid, UasType};

use super::endorsement::{Keys, check_run};
use super::fault::Fault;
use super::published::Published;
use super::report::{Link, LinkKind};
use super::trust::{Bridges, is_crossing};
use super::{Conditions, UnsignedFields};

/// Check the BRID records of `det`, whose certificate names `parent`. Returns the endorsements, trust
/// anchor first.
#[expect(
    clippy::too_many_arguments,
    reason = "the DET, what is known of it, what is known of others, and where findings go"
)]
pub(super) fn check(
    det: Det,
    hi: &HostIdentity,
    parent: Option<Det>,
    records: &[Vec<u8>],
    keys: &Keys,
    bridges: &Bridges,
    conditions: &Conditions,
    links: &mut Vec<Link>,
) -> Vec<Endorsement> {
    let read = match records {
        [] => return Vec::new(),
        [one] => read(det, hi, parent, one, conditions),
        more => Err(Fault::Several { record: "BRID", count: more.len() }),
    };
    match read {
        Ok(run) => {
            check_run(&run, keys, bridges, conditions.at, links);
            links.push(Link { parent, child: det, kind: LinkKind::Brid, fault: None });
            run
        }
        Err(fault) => {
            links.push(Link { parent, child: det, kind: LinkKind::Brid, fault: Some(fault) });
            Vec::new()
        }
    }
}

/// The cross-endorsements in the BRID records, where those can be read.
pub(super) fn crossings(published: &Published) -> Vec<Endorsement> {
    published
        .brid
        .iter()
        .filter_map(|rdata| Brid::decode(rdata).ok()?.endorsements().ok())
        .flatten()
        .filter(|each| is_crossing(each.parent.hid(), each.child.hid()))
        .collect()
}

/// What an RAA publishes: the run that ends in itself, then the cross-endorsements that it gave.
fn split(det: Det, all: Vec<Endorsement>) -> (Vec<Endorsement>, Vec<Endorsement>) {
    let given = |each: &Endorsement| each.parent == det && is_crossing(det.hid(), each.child.hid());
    all.into_iter().partition(|each| !given(each))
}

/// The endorsements in a BRID record in hand, where what stands beside them, signed by nobody, is what they make it: they end at the DET
/// that the record names, or were given by it.
pub fn endorsements_of(brid: &Brid, conditions: &Conditions) -> Result<Vec<Endorsement>, Fault> {
    let all = brid
        .endorsements()
        .map_err(|error| Fault::Undecodable { object: "the BRID record's auth", why: error.to_string() })?;
    let det = brid.det().ok_or_else(|| Fault::Role("the BRID record has no DET as session id".to_owned()))?;
    let (run, given) = split(det, all.clone());
    let last = run.last().ok_or(Fault::Missing("endorsement in the BRID"))?;
    if last.child != det {
        return Err(Fault::OtherDet {
            object: "the last endorsement in the BRID record",
            found: last.child,
            expected: det,
        });
    }
    check_unsigned(det, brid, &[run.as_slice(), &given].concat(), conditions)?;
    Ok(all)
}

fn read(
    det: Det,
    hi: &HostIdentity,
    parent: Option<Det>,
    rdata: &[u8],
    conditions: &Conditions,
) -> Result<Vec<Endorsement>, Fault> {
    let brid = Brid::decode(rdata)
        .map_err(|error| Fault::Undecodable { object: "the BRID record", why: error.to_string() })?;
    let all = brid
        .endorsements()
        .map_err(|error| Fault::Undecodable { object: "the BRID record's auth", why: error.to_string() })?;
    let (run, given) = split(det, all);
    let Some(last) = run.last() else {
        return Err(Fault::Missing("endorsement in the BRID"));
    };
    if last.child != det {
        return Err(Fault::OtherDet {
            object: "the last endorsement in the BRID record",
            found: last.child,
            expected: det,
        });
    }
    if last.child_hi != *hi {
        return Err(Fault::Disagree { left: "BRID", right: "HHIT", what: "the key" });
    }
    if parent.is_some_and(|issuer| issuer != last.parent) {
        return Err(Fault::Disagree { left: "BRID", right: "HHIT", what: "the parent" });
    }
    // Whether what it gave leads anywhere is another question; but that it gave it must be true.
    if given.iter().any(|each| each.verify(hi).is_err()) {
        return Err(Fault::Signature { parent: det });
    }
    check_unsigned(det, &brid, &[run.as_slice(), &given].concat(), conditions)?;
    Ok(run)
}

/// What is not in the endorsements is signed by nobody: by default the record must hold nothing else
/// than the DET, the endorsements and "type not declared".
fn check_unsigned(
    det: Det,
    brid: &Brid,
    endorsements: &[Endorsement],
    conditions: &Conditions,
) -> Result<(), Fault> {
    if brid.det() != Some(det) {
        return Err(Fault::Role("the BRID record's session id is not the DET".to_owned()));
    }
    if conditions.unsigned_fields == UnsignedFields::AnyStandard {
        return Ok(());
    }
    if brid.uas_type() != UasType::NOT_DECLARED {
        return Err(Fault::Unsigned {
            field: "uas_type in the BRID record",
            found: brid.uas_type().value().to_string(),
            expected: "0 (not declared)".to_owned(),
        });
    }
    if *brid != Brid::for_session(det, brid.uas_type(), endorsements, brid.shape()) {
        return Err(Fault::Unsigned {
            field: "the content of the BRID record",
            found: format!(
                "{} uas_ids, {} auth entries and perhaps more",
                brid.uas_ids().len(),
                brid.authentications().len()
            ),
            expected: format!("the DET and {} endorsements alone", endorsements.len()),
        });
    }
    Ok(())
}

//! How the zones of a node stand, as JSON: what `dime zone status` shows.

use dime_dns::Fetched;
use dime_dns::secondary::CopyStatus;
use dime_zone::dnssec::Denial;
use dime_zone::{Name, ZoneSummary, Zones};
use drip_det::UnixTime;
use serde_json::{Value, json};

use super::control::Shown;
use crate::config::Role;

/// `{role, zones: [{zone, serial, dets, signed, delegations, templates, memory, role, copy?, peers?}], refused: [{zone, reason}]}`.
///
/// `signed` is `null`, `"nsec"` or `"compact"`; a zone's role is `"primary"` or `"secondary"`, and `copy` how it stands with its primary. `peers` are
/// `{peer, serial, at}` of those that have taken the zone since the start.
/// Copies that have not come yet, and catalogues, are among the zones, without what only a zone has.
pub(super) fn status(shown: &Shown) -> Value {
    let copies = shown.secondary.as_ref().map(|secondary| secondary.status()).unwrap_or_default();
    let mut document = of(shown.role, &shown.zones, &copies);
    if let (Some(taken), Some(listed)) =
        (shown.taken.borrow().as_ref(), document.get_mut("zones").and_then(Value::as_array_mut))
    {
        listed.iter_mut().for_each(|zone| add_peers(zone, taken));
    }
    document
}

fn add_peers(zone: &mut Value, taken: &Fetched) {
    let name = zone.get("zone").and_then(Value::as_str).and_then(|name| name.parse::<Name>().ok());
    let peers: Vec<Value> = name
        .iter()
        .flat_map(|name| taken.of(name))
        .map(|fetch| json!({ "peer": fetch.peer, "serial": fetch.serial.0, "at": fetch.at.to_string() }))
        .collect();
    if let (false, Some(members)) = (peers.is_empty(), zone.as_object_mut()) {
        members.insert("peers".to_owned(), json!(peers));
    }
}

/// The same of zones that no server has.
pub(crate) fn of(role: Role, zones: &Zones, copies: &[CopyStatus]) -> Value {
    let summaries = zones.summaries();
    let copy_of = |name: &str| copies.iter().find(|copy| copy.name.to_string().eq_ignore_ascii_case(name));
    let mut listed: Vec<Value> =
        summaries.iter().map(|summary| of_zone(summary, zones, copy_of(&summary.cut.name()))).collect();
    let others = copies.iter().filter(|copy| {
        let name = copy.name.to_string();
        !summaries.iter().any(|summary| summary.cut.name().eq_ignore_ascii_case(&name))
    });
    listed.extend(others.map(|copy| {
        json!({ "zone": copy.name.to_string(), "serial": copy.serial.map(|serial| serial.0), "role": "secondary", "copy": of_copy(copy) })
    }));
    let refused: Vec<Value> = zones
        .refused()
        .iter()
        .map(|(cut, fault)| json!({ "zone": cut.name(), "reason": fault.to_string() }))
        .collect();
    let role = match role {
        Role::Registry => "registry",
        Role::Secondary => "secondary",
    };
    json!({ "role": role, "zones": listed, "refused": refused })
}

fn of_zone(summary: &ZoneSummary, zones: &Zones, copy: Option<&CopyStatus>) -> Value {
    let signed = match zones.denial(summary.cut) {
        Ok(Some(Denial::Nsec)) => json!("nsec"),
        Ok(Some(Denial::Compact)) => json!("compact"),
        Ok(None) | Err(_) => Value::Null,
    };
    let mut zone = json!({
        "zone": summary.cut.name(),
        "serial": summary.serial.0,
        "dets": summary.dets,
        "signed": signed,
        "delegations": summary.delegations,
        "templates": summary.templates,
        "memory": summary.memory,
        "role": if copy.is_some() { "secondary" } else { "primary" },
    });
    if let (Some(copy), Some(members)) = (copy, zone.as_object_mut()) {
        members.insert("copy".to_owned(), of_copy(copy));
    }
    zone
}

fn of_copy(copy: &CopyStatus) -> Value {
    let time = |time: UnixTime| time.to_string();
    let [whole, differences, nothing, failures] = copy.counts;
    json!({
        "state": copy.state.name(),
        "primaries": copy.primaries.iter().map(ToString::to_string).collect::<Vec<_>>(),
        "catalog": copy.catalog.as_ref().map(ToString::to_string),
        "checked": copy.checked.map(time),
        "next": time(copy.next),
        "expires": copy.expires.map(time),
        "fault": copy.fault.as_ref().map(|(at, text)| json!({ "at": time(*at), "text": text })),
        "transfers": { "whole": whole, "differences": differences, "nothing": nothing, "failures": failures },
    })
}

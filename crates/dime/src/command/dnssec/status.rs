//! `dime dnssec status`: what each key does now, and what comes next.

use dime_zone::Name;
use dime_zone::dnssec::{KeyRing, Parent, ZoneKey};
use drip_det::UnixTime;
use serde_json::{Value, json};

use super::Status;
use crate::input;
use crate::outcome::{Answer, Failure, Outcome};

pub(super) fn run(command: &Status) -> Outcome {
    let config = command.folder.config()?;
    let (folder, now) = (config.dnssec.folder(), input::now()?);
    let mut zones = Vec::new();
    let mut all_good = true;
    for zone in command.zones.or_all(&config)? {
        let ring = KeyRing::new(folder.load(&zone).map_err(Failure::unable)?);
        all_good &= ring.at(now).is_some();
        zones.push(describe(&zone, &ring, folder.parent(&zone), now));
    }
    let document = json!({ "folder": folder.path().display().to_string(), "zones": zones });
    command.format.print(&document, || text(&zones))?;
    Ok(if all_good { Answer::Yes } else { Answer::No })
}

fn describe(zone: &Name, ring: &KeyRing, parent: Parent, now: UnixTime) -> Value {
    let used = ring.at(now).map(|used| match parent {
        Parent::Vouches => used,
        Parent::Withdraws => used.withdrawn(),
    });
    let key = |key: &ZoneKey| {
        let time = |time: Option<UnixTime>| time.map(|time| time.to_string());
        let times = key.times;
        let signs =
            |keys: &[std::sync::Arc<ZoneKey>]| keys.iter().any(|active| active.dnskey() == key.dnskey());
        json!({
            "tag": key.tag(),
            "role": key.role().to_string(),
            "algorithm": key.algorithm().number(),
            "state": state(key, now),
            "signs_keys": used.as_ref().is_some_and(|used| signs(&used.key_signers)),
            "signs_zone": used.as_ref().is_some_and(|used| signs(&used.zone_signers)),
            "created": time(times.created),
            "publish": time(times.publish),
            "activate": time(times.activate),
            "inactive": time(times.inactive),
            "delete": time(times.delete),
            "sync_publish": time(times.sync_publish),
            "sync_delete": time(times.sync_delete),
            "next": times.next(now).map(|(what, at)| json!({ "what": what, "at": at.to_string() })),
        })
    };
    json!({
        "zone": zone.to_string(),
        "signed": used.is_some(),
        "withdrawn": parent == Parent::Withdraws,
        "keys": ring.keys().iter().map(|one| key(one)).collect::<Vec<_>>(),
        "ds": used.map(|used| used.ds(zone).iter().map(ToString::to_string).collect::<Vec<_>>()).unwrap_or_default(),
    })
}

/// The states of RFC 7583, section 3.1, as far as times say them.
fn state(key: &ZoneKey, now: UnixTime) -> &'static str {
    let times = key.times;
    if times.is_active(now) {
        "active"
    } else if times.delete.is_some_and(|time| time <= now) {
        "removed"
    } else if times.inactive.is_some_and(|time| time <= now) {
        "retired"
    } else if times.is_published(now) {
        "published"
    } else {
        "generated"
    }
}

fn text(zones: &[Value]) -> String {
    let mut text = String::new();
    let word = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    for zone in zones {
        text.push_str(&word(&zone["zone"]));
        text.push_str(if zone["signed"] == true { "\n" } else { "  NOT SIGNED: no key is active\n" });
        if zone["withdrawn"] == true {
            text.push_str("  WITHDRAWN: the zone above is asked to have no DS\n");
        }
        for key in zone["keys"].as_array().into_iter().flatten() {
            let next = match &key["next"] {
                Value::Null => String::new(),
                next => format!("  next: {} {}", word(&next["what"]), word(&next["at"])),
            };
            let does = match (key["signs_keys"] == true, key["signs_zone"] == true) {
                (true, true) => "signs keys and zone",
                (true, false) => "signs keys",
                (false, true) => "signs zone",
                (false, false) => "signs nothing",
            };
            let (tag, role, state) =
                (key["tag"].as_u64().unwrap_or_default(), word(&key["role"]), word(&key["state"]));
            text.push_str(&format!("  {tag:05} {role} {state:<9} {does}{next}\n"));
        }
        for ds in zone["ds"].as_array().into_iter().flatten() {
            text.push_str(&format!("  DS {}\n", word(ds)));
        }
    }
    if text.is_empty() { "no zone has keys here".to_owned() } else { text }
}

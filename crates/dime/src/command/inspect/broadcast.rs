//! What goes over the air, described: DRIP formats, messages, and the authentication messages that pages make.

use drip_wire::Epoch;
use drip_wire::broadcast::{
    AdditionalData, Authentication, BasicId, Link, Location, Manifest, Message, MessageHash, Page, PageError,
    Pages, Progress, Sam, System, UaSignedEvidence, Wrapper,
};
use serde_json::{Value, json};

use super::describe::{of_endorsement, strings};
use crate::object::broadcast::{Broadcast, OnAir};

/// `{kind, …fields, problems}`.
pub(super) fn describe(broadcast: &Broadcast) -> Value {
    match broadcast {
        Broadcast::Sam(sam) => of_sam(sam),
        Broadcast::Stream(heard) => match heard.as_slice() {
            [one] => match &one.message {
                OnAir::Message(message) => of_message(message),
                OnAir::Pack(pack) => of_stream("message-pack", pack.messages().iter()),
            },
            _ => of_stream(
                "broadcast",
                heard.iter().flat_map(|heard| match &heard.message {
                    OnAir::Message(message) => core::slice::from_ref(message),
                    OnAir::Pack(pack) => pack.messages(),
                }),
            ),
        },
    }
}

fn of_sam(sam: &Sam) -> Value {
    match sam {
        Sam::Link(link) => of_link(link),
        Sam::Wrapper(wrapper) => of_wrapper(wrapper),
        Sam::Manifest(manifest) => of_manifest(manifest),
        Sam::Frame(frame) => {
            let mut document = of_evidence("frame", frame.evidence());
            add(&mut document, "frame_type", json!(frame.frame_type()));
            add(&mut document, "content", json!(hex::encode(frame.content())));
            document
        }
    }
}

fn of_link(link: &Link) -> Value {
    let endorsement = of_endorsement(&link.endorsement);
    let mut problems = strings(endorsement.get("problems"));
    if link.mark != drip_wire::broadcast::LinkMark::Link {
        problems.push(link.mark.to_string());
    }
    json!({ "kind": "link", "endorsement": endorsement, "problems": problems })
}

fn of_wrapper(wrapper: &Wrapper) -> Value {
    let mut document = of_evidence("wrapper", wrapper.evidence());
    add(&mut document, "extended", json!(wrapper.is_extended()));
    let messages: Vec<Value> = wrapper.messages().iter().map(of_message).collect();
    add(&mut document, "messages", json!(messages));
    document
}

fn of_manifest(manifest: &Manifest) -> Value {
    let mut document = of_evidence("manifest", manifest.evidence());
    add(&mut document, "previous", json!(manifest.previous().to_string()));
    add(&mut document, "current", json!(manifest.current().to_string()));
    let rule = manifest.current_rule();
    add(&mut document, "current_rule", json!(rule.map(|rule| rule.to_string())));
    add(&mut document, "link", json!(manifest.link().to_string()));
    let hashes: Vec<String> = manifest.messages().iter().map(ToString::to_string).collect();
    add(&mut document, "messages", json!(hashes));
    if rule.is_none() {
        add_problem(&mut document, "the current hash is taken by no rule that is known");
    }
    document
}

fn of_evidence(kind: &str, evidence: &UaSignedEvidence) -> Value {
    let body = evidence.body();
    let mut problems = Vec::new();
    if body.epoch() == Epoch::UnixSuspected {
        problems.push("the times count from 1970 instead of 2019".to_owned());
    }
    if body.vna() < body.vnb() {
        problems.push("it ends before it begins".to_owned());
    }
    json!({
        "kind": kind,
        "ua": body.ua().to_string(),
        "vnb": body.vnb().to_string(),
        "vna": body.vna().to_string(),
        "vnb_raw": body.vnb().0,
        "vna_raw": body.vna().0,
        "signature": hex::encode(evidence.signature()),
        "problems": problems,
    })
}

fn of_message(message: &Message) -> Value {
    let mut document = json!({
        "kind": message.message_type().to_string(),
        "version": message.version(),
        "octets": hex::encode(message.encode()),
        "hash": MessageHash::of(message.as_bytes()).to_string(),
        "problems": [],
    });
    if let Some(basic_id) = BasicId::read(message) {
        add(&mut document, "id_type", json!(basic_id.id_type().0));
        add(&mut document, "ua_type", json!(basic_id.ua_type().0));
        match basic_id.det() {
            Some(Ok(det)) => add(&mut document, "det", json!(det.to_string())),
            Some(Err(error)) => add_problem(&mut document, &error.to_string()),
            None => {
                let id = String::from_utf8_lossy(&basic_id.id()).trim_end_matches('\0').to_owned();
                add(&mut document, "id", json!(id));
            }
        }
    }
    if let Some(location) = Location::read(message) {
        let degrees = |number: i32| f64::from(number) / 1e7;
        let metres = |number: i32| f64::from(number) / 10.0;
        add(&mut document, "status", json!(location.status()));
        add(&mut document, "latitude", json!(degrees(location.latitude())));
        add(&mut document, "longitude", json!(degrees(location.longitude())));
        add(&mut document, "altitude_m", json!(metres(location.altitude())));
        add(&mut document, "height_m", json!(metres(location.height())));
        add(&mut document, "track_deg", json!(location.track()));
        add(&mut document, "speed_m_s", json!(f64::from(location.speed()) / 100.0));
        add(&mut document, "seconds_of_hour", json!(f64::from(location.tenths_of_hour()) / 10.0));
    }
    if let Some(time) = System::read(message).and_then(|system| system.timestamp()) {
        add(&mut document, "timestamp", json!(time.to_string()));
    }
    if let Some(page) = Page::read(message) {
        add(&mut document, "page", json!(page.number()));
        add(&mut document, "authentication_type", json!(page.authentication_type().value()));
        if page.number() == 0 {
            let [last, length, ..] = page.payload();
            add(&mut document, "last_page_index", json!(last));
            add(&mut document, "length", json!(length));
        }
    }
    document
}

fn of_authentication(message: &Authentication, recovered: Option<u8>) -> Value {
    let additional = match message.additional() {
        AdditionalData::None => "none",
        AdditionalData::Parity => "parity",
        AdditionalData::Other(_) => "other",
    };
    let (data, problems) = match message.sam() {
        Ok(sam) => {
            let described = of_sam(&sam);
            let problems = strings(described.get("problems"));
            (described, problems)
        }
        Err(error) => (json!(hex::encode(message.data())), vec![format!("the data cannot be read: {error}")]),
    };
    json!({
        "kind": "authentication",
        "pages": message.pages().len(),
        "recovered_page": recovered,
        "timestamp": message.timestamp().to_string(),
        "length": message.data().len(),
        "additional_data": additional,
        "data": data,
        "problems": problems,
    })
}

/// Messages one after another; pages are put together.
fn of_stream<'a>(kind: &str, messages: impl Iterator<Item = &'a Message>) -> Value {
    let mut objects = Vec::new();
    let mut problems = Vec::new();
    let mut pages = Pages::new();
    let mut count = 0_usize;
    for message in messages {
        count += 1;
        let Some(page) = Page::read(message) else {
            objects.push(of_message(message));
            continue;
        };
        let progress = match pages.add(&page) {
            Err(PageError::Duplicate { .. }) => continue,
            Err(_) if !pages.is_empty() => {
                finish(&mut pages, &mut objects, &mut problems);
                pages.add(&page)
            }
            other => other,
        };
        match progress {
            Ok(Progress::Complete(whole)) => objects.push(of_authentication(&whole.message, whole.recovered)),
            Ok(Progress::Waiting) => {}
            Err(error) => problems.push(format!("page {}: {error}", page.number())),
        }
    }
    finish(&mut pages, &mut objects, &mut problems);
    problems.extend(objects.iter().flat_map(|object| strings(object.get("problems"))));
    problems.dedup();
    json!({ "kind": kind, "messages": count, "objects": objects, "problems": problems })
}

fn finish(pages: &mut Pages, objects: &mut Vec<Value>, problems: &mut Vec<String>) {
    let pages = core::mem::take(pages);
    if pages.is_empty() {
        return;
    }
    match pages.recover() {
        Ok(whole) => objects.push(of_authentication(&whole.message, whole.recovered)),
        Err(error) => problems.push(error.to_string()),
    }
}

fn add(document: &mut Value, name: &str, value: Value) {
    if let Some(members) = document.as_object_mut() {
        members.insert(name.to_owned(), value);
    }
}

fn add_problem(document: &mut Value, problem: &str) {
    if let Some(problems) = document.get_mut("problems").and_then(Value::as_array_mut) {
        problems.push(json!(problem));
    }
}

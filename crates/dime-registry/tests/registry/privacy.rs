//! Serial number, operator, flight and contact are nobody's business.

use crate::world::*;
use dime_registry::{Application, Caller, Kind, Listing, Renewal, Role, State};
use dime_zone::ExportForm;
use drip_det::{Hid, ZoneCut};

fn secretive() -> Application {
    Application {
        serial_number: Some("SECRET-SERIAL".into()),
        flight: Some("SECRET-FLIGHT".into()),
        contact: Some("SECRET-CONTACT".into()),
        ..session("operator", "session")
    }
}

#[test]
fn not_in_the_public_view_nor_in_the_zone() {
    let world = World::new();
    let operator = world.operator("operator");
    let view = world.registered(secretive(), &Caller::Anonymous);
    let public = world.registry.public_view(view.public.det).unwrap().unwrap();
    let text = format!("{public:?}");
    assert!(!text.contains("SECRET") && !text.contains(&operator.to_string()), "{text}");

    // In no form: the octets of the serial number and of the operator's DET are in no record of the session.
    for (_, rdata) in
        [67, 68, 55, 37, 52].map(|number| world.query(view.public.det, dime_zone::RecordType(number)))
    {
        let has = |octets: &[u8]| rdata[0].windows(octets.len()).any(|window| window == octets);
        assert!(!has(b"SECRET") && !has(&operator.to_bytes()));
    }
    let mut zone = Vec::new();
    world.zones.export(ZoneCut::home_of(hid()), ExportForm::Native, &mut zone).unwrap();
    assert!(!String::from_utf8(zone).unwrap().contains("SECRET"));
}

#[test]
fn seen_by_those_whose_business_it_is() {
    let world = World::new();
    let operator = world.operator("operator");
    let other = world.operator("other");
    let view = world.registered(secretive(), &Caller::Anonymous);
    let det = view.public.det;
    let elsewhere = Hid::from_numbers(16376, 11).ok();
    for (caller, may) in [
        (Caller::Anonymous, false),
        (Caller::Det(other), false),
        (token(Role::Manager, elsewhere), false),
        (Caller::Det(det), true),
        (Caller::Det(operator), true),
        (token(Role::Auditor, Some(hid())), true),
        (manager(), true),
        (Caller::Local, true),
    ] {
        let by_id = world.registry.registration(&view.id, &caller).unwrap().unwrap();
        let by_det = world.registry.registration_of(det, &caller).unwrap().unwrap();
        assert_eq!(by_id, by_det);
        assert_eq!(by_id.private.is_some(), may, "{caller:?}");
    }
    world.registry.revoke(det, "SECRET-REASON", &manager()).unwrap();
    let seen = world.registry.registration_of(det, &Caller::Anonymous).unwrap().unwrap();
    assert_eq!(seen.reason, None);
}

#[test]
fn what_waits_is_seen_by_managers_and_who_has_its_identifier() {
    let world = World::new();
    let waiting = world.waiting(application(Kind::Operator, "operator"), &Caller::Anonymous);
    let det = waiting.public.det;
    assert!(world.registry.registration(&waiting.id, &Caller::Anonymous).unwrap().unwrap().private.is_none());
    assert_eq!(world.registry.registration_of(det, &Caller::Anonymous).unwrap(), None);
    assert!(world.registry.registration_of(det, &manager()).unwrap().is_some());
    assert_eq!(world.registry.chain(det).unwrap_err().slug(), "not-found");
    assert_eq!(world.registry.authenticate_det(det).unwrap_err().slug(), "unknown-operator");
    for nobody in [Caller::Anonymous, token(Role::Auditor, None)] {
        assert_eq!(world.registry.revoke(det, "nosy", &nobody).unwrap_err().slug(), "not-found");
        assert_eq!(world.registry.renew(det, Renewal::default(), &nobody).unwrap_err().slug(), "not-found");
    }
}

#[test]
fn lists_are_for_managers_and_auditors_in_pages() {
    let world = World::new();
    for number in 0..25 {
        world.clock.set(START + number);
        world.registered(application(Kind::Aircraft, &format!("aircraft {number}")), &manager());
    }
    world.waiting(application(Kind::Operator, "operator"), &Caller::Anonymous);
    let mut seen = Vec::new();
    let mut listing = Listing { kind: Some(Kind::Aircraft), limit: Some(10), ..Listing::default() };
    loop {
        let page = world.registry.registrations(&listing, &manager()).unwrap();
        assert!(page.registrations.len() <= 10);
        seen.extend(page.registrations.into_iter().map(|view| view.public.not_before.0 - START));
        match page.next {
            Some(next) => listing.cursor = Some(next),
            None => break,
        }
    }
    assert_eq!(seen, (0..25).collect::<Vec<_>>(), "oldest first, each once");
    let pending = Listing { state: Some(State::Pending), ..Listing::default() };
    assert_eq!(
        world
            .registry
            .registrations(&pending, &token(Role::Auditor, Some(hid())))
            .unwrap()
            .registrations
            .len(),
        1
    );
    let elsewhere = token(Role::Manager, Hid::from_numbers(16376, 11).ok());
    assert_eq!(
        world.registry.registrations(&pending, &elsewhere).unwrap().registrations.len(),
        0,
        "its own HDA only"
    );
    let ours = Listing { hid: Some(hid()), ..Listing::default() };
    assert_eq!(world.registry.registrations(&ours, &elsewhere).unwrap_err().slug(), "forbidden");
    assert_eq!(world.registry.registrations(&pending, &Caller::Anonymous).unwrap_err().slug(), "forbidden");
    let bad = Listing { cursor: Some("../../x".into()), ..Listing::default() };
    assert_eq!(world.registry.registrations(&bad, &manager()).unwrap_err().slug(), "bad-cursor");
}

//! Registries below, ceremonies and authorities over HTTP: forms, statuses, problems.

use crate::world::*;
use base64::{Engine, engine::general_purpose::STANDARD};
use dime_registry::Role;
use drip_det::{Det, Hda, Hid, UnixTime};
use serde_json::json;

fn raa() -> Hid {
    Hid::new(hid().raa, Hda::OF_RAA)
}

#[tokio::test]
async fn an_hda_waits_says_for_what_and_comes_into_force() {
    let world = World::new();
    let csr = key("below").certification_request(None, None).unwrap();
    let body = json!({
        "kind": "hda", "csr": STANDARD.encode(csr), "hid": "16376/77",
        "name_servers": [{ "name": "ns", "addresses": ["127.0.0.2", "::1"] }, { "name": "ns.example.net." }],
        "ds": [{ "key_tag": 1, "algorithm": 15, "digest_type": 2, "digest": "00".repeat(32) }],
        "uri": "https://hda.example.net",
    });
    let reply = world.post("/v1/registrations", &body).await;
    assert_eq!(reply.status, 202, "{reply:?}");
    let waiting = reply.json();
    assert_eq!((&waiting["waiting_for"], &waiting["hda"]), (&json!("person"), &json!(77)));
    let id = waiting["id"].as_str().unwrap();
    let taken = json!({ "kind": "hda", "csr": STANDARD.encode(key("other").certification_request(None, None).unwrap()), "hid": "16376/77" });
    world.post("/v1/registrations", &taken).await.problem(409, "number-taken");
    let approved =
        world.post_as(&world.manager, &format!("/v1/registrations/{id}/approve"), &json!({})).await;
    assert_eq!(approved.json()["waiting_for"], json!("ceremony"));
    world.get(&format!("/v1/registrations/{id}/bundle")).await.problem(409, "not-registered");

    let request =
        world.post_as(&world.manager, "/v1/dki/ceremony/requests", &json!({ "by": "16376/0" })).await;
    assert_eq!(request.status, 201);
    assert_eq!(request.headers["content-type"], "application/cbor");
    let request = dime_sign::ceremony::Request::decode(&request.body).unwrap();
    let signer =
        dime_sign::offline::ceremony(key("raa-a"), raa(), dime_sign::SigningPolicy::AUTHORIZATION).unwrap();
    let mut serial = |octets: &mut [u8]| {
        octets.fill(0x5a);
        Ok(())
    };
    let answer = dime_sign::ceremony::sign(&request, &signer, &mut serial, UnixTime(START)).unwrap();
    let octets = answer.encode().unwrap();
    world
        .octets_as(&world.manager, "/v1/dki/ceremony/answers", &octets[1..])
        .await
        .problem(422, "malformed-form");
    let imported = world.octets_as(&world.manager, "/v1/dki/ceremony/answers", &octets).await;
    assert_eq!(imported.status, 200, "{imported:?}");
    assert_eq!(imported.json()["registrations"], json!([id]));
    let bundle = world.get(&format!("/v1/registrations/{id}/bundle")).await;
    assert_eq!(dime_sign::ceremony::Bundle::decode(&bundle.body).unwrap().authorities.len(), 2);
    // Its delegation changes.
    let det = imported.json()["authorities"][0].as_str().unwrap().to_owned();
    let path = format!("/v1/authorities/{det}/delegation");
    let change = json!({ "name_servers": [{ "name": "ns.example.org" }], "ds": [] });
    let changed = world.post_as(&world.manager, &path, &change).await;
    assert_eq!(changed.status, 200, "{changed:?}");
    let delegation = &changed.json()["delegation"];
    assert_eq!(delegation["name_servers"], json!(["ns.example.org."]));
    assert_eq!(delegation["ds"], json!([]));
    let bad = json!({ "name_servers": [{ "name": "ns" }] });
    world.post_as(&world.manager, &path, &bad).await.problem(422, "malformed-field");
    world
        .post_as(
            &world.manager,
            &path,
            &json!({ "ds": [{ "key_tag": 1, "algorithm": 15, "digest_type": 2, "digest": "zz" }] }),
        )
        .await
        .problem(422, "malformed-field");
    world.post(&path, &change).await.problem(401, "token-missing");
    // It is no chain for a place of ours.
    world.octets_as(&world.manager, "/v1/dki/bundles", &bundle.body).await.problem(422, "foreign-hid");
}

#[tokio::test]
async fn authorities_are_shown_to_those_who_may_and_changed_by_managers() {
    let world = World::new();
    let auditor = token(&world.registry, Role::Auditor, None, None);
    world.get("/v1/authorities").await.problem(401, "token-missing");
    let listed = world.get_as(&auditor, "/v1/authorities").await.json();
    assert_eq!(listed["authorities"].as_array().unwrap().len(), 4);
    let issuing = Det::derive(hid(), key("hda-i").hi());
    let path = |verb: &str| format!("/v1/authorities/{issuing}{verb}");
    let shown = world.get_as(&auditor, &path("")).await.json();
    assert_eq!(
        (&shown["status"], &shown["owner"], &shown["signatures"]),
        (&json!("active"), &json!("own"), &json!(0))
    );
    let reason = json!({ "reason": "looking into it" });
    world.post_as(&auditor, &path("/suspend"), &reason).await.problem(403, "forbidden");
    let suspended = world.post_as(&world.manager, &path("/suspend"), &reason).await.json();
    assert_eq!(
        (&suspended["status"], &suspended["status_reason"]),
        (&json!("suspended"), &json!("looking into it"))
    );
    // Why is nobody else's business.
    let reasons = |reply: &serde_json::Value| -> Vec<serde_json::Value> {
        reply["authorities"].as_array().unwrap().iter().map(|each| each["status_reason"].clone()).collect()
    };
    let public = reasons(&world.get("/v1/dki").await.json());
    assert!(public.iter().all(|reason| reason.is_null()), "{public:?}");
    let full = reasons(&world.get_as(&auditor, "/v1/dki").await.json());
    assert!(full.contains(&json!("looking into it")), "{full:?}");
    world.post_as(&world.manager, &path("/suspend"), &reason).await.problem(409, "authority-status");
    world.post_as(&world.manager, &path("/resume"), &json!({})).await.json();
    world.registered("aircraft", "aircraft").await;
    let preview = world.post_as(&world.manager, &path("/revoke?preview=true"), &json!({})).await.json();
    assert_eq!((&preview["preview"], &preview["total"]), (&json!(true), &json!(1)));
    world.post_as(&world.manager, &path("/reissue"), &json!({})).await.problem(409, "no-successor");
    world
        .post_as(&world.manager, &path("/rekey"), &json!({ "csr": "AA==" }))
        .await
        .problem(409, "authority-unsuitable");
    let fallen =
        world.post_as(&world.manager, &path("/revoke"), &json!({ "reason": "compromised" })).await.json();
    assert_eq!((&fallen["total"], &fallen["registrations"]), (&json!(1), &json!({ "aircraft": 1 })));
    let jobs = world.get_as(&auditor, "/v1/jobs").await.json();
    let job = &jobs["jobs"][0];
    assert_eq!((&job["kind"], &job["state"], &job["done"]), (&json!("cascade"), &json!("done"), &json!(1)));
    let one = world.get_as(&auditor, &format!("/v1/jobs/{}", job["id"].as_str().unwrap())).await;
    assert_eq!(one.status, 200);
    world.get_as(&auditor, "/v1/jobs/none").await.problem(404, "not-found");
    let metrics = world.get("/metrics").await.text();
    assert!(
        metrics.contains("dime_authority_not_after_seconds{hid=\"16376/10\",class=\"authorization\"}"),
        "{metrics}"
    );
}

#[tokio::test]
async fn a_wish_for_a_ceremony_is_read_strictly() {
    let world = World::new();
    let world = &world;
    let ask = |body: serde_json::Value| async move {
        world.post_as(&world.manager, "/v1/dki/ceremony/requests", &body).await
    };
    ask(json!({})).await.problem(422, "foreign-hid");
    ask(json!({ "by": "16376/0" })).await.problem(409, "nothing-waits");
    ask(json!({ "by": "16376/0", "trust": [] })).await.problem(422, "malformed-field");
    ask(json!({ "by": "16376/0", "cross": [{ "det": "::1", "hi": "00" }] }))
        .await
        .problem(422, "malformed-field");
    ask(json!({ "by": "16376/0", "authorization_lifetime": 1_000_000_000 }))
        .await
        .problem(422, "validity-out-of-range");
    world
        .octets_as(&world.manager, "/v1/dki/ceremony/answers", &[0; 100_000])
        .await
        .problem(422, "malformed-form");
    world.octets_as(&world.manager, "/v1/dki/bundles", &[0; 100_000]).await.problem(413, "content-too-large");
}

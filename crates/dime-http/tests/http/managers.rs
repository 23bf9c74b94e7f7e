//! What people decide, and the tokens they do it with.

use crate::world::*;
use axum::body::Body;
use dime_registry::Role;
use drip_det::Hid;
use http::Request;
use serde_json::json;

#[tokio::test]
async fn what_waits_is_approved_or_denied() {
    let world = World::new();
    let waiting = world.post("/v1/registrations", &application("operator", "operator")).await;
    assert_eq!(waiting.status, 202);
    assert_eq!(waiting.json()["state"], "pending");
    assert!(waiting.headers["retry-after"].to_str().unwrap().parse::<u32>().unwrap() > 0);
    let location = waiting.headers["location"].to_str().unwrap().to_owned();
    assert_eq!(world.get(&location).await.json()["state"], "pending");
    world.get(&format!("/v1/dets/{}", det_of("operator"))).await.problem(404, "not-found");

    world.post(&format!("{location}/approve"), &json!({})).await.problem(401, "token-missing");
    let approved = world.post_as(&world.manager, &format!("{location}/approve"), &json!({})).await;
    assert_eq!(approved.status, 200, "{approved:?}");
    assert_eq!(approved.json()["state"], "registered");
    let again = world.post_as(&world.manager, &format!("{location}/approve"), &json!({})).await;
    again.problem(409, "not-pending");

    let other = world.post("/v1/registrations", &application("service", "service")).await;
    let location = other.headers["location"].to_str().unwrap().to_owned();
    let no_reason = world.post_as(&world.manager, &format!("{location}/deny"), &json!({})).await;
    no_reason.problem(422, "malformed-field");
    let empty = world.post_as(&world.manager, &format!("{location}/deny"), &json!({ "reason": "" })).await;
    assert_eq!(empty.problem(422, "malformed-field")["errors"][0]["pointer"], "/reason");
    let denied =
        world.post_as(&world.manager, &format!("{location}/deny"), &json!({ "reason": "no papers" })).await;
    assert_eq!((denied.status.as_u16(), &denied.json()["state"]), (200, &json!("denied")));
    assert_eq!(denied.json()["reason"], "no papers");
}

#[tokio::test]
async fn lists_are_paged_and_filtered() {
    let world = World::new();
    for name in ["a", "b", "c", "d", "e"] {
        world.registered("aircraft", name).await;
    }
    world.registered("operator", "op").await;
    let mut seen = Vec::new();
    let mut path = "/v1/registrations?kind=aircraft&limit=2".to_owned();
    loop {
        let page = world.get_as(&world.manager, &path).await.json();
        for registration in page["registrations"].as_array().unwrap() {
            seen.push(registration["det"].as_str().unwrap().to_owned());
        }
        let Some(next) = page["next"].as_str() else { break };
        path = format!("/v1/registrations?kind=aircraft&limit=2&cursor={next}");
    }
    let expected: Vec<String> = ["a", "b", "c", "d", "e"].map(|name| det_of(name).to_string()).to_vec();
    let mut sorted = (seen.clone(), expected);
    sorted.0.sort();
    sorted.1.sort();
    assert_eq!(sorted.0, sorted.1);
    let none = world.get_as(&world.manager, "/v1/registrations?state=denied").await.json();
    assert_eq!(none["registrations"], json!([]));
    for (query, field) in [
        ("state=lost", "state"),
        ("kind=balloon", "kind"),
        ("limit=0", "limit"),
        ("limit=201", "limit"),
        ("limit=x", "limit"),
        ("hid=16376", "hid"),
        ("cursor=%25", "cursor"),
        ("colour=red", "colour"),
    ] {
        let reply = world.get_as(&world.manager, &format!("/v1/registrations?{query}")).await;
        assert_eq!(reply.problem(400, "invalid-parameter")["errors"][0]["field"], field, "{query}");
    }
}

#[tokio::test]
async fn tokens_are_made_listed_and_ended() {
    let world = World::new();
    let admin = token(&world.registry, Role::Admin, None, None);
    let body = json!({ "role": "manager", "hid": "16376/10", "ttl": 3600, "label": "desk" });
    let made = world.post_as(&admin, "/v1/tokens", &body).await;
    assert_eq!(made.status, 201, "{made:?}");
    let made_token = made.json();
    assert_eq!((&made_token["role"], &made_token["hid"]), (&json!("manager"), &json!("16376/10")));
    let secret = made_token["secret"].as_str().unwrap();
    assert_eq!(world.get_as(secret, "/v1/registrations").await.status, 200);

    let listed = world.get_as(&admin, "/v1/tokens").await.json();
    let listed = listed["tokens"].as_array().unwrap().clone();
    assert!(listed.iter().any(|token| token["id"] == made_token["id"]));
    assert!(!serde_json::to_string(&listed).unwrap().contains(secret), "a secret is listed");

    let location = made.headers["location"].to_str().unwrap();
    let delete =
        |by: &str| Request::delete(location).header("authorization", bearer(by)).body(Body::empty()).unwrap();
    let auditor = token(&world.registry, Role::Auditor, None, None);
    world.send(delete(&auditor)).await.problem(403, "forbidden");
    let ended = world.send(delete(&admin)).await;
    assert_eq!(ended.status, 200);
    assert!(ended.json()["revoked_at"].is_string());
    world.get_as(secret, "/v1/registrations").await.problem(401, "token-revoked");
    let nobody = Request::delete("/v1/tokens/none")
        .header("authorization", bearer(&admin))
        .body(Body::empty())
        .unwrap();
    world.send(nobody).await.problem(404, "not-found");
}

#[tokio::test]
async fn a_token_is_good_for_its_role_and_hda_only() {
    let world = World::new();
    let elsewhere = token(&world.registry, Role::Manager, Some(Hid::from_numbers(16376, 11).unwrap()), None);
    let auditor = token(&world.registry, Role::Auditor, None, None);
    world.registered("aircraft", "aircraft").await;
    let path = format!("/v1/dets/{}/revoke", det_of("aircraft"));
    let before = world.traces();
    for (who, token) in [("another HDA's manager", &elsewhere), ("an auditor", &auditor)] {
        let reply = world.post_as(token, &path, &json!({ "reason": "because" })).await;
        let problem = reply.problem(403, "forbidden");
        assert!(problem["detail"].as_str().unwrap().contains("registrations:revoke"), "{who}: {problem}");
    }
    assert_eq!(world.traces(), before);
    assert_eq!(world.get_as(&auditor, "/v1/registrations").await.status, 200);
    let full = format!("/v1/dets/{}?view=full", det_of("aircraft"));
    assert_eq!(world.get_as(&auditor, &full).await.status, 200);
    let problem = world.get_as(&elsewhere, &full).await.problem(403, "forbidden");
    assert!(problem["detail"].as_str().unwrap().contains("registrations:read"), "{problem}");
    world.get(&full).await.problem(401, "token-missing");
    let reply = world.post_as(&world.manager, "/v1/tokens", &json!({ "role": "admin" })).await;
    assert!(reply.problem(403, "forbidden")["detail"].as_str().unwrap().contains("tokens:manage"));
}

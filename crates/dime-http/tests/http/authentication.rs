//! Bearer tokens: missing, wrong, expired, malformed.

use crate::world::*;
use axum::body::Body;
use dime_registry::Role;
use http::Request;

#[tokio::test]
async fn a_missing_token_is_asked_for_and_a_wrong_one_told() {
    let world = World::new();
    let before = world.traces();
    for path in ["/v1/registrations", "/v1/tokens"] {
        let missing = world.get(path).await;
        missing.problem(401, "token-missing");
        assert_eq!(missing.headers["www-authenticate"], "Bearer realm=\"dime\"");
    }
    let wrong = world.get_as("wrong", "/v1/registrations").await;
    wrong.problem(401, "wrong-token");
    assert_eq!(wrong.headers["www-authenticate"], "Bearer realm=\"dime\", error=\"invalid_token\"");
    // A wrong token is told even where none is needed.
    world.get_as("wrong", "/v1/dki").await.problem(401, "wrong-token");
    world
        .post_as("wrong", "/v1/registrations", &application("operator", "operator"))
        .await
        .problem(401, "wrong-token");
    assert_eq!(world.traces(), before);
}

#[tokio::test]
async fn a_token_ends_by_time() {
    let world = World::new();
    let short = token(&world.registry, Role::Manager, None, Some(60));
    assert_eq!(world.get_as(&short, "/v1/registrations").await.status, 200);
    world.clock.set(START + 61);
    world.get_as(&short, "/v1/registrations").await.problem(401, "token-expired");
}

#[tokio::test]
async fn an_authorization_field_that_is_no_bearer_token() {
    let world = World::new();
    for field in ["Basic dXNlcjpwYXNz", "Bearer", "Bearer ", "", "token"] {
        let request = Request::get("/v1/dki").header("authorization", field).body(Body::empty()).unwrap();
        world.send(request).await.problem(401, "wrong-token");
    }
    let twice = Request::get("/v1/dki")
        .header("authorization", bearer(&world.manager))
        .header("authorization", bearer(&world.manager))
        .body(Body::empty())
        .unwrap();
    world.send(twice).await.problem(401, "wrong-token");
    let any_case = Request::get("/v1/registrations")
        .header("authorization", format!("bEARER {}", world.manager))
        .body(Body::empty())
        .unwrap();
    assert_eq!(world.send(any_case).await.status, 200);
}

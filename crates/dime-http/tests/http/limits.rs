//! Limits: size, time, number; each told as a problem.

use crate::world::*;
use axum::body::Body;
use dime_http::{HttpConfig, ReadyCheck};
use http::Request;
use serde_json::json;
use std::{
    sync::{Arc, Barrier},
    time::Duration,
};

#[tokio::test]
async fn a_body_beyond_the_limit() {
    let world = World::new();
    let before = world.traces();
    let mut application = application("operator", "operator");
    application["contact"] = json!("x".repeat(64 * 1024));
    world.post("/v1/registrations", &application).await.problem(413, "content-too-large");
    // Without an announced length as well.
    let body = application.to_string();
    let chunks = axum::body::Body::from_stream(Chunks(body.into_bytes()));
    let request =
        Request::post("/v1/registrations").header("content-type", "application/json").body(chunks).unwrap();
    world.send(request).await.problem(413, "content-too-large");
    let request =
        Request::post("/v1/registrations").header("content-length", "99999999").body(Body::empty()).unwrap();
    world.send(request).await.problem(413, "content-too-large");
    assert_eq!(world.traces(), before);
}

/// A body in pieces of a kilobyte, of no announced length.
struct Chunks(Vec<u8>);

impl futures_core::Stream for Chunks {
    type Item = Result<Vec<u8>, std::convert::Infallible>;

    fn poll_next(
        mut self: std::pin::Pin<&mut Self>,
        _: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Option<Self::Item>> {
        let length = self.0.len().min(1024);
        let rest = self.0.split_off(length);
        let chunk = std::mem::replace(&mut self.0, rest);
        std::task::Poll::Ready((!chunk.is_empty()).then_some(Ok(chunk)))
    }
}

/// A body that never comes.
struct Silence;

impl futures_core::Stream for Silence {
    type Item = Result<Vec<u8>, std::convert::Infallible>;

    fn poll_next(
        self: std::pin::Pin<&mut Self>,
        _: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Option<Self::Item>> {
        std::task::Poll::Pending
    }
}

#[tokio::test]
async fn a_body_that_does_not_come() {
    let world = World::with(HttpConfig { request_time: Duration::from_millis(100), ..HttpConfig::default() });
    let request = Request::post("/v1/registrations").body(Body::from_stream(Silence)).unwrap();
    world.send(request).await.problem(408, "body-timeout");
}

#[tokio::test]
async fn header_fields_beyond_the_limit() {
    let world = World::new();
    let request = Request::get("/v1/dki").header("x-large", "x".repeat(17_000)).body(Body::empty()).unwrap();
    world.send(request).await.problem(431, "header-too-large");
    world.get(&format!("/v1/dki?{}", "x".repeat(17_000))).await.problem(431, "header-too-large");
}

#[tokio::test]
async fn paths_and_methods_that_are_not_there() {
    let world = World::new();
    for path in ["/nothing", "/v1", "/v1/registrations/", "/v1/dets", "/problems/none"] {
        world.get(path).await.problem(404, "not-found");
    }
    for (method, path, allow) in [
        ("DELETE", "/v1/registrations", "GET"),
        ("PUT", "/v1/dets/2001:3f:fe00:a05::1", "GET"),
        ("GET", "/v1/dets/2001:3f:fe00:a05::1/revoke", "POST"),
        ("OPTIONS", "/v1/tokens", "POST"),
        ("BREW", "/", "GET"),
    ] {
        let request = Request::builder().method(method).uri(path).body(Body::empty()).unwrap();
        let reply = world.send(request).await;
        reply.problem(405, "method-not-allowed");
        assert!(reply.headers["allow"].to_str().unwrap().contains(allow), "{method} {path}: {reply:?}");
    }
}

#[tokio::test]
async fn too_many_anonymous_writes() {
    let world = World::with(HttpConfig { anonymous_writes_per_minute: 3, ..HttpConfig::default() });
    for name in ["a", "b", "c"] {
        assert_eq!(world.post("/v1/registrations", &application("operator", name)).await.status, 202);
    }
    let before = world.traces();
    let reply = world.post("/v1/registrations", &application("operator", "d")).await;
    reply.problem(429, "too-many-requests");
    assert!(reply.headers["retry-after"].to_str().unwrap().parse::<u32>().unwrap() <= 60);
    // Guessing at tokens counts, too; who has one is not held up, nor is reading.
    world
        .post_as("guess", "/v1/registrations", &application("operator", "d"))
        .await
        .problem(429, "too-many-requests");
    assert_eq!(world.traces(), before);
    world.registered("operator", "d").await;
    assert_eq!(world.get("/v1/dki").await.status, 200);
    world.clock.set(START + 60);
    assert_eq!(world.post("/v1/registrations", &application("operator", "e")).await.status, 202);
}

/// A world whose readiness check waits at a barrier: a request that takes as long as we want.
fn slow_world(config: HttpConfig) -> (World, Arc<Barrier>) {
    let barrier = Arc::new(Barrier::new(2));
    let inside = barrier.clone();
    let run = Arc::new(move || {
        inside.wait();
        inside.wait();
        Ok(())
    });
    let checks: Arc<[ReadyCheck]> = Arc::new([ReadyCheck { name: "slow".to_owned(), run }]);
    (World::with(HttpConfig { ready_checks: checks, ..config }), barrier)
}

async fn wait_at(barrier: &Arc<Barrier>) {
    let barrier = barrier.clone();
    tokio::task::spawn_blocking(move || barrier.wait()).await.unwrap();
}

#[tokio::test]
async fn more_requests_at_once_than_are_served() {
    let (world, barrier) = slow_world(HttpConfig { max_requests: 1, ..HttpConfig::default() });
    let app = world.app.clone();
    let first =
        tokio::spawn(tower::ServiceExt::oneshot(app, Request::get("/readyz").body(Body::empty()).unwrap()));
    wait_at(&barrier).await;
    let reply = world.get("/livez").await;
    reply.problem(503, "overloaded");
    assert_eq!(reply.headers["retry-after"], "1");
    wait_at(&barrier).await;
    assert_eq!(first.await.unwrap().unwrap().status(), 200);
    assert_eq!(world.get("/livez").await.status, 200);
}

#[tokio::test]
async fn an_answer_that_takes_too_long() {
    let (world, barrier) =
        slow_world(HttpConfig { request_time: Duration::from_millis(50), ..HttpConfig::default() });
    let reply = world.get("/readyz").await;
    reply.problem(503, "timeout");
    assert!(reply.headers.contains_key("retry-after"));
    wait_at(&barrier).await;
    wait_at(&barrier).await;
}

#[tokio::test]
async fn a_defect_is_told_as_one() {
    let run = Arc::new(|| -> Result<(), String> { panic!("a check that panics") });
    let checks: Arc<[ReadyCheck]> = Arc::new([ReadyCheck { name: "broken".to_owned(), run }]);
    let world = World::with(HttpConfig { ready_checks: checks, ..HttpConfig::default() });
    world.get("/readyz").await.problem(500, "internal");
    assert_eq!(world.get("/livez").await.status, 200);
}

//! Health, counters, description, and the pages for people.

use crate::world::*;
use dime_http::{HttpConfig, ProblemKind, ReadyCheck, openapi_json};
use std::sync::Arc;

#[tokio::test]
async fn health() {
    let world = World::new();
    assert_eq!(world.get("/livez").await.text(), "ok\n");
    assert_eq!(world.get("/readyz").await.text(), "ok\n");
    assert_eq!(world.get("/healthz").await.text(), "ok\n");
    assert_eq!(world.get("/readyz?verbose").await.text(), "[+] registry ok\nok\n");
    // An issuer whose time is over cannot register.
    world.clock.set(START + 4 * 365 * DAY);
    let problem = world.get("/readyz").await.problem(503, "not-ready");
    assert_eq!(problem["errors"][0]["field"], "registry");
    assert_eq!(world.get("/livez").await.status, 200);
}

#[tokio::test]
async fn another_part_that_is_not_ready() {
    let run = Arc::new(|| Err("no answer on port 5300".to_owned()));
    let checks: Arc<[ReadyCheck]> = Arc::new([ReadyCheck { name: "dns".to_owned(), run }]);
    let world = World::with(HttpConfig { ready_checks: checks, ..HttpConfig::default() });
    let problem = world.get("/readyz").await.problem(503, "not-ready");
    assert_eq!(
        problem["errors"],
        serde_json::json!([{ "field": "dns", "reason": "no answer on port 5300" }])
    );
}

#[tokio::test]
async fn counters_count() {
    let other = Arc::new(|| "# TYPE dime_dns_queries_total counter\ndime_dns_queries_total 7\n".to_owned());
    let world = World::with(HttpConfig { other_metrics: Some(other), ..HttpConfig::default() });
    world.registered("aircraft", "aircraft").await;
    world.get("/v1/dets/2001:3f:fe00:a05::1").await;
    world.get("/v1/dets/2001:3f:fe00:a05::2").await;
    world.get("/nowhere/at/all").await;
    let reply = world.get("/metrics").await;
    assert_eq!(reply.headers["content-type"], "text/plain; version=0.0.4; charset=utf-8");
    let text = reply.text();
    for line in [
        "dime_http_requests_total{route=\"/v1/registrations\",method=\"POST\",status=\"201\"} 1",
        "dime_http_requests_total{route=\"/v1/dets/{det}\",method=\"GET\",status=\"404\"} 2",
        "dime_http_requests_total{route=\"unmatched\",method=\"GET\",status=\"404\"} 1",
        "dime_http_request_duration_seconds_count{route=\"/v1/dets/{det}\",method=\"GET\"} 2",
        "dime_http_problems_total{type=\"not-found\"} 3",
        "dime_registration_requests_total{kind=\"aircraft\",outcome=\"registered\"} 1",
        "dime_zone_dets{zone=\"a.0.0.0.e.f.f.3.0.0.1.0.0.2.ip6.arpa.\"} 3",
        "dime_dns_queries_total 7",
    ] {
        assert!(text.lines().any(|found| found == line), "{line} is not in\n{text}");
    }
    assert!(text.contains("dime_build_info{version=\""));
    assert!(!text.contains("2001:3f"), "a DET is a label");
}

#[tokio::test]
async fn description_and_pages() {
    let world = World::new();
    let description = world.get("/openapi.json").await;
    assert_eq!(description.headers["content-type"], "application/json");
    assert_eq!(description.text(), openapi_json());
    let home = world.get("/").await;
    assert!(home.headers["content-type"].to_str().unwrap().starts_with("text/html"));
    assert!(home.text().contains("/openapi.json"));
    assert!(!home.text().contains("://"), "an external asset");
    for kind in ProblemKind::ALL {
        let page = world.get(&kind.type_uri()).await;
        assert_eq!(page.status, 200);
        assert!(page.text().contains(kind.title()));
    }
    assert!(world.get("/problems").await.text().contains("hi-collision"));
}

//! All routes and the layers around them, at a glance.

use crate::{HttpConfig, limits, openapi::openapi, problem, routes::*, state::Door};
use axum::{
    Router,
    extract::DefaultBodyLimit,
    middleware,
    routing::{delete, get, post},
};
use dime_registry::{Clock, Registry};
use std::sync::Arc;
use tower_http::catch_panic::CatchPanicLayer;

/// The HTTP door of a registry. `clock` is the one the registry itself goes by.
pub fn router(registry: Arc<Registry>, clock: Arc<dyn Clock>, config: HttpConfig) -> Router {
    of_door(Door::new(registry, clock, config))
}

pub(crate) fn of_door(door: Door) -> Router {
    Router::new()
        .route("/v1/registrations", post(register::register).get(list::list))
        .route("/v1/registrations/{id}", get(show::show))
        .route("/v1/registrations/{id}/approve", post(decide::approve))
        .route("/v1/registrations/{id}/deny", post(decide::deny))
        .route("/v1/dets/{det}", get(det::det))
        .route("/v1/dets/{det}/endorsements", get(endorsements::endorsements))
        .route("/v1/dets/{det}/links", get(links::links))
        .route("/v1/dets/{det}/certificate", get(certificate::certificate))
        .route("/v1/dets/{det}/revoke", post(revoke::revoke))
        .route("/v1/dets/{det}/renew", post(renew::renew))
        .route("/v1/dets/{det}/status", get(status::status))
        .route("/v1/dki", get(dki::dki))
        .route("/v1/dki/cache", get(offline_cache::cache))
        .route("/v1/dki/trust-list", get(trust::trust_list).post(trust::store_trust_list))
        .route("/v1/dki/cross-endorsements", get(trust::cross_endorsements).post(trust::receive))
        .route("/v1/dki/cross-endorsements/{parent}/{child}", delete(trust::withdraw))
        .route("/v1/registrations/{id}/bundle", get(bundle::bundle))
        .route("/v1/dki/ceremony/requests", post(ceremony::request))
        .route(ceremony::ANSWERS, post(ceremony::answer).layer(DefaultBodyLimit::max(ceremony::MAX_ANSWER)))
        .route("/v1/dki/bundles", post(bundle::import))
        .route("/v1/authorities", get(authorities::list))
        .route("/v1/authorities/{det}", get(authorities::show))
        .route("/v1/authorities/{det}/suspend", post(authorities::suspend))
        .route("/v1/authorities/{det}/resume", post(authorities::resume))
        .route("/v1/authorities/{det}/retire", post(authorities::retire))
        .route("/v1/authorities/{det}/revoke", post(authorities::revoke))
        .route("/v1/authorities/{det}/rekey", post(authorities::rekey))
        .route("/v1/authorities/{det}/reissue", post(authorities::reissue))
        .route("/v1/authorities/{det}/delegation", post(delegation::change))
        .route("/v1/authorities/{det}/list", get(offline_list::request).post(offline_list::import))
        .route("/v1/jobs", get(jobs::list))
        .route("/v1/jobs/{id}", get(jobs::show))
        .route("/v1/tokens", post(tokens::create).get(tokens::list))
        .route("/v1/tokens/{id}", delete(tokens::revoke))
        .route("/pki/ocsp", post(ocsp::post))
        .route("/pki/ocsp/{*request}", get(ocsp::get))
        .route("/pki/{file}", get(pki::file))
        .route("/pki/{issuer}/{file}", get(pki::part))
        .route("/livez", get(health::live))
        .route("/readyz", get(health::ready))
        .route("/healthz", get(health::health))
        .route("/metrics", get(metrics::metrics))
        .route("/openapi.json", get(openapi))
        .route("/problems", get(problem::index))
        .route("/problems/{slug}", get(problem::page))
        .route("/", get(home::home))
        .method_not_allowed_fallback(limits::no_method)
        .fallback(limits::no_route)
        .layer(DefaultBodyLimit::max(door.config.max_body))
        .layer(CatchPanicLayer::custom(limits::panicked))
        .layer(middleware::from_fn_with_state(door.clone(), limits::guard))
        .with_state(door)
}

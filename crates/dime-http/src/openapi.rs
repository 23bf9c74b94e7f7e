//! The description of this API (OpenAPI 3.1), generated from the handlers and forms.

mod responses;

pub(crate) use responses::{
    Conflict, Forbidden, NotAcceptable, NotFound, TooManyRequests, Unauthorized, Unprocessable,
    UnsupportedMediaType,
};

use crate::{problem::ProblemDocument, routes};
use axum::response::{IntoResponse, Response};
use http::header;
use responses::{
    BadRequest, BodyTimeout, ContentTooLarge, HeaderTooLarge, Internal, MethodNotAllowed, Unavailable,
};
use utoipa::{
    IntoParams, Modify, OpenApi, PartialSchema, ToSchema,
    openapi::{
        ContentBuilder, ObjectBuilder, OpenApi as Document, Ref, RefOr, Schema, Type,
        path::Operation,
        security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme},
    },
};

/// Octets of a media type that says what they are.
pub(crate) struct Octets;

impl PartialSchema for Octets {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .format(Some(utoipa::openapi::SchemaFormat::KnownFormat(utoipa::openapi::KnownFormat::Binary)))
            .into()
    }
}

impl ToSchema for Octets {}

/// The path segment that names a DET.
#[derive(IntoParams)]
#[into_params(names("det"), parameter_in = Path)]
pub(crate) struct DetParameter(
    /// A DET: IPv6 text, 32 hexadecimal digits, or its owner name under ip6.arpa.
    #[allow(dead_code, reason = "read by the derive only")]
    #[param(value_type = crate::form::det_text::DetText, inline)]
    String,
);

/// Every operation, schema and response.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "dime",
        description = "A DRIP Identity Management Entity: registers DRIP Entity Tags (DETs, RFC 9374), endorses and certifies them, and publishes them in the DNS (RFC 9886).\n\nEvery error is a problem document (RFC 9457); its `type` leads to a description.",
    ),
    paths(
        routes::register::register, routes::list::list, routes::show::show, routes::decide::approve, routes::decide::deny,
        routes::det::det, routes::endorsements::endorsements, routes::links::links, routes::certificate::certificate, routes::revoke::revoke,
        routes::renew::renew, routes::status::status, routes::pki::list, routes::pki::part_of_list, routes::pki::certificate,
        routes::offline_list::request, routes::offline_list::import, routes::ocsp::post, routes::ocsp::get, routes::dki::dki, routes::offline_cache::cache, routes::trust::trust_list, routes::trust::store_trust_list,
        routes::trust::cross_endorsements, routes::trust::receive, routes::trust::withdraw, routes::bundle::bundle, routes::bundle::import, routes::ceremony::request, routes::ceremony::answer,
        routes::authorities::list, routes::authorities::show, routes::authorities::suspend, routes::authorities::resume,
        routes::authorities::retire, routes::authorities::revoke, routes::authorities::rekey, routes::authorities::reissue, routes::delegation::change,
        routes::jobs::list, routes::jobs::show, routes::tokens::create, routes::tokens::list, routes::tokens::revoke,
        routes::health::live, routes::health::ready, routes::health::health, routes::metrics::metrics, routes::home::home,
        openapi
    ),
    components(
        schemas(ProblemDocument, crate::form::registration::RegistrationDocument),
        responses(
            BadRequest, Unauthorized, Forbidden, NotFound, MethodNotAllowed, NotAcceptable, BodyTimeout, Conflict,
            ContentTooLarge, UnsupportedMediaType, Unprocessable, TooManyRequests, HeaderTooLarge, Internal, Unavailable
        )
    ),
    tags(
        (name = "registrations", description = "Applications, and what people decide about them."),
        (name = "dets", description = "What is registered, by its DET."),
        (name = "dki", description = "This DIME's own chain."),
        (name = "authorities", description = "Authorization and Issuing DETs, and the jobs on what they signed."),
        (name = "pki", description = "Revocation lists, certificate status, issuers' certificates: what certificates point to."),
        (name = "tokens", description = "Bearer tokens."),
        (name = "operations", description = "Health, counters, description.")
    ),
    modifiers(&SecuritySchemes, &LayerProblems)
)]
struct Api;

/// The document.
pub fn openapi_document() -> Document {
    Api::openapi()
}

/// Its text, as served and as kept beside the code.
pub fn openapi_json() -> String {
    // The document is plain data with text keys: writing it cannot fail.
    let mut text = openapi_document().to_pretty_json().unwrap_or_default();
    text.push('\n');
    text
}

/// This description.
#[utoipa::path(
    get,
    path = "/openapi.json",
    operation_id = "openapi",
    tag = "operations",
    responses((status = 200, description = "OpenAPI 3.1.", body = Object, content_type = "application/json"))
)]
pub(crate) async fn openapi() -> Response {
    ([(header::CONTENT_TYPE, "application/json")], openapi_json()).into_response()
}

/// How callers say who they are.
struct SecuritySchemes;

impl Modify for SecuritySchemes {
    fn modify(&self, document: &mut Document) {
        let components = document.components.get_or_insert_default();
        let bearer = HttpBuilder::new()
            .scheme(HttpAuthScheme::Bearer)
            .description(Some("A token from `POST /v1/tokens`, scoped by role and HID (RFC 6750)."))
            .build();
        components.add_security_scheme("bearer", SecurityScheme::Http(bearer));
        let about = "HTTP Message Signature (RFC 9421) by the key of a registered DET: alg ed25519, `keyid` the DET, `created` at most \
                     300 seconds away, covering @method, @path (and @query if there is one) or @target-uri, and content-digest if there \
                     is a body. The Signature-Input field goes with it.";
        let signature = ApiKey::Header(ApiKeyValue::with_description("Signature", about));
        components.add_security_scheme("signature", SecurityScheme::ApiKey(signature));
    }
}

/// What the layers around every handler may answer, and what reading a body may.
struct LayerProblems;

impl Modify for LayerProblems {
    fn modify(&self, document: &mut Document) {
        for item in document.paths.paths.values_mut() {
            let operations = [&mut item.get, &mut item.post, &mut item.delete];
            for operation in operations.into_iter().flatten() {
                for (status, name) in [
                    ("400", "BadRequest"),
                    ("405", "MethodNotAllowed"),
                    ("408", "BodyTimeout"),
                    ("413", "ContentTooLarge"),
                    ("431", "HeaderTooLarge"),
                    ("500", "Internal"),
                    ("503", "Unavailable"),
                ] {
                    add(operation, status, name);
                }
            }
        }
    }
}

fn add(operation: &mut Operation, status: &str, name: &str) {
    operation
        .responses
        .responses
        .entry(status.to_owned())
        .or_insert_with(|| RefOr::Ref(Ref::from_response_name(name)));
}

/// A body of problem JSON.
fn problem_content() -> utoipa::openapi::Content {
    ContentBuilder::new().schema(Some(Ref::from_schema_name("ProblemDocument"))).build()
}

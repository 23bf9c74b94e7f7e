//! `POST /v1/registrations`: register a DET.

use crate::{
    Problem, ProblemKind, accept, fault,
    form::{
        registration::RegistrationDocument,
        request::{self, ApplicationForm, ApplicationQuery, HardwareModuleForm},
        word::KindWord,
    },
    openapi::Octets,
    parameters,
    received::{Received, unsupported},
    state::Door,
};
use axum::{
    Json,
    extract::State,
    response::{IntoResponse, Response},
};
use dime_registry::{Application, Outcome, RegistrationView};
use drip_wire::{
    Endorsement,
    registration::{self, Reply},
};
use http::{StatusCode, header};

/// How soon to ask again about a registration that waits for a person, in seconds.
const ASK_AGAIN: &str = "60";

/// Register a DET.
///
/// Possession of the key is proved by the CSR's signature. A manager's token registers at once; without it a person may have to approve,
/// and aircraft and sessions need their operator's consent: the request signed under the operator's DET (RFC 9421), or
/// `operator_attestation`. Instead of a CSR the body may be a registration token (`application/cwt`, a proposal of this project): a CWT by the
/// key itself that says everything an application says. The answer is JSON or, by the Accept field, CBOR. The same CSR, or the same Idempotency-Key, gives the same registration again.
#[utoipa::path(
    post,
    path = "/v1/registrations",
    operation_id = "register",
    tag = "registrations",
    params(
        ApplicationQuery,
        ("Idempotency-Key" = Option<String>, Header, description = "The same key with the same application gives the same result.", min_length = 1, max_length = 255)
    ),
    request_body(content(
        (ApplicationForm = "application/json", example = json!({"kind": "aircraft", "csr": "MIGc…", "operator": "2001:3f:fe3f:f805:9d5d:8f6a:7c11:3f01", "serial_number": "8653FZ2T7B8RA85D19LX"})),
        (Octets = "application/pkcs10"),
        (Octets = "application/cose-c509-pkcs10"),
        (Octets = "application/cose-c509-pkcs10+cbor"),
        (Octets = "application/cwt")
    )),
    responses(
        (status = 200, description = "Made before with this Idempotency-Key, and ended since: denied, revoked or expired.", content(
            (RegistrationDocument = "application/json"), (Octets = "application/cbor"))),
        (status = 201, description = "Registered: durable, and visible in this node's DNS at the serial it names.", content(
            (RegistrationDocument = "application/json"), (Octets = "application/cbor")),
            headers(("Location" = String, description = "The registration.")),
            links(("registration" = (operation_id = "showRegistration", parameters(("id" = "$response.body#/id")))),
                ("det" = (operation_id = "showDet", parameters(("det" = "$response.body#/det")))),
                ("chain" = (operation_id = "showEndorsements", parameters(("det" = "$response.body#/det")))),
                ("certificate" = (operation_id = "showCertificate", parameters(("det" = "$response.body#/det")))),
                ("renewal" = (operation_id = "renew", parameters(("det" = "$response.body#/det")))),
                ("revocation" = (operation_id = "revoke", parameters(("det" = "$response.body#/det")))))),
        (status = 202, description = "Waits for a person; an HDA or RAA that was approved, for a ceremony.", content(
            (RegistrationDocument = "application/json"), (Octets = "application/cbor")),
            headers(("Location" = String, description = "The registration: ask there."), ("Retry-After" = u32, description = "Seconds to wait before asking.")),
            links(
                ("registration" = (operation_id = "showRegistration", parameters(("id" = "$response.body#/id")))),
                ("approval" = (operation_id = "approve", parameters(("id" = "$response.body#/id")))),
                ("denial" = (operation_id = "deny", parameters(("id" = "$response.body#/id"))))
            )),
        (status = 401, response = crate::openapi::Unauthorized),
        (status = 403, response = crate::openapi::Forbidden),
        (status = 406, response = crate::openapi::NotAcceptable),
        (status = 409, response = crate::openapi::Conflict),
        (status = 415, response = crate::openapi::UnsupportedMediaType),
        (status = 422, response = crate::openapi::Unprocessable),
        (status = 429, response = crate::openapi::TooManyRequests),
    ),
    security((), ("bearer" = []), ("signature" = []))
)]
pub(crate) async fn register(State(door): State<Door>, received: Received) -> Result<Response, Problem> {
    let media = accept::choose(&received.headers, &["application/json", Reply::MEDIA_TYPE])?;
    let form = form(&received)?;
    let kind = KindWord::from(form.kind);
    let application =
        Application { idempotency_key: received.idempotency_key()?, evidence: received.evidence(), ..form };
    let caller = received.caller.clone();
    let first = application.csr.first().copied();
    let outcome = door
        .registry(move |registry| {
            registry.register(application, &caller).map_err(|error| fault::register(error, &caller, first))
        })
        .await?
        .inspect_err(|problem| door.metrics.registered(word(kind), problem.kind().slug()))?;
    let (status, name) = match &outcome {
        Outcome::Registered(_) => (StatusCode::CREATED, "registered"),
        Outcome::Waiting(_) => (StatusCode::ACCEPTED, "waiting"),
        Outcome::Ended(_) => (StatusCode::OK, "ended"),
    };
    door.metrics.registered(word(kind), name);
    Ok(match media {
        Reply::MEDIA_TYPE => answer(status, &outcome, in_cbor(outcome.registration())),
        _ => answer(status, &outcome, Json(RegistrationDocument::from(outcome.registration().clone()))),
    })
}

/// The application, from whichever form of body.
fn form(received: &Received) -> Result<Application, Problem> {
    match received.media_type().as_deref() {
        Some("application/json") => {
            if received.uri.query().is_some_and(|query| !query.is_empty()) {
                let reason = "with a JSON body everything is in the body";
                return Err(parameters::invalid("query", reason));
            }
            from_json(received.json()?)
        }
        // Drafts from 21 on add `+cbor`.
        Some("application/pkcs10" | "application/cose-c509-pkcs10" | "application/cose-c509-pkcs10+cbor") => {
            from_query(parameters::query(&received.uri)?, received)
        }
        Some(registration::MEDIA_TYPE) => {
            if received.uri.query().is_some_and(|query| !query.is_empty()) {
                return Err(parameters::invalid("query", "with a token everything is in the token"));
            }
            let octets = received.body.to_vec();
            let first = octets.first().copied();
            Application::of_token(octets)
                .map_err(|fault| fault::register(fault.into(), &received.caller, first))
        }
        other => Err(unsupported(
            other.map(str::to_owned),
            &[
                "application/json",
                "application/pkcs10",
                "application/cose-c509-pkcs10",
                registration::MEDIA_TYPE,
            ],
        )),
    }
}

fn from_json(form: ApplicationForm) -> Result<Application, Problem> {
    let malformed = |field: &str, reason: String| {
        Problem::new(ProblemKind::MalformedField, format!("{field}: {reason}"))
            .at(format!("/{field}"), reason)
    };
    let operator = form.operator.as_deref().map(request::det).transpose();
    let attestation = form.operator_attestation.as_deref().map(request::base64).transpose();
    let registry = crate::form::registry::particulars(&form)?;
    let hardware_module = form.hardware_module.map(HardwareModuleForm::read).transpose();
    Ok(Application {
        registry,
        hardware_module: hardware_module.map_err(|reason| malformed("hardware_module", reason))?,
        operator: operator.map_err(|reason| malformed("operator", reason))?,
        operator_attestation: attestation.map_err(|reason| malformed("operator_attestation", reason))?,
        serial_number: form.serial_number,
        not_after: form.not_after.map(|moment| moment.0),
        flight: form.flight,
        contact: form.contact,
        ..Application::new(form.kind.into(), request::csr(&form.csr)?)
    })
}

fn from_query(query: ApplicationQuery, received: &Received) -> Result<Application, Problem> {
    let kind = query.kind.ok_or_else(|| parameters::invalid("kind", "missing"))?;
    let operator = query.operator.as_deref().map(request::det).transpose();
    let attestation = query.operator_attestation.as_deref().map(request::base64).transpose();
    Ok(Application {
        operator: operator.map_err(|reason| parameters::invalid("operator", &reason))?,
        operator_attestation: attestation
            .map_err(|reason| parameters::invalid("operator_attestation", &reason))?,
        serial_number: query.serial_number,
        not_after: query.not_after.map(|moment| moment.0),
        flight: query.flight,
        contact: query.contact,
        ..Application::new(kind.into(), received.body.to_vec())
    })
}

/// The registration with its status and where to find it.
fn answer(status: StatusCode, outcome: &Outcome, body: impl IntoResponse) -> Response {
    let location = [(header::LOCATION, format!("/v1/registrations/{}", outcome.registration().id))];
    match status {
        StatusCode::ACCEPTED => (status, location, [(header::RETRY_AFTER, ASK_AGAIN)], body).into_response(),
        StatusCode::CREATED => (status, location, body).into_response(),
        _ => (status, body).into_response(),
    }
}

/// The registration as small devices read it.
fn in_cbor(view: &RegistrationView) -> impl IntoResponse {
    let public = &view.public;
    let reply = Reply {
        id: view.id.to_string(),
        det: public.det,
        state: public.state.name().to_owned(),
        endorsements: public.endorsements.iter().map(Endorsement::encode).collect(),
        certificate: public.certificate.clone(),
        c509: public.c509.clone(),
    };
    ([(header::CONTENT_TYPE, Reply::MEDIA_TYPE)], reply.encode())
}

fn word(kind: KindWord) -> &'static str {
    dime_registry::Kind::from(kind).name()
}

//! One shared response for each status of a problem: its description lists the types that have this status.

use super::problem_content;
use crate::{ProblemKind, problem::PROBLEM_JSON};
use http::StatusCode;
use utoipa::{
    ToResponse,
    openapi::{HeaderBuilder, ObjectBuilder, RefOr, Response, ResponseBuilder, Type},
};

macro_rules! responses {
    ($($name:ident $status:ident;)*) => {$(
        #[doc = concat!("Problems of status ", stringify!($status), ".")]
        pub(crate) struct $name;

        impl<'r> ToResponse<'r> for $name {
            fn response() -> (&'r str, RefOr<Response>) {
                (stringify!($name), RefOr::T(of(StatusCode::$status)))
            }
        }
    )*};
}

responses! {
    BadRequest BAD_REQUEST;
    Unauthorized UNAUTHORIZED;
    Forbidden FORBIDDEN;
    NotFound NOT_FOUND;
    MethodNotAllowed METHOD_NOT_ALLOWED;
    NotAcceptable NOT_ACCEPTABLE;
    BodyTimeout REQUEST_TIMEOUT;
    Conflict CONFLICT;
    ContentTooLarge PAYLOAD_TOO_LARGE;
    UnsupportedMediaType UNSUPPORTED_MEDIA_TYPE;
    Unprocessable UNPROCESSABLE_ENTITY;
    TooManyRequests TOO_MANY_REQUESTS;
    HeaderTooLarge REQUEST_HEADER_FIELDS_TOO_LARGE;
    Internal INTERNAL_SERVER_ERROR;
    Unavailable SERVICE_UNAVAILABLE;
}

fn of(status: StatusCode) -> Response {
    let kinds: Vec<ProblemKind> =
        ProblemKind::ALL.iter().copied().filter(|kind| kind.status() == status).collect();
    let types: Vec<String> =
        kinds.iter().map(|kind| format!("- `{}`: {}.", kind.type_uri(), kind.title())).collect();
    let reason = status.canonical_reason().unwrap_or_default();
    let mut response = ResponseBuilder::new()
        .description(format!("{reason}. Types:\n\n{}", types.join("\n")))
        .content(PROBLEM_JSON, problem_content());
    let header = |about: &str, schema_type| {
        HeaderBuilder::new()
            .schema(Some(ObjectBuilder::new().schema_type(schema_type)))
            .description(Some(about.to_owned()))
            .build()
    };
    if status == StatusCode::UNAUTHORIZED {
        response = response.header("WWW-Authenticate", header("How to say who you are.", Type::String));
    }
    if status == StatusCode::TOO_MANY_REQUESTS || status == StatusCode::SERVICE_UNAVAILABLE {
        response = response.header("Retry-After", header("Seconds to wait.", Type::Integer));
    }
    if status == StatusCode::METHOD_NOT_ALLOWED {
        response = response.header("Allow", header("The methods of this path.", Type::String));
    }
    response.build()
}

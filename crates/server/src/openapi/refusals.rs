//! What every operation may answer besides its own success: said once, here, for all.

use axum::http::StatusCode;
use serde::Serialize;
use utoipa::openapi::path::{Operation, ParameterIn};
use utoipa::openapi::security::SecurityRequirement;
use utoipa::openapi::{Content, OpenApi, Ref, RefOr, Response};
use utoipa::{PartialSchema, ToSchema};

/// Why a request was refused (RFC 9457).
#[derive(Serialize, ToSchema)]
#[schema(as = Problem)]
struct Problem {
    /// Names the kind of refusal.
    #[serde(rename = "type")]
    #[schema(example = "urn:vigie:error:invalid")]
    kind: String,
    /// What happened and what to do, in the caller's language.
    title: String,
    /// The HTTP status.
    #[schema(example = 422)]
    status: u16,
    /// More about it, where there is more to say.
    #[schema(nullable = false)]
    detail: Option<String>,
    /// Each wrong field; absent unless the status is 422.
    #[schema(nullable = false)]
    errors: Option<Vec<WrongField>>,
    /// To quote when asking for help.
    request_id: String,
}

/// One wrong field.
#[derive(Serialize, ToSchema)]
struct WrongField {
    #[schema(example = "due_at")]
    field: String,
    /// For programs.
    #[schema(example = "required")]
    code: String,
    /// For people.
    message: String,
}

/// Operations anyone may call, signed in or not.
const PUBLIC: &str = "/api/auth/";

pub(super) fn complete(document: &mut OpenApi) {
    let components = document.components.get_or_insert_with(Default::default);
    components.schemas.insert("Problem".to_owned(), <Problem as PartialSchema>::schema());
    components.schemas.insert("WrongField".to_owned(), <WrongField as PartialSchema>::schema());
    for (path, item) in &mut document.paths.paths {
        let operations =
            [&mut item.get, &mut item.post, &mut item.put, &mut item.patch, &mut item.delete];
        for operation in operations.into_iter().flatten() {
            add(operation, path.starts_with(PUBLIC));
        }
    }
}

fn add(operation: &mut Operation, public: bool) {
    let parameters = operation.parameters.as_deref().unwrap_or_default();
    let in_path = parameters
        .iter()
        .any(|one| matches!(one, RefOr::T(one) if one.parameter_in == ParameterIn::Path));
    let has_body = operation.request_body.is_some();
    let mut refusals = vec![(StatusCode::TOO_MANY_REQUESTS, "Too many requests; see Retry-After")];
    if !public {
        refusals.push((StatusCode::UNAUTHORIZED, "No credentials, or bad ones"));
        refusals.push((StatusCode::FORBIDDEN, "Known, but not allowed to do this"));
        let schemes = ["bearer", "session"];
        let needed =
            schemes.map(|scheme| SecurityRequirement::new::<_, [&str; 0], &str>(scheme, []));
        operation.security = Some(needed.into());
    }
    if in_path || has_body {
        refusals.push((StatusCode::NOT_FOUND, "Absent, or not yours to see"));
    }
    if has_body || !parameters.is_empty() {
        refusals.push((StatusCode::BAD_REQUEST, "Unreadable"));
        refusals.push((StatusCode::UNPROCESSABLE_ENTITY, "Wrong fields, each named"));
    }
    if has_body {
        refusals.push((StatusCode::PAYLOAD_TOO_LARGE, "Too large"));
        refusals.push((StatusCode::UNSUPPORTED_MEDIA_TYPE, "Wrong type"));
        refusals.push((StatusCode::CONFLICT, "In conflict with what is there"));
    }
    let responses = &mut operation.responses.responses;
    for (status, words) in refusals {
        let said = responses.entry(status.as_str().to_owned());
        said.or_insert_with(|| RefOr::T(Response::new(words)));
    }
    for (status, response) in responses {
        if let RefOr::T(response) = response
            && status.starts_with('4')
            && response.content.is_empty()
        {
            let problem = RefOr::T(Content::new(Some(Ref::from_schema_name("Problem"))));
            response.content.insert("application/problem+json".to_owned(), problem);
        }
    }
}

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::{Multipart, State};
use axum::http::StatusCode;
use domain::alerts::{DueInput, NewAlert};
use domain::clients::ClientFilter;
use domain::operations::bulk::{self, Params};
use domain::operations::imports::{self, Subject};
use domain::operations::{self, Kind};
use domain::{Actor, Error};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::answer::{self, OperationAnswer};
use super::uploads;
use crate::app::App;
use crate::error::AppError;
use crate::extract::{Body, Path, SignedIn, present};
use crate::i18n::Language;
use crate::identity::Speaks;

/// One action on many clients.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BulkRequest {
    /// `activate`, `deactivate`, `tag`, `untag`, `assign`, `delete` or `create_alerts`.
    #[schema(example = "tag")]
    action: String,
    /// These clients (at most 10,000),
    #[serde(default)]
    ids: Option<Vec<Uuid>>,
    /// or all that match: the parameters of `GET /api/clients`.
    #[serde(default)]
    #[schema(value_type = Option<Object>, example = json!({ "is_active": true }))]
    filter: Option<ClientFilter>,
    /// But not these.
    #[serde(default)]
    exclude: Vec<Uuid>,
    /// What the action needs.
    #[serde(default)]
    params: BulkParams,
    /// Only count.
    #[serde(default)]
    dry_run: bool,
}

/// What an action needs.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct BulkParams {
    /// For `tag` and `untag`.
    #[schema(example = json!(["VIP"]))]
    tags: Vec<String>,
    /// The same, for a single one.
    tag: Option<String>,
    /// For `assign`, which must say it; null takes the assignee away.
    #[serde(deserialize_with = "present")]
    #[schema(value_type = Option<Uuid>)]
    assigned_to: Option<Option<Uuid>>,
    /// For `create_alerts`.
    alert: Option<AlertParams>,
}

/// The alert to create on each client: as in `POST /api/alerts`.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AlertParams {
    #[schema(example = "Contrat annuel à renouveler", max_length = 200)]
    title: String,
    #[schema(max_length = 5000)]
    description: Option<String>,
    /// An RFC 3339 instant, or a wall-clock time in `timezone`: `2026-11-20T09:30`.
    #[schema(example = "2026-11-20T09:30:00Z")]
    due_at: String,
    /// An IANA zone; the centre's when absent.
    #[schema(example = "Africa/Dakar")]
    timezone: Option<String>,
    /// `low`, `normal` (when absent), `high` or `critical`.
    #[schema(example = "high")]
    priority: Option<String>,
    /// An active user who may see the clients.
    assigned_to: Option<Uuid>,
}

impl From<AlertParams> for NewAlert {
    fn from(alert: AlertParams) -> Self {
        Self {
            title: alert.title,
            description: alert.description,
            due: DueInput::At(alert.due_at),
            time_zone: alert.timezone,
            priority: alert.priority,
            assigned_to: alert.assigned_to,
        }
    }
}

/// What a bulk action started, or would do.
#[derive(Debug, Serialize, ToSchema)]
pub struct BulkAnswer {
    /// The operation; null in a dry run.
    operation_id: Option<Uuid>,
    /// Clients it concerns.
    #[schema(example = 3)]
    matched: i64,
    /// Of those, how many are not already as wished; null unless in a dry run.
    would_change: Option<i64>,
}

/// Starts one action on many clients, by id or by filter; with `dry_run`, only says what it would do.
#[utoipa::path(post, path = "/api/clients/bulk", tag = "operations", request_body = BulkRequest,
    responses((status = 202, description = "Started", body = BulkAnswer),
        (status = 200, description = "Dry run", body = BulkAnswer),
        (status = 403, description = "Not allowed"), (status = 422, description = "Wrong fields")))]
pub(super) async fn bulk(
    who: SignedIn,
    Body { app, body: request }: Body<BulkRequest>,
) -> Result<(StatusCode, Json<BulkAnswer>), AppError> {
    let (actor, now) = (who.actor(), app.now());
    actor.require(actor.works_with_clients())?;
    let kind = Kind::parse(&request.action).filter(|kind| Kind::BULK.contains(kind));
    let kind = kind.ok_or_else(|| Error::invalid("action", "wrong-value"))?;
    if kind == Kind::Assign && request.params.assigned_to.is_none() {
        return Err(Error::invalid("params.assigned_to", "required").into());
    }
    let params = Params {
        ids: request.ids,
        filter: request.filter,
        exclude: request.exclude,
        tags: request.params.tags.into_iter().chain(request.params.tag).collect(),
        assigned_to: request.params.assigned_to.flatten(),
        alert: request.params.alert.map(NewAlert::from),
    };
    if request.dry_run {
        let estimate = bulk::estimate(app.db().read(), &actor, kind, &params, now).await?;
        let (matched, would_change) = (estimate.matched, Some(estimate.would_change));
        return Ok((
            StatusCode::OK,
            Json(BulkAnswer { operation_id: None, matched, would_change }),
        ));
    }
    let (id, matched) = bulk::start(app.db(), &actor, kind, params, now).await?;
    let answer = BulkAnswer { operation_id: Some(id), matched, would_change: None };
    Ok((StatusCode::ACCEPTED, Json(answer)))
}

/// How far an operation is, and what became of its rows.
#[utoipa::path(get, path = "/api/operations/{id}", tag = "operations",
    params(("id" = Uuid, Path, description = "The operation")),
    responses((status = 200, body = OperationAnswer), (status = 404, description = "Absent, or not yours to see")))]
pub(super) async fn operation(
    State(app): State<App>,
    who: SignedIn,
    Speaks(language): Speaks,
    Path(id): Path<String>,
) -> Result<Json<OperationAnswer>, AppError> {
    let id = id.parse().map_err(|_| Error::NotFound)?;
    let operation = operations::get(app.db().read(), &who.actor(), id).await?;
    Ok(Json(answer::read(app.db().read(), language, operation).await?))
}

/// Starts putting back what an operation changed; rows changed since are left alone and named.
#[utoipa::path(post, path = "/api/operations/{id}/undo", tag = "operations",
    params(("id" = Uuid, Path, description = "The operation")),
    responses((status = 202, description = "Started", body = BulkAnswer),
        (status = 404, description = "Absent, or not yours to see"),
        (status = 409, description = "Still running, changed nothing, or undone already")))]
pub(super) async fn undo(
    State(app): State<App>,
    who: SignedIn,
    Path(id): Path<String>,
) -> Result<(StatusCode, Json<BulkAnswer>), AppError> {
    let id = id.parse().map_err(|_| Error::NotFound)?;
    let (undo, matched) = operations::undo(app.db(), &who.actor(), id, app.now()).await?;
    let answer = BulkAnswer { operation_id: Some(undo), matched, would_change: None };
    Ok((StatusCode::ACCEPTED, Json(answer)))
}

/// The parts of an import request.
#[derive(Debug, ToSchema)]
#[allow(dead_code, reason = "describes the form; the handler reads it part by part")]
pub struct ImportForm {
    /// CSV or XLSX, at most 50 MB, the first line naming the columns.
    #[schema(value_type = String, format = Binary)]
    file: Vec<u8>,
    /// JSON: column → field (`code`, `full_name`, `first_name`, `last_name`, `company_name`,
    /// `email`, `phone`, `address`, `city`, `country`, `tags`), or null to leave a column out.
    /// Columns not named are guessed.
    #[schema(example = json!("{\"client_id\": \"code\"}"))]
    mapping: Option<String>,
    /// `true`: look, and change nothing.
    dry_run: Option<bool>,
    /// The centre to import into; for super_admins, who have none.
    call_center_id: Option<Uuid>,
}

/// Imports clients from a file. Wrong lines are left out and reported; imports never send mail.
#[utoipa::path(post, path = "/api/imports/clients", tag = "operations",
    request_body(content = ImportForm, content_type = "multipart/form-data"),
    responses((status = 202, description = "Started", body = OperationAnswer),
        (status = 403, description = "Only admins and supervisors import"),
        (status = 413, description = "More than 50 MB"),
        (status = 415, description = "Neither CSV nor XLSX"),
        (status = 422, description = "Wrong fields")))]
pub(super) async fn import_clients(
    State(app): State<App>,
    who: SignedIn,
    Speaks(language): Speaks,
    form: Result<Multipart, axum::extract::multipart::MultipartRejection>,
) -> Result<(StatusCode, Json<OperationAnswer>), AppError> {
    import(&app, &who.actor(), language, Subject::Clients, form).await
}

/// Imports orders from a file. Wrong lines are left out and reported; the orders are linked to
/// clients right after.
///
/// The fields a column can be: `number`, `client_name`, `email`, `phone`, `price`, `currency`,
/// `status`, `ordered_at`, `client_code`.
#[utoipa::path(post, path = "/api/imports/orders", tag = "operations",
    request_body(content = ImportForm, content_type = "multipart/form-data"),
    responses((status = 202, description = "Started", body = OperationAnswer),
        (status = 403, description = "Only admins and supervisors import"),
        (status = 413, description = "More than 50 MB"),
        (status = 415, description = "Neither CSV nor XLSX"),
        (status = 422, description = "Wrong fields")))]
pub(super) async fn import_orders(
    State(app): State<App>,
    who: SignedIn,
    Speaks(language): Speaks,
    form: Result<Multipart, axum::extract::multipart::MultipartRejection>,
) -> Result<(StatusCode, Json<OperationAnswer>), AppError> {
    import(&app, &who.actor(), language, Subject::Orders, form).await
}

async fn import(
    app: &App,
    actor: &Actor,
    language: Language,
    subject: Subject,
    form: Result<Multipart, axum::extract::multipart::MultipartRejection>,
) -> Result<(StatusCode, Json<OperationAnswer>), AppError> {
    bulk::permit(actor, subject.kind())?;
    let form =
        form.map_err(|_| AppError::Status(StatusCode::UNSUPPORTED_MEDIA_TYPE, "wrong-type"))?;
    let import = read_form(app, form).await?;
    let id = start(app, actor, subject, import).await?;
    let operation = operations::get(app.db().read(), actor, id).await?;
    let answer = answer::read(app.db().read(), language, operation).await?;
    Ok((StatusCode::ACCEPTED, Json(answer)))
}

#[derive(Default)]
struct Import {
    saved: Option<uploads::Saved>,
    mapping: BTreeMap<String, Option<String>>,
    dry_run: bool,
    center: Option<Uuid>,
}

async fn read_form(app: &App, mut form: Multipart) -> Result<Import, AppError> {
    let mut import = Import::default();
    let unreadable =
        |error: axum::extract::multipart::MultipartError| AppError::Unreadable(error.body_text());
    while let Some(field) = form.next_field().await.map_err(unreadable)? {
        match field.name().unwrap_or_default() {
            "file" => import.saved = Some(uploads::save(app, field).await?),
            "mapping" => {
                let text = field.text().await.map_err(unreadable)?;
                if !text.trim().is_empty() {
                    let read = serde_json::from_str(&text);
                    import.mapping = read.map_err(|_| Error::invalid("mapping", "wrong-value"))?;
                }
            }
            "dry_run" => {
                let text = field.text().await.map_err(unreadable)?;
                import.dry_run = match text.trim() {
                    "true" | "1" | "on" => true,
                    "false" | "0" | "" => false,
                    _ => return Err(Error::invalid("dry_run", "wrong-value").into()),
                };
            }
            "call_center_id" => {
                let text = field.text().await.map_err(unreadable)?;
                let center = text.trim().parse();
                import.center =
                    Some(center.map_err(|_| Error::invalid("call_center_id", "wrong-value"))?);
            }
            name => return Err(Error::invalid(name, "unknown-field").into()),
        }
    }
    Ok(import)
}

async fn start(
    app: &App,
    actor: &Actor,
    subject: Subject,
    import: Import,
) -> Result<Uuid, AppError> {
    let saved = import.saved.ok_or_else(|| Error::invalid("file", "required"))?;
    let file = saved.file.clone();
    let started = async {
        let mapping = imports::Mapping::with(subject, &saved.headers, &import.mapping)?;
        let upload = imports::Upload {
            subject,
            file: saved.file,
            name: saved.name,
            headers: saved.headers,
            center: import.center,
        };
        imports::start(app.db(), actor, upload, mapping, import.dry_run, app.now()).await
    };
    match started.await {
        Ok(id) => Ok(id),
        Err(error) => {
            uploads::delete(app, &file).await;
            Err(error.into())
        }
    }
}

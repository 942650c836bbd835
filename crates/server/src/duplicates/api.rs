use axum::Json;
use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use chrono::{DateTime, Utc};
use domain::Invalid;
use domain::clients::Brief;
use domain::duplicates::{self, Choices, Filter, Kept, Pair, Possible, Sort, State as PairState};
use domain::paging::MAX_LIMIT;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::app::App;
use crate::error::AppError;
use crate::extract::{Body, IfMatch, Path, SignedIn};
use crate::grid::Query;

/// A client in short.
#[derive(Serialize, ToSchema)]
pub(crate) struct BriefJson {
    id: Uuid,
    #[schema(example = "Awa N’Diaye")]
    full_name: String,
    #[schema(example = "Sarr & Fils")]
    company_name: Option<String>,
    #[schema(example = "0000100400")]
    code: Option<String>,
    #[schema(example = "awa.ndiaye@sarr.sn")]
    email: Option<String>,
    #[schema(example = "77 512 40 11")]
    phone: Option<String>,
    #[schema(example = "Dakar")]
    city: Option<String>,
    created_at: DateTime<Utc>,
}

impl From<Brief> for BriefJson {
    fn from(brief: Brief) -> Self {
        Self {
            id: brief.id,
            full_name: brief.full_name,
            company_name: brief.company_name,
            code: brief.code,
            email: brief.email,
            phone: brief.phone,
            city: brief.city,
            created_at: brief.created_at,
        }
    }
}

/// An existing client that a new one looks like.
#[derive(Serialize, ToSchema)]
pub(crate) struct PossibleJson {
    client: BriefJson,
    /// From 0 to 100.
    #[schema(example = 95)]
    score: i32,
    /// See `GET /api/duplicates`.
    #[schema(example = json!(["same_email", "same_name"]))]
    reasons: Vec<String>,
}

impl From<Possible> for PossibleJson {
    fn from(possible: Possible) -> Self {
        Self {
            client: possible.client.into(),
            score: possible.score,
            reasons: possible.reasons.iter().map(|r| r.as_str().to_owned()).collect(),
        }
    }
}

/// Two records that may be one person's.
#[derive(Serialize, ToSchema)]
pub(super) struct PairJson {
    id: Uuid,
    /// From 0 to 100.
    #[schema(example = 95)]
    score: i32,
    /// `same_email`, `near_email`, `same_phone`, `near_phone`, `same_name`, `close_name`,
    /// `given_name`, `family_name`, `same_address`, `same_company`; against it:
    /// `different_codes`; said by a person: `suggested`.
    #[schema(example = json!(["same_email", "same_name"]))]
    reasons: Vec<String>,
    /// `open`, `dismissed` or `merged`.
    #[schema(example = "open")]
    state: String,
    /// The two, the older one first.
    clients: Vec<BriefJson>,
    created_at: DateTime<Utc>,
}

impl From<Pair> for PairJson {
    fn from(pair: Pair) -> Self {
        Self {
            id: pair.id,
            score: pair.score,
            reasons: pair.reasons.iter().map(|reason| reason.as_str().to_owned()).collect(),
            state: pair.state,
            clients: vec![pair.first.into(), pair.second.into()],
            created_at: pair.created_at,
        }
    }
}

/// A page of pairs.
#[derive(Serialize, ToSchema)]
pub(super) struct PairPage {
    data: Vec<PairJson>,
    next_cursor: Option<String>,
    #[schema(value_type = Object, example = json!({"value": 12, "exact": true}))]
    total: Value,
}

/// List possible duplicates
///
/// Pairs of records that may be one person's: found when clients are created or imported and every
/// night, or suggested by someone. Homonyms and families that share a phone are not listed.
#[utoipa::path(get, path = "/api/duplicates", tag = "duplicates", params(
        ("state" = Option<String>, Query, description = "`open` (by default), `dismissed` or `merged`"),
        ("client_id" = Option<Uuid>, Query, description = "Pairs with that client"),
        ("sort" = Option<String>, Query, description = "`score`, `created_at`, `first`, `second` (by name) or `reasons`; `-` before it turns it round", example = "-score"),
        ("limit" = Option<u32>, Query, description = "1 to 200; 50 by default"), ("cursor" = Option<String>, Query)),
    responses((status = 200, body = PairPage), (status = 422, description = "Wrong parameters, each named")))]
pub(super) async fn list(
    State(app): State<App>,
    caller: SignedIn,
    RawQuery(query): RawQuery,
) -> Result<Json<PairPage>, AppError> {
    let query = Query::parse(query.as_deref().unwrap_or_default());
    let mut invalid = Invalid::new();
    let state = PairState::parse(query.get("state").unwrap_or("open"));
    let client = query.get("client_id").map(str::parse::<Uuid>).transpose();
    let sort = Sort::parse(query.get("sort").unwrap_or("-score"));
    let limit = query.get("limit").map_or(Ok(50), str::parse);
    let limit = limit.ok().filter(|limit| (1..=MAX_LIMIT).contains(limit));
    let wrong = [
        ("state", state.is_none()),
        ("client_id", client.is_err()),
        ("sort", sort.is_err()),
        ("limit", limit.is_none()),
    ];
    for (name, _) in wrong.iter().filter(|(_, is_wrong)| *is_wrong) {
        invalid.add(name, "wrong-value");
    }
    invalid.check()?;
    let filter = Filter { state: state.unwrap_or(PairState::Open), client: client.unwrap_or(None) };
    let (conn, actor) = (app.db().read(), caller.actor());
    let limit = limit.unwrap_or(50);
    let found = duplicates::list(conn, &actor, filter, sort?, query.get("cursor"), limit).await?;
    let total = duplicates::count(conn, &actor, filter).await?;
    Ok(Json(PairPage {
        data: found.rows.into_iter().map(PairJson::from).collect(),
        next_cursor: found.next,
        total: json!({ "value": total.value, "exact": total.exact }),
    }))
}

/// Two clients.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct PairInput {
    client_id: Uuid,
    other_id: Uuid,
}

/// A thing's id.
#[derive(Serialize, ToSchema)]
pub(super) struct Made {
    id: Uuid,
}

/// Suggest that two records are one person's
///
/// Anyone who works with clients may; owners and supervisors decide.
#[utoipa::path(post, path = "/api/duplicates", tag = "duplicates", request_body = PairInput,
    responses((status = 201, body = Made), (status = 404, description = "One is absent, or not yours to see"),
        (status = 422, description = "The same client twice, or clients of two centres")))]
pub(super) async fn suggest(
    caller: SignedIn,
    Body { app, body }: Body<PairInput>,
) -> Result<Response, AppError> {
    let PairInput { client_id, other_id } = body;
    let id = duplicates::suggest(app.db(), &caller.actor(), client_id, other_id, app.now()).await?;
    Ok((StatusCode::CREATED, Json(Made { id })).into_response())
}

/// Say that a pair is not one person
///
/// It is not asked about again while what it was found on stays. Owners, supervisors and
/// super_admins.
#[utoipa::path(post, path = "/api/duplicates/{id}/dismissal", tag = "duplicates", params(("id" = Uuid, Path)),
    responses((status = 204, description = "Done"), (status = 403, description = "Seen, but not yours to decide"),
        (status = 404, description = "Absent, or not yours to see"), (status = 409, description = "Merged already")))]
pub(super) async fn dismiss(
    State(app): State<App>,
    caller: SignedIn,
    Path(id): Path<Uuid>,
) -> Result<StatusCode, AppError> {
    duplicates::dismiss(app.db(), &caller.actor(), id, app.now()).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Put a dismissed pair back on the list
#[utoipa::path(delete, path = "/api/duplicates/{id}/dismissal", tag = "duplicates", params(("id" = Uuid, Path)),
    responses((status = 204, description = "Done"), (status = 403, description = "Seen, but not yours to decide"),
        (status = 404, description = "Absent, or not yours to see"), (status = 409, description = "Merged already")))]
pub(super) async fn reopen(
    State(app): State<App>,
    caller: SignedIn,
    Path(id): Path<Uuid>,
) -> Result<StatusCode, AppError> {
    duplicates::reopen(app.db(), &caller.actor(), id, app.now()).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Which record goes into this one.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct MergeInput {
    /// The client that goes into the one of the path.
    client_id: Uuid,
    /// The version of it that was looked at.
    version: Option<i32>,
    /// Whose value each field takes: `winner` (the client of the path) or `loser`; for `emails`,
    /// `phones` and `tags` also `both` or `loser_first`. Fields left out take the winner's value,
    /// or the loser's where it has none, and every e-mail, phone and tag.
    #[serde(default)]
    #[schema(example = json!({"city": "loser", "phones": "both"}))]
    choices: BTreeMap<String, String>,
}

/// A merge.
#[derive(Serialize, ToSchema)]
pub(super) struct MergeJson {
    /// Takes it back by.
    id: Uuid,
    winner_id: Uuid,
    loser_id: Uuid,
    /// Rows that went along, by table.
    #[schema(value_type = Object, example = json!({"alerts": 2}))]
    moved: Value,
    merged_at: DateTime<Utc>,
    undone_at: Option<DateTime<Utc>>,
}

/// Merge another record into a client
///
/// In one transaction, with everything that hangs on it: alerts, contact attempts, consents,
/// orders, contact points, tags, portal account. Its own address then answers 404 with
/// `merged_into`; its page leads to the winner's. Owners, supervisors and super_admins.
#[utoipa::path(post, path = "/api/clients/{id}/merges", tag = "duplicates", request_body = MergeInput,
    params(("id" = Uuid, Path), ("If-Match" = Option<String>, Header, description = "The winner's version")),
    responses((status = 201, body = MergeJson), (status = 403, description = "Seen, but not yours to merge"),
        (status = 404, description = "One is absent, or not yours to see"), (status = 412, description = "Changed since"),
        (status = 422, description = "Wrong fields, each named")))]
pub(super) async fn merge(
    caller: SignedIn,
    Path(id): Path<Uuid>,
    version: IfMatch,
    Body { app, body }: Body<MergeInput>,
) -> Result<Response, AppError> {
    let pairs = body.choices.iter().map(|(field, side)| (field.as_str(), side.as_str()));
    let choices = Choices::read(pairs, false)?;
    let (winner, loser) = ((id, version.version()), (body.client_id, body.version));
    let actor = caller.actor();
    let merged = duplicates::merge(app.db(), &actor, winner, loser, &choices, app.now()).await?;
    let merge = duplicates::merge_of(app.db().read(), &actor, merged.id).await?;
    Ok((StatusCode::CREATED, Json(MergeJson::from(merge))).into_response())
}

impl From<duplicates::Merge> for MergeJson {
    fn from(merge: duplicates::Merge) -> Self {
        let tables = merge.moved.as_object().into_iter().flatten();
        let moved =
            tables.map(|(table, ids)| (table.clone(), json!(ids.as_array().map_or(0, Vec::len))));
        Self {
            id: merge.id,
            winner_id: merge.winner_id,
            loser_id: merge.loser_id,
            moved: Value::Object(moved.collect()),
            merged_at: merge.merged_at,
            undone_at: merge.undone_at,
        }
    }
}

/// Read a merge
#[utoipa::path(get, path = "/api/merges/{id}", tag = "duplicates", params(("id" = Uuid, Path)),
    responses((status = 200, body = MergeJson), (status = 404, description = "Absent, or not yours to see")))]
pub(super) async fn read_merge(
    State(app): State<App>,
    caller: SignedIn,
    Path(id): Path<Uuid>,
) -> Result<Json<MergeJson>, AppError> {
    let merge = duplicates::merge_of(app.db().read(), &caller.actor(), id).await?;
    Ok(Json(merge.into()))
}

/// A merge that was taken back.
#[derive(Serialize, ToSchema)]
pub(super) struct UnmergedJson {
    winner_id: Uuid,
    loser_id: Uuid,
    /// What is not as it was: a field changed since (`field`), rows that are gone (`gone`), a code
    /// that is another's now (`code`).
    #[schema(value_type = Vec<Object>, example = json!([{"what": "field", "field": "city"}]))]
    kept: Vec<Value>,
}

/// Take a merge back
///
/// Both records are as they were before: what the merge moved moves back, and what came since under
/// the loser's code or id. The rest of what was recorded since stays with the winner; a field
/// someone changed since keeps that change.
#[utoipa::path(post, path = "/api/merges/{id}/undo", tag = "duplicates", params(("id" = Uuid, Path)),
    responses((status = 200, body = UnmergedJson), (status = 403, description = "Seen, but not yours to part"),
        (status = 404, description = "Absent, or not yours to see"),
        (status = 409, description = "Taken back already, or the winner was merged or binned since")))]
pub(super) async fn unmerge(
    State(app): State<App>,
    caller: SignedIn,
    Path(id): Path<Uuid>,
) -> Result<Json<UnmergedJson>, AppError> {
    let parted = duplicates::unmerge(app.db(), &caller.actor(), id, app.now()).await?;
    Ok(Json(UnmergedJson {
        winner_id: parted.winner,
        loser_id: parted.loser,
        kept: parted.kept.iter().map(Kept::as_json).collect(),
    }))
}

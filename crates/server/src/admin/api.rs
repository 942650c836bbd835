use axum::Json;
use axum::extract::{Query, State};
use chrono::{DateTime, NaiveDate, Utc};
use domain::events::catalog::EVENT_TYPES;
use domain::events::{self, Entry, JournalFilter};
use domain::paging;
use domain::{Error, Invalid};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::answer::{ListTotal, read_limit};
use crate::app::App;
use crate::error::AppError;
use crate::extract::SignedIn;

#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct AuditParams {
    /// Who did it (a user's id)
    actor: Option<String>,
    /// `client.updated`, or `client` for everything about clients
    #[param(example = "client.updated")]
    action: Option<String>,
    /// `client`, an id, or `client:ID`
    subject: Option<String>,
    /// Not before (RFC 3339, or a day in UTC)
    #[param(example = "2026-11-20")]
    from: Option<String>,
    /// Before (RFC 3339, or a day in UTC)
    to: Option<String>,
    /// At most 200
    #[param(value_type = Option<u32>, example = 50)]
    limit: Option<String>,
    /// `next_cursor` of the page before
    cursor: Option<String>,
}

/// A line of the journal.
#[derive(Serialize, ToSchema)]
pub(super) struct AuditEntry {
    /// Its number: gapless.
    #[schema(example = 1042)]
    seq: i64,
    id: Uuid,
    at: DateTime<Utc>,
    #[schema(example = "client.updated")]
    action: String,
    /// Who; null is the system.
    actor: Option<Person>,
    call_center_id: Option<Uuid>,
    subject: Subject,
    client_id: Option<Uuid>,
    /// See `/api/event-types`; null once erased at a person's request.
    #[schema(value_type = Option<Object>)]
    data: serde_json::Value,
    /// SHA-256, chained with the line before.
    hash: String,
}

#[derive(Serialize, ToSchema)]
struct Person {
    id: Uuid,
    #[schema(example = "Awa Diop")]
    name: Option<String>,
}

#[derive(Serialize, ToSchema)]
struct Subject {
    #[schema(example = "client")]
    kind: String,
    id: Uuid,
}

/// A page of the journal.
#[derive(Serialize, ToSchema)]
pub(super) struct AuditPage {
    data: Vec<AuditEntry>,
    next_cursor: Option<String>,
    total: ListTotal,
}

impl From<Entry> for AuditEntry {
    fn from(entry: Entry) -> Self {
        Self {
            seq: entry.seq,
            id: entry.id,
            at: entry.at,
            action: entry.action,
            actor: entry.actor_id.map(|id| Person { id, name: entry.actor_name }),
            call_center_id: entry.call_center_id,
            subject: Subject { kind: entry.subject_kind, id: entry.subject_id },
            client_id: entry.client_id,
            data: entry.data,
            hash: entry.hash,
        }
    }
}

/// The journal
///
/// Every recorded fact of the caller's centre, newest first. For owners and super_admins.
#[utoipa::path(
    get,
    path = "/api/audit",
    tag = "audit",
    params(AuditParams),
    responses(
        (status = 200, description = "A page of entries", body = AuditPage),
        (status = 401, description = "Not signed in"),
        (status = 403, description = "Not an administrator"),
        (status = 422, description = "A wrong filter"),
    )
)]
pub(super) async fn audit(
    State(app): State<App>,
    signed_in: SignedIn,
    Query(params): Query<AuditParams>,
) -> Result<Json<AuditPage>, AppError> {
    let (conn, actor) = (app.db().read(), signed_in.actor());
    actor.require(actor.is_admin())?;
    let (filter, limit) = params.read()?;
    let before: Option<i64> = params.cursor.as_deref().map(paging::read_cursor).transpose()?;
    let mut entries = events::journal(conn, &actor, &filter, before, limit + 1).await?;
    let more = entries.len() > limit as usize;
    entries.truncate(limit as usize);
    let next_cursor = entries.last().filter(|_| more).map(|e| paging::write_cursor(&e.seq));
    let total = events::count(conn, &actor, &filter).await?.into();
    let data = entries.into_iter().map(AuditEntry::from).collect();
    Ok(Json(AuditPage { data, next_cursor, total }))
}

impl AuditParams {
    fn read(&self) -> Result<(JournalFilter, u32), Error> {
        let mut invalid = Invalid::new();
        let filled = |text: &Option<String>| text.clone().filter(|text| !text.is_empty());
        let mut instant = |field: &str, text: &Option<String>| {
            let text = filled(text)?;
            let read = read_instant(&text);
            if read.is_none() {
                invalid.add(field, "wrong-value");
            }
            read
        };
        let (from, to) = (instant("from", &self.from), instant("to", &self.to));
        let actor = filled(&self.actor)
            .and_then(|text| text.parse().map_err(|_| invalid.add("actor", "wrong-value")).ok());
        let limit = read_limit(self.limit.as_deref(), &mut invalid);
        let (action, subject) = (filled(&self.action), filled(&self.subject));
        invalid.check()?;
        let filter = JournalFilter { actor, action, subject, from, to };
        filter.check()?;
        Ok((filter, limit))
    }
}

fn read_instant(text: &str) -> Option<DateTime<Utc>> {
    let instant = DateTime::parse_from_rfc3339(text).map(|at| at.with_timezone(&Utc)).ok();
    let day = || Some(text.parse::<NaiveDate>().ok()?.and_time(chrono::NaiveTime::MIN).and_utc());
    // PostgreSQL keeps no later and no earlier instants than these.
    let instant = instant.or_else(day)?;
    (0..=9_999).contains(&chrono::Datelike::year(&instant)).then_some(instant)
}

/// One kind of event.
#[derive(Serialize, ToSchema)]
pub(super) struct EventTypeBody {
    /// `noun.past_verb`
    #[schema(example = "client.updated")]
    name: &'static str,
    #[schema(example = "A client's record was changed.")]
    description: &'static str,
    /// The JSON Schema of `data`
    #[schema(value_type = Object)]
    schema: serde_json::Value,
    /// `data` as it may look
    #[schema(value_type = Object)]
    example: serde_json::Value,
}

#[derive(Serialize, ToSchema)]
pub(super) struct EventTypes {
    data: Vec<EventTypeBody>,
}

/// The kinds of events
///
/// What the journal, webhooks and live streams can speak of, each with its JSON Schema.
#[utoipa::path(
    get,
    path = "/api/event-types",
    tag = "audit",
    responses(
        (status = 200, description = "Every kind of event", body = EventTypes),
        (status = 401, description = "Not signed in"),
    )
)]
pub(super) async fn event_types(_: SignedIn) -> Json<EventTypes> {
    let body = |kind: &events::catalog::EventType| EventTypeBody {
        name: kind.name,
        description: kind.description,
        schema: kind.schema(),
        example: kind.example(),
    };
    Json(EventTypes { data: EVENT_TYPES.iter().map(body).collect() })
}

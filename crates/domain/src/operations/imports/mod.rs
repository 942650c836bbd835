//! A file of clients or orders, CSV or XLSX: its columns mapped, looked at without writing, then
//! imported.
//!
//! Lines that are wrong are left out and reported with their number; the others go in. A line
//! meets an existing client by its code; without a code, by the same e-mail and the same name
//! together. Families share phones and homonyms exist, so a phone or a name alone never does.

mod apply;
mod existing;
mod fields;
mod lines;
mod mapping;
mod names;
mod order_words;
mod orders;
mod run;
mod synonyms;

use std::path::Path;

use base::db::Sql;
use base::db::{Db, Tx};
use base::ids::new_id;
use base::outbox::{self, NewJob};
use base::sheet::{SheetError, SheetReader};
use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{ConnectionTrait, FromQueryResult};
use serde::{Deserialize, Serialize};
use serde_json::json;
use uuid::Uuid;

use super::{Kind, NewOperation, Operation, State, queries};
use crate::actor::Actor;
use crate::error::{Error, Invalid, Result};

pub use apply::put_back;
pub use fields::{Field, Subject};
pub use mapping::Mapping;
pub use names::{Name, split as split_name};
pub(crate) use orders::put_back as put_orders_back;
pub use run::run;

/// The kind of job that deletes an uploaded file nobody imported.
pub const CLEANUP_JOB: &str = "upload_cleanup";

/// How long a file waits to be imported.
const FILE_LIFE: TimeDelta = TimeDelta::hours(24);

/// What [`CLEANUP_JOB`] carries.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Cleanup {
    /// The name the file is kept under.
    pub file: String,
}

/// What an import is asked to do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Params {
    /// The name it is kept under, made by us.
    pub file: String,
    /// The name it came with.
    pub name: String,
    /// What it is of.
    #[serde(default)]
    pub subject: Subject,
    /// Where its rows go.
    pub center: Uuid,
    /// The region its phones are read in.
    pub region: String,
    /// The currency of prices that name none.
    #[serde(default)]
    pub currency: String,
    /// The zone its days are in.
    #[serde(default)]
    pub time_zone: String,
    /// Its columns.
    pub headers: Vec<String>,
    /// What they fill.
    pub mapping: Mapping,
    /// Look, and change nothing.
    pub dry_run: bool,
    /// The draft it was made from, to change the columns again.
    pub draft: Option<Uuid>,
}

/// The top of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Peek {
    /// Its columns.
    pub headers: Vec<String>,
    /// The first readable rows.
    pub rows: Vec<Vec<String>>,
}

/// Reads the top of the file at `path`. Blocks.
///
/// # Errors
/// What the file is instead of a table.
pub fn peek(path: &Path) -> Result<Peek, SheetError> {
    let reader = SheetReader::open(path)?;
    let headers = reader.headers().to_vec();
    let rows = reader.take(50).filter_map(|row| row.ok().map(|row| row.cells)).take(5).collect();
    Ok(Peek { headers, rows })
}

/// An uploaded file.
#[derive(Clone, Debug)]
pub struct Upload {
    /// What it is of.
    pub subject: Subject,
    /// The name it is kept under.
    pub file: String,
    /// The name it came with.
    pub name: String,
    /// Its columns.
    pub headers: Vec<String>,
    /// The centre a super_admin chose; others import into theirs.
    pub center: Option<Uuid>,
}

/// Keeps an uploaded file as a draft with guessed columns, for its author to look at.
///
/// # Errors
/// No right to import; no centre to import into (`call_center_id`).
pub async fn draft(db: &Db, actor: &Actor, upload: Upload, now: DateTime<Utc>) -> Result<Uuid> {
    let mapping = Mapping::guess(upload.subject, &upload.headers);
    let params = params(db.read(), actor, upload, mapping).await?;
    let id = new_id(now);
    let tx = db.begin().await?;
    queries::insert(&tx, id, actor.user_id, State::Draft, &new_operation(&params), now).await?;
    plan_cleanup(&tx, &params.file, now).await?;
    tx.commit().await?;
    Ok(id)
}

/// Starts importing an uploaded file at once: the API and the command line.
///
/// # Errors
/// As [`draft`]; a mapping nothing can be imported with.
pub async fn start(
    db: &Db,
    actor: &Actor,
    upload: Upload,
    mapping: Mapping,
    dry_run: bool,
    now: DateTime<Utc>,
) -> Result<Uuid> {
    let mut params = params(db.read(), actor, upload, mapping).await?;
    params.dry_run = dry_run;
    begin(db, actor, &params, now, now).await
}

/// Like [`start`], for a caller that does the work itself with [`run`]: a worker takes over only
/// if the caller is gone for long.
///
/// # Errors
/// As [`start`].
pub async fn start_later(
    db: &Db,
    actor: &Actor,
    upload: Upload,
    mapping: Mapping,
    dry_run: bool,
    now: DateTime<Utc>,
) -> Result<Uuid> {
    let mut params = params(db.read(), actor, upload, mapping).await?;
    params.dry_run = dry_run;
    begin(db, actor, &params, now + TimeDelta::minutes(30), now).await
}

/// Starts the import of a draft with these columns: a dry run, whose page offers the real one.
///
/// # Errors
/// [`Error::NotFound`] for somebody else's draft; wrong columns.
pub async fn check_draft(
    db: &Db,
    actor: &Actor,
    id: Uuid,
    mapping: Mapping,
    now: DateTime<Utc>,
) -> Result<Uuid> {
    let mut params = params_of(&super::get(db.read(), actor, id).await?)?;
    params.mapping = mapping;
    params.draft = Some(id);
    let tx = db.begin().await?;
    queries::set_params(&tx, id, &json!(params)).await?;
    tx.commit().await?;
    params.dry_run = true;
    begin(db, actor, &params, now, now).await
}

/// Imports what a dry run looked at.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Conflict`] if `id` is no finished dry run.
pub async fn confirm(db: &Db, actor: &Actor, id: Uuid, now: DateTime<Utc>) -> Result<Uuid> {
    let dry_run = super::get(db.read(), actor, id).await?;
    let is_import = Subject::of(dry_run.kind).is_some();
    if !is_import || !dry_run.is_dry_run() || dry_run.state != State::Done {
        return Err(Error::Conflict("operation-not-checked"));
    }
    let mut params = params_of(&dry_run)?;
    params.dry_run = false;
    begin(db, actor, &params, now, now).await
}

async fn begin(
    db: &Db,
    actor: &Actor,
    params: &Params,
    run_at: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<Uuid> {
    super::bulk::permit(actor, params.subject.kind())?;
    let mut invalid = Invalid::new();
    params.mapping.check(params.subject, &mut invalid);
    invalid.check()?;
    let tx = db.begin().await?;
    if params.draft.is_none() {
        plan_cleanup(&tx, &params.file, now).await?;
    }
    let id = super::start_at(&tx, actor, new_operation(params), run_at, now).await?;
    tx.commit().await?;
    Ok(id)
}

async fn plan_cleanup(tx: &Tx, file: &str, now: DateTime<Utc>) -> Result<()> {
    let job = NewJob::new(CLEANUP_JOB, Cleanup { file: file.to_owned() }, now + FILE_LIFE);
    outbox::enqueue(tx, job, now).await?;
    Ok(())
}

/// Whether an import that is not over reads the file of that name.
///
/// # Errors
/// The engine's.
pub async fn is_in_use(conn: &impl ConnectionTrait, file: &str) -> Result<bool, sea_orm::DbErr> {
    for subject in [Subject::Clients, Subject::Orders] {
        let waiting = queries::unfinished(conn, subject.kind()).await?;
        if waiting.iter().any(|params| params["file"] == file) {
            return Ok(true);
        }
    }
    Ok(false)
}

fn new_operation(params: &Params) -> NewOperation {
    NewOperation {
        kind: params.subject.kind(),
        call_center_id: Some(params.center),
        params: json!(params),
        total: 0,
        undo_of: None,
    }
}

async fn params(
    conn: &impl ConnectionTrait,
    actor: &Actor,
    upload: Upload,
    mapping: Mapping,
) -> Result<Params> {
    super::bulk::permit(actor, upload.subject.kind())?;
    let wanted = upload.center.or(actor.call_center_id);
    let center = match wanted {
        Some(center) if actor.reaches(center) => center,
        Some(_) => return Err(Error::NotFound),
        None => return Err(Error::invalid("call_center_id", "required")),
    };
    let place = Place::of(conn, center).await?;
    let place = place.ok_or_else(|| Error::invalid("call_center_id", "unknown-center"))?;
    Ok(Params {
        file: upload.file,
        name: upload.name,
        subject: upload.subject,
        center,
        region: place.phone_region,
        currency: place.currency,
        time_zone: place.time_zone,
        headers: upload.headers,
        mapping,
        dry_run: false,
        draft: None,
    })
}

/// How a centre reads a file.
#[derive(FromQueryResult)]
struct Place {
    phone_region: String,
    currency: String,
    time_zone: String,
}

impl Place {
    async fn of(conn: &impl ConnectionTrait, center: Uuid) -> Result<Option<Self>> {
        let sql = "SELECT phone_region, currency, time_zone FROM call_centers WHERE id = $1";
        Ok(Sql::with(sql, [center.into()]).one(conn).await?)
    }
}

/// The centres an import may go into.
///
/// # Errors
/// No right to import.
pub async fn centers(conn: &impl ConnectionTrait, actor: &Actor) -> Result<Vec<(Uuid, String)>> {
    super::bulk::permit(actor, Kind::ImportClients)?;
    Ok(existing::centers(conn, actor).await?)
}

/// What an import operation was asked.
///
/// # Errors
/// [`Error::NotFound`] if it is no import.
pub fn params_of(operation: &Operation) -> Result<Params> {
    serde_json::from_value(operation.params.clone()).map_err(|_| Error::NotFound)
}

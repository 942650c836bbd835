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
mod orders;

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::time::Instant;

use base::clock::Clock;
use base::db::Sql;
use base::db::{Db, Tx};
use base::ids::new_id;
use base::outbox::{self, NewJob};
use base::sheet::{Row, RowError, SheetError, SheetReader};
use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{ConnectionTrait, FromQueryResult};
use serde::{Deserialize, Serialize};
use serde_json::json;
use tokio::sync::mpsc;
use uuid::Uuid;

use super::step::{self, Batch};
use super::{Kind, NewOperation, Operation, Progress, State, queries};
use crate::actor::Actor;
use crate::error::{Error, Invalid, Result};

pub use apply::put_back;
pub use fields::{Field, Subject};
pub use mapping::Mapping;
pub use names::{Name, split as split_name};
pub(crate) use orders::put_back as put_orders_back;

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

/// Lines per transaction.
const BATCH: usize = 2_000;

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

/// Imports batch after batch until done or `until`, from where it stopped the last time.
///
/// # Errors
/// [`Error::Conflict`] when another worker does it, the engine's: try again.
pub async fn run(
    db: &Db,
    id: Uuid,
    folder: &Path,
    clock: &Clock,
    until: Instant,
) -> Result<Progress> {
    let tx = db.begin().await?;
    let opened = step::open(&tx, id, clock.now()).await?;
    tx.commit().await?;
    let Some((mut operation, actor)) = opened else { return Ok(Progress::Over) };
    let params = params_of(&operation)?;
    let path = folder.join(&params.file);
    if !path.is_file() {
        super::abandon(db, id, "file-missing", clock.now()).await?;
        return Ok(Progress::Over);
    }
    if operation.total == 0 {
        operation.total = count(db, id, path.clone()).await?;
    }
    let skip = usize::try_from(operation.done).unwrap_or(0);
    let work = Work { db, actor: &actor, params: &params, clock, until };
    let left = match params.subject {
        Subject::Clients => {
            let mut checker = lines::Checker::new(&params);
            work.clients(operation, read(path, move |row| checker.check(row), skip)).await?
        }
        Subject::Orders => {
            let mut checker = orders::Checker::new(&params, clock.now());
            work.orders(operation, read(path, move |row| checker.check(row), skip)).await?
        }
    };
    let Some(operation) = left else { return Ok(Progress::More) };
    let last = Batch { over: true, ..Batch::default() };
    let tx = db.begin().await?;
    step::settle(&tx, &operation, &actor, last, clock.now()).await?;
    tx.commit().await?;
    Ok(Progress::Over)
}

/// Counts the rows, so that progress has an end.
async fn count(db: &Db, id: Uuid, path: PathBuf) -> Result<i64> {
    let counted = tokio::task::spawn_blocking(move || SheetReader::open(path).map(Iterator::count));
    let counted = counted.await.ok().and_then(Result::ok).unwrap_or(0);
    let total = i64::try_from(counted).unwrap_or(i64::MAX);
    let tx = db.begin().await?;
    queries::set_total(&tx, id, total).await?;
    tx.commit().await?;
    Ok(total)
}

/// The batches of one import, one after another.
struct Work<'a> {
    db: &'a Db,
    actor: &'a Actor,
    params: &'a Params,
    clock: &'a Clock,
    until: Instant,
}

impl Work<'_> {
    /// The operation as it is when all is done; `None` when time is up.
    async fn clients(
        &self,
        mut operation: Operation,
        mut lines: mpsc::Receiver<Vec<lines::Line>>,
    ) -> Result<Option<Operation>> {
        let mut claimed = HashSet::new();
        while let Some(batch) = lines.recv().await {
            let now = self.clock.now();
            let tx = self.db.begin().await?;
            let Self { actor, params, .. } = self;
            let batch =
                apply::batch(&tx, &operation, actor, params, batch, &mut claimed, now).await?;
            step::settle(&tx, &operation, actor, batch, now).await?;
            tx.commit().await?;
            if Instant::now() > self.until {
                return Ok(None);
            }
            operation = self.again(operation.id).await?;
        }
        Ok(Some(operation))
    }

    async fn orders(
        &self,
        mut operation: Operation,
        mut lines: mpsc::Receiver<Vec<orders::Line>>,
    ) -> Result<Option<Operation>> {
        while let Some(batch) = lines.recv().await {
            let now = self.clock.now();
            let tx = self.db.begin().await?;
            let batch = orders::batch(&tx, &operation, self.actor, self.params, batch, now).await?;
            step::settle(&tx, &operation, self.actor, batch, now).await?;
            tx.commit().await?;
            if Instant::now() > self.until {
                return Ok(None);
            }
            operation = self.again(operation.id).await?;
        }
        Ok(Some(operation))
    }

    async fn again(&self, id: Uuid) -> Result<Operation> {
        queries::find(self.db.read(), None, id).await?.ok_or(Error::NotFound)
    }
}

/// Reads and checks lines on a thread of its own, one batch ahead of the database. Dropping the
/// receiver stops it.
fn read<L: Send + 'static>(
    path: PathBuf,
    mut check: impl FnMut(Result<Row, RowError>) -> L + Send + 'static,
    skip: usize,
) -> mpsc::Receiver<Vec<L>> {
    let (sender, receiver) = mpsc::channel(1);
    tokio::task::spawn_blocking(move || {
        let Ok(rows) = SheetReader::open(path) else { return };
        let mut batch: Vec<L> = Vec::with_capacity(BATCH);
        for (index, row) in rows.enumerate() {
            // Lines done before are checked again: codes seen there must not come twice.
            let line = check(row);
            if index < skip {
                continue;
            }
            batch.push(line);
            if batch.len() == BATCH
                && sender
                    .blocking_send(std::mem::replace(&mut batch, Vec::with_capacity(BATCH)))
                    .is_err()
            {
                return;
            }
        }
        if !batch.is_empty() {
            let _ = sender.blocking_send(batch);
        }
    });
    receiver
}

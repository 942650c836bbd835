//! Work on many rows at once: bulk actions, imports and their undo.
//!
//! An operation is written down with all it needs, done by the job [`JOB`] in batches, each one
//! transaction (rows, their events, what to restore, progress), and so resumes exactly where it
//! was after a crash. What it changed can be undone; undoing is an operation too.

pub mod bulk;
pub mod exports;
pub mod imports;
mod queries;
mod step;
mod underway;
mod undo;

use base::db::{Db, Tx};
use base::ids::new_id;
use base::outbox::{self, NewJob};
use chrono::{DateTime, Utc};
use sea_orm::ConnectionTrait;
use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};
use uuid::Uuid;

use crate::actor::Actor;
use crate::error::{Error, Result};
use crate::events::{self, NewEvent};
use crate::paging::Paged;

pub use queries::{Kept, Reject};
pub use step::{Progress, step};
pub use underway::is_importing_clients;
pub use undo::undo;

/// The kind of job that does an operation's batches.
pub const JOB: &str = "operation";

/// What an operation does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Clients become active.
    Activate,
    /// Clients become inactive.
    Deactivate,
    /// Clients get tags.
    Tag,
    /// Clients lose tags.
    Untag,
    /// Clients get an assignee, or none.
    Assign,
    /// Clients go to the bin.
    Delete,
    /// Clients get one alert each.
    CreateAlerts,
    /// A file's rows become clients.
    ImportClients,
    /// A file's rows become orders.
    ImportOrders,
    /// What another operation changed is put back.
    Undo,
}

impl Kind {
    /// The bulk actions on clients.
    pub const BULK: [Self; 7] = [
        Self::Activate,
        Self::Deactivate,
        Self::Tag,
        Self::Untag,
        Self::Assign,
        Self::Delete,
        Self::CreateAlerts,
    ];

    /// The name in the database, the API and the message catalogue.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Activate => "activate",
            Self::Deactivate => "deactivate",
            Self::Tag => "tag",
            Self::Untag => "untag",
            Self::Assign => "assign",
            Self::Delete => "delete",
            Self::CreateAlerts => "create_alerts",
            Self::ImportClients => "import_clients",
            Self::ImportOrders => "import_orders",
            Self::Undo => "undo",
        }
    }

    /// The kind of that name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::BULK
            .into_iter()
            .chain([Self::ImportClients, Self::ImportOrders, Self::Undo])
            .find(|kind| kind.as_str() == name)
    }
}

/// How far an operation is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// An uploaded file whose columns nobody has confirmed yet.
    Draft,
    /// Waiting for a worker.
    Queued,
    /// At least one batch is done.
    Running,
    /// All done.
    Done,
    /// Given up; what was done before stays done, and can be undone.
    Failed,
    /// Undone by another operation.
    Undone,
}

impl State {
    /// The name in the database, the API and the message catalogue.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Queued => "queued",
            Self::Running => "running",
            Self::Done => "done",
            Self::Failed => "failed",
            Self::Undone => "undone",
        }
    }

    fn parse(name: &str) -> Self {
        [Self::Draft, Self::Queued, Self::Running, Self::Done, Self::Undone]
            .into_iter()
            .find(|state| state.as_str() == name)
            .unwrap_or(Self::Failed)
    }

    /// Nothing more will happen by itself.
    pub fn is_over(self) -> bool {
        matches!(self, Self::Done | Self::Failed | Self::Undone)
    }
}

/// What became of the rows.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Tally {
    /// Rows that did not exist.
    pub created: i64,
    /// Of the new rows, those that look like one that was there.
    pub alike: i64,
    /// Rows that were changed.
    pub updated: i64,
    /// Rows that already were as wished.
    pub unchanged: i64,
    /// Lines of a file that were left out.
    pub rejected: i64,
    /// Rows an undo left alone, because someone changed them since.
    pub kept: i64,
    /// Why it failed: a message key.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failure: Option<String>,
}

/// An operation, as its page and the API show it.
#[derive(Clone, Debug)]
pub struct Operation {
    /// Its id.
    pub id: Uuid,
    /// What it does.
    pub kind: Kind,
    /// How far it is.
    pub state: State,
    /// Who asked for it; `None` is the command line.
    pub user_id: Option<Uuid>,
    /// Their name.
    pub user_name: Option<String>,
    /// Its centre; `None` when a super_admin worked on several.
    pub call_center_id: Option<Uuid>,
    /// What it was asked: see [`bulk::Params`] and [`imports::Params`].
    pub params: Json,
    /// Rows it concerns; 0 while not counted.
    pub total: i64,
    /// Rows looked at so far.
    pub done: i64,
    /// What became of them.
    pub tally: Tally,
    /// The operation this one undoes.
    pub undo_of: Option<Uuid>,
    /// The operation that undoes this one.
    pub undone_by: Option<Uuid>,
    /// When it was asked.
    pub created_at: DateTime<Utc>,
    /// When its first batch began.
    pub started_at: Option<DateTime<Utc>>,
    /// When it ended.
    pub finished_at: Option<DateTime<Utc>>,
    pub(crate) cursor: Option<Uuid>,
}

impl Operation {
    /// An import that only looked.
    pub fn is_dry_run(&self) -> bool {
        self.params["dry_run"] == true
    }

    /// Whether there is something to put back, and nobody did yet.
    pub fn can_be_undone(&self) -> bool {
        matches!(self.state, State::Done | State::Failed)
            && self.kind != Kind::Undo
            && !self.is_dry_run()
            && self.undone_by.is_none()
            && self.tally.created + self.tally.updated > 0
    }
}

/// An operation about to be written.
struct NewOperation {
    kind: Kind,
    call_center_id: Option<Uuid>,
    params: Json,
    total: i64,
    undo_of: Option<Uuid>,
}

/// Writes an operation, its event and its job in `tx`.
async fn start(tx: &Tx, actor: &Actor, new: NewOperation, now: DateTime<Utc>) -> Result<Uuid> {
    start_at(tx, actor, new, now, now).await
}

/// The same with a job that waits until `run_at`.
async fn start_at(
    tx: &Tx,
    actor: &Actor,
    new: NewOperation,
    run_at: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<Uuid> {
    let id = new_id(now);
    queries::insert(tx, id, actor.user_id, State::Queued, &new, now).await?;
    let job = NewJob::new(JOB, Payload { operation: id }, run_at).keyed(key(id));
    outbox::enqueue(tx, job, now).await?;
    let data = json!({ "kind": new.kind, "total": new.total });
    events::record(tx, actor, fact("operation.started", id, new.call_center_id, data), now).await?;
    Ok(id)
}

/// What the job of an operation carries.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct Payload {
    /// Which.
    pub operation: Uuid,
}

fn key(id: Uuid) -> String {
    format!("operation:{id}")
}

fn fact(kind: &'static str, id: Uuid, call_center_id: Option<Uuid>, data: Json) -> NewEvent {
    NewEvent {
        kind,
        call_center_id,
        subject_kind: "operation",
        subject_id: id,
        client_id: None,
        data,
    }
}

/// The operation, if the actor may see it: their own, their agents', the centre's for admins.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn get(conn: &impl ConnectionTrait, actor: &Actor, id: Uuid) -> Result<Operation> {
    queries::find(conn, Some(actor), id).await?.ok_or(Error::NotFound)
}

/// The journal, newest first.
///
/// # Errors
/// A bad cursor.
pub async fn list(
    conn: &impl ConnectionTrait,
    actor: &Actor,
    cursor: Option<&str>,
    limit: u32,
) -> Result<Paged<Operation>> {
    actor.require(actor.works_with_clients())?;
    queries::list(conn, actor, cursor, limit).await
}

/// The first `limit` reasons for which lines of a file were left out, from after line `after`.
///
/// # Errors
/// The engine's. The caller has checked that the actor may see the operation.
pub async fn rejects(
    conn: &impl ConnectionTrait,
    id: Uuid,
    after: i64,
    limit: i64,
) -> Result<Vec<Reject>> {
    Ok(queries::rejects(conn, id, after, limit).await?)
}

/// The first `limit` rows an undo left alone.
///
/// # Errors
/// The engine's. The caller has checked that the actor may see the operation.
pub async fn kept(conn: &impl ConnectionTrait, id: Uuid, limit: i64) -> Result<Vec<Kept>> {
    Ok(queries::kept(conn, id, limit).await?)
}

/// Ends an operation nobody could finish; what it did stays done and can be undone.
///
/// # Errors
/// The engine's.
pub async fn fail(tx: &Tx, id: Uuid, reason: &'static str, now: DateTime<Utc>) -> Result<()> {
    let Some(operation) = queries::find(tx, None, id).await? else { return Ok(()) };
    if operation.state.is_over() {
        return Ok(());
    }
    let mut tally = operation.tally;
    tally.failure = Some(reason.to_owned());
    queries::end(tx, id, State::Failed, &tally, now).await?;
    let data = json!({ "state": State::Failed });
    let event = fact("operation.finished", id, operation.call_center_id, data);
    events::record(tx, &Actor::system(), event, now).await?;
    Ok(())
}

/// Ends an operation that ran out of tries, in a transaction of its own.
///
/// # Errors
/// The engine's.
pub async fn abandon(db: &Db, id: Uuid, reason: &'static str, now: DateTime<Utc>) -> Result<()> {
    let tx = db.begin().await?;
    fail(&tx, id, reason, now).await?;
    tx.commit().await?;
    Ok(())
}

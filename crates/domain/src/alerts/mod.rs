//! Alerts: due at their second, told to someone, kept in history.
//!
//! An alert's status is never stored: it is `done` once someone completed it, else `due` once its
//! time has come, else `in_progress`. Every move of its time (or of who is to be told) makes a new
//! *due version*; each (alert, due version, level, recipient, channel) is one [`Notice`], which
//! ends sent, cancelled or given up, and is sent once.
//!
//! | file | holds |
//! | --- | --- |
//! | `input` | what people type, checked |
//! | `local_time` | wall-clock times, summer time |
//! | `changes` | edit and move |
//! | `lifecycle` | complete, reopen, acknowledge, remove, restore |
//! | `batch` | one alert on many clients |
//! | `portions` | the same, in steps that may stop and go on |
//! | `filter`, `sort`, `list` | which alerts, in which order, page by page; counts |
//! | `calendar` | the same day by day, and moving to another day |
//! | `search`, `texts` | finding them by their words and their client's |
//! | `recipients` | who is told |
//! | `notices` | planned, cancelled, claimed when due |
//! | `letters` | claimed notices on their way out as one mail |

mod batch;
mod calendar;
mod changes;
mod filter;
mod input;
mod letters;
mod lifecycle;
mod list;
pub mod local_time;
mod notices;
mod portions;
mod queries;
mod recipients;
mod search;
mod sort;
mod texts;

use base::db::{Db, Tx};
use base::ids::new_id;
use base::outbox::{self, NewJob};
use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;
use sea_orm::{ConnectionTrait, FromQueryResult};
use serde::{Deserialize, Serialize};
use serde_json::json;
use uuid::Uuid;

use crate::actor::Actor;
use crate::error::{Error, Invalid, Result, expect_version};
use crate::events::{self, Event, NewEvent};

pub use batch::{Batch, MAX_BATCH, Targets, matched, remove_batch, schedule_many};
pub use calendar::{Day, days, feed, move_to};
pub use changes::{edit, postpone};
pub use filter::Filter;
pub use input::{Changes, Due, DueInput, MAX_DESCRIPTION, MAX_TITLE, NewAlert, Priority};
pub use letters::{Item, Letter, LetterJob, begin_try, give_up, mark_sent, note_refusal};
pub use lifecycle::{acknowledge, complete, remove, reopen, restore};
pub use list::{Counts, count_of_client, counts, list, next_open_for, open_count};
pub use notices::{DueJob, LATE, arm_clients, fall_due, is_waiting};
pub use portions::{check, remove_portion, schedule_portion};
pub use recipients::{Assignable, assignable, names};
pub use search::{Search, search};
pub use sort::{Column, Sort};
pub use texts::{TEXTS_JOB, file_text, file_texts};

/// The kind of the job that runs when an alert falls due.
pub const DUE_JOB: &str = "alert_due";
/// The kind of the job that sends claimed notices as one mail.
pub const MAIL_JOB: &str = "alert_mail";

/// An alert, with the names people know it by.
#[derive(Clone, Debug, PartialEq, FromQueryResult)]
pub struct Alert {
    /// Its id.
    pub id: Uuid,
    /// The client's centre.
    pub call_center_id: Uuid,
    /// The client under watch.
    pub client_id: Uuid,
    /// Their name.
    pub client_name: String,
    /// Shared by the alerts made in one go.
    pub batch_id: Option<Uuid>,
    /// What it is about.
    pub title: String,
    /// More about it.
    pub description: Option<String>,
    /// When.
    pub due_at: DateTime<Utc>,
    /// The zone its time was given in.
    pub time_zone: String,
    /// The time on the clocks of that zone, as typed.
    pub local_due: String,
    /// See [`Alert::priority`].
    pub priority_rank: i32,
    /// Who is to act.
    pub assigned_to: Option<Uuid>,
    /// Their name.
    pub assignee_name: Option<String>,
    /// Who made it.
    pub created_by: Option<Uuid>,
    /// Their name.
    pub author_name: Option<String>,
    /// Grows each time the due time or the assignee moves.
    pub due_version: i32,
    /// The last due version whose time came.
    pub due_announced_version: i32,
    /// When someone said they are on it.
    pub acknowledged_at: Option<DateTime<Utc>>,
    /// Who.
    pub acknowledged_by: Option<Uuid>,
    /// When someone completed it.
    pub completed_at: Option<DateTime<Utc>>,
    /// Who.
    pub completed_by: Option<Uuid>,
    /// The optimistic lock: grows with every change people make.
    pub version: i32,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When people last changed it.
    pub updated_at: DateTime<Utc>,
    /// When it was removed.
    pub deleted_at: Option<DateTime<Utc>>,
}

/// Where an alert stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Its time has not come.
    InProgress,
    /// Its time has come and nobody completed it.
    Due,
    /// Someone completed it.
    Done,
}

impl Status {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::InProgress, Self::Due, Self::Done];

    /// The name in the API and the message catalogue.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::InProgress => "in_progress",
            Self::Due => "due",
            Self::Done => "done",
        }
    }

    /// The status of that name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == name)
    }
}

/// When in an alert's life a notice is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// At the due time.
    AtDue,
}

impl Level {
    /// The name in the database and the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::AtDue => "at_due",
        }
    }
}

/// One telling of one person about one due version, at one level, by one channel.
#[derive(Clone, Debug, PartialEq, FromQueryResult)]
pub struct Notice {
    /// Its id.
    pub id: Uuid,
    /// The alert.
    pub alert_id: Uuid,
    /// The due version it tells of.
    pub due_version: i32,
    /// See [`Level`].
    pub level: String,
    /// Who is told.
    pub recipient_id: Uuid,
    /// Their name.
    pub recipient_name: String,
    /// `email`.
    pub channel: String,
    /// `planned`, `sent`, `cancelled` or `given_up`.
    pub state: String,
    /// When it is to be sent.
    pub planned_at: DateTime<Utc>,
    /// When the mail server took it.
    pub sent_at: Option<DateTime<Utc>>,
    /// How many times it was handed to the mail server.
    pub attempts: i32,
    /// What the last refusal said.
    pub last_error: Option<String>,
    /// The mail it rides in, once its time came.
    pub mail_id: Option<Uuid>,
}

impl Alert {
    /// Where it stands at `now`.
    pub fn status(&self, now: DateTime<Utc>) -> Status {
        if self.completed_at.is_some() {
            Status::Done
        } else if self.due_at <= now {
            Status::Due
        } else {
            Status::InProgress
        }
    }

    /// How urgent it is.
    pub fn priority(&self) -> Priority {
        Priority::ALL
            .into_iter()
            .find(|priority| priority.rank() == self.priority_rank)
            .unwrap_or_default()
    }

    /// How long it has been due; `None` while it is not, or once done.
    pub fn late_by(&self, now: DateTime<Utc>) -> Option<TimeDelta> {
        (self.status(now) == Status::Due).then(|| now - self.due_at)
    }

    /// The zone its time was given in.
    pub fn zone(&self) -> Tz {
        self.time_zone.parse().unwrap_or(Tz::UTC)
    }

    fn job_key(&self) -> String {
        job_key(self.id)
    }

    fn event(&self, kind: &'static str, data: serde_json::Value) -> NewEvent {
        NewEvent {
            kind,
            call_center_id: Some(self.call_center_id),
            subject_kind: "alert",
            subject_id: self.id,
            client_id: Some(self.client_id),
            data,
        }
    }
}

fn job_key(alert: Uuid) -> String {
    format!("alert:{alert}")
}

fn due_job(alert: Uuid, due_version: i32, due_at: DateTime<Utc>) -> NewJob {
    let payload = DueJob { alert, due_version, level: Level::AtDue };
    NewJob::new(DUE_JOB, payload, due_at).keyed(job_key(alert))
}

/// Puts an alert on one client.
///
/// # Errors
/// Wrong fields, no client (`client_id`, `required`) or one the actor may not see (`client_id`,
/// `unknown-client`), or no right to
/// work with clients.
pub async fn schedule(
    db: &Db,
    actor: &Actor,
    client_id: Option<Uuid>,
    new: &NewAlert,
    now: DateTime<Utc>,
) -> Result<Alert> {
    let targets = Targets::Ids(client_id.into_iter().collect());
    let made = batch::schedule_on(db, actor, &targets, "client_id", new, None, now).await?;
    let id = made.first().copied().ok_or(Error::NotFound)?;
    // The author sees it whatever their role: within_work names the author.
    get(db.read(), actor, id).await
}

/// One alert.
///
/// # Errors
/// [`Error::NotFound`] when it does not exist or the actor may not see it.
pub async fn get(conn: &impl ConnectionTrait, actor: &Actor, id: Uuid) -> Result<Alert> {
    queries::find(conn, actor, id, false, false).await?.ok_or(Error::NotFound)
}

/// The notices of alerts the caller has read, by alert then oldest first.
///
/// # Errors
/// The engine's.
pub async fn notices_of(conn: &impl ConnectionTrait, alerts: &[Uuid]) -> Result<Vec<Notice>> {
    Ok(queries::notices(conn, alerts).await?)
}

/// What happened to an alert, newest first, from before event number `before`. A removed alert
/// keeps its history.
///
/// # Errors
/// [`Error::NotFound`] when the actor may not see it.
pub async fn history(
    conn: &impl ConnectionTrait,
    actor: &Actor,
    id: Uuid,
    before: Option<i64>,
    limit: u32,
) -> Result<Vec<Event>> {
    if queries::find(conn, actor, id, false, false).await?.is_none()
        && queries::find(conn, actor, id, true, false).await?.is_none()
    {
        return Err(Error::NotFound);
    }
    Ok(events::of_subject(conn, "alert", id, before, limit).await?)
}

/// The zone of a centre: what a wall-clock time means there.
///
/// # Errors
/// The engine's.
pub async fn center_zone(conn: &impl ConnectionTrait, center: Uuid) -> Result<Option<Tz>> {
    let name = queries::center_zone(conn, center).await?;
    Ok(name.and_then(|name| name.parse().ok()))
}

/// The alert the actor may see, held until `tx` ends; checks the version the caller read.
async fn hold(
    tx: &Tx,
    actor: &Actor,
    id: Uuid,
    version: Option<i32>,
    deleted: bool,
) -> Result<Alert> {
    let alert = queries::find(tx, actor, id, deleted, true).await?.ok_or(Error::NotFound)?;
    expect_version(version, alert.version)?;
    Ok(alert)
}

/// Writes `alert` back, refreshes its client's next alert, and returns it as it now is.
async fn save(tx: &Tx, mut alert: Alert, now: DateTime<Utc>) -> Result<Alert> {
    if queries::update(tx, &alert, now).await? != 1 {
        return Err(Error::Stale);
    }
    crate::clients::refresh_next_alert(tx, &[alert.client_id]).await?;
    alert.version += 1;
    alert.updated_at = now;
    Ok(alert)
}

/// What `alert.scheduled` says.
fn scheduled_data(
    title: &str,
    due: &Due,
    priority: Priority,
    assigned_to: Option<Uuid>,
) -> serde_json::Value {
    json!({
        "title": title, "due_at": due.at, "timezone": due.zone.name(),
        "priority": priority, "assigned_to": assigned_to,
    })
}

//! The figures people see first: in the navigation and on the dashboard.
//!
//! Everything here is counted with the actor's rights, so that a figure never says more than the
//! list it leads to.

mod queries;

use chrono::{DateTime, Days, NaiveDate, NaiveTime, Utc};
use chrono_tz::Tz;
use sea_orm::{ConnectionTrait, DbErr, FromQueryResult};
use uuid::Uuid;

use crate::actor::Actor;
use crate::clients::{self, Line};
use crate::error::Result;
use crate::paging::Total;

/// How many clients the actor sees, the bin excepted.
///
/// # Errors
/// The engine's.
pub async fn count_clients(conn: &impl ConnectionTrait, actor: &Actor) -> Result<Total, DbErr> {
    queries::clients(conn, actor).await
}

/// How many open alerts of the actor have reached their time.
///
/// # Errors
/// The engine's.
pub async fn count_due_alerts(
    conn: &impl ConnectionTrait,
    actor: &Actor,
    now: DateTime<Utc>,
) -> Result<Total, DbErr> {
    queries::due_alerts(conn, actor, now).await
}

/// An alert the palette found.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct Found {
    /// Which one.
    pub id: Uuid,
    /// The client to open.
    pub client_id: Uuid,
    /// What it is about.
    pub title: String,
    /// The client's name.
    pub detail: Option<String>,
}

/// Clients found by any part of what is known of them, those whose name begins so first.
///
/// # Errors
/// The engine's.
pub async fn quick_clients(
    conn: &impl ConnectionTrait,
    actor: &Actor,
    query: &str,
) -> Result<Vec<Line>> {
    if !actor.works_with_clients() {
        return Ok(Vec::new());
    }
    clients::quick(conn, actor, query, queries::QUICK).await
}

/// The soonest open alerts of the actor whose title or client's name holds the words of
/// `query`.
///
/// # Errors
/// The engine's.
pub async fn quick_alerts(
    conn: &impl ConnectionTrait,
    actor: &Actor,
    query: &str,
) -> Result<Vec<Found>, DbErr> {
    if !actor.works_with_clients() {
        return Ok(Vec::new());
    }
    queries::quick_alerts(conn, actor, query).await
}

/// The people of the actor's centre, by name: for filters.
///
/// # Errors
/// The engine's.
pub async fn people(
    conn: &impl ConnectionTrait,
    actor: &Actor,
) -> Result<Vec<(Uuid, String)>, DbErr> {
    queries::people(conn, actor).await
}

/// An open alert the actor should look at today.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct DueAlert {
    /// Which one.
    pub id: Uuid,
    /// What it is about.
    pub title: String,
    /// When.
    pub due_at: DateTime<Utc>,
    /// 0 is low, 3 critical.
    pub priority_rank: i32,
    /// The client under watch.
    pub client_id: Uuid,
    /// Their name.
    pub client_name: String,
}

/// The figures about alerts, within the actor's rights.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AlertFigures {
    /// Their time has come.
    pub due: Total,
    /// Their time came before today.
    pub late: Total,
    /// Their time is later today.
    pub today: Total,
    /// Completed in the last seven days, today included.
    pub done_week: Total,
    /// Completed in the seven days before.
    pub done_week_before: Total,
    /// By day, oldest first, today last: due that day, completed that day.
    pub by_day: Vec<(NaiveDate, i64, i64)>,
}

/// How many days the chart shows.
const DAYS: u64 = 14;

/// The figures about alerts at `now`, told in the days of `zone`.
///
/// # Errors
/// The engine's.
pub async fn alert_figures(
    conn: &impl ConnectionTrait,
    actor: &Actor,
    zone: Tz,
    now: DateTime<Utc>,
) -> Result<AlertFigures, DbErr> {
    let today = now.with_timezone(&zone).date_naive();
    let start = |days_ago: u64| start_of(today, days_ago, zone);
    let (midnight, tomorrow) = (start(0), start_after(today, zone));
    let counts = queries::AlertCounts { conn, actor };
    let mut by_day = Vec::new();
    for days_ago in (0..DAYS).rev() {
        let until = if days_ago == 0 { tomorrow } else { start(days_ago - 1) };
        let day = today.checked_sub_days(Days::new(days_ago)).unwrap_or(today);
        let due = counts.due_between(start(days_ago), until).await?;
        let done = counts.done_between(start(days_ago), until).await?;
        by_day.push((day, due.value, done.value));
    }
    Ok(AlertFigures {
        due: queries::due_alerts(conn, actor, now).await?,
        late: queries::due_alerts(conn, actor, midnight).await?,
        today: counts.open_between(now, tomorrow).await?,
        done_week: counts.done_between(start(6), tomorrow).await?,
        done_week_before: counts.done_between(start(13), start(6)).await?,
        by_day,
    })
}

/// The actor's open alerts due before tomorrow, the soonest first.
///
/// # Errors
/// The engine's.
pub async fn due_today(
    conn: &impl ConnectionTrait,
    actor: &Actor,
    zone: Tz,
    now: DateTime<Utc>,
    limit: u32,
) -> Result<Vec<DueAlert>, DbErr> {
    let today = now.with_timezone(&zone).date_naive();
    queries::open_before(conn, actor, start_after(today, zone), limit).await
}

fn start_of(today: NaiveDate, days_ago: u64, zone: Tz) -> DateTime<Utc> {
    let day = today.checked_sub_days(Days::new(days_ago)).unwrap_or(today);
    let midnight = day.and_time(NaiveTime::MIN);
    // A zone that skips midnight starts its day an hour later.
    let local = midnight.and_local_timezone(zone).earliest();
    local.map_or_else(|| midnight.and_utc(), |local| local.with_timezone(&Utc))
}

fn start_after(today: NaiveDate, zone: Tz) -> DateTime<Utc> {
    start_of(today.checked_add_days(Days::new(1)).unwrap_or(today), 0, zone)
}

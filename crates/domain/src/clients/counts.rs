use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use base::db::Sql;
use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;
use sea_orm::{ConnectionTrait, FromQueryResult};
use serde::Serialize;

use super::filter::{Lead, push_all_by, start_of_day};
use super::{Choices, ClientFilter};
use crate::actor::Actor;
use crate::error::Result;
use crate::events;
use crate::paging::{COUNT_LIMIT, Total};
use crate::search::{self, CLIENTS, FEW, Sample, aside};

/// How long a count may be told again while no event happens.
const FRESH: TimeDelta = TimeDelta::minutes(1);

/// The same of what changes with the hour alone: alerts fall due.
const BRIEF: TimeDelta = TimeDelta::seconds(2);

/// Most counts kept; past it, all are forgotten.
const MOST: usize = 4_000;

/// Days the figures look back.
const DAYS: usize = 21;

/// Days the curve of inactive clients shows.
const FORTNIGHT: usize = 14;

/// Counts already made, as long as nothing happened since: the same list is asked for again and
/// again by everyone who works in it.
#[derive(Debug, Default)]
pub struct Counts {
    kept: Mutex<HashMap<String, Kept>>,
}

#[derive(Clone, Debug)]
struct Kept {
    seq: i64,
    at: DateTime<Utc>,
    fresh: TimeDelta,
    value: Value,
}

#[derive(Clone, Debug)]
enum Value {
    Total(Total),
    Stats(Stats),
    Choices(Choices),
    Sample(Arc<Sample>),
}

/// [`Counts`], with the number of the last event if the caller has just read it.
#[derive(Clone, Copy, Debug)]
pub struct Known<'a> {
    counts: &'a Counts,
    seq: Option<i64>,
}

/// The figures above the list.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Stats {
    /// Clients that are not in the bin.
    pub total: i64,
    /// Those in business with us.
    pub active: i64,
    /// The others.
    pub inactive: i64,
    /// Created since midnight.
    pub new_today: i64,
    /// Created since midnight six days ago.
    pub new_7_days: i64,
    /// Created since midnight twenty-nine days ago.
    pub new_30_days: i64,
    /// Created on each of the last 21 days, today last.
    pub by_day: Vec<i64>,
    /// Inactive at the end of each of the last 14 days, today last, as their activations and
    /// deactivations since tell; who went to the bin meanwhile is not told.
    pub inactive_by_day: Vec<i64>,
}

impl Counts {
    /// As of event number `seq`, which the caller has just read.
    pub fn at(&self, seq: i64) -> Known<'_> {
        Known { counts: self, seq: Some(seq) }
    }

    /// As of now.
    pub fn latest(&self) -> Known<'_> {
        Known { counts: self, seq: None }
    }

    fn kept(&self, key: &str, seq: i64, now: DateTime<Utc>) -> Option<Value> {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let found = kept.get(key)?;
        let age = now - found.at;
        let fresh = found.seq == seq && age >= TimeDelta::zero() && age < found.fresh;
        fresh.then(|| found.value.clone())
    }

    fn keep(&self, key: String, value: Kept) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() >= MOST {
            kept.clear();
        }
        kept.insert(key, value);
    }
}

impl Known<'_> {
    async fn seq(&self, conn: &impl ConnectionTrait) -> Result<i64> {
        match self.seq {
            Some(seq) => Ok(seq),
            None => Ok(events::head(conn).await?.0),
        }
    }

    /// How many clients match, as far as counting is cheap.
    ///
    /// # Errors
    /// The engine's.
    pub async fn total(
        &self,
        conn: &impl ConnectionTrait,
        actor: &Actor,
        filter: &ClientFilter,
        now: DateTime<Utc>,
    ) -> Result<Total> {
        if filter.is_empty() {
            let zone = filter.time_zone.as_deref().and_then(|name| name.parse().ok());
            let stats = self.stats(conn, actor, zone.unwrap_or(Tz::UTC), now).await?;
            return Ok(Total { value: stats.total, exact: true });
        }
        let scope = scope(actor, filter.alert_status.is_some() || filter.assigned_to.is_some());
        let zone = filter.time_zone.as_deref().and_then(|name| name.parse().ok());
        let today = start_of_day(now, zone.unwrap_or(chrono_tz::Europe::Paris), 0);
        let key = format!("{scope} {today} {}", serde_json::to_string(filter).unwrap_or_default());
        let fresh = if filter.alert_status.is_some() { BRIEF } else { FRESH };
        let seq = self.seq(conn).await?;
        if let Some(Value::Total(total)) = self.counts.kept(&key, seq, now) {
            return Ok(total);
        }
        let sample = self.sample(conn, now).await?;
        let total = count(conn, actor, filter, &sample, now).await?;
        self.counts.keep(key, Kept { seq, at: now, fresh, value: Value::Total(total) });
        Ok(total)
    }

    /// [`search::sample`], read once a minute: only how to search depends on it.
    pub(super) async fn sample(
        &self,
        conn: &impl ConnectionTrait,
        now: DateTime<Utc>,
    ) -> Result<Arc<Sample>> {
        const KEY: &str = "sample";
        const WHATEVER_HAPPENS: i64 = -1;
        if let Some(Value::Sample(sample)) = self.counts.kept(KEY, WHATEVER_HAPPENS, now) {
            return Ok(sample);
        }
        let sample = Arc::new(search::sample(conn, CLIENTS).await?);
        let value = Value::Sample(sample.clone());
        let kept = Kept { seq: WHATEVER_HAPPENS, at: now, fresh: FRESH, value };
        self.counts.keep(KEY.to_owned(), kept);
        Ok(sample)
    }

    /// The figures of what `actor` may see, told in the days of `zone`.
    ///
    /// # Errors
    /// [`crate::Error::Forbidden`] for roles that do not work with clients.
    pub async fn stats(
        &self,
        conn: &impl ConnectionTrait,
        actor: &Actor,
        zone: Tz,
        now: DateTime<Utc>,
    ) -> Result<Stats> {
        actor.require(actor.works_with_clients())?;
        let key = format!("{} {zone} {}", scope(actor, false), start_of_day(now, zone, 0));
        let seq = self.seq(conn).await?;
        if let Some(Value::Stats(stats)) = self.counts.kept(&key, seq, now) {
            return Ok(stats);
        }
        let stats = figures(conn, actor, zone, now).await?;
        self.counts
            .keep(key, Kept { seq, at: now, fresh: FRESH, value: Value::Stats(stats.clone()) });
        Ok(stats)
    }

    /// What a filter lets `actor` choose from.
    ///
    /// # Errors
    /// [`crate::Error::Forbidden`] for roles that do not work with clients.
    pub async fn choices(
        &self,
        conn: &impl ConnectionTrait,
        actor: &Actor,
        now: DateTime<Utc>,
    ) -> Result<Choices> {
        let key = format!("{} choices", scope(actor, false));
        let seq = self.seq(conn).await?;
        if let Some(Value::Choices(choices)) = self.counts.kept(&key, seq, now) {
            return Ok(choices);
        }
        let choices = super::choices(conn, actor).await?;
        self.counts
            .keep(key, Kept { seq, at: now, fresh: FRESH, value: Value::Choices(choices.clone()) });
        Ok(choices)
    }
}

/// Who sees the same: everyone of a centre, unless the filter is about themselves (`me`, or the
/// alerts they may see).
fn scope(actor: &Actor, personal: bool) -> String {
    let user = if personal { actor.user_id } else { None };
    format!("{:?} {user:?} {}", actor.call_center_id, actor.is_admin())
}

async fn count(
    conn: &impl ConnectionTrait,
    actor: &Actor,
    filter: &ClientFilter,
    sample: &Sample,
    now: DateTime<Utc>,
) -> Result<Total> {
    // What alerts an actor may see is asked of each client.
    let is_personal = filter.alert_status.is_some() && !actor.is_admin();
    let most = if filter.needles().is_some() || is_personal { FEW } else { COUNT_LIMIT };
    let mut sql = Sql::new("SELECT COUNT(*) FROM (SELECT 1 FROM clients c WHERE 1 = 1");
    push_all_by(conn, &mut sql, Lead::Condition, actor, filter, sample, now).await?;
    sql.push(" LIMIT ").bind(most + 1).push(") AS counted");
    let value: i64 = sql.scalar(conn).await?.unwrap_or(0);
    Ok(Total { value: value.min(most), exact: value <= most })
}

async fn figures(
    conn: &impl ConnectionTrait,
    actor: &Actor,
    zone: Tz,
    now: DateTime<Utc>,
) -> Result<Stats> {
    #[derive(FromQueryResult)]
    struct Row {
        total: i64,
        inactive: i64,
        earlier: i64,
    }
    let from = |sql: &mut Sql| {
        sql.push("(SELECT COUNT(*) FROM clients c WHERE c.deleted_at IS NULL");
        actor.within_center(sql, "c.call_center_id");
    };
    let mut sql = Sql::new("SELECT ");
    from(&mut sql);
    sql.push(") AS total, ");
    from(&mut sql);
    sql.push(" AND c.is_active = FALSE) AS inactive, ");
    from(&mut sql);
    // The last days are counted one by one.
    sql.push(" AND c.created_at >= ").bind(start_of_day(now, zone, 29));
    sql.push(" AND c.created_at < ").bind(start_of_day(now, zone, DAYS as u64 - 1));
    sql.push(") AS earlier");
    let row: Option<Row> = sql.one(conn).await?;
    let row = row.unwrap_or(Row { total: 0, inactive: 0, earlier: 0 });

    let mut sql = Sql::new("");
    for days in (0..DAYS as u64).rev() {
        let (start, end) = (start_of_day(now, zone, days), days.checked_sub(1));
        sql.push(if sql.text().is_empty() {
            "SELECT n FROM (SELECT "
        } else {
            " UNION ALL SELECT "
        });
        sql.bind(i32::try_from(days).unwrap_or(0)).push(" AS day, ");
        from(&mut sql);
        sql.push(" AND c.created_at >= ").bind(start);
        if let Some(end) = end {
            sql.push(" AND c.created_at < ").bind(start_of_day(now, zone, end));
        }
        sql.push(") AS n");
    }
    sql.push(") AS days ORDER BY day DESC");
    let by_day: Vec<i64> = sql.column(conn).await?;
    let changes = deactivations(conn, actor, zone, now).await?;
    Ok(Stats {
        total: row.total,
        active: row.total - row.inactive,
        inactive: row.inactive,
        new_today: by_day.last().copied().unwrap_or(0),
        new_7_days: by_day.iter().rev().take(7).sum(),
        new_30_days: row.earlier + by_day.iter().sum::<i64>(),
        by_day,
        inactive_by_day: backwards(row.inactive, &changes),
    })
}

/// How many more were deactivated than activated on each of the last days, today last.
async fn deactivations(
    conn: &impl ConnectionTrait,
    actor: &Actor,
    zone: Tz,
    now: DateTime<Utc>,
) -> Result<Vec<i64>> {
    let mut sql = Sql::new("SELECT n FROM (");
    for days in (0..FORTNIGHT as u64).rev() {
        let (start, end) = (start_of_day(now, zone, days), days.checked_sub(1));
        sql.push("SELECT ").bind(i32::try_from(days).unwrap_or(0)).push(
            " AS day, (SELECT COALESCE(SUM(CASE e.kind WHEN 'client.deactivated' THEN 1 ELSE -1 END), \
             0) FROM events e WHERE e.kind IN ('client.activated', 'client.deactivated') AND e.at >= ",
        );
        sql.bind(start);
        if let Some(end) = end {
            sql.push(" AND e.at < ").bind(start_of_day(now, zone, end));
        }
        // Or SQLite would follow the index of all that ever happened in the centre.
        aside(&mut sql, |sql| actor.within_center(sql, "e.call_center_id"));
        sql.push(if days == 0 { ") AS n" } else { ") AS n UNION ALL " });
    }
    sql.push(") AS days ORDER BY day DESC");
    Ok(sql.column(conn).await?)
}

/// What stood at the end of each day, from what stands now and what each day changed.
fn backwards(now: i64, changes: &[i64]) -> Vec<i64> {
    let mut stood = Vec::with_capacity(changes.len());
    let mut count = now;
    for change in changes.iter().rev() {
        stood.push(count);
        count = (count - change).max(0);
    }
    stood.reverse();
    stood
}

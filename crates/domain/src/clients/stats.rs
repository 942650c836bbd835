use base::db::Sql;
use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use sea_orm::{ConnectionTrait, FromQueryResult};
use serde::Serialize;

use super::filter::start_of_day;
use crate::actor::Actor;
use crate::error::Result;
use crate::search::aside;

/// Days the figures look back.
const DAYS: usize = 21;

/// Days the curve of inactive clients shows.
const FORTNIGHT: usize = 14;

/// Past that many events, clients are counted anew.
const FOLLOWED: usize = 500;

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

impl Stats {
    /// What became of these figures by the events `after` up to `until`; `None` where only counting
    /// tells. Most of what happens in a day changes none of them, and to count a million clients for
    /// each contact would take half a second.
    pub(super) async fn followed(
        &self,
        conn: &impl ConnectionTrait,
        actor: &Actor,
        zone: Tz,
        (after, until): (i64, i64),
        now: DateTime<Utc>,
    ) -> Result<Option<Self>> {
        #[derive(FromQueryResult)]
        struct Fact {
            kind: String,
            at: DateTime<Utc>,
        }
        let mut sql = Sql::new("SELECT e.kind, e.at FROM events e WHERE e.seq > ");
        sql.bind(after).push(" AND e.seq <= ").bind(until);
        aside(&mut sql, |sql| {
            actor.within_center(sql, "e.call_center_id");
            sql.push(" AND e.subject_kind = 'client' AND e.kind NOT IN ('client.contacted', ");
            sql.push("'client.contact_corrected', 'client.contact_undone') ");
            sql.push("AND (e.kind <> 'client.updated' OR e.data LIKE '%\"is_active\"%')");
        });
        sql.push(" ORDER BY e.seq LIMIT ").bind(i64::try_from(FOLLOWED).unwrap_or(0) + 1);
        let facts: Vec<Fact> = sql.all(conn).await?;
        let midnight = start_of_day(now, zone, 0);
        if facts.len() > FOLLOWED || facts.iter().any(|fact| fact.at < midnight) {
            return Ok(None);
        }
        let mut stats = self.clone();
        for Fact { kind, .. } in facts {
            match kind.as_str() {
                "client.created" => stats.made_one(),
                "client.activated" => stats.turned(1),
                "client.deactivated" => stats.turned(-1),
                _ => return Ok(None),
            }
        }
        Ok(Some(stats))
    }

    /// One more client, today.
    fn made_one(&mut self) {
        let counts = [&mut self.total, &mut self.active, &mut self.new_today];
        for count in counts.into_iter().chain([&mut self.new_7_days, &mut self.new_30_days]) {
            *count += 1;
        }
        if let Some(today) = self.by_day.last_mut() {
            *today += 1;
        }
    }

    /// So many more active clients, today.
    fn turned(&mut self, active: i64) {
        self.active += active;
        self.inactive -= active;
        if let Some(today) = self.inactive_by_day.last_mut() {
            *today = self.inactive;
        }
    }
}

/// Counts, as of the event of the number beside: in one statement, so that both are of one instant.
pub(super) async fn count(
    conn: &impl ConnectionTrait,
    actor: &Actor,
    zone: Tz,
    now: DateTime<Utc>,
) -> Result<(i64, Stats)> {
    let mut sql = Sql::new("SELECT n FROM (SELECT -1 AS place, ");
    sql.push("COALESCE((SELECT seq FROM event_head), 0) AS n");
    let mut places = 0;
    let mut also = |sql: &mut Sql| {
        sql.push(" UNION ALL SELECT ").bind(places).push(" AS place, ");
        places += 1;
    };
    let clients = |sql: &mut Sql| {
        sql.push("(SELECT COUNT(*) FROM clients c WHERE c.deleted_at IS NULL");
        actor.within_center(sql, "c.call_center_id");
    };
    also(&mut sql);
    clients(&mut sql);
    sql.push(") AS n");
    also(&mut sql);
    clients(&mut sql);
    sql.push(" AND c.is_active = FALSE) AS n");
    also(&mut sql);
    clients(&mut sql);
    // The last days are counted one by one.
    sql.push(" AND c.created_at >= ").bind(start_of_day(now, zone, 29));
    sql.push(" AND c.created_at < ").bind(start_of_day(now, zone, DAYS as u64 - 1));
    sql.push(") AS n");
    for days in (0..DAYS as u64).rev() {
        also(&mut sql);
        clients(&mut sql);
        sql.push(" AND c.created_at >= ").bind(start_of_day(now, zone, days));
        if days > 0 {
            sql.push(" AND c.created_at < ").bind(start_of_day(now, zone, days - 1));
        }
        sql.push(") AS n");
    }
    // How many more were deactivated than activated on each day.
    for days in (0..FORTNIGHT as u64).rev() {
        also(&mut sql);
        sql.push(
            "(SELECT COALESCE(SUM(CASE e.kind WHEN 'client.deactivated' THEN 1 ELSE -1 END), 0) \
             FROM events e WHERE e.kind IN ('client.activated', 'client.deactivated') AND e.at >= ",
        );
        sql.bind(start_of_day(now, zone, days));
        if days > 0 {
            sql.push(" AND e.at < ").bind(start_of_day(now, zone, days - 1));
        }
        // Or SQLite would follow the index of all that ever happened in the centre.
        aside(&mut sql, |sql| actor.within_center(sql, "e.call_center_id"));
        sql.push(") AS n");
    }
    sql.push(") AS counted ORDER BY place");
    let counted: Vec<i64> = sql.column(conn).await?;
    let mut counted = counted.into_iter();
    let mut next = || counted.next().unwrap_or(0);
    let (seq, total, inactive, earlier) = (next(), next(), next(), next());
    let by_day: Vec<i64> = (0..DAYS).map(|_| next()).collect();
    let changes: Vec<i64> = (0..FORTNIGHT).map(|_| next()).collect();
    let stats = Stats {
        total,
        active: total - inactive,
        inactive,
        new_today: by_day.last().copied().unwrap_or(0),
        new_7_days: by_day.iter().rev().take(7).sum(),
        new_30_days: earlier + by_day.iter().sum::<i64>(),
        by_day,
        inactive_by_day: backwards(inactive, &changes),
    };
    Ok((seq, stats))
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

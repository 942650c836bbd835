//! Alerts day by day: what a calendar shows, what the private feed tells, and moving by a drag.

use std::ops::Range;

use base::db::Sql;
use chrono::{Days, NaiveDate, Timelike as _};

use super::*;
use crate::actor::Role;
use crate::paging::Total;

/// How far the alerts of one day are counted exactly.
pub const COUNTED: i64 = 500;
/// Most alerts in the private feed.
const FEED: u32 = 2_000;
/// How long a due alert stays in the feed, and how far it looks ahead, in days.
const FEED_WINDOW: (u64, u64) = (31, 366);

/// A day of a calendar.
#[derive(Clone, Debug)]
pub struct Day {
    /// The first of its alerts, soonest first.
    pub alerts: Vec<Alert>,
    /// How many there are, counted up to [`COUNTED`].
    pub total: Total,
}

/// What the actor may see of `filter` in each of `spans` (in order, apart from each other): the
/// `most` soonest, and how many. Costs what is shown, however many alerts there are.
///
/// # Errors
/// [`Error::Forbidden`] for roles that do not work with clients.
pub async fn days(
    conn: &impl ConnectionTrait,
    actor: &Actor,
    filter: &Filter,
    spans: &[Range<DateTime<Utc>>],
    most: u32,
    now: DateTime<Utc>,
) -> Result<Vec<Day>> {
    actor.require(actor.works_with_clients())?;
    let nothing = Day { alerts: Vec::new(), total: Total { value: 0, exact: true } };
    let mut days = vec![nothing; spans.len()];
    let search = search(conn, actor, filter.clone(), now).await?;
    for part in parts(&search) {
        let view = View { actor, search: &part };
        let totals = view.count(conn, spans).await?;
        let busy = totals.iter().filter_map(|total| spans.get(total.day()));
        for alert in view.soonest(conn, busy, most).await? {
            let place = spans.partition_point(|span| span.end <= alert.due_at);
            if let Some(day) = days.get_mut(place) {
                day.alerts.push(alert);
            }
        }
        for total in totals {
            if let Some(day) = days.get_mut(total.day()) {
                day.add(total.value);
            }
        }
    }
    for day in &mut days {
        day.alerts.sort_by_key(|alert| (alert.due_at, alert.id));
        day.alerts.truncate(most as usize);
    }
    Ok(days)
}

impl Day {
    fn add(&mut self, more: i64) {
        let value = self.total.value + more;
        self.total = Total { value: value.min(COUNTED), exact: value <= COUNTED };
    }
}

/// Open and done alerts lie in two indexes by due time: each is asked by its own.
fn parts(search: &Search) -> Vec<Search> {
    let (done, open): (Vec<_>, Vec<_>) = Status::ALL
        .into_iter()
        .filter(|status| search.is_asked(*status))
        .partition(|status| *status == Status::Done);
    let asked = [open, done].into_iter().filter(|statuses| !statuses.is_empty());
    asked.map(|statuses| search.of_statuses(statuses)).collect()
}

struct View<'a> {
    actor: &'a Actor,
    search: &'a Search,
}

#[derive(FromQueryResult)]
struct CountedDay {
    day: i32,
    value: i64,
}

impl CountedDay {
    fn day(&self) -> usize {
        usize::try_from(self.day).unwrap_or(usize::MAX)
    }
}

impl View<'_> {
    /// The condition on `alerts a` and its client `c`, but for the time.
    fn narrow(&self, sql: &mut Sql) {
        sql.push(" AND a.deleted_at IS NULL");
        if self.actor.role == Role::SuperAdmin {
            // Every centre, said in the words of the index.
            sql.push(" AND a.call_center_id IN (SELECT id FROM call_centers)");
        }
        self.search.push(sql, self.actor);
    }

    /// The spans with any, by their place.
    async fn count(
        &self,
        conn: &impl ConnectionTrait,
        spans: &[Range<DateTime<Utc>>],
    ) -> Result<Vec<CountedDay>> {
        if spans.is_empty() {
            return Ok(Vec::new());
        }
        let mut sql = Sql::new("WITH d (day, starts_at, ends_at) AS (VALUES ");
        for (day, span) in spans.iter().enumerate() {
            sql.push(if day == 0 { "(" } else { ", (" }).push(&day.to_string());
            sql.push(", ").bind(span.start).push(", ").bind(span.end).push(")");
        }
        sql.push(
            ") SELECT d.day, (SELECT COUNT(*) FROM (SELECT 1 FROM alerts a \
             JOIN clients c ON c.id = a.client_id ",
        );
        sql.push(self.search.join());
        sql.push("WHERE a.due_at >= d.starts_at AND a.due_at < d.ends_at");
        self.narrow(&mut sql);
        sql.push(" LIMIT ").bind(COUNTED + 1);
        sql.push(") AS counted) AS value FROM d ORDER BY d.day");
        let counted: Vec<CountedDay> = sql.all(conn).await?;
        Ok(counted.into_iter().filter(|day| day.value > 0).collect())
    }

    /// The `most` soonest of each span.
    async fn soonest<'s>(
        &self,
        conn: &impl ConnectionTrait,
        spans: impl Iterator<Item = &'s Range<DateTime<Utc>>>,
        most: u32,
    ) -> Result<Vec<Alert>> {
        let mut sql = Sql::default();
        for span in spans {
            let mut one = queries::select();
            one.push(self.search.join()).push("WHERE a.due_at >= ").bind(span.start);
            one.push(" AND a.due_at < ").bind(span.end);
            self.narrow(&mut one);
            one.push(" ORDER BY a.due_at, a.id LIMIT ").bind(i64::from(most));
            one.wrap("SELECT * FROM (", ") AS one");
            if !sql.text().is_empty() {
                sql.push(" UNION ALL ");
            }
            sql.append(one);
        }
        if sql.text().is_empty() { Ok(Vec::new()) } else { Ok(sql.all(conn).await?) }
    }
}

/// What the private feed tells: of `filter`, what the actor may see at `now` from a month ago to a
/// year ahead, the 2,000 soonest; what is open unless the filter says otherwise.
///
/// # Errors
/// [`Error::Forbidden`] for roles that do not work with clients.
pub async fn feed(
    conn: &impl ConnectionTrait,
    actor: &Actor,
    filter: &Filter,
    now: DateTime<Utc>,
) -> Result<Vec<Alert>> {
    let mut filter = filter.clone();
    if filter.statuses.is_empty() {
        filter.statuses = vec![Status::InProgress, Status::Due];
    }
    let (back, ahead) = FEED_WINDOW;
    let window = now - Days::new(back)..now + Days::new(ahead);
    let days = days(conn, actor, &filter, &[window], FEED, now).await?;
    Ok(days.into_iter().flat_map(|day| day.alerts).collect())
}

/// Moves an alert to another `day` (and `hour`, if given): clocks in `zone` show the same time as
/// before, whatever summer time does between.
///
/// # Errors
/// Those of [`edit`]; `hour` beyond 23 (`hour`, `wrong-value`).
pub async fn move_to(
    db: &Db,
    actor: &Actor,
    alert: &Alert,
    version: i32,
    (day, hour): (NaiveDate, Option<u32>),
    zone: Tz,
    now: DateTime<Utc>,
) -> Result<Alert> {
    let is_own = zone == alert.zone();
    // In its own zone what was typed counts: 02:30 comes back after the night that has none.
    let typed = local_time::read(&alert.local_due).filter(|_| is_own);
    let time = typed.unwrap_or_else(|| local_time::local_of(alert.due_at, zone)).time();
    let time = hour.map_or(Some(time), |hour| time.with_hour(hour));
    let local = day.and_time(time.ok_or_else(|| Error::invalid("hour", "wrong-value"))?);
    let due = if is_own {
        local_time::write(local)
    } else {
        let at = local_time::instant_of(local, zone);
        at.ok_or_else(|| Error::invalid("date", "not-a-date"))?.to_rfc3339()
    };
    let changes = Changes { due: Some(DueInput::At(due)), ..Changes::default() };
    edit(db, actor, alert.id, Some(version), &changes, now).await
}

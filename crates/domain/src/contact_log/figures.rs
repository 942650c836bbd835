//! Attempts and successes by hour and weekday, in the centre's zone. They are counted as they
//! happen, in `contact_hours`: no page ever reads two million attempts.

use std::collections::BTreeMap;

use base::db::{Sql, Tx, insert_many};
use chrono::{DateTime, Datelike as _, NaiveDate, Timelike as _, Utc};
use chrono_tz::Tz;
use sea_orm::{ConnectionTrait, DbErr, FromQueryResult};
use uuid::Uuid;

use super::{Attempt, Channel, Status, queries};
use crate::actor::Actor;
use crate::call_centers::{DAYS, Hours};
use crate::error::Result;

/// From how many attempts on a best time is told.
pub const ENOUGH: i64 = 5;

/// Hours of a window of the best time.
const WINDOW: i32 = 2;

/// An hour of the week, and what came of the attempts in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, FromQueryResult)]
pub struct Hour {
    /// 0 is Monday.
    pub weekday: i32,
    /// 0 to 23.
    pub hour: i32,
    /// Those who were reached.
    pub successes: i64,
    /// Those who were not.
    pub failures: i64,
}

impl Hour {
    /// All of them.
    pub fn attempts(&self) -> i64 {
        self.successes + self.failures
    }
}

/// What figures are told of. Empty fields leave nothing out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FigureFilter {
    /// Only this agent's.
    pub user_id: Option<Uuid>,
    /// Only those that went so.
    pub status: Option<Status>,
    /// Only by this way.
    pub channel: Option<Channel>,
    /// Only on this weekday, 0 is Monday.
    pub weekday: Option<i32>,
    /// Only in this hour, 0 to 23.
    pub hour: Option<i32>,
    /// From this day on.
    pub from: Option<NaiveDate>,
    /// Until that day, included.
    pub to: Option<NaiveDate>,
}

/// Day, weekday and hour of `at` as clocks in `zone` show it.
pub(super) fn place(at: DateTime<Utc>, zone: &str) -> (String, i32, i32) {
    let local = at.with_timezone(&zone.parse().unwrap_or(Tz::Europe__Paris));
    let weekday = i32::try_from(local.weekday().num_days_from_monday()).unwrap_or(0);
    let hour = i32::try_from(local.hour()).unwrap_or(0);
    (local.date_naive().to_string(), weekday, hour)
}

const COLUMNS: [&str; 8] =
    ["call_center_id", "user_id", "day", "hour", "channel", "weekday", "successes", "failures"];

const ADD: &str = "ON CONFLICT (call_center_id, user_id, day, hour, channel) DO UPDATE SET \
    successes = contact_hours.successes + excluded.successes, \
    failures = contact_hours.failures + excluded.failures";

/// Counts one attempt, or with -1 takes it out again.
pub(super) async fn count(
    tx: &Tx,
    attempt: &Attempt,
    channel: &str,
    times: i64,
) -> Result<(), DbErr> {
    let counted = Attempt { channel: channel.to_owned(), ..attempt.clone() };
    add(tx, std::slice::from_ref(&counted), times).await
}

/// Counts many.
pub(super) async fn count_many(tx: &Tx, attempts: &[Attempt]) -> Result<(), DbErr> {
    add(tx, attempts, 1).await
}

/// Centre, user (nil is everyone), day, hour, channel.
type Key = (Uuid, Uuid, String, i32, String);

async fn add(tx: &Tx, attempts: &[Attempt], times: i64) -> Result<(), DbErr> {
    // In the order of their keys, so that two writers never wait for each other crosswise.
    let mut sums: BTreeMap<Key, (i32, i64, i64)> = BTreeMap::new();
    for attempt in attempts {
        let own = attempt.user_id.filter(|user| !user.is_nil());
        for user in [Some(Uuid::nil()), own].into_iter().flatten() {
            let (day, channel) = (attempt.local_day.clone(), attempt.channel.clone());
            let key = (attempt.call_center_id, user, day, attempt.local_hour, channel);
            let sum = sums.entry(key).or_insert((attempt.weekday, 0, 0));
            if attempt.is_success() {
                sum.1 += times;
            } else {
                sum.2 += times;
            }
        }
    }
    let rows = sums.into_iter().map(|((center, user, day, hour, channel), (weekday, s, f))| {
        vec![
            center.into(),
            user.into(),
            day.into(),
            hour.into(),
            channel.into(),
            weekday.into(),
            s.into(),
            f.into(),
        ]
    });
    insert_many(tx, "contact_hours", &COLUMNS, rows, ADD).await?;
    Ok(())
}

/// The figures of what `actor` may see, hours without any attempt left out.
///
/// # Errors
/// [`crate::Error::Forbidden`] for roles that do not work with clients.
pub async fn figures(
    conn: &impl ConnectionTrait,
    actor: &Actor,
    filter: &FigureFilter,
) -> Result<Vec<Hour>> {
    actor.require(actor.works_with_clients())?;
    let mut sql = Sql::new(
        "SELECT h.weekday, h.hour, CAST(SUM(h.successes) AS BIGINT) AS successes, \
         CAST(SUM(h.failures) AS BIGINT) AS failures FROM contact_hours h \
         WHERE h.call_center_id IN (SELECT cc.id FROM call_centers cc WHERE 1 = 1",
    );
    actor.within_center(&mut sql, "cc.id");
    sql.push(") AND h.user_id = ").bind(filter.user_id.unwrap_or(Uuid::nil()));
    if let Some(from) = filter.from {
        sql.push(" AND h.day >= ").bind(from.to_string());
    }
    if let Some(to) = filter.to {
        sql.push(" AND h.day <= ").bind(to.to_string());
    }
    if let Some(channel) = filter.channel {
        sql.push(" AND h.channel = ").bind(channel.as_str());
    }
    for (column, value) in [("h.weekday", filter.weekday), ("h.hour", filter.hour)] {
        if let Some(value) = value {
            sql.push(" AND ").push(column).push(" = ").bind(value);
        }
    }
    sql.push(" GROUP BY h.weekday, h.hour ORDER BY h.weekday, h.hour");
    let mut hours: Vec<Hour> = sql.all(conn).await?;
    for hour in &mut hours {
        match filter.status {
            Some(Status::Success) => hour.failures = 0,
            Some(Status::Failure) => hour.successes = 0,
            None => {}
        }
    }
    hours.retain(|hour| hour.attempts() > 0);
    Ok(hours)
}

/// The figures of one client, from their own attempts.
///
/// # Errors
/// The engine's.
pub async fn of_client(
    conn: &impl ConnectionTrait,
    actor: &Actor,
    client: Uuid,
) -> Result<Vec<Hour>> {
    let mut sql = Sql::new(
        "SELECT a.weekday, a.local_hour AS hour, \
         CAST(SUM(CASE WHEN a.status = 'succes' THEN 1 ELSE 0 END) AS BIGINT) AS successes, \
         CAST(SUM(CASE WHEN a.status = 'succes' THEN 0 ELSE 1 END) AS BIGINT) AS failures \
         FROM contact_attempts a WHERE a.undone_at IS NULL AND a.client_id = ",
    );
    sql.bind(client);
    queries::visible(actor, &mut sql);
    sql.push(" GROUP BY a.weekday, a.local_hour ORDER BY a.weekday, a.local_hour");
    Ok(sql.all(conn).await?)
}

/// When someone is best reached, and what says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BestTime {
    /// The day, 0 is Monday; `None` is any day.
    pub weekday: Option<i32>,
    /// From this hour…
    pub from: i32,
    /// … to that one.
    pub to: i32,
    /// How often they were reached then…
    pub successes: i64,
    /// … out of how many attempts.
    pub attempts: i64,
}

impl BestTime {
    /// The share that was reached, in percent.
    pub fn percent(&self) -> i64 {
        self.successes * 100 / self.attempts.max(1)
    }
}

/// The two hours in which someone was surest reached: of a weekday if it has three attempts there,
/// of any day if it has four. `None` until there are [`ENOUGH`] attempts and a success. Hours
/// outside `allowed` are never recommended.
///
/// "Surest" is the lower bound of Wilson's interval at one standard deviation: three out of three
/// says less than nine out of ten. <https://en.wikipedia.org/wiki/Binomial_proportion_confidence_interval>
pub fn best_time(hours: &[Hour], allowed: Option<&Hours>) -> Option<BestTime> {
    let may = |day: i32, hour: i32| allowed.is_none_or(|allowed| is_allowed(allowed, day, hour));
    let hours: Vec<Hour> = hours.iter().filter(|h| may(h.weekday, h.hour)).copied().collect();
    if hours.iter().map(Hour::attempts).sum::<i64>() < ENOUGH {
        return None;
    }
    let fits = |weekday: Option<i32>, from: i32| {
        let mut days = weekday.map_or(0..7, |day| day..day + 1);
        days.any(|day| (from..from + WINDOW).all(|hour| may(day, hour)))
    };
    let days = (0..7).map(|day| (Some(day), 3)).chain([(None, 4)]);
    let mut best: Option<(f64, BestTime)> = None;
    for (weekday, fewest) in days {
        for from in 0..=24 - WINDOW {
            if !fits(weekday, from) {
                continue;
            }
            let window = from..from + WINDOW;
            let within = hours
                .iter()
                .filter(|h| weekday.is_none_or(|day| day == h.weekday) && window.contains(&h.hour));
            let (mut successes, mut attempts, mut starts) = (0, 0, false);
            for hour in within {
                successes += hour.successes;
                attempts += hour.attempts();
                // A window opens with an attempt, or is as late as it can be.
                starts |= hour.hour == from || !fits(weekday, from + 1);
            }
            if attempts < fewest || successes == 0 || !starts {
                continue;
            }
            let found = BestTime { weekday, from, to: from + WINDOW, successes, attempts };
            let sure = lower_bound(successes, attempts);
            if best.as_ref().is_none_or(|(most, _)| sure > *most) {
                best = Some((sure, found));
            }
        }
    }
    best.map(|(_, found)| found)
}

/// Whether the whole hour is within a span of that day.
fn is_allowed(allowed: &Hours, weekday: i32, hour: i32) -> bool {
    let day = usize::try_from(weekday).ok().and_then(|index| DAYS.get(index));
    let spans = day.map_or(&[][..], |day| allowed.of(day));
    let start = format!("{hour:02}:00");
    // No time is written 24:00.
    let end = if hour == 23 { "23:59".to_owned() } else { format!("{:02}:00", hour + 1) };
    spans.iter().any(|(from, to)| *from <= start && end <= *to)
}

#[expect(clippy::cast_precision_loss, reason = "counts of one person's calls are small")]
fn lower_bound(successes: i64, attempts: i64) -> f64 {
    let (n, p) = (attempts as f64, successes as f64 / attempts as f64);
    (p + 0.5 / n - (p * (1.0 - p) / n + 0.25 / (n * n)).sqrt()) / (1.0 + 1.0 / n)
}

#[cfg(test)]
mod tests {
    use super::super::rules::CallingRules;
    use super::*;

    fn hour(weekday: i32, hour: i32, successes: i64, failures: i64) -> Hour {
        Hour { weekday, hour, successes, failures }
    }

    #[test]
    fn a_best_time_needs_enough_attempts_and_a_success() {
        assert_eq!(best_time(&[hour(1, 10, 4, 0)], None), None);
        assert_eq!(best_time(&[hour(1, 10, 0, 9)], None), None);
        let hours = [hour(1, 10, 3, 1), hour(1, 11, 2, 0), hour(4, 17, 0, 6)];
        let found = best_time(&hours, None).unwrap();
        assert_eq!((found.weekday, found.from, found.to), (Some(1), 10, 12));
        assert_eq!((found.successes, found.attempts, found.percent()), (5, 6, 83));
    }

    #[test]
    fn any_day_wins_where_days_say_less() {
        let found: Vec<Hour> = (0..5).map(|day| hour(day, 18, 1, 0)).collect();
        let found = best_time(&found, None).unwrap();
        assert_eq!((found.weekday, found.attempts), (None, 5));
    }

    #[test]
    fn hours_when_nobody_may_call_are_never_the_best() {
        let rules = CallingRules::default();
        let saturday = [hour(5, 10, 9, 0), hour(1, 12, 5, 0), hour(1, 13, 5, 0), hour(2, 15, 3, 2)];
        assert_eq!(best_time(&saturday, None).unwrap().weekday, Some(1));
        let found = best_time(&saturday, Some(&rules.hours)).unwrap();
        // Not Saturday; not 12–14 on Tuesday, half of which is lunch: 11–13 has those of noon.
        assert_eq!((found.weekday, found.from, found.attempts), (Some(1), 11, 5));
        assert_eq!(best_time(&[hour(5, 10, 9, 0)], Some(&rules.hours)), None);
    }

    #[test]
    fn an_instant_is_placed_in_its_own_zone() {
        let at = "2026-10-25T00:30:00Z".parse().unwrap();
        assert_eq!(place(at, "Europe/Paris"), ("2026-10-25".into(), 6, 2));
        assert_eq!(place(at, "America/Montreal"), ("2026-10-24".into(), 5, 20));
    }
}

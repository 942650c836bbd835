use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::sync::{Arc, Mutex, PoisonError};

use base::db::Sql;
use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;
use sea_orm::ConnectionTrait;
use tokio::sync::MutexGuard;

use super::condition::{Lead, push_all_by};
use super::filter::start_of_day;
use super::stats::{self, Stats};
use super::{Choices, ClientFilter};
use crate::actor::Actor;
use crate::error::Result;
use crate::events;
use crate::paging::{COUNT_LIMIT, Total};
use crate::search::{self, CLIENTS, FEW, Sample};

/// How long a count may be told again while no event happens.
const FRESH: TimeDelta = TimeDelta::minutes(1);

/// The same of what changes with the hour alone: alerts fall due.
const BRIEF: TimeDelta = TimeDelta::seconds(2);

/// Most counts kept; past it, all are forgotten.
const MOST: usize = 4_000;

/// How many keys may be counted for at once; see [`Counts::turn`].
const TURNS: usize = 16;

/// Counts already made, as long as nothing happened since: the same list is asked for again and
/// again by everyone who works in it.
#[derive(Debug, Default)]
pub struct Counts {
    kept: Mutex<HashMap<String, Kept>>,
    turns: [tokio::sync::Mutex<()>; TURNS],
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
        self.last(key, now).filter(|kept| kept.seq == seq).map(|kept| kept.value)
    }

    /// The last count, as of whatever event.
    fn last(&self, key: &str, now: DateTime<Utc>) -> Option<Kept> {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let found = kept.get(key)?;
        let age = now - found.at;
        (age >= TimeDelta::zero() && age < found.fresh).then(|| found.clone())
    }

    /// Waits until nobody counts what `key` says: of those who open the same list after an event,
    /// one counts and the others hear it.
    async fn turn(&self, key: &str) -> MutexGuard<'_, ()> {
        let mut hasher = DefaultHasher::new();
        key.hash(&mut hasher);
        let index = usize::try_from(hasher.finish() % TURNS as u64).unwrap_or(0);
        self.turns[index].lock().await
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
        let _turn = self.counts.turn(&key).await;
        if let Some(Value::Total(total)) = self.counts.kept(&key, seq, now) {
            return Ok(total);
        }
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
        if let Some(stats) = self.stats_at(&key, seq, now) {
            return Ok(stats);
        }
        let _turn = self.counts.turn(&key).await;
        if let Some(stats) = self.stats_at(&key, seq, now) {
            return Ok(stats);
        }
        if let Some(Kept { seq: last, value: Value::Stats(stats), at, fresh }) =
            self.counts.last(&key, now)
            && let Some(stats) = stats.followed(conn, actor, zone, (last, seq), now).await?
        {
            let value = Value::Stats(stats.clone());
            self.counts.keep(key, Kept { seq, at, fresh, value });
            return Ok(stats);
        }
        let (seq, stats) = stats::count(conn, actor, zone, now).await?;
        let value = Value::Stats(stats.clone());
        self.counts.keep(key, Kept { seq, at: now, fresh: FRESH, value });
        Ok(stats)
    }

    /// Figures already told, of that event or a later one.
    fn stats_at(&self, key: &str, seq: i64, now: DateTime<Utc>) -> Option<Stats> {
        match self.counts.last(key, now).filter(|kept| kept.seq >= seq)?.value {
            Value::Stats(stats) => Some(stats),
            _ => None,
        }
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

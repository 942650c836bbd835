//! One row per fact, written in the transaction of the change.
//!
//! The same row feeds history, journal, notifications, webhooks and live refresh. Rows are
//! numbered without gaps in the order they commit and chained by hash, so that `vigie audit
//! verify` finds an edit, a deletion, a swap or a cut end, and a live stream can resume from a
//! number.

pub mod catalog;
mod chain;
mod changes;
mod journal;
mod live;
mod queries;

use base::db::{Signal, Tx};
use base::ids::new_id;
use chrono::{DateTime, Utc};
use sea_orm::DbErr;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use uuid::Uuid;

use crate::actor::Actor;

pub use chain::{Verdict, verify};
pub(crate) use changes::changed_fields;
pub use journal::{Entry, JournalFilter, count, journal};
pub use live::{Fact, facts_after, topics};
pub use queries::{Event, after, head, last_writer, of_subject};

/// The channel of live signals.
pub const CHANNEL: &str = "live";

/// A fact about to be recorded.
#[derive(Clone, Debug)]
pub struct NewEvent {
    /// `noun.past_verb`, from PRODUCT.md "Events".
    pub kind: &'static str,
    /// The centre it happened in.
    pub call_center_id: Option<Uuid>,
    /// The noun: `client`, `alert`, `user`, …
    pub subject_kind: &'static str,
    /// Which one.
    pub subject_id: Uuid,
    /// The client it concerns, for their timeline.
    pub client_id: Option<Uuid>,
    /// What changed: `{"changes": {"field": [before, after]}}` and what the event's schema adds.
    pub data: Json,
}

/// What a live signal tells open pages.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LiveSignal {
    /// The number of the last event it stands for.
    pub seq: i64,
    /// Whose pages it concerns; `None` concerns super_admins only.
    #[serde(rename = "cc")]
    pub call_center_id: Option<Uuid>,
    /// What to refresh: `clients`, `client:UUID`, `alerts`, …
    #[serde(rename = "t")]
    pub topics: Vec<String>,
}

/// Records one event; returns its number.
///
/// # Errors
/// The engine's.
pub async fn record(
    tx: &Tx,
    actor: &Actor,
    event: NewEvent,
    now: DateTime<Utc>,
) -> Result<i64, DbErr> {
    record_many(tx, actor, vec![event], now).await
}

/// Records events in order; returns the number of the last. Do this last in a transaction: on
/// PostgreSQL it holds the chain until the commit.
///
/// # Errors
/// The engine's.
pub async fn record_many(
    tx: &Tx,
    actor: &Actor,
    events: Vec<NewEvent>,
    now: DateTime<Utc>,
) -> Result<i64, DbErr> {
    if events.is_empty() {
        return Ok(head(tx).await?.0);
    }
    let signals = live_signals(&events);
    let rows = events
        .into_iter()
        .map(|event| Event {
            seq: 0,
            id: new_id(now),
            at: now,
            kind: event.kind.to_owned(),
            actor_id: actor.user_id,
            call_center_id: event.call_center_id,
            subject_kind: event.subject_kind.to_owned(),
            subject_id: event.subject_id,
            client_id: event.client_id,
            data: event.data,
        })
        .collect();
    let seq = chain::append(tx, rows).await?;
    for (call_center_id, topics) in signals {
        let signal = LiveSignal { seq, call_center_id, topics };
        tx.signal(Signal::new(CHANNEL, serde_json::to_string(&signal).unwrap_or_default()));
    }
    Ok(seq)
}

/// Topics by centre.
fn live_signals(events: &[NewEvent]) -> Vec<(Option<Uuid>, Vec<String>)> {
    let mut centers: Vec<Option<Uuid>> = events.iter().map(|e| e.call_center_id).collect();
    centers.sort_unstable();
    centers.dedup();
    centers
        .into_iter()
        .map(|center| {
            let here = events.iter().filter(|e| e.call_center_id == center);
            (center, topics(here.map(|e| (e.subject_kind, e.client_id))))
        })
        .collect()
}

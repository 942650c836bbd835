//! Durable jobs: written in the caller's transaction, run at their time, at least once.
//!
//! A job is leased with a fencing token: a worker that froze past its lease finds its token
//! outdated and cannot overwrite what another did meanwhile. Handlers are idempotent and shallow:
//! they re-read the state and do nothing if the job is no longer true.

mod admin;
mod store;
mod worker;

use std::collections::BTreeMap;
use std::time::Duration;

use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::DbErr;
use serde::Serialize;
use serde_json::Value as Json;
use uuid::Uuid;

use crate::db::Tx;

pub use admin::{COUNTED, JobRow, KindSummary, prune, recent, retry, summary};
pub use store::{cancel, cancel_many, enqueue, enqueue_many, enqueue_once, keep};
pub use worker::Worker;

/// The channel of [`crate::db::Signal`]s that wake the workers.
pub const CHANNEL: &str = "jobs";

/// A job to be written.
#[derive(Clone, Debug)]
pub struct NewJob {
    /// Names the [`Handler`].
    pub kind: &'static str,
    /// What [`cancel`] finds it by; also groups jobs about one thing.
    pub key: Option<String>,
    /// The handler's own data: ids, never copies of what may change.
    pub payload: Json,
    /// When to run it; the past means now.
    pub run_at: DateTime<Utc>,
}

impl NewJob {
    /// A job of `kind` to run at `run_at`.
    ///
    /// # Panics
    /// Never: a payload that cannot be written as JSON becomes null.
    pub fn new(kind: &'static str, payload: impl Serialize, run_at: DateTime<Utc>) -> Self {
        let payload = serde_json::to_value(payload).unwrap_or(Json::Null);
        Self { kind, key: None, payload, run_at }
    }

    /// The same, found by `key`.
    #[must_use]
    pub fn keyed(mut self, key: impl Into<String>) -> Self {
        self.key = Some(key.into());
        self
    }
}

/// A leased job, as its handler sees it.
#[derive(Clone, Debug)]
pub struct Job {
    /// Its id, stable over retries.
    pub id: Uuid,
    /// Names the handler.
    pub kind: String,
    /// See [`NewJob::key`].
    pub key: Option<String>,
    /// See [`NewJob::payload`].
    pub payload: Json,
    /// When it was due.
    pub run_at: DateTime<Utc>,
    /// 1 at the first try.
    pub attempts: i32,
    /// The token of this lease.
    fence: i64,
}

impl Job {
    /// The payload as `T`.
    ///
    /// # Errors
    /// [`JobError::GiveUp`]: retrying cannot make it readable.
    pub fn read<T: serde::de::DeserializeOwned>(&self) -> Result<T, JobError> {
        serde_json::from_value(self.payload.clone()).map_err(|e| JobError::GiveUp(e.to_string()))
    }

    /// Marks the job done inside `tx`, together with the handler's own result. `false`: the lease
    /// was lost, and the transaction must be dropped, not committed.
    ///
    /// # Errors
    /// The engine's.
    pub async fn finish(&self, tx: &Tx, now: DateTime<Utc>) -> Result<bool, DbErr> {
        store::finish(tx, self, now).await
    }
}

/// How a run ended well.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Done; the worker marks it.
    Done,
    /// The handler already called [`Job::finish`] in its own transaction.
    Finished,
    /// Run the same job again at that instant; attempts start over.
    Again(DateTime<Utc>),
}

/// How a run failed. The texts are for administrators and carry no personal data.
#[derive(Debug, thiserror::Error)]
pub enum JobError {
    /// Try again later.
    #[error("{0}")]
    Retry(String),
    /// Trying again cannot help.
    #[error("{0}")]
    GiveUp(String),
}

impl From<DbErr> for JobError {
    fn from(error: DbErr) -> Self {
        Self::Retry(error.to_string())
    }
}

/// Does the work of one kind of job.
#[async_trait]
pub trait Handler: Send + Sync + 'static {
    /// Does it. Never holds a transaction while waiting on the network.
    ///
    /// # Errors
    /// [`JobError`]: retried with backoff, or given up.
    async fn run(&self, job: &Job) -> Result<Outcome, JobError>;

    /// Called in the transaction that gives the job up, so that people can be told.
    ///
    /// # Errors
    /// The engine's; the job is then tried once more instead.
    async fn gave_up(&self, _tx: &Tx, _job: &Job, _error: &str) -> Result<(), DbErr> {
        Ok(())
    }

    /// How many may run at once on this node.
    fn concurrency(&self) -> usize {
        4
    }

    /// How long a run may take before it is broken off and another worker may take over. A worker
    /// that dies is noticed within a minute, however long this is.
    fn lease(&self) -> Duration {
        Duration::from_secs(60)
    }

    /// Tries before giving up.
    fn max_attempts(&self) -> i32 {
        10
    }

    /// The wait before try `attempt + 1`, before jitter: 15 s doubling up to an hour.
    fn backoff(&self, attempt: i32) -> TimeDelta {
        let doublings = u32::try_from(attempt.saturating_sub(1)).unwrap_or(0).min(8);
        TimeDelta::seconds(15 * (1_i64 << doublings)).min(TimeDelta::hours(1))
    }
}

/// Handlers by kind.
pub type Handlers = BTreeMap<&'static str, std::sync::Arc<dyn Handler>>;

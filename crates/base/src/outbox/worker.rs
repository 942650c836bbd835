use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use rand::Rng as _;
use sea_orm::DbErr;
use tokio::sync::{Notify, Semaphore, broadcast};
use tokio_util::sync::CancellationToken;
use tokio_util::task::{AbortOnDropHandle, TaskTracker};

use super::{Handler, Handlers, Job, JobError, Outcome, store};
use crate::clock::Clock;
use crate::db::Db;

/// The net under the signals: how long a missed one can delay a job.
const SLOW_POLL: Duration = Duration::from_secs(5);

/// How long the jobs of a worker that died wait for another, however long they may run.
const ALIVE: Duration = Duration::from_secs(60);

/// How often a worker says that it is alive.
const BEAT: TimeDelta = TimeDelta::seconds(15);

/// Runs due jobs until told to stop. Each kind has its own places, so that a flood of one cannot
/// starve another.
pub struct Worker {
    db: Db,
    clock: Clock,
    kinds: BTreeMap<&'static str, Kind>,
    /// A place became free.
    freed: Arc<Notify>,
    tasks: TaskTracker,
}

struct Kind {
    handler: Arc<dyn Handler>,
    places: Arc<Semaphore>,
}

impl Worker {
    /// A worker for these kinds.
    pub fn new(db: Db, clock: Clock, handlers: Handlers) -> Self {
        let kinds = handlers
            .into_iter()
            .map(|(name, handler)| {
                let places = Arc::new(Semaphore::new(handler.concurrency()));
                (name, Kind { handler, places })
            })
            .collect();
        Self { db, clock, kinds, freed: Arc::default(), tasks: TaskTracker::new() }
    }

    /// Works until `stop`; then lets the jobs under way finish.
    pub async fn run(self, stop: CancellationToken) {
        let mut signals = self.db.signals();
        while !stop.is_cancelled() {
            let next = match self.start_due().await {
                Ok((0, next)) => next,
                // There may be more, now or later.
                Ok(_) => continue,
                Err(error) => {
                    tracing::error!(%error, "the queue cannot be read");
                    None
                }
            };
            let now = self.clock.now();
            let until = next.unwrap_or(now + TimeDelta::hours(1));
            if until <= now {
                // Became due since we looked, or another worker is taking it this instant.
                tokio::time::sleep(Duration::from_millis(5)).await;
                continue;
            }
            tokio::select! {
                () = stop.cancelled() => {}
                () = self.clock.sleep_until(until) => {}
                () = self.freed.notified() => {}
                () = tokio::time::sleep(SLOW_POLL) => {}
                () = woken(&mut signals) => {}
            }
        }
        self.tasks.close();
        self.tasks.wait().await;
    }

    /// Runs everything that is due now, one round after another, and returns how many jobs ran:
    /// for tests and for `vigie work --once`.
    ///
    /// # Errors
    /// The engine's.
    pub async fn drain(&self) -> Result<usize, DbErr> {
        let mut ran = 0;
        let all: Vec<&str> = self.kinds.keys().copied().collect();
        loop {
            let now = self.clock.now();
            let mut round = 0;
            for name in self.look(&all, now).await?.due(now) {
                let Some(kind) = self.kinds.get(name) else { continue };
                let lease = kind.handler.lease();
                let jobs = store::claim(&self.db, name, 64, lease, now).await?;
                round += jobs.len();
                for job in jobs {
                    run_one(&self.db, &self.clock, &*kind.handler, job).await;
                }
            }
            if round == 0 {
                return Ok(ran);
            }
            ran += round;
        }
    }

    /// Starts what is due while there are places; returns how many jobs that were, and when
    /// something is next to be done.
    async fn start_due(&self) -> Result<(usize, Option<DateTime<Utc>>), DbErr> {
        let now = self.clock.now();
        // Of a kind without a free place, its own end will wake us.
        let free = self.kinds.iter().filter(|(_, kind)| kind.places.available_permits() > 0);
        let free: Vec<&str> = free.map(|(name, _)| *name).collect();
        let soonest = self.look(&free, now).await?;
        let mut started = 0;
        for name in soonest.due(now) {
            let Some(kind) = self.kinds.get(name) else { continue };
            let places = kind.places.available_permits();
            let lease = kind.handler.lease().min(ALIVE);
            let jobs = store::claim(&self.db, name, places, lease, now).await?;
            started += jobs.len();
            for job in jobs {
                self.start(kind, job).await;
            }
        }
        Ok((started, soonest.at()))
    }

    /// What the queue asks for next, once what dead workers held is available again.
    async fn look(&self, kinds: &[&str], now: DateTime<Utc>) -> Result<store::Soonest, DbErr> {
        let soonest = store::look(&self.db, kinds).await?;
        if soonest.lease.is_none_or(|lease| lease > now) {
            return Ok(soonest);
        }
        store::reclaim(&self.db, now).await?;
        store::look(&self.db, kinds).await
    }

    async fn start(&self, kind: &Kind, job: Job) {
        // Never waits: only as many jobs are claimed as there are places.
        let Ok(place) = kind.places.clone().acquire_owned().await else { return };
        let (db, clock) = (self.db.clone(), self.clock.clone());
        let (handler, freed) = (kind.handler.clone(), self.freed.clone());
        self.tasks.spawn(async move {
            run_one(&db, &clock, &*handler, job).await;
            drop(place);
            freed.notify_one();
        });
    }
}

/// Returns at the next signal that concerns the queue.
async fn woken(signals: &mut broadcast::Receiver<crate::db::Signal>) {
    loop {
        match signals.recv().await {
            Ok(signal) if signal.channel == super::CHANNEL || signal.channel == "reset" => return,
            Ok(_) => {}
            Err(broadcast::error::RecvError::Lagged(_)) => return,
            Err(broadcast::error::RecvError::Closed) => std::future::pending().await,
        }
    }
}

/// Runs one leased job and writes down how it ended.
async fn run_one(db: &Db, clock: &Clock, handler: &dyn Handler, job: Job) {
    let started = std::time::Instant::now();
    let lease = handler.lease();
    // By itself: a handler that computes leaves its own task no time.
    let beating = beat(db.clone(), clock.clone(), job.clone(), clock.now());
    let beating = AbortOnDropHandle::new(tokio::spawn(beating));
    let result = match tokio::time::timeout(lease, handler.run(&job)).await {
        Ok(result) => result,
        Err(_) => Err(JobError::Retry("took longer than its lease".into())),
    };
    drop(beating);
    let outcome = if result.is_ok() { "ok" } else { "error" };
    metrics::histogram!("vigie_job_seconds", "kind" => job.kind.clone(), "outcome" => outcome)
        .record(started.elapsed().as_secs_f64());
    if let Err(error) = settle(db, clock, handler, &job, result).await {
        // The lease runs out and the job is run again: at least once.
        tracing::error!(job = %job.id, kind = job.kind, %error, "a job's end was not written");
    }
}

/// Prolongs the lease of `job`, begun at `at`, until it is lost or this is dropped.
async fn beat(db: Db, clock: Clock, job: Job, mut at: DateTime<Utc>) {
    loop {
        clock.sleep_until(at + BEAT).await;
        at = clock.now();
        match store::prolong(&db, &job, ALIVE, at).await {
            Ok(true) => {}
            Ok(false) => return,
            Err(error) => tracing::warn!(job = %job.id, %error, "a lease was not prolonged"),
        }
    }
}

async fn settle(
    db: &Db,
    clock: &Clock,
    handler: &dyn Handler,
    job: &Job,
    result: Result<Outcome, JobError>,
) -> Result<(), DbErr> {
    let now = clock.now();
    let (error, retry) = match result {
        Ok(Outcome::Finished) => return Ok(()),
        Ok(Outcome::Done) => return write(db, job, "done", None, None, now).await.map(drop),
        Ok(Outcome::Again(at)) => {
            return write(db, job, "ready", Some((at, 0)), None, now).await.map(drop);
        }
        Err(JobError::Retry(text)) => (text, job.attempts < handler.max_attempts()),
        Err(JobError::GiveUp(text)) => (text, false),
    };
    tracing::warn!(job = %job.id, kind = job.kind, attempt = job.attempts, error, retry, "a job failed");
    if retry {
        let wait = jittered(handler.backoff(job.attempts));
        write(db, job, "ready", Some((now + wait, job.attempts)), Some(&error), now).await?;
        return Ok(());
    }
    let tx = db.begin().await?;
    if store::settle(&tx, job, "dead", None, Some(&error), now).await? {
        handler.gave_up(&tx, job, &error).await?;
        tx.commit().await?;
    }
    Ok(())
}

async fn write(
    db: &Db,
    job: &Job,
    state: &str,
    run_at: Option<(DateTime<Utc>, i32)>,
    error: Option<&str>,
    now: DateTime<Utc>,
) -> Result<bool, DbErr> {
    let tx = db.begin().await?;
    let mine = store::settle(&tx, job, state, run_at, error, now).await?;
    tx.commit().await?;
    Ok(mine)
}

/// Spreads retries over ±20 %, so that what failed together does not return together.
fn jittered(wait: TimeDelta) -> TimeDelta {
    let factor = rand::rng().random_range(0.8..1.2);
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        reason = "at most an hour"
    )]
    TimeDelta::milliseconds((wait.num_milliseconds() as f64 * factor) as i64)
}

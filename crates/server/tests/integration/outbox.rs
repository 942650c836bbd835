//! Jobs: at their time, at least once, never by a worker whose lease is gone.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use base::outbox::{self, Handler, Handlers, Job, JobError, NewJob, Outcome, Worker};
use chrono::TimeDelta;
use domain::settings;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use crate::support::TestApp;

both_engines!(
    a_job_runs_at_its_time_and_not_before,
    a_cancelled_job_never_runs,
    a_job_asked_for_once_waits_once,
    a_failing_job_is_retried_then_given_up_and_can_be_retried_by_hand,
    a_frozen_worker_cannot_overwrite_what_another_did,
    a_long_job_keeps_its_lease_while_its_worker_lives_and_no_longer_than_a_minute,
    a_running_worker_starts_a_job_as_soon_as_it_is_committed,
    a_rolled_back_job_does_not_exist,
    a_worker_told_to_stop_leaves_the_rest_of_a_flood,
    two_workers_share_the_jobs_without_doing_one_twice,
);

/// Counts its runs; fails the first `failures` of them.
struct Counted {
    runs: Arc<AtomicUsize>,
    failures: usize,
    ran: Arc<Notify>,
}

#[async_trait]
impl Handler for Counted {
    async fn run(&self, _: &Job) -> Result<Outcome, JobError> {
        let run = self.runs.fetch_add(1, Ordering::SeqCst);
        self.ran.notify_one();
        if run < self.failures { Err(JobError::Retry("not yet".into())) } else { Ok(Outcome::Done) }
    }

    fn max_attempts(&self) -> i32 {
        3
    }
}

fn worker(app: &TestApp, failures: usize) -> (Worker, Arc<AtomicUsize>, Arc<Notify>) {
    let (runs, ran) = (Arc::new(AtomicUsize::new(0)), Arc::new(Notify::new()));
    let handler = Counted { runs: runs.clone(), failures, ran: ran.clone() };
    let handlers = Handlers::from([("count", Arc::new(handler) as Arc<dyn Handler>)]);
    (Worker::new(app.db.clone(), app.clock.clone(), handlers), runs, ran)
}

async fn enqueue(app: &TestApp, after: TimeDelta, count: usize) {
    let tx = app.db.begin().await.unwrap();
    let at = app.clock.now() + after;
    let jobs = (0..count).map(|n| NewJob::new("count", n, at).keyed("some-key")).collect();
    outbox::enqueue_many(&tx, jobs, app.clock.now()).await.unwrap();
    tx.commit().await.unwrap();
}

async fn a_job_runs_at_its_time_and_not_before(app: TestApp) {
    let (worker, runs, _) = worker(&app, 0);
    enqueue(&app, TimeDelta::minutes(5), 1).await;
    app.clock.advance(TimeDelta::seconds(299));
    assert_eq!(worker.drain().await.unwrap(), 0);
    app.clock.advance(TimeDelta::seconds(1));
    assert_eq!(worker.drain().await.unwrap(), 1);
    assert_eq!(worker.drain().await.unwrap(), 0);
    assert_eq!(runs.load(Ordering::SeqCst), 1);
}

async fn once(app: &TestApp, after: TimeDelta) {
    let tx = app.db.begin().await.unwrap();
    let job = NewJob::new("count", 0, app.clock.now() + after).keyed("once");
    outbox::enqueue_once(&tx, job, app.clock.now()).await.unwrap();
    tx.commit().await.unwrap();
}

async fn a_job_asked_for_once_waits_once(app: TestApp) {
    let (worker, runs, _) = worker(&app, 0);
    once(&app, TimeDelta::minutes(5)).await;
    // One that waits for later does not do for now.
    once(&app, TimeDelta::zero()).await;
    once(&app, TimeDelta::zero()).await;
    assert_eq!(worker.drain().await.unwrap(), 1);
    // Nor does one that was done already.
    once(&app, TimeDelta::zero()).await;
    assert_eq!(worker.drain().await.unwrap(), 1);
    app.clock.advance(TimeDelta::minutes(5));
    assert_eq!(worker.drain().await.unwrap(), 1);
    assert_eq!(runs.load(Ordering::SeqCst), 3);
}

async fn a_worker_told_to_stop_leaves_the_rest_of_a_flood(app: TestApp) {
    let (worker, runs, ran) = worker(&app, 0);
    enqueue(&app, TimeDelta::zero(), 500).await;
    let stop = CancellationToken::new();
    let working = tokio::spawn(worker.run(stop.clone()));
    ran.notified().await;
    stop.cancel();
    working.await.unwrap();
    assert!(runs.load(Ordering::SeqCst) < 500, "those under way are done, no others begun");
}

async fn a_cancelled_job_never_runs(app: TestApp) {
    let (worker, runs, _) = worker(&app, 0);
    enqueue(&app, TimeDelta::minutes(1), 2).await;
    let tx = app.db.begin().await.unwrap();
    assert_eq!(outbox::cancel(&tx, "some-key", app.clock.now()).await.unwrap(), 2);
    tx.commit().await.unwrap();
    app.clock.advance(TimeDelta::hours(1));
    worker.drain().await.unwrap();
    assert_eq!(runs.load(Ordering::SeqCst), 0);
}

async fn a_failing_job_is_retried_then_given_up_and_can_be_retried_by_hand(app: TestApp) {
    let (worker, runs, _) = worker(&app, 3);
    enqueue(&app, TimeDelta::zero(), 1).await;
    for expected in 1..=3 {
        assert_eq!(worker.drain().await.unwrap(), 1);
        assert_eq!(runs.load(Ordering::SeqCst), expected);
        // Backed off: not before its wait is over.
        assert_eq!(worker.drain().await.unwrap(), 0);
        app.clock.advance(TimeDelta::minutes(10));
    }
    assert_eq!(worker.drain().await.unwrap(), 0, "given up after three tries");
    let failed = outbox::recent(app.db.read(), 10).await.unwrap();
    assert_eq!(
        (failed[0].state.as_str(), failed[0].last_error.as_deref()),
        ("dead", Some("not yet"))
    );
    let tx = app.db.begin().await.unwrap();
    assert!(outbox::retry(&tx, failed[0].id, app.clock.now()).await.unwrap());
    tx.commit().await.unwrap();
    assert_eq!(worker.drain().await.unwrap(), 1);
    let summary = outbox::summary(app.db.read(), app.clock.now()).await.unwrap();
    let count = summary.iter().find(|s| s.kind == "count").unwrap();
    assert_eq!((count.dead, count.ready, count.late), (0, 0, 0));
}

/// Freezes past its lease, then tries to write its result.
struct Frozen {
    db: base::db::Db,
    entered: Arc<Notify>,
    thaw: Arc<Notify>,
    late_write: Arc<AtomicUsize>,
}

#[async_trait]
impl Handler for Frozen {
    async fn run(&self, job: &Job) -> Result<Outcome, JobError> {
        if job.attempts > 1 {
            return Ok(Outcome::Done);
        }
        self.entered.notify_one();
        self.thaw.notified().await;
        let tx = self.db.begin().await?;
        settings::put(&tx, "written-by-the-frozen", "1").await?;
        if job.finish(&tx, job.run_at).await? {
            tx.commit().await?;
            self.late_write.fetch_add(1, Ordering::SeqCst);
        }
        Ok(Outcome::Finished)
    }
}

async fn a_frozen_worker_cannot_overwrite_what_another_did(app: TestApp) {
    let frozen = Arc::new(Frozen {
        db: app.db.clone(),
        entered: Arc::default(),
        thaw: Arc::default(),
        late_write: Arc::default(),
    });
    let handlers = || Handlers::from([("count", frozen.clone() as Arc<dyn Handler>)]);
    let worker = || Worker::new(app.db.clone(), app.clock.clone(), handlers());
    enqueue(&app, TimeDelta::zero(), 1).await;
    let first = tokio::spawn({
        let worker = worker();
        async move { worker.drain().await.unwrap() }
    });
    frozen.entered.notified().await;
    app.clock.advance(TimeDelta::minutes(5));
    assert_eq!(worker().drain().await.unwrap(), 1, "the lease ran out: another took over");
    frozen.thaw.notify_one();
    first.await.unwrap();
    assert_eq!(frozen.late_write.load(Ordering::SeqCst), 0);
    assert!(settings::get(app.db.read(), "written-by-the-frozen").await.unwrap().is_none());
}

async fn a_running_worker_starts_a_job_as_soon_as_it_is_committed(app: TestApp) {
    let (worker, _, ran) = worker(&app, 0);
    let stop = CancellationToken::new();
    let running = tokio::spawn(worker.run(stop.clone()));
    enqueue(&app, TimeDelta::minutes(1), 1).await;
    app.clock.advance(TimeDelta::minutes(1));
    // Well under the slow poll of five seconds: the signal and the clock woke it.
    tokio::time::timeout(Duration::from_secs(4), ran.notified()).await.unwrap();
    stop.cancel();
    running.await.unwrap();
}

async fn a_rolled_back_job_does_not_exist(app: TestApp) {
    let (worker, runs, _) = worker(&app, 0);
    let tx = app.db.begin().await.unwrap();
    outbox::enqueue(&tx, NewJob::new("count", 1, app.clock.now()), app.clock.now()).await.unwrap();
    drop(tx);
    worker.drain().await.unwrap();
    assert_eq!(runs.load(Ordering::SeqCst), 0);
}

async fn two_workers_share_the_jobs_without_doing_one_twice(app: TestApp) {
    let (first, first_runs, _) = worker(&app, 0);
    let (second, second_runs, _) = worker(&app, 0);
    enqueue(&app, TimeDelta::zero(), 500).await;
    let (a, b) = tokio::join!(first.drain(), second.drain());
    assert_eq!(a.unwrap() + b.unwrap(), 500);
    assert_eq!(first_runs.load(Ordering::SeqCst) + second_runs.load(Ordering::SeqCst), 500);
}

/// May take ten minutes.
struct Long {
    entered: Arc<Notify>,
    thaw: Arc<Notify>,
}

#[async_trait]
impl Handler for Long {
    async fn run(&self, _: &Job) -> Result<Outcome, JobError> {
        self.entered.notify_one();
        self.thaw.notified().await;
        Ok(Outcome::Done)
    }

    fn lease(&self) -> Duration {
        Duration::from_secs(600)
    }
}

async fn a_long_job_keeps_its_lease_while_its_worker_lives_and_no_longer_than_a_minute(
    app: TestApp,
) {
    let (entered, thaw) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let long = Arc::new(Long { entered: entered.clone(), thaw: thaw.clone() });
    let handlers = Handlers::from([("count", long as Arc<dyn Handler>)]);
    let worker = || Worker::new(app.db.clone(), app.clock.clone(), handlers.clone());
    enqueue(&app, TimeDelta::zero(), 1).await;
    let stop = CancellationToken::new();
    let running = tokio::spawn(worker().run(stop.clone()));
    entered.notified().await;
    let left = async || {
        let sql = base::db::Sql::new("SELECT lease_until FROM jobs WHERE state = 'running'");
        let until: chrono::DateTime<chrono::Utc> =
            sql.scalar(app.db.read()).await.unwrap().unwrap();
        until - app.clock.now()
    };
    // Dead now, it would be taken over in a minute, not in ten.
    assert!(left().await <= TimeDelta::seconds(60), "{}", left().await);
    for _ in 0..4 {
        app.clock.advance(TimeDelta::seconds(40));
        let prolonged = async {
            while left().await < TimeDelta::seconds(50) {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(Duration::from_secs(10), prolonged).await.unwrap();
    }
    assert_eq!(worker().drain().await.unwrap(), 0, "it still runs");
    thaw.notify_one();
    stop.cancel();
    running.await.unwrap();
    assert_eq!(worker().drain().await.unwrap(), 0, "it is done");
}

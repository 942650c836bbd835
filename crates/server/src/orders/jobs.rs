use std::sync::Arc;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use base::outbox::{Handler, Handlers, Job, JobError, Outcome};
use chrono::TimeDelta;
use domain::operations;
use domain::orders;
use domain::orders::examine::{self, Changed, Waiting};

use crate::app::App;

/// How long one run works before it gives its place to others: well inside the lease.
const SLICE: Duration = Duration::from_secs(15);

/// This feature's handlers.
pub(super) fn handlers(app: &App) -> Handlers {
    let mut handlers = Handlers::new();
    handlers.insert(examine::LINK_JOB, Arc::new(Link(app.clone())));
    handlers.insert(examine::CLIENTS_JOB, Arc::new(Clients(app.clone())));
    handlers.insert(orders::PIECES_JOB, Arc::new(Pieces(app.clone())));
    handlers
}

/// Links the orders of a centre that wait for it.
struct Link(App);

#[async_trait]
impl Handler for Link {
    async fn run(&self, job: &Job) -> Result<Outcome, JobError> {
        let Waiting { center } = job.read()?;
        let until = Instant::now() + SLICE;
        while Instant::now() < until {
            let more = examine::link_waiting(self.0.db(), center, self.0.now()).await;
            if !more.map_err(|error| JobError::Retry(error.to_string()))? {
                return Ok(Outcome::Done);
            }
        }
        Ok(Outcome::Again(self.0.now()))
    }

    fn concurrency(&self) -> usize {
        1
    }

    /// Reading a million clients takes its time.
    fn lease(&self) -> Duration {
        Duration::from_secs(600)
    }
}

/// Files new clients and finds the orders they concern.
struct Clients(App);

#[async_trait]
impl Handler for Clients {
    async fn run(&self, job: &Job) -> Result<Outcome, JobError> {
        let changed: Changed = job.read()?;
        let (db, now) = (self.0.db(), self.0.now());
        let is_importing = operations::is_importing_clients(db.read(), changed.center, now).await;
        if is_importing.map_err(|error| JobError::Retry(error.to_string()))? {
            return Ok(Outcome::Again(now + TimeDelta::seconds(3)));
        }
        let mut left = Some(changed);
        while let Some(part) = left {
            let done = examine::changed_clients(self.0.db(), part, self.0.now()).await;
            left = done.map_err(|error| JobError::Retry(error.to_string()))?;
        }
        Ok(Outcome::Done)
    }

    fn concurrency(&self) -> usize {
        1
    }

    fn lease(&self) -> Duration {
        Duration::from_secs(300)
    }
}

/// Indexes the orders that are older than the index: once, after an upgrade.
struct Pieces(App);

#[async_trait]
impl Handler for Pieces {
    async fn run(&self, _: &Job) -> Result<Outcome, JobError> {
        let mut after = 0;
        while let Some(last) = orders::file_pieces(self.0.db(), after).await? {
            after = last;
        }
        Ok(Outcome::Done)
    }

    fn lease(&self) -> Duration {
        Duration::from_secs(3_600)
    }
}

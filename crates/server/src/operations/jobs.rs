use std::sync::Arc;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use base::db::Tx;
use base::outbox::{Handler, Handlers, Job, JobError, Outcome};
use chrono::TimeDelta;
use domain::Error;
use domain::operations::{self, Payload, Progress, imports};
use sea_orm::DbErr;

use super::uploads;
use crate::app::App;

/// How long one run works before it gives its place to others: well inside the lease.
const SLICE: Duration = Duration::from_secs(15);

/// This feature's handlers.
pub fn handlers(app: &App) -> Handlers {
    let mut handlers = Handlers::new();
    handlers.insert(operations::JOB, Arc::new(Operations(app.clone())));
    handlers.insert(imports::CLEANUP_JOB, Arc::new(Cleanup(app.clone())));
    handlers
}

/// Does operations, batch after batch.
struct Operations(App);

#[async_trait]
impl Handler for Operations {
    async fn run(&self, job: &Job) -> Result<Outcome, JobError> {
        let Payload { operation: id } = job.read()?;
        match self.slice(id).await {
            Ok(Progress::Over) => Ok(Outcome::Done),
            Ok(Progress::More) => Ok(Outcome::Again(self.0.now())),
            // A row changed under the batch, or another worker did it: look again at once.
            Err(Error::Conflict("operation-moved")) => Ok(Outcome::Again(self.0.now())),
            Err(error) => Err(JobError::Retry(error.to_string())),
        }
    }

    async fn gave_up(&self, tx: &Tx, job: &Job, _: &str) -> Result<(), DbErr> {
        let Ok(Payload { operation: id }) = job.read() else { return Ok(()) };
        let failed = operations::fail(tx, id, "gave-up", self.0.now()).await;
        failed.map_err(|error| DbErr::Custom(error.to_string()))
    }

    fn concurrency(&self) -> usize {
        2
    }

    fn backoff(&self, attempt: i32) -> TimeDelta {
        TimeDelta::seconds(5 * i64::from(attempt.clamp(1, 12)))
    }
}

impl Operations {
    async fn slice(&self, id: uuid::Uuid) -> Result<Progress, Error> {
        let app = &self.0;
        let until = Instant::now() + SLICE;
        let system = domain::Actor::system();
        let operation = match operations::get(app.db().read(), &system, id).await {
            Ok(operation) => operation,
            Err(Error::NotFound) => return Ok(Progress::Over),
            Err(error) => return Err(error),
        };
        if imports::Subject::of(operation.kind).is_none() {
            while Instant::now() < until {
                if operations::step(app.db(), id, app.now()).await? == Progress::Over {
                    return Ok(Progress::Over);
                }
            }
            return Ok(Progress::More);
        }
        let folder = uploads::folder(app);
        let progress = imports::run(app.db(), id, &folder, app.clock(), until).await?;
        if progress == Progress::Over && !operation.is_dry_run() {
            uploads::delete(app, &imports::params_of(&operation)?.file).await;
        }
        Ok(progress)
    }
}

/// Deletes an uploaded file nobody imported.
struct Cleanup(App);

#[async_trait]
impl Handler for Cleanup {
    async fn run(&self, job: &Job) -> Result<Outcome, JobError> {
        let imports::Cleanup { file } = job.read()?;
        if imports::is_in_use(self.0.db().read(), &file).await? {
            return Ok(Outcome::Again(self.0.now() + TimeDelta::hours(1)));
        }
        uploads::delete(&self.0, &file).await;
        Ok(Outcome::Done)
    }
}

use std::sync::Arc;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use base::outbox::{Handler, Handlers, Job, JobError, Outcome};
use domain::duplicates;

use crate::app::App;

/// How long one run works before it gives its place to others: well inside the lease.
const SLICE: Duration = Duration::from_secs(15);

pub(super) fn handlers(app: &App) -> Handlers {
    let mut handlers = Handlers::new();
    handlers.insert(duplicates::JOB, Arc::new(FindDuplicates(app.clone())) as Arc<dyn Handler>);
    handlers
}

/// Looks every night at the clients who changed.
struct FindDuplicates(App);

#[async_trait]
impl Handler for FindDuplicates {
    async fn run(&self, _: &Job) -> Result<Outcome, JobError> {
        let until = Instant::now() + SLICE;
        let app = &self.0;
        while Instant::now() < until {
            let more = duplicates::scan(app.db(), app.now()).await;
            if !more.map_err(|error| JobError::Retry(error.to_string()))? {
                return Ok(Outcome::Again(duplicates::next_night(app.now())));
            }
        }
        Ok(Outcome::Again(app.now()))
    }

    fn concurrency(&self) -> usize {
        1
    }

    fn max_attempts(&self) -> i32 {
        i32::MAX
    }
}

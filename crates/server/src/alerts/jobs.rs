use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use base::db::Tx;
use base::outbox::{Handler, Handlers, Job, JobError, Outcome};
use domain::alerts::{self, DUE_JOB, DueJob, LetterJob, MAIL_JOB, TEXTS_JOB};
use sea_orm::DbErr;

use super::mail;
use crate::app::App;

pub(super) fn handlers(app: &App) -> Handlers {
    let mut handlers = Handlers::new();
    handlers.insert(DUE_JOB, Arc::new(FallDue(app.clone())) as Arc<dyn Handler>);
    handlers.insert(MAIL_JOB, Arc::new(SendLetter(app.clone())) as Arc<dyn Handler>);
    handlers.insert(TEXTS_JOB, Arc::new(Texts(app.clone())) as Arc<dyn Handler>);
    handlers
}

/// An alert's time has come: announces it, and whatever else fell due, and hands their notices to
/// mails. All of it in one transaction: nothing here waits on the network.
struct FallDue(App);

#[async_trait]
impl Handler for FallDue {
    async fn run(&self, job: &Job) -> Result<Outcome, JobError> {
        let due: DueJob = job.read()?;
        if !alerts::is_waiting(self.0.db().read(), &due).await? {
            return Ok(Outcome::Done);
        }
        let now = self.0.now();
        let tx = self.0.db().begin().await?;
        // The job ends first: recording events holds the chain and comes last.
        if job.finish(&tx, now).await? {
            alerts::fall_due(&tx, now).await?;
            tx.commit().await?;
        }
        Ok(Outcome::Finished)
    }

    /// After days of standstill one transaction may hold thousands.
    fn lease(&self) -> Duration {
        Duration::from_secs(300)
    }

    /// Nothing outside can refuse this: a database that is away comes back.
    fn max_attempts(&self) -> i32 {
        i32::MAX
    }
}

/// Sends one mail, outside any transaction, then marks its notices sent.
struct SendLetter(App);

#[async_trait]
impl Handler for SendLetter {
    async fn run(&self, job: &Job) -> Result<Outcome, JobError> {
        let app = &self.0;
        let letter: LetterJob = job.read()?;
        let Some(letter) = alerts::begin_try(app.db(), letter, app.now()).await.map_err(retry)?
        else {
            return Ok(Outcome::Done);
        };
        let message = mail::write(app, &letter)?;
        let center = letter.items.first().map(|item| item.call_center_id);
        if let Err(error) = crate::mail::deliver(app, &message, center).await {
            let nothing_left = error.nothing_left();
            let error = crate::mail::job_error(error);
            let (JobError::Retry(reason) | JobError::GiveUp(reason)) = &error;
            alerts::note_refusal(app.db(), &letter, reason, nothing_left).await.map_err(retry)?;
            return Err(error);
        }
        let now = app.now();
        let tx = app.db().begin().await?;
        // A lease lost while the mail left: whoever holds it now sends again, under the same
        // Message-ID, and says so.
        if job.finish(&tx, now).await? {
            alerts::mark_sent(&tx, &letter, now).await?;
            tx.commit().await?;
        }
        Ok(Outcome::Finished)
    }

    async fn gave_up(&self, tx: &Tx, job: &Job, error: &str) -> Result<(), DbErr> {
        match job.read::<LetterJob>() {
            Ok(letter) => alerts::give_up(tx, letter, error, self.0.now()).await,
            Err(_) => Ok(()),
        }
    }

    fn lease(&self) -> Duration {
        crate::mail::LEASE
    }

    /// Close to a day, with the pauses between: a mail server that is away overnight comes back.
    fn max_attempts(&self) -> i32 {
        30
    }

    fn concurrency(&self) -> usize {
        8
    }
}

fn retry(error: domain::Error) -> JobError {
    JobError::Retry(error.to_string())
}

/// Files what alerts say that are older than its index: once, after an upgrade.
struct Texts(App);

#[async_trait]
impl Handler for Texts {
    async fn run(&self, _: &Job) -> Result<Outcome, JobError> {
        while alerts::file_texts(self.0.db()).await? {}
        Ok(Outcome::Done)
    }

    fn lease(&self) -> Duration {
        Duration::from_secs(3_600)
    }
}

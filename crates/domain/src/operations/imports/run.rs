//! The work of an import: reading ahead, batch after batch, from where it stopped.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::time::Instant;

use base::clock::Clock;
use base::db::Db;
use base::sheet::{Row, RowError, SheetReader};
use tokio::sync::mpsc;
use uuid::Uuid;

use super::{Params, Subject, apply, lines, orders, params_of};
use crate::actor::Actor;
use crate::error::{Error, Result};
use crate::operations::step::{self, Batch};
use crate::operations::{self, Operation, Progress, queries};

/// Lines per transaction.
const BATCH: usize = 2_000;

/// What an import makes grow, and looks into for each batch.
const GROWING: [&str; 7] = [
    "clients",
    "client_emails",
    "client_phones",
    "client_grams",
    "client_keys",
    "orders",
    "order_grams",
];

/// Imports batch after batch until done or `until`, from where it stopped the last time.
///
/// # Errors
/// [`Error::Conflict`] when another worker does it, the engine's: try again.
pub async fn run(
    db: &Db,
    id: Uuid,
    folder: &Path,
    clock: &Clock,
    until: Instant,
) -> Result<Progress> {
    let tx = db.begin().await?;
    let opened = step::open(&tx, id, clock.now()).await?;
    tx.commit().await?;
    let Some((mut operation, actor)) = opened else { return Ok(Progress::Over) };
    let params = params_of(&operation)?;
    let path = folder.join(&params.file);
    if !path.is_file() {
        operations::abandon(db, id, "file-missing", clock.now()).await?;
        return Ok(Progress::Over);
    }
    if operation.total == 0 {
        operation.total = count(db, id, path.clone()).await?;
    }
    let skip = usize::try_from(operation.done).unwrap_or(0);
    let work = Work { db, actor: &actor, params: &params, clock, until };
    let left = match params.subject {
        Subject::Clients => {
            let mut checker = lines::Checker::new(&params);
            work.clients(operation, read(path, move |row| checker.check(row), skip)).await?
        }
        Subject::Orders => {
            let mut checker = orders::Checker::new(&params, clock.now());
            work.orders(operation, read(path, move |row| checker.check(row), skip)).await?
        }
    };
    let Some(operation) = left else { return Ok(Progress::More) };
    let last = Batch { over: true, ..Batch::default() };
    let tx = db.begin().await?;
    step::settle(&tx, &operation, &actor, last, clock.now()).await?;
    tx.commit().await?;
    Ok(Progress::Over)
}

/// Counts the rows, so that progress has an end.
async fn count(db: &Db, id: Uuid, path: PathBuf) -> Result<i64> {
    let counted = tokio::task::spawn_blocking(move || SheetReader::open(path).map(Iterator::count));
    let counted = counted.await.ok().and_then(Result::ok).unwrap_or(0);
    let total = i64::try_from(counted).unwrap_or(i64::MAX);
    let tx = db.begin().await?;
    queries::set_total(&tx, id, total).await?;
    tx.commit().await?;
    Ok(total)
}

/// The batches of one import, one after another.
struct Work<'a> {
    db: &'a Db,
    actor: &'a Actor,
    params: &'a Params,
    clock: &'a Clock,
    until: Instant,
}

impl Work<'_> {
    /// The operation as it is when all is done; `None` when time is up.
    async fn clients(
        &self,
        mut operation: Operation,
        mut lines: mpsc::Receiver<Vec<lines::Line>>,
    ) -> Result<Option<Operation>> {
        let mut claimed = HashSet::new();
        let mut batches = 0_u32;
        while let Some(batch) = lines.recv().await {
            let now = self.clock.now();
            let tx = self.db.begin().await?;
            let Self { actor, params, .. } = self;
            let batch =
                apply::batch(&tx, &operation, actor, params, batch, &mut claimed, now).await?;
            step::settle(&tx, &operation, actor, batch, now).await?;
            tx.commit().await?;
            batches += 1;
            self.grown(batches, operation.total).await?;
            if Instant::now() > self.until {
                return Ok(None);
            }
            operation = self.again(operation.id).await?;
        }
        Ok(Some(operation))
    }

    async fn orders(
        &self,
        mut operation: Operation,
        mut lines: mpsc::Receiver<Vec<orders::Line>>,
    ) -> Result<Option<Operation>> {
        let mut batches = 0_u32;
        while let Some(batch) = lines.recv().await {
            let now = self.clock.now();
            let tx = self.db.begin().await?;
            let batch = orders::batch(&tx, &operation, self.actor, self.params, batch, now).await?;
            step::settle(&tx, &operation, self.actor, batch, now).await?;
            tx.commit().await?;
            batches += 1;
            self.grown(batches, operation.total).await?;
            if Instant::now() > self.until {
                return Ok(None);
            }
            operation = self.again(operation.id).await?;
        }
        Ok(Some(operation))
    }

    /// After the first batch of a long import, the second, the fourth…
    async fn grown(&self, batches: u32, total: i64) -> Result<()> {
        let is_long = usize::try_from(total).is_ok_and(|total| total > 2 * BATCH);
        if is_long && batches.is_power_of_two() {
            self.db.look_again(&GROWING).await?;
        }
        Ok(())
    }

    async fn again(&self, id: Uuid) -> Result<Operation> {
        queries::find(self.db.read(), None, id).await?.ok_or(Error::NotFound)
    }
}

/// Reads and checks lines on a thread of its own, one batch ahead of the database. Dropping the
/// receiver stops it.
fn read<L: Send + 'static>(
    path: PathBuf,
    mut check: impl FnMut(Result<Row, RowError>) -> L + Send + 'static,
    skip: usize,
) -> mpsc::Receiver<Vec<L>> {
    let (sender, receiver) = mpsc::channel(1);
    tokio::task::spawn_blocking(move || {
        let Ok(rows) = SheetReader::open(path) else { return };
        let mut batch: Vec<L> = Vec::with_capacity(BATCH);
        for (index, row) in rows.enumerate() {
            // Lines done before are checked again: codes seen there must not come twice.
            let line = check(row);
            if index < skip {
                continue;
            }
            batch.push(line);
            if batch.len() == BATCH
                && sender
                    .blocking_send(std::mem::replace(&mut batch, Vec::with_capacity(BATCH)))
                    .is_err()
            {
                return;
            }
        }
        if !batch.is_empty() {
            let _ = sender.blocking_send(batch);
        }
    });
    receiver
}

use std::sync::{Arc, Mutex as StdMutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use sea_orm::{
    ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr, ExecResult,
    QueryResult, Statement, TransactionTrait, Value,
};
use tokio::sync::{OwnedMutexGuard, watch};

use super::{Db, Engine, Signal, Sql};

/// A write transaction. What it changes, records and enqueues commits together or not at all.
///
/// On SQLite, transactions that arrive while another commits share one physical commit (group
/// commit): those after the first are savepoints, none is told it committed before the disk has
/// it, and a rolled-back one leaves the others alone. This is what makes `synchronous=FULL`
/// affordable. The first needs no savepoint, which would keep every page it changes a second time:
/// while it is open it is alone.
#[derive(Debug)]
pub struct Tx {
    db: Db,
    kind: Kind,
    signals: StdMutex<Vec<Signal>>,
    /// What [`Sql::later`] left to be done: nothing on PostgreSQL.
    put_off: StdMutex<PutOff>,
}

/// Past that many values, statements go at once: each is an errand worth its way.
const MOST_PUT_OFF: usize = 1_000;

/// Statements that wait for the next one, as one text with `?` for its values.
#[derive(Debug, Default)]
struct PutOff {
    text: String,
    values: Vec<Value>,
}

impl PutOff {
    /// Before `statement`, in one. `None` where its placeholders have numbers, which would count
    /// from the first statement on.
    fn lead(&mut self, statement: Statement) -> Result<Statement, Statement> {
        if self.text.is_empty() {
            return Ok(statement);
        }
        if statement.sql.contains('$') {
            return Err(statement);
        }
        let Self { mut text, mut values } = std::mem::take(self);
        text.push_str(&statement.sql);
        values.extend(statement.values.into_iter().flatten());
        Ok(Statement::from_sql_and_values(DbBackend::Sqlite, text, values))
    }
}

#[derive(Debug)]
enum Kind {
    Sqlite(SqliteGuard),
    Postgres(DatabaseTransaction),
}

/// The state of SQLite's one writer.
#[derive(Debug, Default)]
pub(super) struct Writer {
    group: Option<Group>,
}

/// The transactions that will share a physical commit.
#[derive(Clone, Debug)]
struct Group {
    outcome: Arc<watch::Sender<Option<Result<(), String>>>>,
    /// Savepoints released and waiting for the physical commit.
    waiting: usize,
}

impl Tx {
    pub(super) async fn begin(db: &Db) -> Result<Self, DbErr> {
        let kind = match db.engine() {
            Engine::Sqlite => begin_sqlite(db).await?,
            Engine::Postgres => Kind::Postgres(db.shared.write.begin().await?),
        };
        let (signals, put_off) = Default::default();
        Ok(Self { db: db.clone(), kind, signals, put_off })
    }

    /// The engine behind it.
    pub fn engine(&self) -> Engine {
        self.db.engine()
    }

    /// Sends `signal` once this transaction has committed.
    pub fn signal(&self, signal: Signal) {
        let mut signals = self.signals.lock().unwrap_or_else(PoisonError::into_inner);
        if !signals.contains(&signal) {
            signals.push(signal);
        }
    }

    /// Leaves `statement` to be done with the next one. See [`Sql::later`].
    pub(super) async fn put_off(&self, statement: Statement) -> Result<(), DbErr> {
        let Kind::Sqlite(held) = &self.kind else {
            return self.execute_raw(statement).await.map(drop);
        };
        if statement.sql.contains('$') {
            self.flush().await?;
            return held.conn.execute_raw(statement).await.map(drop);
        }
        let full = {
            let mut put_off = self.waiting();
            put_off.text.push_str(&statement.sql);
            put_off.text.push(';');
            put_off.values.extend(statement.values.into_iter().flatten());
            put_off.values.len() >= MOST_PUT_OFF
        };
        if full { self.flush().await } else { Ok(()) }
    }

    /// Has done what [`Sql::later`] put off, so that an error of it surfaces here.
    ///
    /// # Errors
    /// The engine's.
    pub async fn flush(&self) -> Result<(), DbErr> {
        let PutOff { text, values } = std::mem::take(&mut *self.waiting());
        match &self.kind {
            Kind::Sqlite(held) if !text.is_empty() => {
                let all = Statement::from_sql_and_values(DbBackend::Sqlite, text, values);
                held.conn.execute_raw(all).await.map(drop)
            }
            _ => Ok(()),
        }
    }

    fn waiting(&self) -> MutexGuard<'_, PutOff> {
        self.put_off.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// `statement` with what was put off before it.
    async fn led(&self, statement: Statement) -> Result<Statement, DbErr> {
        let led = self.waiting().lead(statement);
        match led {
            Ok(statement) => Ok(statement),
            Err(statement) => self.flush().await.map(|()| statement),
        }
    }

    /// Commits, then sends the signals.
    ///
    /// # Errors
    /// The engine's; nothing was committed then.
    pub async fn commit(self) -> Result<(), DbErr> {
        let Self { db, kind, signals, put_off } = self;
        if db.is_rehearsal {
            return Err(DbErr::Custom("a rehearsal commits nothing".into()));
        }
        let mut put_off = put_off.into_inner().unwrap_or_else(PoisonError::into_inner);
        let signals = signals.into_inner().unwrap_or_else(PoisonError::into_inner);
        match kind {
            Kind::Sqlite(held) => {
                held.commit(&db, &mut put_off).await?;
                for signal in signals {
                    // Nobody listening is fine: signals are a courtesy.
                    let _ = db.shared.signals.send(signal);
                }
            }
            Kind::Postgres(tx) => {
                for signal in signals {
                    if let Ok(payload) = serde_json::to_string(&signal) {
                        Sql::with("SELECT pg_notify('vigie', $1)", [payload.into()])
                            .execute(&tx)
                            .await?;
                    }
                }
                tx.commit().await?;
            }
        }
        Ok(())
    }
}

/// A held writer that takes back what was written unless it was committed.
#[derive(Debug)]
struct SqliteGuard {
    conn: DatabaseConnection,
    guard: Option<OwnedMutexGuard<Writer>>,
    place: Place,
}

/// Where a transaction stands in its group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    First,
    /// About to be a savepoint.
    Joining,
    /// A savepoint.
    Joined,
}

async fn begin_sqlite(db: &Db) -> Result<Kind, DbErr> {
    let conn = db.shared.write.clone();
    let guard = db.shared.writer.clone().lock_owned().await;
    let place = if guard.group.is_none() { Place::First } else { Place::Joining };
    // From here on, a caller who goes away in the middle leaves the writer as it was.
    let mut held = SqliteGuard { conn, guard: Some(guard), place };
    if place == Place::Joining {
        held.conn.execute_unprepared("SAVEPOINT verb").await?;
        held.place = Place::Joined;
    } else if let Some(writer) = &mut held.guard {
        let outcome = Arc::new(watch::Sender::new(None));
        writer.group = Some(Group { outcome, waiting: 0 });
        held.conn.execute_unprepared("BEGIN IMMEDIATE").await?;
    }
    Ok(Kind::Sqlite(held))
}

impl SqliteGuard {
    /// Leaves the writer to the next and returns once the group is on disk.
    async fn commit(mut self, db: &Db, put_off: &mut PutOff) -> Result<(), DbErr> {
        let end = if self.place == Place::First { "" } else { "RELEASE verb" };
        let end = Statement::from_string(DbBackend::Sqlite, end);
        let end = put_off.lead(end).unwrap_or_else(|alone| alone);
        if !end.sql.is_empty() {
            self.conn.execute_raw(end).await?;
        }
        let Some(mut guard) = self.guard.take() else { return Ok(()) };
        let Some(group) = guard.group.as_mut() else {
            return Err(DbErr::Custom("the group of this transaction is gone".into()));
        };
        group.waiting += 1;
        let outcome = group.outcome.clone();
        drop(guard);

        // The lock is fair: whoever was already waiting joins the group first, then the first of
        // us to get the lock back commits for all. Spawned, so that a caller who goes away does
        // not leave the others uncommitted.
        let writer = db.shared.writer.clone();
        let conn = self.conn.clone();
        let committed = tokio::spawn(async move {
            let mut writer = writer.lock_owned().await;
            if outcome.borrow().is_none() {
                let result = conn.execute_unprepared("COMMIT").await;
                if result.is_err() {
                    let _ = conn.execute_unprepared("ROLLBACK").await;
                }
                writer.group = None;
                outcome.send_replace(Some(result.map(|_| ()).map_err(|e| e.to_string())));
            }
            let done = outcome.borrow().clone();
            done.unwrap_or_else(|| Err("the commit had no outcome".into()))
        });
        match committed.await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(text)) => Err(DbErr::Custom(text)),
            Err(join) => Err(DbErr::Custom(join.to_string())),
        }
    }
}

impl Drop for SqliteGuard {
    fn drop(&mut self) {
        if let Some(guard) = self.guard.take() {
            roll_back(self.conn.clone(), guard, self.place);
        }
    }
}

/// Takes back what one transaction wrote, in the background (drop cannot wait); the writer stays
/// held until done.
fn roll_back(conn: DatabaseConnection, mut guard: OwnedMutexGuard<Writer>, place: Place) {
    let Ok(runtime) = tokio::runtime::Handle::try_current() else { return };
    runtime.spawn(async move {
        match place {
            Place::First => {
                let _ = conn.execute_unprepared("ROLLBACK").await;
                guard.group = None;
            }
            Place::Joining => {}
            Place::Joined => {
                if conn.execute_unprepared("ROLLBACK TO verb; RELEASE verb").await.is_ok() {
                    return;
                }
                // The engine already rolled the whole transaction back (disk full, I/O error):
                // everyone in the group must hear that nothing was written.
                let _ = conn.execute_unprepared("ROLLBACK").await;
                if let Some(group) = guard.group.take() {
                    let lost = "the transaction was rolled back".to_owned();
                    group.outcome.send_replace(Some(Err(lost)));
                }
            }
        }
    });
}

#[async_trait]
impl ConnectionTrait for Tx {
    fn get_database_backend(&self) -> DbBackend {
        match &self.kind {
            Kind::Sqlite(_) => DbBackend::Sqlite,
            Kind::Postgres(_) => DbBackend::Postgres,
        }
    }

    async fn execute_raw(&self, stmt: Statement) -> Result<ExecResult, DbErr> {
        match &self.kind {
            Kind::Sqlite(held) => {
                // Apart, so that the rows it touched are its own.
                self.flush().await?;
                held.conn.execute_raw(stmt).await
            }
            Kind::Postgres(tx) => tx.execute_raw(stmt).await,
        }
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        match &self.kind {
            Kind::Sqlite(held) => {
                self.flush().await?;
                held.conn.execute_unprepared(sql).await
            }
            Kind::Postgres(tx) => tx.execute_unprepared(sql).await,
        }
    }

    async fn query_one_raw(&self, stmt: Statement) -> Result<Option<QueryResult>, DbErr> {
        match &self.kind {
            Kind::Sqlite(held) => held.conn.query_one_raw(self.led(stmt).await?).await,
            Kind::Postgres(tx) => tx.query_one_raw(stmt).await,
        }
    }

    async fn query_all_raw(&self, stmt: Statement) -> Result<Vec<QueryResult>, DbErr> {
        match &self.kind {
            Kind::Sqlite(held) => held.conn.query_all_raw(self.led(stmt).await?).await,
            Kind::Postgres(tx) => tx.query_all_raw(stmt).await,
        }
    }
}

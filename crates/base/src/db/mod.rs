//! The database: SQLite inside, or PostgreSQL.
//!
//! Readers take [`Db::read`]; every change goes through a [`Tx`] from [`Db::begin`], which
//! carries the signals to send once it is committed. SQL is one text for both engines: numbered
//! placeholders (`$1`), built with [`Sql`].

mod connect;
mod insert;
mod listen;
mod packed;
mod signal;
mod sql;
mod turns;
mod tx;

use std::sync::Arc;

use sea_orm::DatabaseConnection;
use tokio::sync::{Mutex, broadcast};

pub use connect::{ConnectError, PoolSizes, missing_file};
pub use insert::{insert_many, update_many};
pub use packed::{Column, Packed};
pub use signal::Signal;
pub use sql::Sql;
pub use turns::{is_unreadable, was_in_the_way};
pub use tx::Tx;

/// Which engine answers. Only `search` and this module may fork on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    /// SQLite in this process: one writer, many readers.
    Sqlite,
    /// PostgreSQL 15 or later.
    Postgres,
}

/// A handle on the database, cheap to clone.
#[derive(Clone, Debug)]
pub struct Db {
    shared: Arc<Inner>,
    is_rehearsal: bool,
}

#[derive(Debug)]
struct Inner {
    engine: Engine,
    read: DatabaseConnection,
    write: DatabaseConnection,
    /// SQLite's single writer; unused on PostgreSQL.
    writer: Arc<Mutex<tx::Writer>>,
    signals: broadcast::Sender<Signal>,
}

impl Db {
    fn new(inner: Inner) -> Self {
        Self { shared: Arc::new(inner), is_rehearsal: false }
    }

    /// The same database, where no transaction commits: a verb is tried to hear all that is wrong
    /// with its input, and leaves nothing.
    #[must_use]
    pub fn rehearsal(&self) -> Self {
        Self { is_rehearsal: true, ..self.clone() }
    }

    /// The engine behind this handle.
    pub fn engine(&self) -> Engine {
        self.shared.engine
    }

    /// A connection for reading. On SQLite it refuses to write.
    pub fn read(&self) -> &DatabaseConnection {
        &self.shared.read
    }

    /// A connection for statements that manage their own transactions: migrations, `VACUUM`.
    pub fn admin(&self) -> &DatabaseConnection {
        &self.shared.write
    }

    /// Lets the writer of SQLite keep that many megabytes of pages in memory, or as many as usual:
    /// for work that touches most of a large database. PostgreSQL looks after itself.
    ///
    /// # Errors
    /// The engine's.
    pub async fn keep_pages(&self, megabytes: Option<u32>) -> Result<(), sea_orm::DbErr> {
        use sea_orm::ConnectionTrait as _;
        if self.shared.engine == Engine::Sqlite {
            let kilobytes = megabytes.unwrap_or(connect::WRITER_MEGABYTES) * 1_000;
            let pragma = format!("PRAGMA cache_size = -{kilobytes}");
            self.shared.write.execute_unprepared(&pragma).await?;
        }
        Ok(())
    }

    /// Has PostgreSQL look at how much these tables hold by now: a table that has just grown from
    /// nothing is otherwise read whole for a minute, as if it were small still. SQLite's plans do
    /// not depend on it.
    ///
    /// # Errors
    /// The engine's.
    pub async fn look_again(&self, tables: &[&str]) -> Result<(), sea_orm::DbErr> {
        use sea_orm::ConnectionTrait as _;
        if self.shared.engine == Engine::Postgres {
            let statement = format!("ANALYZE {}", tables.join(", "));
            self.shared.write.execute_unprepared(&statement).await?;
        }
        Ok(())
    }

    /// Opens a write transaction. Dropping it without [`Tx::commit`] rolls it back.
    ///
    /// # Errors
    /// The engine's, when no connection or no write lock can be had.
    pub async fn begin(&self) -> Result<Tx, sea_orm::DbErr> {
        Tx::begin(self).await
    }

    /// Signals of every transaction committed from now on, by any node.
    pub fn signals(&self) -> broadcast::Receiver<Signal> {
        self.shared.signals.subscribe()
    }

    /// Closes the pools; statements under way finish first.
    pub async fn close(&self) {
        let _ = self.shared.read.clone().close().await;
        let _ = self.shared.write.clone().close().await;
    }
}

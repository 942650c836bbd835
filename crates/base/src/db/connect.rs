use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use sea_orm::sqlx::postgres::{PgConnectOptions, PgConnection, PgPoolOptions};
use sea_orm::sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous,
};
use sea_orm::sqlx::{Connection as _, Executor as _};
use sea_orm::{DbErr, SqlxPostgresConnector, SqlxSqliteConnector};
use tokio::sync::broadcast;

use super::{Db, Engine, Inner, listen};

/// How many signals a slow listener may fall behind before it is told it missed some.
const SIGNAL_BUFFER: usize = 4_096;

/// How much of SQLite's file each connection maps into memory, in bytes.
const MAPPED: u64 = 1 << 30;

/// What suits many short statements on PostgreSQL: to compile a plan, or to start workers for it,
/// takes longer than any of ours should; indexes are read from memory or from disks that do not
/// spin. Set once connected, as poolers in between refuse options at the start.
const PLANS: &str = "SET jit = off; SET max_parallel_workers_per_gather = 0; \
                     SET random_page_cost = 1.1";

/// Pages the writer of SQLite keeps in memory.
pub(super) const WRITER_MEGABYTES: u32 = 64;

/// Why the database could not be opened. The texts are for the operator's terminal.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ConnectError {
    /// Neither `sqlite:` nor `postgres://`.
    #[error("the database address must start with sqlite: or postgres://")]
    Scheme,
    /// The folder of the SQLite file cannot be made or written.
    #[error("cannot write the data folder {folder}: {source}")]
    Folder {
        /// The folder.
        folder: String,
        /// What the system said.
        source: std::io::Error,
    },
    /// The server or the file refused.
    #[error("cannot open the database: {0}")]
    Open(#[from] sea_orm::sqlx::Error),
    /// The first statement failed.
    #[error("cannot open the database: {0}")]
    First(#[from] DbErr),
}

/// How many connections to keep.
#[derive(Clone, Copy, Debug)]
pub struct PoolSizes {
    /// Readers on SQLite, or all connections on PostgreSQL.
    pub max: u32,
}

impl Default for PoolSizes {
    fn default() -> Self {
        let cores = std::thread::available_parallelism().map_or(2, usize::from);
        Self { max: u32::try_from(cores * 4).unwrap_or(8).clamp(8, 32) }
    }
}

impl Db {
    /// Opens `sqlite:PATH`, or `postgres://…` (also `postgresql://`).
    ///
    /// # Errors
    /// [`ConnectError`], with a text that tells the operator what to look at.
    pub async fn connect(address: &str, sizes: PoolSizes) -> Result<Self, ConnectError> {
        Self::open(address, sizes, MAPPED).await
    }

    /// The same for a command that reads most of a large database once: the file is not mapped into
    /// memory, where each connection's view of it would count as the command's own.
    ///
    /// # Errors
    /// [`ConnectError`].
    pub async fn connect_unmapped(address: &str, sizes: PoolSizes) -> Result<Self, ConnectError> {
        Self::open(address, sizes, 0).await
    }

    async fn open(address: &str, sizes: PoolSizes, mapped: u64) -> Result<Self, ConnectError> {
        if let Some(path) = sqlite_path(address) {
            connect_sqlite(path, sizes, mapped).await
        } else if address.starts_with("postgres://") || address.starts_with("postgresql://") {
            connect_postgres(address, sizes).await
        } else {
            Err(ConnectError::Scheme)
        }
    }
}

/// The file of a SQLite address that [`Db::connect`] would make.
pub fn missing_file(address: &str) -> Option<&Path> {
    let path = Path::new(sqlite_path(address)?);
    (!path.exists()).then_some(path)
}

fn sqlite_path(address: &str) -> Option<&str> {
    address.strip_prefix("sqlite:").map(|path| path.trim_start_matches("//"))
}

async fn connect_sqlite(path: &str, sizes: PoolSizes, mapped: u64) -> Result<Db, ConnectError> {
    let folder = Path::new(path).parent().filter(|p| !p.as_os_str().is_empty());
    if let Some(folder) = folder {
        std::fs::create_dir_all(folder).map_err(|source| ConnectError::Folder {
            folder: folder.display().to_string(),
            source,
        })?;
    }
    let options = SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(Duration::from_secs(30))
        .statement_cache_capacity(400)
        // A page of rows goes over without the thread that reads them waiting for its reader.
        .row_buffer_size(512)
        .pragma("cache_size", "-16000")
        .pragma("mmap_size", mapped.to_string())
        .pragma("temp_store", "memory")
        // Bounds the log's size on disk after a large import.
        .pragma("journal_size_limit", "67108864");
    // One writer for the life of the process: it is never recycled, as a transaction may be open.
    let write = SqlitePoolOptions::new()
        .max_connections(1)
        .min_connections(1)
        .idle_timeout(None)
        .max_lifetime(None)
        .test_before_acquire(false)
        .connect_with(options.clone().pragma("cache_size", format!("-{WRITER_MEGABYTES}000")))
        .await?;
    let read = SqlitePoolOptions::new()
        .max_connections(sizes.max)
        .max_lifetime(None)
        .idle_timeout(Duration::from_secs(60))
        .test_before_acquire(false)
        .connect_with(options.pragma("query_only", "on"))
        .await?;
    Ok(Db::new(Inner {
        engine: Engine::Sqlite,
        read: SqlxSqliteConnector::from_sqlx_sqlite_pool(read),
        write: SqlxSqliteConnector::from_sqlx_sqlite_pool(write),
        writer: Arc::default(),
        signals: broadcast::Sender::new(SIGNAL_BUFFER),
    }))
}

async fn connect_postgres(address: &str, sizes: PoolSizes) -> Result<Db, ConnectError> {
    let options: PgConnectOptions = address.parse()?;
    let options = options.statement_cache_capacity(400).application_name("vigie");
    // A pool waits and retries; an operator wants to hear at once that nobody answers.
    PgConnection::connect_with(&options).await?.close().await?;
    let pool = PgPoolOptions::new()
        .max_connections(sizes.max)
        .acquire_timeout(Duration::from_secs(10))
        .test_before_acquire(false)
        .after_connect(|connection, _| {
            Box::pin(async move { connection.execute(PLANS).await.map(drop) })
        })
        .connect_with(options)
        .await?;
    let connection = SqlxPostgresConnector::from_sqlx_postgres_pool(pool.clone());
    let signals = broadcast::Sender::new(SIGNAL_BUFFER);
    listen::follow(pool, signals.clone()).await?;
    Ok(Db::new(Inner {
        engine: Engine::Postgres,
        read: connection.clone(),
        write: connection,
        writer: Arc::default(),
        signals,
    }))
}

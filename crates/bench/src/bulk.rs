//! Filling tables fast: their indexes are laid aside meanwhile and made again at the end.

use base::db::{Db, Engine, Sql, Tx};
use sea_orm::{ConnectionTrait as _, FromQueryResult};

use crate::Result;

#[derive(Debug, FromQueryResult)]
struct Index {
    name: String,
    definition: String,
}

/// Indexes laid aside: [`Indexes::restore`] makes them again.
#[derive(Debug)]
pub struct Indexes(Vec<Index>);

impl Indexes {
    /// Takes the indexes off these tables, but for those that are constraints.
    ///
    /// # Errors
    /// The engine's.
    pub async fn lay_aside(db: &Db, tables: &[&str]) -> Result<Self> {
        let mut kept = Vec::new();
        for table in tables {
            let sql = match db.engine() {
                Engine::Sqlite => {
                    "SELECT name, sql AS definition FROM sqlite_master \
                     WHERE type = 'index' AND sql IS NOT NULL AND tbl_name = $1 ORDER BY rowid"
                }
                Engine::Postgres => {
                    "SELECT indexname::text AS name, indexdef AS definition FROM pg_indexes \
                     WHERE tablename = $1 AND NOT EXISTS (SELECT 1 FROM pg_constraint \
                     WHERE conname = indexname) ORDER BY indexname"
                }
            };
            let found: Vec<Index> = Sql::with(sql, [(*table).into()]).all(db.read()).await?;
            for index in &found {
                db.admin().execute_unprepared(&format!("DROP INDEX {}", index.name)).await?;
            }
            kept.extend(found);
        }
        Ok(Self(kept))
    }

    /// Makes them again, and brings up to date what the engine knows of its tables.
    ///
    /// # Errors
    /// The engine's.
    pub async fn restore(self, db: &Db) -> Result<()> {
        for index in self.0 {
            db.admin().execute_unprepared(&index.definition).await?;
        }
        settle(db).await
    }
}

/// What autovacuum would have done by the time anyone looks.
///
/// # Errors
/// The engine's.
pub async fn settle(db: &Db) -> Result<()> {
    match db.engine() {
        Engine::Sqlite => db.admin().execute_unprepared("PRAGMA wal_checkpoint(TRUNCATE)").await?,
        Engine::Postgres => db.admin().execute_unprepared("VACUUM ANALYZE").await?,
    };
    Ok(())
}

/// A transaction whose rows are known to refer to others that exist.
///
/// # Errors
/// The engine's.
pub async fn begin(db: &Db) -> Result<Tx> {
    let tx = db.begin().await?;
    if db.engine() == Engine::Postgres {
        tx.execute_unprepared("SET LOCAL session_replication_role = replica").await?;
    }
    Ok(tx)
}

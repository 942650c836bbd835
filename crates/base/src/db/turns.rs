//! Who works beside others, and who alone; and what was broken off because others were in its way.

use sea_orm::{DbErr, RuntimeErr, Value};
use uuid::Uuid;

use super::{Engine, Sql, Tx};

impl Tx {
    /// Returns once nobody works on `scope` alone; nobody will until this transaction ends. What
    /// those before have committed is seen from here on. On SQLite the one writer is always alone.
    ///
    /// # Errors
    /// The engine's.
    pub async fn beside(&self, scope: Uuid) -> Result<(), DbErr> {
        self.turn("SELECT pg_advisory_xact_lock_shared($1)", scope).await
    }

    /// Returns once nobody else works on `scope`; nobody will until this transaction ends. To be
    /// asked for first: two that work beside each other and both want to be alone would wait for
    /// ever.
    ///
    /// # Errors
    /// The engine's.
    pub async fn alone(&self, scope: Uuid) -> Result<(), DbErr> {
        self.turn("SELECT pg_advisory_xact_lock($1)", scope).await
    }

    async fn turn(&self, ask: &str, scope: Uuid) -> Result<(), DbErr> {
        if self.engine() == Engine::Sqlite {
            return Ok(());
        }
        let (high, low) = scope.as_u64_pair();
        let key = Value::from((high ^ low.rotate_left(17)) as i64);
        Sql::with(ask, [key]).execute(self).await.map(drop)
    }
}

/// Whether the transaction was broken off only because another was in its way (on PostgreSQL:
/// `serialization_failure`, `deadlock_detected`). Nothing of it remains, and the same verb done
/// again may well succeed.
pub fn was_in_the_way(error: &DbErr) -> bool {
    matches!(code(error).as_deref(), Some("40001" | "40P01"))
}

/// Whether a text was refused for a character that PostgreSQL cannot keep: NUL.
pub fn is_unreadable(error: &DbErr) -> bool {
    code(error).as_deref() == Some("22021")
}

fn code(error: &DbErr) -> Option<String> {
    let (DbErr::Exec(RuntimeErr::SqlxError(error))
    | DbErr::Query(RuntimeErr::SqlxError(error))
    | DbErr::Conn(RuntimeErr::SqlxError(error))) = error
    else {
        return None;
    };
    error.as_database_error().and_then(|error| error.code()).map(String::from)
}

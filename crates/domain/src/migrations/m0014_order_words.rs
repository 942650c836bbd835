use base::db::Sql;
use sea_orm::{ConnectionTrait, DbBackend, DbErr, FromQueryResult};
use sea_orm_migration::{MigrationName, MigrationTrait, SchemaManager, async_trait};
use uuid::Uuid;

use super::Ddl;

pub(super) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m0014_order_words"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        Ddl { both: BOTH, sqlite_only: SQLITE, postgres_only: POSTGRES }.apply(manager).await?;
        let conn = manager.get_connection();
        if conn.get_database_backend() == DbBackend::Sqlite {
            for trigger in TRIGGERS {
                conn.execute_unprepared(trigger).await?;
            }
        }
        file_what_is_there(conn).await
    }
}

/// `name_words` are the words of an order's name as keys; those of orders without a client are what
/// a new client finds them by. A record that was merged is found by the code it had.
const BOTH: &str = r"
ALTER TABLE orders ADD COLUMN name_words {text};
CREATE INDEX clients_by_former_code ON clients (call_center_id, code) WHERE merged_into IS NOT NULL;";

const SQLITE: &str = r"
CREATE VIRTUAL TABLE order_words USING fts5 (
    words, content='', contentless_delete=1, detail=none, tokenize='ascii');";

const TRIGGERS: [&str; 3] = [
    "CREATE TRIGGER order_words_filed AFTER UPDATE OF link_state, name_words ON orders \
     WHEN new.link_state <> 'linked' AND new.name_words IS NOT NULL BEGIN \
     INSERT OR REPLACE INTO order_words (rowid, words) VALUES (new.seq, new.name_words); END",
    "CREATE TRIGGER order_words_linked AFTER UPDATE OF link_state ON orders \
     WHEN new.link_state = 'linked' AND old.link_state <> 'linked' BEGIN \
     DELETE FROM order_words WHERE rowid = old.seq; END",
    "CREATE TRIGGER order_words_gone AFTER DELETE ON orders \
     WHEN old.link_state <> 'linked' BEGIN DELETE FROM order_words WHERE rowid = old.seq; END",
];

const POSTGRES: &str = r"
CREATE INDEX order_words ON orders USING gin (string_to_array(name_words, ' '))
    WHERE link_state <> 'linked';";

#[derive(FromQueryResult)]
struct Named {
    seq: i64,
    call_center_id: Uuid,
    client_name: String,
}

async fn file_what_is_there(conn: &impl ConnectionTrait) -> Result<(), DbErr> {
    let mut after = 0_i64;
    loop {
        let named: Vec<Named> = Sql::with(
            "SELECT seq, call_center_id, client_name FROM orders \
             WHERE client_name IS NOT NULL AND seq > $1 ORDER BY seq LIMIT 1000",
            [after.into()],
        )
        .all(conn)
        .await?;
        let Some(last) = named.last() else { return Ok(()) };
        after = last.seq;
        for one in named {
            let words = crate::orders::name_words(one.call_center_id, &one.client_name);
            let sql = "UPDATE orders SET name_words = $1 WHERE seq = $2";
            Sql::with(sql, [words.into(), one.seq.into()]).execute(conn).await?;
        }
    }
}

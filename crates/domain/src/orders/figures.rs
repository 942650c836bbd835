//! What orders make of a client: their counts, what was spent, the last one, the segment. Kept on
//! the client's row in the transaction of whatever changes an order.

use base::db::{Engine, Sql, Tx};
use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, DbErr, FromQueryResult};
use uuid::Uuid;

use super::settings::{self, Settings};

/// Clients in one statement.
const CHUNK: usize = 1_000;

/// A client's figures, computed from their orders.
#[derive(Clone, Debug, Default, PartialEq, Eq, FromQueryResult)]
pub struct ClientFigures {
    /// All orders.
    pub total: i64,
    /// Confirmed ones.
    pub confirmed: i64,
    /// Pending ones.
    pub pending: i64,
    /// Cancelled ones.
    pub cancelled: i64,
    /// Confirmed ones in the centre's currency…
    pub counted: i64,
    /// … and what they cost.
    pub spent: i64,
    /// When the last one was made.
    pub last_order_at: Option<DateTime<Utc>>,
}

/// The aggregates over `o`, what was spent in the centre's currency `cc.currency`.
const SUMS: &str = "COUNT(o.seq) AS orders_total, \
    SUM(CASE WHEN o.status = 'confirmed' THEN 1 ELSE 0 END) AS orders_confirmed, \
    SUM(CASE WHEN o.status = 'pending' THEN 1 ELSE 0 END) AS orders_pending, \
    SUM(CASE WHEN o.status = 'cancelled' THEN 1 ELSE 0 END) AS orders_cancelled, \
    SUM(CASE WHEN o.status = 'confirmed' AND o.currency = cc.currency THEN 1 ELSE 0 END) \
    AS orders_counted, \
    CAST(SUM(CASE WHEN o.status = 'confirmed' AND o.currency = cc.currency THEN o.amount \
    ELSE 0 END) AS BIGINT) AS total_spent, MAX(o.ordered_at) AS last_order_at";

/// Counts anew for these clients of a centre, and sets their segments.
pub(crate) async fn refresh(tx: &Tx, center: Uuid, clients: &[Uuid]) -> Result<(), DbErr> {
    if clients.is_empty() {
        return Ok(());
    }
    let mut clients = clients.to_vec();
    clients.sort_unstable();
    clients.dedup();
    let rules = settings::of(tx, center).await?;
    for ids in clients.chunks(CHUNK) {
        hold(tx, ids).await?;
        let mut sql = Sql::new(
            "UPDATE clients SET orders_total = f.orders_total, \
             orders_confirmed = f.orders_confirmed, orders_pending = f.orders_pending, \
             orders_cancelled = f.orders_cancelled, orders_counted = f.orders_counted, \
             total_spent = f.total_spent, last_order_at = f.last_order_at, segment = ",
        );
        push_segment(&mut sql, &rules, "f.");
        sql.push(" FROM (SELECT c.seq, ").push(SUMS).push(
            " FROM clients c JOIN call_centers cc ON cc.id = c.call_center_id \
             LEFT JOIN orders o ON o.client_id = c.id WHERE c.id IN ",
        );
        sql.bind_list(ids.to_vec()).push(" GROUP BY c.seq) AS f WHERE clients.seq = f.seq");
        sql.later(tx).await?;
    }
    Ok(())
}

/// Makes others wait who count for these clients too: counting beside them, neither would see the
/// other's orders. SQLite's one writer is lock enough.
async fn hold(tx: &Tx, clients: &[Uuid]) -> Result<(), DbErr> {
    if tx.engine() == Engine::Sqlite {
        return Ok(());
    }
    let mut sql = Sql::new("SELECT COUNT(*) FROM (SELECT 1 FROM clients WHERE id IN ");
    sql.bind_list(clients.to_vec()).push(" ORDER BY id").hold(tx, "clients").push(") AS held");
    sql.execute(tx).await.map(drop)
}

/// Sets the segments of a whole centre anew: its rules changed.
pub(super) async fn segment_all(tx: &Tx, center: Uuid, rules: &Settings) -> Result<(), DbErr> {
    let mut sql = Sql::new("UPDATE clients SET segment = ");
    push_segment(&mut sql, rules, "");
    sql.push(" WHERE call_center_id = ").bind(center);
    sql.push(" AND segment <> ");
    push_segment(&mut sql, rules, "");
    sql.later(tx).await
}

/// The segment that the figures of `of` (an alias with its dot) make.
fn push_segment(sql: &mut Sql, rules: &Settings, of: &str) {
    sql.push("CASE");
    if let Some(orders) = rules.vip_orders {
        sql.push(&format!(" WHEN {of}orders_confirmed >= ")).bind(orders).push(" THEN 'vip'");
    }
    if let Some(spent) = rules.vip_spent {
        sql.push(&format!(" WHEN {of}total_spent >= ")).bind(spent).push(" THEN 'vip'");
    }
    sql.push(&format!(" WHEN {of}orders_confirmed >= ")).bind(rules.regular_orders);
    sql.push(&format!(
        " THEN 'regular' WHEN {of}orders_confirmed + {of}orders_pending > 0 \
         THEN 'occasional' ELSE 'none' END"
    ));
}

/// A client's figures counted from their orders, whatever their row says.
///
/// # Errors
/// The engine's.
pub async fn figures_of(conn: &impl ConnectionTrait, client: Uuid) -> Result<ClientFigures, DbErr> {
    let found = Sql::with(
        "SELECT COUNT(*) AS total, \
         CAST(COALESCE(SUM(CASE WHEN o.status = 'confirmed' THEN 1 ELSE 0 END), 0) AS BIGINT) AS confirmed, \
         CAST(COALESCE(SUM(CASE WHEN o.status = 'pending' THEN 1 ELSE 0 END), 0) AS BIGINT) AS pending, \
         CAST(COALESCE(SUM(CASE WHEN o.status = 'cancelled' THEN 1 ELSE 0 END), 0) AS BIGINT) AS cancelled, \
         CAST(COALESCE(SUM(CASE WHEN o.status = 'confirmed' AND o.currency = cc.currency \
         THEN 1 ELSE 0 END), 0) AS BIGINT) AS counted, \
         CAST(COALESCE(SUM(CASE WHEN o.status = 'confirmed' AND o.currency = cc.currency \
         THEN o.amount ELSE 0 END), 0) AS BIGINT) AS spent, MAX(o.ordered_at) AS last_order_at \
         FROM orders o JOIN call_centers cc ON cc.id = o.call_center_id WHERE o.client_id = $1",
        [client.into()],
    );
    Ok(found.one(conn).await?.unwrap_or_default())
}

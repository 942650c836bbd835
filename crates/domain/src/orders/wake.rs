//! The orders that a client may have made: found by what they share, and linked again.

use base::db::{Sql, Tx};
use chrono::{DateTime, Utc};
use sea_orm::{DbErr, FromQueryResult};
use uuid::Uuid;

use super::examine::{self, Place};
use super::lookup;
use crate::linking::{self, ClientRecord, OrderRecord, SharedWords, Traces};

/// Most orders one client has looked at again: who shares a name with more says nothing new.
pub(super) const MOST: i64 = 500;

/// Which of the orders nobody decided about.
#[derive(Clone, Copy)]
pub(super) enum Open {
    All,
    /// But those the clients in question have already: who moves to another address, or takes in
    /// another record, does not lose their orders.
    NotTheirs,
    InReview,
}

impl Open {
    fn of(self, center: Uuid, columns: &str, clients: &[&ClientRecord]) -> Sql {
        let mut sql = Sql::new(format!("SELECT {columns} FROM orders WHERE decided_at IS NULL"));
        match self {
            Self::All => {}
            Self::InReview => drop(sql.push(" AND link_state = 'review'")),
            Self::NotTheirs => {
                sql.push(" AND (client_id IS NULL OR client_id NOT IN ");
                sql.bind_list(clients.iter().map(|client| Uuid::from_u128(client.id))).push(")");
            }
        }
        sql.push(" AND call_center_id = ").bind(center);
        sql
    }
}

/// Has the orders that bear a trace of one of these clients linked again.
pub(super) async fn wake(
    tx: &Tx,
    place: &Place,
    clients: &[&ClientRecord],
    open: Open,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    if !place.has_orders {
        return Ok(());
    }
    let mut found = Vec::new();
    for chunk in clients.chunks(5) {
        let traces: Vec<Traces> =
            chunk.iter().map(|client| linking::traces(client, &place.region)).collect();
        bearing(tx, place.center, &traces, open, clients, &mut found).await?;
        for client in chunk {
            found.extend(named_alike(tx, place, client, open).await?);
        }
    }
    mark(tx, place.center, found, now).await
}

/// Adds to `found` the orders that bear one of these traces.
async fn bearing(
    tx: &Tx,
    center: Uuid,
    traces: &[Traces],
    open: Open,
    clients: &[&ClientRecord],
    found: &mut Vec<Uuid>,
) -> Result<(), DbErr> {
    let of = |list: fn(&Traces) -> &Vec<String>| -> Vec<String> {
        traces.iter().flat_map(|one| list(one).iter().cloned()).collect()
    };
    let lists = [
        ("words_key", of(|traces| &traces.words)),
        ("email_key", of(|traces| &traces.emails)),
        ("phone_key", of(|traces| &traces.phones)),
    ];
    for (column, values) in lists {
        if values.is_empty() {
            continue;
        }
        let mut sql = open.of(center, "id", clients);
        sql.push(" AND ").push(column).push(" IN ").bind_list(values);
        sql.push(" LIMIT ").bind(MOST);
        found.extend(sql.column::<Uuid>(tx).await?);
    }
    for mailbox in of(|traces| &traces.emails).iter().filter_map(|email| email.split('@').next()) {
        // `A` follows `@`: every address of that mailbox name.
        let mut sql = open.of(center, "id", clients);
        sql.push(" AND email_key > ").bind(format!("{mailbox}@"));
        sql.push(" AND email_key < ").bind(format!("{mailbox}A")).push(" LIMIT ").bind(MOST);
        found.extend(sql.column::<Uuid>(tx).await?);
    }
    Ok(())
}

/// The orders without a client whose name, well or badly typed, may be this client's.
async fn named_alike(
    tx: &Tx,
    place: &Place,
    client: &ClientRecord,
    open: Open,
) -> Result<Vec<Uuid>, DbErr> {
    #[derive(FromQueryResult)]
    struct Named {
        id: Uuid,
        client_name: Option<String>,
    }
    let words = SharedWords::of(client, &place.region);
    let orders = lookup::orders_bearing(tx, place.center, &words).await?;
    let mut found = Vec::new();
    for seqs in orders.chunks(1_000) {
        let mut sql = open.of(place.center, "id, client_name", &[client]);
        sql.push(" AND seq IN ").bind_list(seqs.to_vec());
        for Named { id, client_name } in sql.all::<Named>(tx).await? {
            let name = client_name.unwrap_or_default();
            let order = OrderRecord { name, ..OrderRecord::default() };
            if words.lead_to(&order, &place.region) {
                found.push(id);
            }
        }
    }
    Ok(found)
}

/// Has these orders linked again. Their rows are taken in the order of their ids, as by everyone
/// who does the same beside us.
pub(super) async fn mark(
    tx: &Tx,
    center: Uuid,
    mut orders: Vec<Uuid>,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    if orders.is_empty() {
        return Ok(());
    }
    orders.sort_unstable();
    orders.dedup();
    for ids in orders.chunks(1_000) {
        let mut sql = Sql::new(
            "UPDATE orders SET is_waiting = TRUE WHERE id IN (SELECT o.id FROM orders o WHERE o.id IN ",
        );
        sql.bind_list(ids.to_vec()).push(" ORDER BY o.id").hold(tx, "o").push(")");
        sql.execute(tx).await?;
    }
    examine::enqueue(tx, center, now).await
}

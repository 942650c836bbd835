//! Clients as the matcher reads them.

use std::collections::HashMap;

use base::db::{Db, Sql};
use sea_orm::{ConnectionTrait, DbErr, FromQueryResult, TransactionTrait as _};
use uuid::Uuid;

use super::input::House;
use super::link::{Link, StoredCandidate};
use super::lookup::{self, Found};
use super::settings;
use super::{Order, queries};
use crate::actor::Actor;
use crate::clients::{self, Client};
use crate::error::Result;
use crate::linking::{ClientRecord, Lookup, Matcher, OrderRecord, Policy};

/// Ids in one statement.
const CHUNK: usize = 1_000;

#[derive(FromQueryResult)]
struct Row {
    seq: i64,
    id: Uuid,
    first_name: Option<String>,
    last_name: Option<String>,
    company_name: Option<String>,
    full_name: String,
    code: Option<String>,
}

/// A client as they are read.
pub(super) struct Reading {
    /// Their number in the database.
    pub(super) seq: i64,
    pub(super) code: Option<String>,
    /// As people see it.
    pub(super) full_name: String,
    pub(super) record: ClientRecord,
}

#[derive(FromQueryResult)]
struct Contact {
    client_id: Uuid,
    value: String,
}

/// Which clients.
pub(super) enum Which<'a> {
    Seqs(&'a [i64]),
    /// From the first id to the last, at most that many after an id.
    Range {
        center: Uuid,
        first: Uuid,
        last: Uuid,
        limit: i64,
    },
    Ids(&'a [Uuid]),
}

/// How many clients of `center` are not in the bin.
pub(super) async fn count(conn: &impl ConnectionTrait, center: Uuid) -> Result<u64, DbErr> {
    let sql = "SELECT COUNT(*) FROM clients WHERE deleted_at IS NULL AND call_center_id = $1";
    let count: Option<i64> = Sql::with(sql, [center.into()]).scalar(conn).await?;
    Ok(u64::try_from(count.unwrap_or(0)).unwrap_or(0))
}

/// Reads clients that are not in the bin.
pub(super) async fn read(
    conn: &impl ConnectionTrait,
    which: Which<'_>,
) -> Result<Vec<Reading>, DbErr> {
    const SELECT: &str = "SELECT c.seq, c.id, c.first_name, c.last_name, c.company_name, \
        c.full_name, c.code FROM clients c WHERE c.deleted_at IS NULL AND ";
    let mut found = Vec::new();
    match which {
        Which::Seqs(seqs) => {
            for chunk in seqs.chunks(CHUNK) {
                let mut sql = Sql::new(SELECT);
                sql.push("c.seq IN ").bind_list(chunk.to_vec());
                found.extend(complete(conn, sql.all(conn).await?, one_by_one).await?);
            }
        }
        Which::Ids(ids) => {
            for chunk in ids.chunks(CHUNK) {
                let mut sql = Sql::new(SELECT);
                sql.push("c.id IN ").bind_list(chunk.to_vec());
                found.extend(complete(conn, sql.all(conn).await?, one_by_one).await?);
            }
        }
        Which::Range { center, first, last, limit } => {
            let mut sql = Sql::new(SELECT);
            sql.push("c.id >= ").bind(first).push(" AND c.id <= ").bind(last);
            // `IS TRUE` keeps SQLite from gathering a centre's million clients to sort them.
            sql.push(" AND (c.call_center_id = ").bind(center).push(") IS TRUE");
            sql.push(" ORDER BY c.id LIMIT ").bind(limit);
            found = complete(conn, sql.all(conn).await?, in_a_row).await?;
        }
    }
    Ok(found)
}

/// Says whose contacts are read, by their ids.
fn one_by_one(sql: &mut Sql, ids: &[Uuid]) {
    sql.push("client_id IN ").bind_list(ids.to_vec());
}

/// The same of clients with few others between them: one run of the index.
fn in_a_row(sql: &mut Sql, ids: &[Uuid]) {
    let (first, last) = (ids.first().copied(), ids.last().copied());
    sql.push("client_id >= ").bind(first).push(" AND client_id <= ").bind(last);
}

async fn complete(
    conn: &impl ConnectionTrait,
    rows: Vec<Row>,
    whose: fn(&mut Sql, &[Uuid]),
) -> Result<Vec<Reading>, DbErr> {
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
    let of = |select: &str| {
        let mut sql = Sql::new(select);
        whose(&mut sql, &ids);
        sql.push(" ORDER BY client_id, position");
        sql
    };
    let mut emails =
        grouped(of("SELECT client_id, value FROM client_emails WHERE ").all(conn).await?);
    let mut phones =
        grouped(of("SELECT client_id, raw AS value FROM client_phones WHERE ").all(conn).await?);
    let full = |row: Row| {
        let mut record = record(&row);
        record.emails = emails.remove(&row.id).unwrap_or_default();
        record.phones = phones.remove(&row.id).unwrap_or_default();
        let Row { seq, code, full_name, .. } = row;
        Reading { seq, code, full_name, record }
    };
    Ok(rows.into_iter().map(full).collect())
}

fn grouped(contacts: Vec<Contact>) -> HashMap<Uuid, Vec<String>> {
    let mut of: HashMap<Uuid, Vec<String>> = HashMap::new();
    for Contact { client_id, value } in contacts {
        of.entry(client_id).or_default().push(value);
    }
    of
}

fn record(row: &Row) -> ClientRecord {
    let text = |field: &Option<String>| field.clone().unwrap_or_default();
    let has_name = row.first_name.is_some() || row.last_name.is_some();
    ClientRecord {
        id: row.id.as_u128(),
        first_name: text(&row.first_name),
        last_name: text(&row.last_name),
        full_name: if has_name { row.full_name.clone() } else { String::new() },
        company: text(&row.company_name),
        emails: Vec::new(),
        phones: Vec::new(),
    }
}

/// What the matcher says of one order, from the few clients its keys lead to. `conn` is a
/// transaction.
pub(super) async fn weigh(
    conn: &impl ConnectionTrait,
    house: &House,
    is_bold: bool,
    order: &OrderRecord,
) -> Result<Link, DbErr> {
    let lookup = Lookup::of(order, &house.region);
    let mut found = Found::default();
    lookup::find(conn, house.center, &lookup.first(), &mut found).await?;
    let led = found.led.clone();
    let near = lookup.second(|key| led.contains(key));
    lookup::find(conn, house.center, &near, &mut found).await?;
    let seqs: Vec<i64> = found.clients.iter().copied().collect();
    let records: Vec<ClientRecord> =
        read(conn, Which::Seqs(&seqs)).await?.into_iter().map(|client| client.record).collect();
    let policy = Policy { region: house.region.clone(), is_bold };
    let names = lookup.names_to_count(&records, &house.region);
    let bearers = match records.is_empty() {
        true => HashMap::new(),
        false => lookup::count(conn, house.center, &names).await?,
    };
    let matcher = Matcher::of_candidates(&records, policy, &bearers, &found.crowded);
    Ok(Link::of(&matcher.decide(order)))
}

/// A candidate as a person sees them beside the order.
#[derive(Clone, Debug)]
pub struct Compared {
    /// What agrees.
    pub candidate: StoredCandidate,
    /// Who they are.
    pub client: Client,
}

/// The candidates of an order that the actor may see, the most likely first: those kept with it,
/// or found anew when none were.
///
/// # Errors
/// The engine's.
pub async fn compared(db: &Db, actor: &Actor, order: &Order) -> Result<Vec<Compared>> {
    let mut candidates = order.candidates();
    if candidates.is_empty() {
        // Reads only, but how PostgreSQL plans is told a whole transaction.
        let tx = db.read().begin().await?;
        let Some(house) = queries::house(&tx, order.call_center_id).await? else {
            return Ok(Vec::new());
        };
        let settings = settings::of(&tx, order.call_center_id).await?;
        candidates = weigh(&tx, &house, settings.is_bold, &order.record()).await?.candidates;
    }
    let mut found: Vec<Compared> = Vec::new();
    for mut candidate in candidates {
        let Some(client) = clients::get_living(db.read(), actor, candidate.id).await? else {
            continue;
        };
        candidate.id = client.id;
        // Of two that were merged since, the more likely stands for both.
        if !found.iter().any(|known| known.client.id == client.id) {
            found.push(Compared { candidate, client });
        }
    }
    Ok(found)
}

use std::collections::HashMap;

use base::db::{Sql, Tx, insert_many};
use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, DbErr, FromQueryResult, Value};
use uuid::Uuid;

use super::{Client, ValidClient};
use crate::actor::Actor;
use crate::search::{self, CLIENTS};

const INSERTED: [&str; 20] = [
    "id",
    "call_center_id",
    "code",
    "first_name",
    "last_name",
    "full_name",
    "company_name",
    "email",
    "phone",
    "phone_e164",
    "address",
    "city",
    "country",
    "assigned_to",
    "name_key",
    "company_key",
    "city_key",
    "search_text",
    "created_by",
    "created_at",
];

/// Writes new clients with their e-mails, phones and search index; tags are written by the caller.
/// Returns their numbers in the database, in their order.
pub(super) async fn insert(
    tx: &Tx,
    actor: &Actor,
    center: Uuid,
    clients: &[(Uuid, ValidClient)],
    now: DateTime<Utc>,
) -> Result<Vec<i64>, DbErr> {
    #[derive(FromQueryResult)]
    struct Numbered {
        seq: i64,
        id: Uuid,
    }
    let mut all = Vec::with_capacity(clients.len());
    let mut indexed = Vec::with_capacity(clients.len());
    for chunk in clients.chunks(150) {
        let texts: Vec<String> = chunk.iter().map(|(_, client)| client.search_text("")).collect();
        let pieces = search::pieces_of(tx.engine(), texts.clone());
        let mut sql = Sql::new("INSERT INTO clients (");
        sql.push(&INSERTED.join(", ")).push(", updated_at) VALUES ");
        for (index, ((id, client), text)) in chunk.iter().zip(&texts).enumerate() {
            sql.push(if index > 0 { ", " } else { "" });
            let own = [Value::from(*id), center.into()];
            let last = [text.clone().into(), actor.user_id.into(), now.into(), now.into()];
            sql.bind_list(own.into_iter().chain(values(client)).chain(last));
        }
        sql.push(" RETURNING seq, id");
        let numbered: Vec<Numbered> = sql.all(tx).await?;
        let numbers: HashMap<Uuid, i64> = numbered.iter().map(|n| (n.id, n.seq)).collect();
        let seq_of = |id: Uuid| numbers.get(&id).copied().unwrap_or(0);
        let seqs: Vec<i64> = chunk.iter().map(|(id, _)| seq_of(*id)).collect();
        insert_contacts(tx, center, chunk).await?;
        indexed.extend(seqs.iter().copied().zip(pieces.await?));
        all.extend(seqs);
    }
    // In one go: at each statement in between, SQLite would write what its index has gathered.
    search::insert(tx, CLIENTS, indexed).await?;
    Ok(all)
}

/// From `code` to `city_key`, as [`INSERTED`] names them.
fn values(client: &ValidClient) -> [Value; 15] {
    let phone = client.phones.first();
    let key = |text: &Option<String>| text.as_deref().map(base::text::sort_key);
    [
        client.code.clone().into(),
        client.first_name.clone().into(),
        client.last_name.clone().into(),
        client.full_name().into(),
        client.company_name.clone().into(),
        client.emails.first().map(|(email, _)| email.clone()).into(),
        phone.map(|phone| phone.raw.clone()).into(),
        phone.and_then(|phone| phone.e164.clone()).into(),
        client.address.clone().into(),
        client.city.clone().into(),
        client.country.clone().into(),
        client.assigned_to.into(),
        client.name_key().into(),
        key(&client.company_name).into(),
        key(&client.city).into(),
    ]
}

async fn insert_contacts(
    tx: &Tx,
    center: Uuid,
    clients: &[(Uuid, ValidClient)],
) -> Result<(), DbErr> {
    let (emails, phones) = contact_rows(center, clients);
    let columns = ["client_id", "position", "call_center_id", "value", "key"];
    insert_many(tx, "client_emails", &columns, emails, "").await?;
    let columns = ["client_id", "position", "call_center_id", "raw", "e164"];
    insert_many(tx, "client_phones", &columns, phones, "").await?;
    Ok(())
}

type Rows = Vec<Vec<Value>>;

fn contact_rows(center: Uuid, clients: &[(Uuid, ValidClient)]) -> (Rows, Rows) {
    let place = |index: usize| Value::from(i32::try_from(index).unwrap_or(i32::MAX));
    let (mut emails, mut phones) = (Rows::new(), Rows::new());
    for (id, client) in clients {
        let id = Value::from(*id);
        for (index, (value, key)) in client.emails.iter().enumerate() {
            let (value, key) = (value.clone().into(), key.clone().into());
            emails.push(vec![id.clone(), place(index), center.into(), value, key]);
        }
        for (index, phone) in client.phones.iter().enumerate() {
            let (raw, e164) = (phone.raw.clone().into(), phone.e164.clone().into());
            phones.push(vec![id.clone(), place(index), center.into(), raw, e164]);
        }
    }
    (emails, phones)
}

/// Overwrites a client and what hangs on it; `false` when its version is another.
pub(super) async fn overwrite(
    tx: &Tx,
    current: &Client,
    client: &ValidClient,
    now: DateTime<Utc>,
) -> Result<bool, DbErr> {
    let text = client.search_text(&current.username);
    let mut sql = Sql::new("UPDATE clients SET ");
    for (column, value) in INSERTED[2..17].iter().zip(values(client)) {
        sql.push(column).push(" = ").bind(value).push(", ");
    }
    sql.push("search_text = ").bind(text.clone());
    sql.push(", version = version + 1, updated_at = ").bind(now);
    sql.push(" WHERE id = ").bind(current.id);
    sql.push(" AND deleted_at IS NULL AND version = ").bind(current.version);
    if sql.execute(tx).await? == 0 {
        return Ok(false);
    }
    for table in ["client_emails", "client_phones"] {
        let mut sql = Sql::new(format!("DELETE FROM {table} WHERE client_id = "));
        sql.bind(current.id);
        sql.later(tx).await?;
    }
    let one = [(current.id, client.clone())];
    insert_contacts(tx, current.call_center_id, &one).await?;
    search::replace(tx, CLIENTS, current.seq, &text).await?;
    Ok(true)
}

/// Sets one column of one client, whatever its version.
pub(super) async fn set(
    tx: &Tx,
    id: Uuid,
    column: &str,
    value: Value,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    let mut sql = Sql::new(format!("UPDATE clients SET {column} = "));
    sql.bind(value).push(", version = version + 1, updated_at = ").bind(now);
    sql.push(" WHERE id = ").bind(id);
    sql.later(tx).await?;
    Ok(())
}

/// Whether another client of the centre has that code.
pub(super) async fn code_is_taken(
    conn: &impl ConnectionTrait,
    center: Uuid,
    code: &str,
    but: Option<Uuid>,
) -> Result<bool, DbErr> {
    let mut sql = Sql::new("SELECT 1 FROM clients WHERE deleted_at IS NULL AND call_center_id = ");
    sql.bind(center).push(" AND code = ").bind(code);
    if let Some(but) = but {
        sql.push(" AND id <> ").bind(but);
    }
    Ok(sql.scalar::<i32>(conn).await?.is_some())
}

/// Whether that user may look after clients of the centre.
pub(super) async fn may_be_assigned(
    conn: &impl ConnectionTrait,
    center: Uuid,
    user: Uuid,
) -> Result<bool, DbErr> {
    let mut sql = Sql::new(
        "SELECT 1 FROM users WHERE is_active AND role IN ('owner', 'supervisor', 'agent') AND id = ",
    );
    sql.bind(user).push(" AND call_center_id = ").bind(center);
    Ok(sql.scalar::<i32>(conn).await?.is_some())
}

/// Sets `next_alert_at` to the soonest open alert of each.
pub(super) async fn refresh_next_alert(tx: &Tx, clients: &[Uuid]) -> Result<(), DbErr> {
    for ids in clients.chunks(2_000) {
        let mut sql = Sql::new(
            "UPDATE clients SET next_alert_at = (SELECT MIN(a.due_at) FROM alerts a \
             WHERE a.client_id = clients.id AND a.completed_at IS NULL AND a.deleted_at IS NULL) \
             WHERE id IN ",
        );
        sql.bind_list(ids.to_vec());
        sql.later(tx).await?;
    }
    Ok(())
}

/// The region phones of a centre are read in.
pub(super) async fn region(
    conn: &impl ConnectionTrait,
    center: Uuid,
) -> Result<Option<String>, DbErr> {
    Sql::with("SELECT phone_region FROM call_centers WHERE id = $1", [center.into()])
        .scalar(conn)
        .await
}

/// The only centre, if there is one only.
pub(super) async fn only_center(conn: &impl ConnectionTrait) -> Result<Option<Uuid>, DbErr> {
    let ids: Vec<Uuid> = Sql::new("SELECT id FROM call_centers LIMIT 2").column(conn).await?;
    Ok(if ids.len() == 1 { ids.first().copied() } else { None })
}

/// Whoever may look after clients the actor sees: id, name.
pub(super) async fn people(
    conn: &impl ConnectionTrait,
    actor: &Actor,
) -> Result<Vec<(Uuid, String)>, DbErr> {
    #[derive(FromQueryResult)]
    struct Person {
        id: Uuid,
        name: String,
    }
    let mut sql = Sql::new(
        "SELECT u.id, u.name FROM users u WHERE u.is_active \
         AND u.role IN ('owner', 'supervisor', 'agent')",
    );
    actor.within_center(&mut sql, "u.call_center_id");
    sql.push(" ORDER BY u.name, u.id LIMIT 500");
    let people: Vec<Person> = sql.all(conn).await?;
    Ok(people.into_iter().map(|person| (person.id, person.name)).collect())
}

/// The centres a super_admin may put a client in: id, name.
pub(super) async fn centers(conn: &impl ConnectionTrait) -> Result<Vec<(Uuid, String)>, DbErr> {
    #[derive(FromQueryResult)]
    struct Center {
        id: Uuid,
        name: String,
    }
    let sql = Sql::new("SELECT id, name FROM call_centers ORDER BY name, id LIMIT 500");
    let centers: Vec<Center> = sql.all(conn).await?;
    Ok(centers.into_iter().map(|center| (center.id, center.name)).collect())
}

/// The records that were merged into `id`, and into those, and so on.
pub(super) async fn absorbed(conn: &impl ConnectionTrait, id: Uuid) -> Result<Vec<Uuid>, DbErr> {
    let mut found = Vec::new();
    let mut last = vec![id];
    while !last.is_empty() {
        let mut sql = Sql::new("SELECT id FROM clients WHERE merged_into IN ");
        sql.bind_list(last);
        last = sql.column(conn).await?;
        last.retain(|id| !found.contains(id));
        found.extend(last.iter().copied());
    }
    Ok(found)
}

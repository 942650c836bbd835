use std::collections::HashMap;

use base::db::{Sql, Tx, insert_many};
use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, DbErr, FromQueryResult, Value};
use uuid::Uuid;

use super::{Client, ClientPhone, NextAlert, ValidClient, search};
use crate::actor::Actor;

/// What [`Client`] reads of `c`, and of their next alert `na`. Tags come in one text, a line each.
const COLUMNS: &str = "c.seq, c.id, c.call_center_id, c.code, c.first_name, \
    c.last_name, c.full_name, c.company_name, c.username, c.email, c.phone, c.phone_e164, \
    c.address, c.city, c.country, c.is_active, c.assigned_to, c.name_key, c.company_key, \
    c.city_key, c.notification_client, c.date_notification, c.orders_total, c.orders_confirmed, \
    c.orders_pending, c.orders_cancelled, c.total_spent, c.last_order_at, c.segment, \
    c.next_alert_at, c.version, c.created_at, c.updated_at, c.deleted_at, c.merged_into, \
    (SELECT u.name FROM users u WHERE u.id = c.assigned_to) AS assignee_name, \
    (SELECT cc.currency FROM call_centers cc WHERE cc.id = c.call_center_id) AS currency, \
    (SELECT string_agg(t.name, '\n' ORDER BY t.key) FROM client_tags ct \
     JOIN tags t ON t.id = ct.tag_id WHERE ct.client_id = c.id) AS tag_names, \
    na.id AS next_alert_id, na.title AS next_alert_title, na.due_at AS next_alert_due";

/// Appends the `SELECT` of [`Client`] rows as far as `FROM clients c` and the alert each shows:
/// the soonest open one the actor may see. `before` is joined first, if not empty.
pub(super) fn push_select(sql: &mut Sql, actor: &Actor, push_before: impl FnOnce(&mut Sql)) {
    sql.push("SELECT ").push(COLUMNS).push(" FROM ");
    push_before(sql);
    sql.push("clients c LEFT JOIN alerts na ON na.id = (SELECT a.id FROM alerts a ");
    sql.push("WHERE a.client_id = c.id AND a.completed_at IS NULL AND a.deleted_at IS NULL");
    actor.within_work_of(sql, "a.assigned_to", "a.created_by");
    sql.push(" ORDER BY a.due_at, a.id LIMIT 1)");
}

/// Runs a statement begun by [`push_select`].
pub(super) async fn read(conn: &impl ConnectionTrait, sql: Sql) -> Result<Vec<Client>, DbErr> {
    let mut rows: Vec<Client> = sql.all(conn).await?;
    for row in &mut rows {
        let names = row.tag_names.take();
        row.tags = names.iter().flat_map(|names| names.lines()).map(str::to_owned).collect();
        row.next_alert = match (row.next_alert_id, row.next_alert_title.take(), row.next_alert_due)
        {
            (Some(id), Some(title), Some(due_at)) => Some(NextAlert { id, title, due_at }),
            _ => None,
        };
        // The column tells of everyone's alerts; from here on, only of those the actor may see.
        row.next_alert_at = row.next_alert_due;
    }
    Ok(rows)
}

/// A client the actor may see, in the bin or not.
pub(super) async fn find(
    conn: &impl ConnectionTrait,
    actor: &Actor,
    id: Uuid,
) -> Result<Option<Client>, DbErr> {
    if !actor.works_with_clients() {
        return Ok(None);
    }
    let mut sql = Sql::new("");
    push_select(&mut sql, actor, |_| ());
    sql.push(" WHERE c.id = ").bind(id);
    actor.within_center(&mut sql, "c.call_center_id");
    let mut rows = read(conn, sql).await?;
    with_contacts(conn, &mut rows).await?;
    Ok(rows.pop())
}

/// Adds every e-mail and phone to rows of a list, in one query whatever their number.
///
/// # Errors
/// The engine's.
pub async fn with_contacts(conn: &impl ConnectionTrait, rows: &mut [Client]) -> Result<(), DbErr> {
    #[derive(FromQueryResult)]
    struct Contact {
        client_id: Uuid,
        is_phone: bool,
        value: String,
        e164: Option<String>,
    }
    if rows.is_empty() {
        return Ok(());
    }
    let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
    let mut sql = Sql::new(
        "SELECT client_id, FALSE AS is_phone, position, value, CAST(NULL AS TEXT) AS e164 \
         FROM client_emails WHERE client_id IN ",
    );
    sql.bind_list(ids.clone());
    sql.push(" UNION ALL SELECT client_id, TRUE, position, raw, e164 FROM client_phones ");
    sql.push("WHERE client_id IN ").bind_list(ids).push(" ORDER BY client_id, position");
    let mut contacts: HashMap<Uuid, (Vec<String>, Vec<ClientPhone>)> = HashMap::new();
    for Contact { client_id, is_phone, value, e164 } in sql.all(conn).await? {
        let (emails, phones) = contacts.entry(client_id).or_default();
        if is_phone {
            phones.push(ClientPhone { raw: value, e164 });
        } else {
            emails.push(value);
        }
    }
    for row in rows {
        (row.emails, row.phones) = contacts.remove(&row.id).unwrap_or_default();
    }
    Ok(())
}

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
pub(super) async fn insert(
    tx: &Tx,
    actor: &Actor,
    center: Uuid,
    clients: &[(Uuid, ValidClient)],
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    #[derive(FromQueryResult)]
    struct Numbered {
        seq: i64,
        id: Uuid,
    }
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
        let seqs = chunk.iter().map(|(id, _)| seq_of(*id));
        search::insert(tx, seqs.zip(pieces.await?).collect()).await?;
        insert_contacts(tx, center, chunk).await?;
    }
    Ok(())
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
    search::replace(tx, current.seq, text).await?;
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

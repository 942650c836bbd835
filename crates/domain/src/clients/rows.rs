//! Clients as they are read.

use std::collections::HashMap;

use base::db::Column::{Flag, Id, Plain, Row};
use base::db::{Column, Packed, Sql};
use sea_orm::{ConnectionTrait, DbBackend, DbErr, FromQueryResult};
use uuid::Uuid;

use super::{Client, ClientPhone, NextAlert};
use crate::actor::Actor;

/// What [`Client`] reads of `c`, and of their next alert `na`, in the order of its fields.
const COLUMNS: Packed = Packed(&[
    Plain("c.seq"),
    Id("c.id"),
    Id("c.call_center_id"),
    Plain("c.code"),
    Plain("c.first_name"),
    Plain("c.last_name"),
    Plain("c.full_name"),
    Plain("c.company_name"),
    Plain("c.username"),
    Plain("c.email"),
    Plain("c.phone"),
    Plain("c.phone_e164"),
    Plain("c.address"),
    Plain("c.city"),
    Plain("c.country"),
    Flag("c.is_active"),
    Id("c.assigned_to"),
    Plain("(SELECT u.name FROM users u WHERE u.id = c.assigned_to)"),
    Plain("c.name_key"),
    Plain("c.company_key"),
    Plain("c.city_key"),
    Plain("c.notification_client"),
    Plain("c.date_notification"),
    Plain("c.orders_total"),
    Plain("c.orders_confirmed"),
    Plain("c.orders_pending"),
    Plain("c.orders_cancelled"),
    Plain("c.orders_counted"),
    Plain("c.total_spent"),
    Plain("(SELECT cc.currency FROM call_centers cc WHERE cc.id = c.call_center_id)"),
    Plain("c.last_order_at"),
    Plain("c.segment"),
    Plain("c.next_alert_at"),
    Plain("c.version"),
    Plain("c.created_at"),
    Plain("c.updated_at"),
    Plain("c.deleted_at"),
    Id("c.merged_into"),
    TAGS,
    Id("na.id"),
    Plain("na.title"),
    Plain("na.due_at"),
]);

/// A client, and all they have several of.
const WITH_CONTACTS: Packed = Packed(&[Row(COLUMNS), EMAILS, PHONES]);

/// The e-mails of `c` in one text, which [`parted`] takes apart.
pub(crate) const EMAILS: Column = Plain(
    "(SELECT string_agg(e.value, '\u{1e}' ORDER BY e.position) FROM client_emails e \
     WHERE e.client_id = c.id)",
);

/// The phones of `c`, likewise: [`ClientPhone::parted`].
pub(crate) const PHONES: Column = Plain(
    "(SELECT string_agg(p.raw || '\u{1f}' || COALESCE(p.e164, ''), '\u{1e}' \
     ORDER BY p.position) FROM client_phones p WHERE p.client_id = c.id)",
);

/// The names of the tags of `c`, likewise.
pub(crate) const TAGS: Column = Plain(
    "(SELECT string_agg(t.name, '\u{1e}' ORDER BY t.key) FROM client_tags ct \
     JOIN tags t ON t.id = ct.tag_id WHERE ct.client_id = c.id)",
);

/// Stands between two of a list, and within a phone between its two writings: what no field can hold.
const BETWEEN: char = '\u{1e}';
const WITHIN: char = '\u{1f}';

/// What stands in a list that came as one text.
pub(crate) fn parted(list: Option<&str>) -> impl Iterator<Item = &str> {
    list.into_iter().flat_map(|list| list.split(BETWEEN))
}

impl ClientPhone {
    /// The phones of a list that came as one text.
    pub(crate) fn parted(list: Option<&str>) -> impl Iterator<Item = Self> {
        parted(list).map(|phone| {
            let (raw, e164) = phone.split_once(WITHIN).unwrap_or((phone, ""));
            let e164 = Some(e164.to_owned()).filter(|e164| !e164.is_empty());
            Self { raw: raw.to_owned(), e164 }
        })
    }
}

/// Appends the `SELECT` of [`Client`] rows as far as `FROM clients c` and the alert each shows:
/// the soonest open one the actor may see. `before` is joined first, if not empty.
pub(super) fn push_select(
    sql: &mut Sql,
    backend: DbBackend,
    actor: &Actor,
    push_before: impl FnOnce(&mut Sql),
) {
    COLUMNS.push_select(sql, backend);
    push_from(sql, actor, push_before);
}

fn push_from(sql: &mut Sql, actor: &Actor, push_before: impl FnOnce(&mut Sql)) {
    sql.push(" FROM ");
    push_before(sql);
    sql.push("clients c LEFT JOIN alerts na ON na.id = (SELECT a.id FROM alerts a ");
    sql.push("WHERE a.client_id = c.id AND a.completed_at IS NULL AND a.deleted_at IS NULL");
    actor.within_work_of(sql, "a.assigned_to", "a.created_by");
    sql.push(" ORDER BY a.due_at, a.id LIMIT 1)");
}

/// Runs a statement begun by [`push_select`].
pub(super) async fn read(conn: &impl ConnectionTrait, sql: Sql) -> Result<Vec<Client>, DbErr> {
    let mut rows: Vec<Client> = COLUMNS.all(sql, conn).await?;
    rows.iter_mut().for_each(unpack);
    Ok(rows)
}

/// Fills in what comes otherwise than it is told.
fn unpack(row: &mut Client) {
    row.tags = parted(row.tag_names.take().as_deref()).map(str::to_owned).collect();
    row.next_alert = match (row.next_alert_id, row.next_alert_title.take(), row.next_alert_due) {
        (Some(id), Some(title), Some(due_at)) => Some(NextAlert { id, title, due_at }),
        _ => None,
    };
    // The column tells of everyone's alerts; from here on, only of those the actor may see.
    row.next_alert_at = row.next_alert_due;
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
    WITH_CONTACTS.push_select(&mut sql, conn.get_database_backend());
    push_from(&mut sql, actor, |_| ());
    sql.push(" WHERE c.id = ").bind(id);
    actor.within_center(&mut sql, "c.call_center_id");
    let mut rows: Vec<(Client, Option<String>, Option<String>)> =
        WITH_CONTACTS.all(sql, conn).await?;
    let Some((mut client, emails, phones)) = rows.pop() else { return Ok(None) };
    unpack(&mut client);
    client.emails = parted(emails.as_deref()).map(str::to_owned).collect();
    client.phones = ClientPhone::parted(phones.as_deref()).collect();
    Ok(Some(client))
}

/// What each client has several of, in its order; `select` ends with `client_id IN `.
pub(crate) async fn listed(
    conn: &impl ConnectionTrait,
    select: &'static str,
    ids: &[Uuid],
) -> Result<HashMap<Uuid, Vec<String>>, DbErr> {
    #[derive(FromQueryResult)]
    struct Row {
        client_id: Uuid,
        value: String,
    }
    let mut values: HashMap<Uuid, Vec<String>> = HashMap::new();
    if ids.is_empty() {
        return Ok(values);
    }
    let mut sql = Sql::new(select);
    sql.bind_list(ids.iter().copied()).push(" ORDER BY client_id, position");
    for row in sql.all::<Row>(conn).await? {
        values.entry(row.client_id).or_default().push(row.value);
    }
    Ok(values)
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

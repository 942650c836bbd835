//! The clients a batch of lines may be about.

use std::collections::HashMap;

use base::db::Sql;
use base::text::fold;
use sea_orm::{ConnectionTrait, DbErr, FromQueryResult};
use uuid::Uuid;

use super::lines::Entry;
use crate::actor::Actor;
use crate::clients::{self, Found, listed};
use crate::operations::bulk::tags_of;

/// A client that is there already.
#[derive(Clone, Debug, FromQueryResult)]
pub(super) struct Existing {
    pub(super) id: Uuid,
    pub(super) assigned_to: Option<Uuid>,
    pub(super) code: Option<String>,
    pub(super) first_name: Option<String>,
    pub(super) last_name: Option<String>,
    pub(super) company_name: Option<String>,
    pub(super) address: Option<String>,
    pub(super) city: Option<String>,
    pub(super) country: Option<String>,
    pub(super) version: i32,
    #[sea_orm(skip)]
    pub(super) emails: Vec<String>,
    #[sea_orm(skip)]
    pub(super) phones: Vec<String>,
    #[sea_orm(skip)]
    pub(super) tags: Vec<String>,
}

/// Which client each entry is about, by the entry's place; none: a new one.
#[derive(Default)]
pub(super) struct Matches {
    by_code: HashMap<String, Uuid>,
    /// Codes of records that live on in others.
    merged: HashMap<String, Found>,
    by_person: HashMap<(String, String), Vec<(Uuid, bool)>>,
    clients: HashMap<Uuid, Existing>,
}

impl Matches {
    /// Looks for the clients of a centre that these entries may be about.
    pub(super) async fn find(
        conn: &impl ConnectionTrait,
        center: Uuid,
        entries: &[&Entry],
    ) -> Result<Self, DbErr> {
        let codes: Vec<String> = entries.iter().filter_map(|entry| entry.code.clone()).collect();
        let emails: Vec<String> = entries
            .iter()
            .filter_map(|e| e.person.as_ref())
            .map(|(email, _)| email.clone())
            .collect();
        let mut found = Self {
            by_code: clients::by_codes(conn, center, &codes).await?,
            merged: clients::by_former_codes(conn, center, &codes).await?,
            ..Self::default()
        };
        for row in with_emails(conn, center, emails).await? {
            let person = (row.key, fold(&row.full_name));
            found.by_person.entry(person).or_default().push((row.id, row.code.is_some()));
        }
        let mut ids: Vec<Uuid> =
            entries.iter().filter_map(|entry| found.id_of(entry, &|_| true)).collect();
        ids.sort_unstable();
        ids.dedup();
        found.clients = details(conn, &ids).await?;
        Ok(found)
    }

    /// The client an entry is about, among those that are still `free`.
    pub(super) fn of(&self, entry: &Entry, free: impl Fn(Uuid) -> bool) -> Option<&Existing> {
        self.id_of(entry, &free).and_then(|id| self.clients.get(&id))
    }

    /// Whether an entry is about a record that was merged into another: what that one is was
    /// chosen by a person, field by field.
    pub(super) fn is_merged(&self, entry: &Entry) -> bool {
        let code = entry.code.as_ref();
        code.is_some_and(|code| !self.by_code.contains_key(code) && self.merged.contains_key(code))
    }

    /// By code; else by e-mail and name together: for a line with a code, only a client who has
    /// none yet.
    fn id_of(&self, entry: &Entry, free: &impl Fn(Uuid) -> bool) -> Option<Uuid> {
        let by_code = entry.code.as_ref().and_then(|code| self.by_code.get(code));
        if let Some(id) = by_code {
            return Some(*id);
        }
        let candidates = self.by_person.get(entry.person.as_ref()?)?;
        let fits = |(_, has_code): &&(Uuid, bool)| entry.code.is_none() || !has_code;
        let mut fitting = candidates.iter().filter(fits).map(|(id, _)| *id).filter(|id| free(*id));
        match (fitting.next(), fitting.next()) {
            // Two of the same name and address: nobody can say which, and neither is touched.
            (Some(id), None) => Some(id),
            _ => None,
        }
    }
}

#[derive(FromQueryResult)]
struct Reached {
    id: Uuid,
    key: String,
    full_name: String,
    code: Option<String>,
}

async fn with_emails(
    conn: &impl ConnectionTrait,
    center: Uuid,
    emails: Vec<String>,
) -> Result<Vec<Reached>, DbErr> {
    if emails.is_empty() {
        return Ok(Vec::new());
    }
    let mut sql = Sql::new("SELECT c.id, e.key, c.full_name, c.code FROM ");
    push_wanted(&mut sql, emails);
    sql.push(" CROSS JOIN client_emails e JOIN clients c ON c.id = e.client_id ");
    sql.push("WHERE c.deleted_at IS NULL AND e.call_center_id = ").bind(center);
    sql.push(" AND e.key = wanted.column1");
    sql.all(conn).await
}

/// Appends these values, each once, as the table `wanted (column1)`: a long IN would be compared
/// with every row of the centre where PostgreSQL knows little of a table that is being filled.
fn push_wanted(sql: &mut Sql, mut values: Vec<String>) {
    values.sort_unstable();
    values.dedup();
    sql.push("(VALUES ");
    for (index, value) in values.into_iter().enumerate() {
        sql.push(if index > 0 { ", (" } else { "(" }).bind(value).push(")");
    }
    sql.push(") AS wanted");
}

/// Everything an import may change of these clients.
pub(super) async fn details(
    conn: &impl ConnectionTrait,
    ids: &[Uuid],
) -> Result<HashMap<Uuid, Existing>, DbErr> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let mut sql = Sql::new(
        "SELECT id, assigned_to, code, first_name, last_name, company_name, address, \
         city, country, version FROM clients WHERE id IN ",
    );
    sql.bind_list(ids.iter().copied());
    let rows: Vec<Existing> = sql.all(conn).await?;
    let emails = "SELECT client_id, value FROM client_emails WHERE client_id IN ";
    let phones = "SELECT client_id, raw AS value FROM client_phones WHERE client_id IN ";
    let mut emails = listed(conn, emails, ids).await?;
    let mut phones = listed(conn, phones, ids).await?;
    let mut tags = tags_of(conn, ids).await?;
    let fill = |mut row: Existing| {
        row.emails = emails.remove(&row.id).unwrap_or_default();
        row.phones = phones.remove(&row.id).unwrap_or_default();
        row.tags = tags.remove(&row.id).unwrap_or_default();
        (row.id, row)
    };
    Ok(rows.into_iter().map(fill).collect())
}

/// The centres of an actor, by name.
pub(super) async fn centers(
    conn: &impl ConnectionTrait,
    actor: &Actor,
) -> Result<Vec<(Uuid, String)>, DbErr> {
    #[derive(FromQueryResult)]
    struct Row {
        id: Uuid,
        name: String,
    }
    let mut sql = Sql::new("SELECT c.id, c.name FROM call_centers c WHERE 1 = 1");
    actor.within_center(&mut sql, "c.id");
    sql.push(" ORDER BY c.name, c.id LIMIT 500");
    let rows: Vec<Row> = sql.all(conn).await?;
    Ok(rows.into_iter().map(|row| (row.id, row.name)).collect())
}

//! The clients of a list, batch after batch, to be written to a file: exactly those the list shows.

use base::db::Column::{Flag, Id, Plain};
use base::db::{Packed, Sql};
use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, DbErr};
use serde::Deserialize;
use uuid::Uuid;

use super::bulk::{self, Params};
use crate::actor::Actor;
use crate::clients::{ClientPhone, EMAILS, PHONES, TAGS, parted};
use crate::error::Result;

/// Clients per batch: a few batches are in memory at once.
const BATCH: i64 = 1_000;

/// A client as a file shows them.
#[derive(Clone, Debug, Deserialize)]
pub struct ExportRow {
    /// Their id; not written, but it places the row.
    pub id: Uuid,
    /// Their code.
    pub code: Option<String>,
    /// First name.
    pub first_name: Option<String>,
    /// Last name.
    pub last_name: Option<String>,
    /// Company.
    pub company_name: Option<String>,
    /// Address.
    pub address: Option<String>,
    /// City.
    pub city: Option<String>,
    /// Country.
    pub country: Option<String>,
    /// Active or not.
    pub is_active: bool,
    /// The assignee's name.
    pub assignee: Option<String>,
    /// `succes` or `echec`, from the last contact attempt.
    pub notification_client: Option<String>,
    /// When that was.
    pub date_notification: Option<DateTime<Utc>>,
    /// When the next alert is due.
    pub next_alert_at: Option<DateTime<Utc>>,
    /// When they were recorded.
    pub created_at: DateTime<Utc>,
    all_emails: Option<String>,
    all_phones: Option<String>,
    all_tags: Option<String>,
    /// E-mail addresses, the primary one first.
    #[serde(skip)]
    pub emails: Vec<String>,
    /// Phones as typed, the primary one first.
    #[serde(skip)]
    pub phones: Vec<String>,
    /// Tags, by name.
    #[serde(skip)]
    pub tags: Vec<String>,
}

/// Whether `actor` may take clients out in a file.
///
/// # Errors
/// [`crate::Error::Forbidden`] for all but admins and supervisors.
pub fn permit(actor: &Actor) -> Result<()> {
    actor.require(actor.leads_people())
}

/// The next rows of an export from after client `after`, in the order of their creation, and
/// where the batch after them starts.
///
/// # Errors
/// No right to export.
pub async fn batch(
    conn: &impl ConnectionTrait,
    actor: &Actor,
    params: &Params,
    after: Option<Uuid>,
    now: DateTime<Utc>,
) -> Result<(Vec<ExportRow>, Option<Uuid>)> {
    permit(actor)?;
    let (ids, last) = bulk::next_ids(conn, actor, params, after, None, BATCH, now).await?;
    if ids.is_empty() {
        return Ok((Vec::new(), last));
    }
    let mut rows = clients(conn, &ids).await?;
    for row in &mut rows {
        let texts = |list: Option<String>| parted(list.as_deref()).map(str::to_owned).collect();
        let phones = ClientPhone::parted(row.all_phones.as_deref());
        row.phones = phones.map(|phone| phone.raw).collect();
        row.emails = texts(row.all_emails.take());
        row.tags = texts(row.all_tags.take());
    }
    Ok((rows, last))
}

/// What [`ExportRow`] reads, in the order of its fields.
const COLUMNS: Packed = Packed(&[
    Id("c.id"),
    Plain("c.code"),
    Plain("c.first_name"),
    Plain("c.last_name"),
    Plain("c.company_name"),
    Plain("c.address"),
    Plain("c.city"),
    Plain("c.country"),
    Flag("c.is_active"),
    Plain("(SELECT u.name FROM users u WHERE u.id = c.assigned_to)"),
    Plain("c.notification_client"),
    Plain("c.date_notification"),
    Plain("c.next_alert_at"),
    Plain("c.created_at"),
    EMAILS,
    PHONES,
    TAGS,
]);

async fn clients(conn: &impl ConnectionTrait, ids: &[Uuid]) -> Result<Vec<ExportRow>, DbErr> {
    let mut sql = Sql::new("");
    COLUMNS.push_select(&mut sql, conn.get_database_backend());
    sql.push(" FROM clients c WHERE c.id IN ").bind_list(ids.iter().copied());
    sql.push(" ORDER BY c.id LIMIT ").bind(BATCH);
    COLUMNS.all(sql, conn).await
}

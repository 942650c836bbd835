//! Mail kept in the application when no mail server is set.

use base::db::{Db, Sql};
use base::ids::new_id;
use base::mail::MailMessage;
use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, DbErr, FromQueryResult, Value};
use uuid::Uuid;

use crate::actor::Actor;
use crate::error::Result;

/// Keeps `message`; once, however often it is kept.
///
/// # Errors
/// The engine's.
pub async fn keep(
    db: &Db,
    message: &MailMessage,
    call_center_id: Option<Uuid>,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    let tx = db.begin().await?;
    let mut sql = Sql::new(
        "INSERT INTO mails (id, message_id, to_address, to_name, subject, text, html, \
         call_center_id, created_at) VALUES ",
    );
    sql.bind_list([
        Value::from(new_id(now)),
        message.message_id.clone().into(),
        message.to.address.clone().into(),
        message.to.name.clone().into(),
        message.subject.clone().into(),
        message.text.clone().into(),
        message.html.clone().into(),
        call_center_id.into(),
        now.into(),
    ]);
    sql.push(" ON CONFLICT (message_id) DO NOTHING");
    sql.execute(&tx).await?;
    tx.commit().await
}

/// A kept mail in a list.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct Listed {
    /// Its id; newer ones are greater.
    pub id: Uuid,
    /// Its subject.
    pub subject: String,
    /// Its recipient's address.
    pub to_address: String,
    /// Its recipient's name.
    pub to_name: String,
    /// When it was kept.
    pub created_at: DateTime<Utc>,
}

/// A kept mail.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct Kept {
    /// Its id.
    pub id: Uuid,
    /// Its Message-ID.
    pub message_id: String,
    /// Its subject.
    pub subject: String,
    /// Its recipient's address.
    pub to_address: String,
    /// Its recipient's name.
    pub to_name: String,
    /// The part for programs that show text.
    pub text: String,
    /// The part for programs that show HTML.
    pub html: String,
    /// When it was kept.
    pub created_at: DateTime<Utc>,
}

/// Kept mails, newest first, older than `before`. Admins only: mails carry links that open
/// accounts.
///
/// # Errors
/// [`Error::Forbidden`](crate::Error::Forbidden), or the engine's.
pub async fn list(
    conn: &impl ConnectionTrait,
    actor: &Actor,
    before: Option<Uuid>,
    limit: u32,
) -> Result<Vec<Listed>> {
    actor.require(actor.is_admin())?;
    let mut sql = Sql::new(
        "SELECT m.id, m.subject, m.to_address, m.to_name, m.created_at FROM mails m WHERE 1 = 1",
    );
    actor.within_center(&mut sql, "m.call_center_id");
    if let Some(before) = before {
        sql.push(" AND m.id < ").bind(before);
    }
    sql.push(" ORDER BY m.id DESC LIMIT ").bind(i64::from(limit));
    Ok(sql.all(conn).await?)
}

/// One kept mail.
///
/// # Errors
/// [`Error::Forbidden`](crate::Error::Forbidden), [`Error::NotFound`](crate::Error::NotFound), or
/// the engine's.
pub async fn get(conn: &impl ConnectionTrait, actor: &Actor, id: Uuid) -> Result<Kept> {
    actor.require(actor.is_admin())?;
    let mut sql = Sql::new(
        "SELECT m.id, m.message_id, m.subject, m.to_address, m.to_name, m.text, m.html, \
         m.created_at FROM mails m WHERE m.id = ",
    );
    sql.bind(id);
    actor.within_center(&mut sql, "m.call_center_id");
    sql.one(conn).await?.ok_or(crate::Error::NotFound)
}

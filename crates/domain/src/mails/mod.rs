//! Mail kept in the application when no mail server is set.

use base::db::{Db, Sql};
use base::ids::new_id;
use base::mail::MailMessage;
use chrono::{DateTime, Utc};
use sea_orm::{DbErr, Value};
use uuid::Uuid;

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

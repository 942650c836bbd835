//! A client in a few words.

use std::collections::HashMap;

use base::db::Sql;
use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, DbErr, FromQueryResult};
use uuid::Uuid;

/// A client in short, for a pair.
#[derive(Clone, Debug, PartialEq, FromQueryResult)]
pub struct Brief {
    /// Its id.
    pub id: Uuid,
    /// Its name.
    pub full_name: String,
    /// Its first name.
    pub first_name: Option<String>,
    /// Its last name.
    pub last_name: Option<String>,
    /// Its company.
    pub company_name: Option<String>,
    /// Its code.
    pub code: Option<String>,
    /// Its primary e-mail.
    pub email: Option<String>,
    /// Its primary phone, as typed.
    pub phone: Option<String>,
    /// As dialled.
    pub phone_e164: Option<String>,
    /// Its street.
    pub address: Option<String>,
    /// Its city.
    pub city: Option<String>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
}

/// The clients of these ids in short.
pub(super) async fn briefs(
    conn: &impl ConnectionTrait,
    ids: &[Uuid],
) -> Result<HashMap<Uuid, Brief>, DbErr> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let mut sql = Sql::new(
        "SELECT id, full_name, first_name, last_name, company_name, code, email, phone, \
         phone_e164, address, city, created_at FROM clients WHERE id IN ",
    );
    sql.bind_list(ids.to_vec());
    let rows: Vec<Brief> = sql.all(conn).await?;
    Ok(rows.into_iter().map(|row| (row.id, row)).collect())
}

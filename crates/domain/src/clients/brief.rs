//! A client in a few words, and looking for one by hand.

use std::collections::HashMap;

use base::db::Sql;
use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, DbErr, FromQueryResult};
use uuid::Uuid;

use super::{Client, ClientFilter, matching_ids};
use crate::actor::{Actor, Role};
use crate::error::Result;
use crate::search::{self, CLIENTS, Needles};

/// A client in short, beside others.
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

impl From<Client> for Brief {
    fn from(client: Client) -> Self {
        Self {
            id: client.id,
            full_name: client.full_name,
            first_name: client.first_name,
            last_name: client.last_name,
            company_name: client.company_name,
            code: client.code,
            email: client.email,
            phone: client.phone,
            phone_e164: client.phone_e164,
            address: client.address,
            city: client.city,
            created_at: client.created_at,
        }
    }
}

/// The clients of these ids in short.
pub(crate) async fn briefs(
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

/// The clients of one centre that `typed` finds (part of a name, a code, a phone…), `most` at most.
/// A super_admin, who sees every centre, sees what the owner of this one does.
///
/// # Errors
/// [`crate::Error::Forbidden`] for roles that do not work with clients; a search that cannot be
/// read (`q`).
pub(crate) async fn found_in(
    conn: &impl ConnectionTrait,
    actor: &Actor,
    center: Uuid,
    typed: &str,
    most: i64,
    now: DateTime<Utc>,
) -> Result<Vec<Uuid>> {
    let role = if actor.role == Role::SuperAdmin { Role::Owner } else { actor.role };
    let within = Actor { role, call_center_id: Some(center), ..actor.clone() };
    let filter = ClientFilter { q: Some(typed.to_owned()), ..ClientFilter::default() };
    matching_ids(conn, &within, &filter, None, most, now).await
}

/// Any `most` of the clients that a search for `typed` finds, as they are met: whoever only asks
/// whether they are few does not wait for all.
///
/// # Errors
/// The engine's.
pub(crate) async fn some_found(
    conn: &impl ConnectionTrait,
    actor: &Actor,
    typed: &str,
    most: i64,
) -> Result<Vec<Uuid>, DbErr> {
    let Some(needles) = Needles::read(typed) else { return Ok(Vec::new()) };
    let mut sql = search::select(conn, CLIENTS, &[needles], "c.id", "").await?;
    search::aside(&mut sql, |sql| {
        sql.push(" AND c.deleted_at IS NULL");
        actor.within_center(sql, "c.call_center_id");
    });
    sql.push(" LIMIT ").bind(most);
    sql.column(conn).await
}

/// Whether a search for `typed` finds one client in a dozen or more, judged by some of them.
///
/// # Errors
/// The engine's.
pub(crate) async fn are_frequent(conn: &impl ConnectionTrait, typed: &str) -> Result<bool, DbErr> {
    let Some(needles) = Needles::read(typed) else { return Ok(false) };
    Ok(search::sample(conn, CLIENTS).await?.is_dense(&[needles]))
}

/// Appends ` AND …` on `c`: what is known of them holds `typed`.
pub(crate) fn push_said(sql: &mut Sql, typed: &str) {
    if let Some(needles) = Needles::read(typed) {
        needles.push_like(sql, CLIENTS);
    }
}

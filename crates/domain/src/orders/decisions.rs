//! What a person decided about an order, remembered for the name, address and number it bears.

use base::db::{Db, Sql, Tx};
use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, DbErr, FromQueryResult};
use serde_json::{Value as Json, json};
use uuid::Uuid;

use super::link::{Link, StoredCandidate};
use super::{Order, changes, examine, queries};
use crate::actor::Actor;
use crate::clients::{self, NewClient};
use crate::error::{Error, Invalid, Result, expect_version};
use crate::events;

/// What a person says of an order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// It is this client's.
    Client(Uuid),
    /// It is of someone who becomes a client.
    NewClient(Box<NewClient>),
    /// It is no client's.
    Nobody,
    /// Nothing any more: the rules decide again.
    Undecided,
}

/// A remembered decision.
#[derive(Clone, Debug, FromQueryResult)]
pub(super) struct Memory {
    pub(super) evidence: String,
    pub(super) client_id: Option<Uuid>,
    pub(super) refused: Option<Json>,
    pub(super) decided_by: Option<Uuid>,
    pub(super) decided_at: DateTime<Utc>,
    merged_into: Option<Uuid>,
}

impl Memory {
    /// The same, of the record in which its client lives on; none in the bin.
    async fn led_on(mut self, conn: &impl ConnectionTrait) -> Result<Option<Self>, DbErr> {
        let Some(into) = self.merged_into.take() else { return Ok(Some(self)) };
        self.client_id = clients::living(conn, into).await?;
        Ok(self.client_id.is_some().then_some(self))
    }

    /// The link this decision makes; `None` when clients nobody had seen come into question now.
    /// `found` is what the rules say today. A client chosen for an address or a number stays
    /// chosen; where a name is all there is, a new namesake may be meant.
    pub(super) fn applied(&self, found: &Link) -> Option<Link> {
        let seen: Vec<Uuid> = self
            .refused
            .clone()
            .and_then(|list| serde_json::from_value(list).ok())
            .unwrap_or_default();
        let is_known =
            |one: &StoredCandidate| seen.contains(&one.id) || Some(one.id) == self.client_id;
        let all_known = found.candidates.iter().all(is_known);
        let is_named_only = |one: &StoredCandidate| !one.grounds.has_contact();
        match self.client_id {
            Some(_) if !all_known && found.candidates.iter().all(is_named_only) => None,
            None if !all_known => None,
            client => {
                let key = if client.is_some() { "remembered" } else { "remembered_nobody" };
                Some(Link::chosen(client, key, found.candidates.clone()))
            }
        }
    }
}

const SELECT: &str = "SELECT d.evidence, d.client_id, d.refused, d.decided_by, d.decided_at, \
    c.merged_into FROM order_decisions d LEFT JOIN clients c ON c.id = d.client_id \
    WHERE (d.client_id IS NULL OR c.deleted_at IS NULL OR c.merged_into IS NOT NULL) \
    AND d.call_center_id = ";

/// What was decided for this evidence, unless the client lies in the bin. One who was merged is
/// the one they live on in.
pub(super) async fn recall(
    conn: &impl ConnectionTrait,
    center: Uuid,
    evidence: &str,
) -> Result<Option<Memory>, DbErr> {
    let mut sql = Sql::new(SELECT);
    sql.bind(center).push(" AND d.evidence = ").bind(evidence);
    match sql.one::<Memory>(conn).await? {
        Some(memory) => memory.led_on(conn).await,
        None => Ok(None),
    }
}

/// Everything decided in a centre.
pub(super) async fn recall_all(
    conn: &impl ConnectionTrait,
    center: Uuid,
) -> Result<Vec<Memory>, DbErr> {
    let mut sql = Sql::new(SELECT);
    sql.bind(center);
    let mut memories = Vec::new();
    for memory in sql.all::<Memory>(conn).await? {
        memories.extend(memory.led_on(conn).await?);
    }
    Ok(memories)
}

/// Says whose an order is. The answer counts for every order that bears the same name, address
/// and number, until one of them changes.
///
/// # Errors
/// [`Error::NotFound`] for an order or a client the actor may not see; [`Error::Stale`] when
/// `version` is given and another; wrong fields of the new client.
pub async fn decide(
    db: &Db,
    actor: &Actor,
    id: Uuid,
    version: Option<i32>,
    answer: Answer,
    now: DateTime<Utc>,
) -> Result<Order> {
    let tx = db.begin().await?;
    let order = queries::find_in_turn(&tx, actor, id).await?.ok_or(Error::NotFound)?;
    expect_version(version, order.version)?;
    let link = match answer {
        Answer::Client(client) => {
            let client = clients::get(&tx, actor, client).await?;
            if client.call_center_id != order.call_center_id {
                return Err(Error::NotFound);
            }
            Link::chosen(Some(client.id), "chosen", order.candidates())
        }
        Answer::NewClient(new) => {
            let client = make_client(&tx, actor, &order, &new, now).await?;
            Link::chosen(Some(client), "created", order.candidates())
        }
        Answer::Nobody => Link::chosen(None, "nobody", order.candidates()),
        Answer::Undecided => {
            forget(&tx, &order).await?;
            examine::weigh_anew(&tx, &order).await?
        }
    };
    let is_decision = matches!(
        link.why.as_ref().map(|why| why.key.as_str()),
        Some("chosen" | "created" | "nobody")
    );
    if is_decision {
        remember(&tx, actor, &order, &link, now).await?;
    }
    let decided = is_decision.then_some((actor.user_id, now));
    let events = changes::relink(&tx, &order, link, decided, now).await?;
    events::record_many(&tx, actor, events, now).await?;
    let order = queries::find(&tx, actor, id).await?.ok_or(Error::NotFound)?;
    tx.commit().await?;
    Ok(order)
}

async fn make_client(
    tx: &Tx,
    actor: &Actor,
    order: &Order,
    new: &NewClient,
    now: DateTime<Utc>,
) -> Result<Uuid> {
    actor.require(actor.works_with_clients())?;
    let house = queries::house(tx, order.call_center_id).await?.ok_or(Error::NotFound)?;
    let mut invalid = Invalid::new();
    let valid = clients::validate(new, &house.region, &mut invalid);
    if let Some(code) = &valid.code
        && clients::code_is_taken(tx, house.center, code, None).await?
    {
        invalid.add("code", "taken");
    }
    invalid.check()?;
    let made = clients::insert_many(tx, actor, house.center, vec![valid], now).await?;
    made.first().copied().ok_or(Error::NotFound)
}

async fn remember(
    tx: &Tx,
    actor: &Actor,
    order: &Order,
    link: &Link,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    let refused: Vec<Uuid> = link.candidates.iter().map(|one| one.id).collect();
    Sql::with(
        "INSERT INTO order_decisions (call_center_id, evidence, client_id, refused, decided_by, \
         decided_at) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (call_center_id, evidence) \
         DO UPDATE SET client_id = excluded.client_id, refused = excluded.refused, \
         decided_by = excluded.decided_by, decided_at = excluded.decided_at",
        [
            order.call_center_id.into(),
            order.evidence.clone().into(),
            link.client.into(),
            json!(refused).into(),
            actor.user_id.into(),
            now.into(),
        ],
    )
    .later(tx)
    .await?;
    examine::same_evidence(tx, order, now).await
}

async fn forget(tx: &Tx, order: &Order) -> Result<(), DbErr> {
    Sql::with(
        "DELETE FROM order_decisions WHERE call_center_id = $1 AND evidence = $2",
        [order.call_center_id.into(), order.evidence.clone().into()],
    )
    .execute(tx)
    .await
    .map(drop)
}

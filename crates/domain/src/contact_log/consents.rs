//! Who agreed to be reached, who refused: each with its source and its proof, never erased, only
//! withdrawn.

use base::db::{Db, Sql};
use base::ids::new_id;
use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, DbErr, FromQueryResult};
use serde_json::{Value as Json, json};
use uuid::Uuid;

use super::{Channel, queries};
use crate::actor::Actor;
use crate::error::{Error, Invalid, Result};
use crate::events::{self, NewEvent};

/// What people say: yes; no, for a while; never, until they say otherwise.
pub const KINDS: [&str; 3] = ["consent", "refusal", "opposition"];

/// To what. The call gate looks at `canvassing`.
pub const PURPOSES: [&str; 3] = ["canvassing", "newsletter", "other"];

/// Most entries shown for one client.
const MOST: i64 = 200;

/// An entry of the ledger.
#[derive(Clone, Debug, PartialEq, FromQueryResult)]
pub struct Consent {
    /// Its id.
    pub id: Uuid,
    /// Its centre.
    pub call_center_id: Uuid,
    /// Whose.
    pub client_id: Uuid,
    /// See [`KINDS`].
    pub kind: String,
    /// See [`PURPOSES`].
    pub purpose: String,
    /// For this way of being reached; `None` is every way.
    pub channel: Option<String>,
    /// Where it comes from: `Formulaire du site`.
    pub source: String,
    /// What proves it: the words agreed to, a document's number…
    pub proof: Option<String>,
    /// When they said so.
    pub given_at: DateTime<Utc>,
    /// Who wrote it down.
    pub recorder_name: Option<String>,
    /// When that was.
    pub created_at: DateTime<Utc>,
    /// When it was withdrawn.
    pub revoked_at: Option<DateTime<Utc>>,
    /// Who wrote that down.
    pub revoker_name: Option<String>,
    /// Why.
    pub revocation: Option<String>,
}

/// An entry as it is typed.
#[derive(Clone, Debug, Default)]
pub struct NewConsent {
    /// See [`KINDS`].
    pub kind: String,
    /// See [`PURPOSES`]; `canvassing` when empty.
    pub purpose: String,
    /// See [`Channel`]; empty is every way.
    pub channel: String,
    /// Where it comes from.
    pub source: String,
    /// What proves it.
    pub proof: Option<String>,
    /// When they said so; now, when absent.
    pub given_at: Option<DateTime<Utc>>,
}

struct Valid {
    kind: String,
    purpose: String,
    channel: Option<String>,
    source: String,
    proof: Option<String>,
    given_at: DateTime<Utc>,
}

impl NewConsent {
    fn check(&self, now: DateTime<Utc>, mut invalid: Invalid) -> Result<Valid> {
        let kind = self.kind.trim();
        if kind.is_empty() {
            invalid.add("kind", "required");
        } else if !KINDS.contains(&kind) {
            invalid.add("kind", "wrong-value");
        }
        let purpose = Some(self.purpose.trim()).filter(|text| !text.is_empty());
        let purpose = purpose.unwrap_or(PURPOSES[0]);
        if !PURPOSES.contains(&purpose) {
            invalid.add("purpose", "wrong-value");
        }
        let channel = Some(self.channel.trim()).filter(|text| !text.is_empty());
        if channel.is_some_and(|name| Channel::parse(name).is_none()) {
            invalid.add("channel", "wrong-value");
        }
        let source = invalid.required("source", Some(&self.source), 200);
        let proof = invalid.text("proof", self.proof.as_deref(), 2_000);
        let given_at = self.given_at.unwrap_or(now);
        if given_at > now {
            invalid.add("given_at", "in-the-future");
        }
        let (kind, purpose) = (kind.to_owned(), purpose.to_owned());
        let channel = channel.map(str::to_owned);
        invalid.check()?;
        Ok(Valid { kind, purpose, channel, source, proof, given_at })
    }
}

/// Writes down what a client said. `invalid` holds what the caller could not read.
///
/// # Errors
/// Every wrong field; [`Error::NotFound`].
pub async fn record(
    db: &Db,
    actor: &Actor,
    client: Uuid,
    new: &NewConsent,
    invalid: Invalid,
    now: DateTime<Utc>,
) -> Result<Consent> {
    let tx = db.begin().await?;
    let subject = queries::subject(&tx, actor, client, false).await?.ok_or(Error::NotFound)?;
    let valid = new.check(now, invalid)?;
    let id = new_id(now);
    let mut sql = Sql::new(
        "INSERT INTO consents (id, call_center_id, client_id, kind, purpose, channel, source, \
         proof, given_at, recorded_by, created_at) VALUES ",
    );
    sql.bind_list([
        sea_orm::Value::from(id),
        subject.call_center_id.into(),
        client.into(),
        valid.kind.into(),
        valid.purpose.into(),
        valid.channel.into(),
        valid.source.into(),
        valid.proof.into(),
        valid.given_at.into(),
        actor.user_id.into(),
        now.into(),
    ]);
    sql.execute(&tx).await?;
    let consent = find(&tx, actor, id).await?.ok_or(Error::NotFound)?;
    let changes = json!({ "kind": [null, consent.kind], "purpose": [null, consent.purpose],
        "channel": [null, consent.channel], "source": [null, consent.source],
        "proof": [null, consent.proof], "given_at": [null, consent.given_at] });
    events::record(&tx, actor, fact("consent.recorded", &consent, changes), now).await?;
    tx.commit().await?;
    Ok(consent)
}

/// Withdraws a consent, or lifts a refusal or an opposition.
///
/// # Errors
/// A wrong `reason`; [`Error::NotFound`]; [`Error::Conflict`] (`already-revoked`).
pub async fn revoke(
    db: &Db,
    actor: &Actor,
    id: Uuid,
    reason: Option<&str>,
    now: DateTime<Utc>,
) -> Result<Consent> {
    let tx = db.begin().await?;
    find(&tx, actor, id).await?.ok_or(Error::NotFound)?;
    let mut invalid = Invalid::new();
    let reason = invalid.text("reason", reason, 500);
    invalid.check()?;
    let sql = Sql::with(
        "UPDATE consents SET revoked_at = $1, revoked_by = $2, revocation = $3 \
         WHERE id = $4 AND revoked_at IS NULL",
        [now.into(), actor.user_id.into(), reason.into(), id.into()],
    );
    if sql.execute(&tx).await? == 0 {
        return Err(Error::Conflict("already-revoked"));
    }
    let consent = find(&tx, actor, id).await?.ok_or(Error::NotFound)?;
    let changes = json!({ "kind": [consent.kind, consent.kind],
        "revoked_at": [null, now], "reason": [null, consent.revocation] });
    events::record(&tx, actor, fact("consent.revoked", &consent, changes), now).await?;
    tx.commit().await?;
    Ok(consent)
}

const SELECT: &str = "SELECT k.id, k.call_center_id, k.client_id, k.kind, k.purpose, k.channel, \
    k.source, k.proof, k.given_at, r.name AS recorder_name, k.created_at, k.revoked_at, \
    v.name AS revoker_name, k.revocation FROM consents k \
    JOIN clients c ON c.id = k.client_id AND c.deleted_at IS NULL \
    LEFT JOIN users r ON r.id = k.recorded_by LEFT JOIN users v ON v.id = k.revoked_by WHERE ";

/// Everything a client said, the latest first.
///
/// # Errors
/// [`Error::NotFound`] when the actor may not see the client.
pub async fn list(
    conn: &impl ConnectionTrait,
    actor: &Actor,
    client: Uuid,
) -> Result<Vec<Consent>> {
    queries::subject(conn, actor, client, false).await?.ok_or(Error::NotFound)?;
    let mut sql = Sql::new(SELECT);
    sql.push("k.client_id = ").bind(client);
    sql.push(" ORDER BY k.given_at DESC, k.id DESC LIMIT ").bind(MOST);
    Ok(sql.all(conn).await?)
}

async fn find(
    conn: &impl ConnectionTrait,
    actor: &Actor,
    id: Uuid,
) -> Result<Option<Consent>, DbErr> {
    if !actor.works_with_clients() {
        return Ok(None);
    }
    let mut sql = Sql::new(SELECT);
    sql.push("k.id = ").bind(id);
    actor.within_center(&mut sql, "k.call_center_id");
    sql.one(conn).await
}

fn fact(kind: &'static str, consent: &Consent, changes: Json) -> NewEvent {
    NewEvent {
        kind,
        call_center_id: Some(consent.call_center_id),
        subject_kind: "consent",
        subject_id: consent.id,
        client_id: Some(consent.client_id),
        data: json!({ "changes": changes }),
    }
}

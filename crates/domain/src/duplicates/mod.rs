//! Clients who may be one person: found, looked at side by side, merged, parted again.
//!
//! | file | holds |
//! | --- | --- |
//! | `weigh` | what makes two records alike, in points and reasons |
//! | `subject` | a record as it is compared, and who else to compare it with |
//! | `shared` | whom records share an e-mail, a phone or a name with |
//! | `partners` | whom a client may be merged with, for who looks for the other |
//! | `list` | the pairs to look at, page by page |
//! | `scan` | the nightly look at changed clients |
//! | `relations` | everything that hangs on a client |
//! | `fields` | choosing field by field |
//! | `merge`, `unmerge` | one record out of two, and two again |
//!
//! Everyone who works with clients sees the pairs and may suggest one; owners, supervisors and
//! super_admins merge, part and dismiss.

mod fields;
mod list;
mod merge;
mod partners;
mod queries;
mod relations;
mod scan;
mod shared;
mod subject;
mod unmerge;
mod weigh;

use base::db::{Db, Tx};
use base::ids::new_id;
use chrono::{DateTime, Utc};
use sea_orm::ConnectionTrait;
use serde_json::json;
use uuid::Uuid;

use crate::actor::Actor;
use crate::clients::{self, Brief, Checked, ValidClient};
use crate::error::{Error, Result};
use crate::events::{self, NewEvent};

pub use fields::{Choices, FIELDS, Field, LISTS, Side};
pub use list::{Filter, Pair, Sort, count, list};
pub(crate) use merge::came_since;
pub use merge::{Merge, Merged, Preview, last_merges, merge, merge_of, preview};
pub use partners::{Partners, partners};
pub use relations::{Handling, RELATIONS, Relation};
pub use scan::{JOB, arm, next_night, scan};
pub use unmerge::{Kept, Unmerged, unmerge};
pub use weigh::Reason;

use subject::{Reach, Subject};

/// Whether the actor may merge, part and dismiss.
pub fn may_decide(actor: &Actor) -> bool {
    actor.leads_people()
}

/// What became of a pair.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// To be looked at.
    Open,
    /// One record now.
    Merged,
    /// Not the same, someone said.
    Dismissed,
}

impl State {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Open, Self::Merged, Self::Dismissed];

    /// Its name in the database and the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Merged => "merged",
            Self::Dismissed => "dismissed",
        }
    }

    /// The state of that name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == name)
    }
}

/// An existing client who looks like one.
#[derive(Clone, Debug, PartialEq)]
pub struct Possible {
    /// Who.
    pub client: Brief,
    /// From 0 to 100.
    pub score: i32,
    /// Why.
    pub reasons: Vec<Reason>,
}

/// Most existing clients shown beside a new one.
const SHOWN: usize = 5;

/// The existing clients whom a new one, which `actor` had checked, looks like, the most alike first.
///
/// # Errors
/// The engine's.
pub async fn possible(conn: &impl ConnectionTrait, new: &Checked) -> Result<Vec<Possible>> {
    let subject = Subject::of_new(&new.client);
    let one = std::slice::from_ref(&subject);
    let mut found = subject::find(conn, new.center, &new.region, one, Reach::Mistyped).await?;
    let mut found = found.remove(&subject.id()).unwrap_or_default();
    found.truncate(SHOWN);
    partners::told(conn, found).await
}

/// How many of these new clients of a centre look like one who is there: what an import tells.
/// Those mistyped in everything are found the night after.
///
/// # Errors
/// The engine's.
pub async fn count_alike(
    conn: &impl ConnectionTrait,
    center: Uuid,
    region: &str,
    new: &[ValidClient],
) -> Result<i64> {
    let mut alike = 0;
    for chunk in new.chunks(500) {
        let subjects: Vec<Subject> = chunk.iter().map(Subject::of_new).collect();
        let found = subject::find(conn, center, region, &subjects, Reach::Same).await?;
        alike += i64::try_from(found.len()).unwrap_or(0);
    }
    Ok(alike)
}

/// Says that two records are not the same person; not asked again while the evidence stays.
///
/// # Errors
/// [`Error::NotFound`], [`Error::Forbidden`]; [`Error::Conflict`] once merged.
pub async fn dismiss(db: &Db, actor: &Actor, pair: Uuid, now: DateTime<Utc>) -> Result<()> {
    decide(db, actor, pair, State::Dismissed, now).await
}

/// Takes [`dismiss`] back.
///
/// # Errors
/// [`Error::NotFound`], [`Error::Forbidden`]; [`Error::Conflict`] once merged.
pub async fn reopen(db: &Db, actor: &Actor, pair: Uuid, now: DateTime<Utc>) -> Result<()> {
    decide(db, actor, pair, State::Open, now).await
}

async fn decide(
    db: &Db,
    actor: &Actor,
    pair: Uuid,
    state: State,
    now: DateTime<Utc>,
) -> Result<()> {
    let tx = db.begin().await?;
    let found = queries::pair(&tx, actor, pair).await?.ok_or(Error::NotFound)?;
    actor.require(may_decide(actor))?;
    if found.state == State::Merged.as_str() {
        return Err(Error::Conflict("duplicate-merged"));
    }
    if found.state == state.as_str() {
        return Ok(());
    }
    queries::set_state(&tx, pair, state, actor.user_id, now).await?;
    let kind = match state {
        State::Dismissed => "client.duplicate_dismissed",
        _ => "client.duplicate_reopened",
    };
    let event = pair_event(kind, found.call_center_id, found.first_id, found.second_id);
    events::record(&tx, actor, event, now).await?;
    tx.commit().await?;
    Ok(())
}

/// Puts two clients on the list of pairs to look at, whatever they have in common.
///
/// # Errors
/// [`Error::NotFound`] for a client out of sight; a pair of one, of two centres (`client_id`).
pub async fn suggest(
    db: &Db,
    actor: &Actor,
    one: Uuid,
    other: Uuid,
    now: DateTime<Utc>,
) -> Result<Uuid> {
    let tx = db.begin().await?;
    let (one, other) = two(&tx, actor, one, other).await?;
    let center = one.call_center_id;
    let region = queries::region(&tx, center).await?;
    let alike = subject::compare(&tx, &region, one.id, other.id).await?;
    let mut reasons = alike.reasons;
    reasons.push(Reason::Suggested);
    let (first, second) = ordered(one.id, other.id);
    let found = queries::Found {
        first,
        second,
        score: alike.score,
        reasons,
        fingerprint: alike.fingerprint,
        suggested_by: actor.user_id,
    };
    queries::upsert(&tx, center, vec![found], now, || new_id(now)).await?;
    let pair = queries::pair_of(&tx, first, second).await?.ok_or(Error::NotFound)?;
    if pair.state == State::Dismissed.as_str() {
        queries::set_state(&tx, pair.id, State::Open, None, now).await?;
    }
    let event = pair_event("client.duplicate_suggested", center, one.id, other.id);
    events::record(&tx, actor, event, now).await?;
    tx.commit().await?;
    Ok(pair.id)
}

/// Two different clients of one centre.
async fn two(
    conn: &impl ConnectionTrait,
    actor: &Actor,
    one: Uuid,
    other: Uuid,
) -> Result<(clients::Client, clients::Client)> {
    let first = clients::get(conn, actor, one).await?;
    if one == other {
        return Err(Error::invalid("client_id", "same-client"));
    }
    let second = clients::get(conn, actor, other).await?;
    if first.call_center_id != second.call_center_id {
        return Err(Error::invalid("client_id", "other-center"));
    }
    Ok((first, second))
}

/// A pair is filed under its smaller id.
fn ordered(one: Uuid, other: Uuid) -> (Uuid, Uuid) {
    if one < other { (one, other) } else { (other, one) }
}

fn pair_event(kind: &'static str, center: Uuid, one: Uuid, other: Uuid) -> NewEvent {
    NewEvent {
        kind,
        call_center_id: Some(center),
        subject_kind: "client",
        subject_id: one,
        client_id: Some(one),
        data: json!({ "other_id": other }),
    }
}

/// Forgets the open pairs nobody suggested that these clients no longer make.
async fn drop_stale(tx: &Tx, clients: &[Uuid], kept: &[(Uuid, Uuid)]) -> Result<()> {
    Ok(queries::drop_stale(tx, clients, kept).await?)
}

//! The contact log: one row per attempt to reach a client.
//!
//! | file | holds |
//! | --- | --- |
//! | `record` | one attempt, written down |
//! | `channel` | by which way, as people say it |
//! | `list`, `filter`, `sort` | attempts page by page, filtered and ordered |
//! | `search` | which attempts a search finds, and what leads to them |
//! | `figures` | attempts and successes by hour and weekday; the best time to reach someone |
//! | `rules` | the centre's calling rules |
//! | `gate` | whether a call is allowed now, and why not |
//! | `consents` | who agreed to what, who refused |
//!
//! The client's `notification_client` and `date_notification` are those of their last attempt that
//! was not undone, recomputed in the transaction of each change.

mod channel;
pub mod consents;
mod figures;
mod filter;
mod gate;
mod list;
mod queries;
mod record;
pub mod rules;
mod search;
mod sort;

use base::db::{Db, Tx};
use base::ids::new_id;
use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{ConnectionTrait, DbErr, FromQueryResult};
use serde_json::{Value as Json, json};
use uuid::Uuid;

use crate::actor::Actor;
use crate::clients::Found;
use crate::duplicates;
use crate::error::{Error, Invalid, Result};
use crate::events::{self, NewEvent};
use crate::preferences;

pub use channel::{Channel, Named};
pub use figures::{BestTime, ENOUGH, FigureFilter, Hour, best_time, figures, of_client};
pub use filter::Filter;
pub use gate::{Decision, Reason, Verdict, verdict, verdict_on};
pub use list::{COUNTED, Place, count, figures_found, list, page_of};
pub use search::{Search, search};
pub use sort::Sort;

/// How long an attempt can be undone: the ten seconds its toast stays, and the way there.
pub const UNDO_WINDOW: TimeDelta = TimeDelta::seconds(11);

/// The preference that remembers an agent's channel.
const PREFERENCE: &str = "contact-channel";

/// How an attempt went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// The client was reached.
    Success,
    /// They were not.
    Failure,
}

impl Status {
    /// `succes` or `echec`, as spec 3 names them everywhere.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Success => "succes",
            Self::Failure => "echec",
        }
    }

    /// The status of that name.
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Success, Self::Failure].into_iter().find(|status| status.as_str() == name)
    }
}

/// An attempt to reach a client.
#[derive(Clone, Debug, PartialEq, FromQueryResult)]
pub struct Attempt {
    /// Its number in the database: cursors only.
    pub(crate) seq: i64,
    /// Its id.
    pub id: Uuid,
    /// Its centre.
    pub call_center_id: Uuid,
    /// The client.
    pub client_id: Uuid,
    /// Their name.
    pub client_name: String,
    /// Their code.
    pub client_code: Option<String>,
    /// Who tried; `None` is Vigie itself.
    pub user_id: Option<Uuid>,
    /// Their name.
    pub user_name: Option<String>,
    /// `succes` or `echec`.
    pub status: String,
    /// See [`Channel`].
    pub channel: String,
    /// The word it was named by, where that is not the channel's own name.
    pub channel_word: Option<String>,
    /// When.
    pub created_at: DateTime<Utc>,
    pub(crate) local_day: String,
    pub(crate) weekday: i32,
    pub(crate) local_hour: i32,
}

impl Attempt {
    /// The channel.
    pub fn channel(&self) -> Channel {
        Channel::parse(&self.channel).unwrap_or(Channel::Other)
    }

    /// Whether they were reached.
    pub fn is_success(&self) -> bool {
        self.status == Status::Success.as_str()
    }

    /// Whether `actor` may still take it back.
    pub fn can_be_undone(&self, actor: &Actor, now: DateTime<Utc>) -> bool {
        self.is_of(actor) && now - self.created_at <= UNDO_WINDOW
    }

    /// How much longer its undo is offered: a second less than it works, for the way there.
    pub fn undoable_for(&self, now: DateTime<Utc>) -> TimeDelta {
        UNDO_WINDOW - TimeDelta::seconds(1) - (now - self.created_at)
    }

    fn is_of(&self, actor: &Actor) -> bool {
        actor.user_id.is_none() || actor.user_id == self.user_id
    }
}

/// An attempt that was recorded.
#[derive(Clone, Debug)]
pub struct Recorded {
    /// What was written.
    pub attempt: Attempt,
    /// What the calling rules say of it.
    pub verdict: Verdict,
}

/// Records an attempt, now, by `actor`. `status` is `succes` or `echec`; without a `channel`, it is
/// the one this agent used last.
///
/// # Errors
/// Wrong fields (`statut`, `canal`); [`Error::NotFound`]; [`Error::CallBlocked`] by the centre's
/// calling rules.
pub async fn record(
    db: &Db,
    actor: &Actor,
    client: Found,
    status: Option<&str>,
    channel: Option<&str>,
    now: DateTime<Utc>,
) -> Result<Recorded> {
    record::write(db, actor, client, (status, channel), false, now).await
}

/// The same by a button: pressed twice at once, it was pressed once.
///
/// # Errors
/// As [`record`].
pub async fn press(
    db: &Db,
    actor: &Actor,
    client: Uuid,
    status: Option<&str>,
    channel: Option<&str>,
    now: DateTime<Utc>,
) -> Result<Recorded> {
    record::write(db, actor, client.into(), (status, channel), true, now).await
}

/// The channel `actor` used last; a call until they used one.
///
/// # Errors
/// The engine's.
pub async fn usual_channel(conn: &impl ConnectionTrait, actor: &Actor) -> Result<Channel, DbErr> {
    let Some(user) = actor.user_id else { return Ok(Channel::Phone) };
    let kept = preferences::get(conn, user, PREFERENCE).await?;
    let kept = kept.as_ref().and_then(Json::as_str).and_then(Channel::parse);
    Ok(kept.unwrap_or(Channel::Phone))
}

/// Past attempts, as a demonstration or another system has them.
#[derive(Clone, Debug)]
pub struct Past {
    /// The client, of the centre.
    pub client_id: Uuid,
    /// Who tried.
    pub user_id: Option<Uuid>,
    /// How it went.
    pub status: Status,
    /// By which way.
    pub channel: Channel,
    /// When.
    pub at: DateTime<Utc>,
}

/// Writes attempts of the past of one centre, oldest first, with one event each; no rule is asked.
/// The caller commits.
///
/// # Errors
/// The engine's.
pub async fn insert_many(tx: &Tx, actor: &Actor, center: Uuid, past: &[Past]) -> Result<()> {
    let zone = queries::zone(tx, center).await?;
    let mut attempts = Vec::with_capacity(past.len());
    for one in past {
        let (local_day, weekday, local_hour) = figures::place(one.at, &zone);
        attempts.push(Attempt {
            seq: 0,
            id: new_id(one.at),
            call_center_id: center,
            client_id: one.client_id,
            client_name: String::new(),
            client_code: None,
            user_id: one.user_id,
            user_name: None,
            status: one.status.as_str().to_owned(),
            channel: one.channel.as_str().to_owned(),
            channel_word: None,
            created_at: one.at,
            local_day,
            weekday,
            local_hour,
        });
    }
    queries::insert(tx, &attempts).await?;
    figures::count_many(tx, &attempts).await?;
    let clients: Vec<Uuid> = past.iter().map(|one| one.client_id).collect();
    refresh_status(tx, &clients).await?;
    for attempt in &attempts {
        let by = Actor { user_id: attempt.user_id, ..actor.clone() };
        let event = fact("client.contacted", attempt, about(attempt));
        events::record(tx, &by, event, attempt.created_at).await?;
    }
    Ok(())
}

/// An attempt that was not undone.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn get(conn: &impl ConnectionTrait, actor: &Actor, id: Uuid) -> Result<Attempt> {
    queries::find(conn, actor, id, false).await?.ok_or(Error::NotFound)
}

/// Says by which way it really was; this agent's next attempts will be by the same.
///
/// # Errors
/// A wrong `canal`; [`Error::NotFound`]; [`Error::Forbidden`] for whoever neither made the attempt
/// nor leads people; [`Error::CallBlocked`] when it becomes a call that the centre's calling rules
/// would have blocked.
pub async fn change_channel(
    db: &Db,
    actor: &Actor,
    id: Uuid,
    channel: Option<&str>,
    now: DateTime<Utc>,
) -> Result<Attempt> {
    let tx = db.begin().await?;
    let attempt = queries::find(&tx, actor, id, true).await?.ok_or(Error::NotFound)?;
    actor.require(attempt.is_of(actor) || actor.leads_people())?;
    let mut invalid = Invalid::new();
    let named = Named::read("canal", channel, &mut invalid);
    if named.is_none() && invalid.is_empty() {
        invalid.add("canal", "required");
    }
    invalid.check()?;
    let named = named.unwrap_or(Named { channel: Channel::Other, word: None });
    let new = named.channel.as_str();
    if new != attempt.channel {
        let subject = queries::subject(&tx, actor, attempt.client_id, false).await?;
        let subject = subject.ok_or(Error::NotFound)?;
        gate::judge_now(&tx, &subject, named.channel, attempt.created_at).await?.check()?;
    }
    if attempt.is_of(actor) {
        let usual = usual_channel(&tx, actor).await?;
        record::remember(&tx, actor, usual, named.channel).await?;
    }
    if new == attempt.channel && named.word == attempt.channel_word {
        tx.commit().await?;
        return Ok(attempt);
    }
    queries::set_channel(&tx, id, new, named.word.as_deref()).await?;
    if new != attempt.channel {
        figures::count(&tx, &attempt, &attempt.channel, -1).await?;
        figures::count(&tx, &attempt, new, 1).await?;
    }
    let data = json!({ "attempt": id, "changes": { "canal": [attempt.channel, new] } });
    let event = fact("client.contact_corrected", &attempt, data);
    let attempt = queries::find(&tx, actor, id, false).await?.ok_or(Error::NotFound)?;
    events::record(&tx, actor, event, now).await?;
    tx.commit().await?;
    Ok(attempt)
}

/// Takes an attempt back; the client shows the one before it again.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Forbidden`] for anyone but who made it; [`Error::Conflict`]
/// (`undo-too-late`) after [`UNDO_WINDOW`].
pub async fn undo(db: &Db, actor: &Actor, id: Uuid, now: DateTime<Utc>) -> Result<Attempt> {
    let tx = db.begin().await?;
    let attempt = queries::find(&tx, actor, id, true).await?.ok_or(Error::NotFound)?;
    actor.require(attempt.is_of(actor))?;
    if !attempt.can_be_undone(actor, now) {
        return Err(Error::Conflict("undo-too-late"));
    }
    // As whoever records does: two at once wait for each other.
    queries::subject(&tx, actor, attempt.client_id, true).await?.ok_or(Error::NotFound)?;
    if !queries::set_undone(&tx, id, actor.user_id, now).await? {
        return Err(Error::NotFound);
    }
    figures::count(&tx, &attempt, &attempt.channel, -1).await?;
    refresh_status(&tx, &[attempt.client_id]).await?;
    let event = fact("client.contact_undone", &attempt, about(&attempt));
    events::record(&tx, actor, event, now).await?;
    tx.commit().await?;
    Ok(attempt)
}

/// Recomputes what these clients show of their last attempt. Whoever moves attempts between
/// clients calls it in the same transaction.
///
/// # Errors
/// The engine's.
pub async fn refresh_status(tx: &Tx, clients: &[Uuid]) -> Result<(), DbErr> {
    queries::refresh_status(tx, clients).await
}

/// The client that `text` names: an id, or a code.
///
/// # Errors
/// `client` is wrong: `unknown-client`, or `ambiguous-client` where several centres have the code.
pub async fn find_client(conn: &impl ConnectionTrait, actor: &Actor, text: &str) -> Result<Found> {
    let found = queries::clients_named(conn, actor, text.trim()).await?;
    match found.as_slice() {
        [one] => Ok(*one),
        [] => Err(Error::invalid("client", "unknown-client")),
        _ => Err(Error::invalid("client", "ambiguous-client")),
    }
}

fn about(attempt: &Attempt) -> Json {
    json!({ "attempt": attempt.id, "statut": attempt.status, "canal": attempt.channel })
}

fn fact(kind: &'static str, attempt: &Attempt, data: Json) -> NewEvent {
    NewEvent {
        kind,
        call_center_id: Some(attempt.call_center_id),
        subject_kind: "contact_attempt",
        subject_id: attempt.id,
        client_id: Some(attempt.client_id),
        data,
    }
}

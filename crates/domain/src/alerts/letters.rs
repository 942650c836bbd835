//! Claimed notices on their way out: one mail, one recipient, one or many alerts.
//!
//! A try is written down before the mail leaves and settled after. One that is found begun but
//! not settled (the process died, or the server's answer was lost) may have been received: the
//! mail goes out again under the same Message-ID, and the history says so.

use base::db::Sql;
use sea_orm::DbErr;

use super::queries::{self, Person};
use super::recipients::may_be_told;
use super::*;

/// The payload of [`MAIL_JOB`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LetterJob {
    /// Which claimed notices.
    pub mail: Uuid,
    /// Who is told.
    pub recipient: Uuid,
    /// Many alerts in one mail, or a late one.
    pub catch_up: bool,
}

pub(super) fn letter_job(letter: LetterJob, now: DateTime<Utc>) -> NewJob {
    NewJob::new(MAIL_JOB, letter, now).keyed(format!("alert_mail:{}", letter.mail))
}

/// A mail to be sent now.
#[derive(Clone, Debug)]
pub struct Letter {
    /// See [`LetterJob`].
    pub job: LetterJob,
    /// The recipient's name.
    pub name: String,
    /// Their address.
    pub email: String,
    /// `fr` or `en`.
    pub language: String,
    /// Their own zone, else their centre's.
    pub time_zone: Option<String>,
    /// What it tells, soonest due first. Never empty.
    pub items: Vec<Item>,
}

/// One alert in a [`Letter`].
#[derive(Clone, Debug, FromQueryResult)]
pub struct Item {
    /// The notice this stands for.
    pub notice_id: Uuid,
    /// The alert.
    pub alert_id: Uuid,
    /// Its centre.
    pub call_center_id: Uuid,
    /// Its client.
    pub client_id: Uuid,
    /// Their name.
    pub client_name: String,
    /// What it is about.
    pub title: String,
    /// More about it.
    pub description: Option<String>,
    /// See [`Alert::priority`].
    pub priority_rank: i32,
    /// When it was due.
    pub due_at: DateTime<Utc>,
    /// The zone its time was given in.
    pub time_zone: String,
    /// The due version told of.
    pub due_version: i32,
    /// Tries before this one.
    attempts: i32,
    /// A try that was begun and never settled.
    try_started_at: Option<DateTime<Utc>>,
}

#[derive(FromQueryResult)]
struct Recipient {
    role: String,
    call_center_id: Option<Uuid>,
    name: String,
    email: String,
    language: String,
    time_zone: Option<String>,
}

/// Writes down that the mail is about to leave. `None`: nothing on it is true any more, or its
/// recipient left and others are told instead.
///
/// # Errors
/// The engine's.
pub async fn begin_try(db: &Db, job: LetterJob, now: DateTime<Utc>) -> Result<Option<Letter>> {
    let tx = db.begin().await?;
    let items = items_of(&tx, job.mail).await?;
    if items.is_empty() {
        return Ok(None);
    }
    let recipient = recipient(&tx, job.recipient).await?;
    let Some(recipient) = recipient.filter(|r| items.iter().all(|item| r.may_read(item))) else {
        pass_on(&tx, &items, now).await?;
        tx.commit().await?;
        return Ok(None);
    };
    let ids: Vec<Uuid> = items.iter().map(|item| item.notice_id).collect();
    let mut begin = Sql::new(
        "UPDATE alert_notices SET state = 'planned', attempts = attempts + 1, try_started_at = ",
    );
    begin.bind(now).push(" WHERE id");
    queries::update_by_ids(&tx, &begin, &ids).await?;
    let doubtful = items.iter().filter(|item| item.try_started_at.is_some());
    let events = doubtful
        .map(|item| {
            let data = json!({ "recipient": job.recipient, "attempt": item.attempts + 1 });
            item.event("alert.notice_repeated", data)
        })
        .collect();
    events::record_many(&tx, &Actor::system(), events, now).await?;
    tx.commit().await?;
    Ok(Some(Letter {
        job,
        name: recipient.name,
        email: recipient.email,
        language: recipient.language,
        time_zone: recipient.time_zone,
        items,
    }))
}

/// What is still true of a mail: planned, or given up and tried again by an administrator.
async fn items_of(tx: &Tx, mail: Uuid) -> Result<Vec<Item>, DbErr> {
    let mut sql = Sql::new(
        "SELECT n.id AS notice_id, n.alert_id, a.call_center_id, a.client_id, \
         c.full_name AS client_name, a.title, a.description, a.priority_rank, a.due_at, \
         a.time_zone, n.due_version, n.attempts, n.try_started_at \
         FROM alert_notices n JOIN alerts a ON a.id = n.alert_id JOIN clients c ON c.id = a.client_id \
         WHERE n.state IN ('planned', 'given_up') AND a.completed_at IS NULL \
         AND a.deleted_at IS NULL AND a.due_version = n.due_version AND n.mail_id = ",
    );
    sql.bind(mail).push(" ORDER BY a.due_at, a.id");
    sql.all(tx).await
}

async fn recipient(tx: &Tx, id: Uuid) -> Result<Option<Recipient>, DbErr> {
    Sql::with(
        "SELECT u.role, u.call_center_id, u.name, u.email, u.language, COALESCE(u.time_zone, cc.time_zone) AS time_zone \
         FROM users u LEFT JOIN call_centers cc ON cc.id = u.call_center_id \
         WHERE u.is_active AND u.id = $1",
        [id.into()],
    )
    .one(tx)
    .await
}

/// Tells whoever is next in line instead of a recipient who left.
async fn pass_on(tx: &Tx, items: &[Item], now: DateTime<Utc>) -> Result<(), DbErr> {
    let notices: Vec<Uuid> = items.iter().map(|item| item.notice_id).collect();
    let cancel = Sql::new("UPDATE alert_notices SET state = 'cancelled' WHERE id");
    queries::update_by_ids(tx, &cancel, &notices).await?;
    let mut alerts: Vec<Alert> = Vec::with_capacity(items.len());
    for items in items.chunks(queries::CHUNK) {
        let mut sql = queries::select();
        sql.push("WHERE a.id IN ").bind_list(items.iter().map(|item| item.alert_id));
        sql.hold(tx, "a");
        alerts.extend(sql.all::<Alert>(tx).await?);
    }
    let mut events = Vec::new();
    notices::tell(tx, &alerts, &mut events, now).await?;
    events::record_many(tx, &Actor::system(), events, now).await?;
    Ok(())
}

/// The mail server took it: settles the notices that were on it, even one cancelled while it
/// was leaving, for that one did leave.
///
/// # Errors
/// The engine's.
pub async fn mark_sent(tx: &Tx, letter: &Letter, now: DateTime<Utc>) -> Result<(), DbErr> {
    let ids: Vec<Uuid> = letter.items.iter().map(|item| item.notice_id).collect();
    let mut sent = Sql::new(
        "UPDATE alert_notices SET state = 'sent', try_started_at = NULL, last_error = NULL, sent_at = ",
    );
    sent.bind(now).push(" WHERE state IN ('planned', 'cancelled') AND id");
    queries::update_by_ids(tx, &sent, &ids).await?;
    let events = letter
        .items
        .iter()
        .map(|item| {
            let data = json!({ "recipient": letter.job.recipient, "attempts": item.attempts + 1 });
            item.event("alert.notice_sent", data)
        })
        .collect();
    events::record_many(tx, &Actor::system(), events, now).await?;
    Ok(())
}

/// The mail was not sent. `nothing_left`: certainly not, so that it was received by nobody.
///
/// # Errors
/// The engine's.
pub async fn note_refusal(db: &Db, letter: &Letter, error: &str, nothing_left: bool) -> Result<()> {
    let ids: Vec<Uuid> = letter.items.iter().map(|item| item.notice_id).collect();
    let tx = db.begin().await?;
    let mut refused = Sql::new("UPDATE alert_notices SET last_error = ");
    refused.bind(error);
    if nothing_left {
        refused.push(", try_started_at = NULL");
    }
    refused.push(" WHERE state = 'planned' AND id");
    queries::update_by_ids(&tx, &refused, &ids).await?;
    tx.commit().await?;
    Ok(())
}

/// No more tries: the notices still on the mail are given up, and the alerts' pages say so.
///
/// # Errors
/// The engine's.
pub async fn give_up(
    tx: &Tx,
    job: LetterJob,
    error: &str,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    let items = items_of(tx, job.mail).await?;
    let ids: Vec<Uuid> = items.iter().map(|item| item.notice_id).collect();
    let mut given_up = Sql::new("UPDATE alert_notices SET state = 'given_up', last_error = ");
    given_up.bind(error).push(" WHERE state = 'planned' AND id");
    queries::update_by_ids(tx, &given_up, &ids).await?;
    let events = items
        .iter()
        .map(|item| {
            let data = json!({
                "recipient": job.recipient, "attempts": item.attempts, "error": error,
                "reason": "refused",
            });
            item.event("alert.notice_given_up", data)
        })
        .collect();
    events::record_many(tx, &Actor::system(), events, now).await?;
    Ok(())
}

impl Recipient {
    /// People change role and centre between the claim and the sending.
    fn may_read(&self, item: &Item) -> bool {
        let person = Person {
            id: Uuid::nil(),
            role: self.role.clone(),
            call_center_id: self.call_center_id,
        };
        may_be_told(&person, item.call_center_id)
    }
}

impl Item {
    fn event(&self, kind: &'static str, data: serde_json::Value) -> NewEvent {
        NewEvent {
            kind,
            call_center_id: Some(self.call_center_id),
            subject_kind: "alert",
            subject_id: self.alert_id,
            client_id: Some(self.client_id),
            data,
        }
    }
}

//! Notices: planned with the alert, cancelled when it moves or ends, claimed when its time comes.
//!
//! Everything here happens inside the caller's transaction, with the alerts' rows held: what is
//! claimed is what was true. Sending is in `letters`, outside any transaction.

use std::collections::HashMap;

use base::db::{Sql, insert_many};
use sea_orm::{DbErr, Value};

use super::letters::{LetterJob, letter_job};
use super::queries;
use super::recipients::{Chain, Directory};
use super::*;

/// The payload of [`DUE_JOB`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DueJob {
    /// The alert.
    pub alert: Uuid,
    /// The due version it was written for.
    pub due_version: i32,
    /// Which notices it is about.
    pub level: Level,
}

/// From when on a notice counts as late, and is gathered with the recipient's others into one
/// catch-up mail instead of being sent alone.
pub const LATE: TimeDelta = TimeDelta::minutes(10);

/// How many alerts may fall due for one person at once before they share a mail: an alert put on
/// 10,000 clients must not make 10,000 mails.
const MOST_APART: usize = 5;

/// Most alerts that fall due in one transaction.
const SWEEP: i64 = 10_000;

/// A notice about to be written.
pub(super) struct Planned {
    alert: Uuid,
    due_version: i32,
    recipient: Uuid,
    at: DateTime<Utc>,
    mail: Option<Uuid>,
}

impl Planned {
    pub(super) fn new(alert: Uuid, due_version: i32, recipient: Uuid, at: DateTime<Utc>) -> Self {
        Self { alert, due_version, recipient, at, mail: None }
    }
}

/// Writes notices. One that was cancelled before for the same key is planned again.
pub(super) async fn plan(tx: &Tx, notices: Vec<Planned>, now: DateTime<Utc>) -> Result<(), DbErr> {
    const COLUMNS: [&str; 9] = [
        "id",
        "alert_id",
        "due_version",
        "level",
        "recipient_id",
        "channel",
        "state",
        "planned_at",
        "mail_id",
    ];
    let rows: Vec<Vec<Value>> = notices
        .into_iter()
        .map(|notice| {
            vec![
                new_id(now).into(),
                notice.alert.into(),
                notice.due_version.into(),
                Level::AtDue.as_str().into(),
                notice.recipient.into(),
                "email".into(),
                "planned".into(),
                notice.at.into(),
                notice.mail.into(),
            ]
        })
        .collect();
    let again = "ON CONFLICT (alert_id, due_version, level, recipient_id, channel) DO UPDATE SET \
        state = 'planned', planned_at = excluded.planned_at, mail_id = excluded.mail_id \
        WHERE alert_notices.state = 'cancelled'";
    insert_many(tx, "alert_notices", &COLUMNS, rows, again).await.map(drop)
}

/// Plans the notices of an open alert and the job that wakes at its time; at once if that is past.
pub(super) async fn arm(
    tx: &Tx,
    alert: &Alert,
    events: &mut Vec<NewEvent>,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    if alert.due_at <= now {
        return fall_due_now(tx, vec![alert.clone()], events, now).await;
    }
    let directory = Directory::read(tx, &[chain(alert)]).await?;
    let planned = directory
        .recipients(chain(alert))
        .into_iter()
        .map(|recipient| Planned::new(alert.id, alert.due_version, recipient, alert.due_at))
        .collect();
    plan(tx, planned, now).await?;
    outbox::enqueue(tx, due_job(alert.id, alert.due_version, alert.due_at), now).await?;
    Ok(())
}

/// Cancels what was planned for an alert, claimed or not, and the job that would wake for it.
pub(super) async fn disarm(tx: &Tx, alert: &Alert, now: DateTime<Utc>) -> Result<(), DbErr> {
    cancel_many(tx, std::slice::from_ref(alert), now).await
}

/// [`disarm`] for many.
pub(super) async fn cancel_many(
    tx: &Tx,
    alerts: &[Alert],
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    let ids: Vec<Uuid> = alerts.iter().map(|alert| alert.id).collect();
    let cancel = Sql::new(
        "UPDATE alert_notices SET state = 'cancelled' WHERE state = 'planned' AND alert_id",
    );
    queries::update_by_ids(tx, &cancel, &ids).await?;
    let keys: Vec<String> = alerts.iter().map(Alert::job_key).collect();
    outbox::cancel_many(tx, &keys, now).await?;
    Ok(())
}

/// Arms again the open alerts of clients who come back from the bin.
///
/// # Errors
/// The engine's.
pub async fn arm_clients(tx: &Tx, clients: &[Uuid], now: DateTime<Utc>) -> Result<(), DbErr> {
    #[derive(FromQueryResult)]
    struct Waiting {
        id: Uuid,
        due_version: i32,
        due_at: DateTime<Utc>,
    }
    for ids in clients.chunks(queries::CHUNK) {
        let mut sql = Sql::new(
            "SELECT id, due_version, due_at FROM alerts WHERE completed_at IS NULL \
             AND deleted_at IS NULL AND due_announced_version < due_version AND client_id IN ",
        );
        sql.bind_list(ids.to_vec());
        let waiting: Vec<Waiting> = sql.all(tx).await?;
        let keys: Vec<String> = waiting.iter().map(|w| job_key(w.id)).collect();
        outbox::cancel_many(tx, &keys, now).await?;
        let jobs = waiting.iter().map(|w| due_job(w.id, w.due_version, w.due_at)).collect();
        outbox::enqueue_many(tx, jobs, now).await?;
    }
    Ok(())
}

/// Whether the alert of `job` is still to fall due: a look that costs no lock.
///
/// # Errors
/// The engine's.
pub async fn is_waiting(conn: &impl ConnectionTrait, job: &DueJob) -> Result<bool, DbErr> {
    let waiting = Sql::with(
        "SELECT 1 FROM alerts WHERE id = $1 AND due_version = $2 AND completed_at IS NULL \
         AND deleted_at IS NULL AND due_announced_version < due_version",
        [job.alert.into(), job.due_version.into()],
    );
    Ok(waiting.scalar::<i32>(conn).await?.is_some())
}

/// Lets everything fall due whose time has come: `alert.due` once per due version, notices claimed
/// by the mails they ride in, one mail per recipient where some are late.
///
/// Whoever wakes first does it for all: after days of standstill, the first of 5,000 jobs finds
/// the 4,999 others, and so can make one mail of them.
///
/// # Errors
/// The engine's.
pub async fn fall_due(tx: &Tx, now: DateTime<Utc>) -> Result<(), DbErr> {
    let mut sql = queries::select();
    sql.push(
        "WHERE a.completed_at IS NULL AND a.deleted_at IS NULL AND c.deleted_at IS NULL \
         AND a.due_announced_version < a.due_version AND a.due_at <= ",
    );
    sql.bind(now).push(" ORDER BY a.due_at, a.id LIMIT ").bind(SWEEP);
    // A second worker waits here, then finds nothing left.
    sql.hold(tx, "a");
    let alerts: Vec<Alert> = sql.all(tx).await?;
    if alerts.is_empty() {
        return Ok(());
    }
    let keys: Vec<String> = alerts.iter().map(Alert::job_key).collect();
    outbox::cancel_many(tx, &keys, now).await?;
    let mut events = Vec::new();
    fall_due_now(tx, alerts, &mut events, now).await?;
    events::record_many(tx, &Actor::system(), events, now).await?;
    Ok(())
}

/// Announces these alerts and hands their notices to mails. The caller holds their rows.
pub(super) async fn fall_due_now(
    tx: &Tx,
    alerts: Vec<Alert>,
    events: &mut Vec<NewEvent>,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    let ids: Vec<Uuid> = alerts.iter().map(|alert| alert.id).collect();
    let announced = Sql::new("UPDATE alerts SET due_announced_version = due_version WHERE id");
    queries::update_by_ids(tx, &announced, &ids).await?;
    for alert in alerts.iter().filter(|a| a.due_announced_version < a.due_version) {
        let data = json!({ "due_at": alert.due_at, "due_version": alert.due_version });
        events.push(alert.event("alert.due", data));
    }
    tell(tx, &alerts, events, now).await
}

/// Makes the notices of due alerts fit who is to be told now, and claims those not yet on a mail.
pub(super) async fn tell(
    tx: &Tx,
    alerts: &[Alert],
    events: &mut Vec<NewEvent>,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    let ids: Vec<Uuid> = alerts.iter().map(|alert| alert.id).collect();
    let chains: Vec<Chain> = alerts.iter().map(chain).collect();
    let directory = Directory::read(tx, &chains).await?;
    let mut standing: HashMap<Uuid, Vec<Notice>> = HashMap::new();
    for notice in queries::notices(tx, &ids).await? {
        standing.entry(notice.alert_id).or_default().push(notice);
    }
    let mut stale = Vec::new();
    let mut waiting: HashMap<Uuid, Vec<&Alert>> = HashMap::new();
    for alert in alerts {
        let recipients = directory.recipients(chain(alert));
        if recipients.is_empty() {
            let data = json!({ "due_version": alert.due_version, "reason": "nobody" });
            events.push(alert.event("alert.notice_given_up", data));
        }
        let notices: Vec<&Notice> = standing
            .get(&alert.id)
            .into_iter()
            .flatten()
            .filter(|n| n.due_version == alert.due_version && n.level == Level::AtDue.as_str())
            .collect();
        let left = notices.iter().filter(|n| n.state == "planned");
        stale.extend(left.filter(|n| !recipients.contains(&n.recipient_id)).map(|n| n.id));
        for recipient in recipients {
            let known = notices.iter().find(|notice| notice.recipient_id == recipient);
            let untold = known.is_none_or(|notice| match notice.state.as_str() {
                "planned" => notice.mail_id.is_none(),
                other => other == "cancelled",
            });
            if untold {
                waiting.entry(recipient).or_default().push(alert);
            }
        }
    }
    let cancel = Sql::new("UPDATE alert_notices SET state = 'cancelled' WHERE id");
    queries::update_by_ids(tx, &cancel, &stale).await?;
    claim(tx, waiting, now).await
}

/// Puts each recipient's alerts on mails, and writes the jobs that send them.
async fn claim(
    tx: &Tx,
    waiting: HashMap<Uuid, Vec<&Alert>>,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    let mut planned = Vec::new();
    let mut jobs = Vec::new();
    for (recipient, alerts) in waiting {
        let late = alerts.iter().any(|alert| now - alert.due_at > LATE);
        let together = late || alerts.len() > MOST_APART;
        let mails: Vec<&[&Alert]> =
            if together { vec![&alerts[..]] } else { alerts.chunks(1).collect() };
        for on_it in mails {
            let mail = new_id(now);
            for alert in on_it {
                let notice = Planned::new(alert.id, alert.due_version, recipient, alert.due_at);
                planned.push(Planned { mail: Some(mail), ..notice });
            }
            jobs.push(letter_job(LetterJob { mail, recipient, catch_up: together }, now));
        }
    }
    // Those planned with the alert are claimed below; the others are written, claimed.
    claim_standing(tx, &planned).await?;
    plan(tx, planned, now).await?;
    outbox::enqueue_many(tx, jobs, now).await?;
    Ok(())
}

/// Claims the notices that were planned with their alerts.
async fn claim_standing(tx: &Tx, planned: &[Planned]) -> Result<(), DbErr> {
    let mut by_mail: HashMap<(Uuid, Uuid), Vec<Uuid>> = HashMap::new();
    for notice in planned {
        if let Some(mail) = notice.mail {
            by_mail.entry((mail, notice.recipient)).or_default().push(notice.alert);
        }
    }
    for ((mail, recipient), alerts) in by_mail {
        let mut sql = Sql::new("UPDATE alert_notices SET mail_id = ");
        sql.bind(mail).push(" WHERE state = 'planned' AND mail_id IS NULL AND recipient_id = ");
        sql.bind(recipient).push(" AND due_version = (SELECT a.due_version FROM alerts a ");
        sql.push("WHERE a.id = alert_notices.alert_id) AND alert_id");
        queries::update_by_ids(tx, &sql, &alerts).await?;
    }
    Ok(())
}

fn chain(alert: &Alert) -> Chain {
    Chain {
        call_center_id: alert.call_center_id,
        assigned_to: alert.assigned_to,
        created_by: alert.created_by,
    }
}

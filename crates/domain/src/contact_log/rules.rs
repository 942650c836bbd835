//! A centre's calling rules: when, how often, and whom its agents may call.
//!
//! The defaults are the French rules for canvassing consumers by phone: articles L.223-1 and
//! D.223-9 of the Code de la consommation (10–13 and 14–20, Monday to Friday, no holiday; at most
//! four times in thirty days; sixty days of rest after a refusal).
//! <https://www.legifrance.gouv.fr/codes/article_lc/LEGIARTI000046422497>

use base::db::{Db, Sql, Tx};
use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, DbErr, FromQueryResult};
use serde::Serialize;
use serde_json::{Map, Value as Json, json};
use uuid::Uuid;

use crate::actor::Actor;
use crate::call_centers::{self, DAYS, Hours};
use crate::error::{Error, Invalid, Result, expect_one};
use crate::events::{self, NewEvent};

/// What happens to a call the rules speak against.
pub const MODES: [&str; 3] = ["off", "warn", "block"];

/// Days over which attempts are counted.
pub const COUNTED_DAYS: i64 = 30;

/// The rules of a centre.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CallingRules {
    /// See [`MODES`].
    pub mode: String,
    /// When calls are allowed, in the centre's zone; its holidays are closed.
    pub hours: Hours,
    /// Most calls to one client in thirty days.
    pub max_attempts: i32,
    /// Days without a call after a refusal.
    pub refusal_days: i32,
    /// Whether calls need a recorded consent.
    pub requires_consent: bool,
    /// Whether clients with a company fall under the rules too.
    pub applies_to_companies: bool,
    /// Grows with each change; 0 while they are the defaults.
    pub version: i32,
}

impl Default for CallingRules {
    fn default() -> Self {
        let span = |from: &str, to: &str| (from.to_owned(), to.to_owned());
        let spans = || vec![span("10:00", "13:00"), span("14:00", "20:00")];
        Self {
            mode: "warn".into(),
            hours: Hours(DAYS[..5].iter().map(|day| ((*day).to_owned(), spans())).collect()),
            max_attempts: 4,
            refusal_days: 60,
            requires_consent: true,
            applies_to_companies: false,
            version: 0,
        }
    }
}

/// The rules of a centre the actor belongs to or runs.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn get(conn: &impl ConnectionTrait, actor: &Actor, center: Uuid) -> Result<CallingRules> {
    call_centers::get(conn, actor, center).await?;
    Ok(of(conn, center).await?)
}

/// When the clients of the actor's centre may be called; `None` when nothing says so, or for who
/// has several centres before them.
///
/// # Errors
/// The engine's.
pub async fn hours_of(conn: &impl ConnectionTrait, actor: &Actor) -> Result<Option<Hours>> {
    let Some(center) = actor.call_center_id else { return Ok(None) };
    let rules = of(conn, center).await?;
    Ok((rules.mode != "off").then_some(rules.hours))
}

/// The rules of a centre: the defaults until someone changes them.
pub(super) async fn of(conn: &impl ConnectionTrait, center: Uuid) -> Result<CallingRules, DbErr> {
    Ok(self::center(conn, center).await?.map(|center| center.rules).unwrap_or_default())
}

/// What a centre says of calls.
pub(super) struct Center {
    pub(super) time_zone: String,
    pub(super) holidays: Json,
    pub(super) rules: CallingRules,
}

/// A centre's zone, holidays and rules, in one read.
pub(super) async fn center(
    conn: &impl ConnectionTrait,
    center: Uuid,
) -> Result<Option<Center>, DbErr> {
    #[derive(FromQueryResult)]
    struct Found {
        time_zone: String,
        holidays: Json,
        mode: Option<String>,
        hours: Option<Json>,
        max_attempts: Option<i32>,
        refusal_days: Option<i32>,
        requires_consent: Option<bool>,
        applies_to_companies: Option<bool>,
        version: Option<i32>,
    }
    let sql = Sql::with(
        "SELECT cc.time_zone, cc.holidays, r.mode, r.hours, r.max_attempts, r.refusal_days, \
         r.requires_consent, r.applies_to_companies, r.version FROM call_centers cc \
         LEFT JOIN calling_rules r ON r.call_center_id = cc.id WHERE cc.id = $1",
        [center.into()],
    );
    let found: Option<Found> = sql.one(conn).await?;
    Ok(found.map(|found| {
        let usual = CallingRules::default();
        let hours = found.hours.map(|hours| serde_json::from_value(hours).unwrap_or_default());
        let rules = CallingRules {
            mode: found.mode.unwrap_or(usual.mode),
            hours: hours.unwrap_or(usual.hours),
            max_attempts: found.max_attempts.unwrap_or(usual.max_attempts),
            refusal_days: found.refusal_days.unwrap_or(usual.refusal_days),
            requires_consent: found.requires_consent.unwrap_or(usual.requires_consent),
            applies_to_companies: found.applies_to_companies.unwrap_or(usual.applies_to_companies),
            version: found.version.unwrap_or(usual.version),
        };
        Center { time_zone: found.time_zone, holidays: found.holidays, rules }
    }))
}

/// Whether rules can be so.
///
/// # Errors
/// Every wrong field.
pub fn check(rules: &CallingRules) -> Result<()> {
    let mut invalid = Invalid::new();
    if !MODES.contains(&rules.mode.as_str()) {
        invalid.add("mode", "wrong-value");
    }
    rules.hours.check_as("hours", &mut invalid);
    let mut within = |field: &str, value: i32, least: i32, most: i32| {
        if !(least..=most).contains(&value) {
            let args = vec![("min", least.to_string()), ("max", most.to_string())];
            invalid.add_with(field, "out-of-range", args);
        }
    };
    within("max_attempts", rules.max_attempts, 1, 100);
    within("refusal_days", rules.refusal_days, 0, 3_650);
    invalid.check()
}

/// Changes the rules of a centre, if they are still at `rules.version`.
///
/// # Errors
/// Every wrong field; [`Error::NotFound`]; [`Error::Forbidden`] for all but admins;
/// [`Error::Stale`].
pub async fn change(
    db: &Db,
    actor: &Actor,
    center: Uuid,
    rules: CallingRules,
    now: DateTime<Utc>,
) -> Result<CallingRules> {
    let tx = db.begin().await?;
    call_centers::get(&tx, actor, center).await?;
    actor.require(actor.is_admin())?;
    check(&rules)?;
    let before = of(&tx, center).await?;
    if before.version != rules.version {
        return Err(Error::Stale);
    }
    let after = CallingRules { version: before.version + 1, ..rules };
    write(&tx, center, &before, &after, now).await?;
    let changes = differences(&before, &after);
    if !changes.is_empty() {
        let event = NewEvent {
            kind: "call_center.updated",
            call_center_id: Some(center),
            subject_kind: "call_center",
            subject_id: center,
            client_id: None,
            data: json!({ "changes": changes }),
        };
        events::record(&tx, actor, event, now).await?;
    }
    tx.commit().await?;
    Ok(after)
}

async fn write(
    tx: &Tx,
    center: Uuid,
    before: &CallingRules,
    after: &CallingRules,
    now: DateTime<Utc>,
) -> Result<()> {
    let mut sql = Sql::new(
        "INSERT INTO calling_rules (call_center_id, mode, hours, max_attempts, refusal_days, \
         requires_consent, applies_to_companies, version, updated_at) VALUES ",
    );
    sql.bind_list([
        sea_orm::Value::from(center),
        after.mode.clone().into(),
        json!(after.hours).into(),
        after.max_attempts.into(),
        after.refusal_days.into(),
        after.requires_consent.into(),
        after.applies_to_companies.into(),
        after.version.into(),
        now.into(),
    ]);
    sql.push(
        " ON CONFLICT (call_center_id) DO UPDATE SET mode = excluded.mode, hours = excluded.hours, \
         max_attempts = excluded.max_attempts, refusal_days = excluded.refusal_days, \
         requires_consent = excluded.requires_consent, \
         applies_to_companies = excluded.applies_to_companies, version = excluded.version, \
         updated_at = excluded.updated_at WHERE calling_rules.version = ",
    );
    sql.bind(before.version);
    expect_one(sql, tx).await
}

fn differences(before: &CallingRules, after: &CallingRules) -> Map<String, Json> {
    let fields = |rules: &CallingRules| {
        let mut fields = json!(rules);
        if let Some(fields) = fields.as_object_mut() {
            fields.remove("version");
        }
        fields
    };
    let (old, new) = (fields(before), fields(after));
    let old = old.as_object().cloned().unwrap_or_default();
    old.into_iter()
        .filter(|(name, value)| new[name] != *value)
        .map(|(name, value)| (format!("calling_{name}"), json!([value, new[&name]])))
        .collect()
}

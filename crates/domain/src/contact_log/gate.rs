//! The call gate: whether this client may be called now, and why not.

use base::db::Sql;
use chrono::{DateTime, Datelike as _, NaiveTime, TimeDelta, Utc};
use chrono_tz::Tz;
use sea_orm::{ConnectionTrait, FromQueryResult};
use uuid::Uuid;

use super::queries::Subject;
use super::rules::{COUNTED_DAYS, CallingRules};
use super::{Channel, queries, rules};
use crate::actor::Actor;
use crate::call_centers::{DAYS, Holiday, Hours};
use crate::clients::Client;
use crate::error::{Error, Result};

/// What the gate says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// Go ahead.
    Allow,
    /// Think twice.
    Warn,
    /// No.
    Block,
}

impl Decision {
    /// The name in the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Allow => "allow",
            Self::Warn => "warn",
            Self::Block => "block",
        }
    }
}

/// Why a call should not be made; each has its sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reason {
    /// They opposed being called.
    Opposed,
    /// They refused, too short a while ago.
    Refused {
        /// From when on they may be called again.
        until: DateTime<Utc>,
    },
    /// They were called often enough.
    TooMany {
        /// How often in thirty days.
        count: i64,
    },
    /// A holiday of the centre.
    Holiday {
        /// Its name.
        name: String,
    },
    /// Outside the hours for calls.
    OutsideHours,
    /// They never agreed to be called.
    NoConsent,
}

impl Reason {
    /// The name in the API and the message catalogue.
    pub fn key(&self) -> &'static str {
        match self {
            Self::Opposed => "opposed",
            Self::Refused { .. } => "refused",
            Self::TooMany { .. } => "too-many",
            Self::Holiday { .. } => "holiday",
            Self::OutsideHours => "outside-hours",
            Self::NoConsent => "no-consent",
        }
    }

    /// The key of the refusal.
    pub fn error_key(&self) -> &'static str {
        match self {
            Self::Opposed => "call-blocked-opposed",
            Self::Refused { .. } => "call-blocked-refused",
            Self::TooMany { .. } => "call-blocked-too-many",
            Self::Holiday { .. } => "call-blocked-holiday",
            Self::OutsideHours => "call-blocked-outside-hours",
            Self::NoConsent => "call-blocked-no-consent",
        }
    }
}

/// What the gate says, and why: the weightiest reason first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// What to do.
    pub decision: Decision,
    /// Why.
    pub reasons: Vec<Reason>,
    /// When they may be called at all; `None` is at any time.
    pub hours: Option<Hours>,
}

impl Verdict {
    fn allow(hours: Option<Hours>) -> Self {
        Self { decision: Decision::Allow, reasons: Vec::new(), hours }
    }

    /// Refuses what is blocked.
    ///
    /// # Errors
    /// [`Error::CallBlocked`], with every reason.
    pub(super) fn check(&self) -> Result<()> {
        match self.decision {
            Decision::Block => Err(Error::CallBlocked(self.reasons.clone())),
            _ => Ok(()),
        }
    }
}

/// What the rules look at.
#[derive(Clone, Debug, Default)]
struct Facts {
    zone: Tz,
    holidays: Vec<Holiday>,
    /// Calls in the last thirty days.
    calls: i64,
    consented_at: Option<DateTime<Utc>>,
    refused_at: Option<DateTime<Utc>>,
    opposed: bool,
}

/// Whether `actor` may call that client now, by the way they use: other ways are always open.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn verdict(
    conn: &impl ConnectionTrait,
    actor: &Actor,
    client: Uuid,
    channel: Channel,
    now: DateTime<Utc>,
) -> Result<Verdict> {
    let subject = queries::subject(conn, actor, client, false).await?.ok_or(Error::NotFound)?;
    judge_now(conn, &subject, channel, now).await
}

/// [`verdict`] on a client that was already read for the actor.
///
/// # Errors
/// The engine's.
pub async fn verdict_on(
    conn: &impl ConnectionTrait,
    client: &Client,
    channel: Channel,
    now: DateTime<Utc>,
) -> Result<Verdict> {
    let center = rules::center(conn, client.call_center_id).await?.ok_or(Error::NotFound)?;
    let subject = Subject {
        id: client.id,
        call_center_id: client.call_center_id,
        full_name: client.full_name.clone(),
        code: client.code.clone(),
        company_name: client.company_name.clone(),
        time_zone: center.time_zone,
        holidays: center.holidays,
    };
    judge_by(conn, center.rules, &subject, channel, now).await
}

pub(super) async fn judge_now(
    conn: &impl ConnectionTrait,
    subject: &Subject,
    channel: Channel,
    now: DateTime<Utc>,
) -> Result<Verdict> {
    let rules = rules::of(conn, subject.call_center_id).await?;
    judge_by(conn, rules, subject, channel, now).await
}

async fn judge_by(
    conn: &impl ConnectionTrait,
    rules: CallingRules,
    subject: &Subject,
    channel: Channel,
    now: DateTime<Utc>,
) -> Result<Verdict> {
    if rules.mode == "off" || (subject.company_name.is_some() && !rules.applies_to_companies) {
        return Ok(Verdict::allow(None));
    }
    if channel != Channel::Phone {
        return Ok(Verdict::allow(Some(rules.hours)));
    }
    let facts = facts(conn, subject, now).await?;
    Ok(judge(&rules, &facts, now))
}

async fn facts(
    conn: &impl ConnectionTrait,
    subject: &Subject,
    now: DateTime<Utc>,
) -> Result<Facts> {
    #[derive(FromQueryResult)]
    struct Said {
        kind: String,
        given_at: DateTime<Utc>,
        revoked_at: Option<DateTime<Utc>>,
    }
    let mut sql = Sql::new(
        "SELECT COUNT(*) FROM contact_attempts a WHERE a.undone_at IS NULL \
         AND a.channel = 'phone' AND a.client_id = ",
    );
    sql.bind(subject.id);
    sql.push(" AND a.created_at > ").bind(now - TimeDelta::days(COUNTED_DAYS));
    let calls: i64 = sql.scalar(conn).await?.unwrap_or(0);
    let mut sql = Sql::new(
        "SELECT kind, given_at, revoked_at FROM consents WHERE purpose = 'canvassing' \
         AND (channel IS NULL OR channel = 'phone') AND client_id = ",
    );
    sql.bind(subject.id);
    let said: Vec<Said> = sql.all(conn).await?;
    let standing = |kind: &'static str| {
        said.iter().filter(move |s| s.kind == kind && s.revoked_at.is_none()).map(|s| s.given_at)
    };
    // Taking a consent back is a refusal.
    let withdrawn = said.iter().filter(|s| s.kind == "consent").filter_map(|s| s.revoked_at);
    Ok(Facts {
        zone: subject.time_zone.parse().unwrap_or(Tz::Europe__Paris),
        holidays: serde_json::from_value(subject.holidays.clone()).unwrap_or_default(),
        calls,
        consented_at: standing("consent").max(),
        refused_at: standing("refusal").chain(withdrawn).max(),
        opposed: standing("opposition").next().is_some(),
    })
}

/// The rule itself, of nothing but what it is given.
fn judge(rules: &CallingRules, facts: &Facts, now: DateTime<Utc>) -> Verdict {
    let mut reasons = Vec::new();
    if facts.opposed {
        reasons.push(Reason::Opposed);
    }
    // A consent given after a refusal lifts it.
    let refused = facts.refused_at.filter(|at| facts.consented_at.is_none_or(|yes| yes <= *at));
    if let Some(until) = refused.map(|at| at + TimeDelta::days(rules.refusal_days.into()))
        && now < until
    {
        reasons.push(Reason::Refused { until });
    }
    if facts.calls >= i64::from(rules.max_attempts) {
        reasons.push(Reason::TooMany { count: facts.calls });
    }
    let local = now.with_timezone(&facts.zone);
    let today = local.date_naive().to_string();
    if let Some(holiday) = facts.holidays.iter().find(|holiday| holiday.date == today) {
        reasons.push(Reason::Holiday { name: holiday.name.clone() });
    } else if !is_open(rules, local.weekday().num_days_from_monday(), local.time()) {
        reasons.push(Reason::OutsideHours);
    }
    if rules.requires_consent && facts.consented_at.is_none() {
        reasons.push(Reason::NoConsent);
    }
    let decision = match (reasons.is_empty(), rules.mode.as_str()) {
        (true, _) | (_, "off") => Decision::Allow,
        (_, "block") => Decision::Block,
        _ => Decision::Warn,
    };
    Verdict { decision, reasons, hours: Some(rules.hours.clone()) }
}

/// From its start on, until before its end.
fn is_open(rules: &CallingRules, weekday: u32, time: NaiveTime) -> bool {
    let day = DAYS.get(weekday as usize).copied().unwrap_or_default();
    let read = |text: &str| NaiveTime::parse_from_str(text, "%H:%M").ok();
    rules.hours.of(day).iter().any(|(from, to)| {
        read(from).is_some_and(|from| from <= time) && read(to).is_some_and(|to| time < to)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    fn consented() -> Facts {
        Facts {
            zone: Tz::Europe__Paris,
            consented_at: Some(at("2026-01-01T00:00:00Z")),
            ..Facts::default()
        }
    }

    fn reasons(facts: &Facts, now: &str) -> Vec<&'static str> {
        let verdict = judge(&CallingRules::default(), facts, at(now));
        assert_eq!(verdict.decision == Decision::Allow, verdict.reasons.is_empty());
        verdict.reasons.iter().map(Reason::key).collect()
    }

    #[test]
    fn calls_are_for_the_hours_of_the_law() {
        // Friday 20 November 2026, UTC+1.
        for (time, open) in [
            ("08:59:59", false),
            ("09:00:00", true),
            ("11:59:59", true),
            ("12:00:00", false),
            ("12:59:59", false),
            ("13:00:00", true),
            ("18:59:59", true),
            ("19:00:00", false),
        ] {
            let found = reasons(&consented(), &format!("2026-11-20T{time}Z"));
            assert_eq!(found.is_empty(), open, "{time}: {found:?}");
        }
        assert_eq!(reasons(&consented(), "2026-11-21T10:00:00Z"), ["outside-hours"]);
    }

    #[test]
    fn hours_follow_summer_time() {
        // The Friday before the clocks go back is UTC+2, the Monday after it UTC+1.
        assert!(reasons(&consented(), "2026-10-23T08:00:00Z").is_empty());
        assert_eq!(reasons(&consented(), "2026-10-26T08:00:00Z"), ["outside-hours"]);
        assert!(reasons(&consented(), "2026-10-26T09:00:00Z").is_empty());
    }

    #[test]
    fn each_rule_has_its_edge() {
        let friday = "2026-11-20T10:00:00Z";
        let with = |calls| Facts { calls, ..consented() };
        assert!(reasons(&with(3), friday).is_empty());
        assert_eq!(reasons(&with(4), friday), ["too-many"]);
        let refused = |when: &str| Facts { refused_at: Some(at(when)), ..consented() };
        assert_eq!(reasons(&refused("2026-09-21T10:00:01Z"), friday), ["refused"]);
        assert!(reasons(&refused("2026-09-21T10:00:00Z"), friday).is_empty());
        let holiday = Holiday { date: "2026-11-20".into(), name: "Fête".into() };
        let closed = Facts { holidays: vec![holiday], ..consented() };
        assert_eq!(reasons(&closed, friday), ["holiday"]);
        let silent = Facts { consented_at: None, ..consented() };
        assert_eq!(reasons(&silent, friday), ["no-consent"]);
        let everything = Facts { opposed: true, calls: 9, ..silent };
        assert_eq!(reasons(&everything, friday), ["opposed", "too-many", "no-consent"]);
    }

    #[test]
    fn a_later_consent_lifts_a_refusal() {
        let refused_at = Some(at("2026-11-01T10:00:00Z"));
        let consented_at = Some(at("2026-11-10T10:00:00Z"));
        let facts = Facts { refused_at, consented_at, ..consented() };
        assert!(reasons(&facts, "2026-11-20T10:00:00Z").is_empty());
    }
}

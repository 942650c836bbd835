use askama::Template;
use axum::extract::{Query, State};
use axum::response::{Html, Response};
use chrono::{DateTime, Days, NaiveDate, Utc};
use domain::events::catalog::EVENT_TYPES;
use domain::events::{self, Entry, JournalFilter, Verdict};
use domain::paging::Total;
use domain::{Role, dashboard};
use serde::Deserialize;
use uuid::Uuid;

use super::words;
use crate::app::App;
use crate::error::AppError;
use crate::extract::SignedIn;
use crate::page::{Flash, Page, redirect_with};

/// Entries on a page.
const SHOWN: usize = 50;

#[derive(Debug, Default, Deserialize)]
pub(super) struct Asked {
    #[serde(default)]
    actor: String,
    #[serde(default)]
    action: String,
    #[serde(default)]
    subject: String,
    #[serde(default)]
    from: String,
    #[serde(default)]
    to: String,
    before: Option<i64>,
}

impl Asked {
    /// What cannot be read narrows nothing: the form shows what was typed.
    fn filter(&self, page: &Page) -> JournalFilter {
        let day = |text: &str| text.parse::<NaiveDate>().ok();
        let text = |text: &str| Some(text.trim().to_owned()).filter(|t| !t.is_empty());
        let filter = JournalFilter {
            actor: self.actor.parse().ok(),
            action: text(&self.action),
            subject: text(&self.subject),
            from: day(&self.from).map(|day| page.start_of(day)),
            to: day(&self.to)
                .and_then(|d| d.checked_add_days(Days::new(1)))
                .map(|d| page.start_of(d)),
        };
        if filter.check().is_ok() {
            filter
        } else {
            JournalFilter { subject: None, action: None, ..filter }
        }
    }

    fn href(&self, before: i64) -> String {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        let fields = [
            ("actor", &self.actor),
            ("action", &self.action),
            ("subject", &self.subject),
            ("from", &self.from),
            ("to", &self.to),
        ];
        for (name, value) in fields.into_iter().filter(|(_, value)| !value.is_empty()) {
            query.append_pair(name, value);
        }
        format!("/journal?{}", query.append_pair("before", &before.to_string()).finish())
    }
}

#[derive(Template)]
#[template(path = "admin/journal.html")]
struct Journal {
    page: Page,
    asked: Asked,
    entries: Vec<Entry>,
    people: Vec<(Uuid, String)>,
    total: Total,
    older: Option<String>,
    may_verify: bool,
}

impl Journal {
    fn actions(&self) -> Vec<(&'static str, String)> {
        EVENT_TYPES.iter().map(|kind| (kind.name, self.action(kind.name))).collect()
    }

    fn action(&self, action: &str) -> String {
        words::action(&self.page, action)
    }

    fn subject(&self, entry: &Entry) -> String {
        words::subject(&self.page, entry, &self.people)
    }

    /// Where to see what a fact is about: its page, else all that happened to it.
    fn place(&self, entry: &Entry) -> String {
        let id = entry.subject_id;
        match entry.subject_kind.as_str() {
            "operation" => format!("/operations/{id}"),
            "order" => format!("/commandes/{id}"),
            "user" => format!("/administration/utilisateurs/{id}"),
            "call_center" => format!("/administration/centres/{id}"),
            _ => format!("/journal?subject={id}"),
        }
    }

    fn changes(&self, entry: &Entry) -> Vec<words::Change> {
        words::changes(&self.page, entry, &self.people)
    }

    fn is_filtered(&self) -> bool {
        let asked = &self.asked;
        [&asked.actor, &asked.action, &asked.subject, &asked.from, &asked.to]
            .iter()
            .any(|value| !value.is_empty())
    }
}

pub(super) async fn list(
    State(app): State<App>,
    page: Page,
    signed_in: SignedIn,
    Query(asked): Query<Asked>,
) -> Result<Html<String>, AppError> {
    let (conn, actor) = (app.db().read(), signed_in.actor());
    let filter = asked.filter(&page);
    let limit = u32::try_from(SHOWN + 1).unwrap_or(u32::MAX);
    let mut entries = events::journal(conn, &actor, &filter, asked.before, limit).await?;
    let more = entries.len() > SHOWN;
    entries.truncate(SHOWN);
    let older = entries.last().filter(|_| more).map(|entry| asked.href(entry.seq));
    let journal = Journal {
        total: events::count(conn, &actor, &filter).await?,
        people: dashboard::people(conn, &actor).await?,
        may_verify: actor.role == Role::SuperAdmin,
        page,
        asked,
        entries,
        older,
    };
    Ok(Html(journal.render()?))
}

/// Walks the whole chain and says what was found.
pub(super) async fn verify(
    State(app): State<App>,
    signed_in: SignedIn,
) -> Result<Response, AppError> {
    let actor = signed_in.actor();
    actor.require(actor.role == Role::SuperAdmin)?;
    let flash = match events::verify(app.db().read()).await? {
        Verdict::Whole { count, .. } => Flash::success("journal-whole").with("count", count),
        Verdict::Broken { seq, .. } => Flash::error("journal-broken").with("count", seq),
    };
    Ok(redirect_with("/journal", &flash))
}

impl Page {
    /// The first instant of that day where whoever looks is.
    pub fn start_of(&self, day: NaiveDate) -> DateTime<Utc> {
        let midnight = day.and_time(chrono::NaiveTime::MIN);
        let local = midnight.and_local_timezone(self.zone).earliest();
        // A zone that skips midnight starts its day an hour later.
        local.map_or_else(|| midnight.and_utc(), |local| local.with_timezone(&Utc))
    }
}

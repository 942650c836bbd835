//! The mail of due alerts, in the recipient's language, with their local time and zone.

use askama::Template;
use base::mail::{MailMessage, Mailbox};
use base::outbox::JobError;
use chrono::{DateTime, Datelike as _, Offset as _, TimeDelta, Utc};
use chrono_tz::Tz;
use domain::alerts::{Item, LATE, Letter, Priority};
use fluent_templates::fluent_bundle::FluentValue;

use crate::app::App;
use crate::i18n::Language;

/// The words of one mail.
struct Words {
    language: Language,
    zone: Tz,
    now: DateTime<Utc>,
    base_url: String,
}

/// One alert as the mail shows it.
struct Line {
    title: String,
    client: String,
    description: Option<String>,
    /// `Haute`; empty for a normal one.
    priority: String,
    /// `vendredi 20 novembre 2026 à 10:00`.
    when: String,
    /// The time in the alert's own zone, where clocks differ.
    elsewhere: Option<String>,
    /// `3 j 2 h`, where it is late.
    late: Option<String>,
    url: String,
}

#[derive(Template)]
#[template(path = "alerts/mail/due.html")]
struct DueHtml<'a> {
    words: &'a Words,
    name: &'a str,
    line: &'a Line,
}

#[derive(Template)]
#[template(path = "alerts/mail/due.txt", escape = "none")]
struct DueText<'a> {
    words: &'a Words,
    name: &'a str,
    line: &'a Line,
}

#[derive(Template)]
#[template(path = "alerts/mail/catch_up.html")]
struct CatchUpHtml<'a> {
    words: &'a Words,
    name: &'a str,
    lines: &'a [Line],
}

#[derive(Template)]
#[template(path = "alerts/mail/catch_up.txt", escape = "none")]
struct CatchUpText<'a> {
    words: &'a Words,
    name: &'a str,
    lines: &'a [Line],
}

/// Writes the mail of `letter`.
///
/// # Errors
/// A template that fails: our mistake, worth another try once corrected.
pub(super) fn write(app: &App, letter: &Letter) -> Result<MailMessage, JobError> {
    let zone = letter.time_zone.as_deref().and_then(|name| name.parse().ok());
    let zone = zone.or_else(|| letter.items.first().and_then(|item| item.time_zone.parse().ok()));
    let words = Words {
        language: Language::parse(&letter.language),
        zone: zone.unwrap_or(Tz::UTC),
        now: app.now(),
        base_url: app.settings().base_url.clone(),
    };
    let lines: Vec<Line> =
        letter.items.iter().map(|item| words.line(item, letter.job.catch_up)).collect();
    let (subject, text, html) = words.compose(&letter.name, letter.job.catch_up, &lines)?;
    Ok(MailMessage {
        from: crate::mail::sender(app),
        to: Mailbox::new(one_line(&letter.name), letter.email.clone()),
        subject: one_line(&subject),
        text,
        html,
        message_id: message_id(app, letter),
        date: words.now,
        language: words.language.code().to_owned(),
        headers: Vec::new(),
        attachments: Vec::new(),
    })
}

/// The same for every try: made of what the mail tells, and to whom.
fn message_id(app: &App, letter: &Letter) -> String {
    let recipient = letter.job.recipient.to_string();
    match letter.items.as_slice() {
        [item] if !letter.job.catch_up => {
            let (alert, version) = (item.alert_id.to_string(), item.due_version.to_string());
            crate::mail::message_id(app, &["alert", &alert, &version, "at_due", &recipient])
        }
        _ => {
            let mail = letter.job.mail.to_string();
            crate::mail::message_id(app, &["alerts", &mail, "at_due", &recipient])
        }
    }
}

/// Header text: control characters and line separators would end the header.
fn one_line(text: &str) -> String {
    let spaced: String = text
        .chars()
        .map(|c| if c.is_control() || matches!(c, '\u{2028}' | '\u{2029}') { ' ' } else { c })
        .collect();
    spaced.split(' ').filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

impl Words {
    fn t(&self, key: &str) -> String {
        self.language.t(key)
    }

    fn t1(&self, key: &str, name: &'static str, value: impl Into<FluentValue<'static>>) -> String {
        self.language.t_with(key, &[(name, value.into())])
    }

    fn compose(
        &self,
        name: &str,
        catch_up: bool,
        lines: &[Line],
    ) -> Result<(String, String, String), JobError> {
        let failed = |error: askama::Error| JobError::Retry(error.to_string());
        if let ([line], false) = (lines, catch_up) {
            let args =
                [("title", line.title.clone().into()), ("client", line.client.clone().into())];
            let subject = self.language.t_with("alert-mail-subject", &args);
            let text = DueText { words: self, name, line }.render().map_err(failed)?;
            let html = DueHtml { words: self, name, line }.render().map_err(failed)?;
            return Ok((subject, text, html));
        }
        let subject = self.t1("alert-mail-catch-up-subject", "count", lines.len());
        let text = CatchUpText { words: self, name, lines }.render().map_err(failed)?;
        let html = CatchUpHtml { words: self, name, lines }.render().map_err(failed)?;
        Ok((subject, text, html))
    }

    fn line(&self, item: &Item, catch_up: bool) -> Line {
        let late = self.now - item.due_at;
        // A mail that catches up says of each how late it is.
        let least = if catch_up { TimeDelta::minutes(1) } else { LATE };
        let own: Tz = item.time_zone.parse().unwrap_or(self.zone);
        let same_clock = offset(own, item.due_at) == offset(self.zone, item.due_at);
        let priority = Priority::ALL.into_iter().find(|p| p.rank() == item.priority_rank);
        let priority = priority.filter(|p| *p != Priority::Normal);
        Line {
            title: item.title.clone(),
            client: item.client_name.clone(),
            description: item.description.clone(),
            priority: priority
                .map(|p| self.t(&format!("alert-priority-{}", p.as_str())))
                .unwrap_or_default(),
            when: self.when(item.due_at, self.zone),
            elsewhere: (!same_clock).then(|| self.when(item.due_at, own)),
            late: (late >= least).then(|| duration(self.language, late)),
            url: format!("{}/alertes/{}", self.base_url, item.alert_id),
        }
    }

    /// `vendredi 20 novembre 2026 à 10:00 (Europe/Paris, UTC+1)`.
    fn when(&self, instant: DateTime<Utc>, zone: Tz) -> String {
        let local = instant.with_timezone(&zone);
        let args = [
            (
                "weekday",
                self.t(&format!("weekday-{}", local.weekday().number_from_monday())).into(),
            ),
            ("day", local.day().into()),
            ("month", self.t(&format!("month-{}", local.month())).into()),
            ("year", local.year().to_string().into()),
            ("time", local.format("%H:%M").to_string().into()),
            ("zone", zone.name().to_owned().into()),
            ("offset", offset_text(offset(zone, instant)).into()),
        ];
        self.language.t_with("alert-mail-when", &args)
    }
}

/// Seconds east of UTC.
fn offset(zone: Tz, instant: DateTime<Utc>) -> i32 {
    instant.with_timezone(&zone).offset().fix().local_minus_utc()
}

/// `UTC`, `UTC+1`, `UTC+5:30`.
fn offset_text(seconds: i32) -> String {
    let sign = if seconds < 0 { '\u{2212}' } else { '+' };
    let minutes = seconds.abs() / 60;
    match (minutes / 60, minutes % 60) {
        (0, 0) => "UTC".to_owned(),
        (hours, 0) => format!("UTC{sign}{hours}"),
        (hours, minutes) => format!("UTC{sign}{hours}:{minutes:02}"),
    }
}

/// `3 j 2 h`, `2 h 5 min`, `12 min`.
pub(super) fn duration(language: Language, late: TimeDelta) -> String {
    let minutes = late.num_minutes().max(0);
    let (days, hours) = (minutes / 1_440, minutes / 60 % 24);
    let args = [("days", days.into()), ("hours", hours.into()), ("minutes", (minutes % 60).into())];
    let key = match (days, hours) {
        (0, 0) => "duration-minutes",
        (0, _) => "duration-hours",
        (_, 0) => "duration-whole-days",
        _ => "duration-days",
    };
    language.t_with(key, &args)
}

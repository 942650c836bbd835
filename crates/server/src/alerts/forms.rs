//! The form of an alert, as a page or in a dialog; see `one` and `many` for who shows it.

use askama::Template;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{Html, IntoResponse, Response};
use chrono::{DateTime, Days, NaiveTime, TimeDelta, Utc};
use chrono_tz::Tz;
use domain::FieldError;
use domain::alerts::{Alert, Assignable, DueInput, NewAlert, Priority, local_time};
use url::form_urlencoded;

use crate::error::AppError;
use crate::page::{Conflict, Form, Line, Markup, Page};

/// Due times one click away.
const QUICK: [&str; 5] = ["hour", "evening", "tomorrow", "monday", "week"];

/// What the form is for.
pub(super) enum Subject {
    /// A new alert on one client.
    Client { name: String },
    /// A new alert on many clients.
    Many { count: usize },
    /// An alert that exists.
    Edit(Box<Alert>),
}

#[derive(Template)]
#[template(path = "alerts/form.html")]
pub(super) struct FormPage {
    pub(super) page: Page,
    pub(super) form: Form,
    pub(super) subject: Subject,
    pub(super) people: Vec<Assignable>,
    pub(super) zone: Tz,
    /// Repeats the ticks or the filter.
    pub(super) hidden: Vec<(String, String)>,
    /// What someone else saved meanwhile.
    pub(super) conflict: Option<Conflict>,
    pub(super) action: String,
    pub(super) back: String,
}

/// The same in a dialog, without the page around it.
#[derive(Template)]
#[template(path = "alerts/form_frame.html")]
struct FormFrame {
    it: FormPage,
}

/// The form itself, the same in both.
#[derive(Template)]
#[template(path = "alerts/form_body.html")]
struct FormBody<'a> {
    page: &'a Page,
    form: &'a Form,
    zone_help: String,
    it: &'a FormPage,
}

impl FormPage {
    fn priorities(&self) -> [(Priority, &'static str, &'static str); 4] {
        [
            (Priority::Low, "", "chevron-down"),
            (Priority::Normal, "choice-blue", "flag"),
            (Priority::High, "choice-amber", "chevron-up"),
            (Priority::Critical, "choice-red", "siren"),
        ]
    }

    fn quick(&self) -> [&'static str; 5] {
        QUICK
    }

    fn is_edit(&self) -> bool {
        matches!(self.subject, Subject::Edit(_))
    }

    fn heading(&self) -> String {
        self.page.t(if self.is_edit() { "alert-edit" } else { "alert-new" })
    }

    fn lead(&self) -> String {
        match &self.subject {
            Subject::Client { name } => self.page.t1("alert-for", "name", name.clone()),
            Subject::Many { count } => {
                self.page.t1("alert-for-many", "count", i64::try_from(*count).unwrap_or(0))
            }
            Subject::Edit(alert) => self.page.t1("alert-for", "name", alert.client_name.clone()),
        }
    }

    /// Where the form was opened from.
    fn origin(&self) -> String {
        match &self.subject {
            Subject::Client { name } => name.clone(),
            Subject::Many { .. } => self.page.t("clients-title"),
            Subject::Edit(alert) => alert.title.clone(),
        }
    }

    fn body(&self) -> Result<Markup, askama::Error> {
        let zone_help = self.page.t1("alert-zone", "zone", self.zone.name().to_owned());
        let body = FormBody { page: &self.page, form: &self.form, zone_help, it: self };
        body.render().map(askama::filters::Safe)
    }

    fn priority(&self) -> &str {
        let typed = self.form.value("priority");
        if typed.is_empty() { "normal" } else { typed }
    }

    /// What `form` says, field by field.
    pub(super) fn lines(&self, form: &Form) -> Vec<Line> {
        let people: Vec<_> = self.people.iter().map(|p| (p.id.to_string(), &p.name)).collect();
        let priority = self.page.t(&format!("alert-priority-{}", form.value("priority")));
        let due = format!("{} {}", form.value("due_date"), form.value("due_time"));
        [
            ("alert-title", form.value("title").to_owned()),
            ("alert-description", form.value("description").replace("\r\n", "\n")),
            ("alert-due", due),
            ("alert-priority", priority),
            ("alert-assignee", form.chosen("assigned_to", &people)),
        ]
        .map(|(label, value)| (self.page.t(label), value))
        .into()
    }

    pub(super) fn answer(self, framed: bool, status: StatusCode) -> Result<Response, AppError> {
        let html = if framed { FormFrame { it: self }.render()? } else { self.render()? };
        Ok((status, Html(html)).into_response())
    }
}

/// Whether the page asks for a dialog's content only.
pub(super) fn is_framed(headers: &HeaderMap) -> bool {
    headers.get("turbo-frame").is_some_and(|frame| frame == "dialog-frame")
}

pub(super) fn pairs(bytes: &[u8]) -> Vec<(String, String)> {
    form_urlencoded::parse(bytes).into_owned().collect()
}

/// The form once more, with what is wrong and everything typed.
pub(super) fn again(
    mut shown: FormPage,
    errors: &[FieldError],
    framed: bool,
) -> Result<Response, AppError> {
    // A shortcut or the two fields: what is wrong with the instant shows at the date.
    let mut errors = errors.to_vec();
    for error in &mut errors {
        if error.field == "due_at" {
            error.field = "due_date".into();
        }
    }
    shown.form = shown.form.failed(&shown.page, &errors);
    shown.answer(framed, StatusCode::UNPROCESSABLE_ENTITY)
}

/// What was typed, as the domain takes it.
pub(super) fn new_alert(form: &Form, zone: Tz, now: DateTime<Utc>) -> NewAlert {
    let given =
        |name: &str| Some(form.value(name).to_owned()).filter(|value| !value.trim().is_empty());
    NewAlert {
        title: form.value("title").to_owned(),
        description: given("description"),
        due: due(form, zone, now),
        time_zone: None,
        priority: given("priority"),
        // What is no id is nobody of this centre: refused by name.
        assigned_to: given("assigned_to").map(|id| id.parse().unwrap_or_default()),
    }
}

fn due(form: &Form, zone: Tz, now: DateTime<Utc>) -> DueInput {
    match quick(form.value("quick"), zone, now) {
        Some(at) => DueInput::At(at.to_rfc3339()),
        None => DueInput::DateAndTime {
            date: form.value("due_date").to_owned(),
            time: form.value("due_time").to_owned(),
        },
    }
}

/// The instant of a shortcut, on the clocks of `zone`.
pub(super) fn quick(name: &str, zone: Tz, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    use chrono::{Datelike as _, SubsecRound as _, Timelike as _};
    let local = local_time::local_of(now, zone);
    let nine = NaiveTime::from_hms_opt(9, 0, 0)?;
    let at = |days: u64, time: NaiveTime| {
        let day = local.date().checked_add_days(Days::new(days))?;
        local_time::instant_of(day.and_time(time), zone)
    };
    match name {
        "hour" => Some((now + TimeDelta::hours(1)).trunc_subsecs(0)),
        "evening" => at(u64::from(local.hour() >= 18), NaiveTime::from_hms_opt(18, 0, 0)?),
        "tomorrow" => at(1, nine),
        "monday" => at(7 - u64::from(local.weekday().num_days_from_monday()), nine),
        "week" => Some((now + TimeDelta::days(7)).trunc_subsecs(0)),
        _ => None,
    }
}

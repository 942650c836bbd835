//! Making and editing alerts.

use askama::Template;
use axum::extract::{Path, RawForm, RawQuery, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{Html, IntoResponse, Response};
use chrono::{DateTime, Days, NaiveTime, TimeDelta, Utc};
use chrono_tz::Tz;
use domain::alerts::{
    self, Alert, Assignable, Changes, DueInput, NewAlert, Priority, Targets, local_time,
};
use domain::clients::{self, ClientFilter};
use domain::{Actor, Error, FieldError};
use url::form_urlencoded;
use uuid::Uuid;

use crate::app::App;
use crate::error::AppError;
use crate::extract::SignedIn;
use crate::page::{Flash, Form, Markup, Page, redirect_with};

/// Due times one click away.
const QUICK: [&str; 5] = ["hour", "evening", "tomorrow", "monday", "week"];

/// What the form is for.
enum Subject {
    /// A new alert on one client.
    Client { name: String },
    /// A new alert on many clients.
    Many { count: usize },
    /// An alert that exists.
    Edit(Box<Alert>),
}

#[derive(Template)]
#[template(path = "alerts/form.html")]
struct FormPage {
    page: Page,
    form: Form,
    subject: Subject,
    people: Vec<Assignable>,
    zone: Tz,
    /// Repeats the ticks or the filter.
    hidden: Vec<(String, String)>,
    /// What someone else wrote meanwhile.
    theirs: Option<Box<Alert>>,
    action: String,
    back: String,
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

    fn body(&self) -> Result<Markup, askama::Error> {
        let zone_help = self.page.t1("alert-zone", "zone", self.zone.name().to_owned());
        let body = FormBody { page: &self.page, form: &self.form, zone_help, it: self };
        body.render().map(askama::filters::Safe)
    }

    fn priority_words(&self) -> String {
        self.page.t(&format!("alert-priority-{}", self.priority()))
    }

    fn priority(&self) -> &str {
        let typed = self.form.value("priority");
        if typed.is_empty() { "normal" } else { typed }
    }

    fn answer(self, framed: bool, status: StatusCode) -> Result<Response, AppError> {
        let html = if framed { FormFrame { it: self }.render()? } else { self.render()? };
        Ok((status, Html(html)).into_response())
    }
}

/// Whether the page asks for a dialog's content only.
fn is_framed(headers: &HeaderMap) -> bool {
    headers.get("turbo-frame").is_some_and(|frame| frame == "dialog-frame")
}

fn pairs(bytes: &[u8]) -> Vec<(String, String)> {
    form_urlencoded::parse(bytes).into_owned().collect()
}

pub(super) async fn new_for_client(
    page: Page,
    State(app): State<App>,
    caller: SignedIn,
    headers: HeaderMap,
    Path(id): Path<Uuid>,
) -> Result<Response, AppError> {
    let form = Form::new();
    let shown = for_client(&app, &caller.actor(), page, form, id).await?;
    shown.answer(is_framed(&headers), StatusCode::OK)
}

async fn for_client(
    app: &App,
    actor: &Actor,
    page: Page,
    form: Form,
    id: Uuid,
) -> Result<FormPage, AppError> {
    let client = clients::get(app.db().read(), actor, id).await?;
    let center = client.call_center_id;
    let people = alerts::assignable(app.db().read(), actor, Some(center)).await?;
    Ok(FormPage {
        zone: zone_of(app, center, &page).await?,
        form,
        subject: Subject::Client { name: client.full_name },
        people,
        hidden: Vec::new(),
        theirs: None,
        action: format!("/client/{id}/alertes/nouvelle"),
        back: format!("/client/{id}"),
        page,
    })
}

/// The zone of the client's centre: what a time typed here means.
async fn zone_of(app: &App, center: Uuid, page: &Page) -> Result<Tz, AppError> {
    let zone = alerts::center_zone(app.db().read(), center).await?;
    Ok(zone.unwrap_or(page.zone))
}

pub(super) async fn create_for_client(
    page: Page,
    State(app): State<App>,
    caller: SignedIn,
    headers: HeaderMap,
    Path(id): Path<Uuid>,
    RawForm(body): RawForm,
) -> Result<Response, AppError> {
    let actor = caller.actor();
    let form = Form::typed(pairs(&body));
    let shown = for_client(&app, &actor, page, form, id).await?;
    let new = new_alert(&shown.form, shown.zone, app.now());
    match alerts::schedule(app.db(), &actor, id, &new, app.now()).await {
        Ok(alert) => {
            let flash = Flash::success("alert-scheduled").with("title", &alert.title);
            Ok(redirect_with(
                &shown.back,
                &flash.undo(format!("/alertes/{}/suppression", alert.id)),
            ))
        }
        Err(Error::Invalid(errors)) => again(shown, &errors, is_framed(&headers)),
        Err(error) => Err(error.into()),
    }
}

/// The form once more, with what is wrong and everything typed.
fn again(mut shown: FormPage, errors: &[FieldError], framed: bool) -> Result<Response, AppError> {
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
fn new_alert(form: &Form, zone: Tz, now: DateTime<Utc>) -> NewAlert {
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

/// Ticked rows by GET, or the whole filter: `?ids=…&ids=…`, `?scope=filter&q=…`.
pub(super) async fn new_for_many(
    page: Page,
    State(app): State<App>,
    caller: SignedIn,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Result<Response, AppError> {
    let given = pairs(query.unwrap_or_default().as_bytes());
    let shown = for_many(&app, &caller.actor(), page, Form::new(), &given).await?.0;
    shown.answer(is_framed(&headers), StatusCode::OK)
}

/// Ticked rows by POST, as the client list's bulk bar sends them.
pub(super) async fn choose_many(
    page: Page,
    State(app): State<App>,
    caller: SignedIn,
    headers: HeaderMap,
    RawForm(body): RawForm,
) -> Result<Response, AppError> {
    let shown = for_many(&app, &caller.actor(), page, Form::new(), &pairs(&body)).await?.0;
    shown.answer(is_framed(&headers), StatusCode::OK)
}

async fn for_many(
    app: &App,
    actor: &Actor,
    page: Page,
    form: Form,
    given: &[(String, String)],
) -> Result<(FormPage, Targets), AppError> {
    actor.require(actor.works_with_clients())?;
    let (targets, hidden) = targets(given, &page)?;
    let count = alerts::matched(app.db().read(), actor, &targets, page.now).await?;
    let people = alerts::assignable(app.db().read(), actor, None).await?;
    let shown = FormPage {
        zone: page.zone,
        form,
        subject: Subject::Many { count },
        people,
        hidden,
        theirs: None,
        action: "/alertes/nouvelle".into(),
        back: "/client".into(),
        page,
    };
    Ok((shown, targets))
}

/// What the bulk bar sent, and the same as hidden fields.
fn targets(
    given: &[(String, String)],
    page: &Page,
) -> Result<(Targets, Vec<(String, String)>), AppError> {
    const OWN: [&str; 12] = [
        "title",
        "description",
        "due_date",
        "due_time",
        "quick",
        "priority",
        "assigned_to",
        "ids",
        "scope",
        "action",
        "sort",
        "cursor",
    ];
    let whole = given.iter().any(|(name, value)| name == "scope" && value == "filter");
    if !whole {
        let ids: Vec<Uuid> = given
            .iter()
            .filter(|(name, _)| name == "ids")
            .flat_map(|(_, value)| value.split(','))
            .filter_map(|id| id.trim().parse().ok())
            .collect();
        let hidden = ids.iter().map(|id| ("ids".to_owned(), id.to_string())).collect();
        return Ok((Targets::Ids(ids), hidden));
    }
    // The client filter's own assignee is named apart from the alert's.
    let filter: Vec<(&str, &str)> = given
        .iter()
        .filter_map(|(name, value)| match name.as_str() {
            "filter_assigned_to" => Some(("assigned_to", value.as_str())),
            own if OWN.contains(&own) && !is_first_visit(given, own) => None,
            name => Some((name, value.as_str())),
        })
        .filter(|(_, value)| !value.is_empty())
        .collect();
    let mut hidden = vec![("scope".to_owned(), "filter".to_owned())];
    hidden.extend(filter.iter().map(|(name, value)| {
        let name = if *name == "assigned_to" { "filter_assigned_to" } else { name };
        (name.to_owned(), (*value).to_owned())
    }));
    let mut filter = ClientFilter::from_query(filter)?;
    filter.time_zone = filter.time_zone.or_else(|| Some(page.zone.name().to_owned()));
    Ok((Targets::Filter(Box::new(filter)), hidden))
}

/// Before the form was shown, `assigned_to` is still the client filter's.
fn is_first_visit(given: &[(String, String)], name: &str) -> bool {
    name == "assigned_to" && !given.iter().any(|(name, _)| name == "title")
}

pub(super) async fn create_for_many(
    page: Page,
    State(app): State<App>,
    caller: SignedIn,
    headers: HeaderMap,
    RawForm(body): RawForm,
) -> Result<Response, AppError> {
    let actor = caller.actor();
    let typed = pairs(&body);
    let form = Form::typed(typed.clone());
    let (shown, targets) = for_many(&app, &actor, page, form, &typed).await?;
    let new = new_alert(&shown.form, shown.zone, app.now());
    match alerts::schedule_many(app.db(), &actor, &targets, &new, app.now()).await {
        Ok(batch) => {
            let flash = Flash::success("alert-batch-made").with("count", batch.created);
            let undo = format!("/alertes/lots/{}/annulation", batch.id);
            let list = format!("/alertes?batch_id={}", batch.id);
            Ok(redirect_with(&list, &flash.undo(undo)))
        }
        Err(Error::Invalid(errors)) => again(shown, &errors, is_framed(&headers)),
        Err(error) => Err(error.into()),
    }
}

pub(super) async fn edit(
    page: Page,
    State(app): State<App>,
    caller: SignedIn,
    headers: HeaderMap,
    Path(id): Path<Uuid>,
) -> Result<Response, AppError> {
    let alert = alerts::get(app.db().read(), &caller.actor(), id).await?;
    let (date, time) = alert.local_due.split_once('T').unwrap_or_default();
    let form = Form::new()
        .with("title", &alert.title)
        .with("description", alert.description.clone().unwrap_or_default())
        .with("due_date", date)
        .with("due_time", time.get(..5).unwrap_or_default())
        .with("priority", alert.priority().as_str())
        .with("assigned_to", alert.assigned_to.map(|id| id.to_string()).unwrap_or_default())
        .with("version", alert.version.to_string());
    let shown = editing(&app, &caller.actor(), page, form, alert).await?;
    shown.answer(is_framed(&headers), StatusCode::OK)
}

async fn editing(
    app: &App,
    actor: &Actor,
    page: Page,
    form: Form,
    alert: Alert,
) -> Result<FormPage, AppError> {
    let center = Some(alert.call_center_id);
    Ok(FormPage {
        people: alerts::assignable(app.db().read(), actor, center).await?,
        zone: alert.zone(),
        action: format!("/alertes/{}/modifier", alert.id),
        back: format!("/alertes/{}", alert.id),
        hidden: vec![("version".to_owned(), form.value("version").to_owned())],
        subject: Subject::Edit(Box::new(alert)),
        theirs: None,
        form,
        page,
    })
}

pub(super) async fn save(
    page: Page,
    State(app): State<App>,
    caller: SignedIn,
    headers: HeaderMap,
    Path(id): Path<Uuid>,
    RawForm(body): RawForm,
) -> Result<Response, AppError> {
    let actor = caller.actor();
    let current = alerts::get(app.db().read(), &actor, id).await?;
    let form = Form::typed(pairs(&body));
    let version = form.value("version").parse().ok();
    let mut shown = editing(&app, &actor, page, form, current.clone()).await?;
    let new = new_alert(&shown.form, shown.zone, app.now());
    let changes = Changes {
        title: Some(new.title),
        description: Some(new.description),
        due: Some(new.due),
        time_zone: None,
        priority: new.priority,
        assigned_to: Some(new.assigned_to),
    };
    match alerts::edit(app.db(), &actor, id, version, &changes, app.now()).await {
        Ok(alert) => {
            let flash = Flash::success("alert-saved").with("title", &alert.title);
            Ok(redirect_with(&shown.back, &flash))
        }
        Err(Error::Invalid(errors)) => again(shown, &errors, is_framed(&headers)),
        Err(Error::Stale) => {
            // Both side by side; saving again, knowingly, keeps what is typed here.
            shown.hidden = vec![("version".to_owned(), current.version.to_string())];
            shown.theirs = Some(Box::new(current));
            shown.answer(is_framed(&headers), StatusCode::PRECONDITION_FAILED)
        }
        Err(error) => Err(error.into()),
    }
}

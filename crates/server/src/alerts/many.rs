//! One alert on many clients: ticked ones, or all that match the list's filter.

use axum::extract::{RawForm, RawQuery, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use domain::alerts::{self, NewAlert, Targets};
use domain::clients::ClientFilter;
use domain::operations::Kind;
use domain::operations::bulk::{self, Params};
use domain::{Actor, Error};
use uuid::Uuid;

use super::forms::{FormPage, Subject, again, is_framed, new_alert, pairs};
use crate::app::App;
use crate::error::AppError;
use crate::extract::SignedIn;
use crate::page::{Flash, Form, Page, redirect_with};

/// Most alerts made while the person waits; more are an operation with its progress.
const AT_ONCE: usize = 1_000;

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
        conflict: None,
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
    let made = match shown.subject {
        Subject::Many { count } if count > AT_ONCE => start(&app, &actor, targets, new).await,
        _ => make(&app, &actor, &targets, &new).await,
    };
    match made {
        Ok(made) => Ok(made),
        Err(Error::Invalid(errors)) => again(shown, &errors, is_framed(&headers)),
        Err(error) => Err(error.into()),
    }
}

async fn make(
    app: &App,
    actor: &Actor,
    targets: &Targets,
    new: &NewAlert,
) -> Result<Response, Error> {
    let batch = alerts::schedule_many(app.db(), actor, targets, new, app.now()).await?;
    let flash = Flash::success("alert-batch-made").with("count", batch.created);
    let undo = format!("/alertes/lots/{}/annulation", batch.id);
    Ok(redirect_with(&format!("/alertes?batch_id={}", batch.id), &flash.undo(undo)))
}

/// An operation: its page shows how far it is, and undoes it.
async fn start(
    app: &App,
    actor: &Actor,
    targets: Targets,
    new: NewAlert,
) -> Result<Response, Error> {
    let mut params = Params { alert: Some(new), ..Params::default() };
    match targets {
        Targets::Ids(ids) => params.ids = Some(ids),
        Targets::Filter(filter) => params.filter = Some(*filter),
    }
    let started = bulk::start(app.db(), actor, Kind::CreateAlerts, params, app.now()).await;
    let (id, count) = started.map_err(of_form)?;
    let flash = Flash::success("operation-started").with("count", count);
    let flash = flash.undo(format!("/operations/{id}/annulation"));
    Ok(redirect_with(&format!("/operations/{id}"), &flash))
}

/// The API calls a field `params.alert.title`; the form has it as `title`.
fn of_form(error: Error) -> Error {
    let Error::Invalid(mut errors) = error else { return error };
    for error in &mut errors {
        if let Some(field) = error.field.strip_prefix("params.alert.") {
            error.field = field.to_owned();
        }
    }
    Error::Invalid(errors)
}

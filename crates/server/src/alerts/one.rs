//! An alert on one client: made, and edited.

use axum::extract::{RawForm, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use chrono_tz::Tz;
use domain::alerts::{self, Alert, Changes};
use domain::{Actor, Error, clients};
use uuid::Uuid;

use super::forms::{FormPage, Subject, again, is_framed, new_alert, pairs};
use crate::app::App;
use crate::error::AppError;
use crate::extract::{Path, SignedIn};
use crate::page::{Conflict, Flash, Form, Page, redirect_with};

/// Events that change what the form shows.
const CHANGES: &[&str] = &["alert.updated", "alert.rescheduled"];

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
        conflict: None,
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
    match alerts::schedule(app.db(), &actor, Some(id), &new, app.now()).await {
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

pub(super) async fn edit(
    page: Page,
    State(app): State<App>,
    caller: SignedIn,
    headers: HeaderMap,
    Path(id): Path<Uuid>,
) -> Result<Response, AppError> {
    let alert = alerts::get(app.db().read(), &caller.actor(), id).await?;
    let shown = editing(&app, &caller.actor(), page, filled(&alert), alert).await?;
    shown.answer(is_framed(&headers), StatusCode::OK)
}

/// The version the form changes, and what it said when it was opened.
fn carried(form: &Form) -> Vec<(String, String)> {
    vec![
        ("version".to_owned(), form.value("version").to_owned()),
        ("opened".to_owned(), form.opened()),
    ]
}

/// An alert as the form shows it.
fn filled(alert: &Alert) -> Form {
    let (date, time) = alert.local_due.split_once('T').unwrap_or_default();
    Form::new()
        .with("title", &alert.title)
        .with("description", alert.description.clone().unwrap_or_default())
        .with("due_date", date)
        .with("due_time", time.get(..5).unwrap_or_default())
        .with("priority", alert.priority().as_str())
        .with("assigned_to", alert.assigned_to.map(|id| id.to_string()).unwrap_or_default())
        .with("version", alert.version.to_string())
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
        hidden: carried(&form),
        subject: Subject::Edit(Box::new(alert)),
        conflict: None,
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
            let saved = filled(&current);
            shown.form = shown.form.rebased(&saved);
            shown.hidden = carried(&shown.form);
            let both = (shown.lines(&shown.form), shown.lines(&saved));
            let conflict = Conflict::find(&app, &shown.page, ("alert", id), CHANGES, both).await?;
            shown.conflict = Some(conflict);
            shown.answer(is_framed(&headers), StatusCode::CONFLICT)
        }
        Err(error) => Err(error.into()),
    }
}

//! The centres.

use askama::Template;
use axum::Form as Typed;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse as _, Response};
use domain::Role;
use domain::call_centers::{self, CallCenter, NewCallCenter};
use uuid::Uuid;

use super::centers_form::{self, Day};
use super::links::again;
use super::{currencies, regions, zones};
use crate::app::App;
use crate::error::AppError;
use crate::extract::{Path, SignedIn};
use crate::page::{Conflict, Flash, Form, Page, redirect_with};

type Pairs = Typed<Vec<(String, String)>>;

const LIST: &str = "/administration/centres";

#[derive(Template)]
#[template(path = "accounts/centers.html")]
struct Centers {
    page: Page,
    rows: Vec<CallCenter>,
    may_create: bool,
}

pub(super) async fn list(
    State(app): State<App>,
    page: Page,
    caller: SignedIn,
) -> Result<Html<String>, AppError> {
    let actor = caller.actor();
    actor.require(actor.is_admin())?;
    let rows = call_centers::list(app.db().read(), &actor).await?;
    let may_create = actor.role == Role::SuperAdmin;
    Ok(Html(Centers { page, rows, may_create }.render()?))
}

#[derive(Template)]
#[template(path = "accounts/center.html")]
struct CenterForm {
    page: Page,
    form: Form,
    /// `None`: a new one.
    center: Option<CallCenter>,
    days: Vec<Day>,
    /// Date, name, number of the line.
    holidays: Vec<centers_form::Year>,
    conflict: Option<Conflict>,
}

pub(super) async fn new(page: Page, caller: SignedIn) -> Result<Html<String>, AppError> {
    let actor = caller.actor();
    actor.require(actor.role == Role::SuperAdmin)?;
    let form = Form::new()
        .with("time_zone", "Europe/Paris")
        .with("currency", "EUR")
        .with("phone_region", "FR");
    Ok(Html(blank(page, form).render()?))
}

fn blank(page: Page, form: Form) -> CenterForm {
    let (days, holidays) = (Vec::new(), Vec::new());
    CenterForm { page, form, center: None, days, holidays, conflict: None }
}

pub(super) async fn create(
    State(app): State<App>,
    page: Page,
    caller: SignedIn,
    Typed(pairs): Pairs,
) -> Result<Response, AppError> {
    let form = Form::typed(pairs);
    let value = |name: &str| form.value(name).to_owned();
    let new = NewCallCenter {
        name: value("name"),
        time_zone: value("time_zone"),
        currency: value("currency"),
        phone_region: value("phone_region"),
    };
    match call_centers::create(app.db(), &caller.actor(), new, app.now()).await {
        Ok(id) => Ok(redirect_with(&format!("{LIST}/{id}"), &Flash::success("center-created"))),
        Err(domain::Error::Invalid(errors)) => {
            let form = form.failed(&page, &errors);
            again(&blank(page, form))
        }
        Err(error) => Err(error.into()),
    }
}

pub(super) async fn edit(
    State(app): State<App>,
    page: Page,
    caller: SignedIn,
    Path(id): Path<Uuid>,
) -> Result<Html<String>, AppError> {
    let actor = caller.actor();
    let center = call_centers::get(app.db().read(), &actor, id).await?;
    actor.require(actor.is_admin())?;
    let form = centers_form::of(&center);
    Ok(Html(filled(page, form, center).render()?))
}

fn filled(page: Page, form: Form, center: CallCenter) -> CenterForm {
    let days = centers_form::days(&page, &form);
    let holidays = centers_form::holidays(&page, &form);
    CenterForm { page, form, center: Some(center), days, holidays, conflict: None }
}

pub(super) async fn change(
    State(app): State<App>,
    page: Page,
    caller: SignedIn,
    Path(id): Path<Uuid>,
    Typed(pairs): Pairs,
) -> Result<Response, AppError> {
    let form = Form::typed(pairs);
    let actor = caller.actor();
    let version = form.value("version").parse().ok();
    let change = centers_form::read(&form);
    match call_centers::update(app.db(), &actor, id, change, version, app.now()).await {
        Ok(_) => Ok(redirect_with(LIST, &Flash::success("center-saved"))),
        Err(domain::Error::Invalid(errors)) => {
            let center = call_centers::get(app.db().read(), &actor, id).await?;
            let form = form.failed(&page, &errors);
            again(&filled(page, form, center))
        }
        Err(domain::Error::Stale) => {
            let center = call_centers::get(app.db().read(), &actor, id).await?;
            let saved = centers_form::of(&center);
            let form = form.rebased(&saved);
            let said = |form| centers_form::lines(&page, form);
            let both = (said(&form), said(&saved));
            let subject = ("call_center", id);
            let conflict = Conflict::find(&app, &page, subject, &[], both).await?;
            let shown = CenterForm { conflict: Some(conflict), ..filled(page, form, center) };
            Ok((StatusCode::CONFLICT, Html(shown.render()?)).into_response())
        }
        Err(error) => Err(error.into()),
    }
}

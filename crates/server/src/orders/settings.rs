//! The rules of a centre: segments, and how bold linking is.

use askama::Template;
use axum::extract::{Form as FormBody, RawQuery, State};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};
use base::money::Money;
use domain::orders::{self, Settings, SettingsChange};
use domain::{Actor, Error, call_centers};
use uuid::Uuid;

use crate::app::App;
use crate::error::AppError;
use crate::extract::SignedIn;
use crate::grid::Query;
use crate::page::{Conflict, Flash, Form, Line, Page, redirect_with};

#[derive(Template)]
#[template(path = "orders/settings.html")]
struct Rules {
    page: Page,
    form: Form,
    center: Uuid,
    currency: String,
    /// Others a super_admin may choose.
    centers: Vec<(String, String)>,
    conflict: Option<Conflict>,
}

/// The centre asked for: one's own; a super_admin's choice, else the first.
async fn center(
    app: &App,
    actor: &Actor,
    asked: Option<&str>,
) -> Result<call_centers::CallCenter, AppError> {
    actor.require(actor.is_admin())?;
    let centers = call_centers::list(app.db().read(), actor).await?;
    let asked = asked.filter(|asked| !asked.is_empty());
    let found = centers.into_iter().find(|c| asked.is_none_or(|asked| c.id.to_string() == asked));
    Ok(found.ok_or(Error::NotFound)?)
}

async fn page_of(
    app: &App,
    page: Page,
    actor: &Actor,
    center: call_centers::CallCenter,
    form: Form,
    conflict: Option<Conflict>,
) -> Result<String, AppError> {
    let centers = call_centers::list(app.db().read(), actor).await?;
    let centers = centers.into_iter().map(|c| (c.id.to_string(), c.name)).collect();
    let (center, currency) = (center.id, center.currency);
    Ok(Rules { page, form, center, currency, centers, conflict }.render()?)
}

/// What the form says, field by field.
fn lines(page: &Page, form: &Form, currency: &str) -> Vec<Line> {
    let text = |name: &str| form.value(name).trim().to_owned();
    let bold = if form.value("is_bold").is_empty() { "clients-no" } else { "clients-yes" };
    vec![
        (page.t("order-settings-vip-orders"), text("vip_orders")),
        (page.t1("order-settings-vip-spent", "currency", currency), text("vip_spent")),
        (page.t("order-settings-regular"), text("regular_orders")),
        (page.t("order-settings-bold"), page.t(bold)),
    ]
}

fn filled(settings: &Settings, center: &call_centers::CallCenter) -> Form {
    let count = |count: Option<i32>| count.map(|count| count.to_string()).unwrap_or_default();
    let currency = center.currency.parse();
    let spent =
        settings.vip_spent.and_then(|amount| Some(Money::new(amount, currency.ok()?).to_decimal()));
    let form = Form::new()
        .with("vip_orders", count(settings.vip_orders))
        .with("vip_spent", spent.unwrap_or_default())
        .with("regular_orders", settings.regular_orders.to_string())
        .with("version", settings.version.to_string());
    if settings.is_bold { form.with("is_bold", "on") } else { form }
}

/// `GET /commandes/reglages`
pub(super) async fn show(
    State(app): State<App>,
    page: Page,
    caller: SignedIn,
    RawQuery(query): RawQuery,
) -> Result<Html<String>, AppError> {
    let actor = caller.actor();
    let query = Query::parse(query.as_deref().unwrap_or_default());
    let center = center(&app, &actor, query.get("center")).await?;
    let settings = orders::settings(app.db().read(), &actor, center.id).await?;
    let form = filled(&settings, &center);
    Ok(Html(page_of(&app, page, &actor, center, form, None).await?))
}

/// `POST /commandes/reglages`
pub(super) async fn save(
    State(app): State<App>,
    page: Page,
    caller: SignedIn,
    FormBody(pairs): FormBody<Vec<(String, String)>>,
) -> Result<Response, AppError> {
    let actor = caller.actor();
    let form = Form::typed(pairs);
    let center = center(&app, &actor, Some(form.value("center"))).await?;
    let wanted = SettingsChange {
        is_bold: !form.value("is_bold").is_empty(),
        vip_orders: form.value("vip_orders").to_owned(),
        vip_spent: form.value("vip_spent").to_owned(),
        regular_orders: form.value("regular_orders").to_owned(),
    };
    let version = form.value("version").parse().unwrap_or(0);
    let here = format!("/commandes/reglages?center={}", center.id);
    let now = app.now();
    match orders::change_settings(app.db(), &actor, center.id, version, &wanted, now).await {
        Ok(()) => Ok(redirect_with(&here, &Flash::success("order-settings-saved"))),
        Err(Error::Stale) => {
            let saved = orders::settings(app.db().read(), &actor, center.id).await?;
            let saved = filled(&saved, &center);
            let form = form.rebased(&saved);
            let said = |form| lines(&page, form, &center.currency);
            let both = (said(&form), said(&saved));
            let subject = ("call_center", center.id);
            let conflict = Some(Conflict::find(&app, &page, subject, &[], both).await?);
            let html = page_of(&app, page, &actor, center, form, conflict).await?;
            Ok((StatusCode::CONFLICT, Html(html)).into_response())
        }
        Err(Error::Invalid(errors)) => {
            let form = form.failed(&page, &errors);
            let html = page_of(&app, page, &actor, center, form, None).await?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, Html(html)).into_response())
        }
        Err(error) => Err(error.into()),
    }
}

//! The pages behind links that stand in for a password, and asking for one.

use askama::Template;
use axum::Form as Typed;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use domain::call_centers::NewCallCenter;
use domain::users::Entered;
use domain::users::links::{self, Founding, Holder, Purpose};

use super::{currencies, languages, regions, sign_in, zones};
use crate::accounts::cookies::{self, Entrance};
use crate::app::App;
use crate::error::AppError;
use crate::extract::Path;
use crate::identity::ClientAddress;
use crate::page::{Flash, Form, Page, redirect_with};

type Pairs = Typed<Vec<(String, String)>>;

#[derive(Template)]
#[template(path = "accounts/welcome.html")]
struct Welcome {
    page: Page,
    form: Form,
}

pub(super) async fn welcome(
    State(app): State<App>,
    page: Page,
    Path(token): Path<String>,
) -> Result<Html<String>, AppError> {
    let checked = links::check_first_admin(app.db().read(), &token, app.now()).await;
    checked.map_err(|error| dead(Purpose::FirstAdmin, error))?;
    let form = Form::new()
        .with("time_zone", "Europe/Paris")
        .with("currency", "EUR")
        .with("phone_region", "FR")
        .with("language", page.language.code());
    Ok(Html(Welcome { page, form }.render()?))
}

pub(super) async fn found(
    State(app): State<App>,
    page: Page,
    Path(token): Path<String>,
    headers: HeaderMap,
    Typed(pairs): Pairs,
) -> Result<Response, AppError> {
    let form = Form::typed(pairs);
    let value = |name: &str| form.value(name).to_owned();
    let founding = Founding {
        center: NewCallCenter {
            name: value("center_name"),
            time_zone: value("time_zone"),
            currency: value("currency"),
            phone_region: value("phone_region"),
        },
        name: value("name"),
        email: value("email"),
        password: value("password"),
        language: value("language"),
    };
    match links::found(app.db(), &token, founding, app.now()).await {
        Ok(entered) => enter(&app, &headers, entered).await,
        Err(domain::Error::Invalid(errors)) => {
            let form = form.failed(&page, &errors);
            Ok(again(&Welcome { page, form })?)
        }
        Err(error) => Err(dead(Purpose::FirstAdmin, error)),
    }
}

#[derive(Template)]
#[template(path = "accounts/choose_password.html")]
struct ChoosePassword {
    page: Page,
    form: Form,
    holder: Holder,
    invited: bool,
}

pub(super) async fn invitation(
    app: State<App>,
    page: Page,
    token: Path<String>,
) -> Result<Html<String>, AppError> {
    password_form(app, page, token, Purpose::Invitation).await
}

pub(super) async fn reset(
    app: State<App>,
    page: Page,
    token: Path<String>,
) -> Result<Html<String>, AppError> {
    password_form(app, page, token, Purpose::Reset).await
}

async fn password_form(
    State(app): State<App>,
    page: Page,
    Path(token): Path<String>,
    purpose: Purpose,
) -> Result<Html<String>, AppError> {
    let holder = links::holder(app.db().read(), &token, purpose, app.now()).await;
    let holder = holder.map_err(|error| dead(purpose, error))?;
    let invited = purpose == Purpose::Invitation;
    Ok(Html(ChoosePassword { page, form: Form::new(), holder, invited }.render()?))
}

pub(super) async fn accept(
    app: State<App>,
    page: Page,
    token: Path<String>,
    headers: HeaderMap,
    typed: Pairs,
) -> Result<Response, AppError> {
    choose_password(app, page, token, headers, typed, Purpose::Invitation).await
}

pub(super) async fn choose(
    app: State<App>,
    page: Page,
    token: Path<String>,
    headers: HeaderMap,
    typed: Pairs,
) -> Result<Response, AppError> {
    choose_password(app, page, token, headers, typed, Purpose::Reset).await
}

async fn choose_password(
    State(app): State<App>,
    page: Page,
    Path(token): Path<String>,
    headers: HeaderMap,
    Typed(pairs): Pairs,
    purpose: Purpose,
) -> Result<Response, AppError> {
    let form = Form::typed(pairs);
    let password = form.value("password").to_owned();
    match links::choose_password(app.db(), &token, purpose, password, app.now()).await {
        Ok(entered) => enter(&app, &headers, entered).await,
        Err(domain::Error::Invalid(errors)) => {
            let holder = links::holder(app.db().read(), &token, purpose, app.now()).await;
            let holder = holder.map_err(|error| dead(purpose, error))?;
            let form = form.failed(&page, &errors);
            let invited = purpose == Purpose::Invitation;
            Ok(again(&ChoosePassword { page, form, holder, invited })?)
        }
        Err(error) => Err(dead(purpose, error)),
    }
}

/// A link that is used up, too old or replaced: the page says how to get another.
fn dead(purpose: Purpose, error: domain::Error) -> AppError {
    let key = match purpose {
        Purpose::FirstAdmin => "dead-welcome",
        Purpose::Invitation => "dead-invitation",
        Purpose::Reset => "dead-reset",
    };
    match error {
        domain::Error::NotFound => AppError::Status(StatusCode::NOT_FOUND, key),
        error => error.into(),
    }
}

async fn enter(app: &App, headers: &HeaderMap, entered: Entered) -> Result<Response, AppError> {
    let Entered { user_id, device } = entered;
    let entrance = Entrance { headers, user_id, remember: false, device };
    cookies::enter(app, entrance, "/").await
}

#[derive(Template)]
#[template(path = "accounts/forgotten.html")]
struct Forgotten {
    page: Page,
    form: Form,
    problem: Option<String>,
}

pub(super) async fn forgotten(page: Page) -> Result<Html<String>, AppError> {
    Ok(Html(Forgotten { page, form: Form::new(), problem: None }.render()?))
}

pub(super) async fn ask(
    State(app): State<App>,
    page: Page,
    ClientAddress(address): ClientAddress,
    Typed(pairs): Pairs,
) -> Result<Response, AppError> {
    let form = Form::typed(pairs);
    match links::ask_reset(app.db(), form.value("email"), address, app.now()).await {
        Ok(()) => Ok(redirect_with("/connexion", &Flash::success("forgotten-sent"))),
        Err(domain::Error::TooMany(seconds)) => {
            let problem = Some(sign_in::wait(&page, seconds));
            let html = Html(Forgotten { page, form, problem }.render()?);
            let retry = [(header::RETRY_AFTER, seconds.to_string())];
            Ok((StatusCode::TOO_MANY_REQUESTS, retry, html).into_response())
        }
        Err(error) => Err(error.into()),
    }
}

/// The form again, with what was typed and what is wrong.
pub(super) fn again(template: &impl Template) -> Result<Response, AppError> {
    Ok((StatusCode::UNPROCESSABLE_ENTITY, Html(template.render()?)).into_response())
}

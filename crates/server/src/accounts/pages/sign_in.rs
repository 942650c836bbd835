use askama::Template;
use axum::Form;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum_extra::extract::CookieJar;
use domain::users::{self, Attempt, sessions};
use serde::Deserialize;

use super::local_path;
use crate::accounts::cookies::{self, Entrance};
use crate::app::App;
use crate::error::AppError;
use crate::identity::{ClientAddress, Via};
use crate::page::Page;

#[derive(Template)]
#[template(path = "accounts/sign_in.html")]
struct SignIn {
    page: Page,
    form: SignInForm,
    problem: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct SignInForm {
    email: String,
    password: String,
    remember: Option<String>,
    suite: String,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Target {
    suite: String,
}

pub(super) async fn form(page: Page, Query(target): Query<Target>) -> Result<Response, AppError> {
    if page.identity.is_some() {
        return Ok(Redirect::to(local_path(&target.suite)).into_response());
    }
    let form = SignInForm { suite: target.suite, ..SignInForm::default() };
    Ok(Html(SignIn { page, form, problem: None }.render()?).into_response())
}

pub(super) async fn enter(
    State(app): State<App>,
    page: Page,
    ClientAddress(address): ClientAddress,
    headers: HeaderMap,
    Form(form): Form<SignInForm>,
) -> Result<Response, AppError> {
    let attempt = Attempt {
        email: form.email.clone(),
        password: form.password.clone(),
        device: cookies::device(&app, &CookieJar::from_headers(&headers)),
        address,
    };
    let entered = match users::sign_in(app.db(), attempt, app.now()).await {
        Ok(Some(entered)) => entered,
        Ok(None) => {
            let problem = page.t("sign-in-wrong");
            return refuse(page, form, StatusCode::UNPROCESSABLE_ENTITY, problem);
        }
        Err(domain::Error::TooMany(seconds)) => {
            let problem = wait(&page, seconds);
            let answer = refuse(page, form, StatusCode::TOO_MANY_REQUESTS, problem)?;
            return Ok(([(header::RETRY_AFTER, seconds.to_string())], answer).into_response());
        }
        Err(error) => return Err(error.into()),
    };
    let entrance = Entrance {
        headers: &headers,
        user_id: entered.user_id,
        remember: form.remember.is_some(),
        device: entered.device,
    };
    cookies::enter(&app, entrance, local_path(&form.suite)).await
}

/// How long to wait, in words.
pub(super) fn wait(page: &Page, seconds: u64) -> String {
    let count = |value: u64| i64::try_from(value).unwrap_or(i64::MAX);
    if seconds < 60 {
        page.t1("sign-in-wait-seconds", "count", count(seconds))
    } else {
        page.t1("sign-in-wait-minutes", "count", count(seconds.div_ceil(60)))
    }
}

fn refuse(
    page: Page,
    form: SignInForm,
    status: StatusCode,
    problem: String,
) -> Result<Response, AppError> {
    let html = SignIn { page, form, problem: Some(problem) }.render()?;
    Ok((status, Html(html)).into_response())
}

pub(super) async fn leave(State(app): State<App>, page: Page) -> Result<Response, AppError> {
    if let Some(Via::Session { token, .. }) = page.identity.as_ref().map(|i| &i.via) {
        sessions::close(app.db(), token).await?;
    }
    Ok(cookies::leave(&app, "/connexion"))
}

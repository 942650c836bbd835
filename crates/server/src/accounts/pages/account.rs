//! One's own account.

use askama::Template;
use axum::Form as Typed;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::{Html, Response};
use domain::users::personal_tokens::{self, Token};
use domain::users::{calendar_feeds, own, sessions};
use uuid::Uuid;

use super::{device, languages, links, sign_in, zones};
use crate::accounts::cookies::{self, Entrance};
use crate::app::App;
use crate::error::AppError;
use crate::extract::{Path, SignedIn};
use crate::identity::Via;
use crate::page::{Flash, Form, Page, redirect_with};

type Pairs = Typed<Vec<(String, String)>>;

#[derive(Template)]
#[template(path = "accounts/account.html")]
struct Account {
    page: Page,
    /// Name, language, zone.
    form: Form,
    /// The passwords.
    password: Form,
    /// The token to be made.
    token: Form,
    sessions: Vec<sessions::Line>,
    tokens: Vec<Token>,
    /// A token just made: shown this once.
    secret: Option<String>,
    /// The calendar's address in force, for those who have one.
    feed: Option<calendar_feeds::Feed>,
    /// The calendar's address just made: shown this once.
    feed_address: Option<String>,
    problem: Option<String>,
}

impl Account {
    async fn load(app: &App, page: Page, caller: &SignedIn) -> Result<Self, AppError> {
        let profile = &caller.0.profile;
        let form = Form::new()
            .with("name", profile.name.clone())
            .with("language", profile.language.clone())
            .with("time_zone", profile.time_zone.clone().unwrap_or_default());
        let conn = app.db().read();
        Ok(Self {
            page,
            form,
            password: Form::new(),
            token: Form::new(),
            sessions: sessions::list(conn, profile.id, cookie_of(caller), app.now()).await?,
            tokens: personal_tokens::list(conn, profile.id).await?,
            secret: None,
            feed: calendar_feeds::of(conn, profile.id).await?,
            feed_address: None,
            problem: None,
        })
    }

    fn email(&self) -> &str {
        self.page.identity.as_ref().map_or("", |identity| &identity.profile.email)
    }

    /// The same calendar with one's own alerts alone.
    fn own_alerts(&self, address: &str) -> String {
        format!("{address}?assigned_to={}", self.page.user_id())
    }

    fn zones(&self) -> Vec<(&'static str, String)> {
        let own = ("", self.page.t("account-center-zone"));
        let others = zones().into_iter().map(|(value, text)| (value, text.to_owned()));
        std::iter::once(own).chain(others).collect()
    }
}

fn cookie_of(caller: &SignedIn) -> &str {
    match &caller.0.via {
        Via::Session { token, .. } => token,
        Via::Bearer | Via::PersonalToken => "",
    }
}

pub(super) async fn show(
    State(app): State<App>,
    page: Page,
    caller: SignedIn,
) -> Result<Html<String>, AppError> {
    Ok(Html(Account::load(&app, page, &caller).await?.render()?))
}

pub(super) async fn describe(
    State(app): State<App>,
    page: Page,
    caller: SignedIn,
    Typed(pairs): Pairs,
) -> Result<Response, AppError> {
    let form = Form::typed(pairs);
    let (name, language) = (form.value("name"), form.value("language"));
    let zone = Some(form.value("time_zone"));
    match own::describe(app.db(), &caller.actor(), name, language, zone, app.now()).await {
        Ok(()) => Ok(redirect_with("/compte", &Flash::success("account-saved"))),
        Err(domain::Error::Invalid(errors)) => {
            let mut account = Account::load(&app, page, &caller).await?;
            account.form = form.failed(&account.page, &errors);
            links::again(&account)
        }
        Err(error) => Err(error.into()),
    }
}

pub(super) async fn change_password(
    State(app): State<App>,
    page: Page,
    caller: SignedIn,
    headers: HeaderMap,
    Typed(pairs): Pairs,
) -> Result<Response, AppError> {
    let form = Form::typed(pairs);
    let (current, new) =
        (form.value("current_password").to_owned(), form.value("password").to_owned());
    let done = own::change_password(app.db(), &caller.actor(), current, new, app.now()).await;
    match done {
        Ok(()) => {
            let user_id = caller.0.profile.id;
            let entrance = Entrance { headers: &headers, user_id, remember: false, device: None };
            let mut response = cookies::enter(&app, entrance, "/compte").await?;
            let flash = Flash::success("account-password-changed").cookie();
            if let Ok(flash) = flash.parse() {
                response.headers_mut().append(http::header::SET_COOKIE, flash);
            }
            Ok(response)
        }
        Err(domain::Error::Invalid(errors)) => {
            let mut account = Account::load(&app, page, &caller).await?;
            account.password = Form::new().failed(&account.page, &errors);
            links::again(&account)
        }
        Err(domain::Error::TooMany(seconds)) => {
            let mut account = Account::load(&app, page, &caller).await?;
            account.problem = Some(sign_in::wait(&account.page, seconds));
            let mut response = links::again(&account)?;
            *response.status_mut() = http::StatusCode::TOO_MANY_REQUESTS;
            Ok(response)
        }
        Err(error) => Err(error.into()),
    }
}

pub(super) async fn close_others(
    State(app): State<App>,
    caller: SignedIn,
) -> Result<Response, AppError> {
    sessions::close_others(app.db(), caller.0.profile.id, cookie_of(&caller)).await?;
    Ok(redirect_with("/compte", &Flash::success("account-others-closed")))
}

pub(super) async fn create_token(
    State(app): State<App>,
    page: Page,
    caller: SignedIn,
    Typed(pairs): Pairs,
) -> Result<Response, AppError> {
    use axum::response::IntoResponse as _;
    caller.signed_in_themselves()?;
    let form = Form::typed(pairs);
    let (actor, name) = (caller.actor(), form.value("token_name"));
    let made = personal_tokens::create(app.db(), &actor, name, None, app.now()).await;
    let mut account = Account::load(&app, page, &caller).await?;
    match made {
        // Shown on this very page and never again: no redirect could carry it safely.
        Ok((_, secret)) => {
            account.secret = Some(secret);
            Ok(Html(account.render()?).into_response())
        }
        Err(domain::Error::Invalid(mut errors)) => {
            for error in &mut errors {
                error.field = format!("token_{}", error.field);
            }
            account.token = form.failed(&account.page, &errors);
            links::again(&account)
        }
        Err(error) => Err(error.into()),
    }
}

pub(super) async fn revoke_token(
    State(app): State<App>,
    caller: SignedIn,
    Path(id): Path<Uuid>,
) -> Result<Response, AppError> {
    personal_tokens::revoke(app.db(), &caller.actor(), id, app.now()).await?;
    Ok(redirect_with("/compte", &Flash::success("account-token-revoked")))
}

/// Makes the calendar's private address, or another in its place.
pub(super) async fn open_calendar(
    State(app): State<App>,
    page: Page,
    caller: SignedIn,
) -> Result<Html<String>, AppError> {
    let secret = calendar_feeds::open(app.db(), &caller.actor(), app.now()).await?;
    let mut account = Account::load(&app, page, &caller).await?;
    // Shown on this very page and never again, as a token is.
    account.feed_address = Some(format!("{}/calendrier/{secret}.ics", app.settings().base_url));
    Ok(Html(account.render()?))
}

pub(super) async fn close_calendar(
    State(app): State<App>,
    caller: SignedIn,
) -> Result<Response, AppError> {
    calendar_feeds::close(app.db(), &caller.actor(), app.now()).await?;
    Ok(redirect_with("/compte", &Flash::success("account-calendar-closed")))
}

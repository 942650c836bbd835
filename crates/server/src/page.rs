//! Page chrome: who looks, in which language, zone and theme; and how values are written.

mod chrome;
mod conflict;
mod error;
mod form;
mod format;
mod sparkline;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum_extra::extract::CookieJar;
use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use domain::users::Profile;
use domain::{Actor, FieldError, Role};
use fluent_templates::fluent_bundle::FluentValue;

use crate::app::App;
use crate::assets;
use crate::error::{AppError, field_message};
use crate::i18n::{Argument, Language};
use crate::identity::{Identity, Speaks, Via};
use crate::nav::Counts;

pub use chrome::{Icon, Markup, initials};
pub use conflict::{Conflict, Line};
pub use error::ErrorPage;
pub use form::Form;
pub use format::money;
pub use sparkline::sparkline;

/// What every template needs. Handlers take it as an extractor; it refuses nobody, so pages for
/// signed-in users also take [`crate::extract::SignedIn`].
#[derive(Clone, Debug)]
pub struct Page {
    /// The language of every sentence.
    pub language: Language,
    /// Who looks; `None` before sign-in.
    pub identity: Option<Identity>,
    /// The path and query of this page.
    pub path: String,
    /// The number of the last event when this page was rendered: live refresh starts there.
    pub seq: i64,
    /// The instant of rendering.
    pub now: DateTime<Utc>,
    /// The zone instants are shown in.
    pub zone: Tz,
    /// Something to say once, after a redirect.
    pub flash: Option<Flash>,
    /// Whether this browser keeps its sidebar folded.
    pub collapsed: bool,
    /// The numbers beside the navigation's words.
    pub counts: Counts,
}

/// A message carried over one redirect in a short-lived cookie.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
pub struct Flash {
    /// `success`, `error`, `warning` or `info`.
    pub kind: String,
    /// The message's key.
    pub key: String,
    /// Its arguments.
    #[serde(default)]
    pub args: Vec<(String, String)>,
    /// A form target that undoes what was done.
    #[serde(default)]
    pub undo: Option<String>,
    /// A form target that says by which way a client was reached.
    #[serde(default)]
    pub channel: Option<String>,
    /// How long it stays, in milliseconds; as long as any that can be undone when absent.
    #[serde(default)]
    pub stays: Option<i64>,
}

/// The cookie that remembers a folded sidebar.
pub const NAV_COOKIE: &str = "vigie_nav";

/// What our script sends when it refreshes a page by itself: such a page says nothing once more.
pub const REFRESH_HEADER: &str = "x-vigie-refresh";

/// The cookie [`Flash`] rides in.
pub const FLASH_COOKIE: &str = "vigie_flash";

impl FromRequestParts<App> for Page {
    type Rejection = AppError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, AppError> {
        let Speaks(language) = Speaks::from_request_parts(parts, app).await?;
        let identity = parts.extensions.get::<Identity>().cloned();
        // Read before anything the page shows: what happens after it is refreshed into it.
        let seq = match &identity {
            Some(Identity { via: Via::Session { seq, .. }, .. }) => *seq,
            Some(_) => domain::events::head(app.db().read()).await?.0,
            None => 0,
        };
        let counts = match &identity {
            Some(i) => app.nav_counts().of(app.db(), &i.profile.actor(), app.now()).await,
            None => Counts::default(),
        };
        let jar = CookieJar::from_headers(&parts.headers);
        let flash = jar.get(FLASH_COOKIE).and_then(|c| Flash::read(c.value()));
        Ok(Self {
            language,
            zone: zone_of(identity.as_ref()),
            identity,
            path: parts.uri.path_and_query().map(ToString::to_string).unwrap_or_default(),
            seq,
            now: app.now(),
            flash: flash.filter(|_| !parts.headers.contains_key(REFRESH_HEADER)),
            collapsed: is_collapsed(&jar),
            counts,
        })
    }
}

fn is_collapsed(jar: &CookieJar) -> bool {
    jar.get(NAV_COOKIE).is_some_and(|cookie| cookie.value() == "collapsed")
}

/// The zone instants are shown in to whoever asks: their own, else their centre's.
pub(crate) fn zone_of(identity: Option<&Identity>) -> Tz {
    identity.map_or(chrono_tz::Europe::Paris, |identity| zone_of_profile(&identity.profile))
}

/// The same of someone who sends no request of their own.
pub(crate) fn zone_of_profile(profile: &Profile) -> Tz {
    let center = profile.center.as_ref().map(|center| center.time_zone.as_str());
    let name = profile.time_zone.as_deref().or(center);
    name.and_then(|name| name.parse().ok()).unwrap_or(chrono_tz::Europe::Paris)
}

impl Flash {
    /// Something went well.
    pub fn success(key: &str) -> Self {
        Self {
            kind: "success".into(),
            key: key.into(),
            args: Vec::new(),
            undo: None,
            channel: None,
            stays: None,
        }
    }

    /// Something went wrong.
    pub fn error(key: &str) -> Self {
        Self { kind: "error".into(), ..Self::success(key) }
    }

    /// Something to be careful about.
    pub fn warning(key: &str) -> Self {
        Self { kind: "warning".into(), ..Self::success(key) }
    }

    /// The same with an argument.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl ToString) -> Self {
        self.args.push((name.to_owned(), value.to_string()));
        self
    }

    /// The same with an undo target.
    #[must_use]
    pub fn undo(mut self, target: impl Into<String>) -> Self {
        self.undo = Some(target.into());
        self
    }

    fn read(value: &str) -> Option<Self> {
        domain::paging::read_cursor(value).ok()
    }

    /// `Set-Cookie` text that shows this message on the next page.
    pub fn cookie(&self) -> String {
        let value = domain::paging::write_cursor(self);
        format!("{FLASH_COOKIE}={value}; Path=/; Max-Age=20; HttpOnly; SameSite=Lax")
    }
}

/// `path` if it is one of this site, else the home page: what a form sends must not lead elsewhere.
pub fn local_path(path: &str) -> &str {
    let own = path.starts_with('/') && !path.starts_with("//") && !path.contains('\\');
    if own && !path.chars().any(char::is_control) { path } else { "/" }
}

/// A flash is said once: the answer that shows it takes the cookie away.
pub async fn forget_flash(
    request: axum::extract::Request,
    next: axum::middleware::Next,
) -> axum::response::Response {
    use axum::http::{HeaderValue, StatusCode, header};
    let headers = request.headers();
    let is_shown = request.method() == axum::http::Method::GET
        && !headers.contains_key(REFRESH_HEADER)
        && CookieJar::from_headers(headers).get(FLASH_COOKIE).is_some();
    let mut response = next.run(request).await;
    let kind = response.headers().get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok());
    if is_shown
        && response.status() == StatusCode::OK
        && kind.is_some_and(|kind| kind.starts_with("text/html"))
    {
        let gone =
            HeaderValue::from_static("vigie_flash=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax");
        response.headers_mut().append(header::SET_COOKIE, gone);
    }
    response
}

/// 303 to `target`, saying `flash` there.
pub fn redirect_with(target: &str, flash: &Flash) -> axum::response::Response {
    use axum::response::IntoResponse as _;
    let cookie = [(axum::http::header::SET_COOKIE, flash.cookie())];
    (cookie, axum::response::Redirect::to(target)).into_response()
}

impl Page {
    /// The sentence of `key`.
    pub fn t(&self, key: &str) -> String {
        self.language.t(key)
    }

    /// The sentence of `key` with one argument, text or number.
    pub fn t1(&self, key: &str, name: &'static str, value: impl Argument) -> String {
        self.language.t_with(key, &[(name, value.to_fluent())])
    }

    /// The sentence of `key` with a name in it: see [`Language::t_named`].
    pub fn named(&self, key: &str, name: impl AsRef<str>) -> String {
        self.language.t_named(key, name.as_ref())
    }

    /// The sentence of `key` with two arguments.
    pub fn t2(
        &self,
        key: &str,
        first: (&'static str, FluentValue<'static>),
        second: (&'static str, FluentValue<'static>),
    ) -> String {
        self.language.t_with(key, &[first, second])
    }

    /// The URL of an asset.
    pub fn asset(&self, name: &str) -> String {
        assets::url(name)
    }

    /// The rights of whoever looks; nobody's before sign-in.
    pub fn actor(&self) -> Actor {
        let nobody = Actor { user_id: None, role: Role::Client, call_center_id: None };
        self.identity.as_ref().map_or(nobody, |i| i.profile.actor())
    }

    /// What forms send back to prove they are ours where the spec asks for it.
    pub fn csrf_token(&self) -> &str {
        match self.identity.as_ref().map(|i| &i.via) {
            Some(Via::Session { csrf_token, .. }) => csrf_token,
            _ => "",
        }
    }

    /// `auto`, `light` or `dark`.
    pub fn theme(&self) -> &str {
        self.identity.as_ref().map_or("auto", |i| &i.profile.theme)
    }

    /// `comfortable` or `dense`.
    pub fn density(&self) -> &str {
        let dense = self.identity.as_ref().is_some_and(|i| i.profile.density == "dense");
        if dense { "dense" } else { "comfortable" }
    }

    /// The name of whoever looks.
    pub fn user_name(&self) -> &str {
        self.identity.as_ref().map_or("", |i| &i.profile.name)
    }

    /// The sentence of the flash, with its arguments.
    pub fn flash_text(&self, flash: &Flash) -> String {
        // Argument names come back from our own cookie; Fluent wants them 'static, and only
        // these are ever used.
        const NAMES: [&str; 6] = ["name", "count", "title", "email", "file", "when"];
        let args: Vec<_> = flash
            .args
            .iter()
            .filter_map(|(name, value)| {
                let name = NAMES.iter().find(|n| *n == name)?;
                // A name may look like a number; a count is one.
                let count = value.parse::<i64>().ok().filter(|_| *name == "count");
                Some((*name, count.map_or_else(|| value.clone().into(), FluentValue::from)))
            })
            .collect();
        self.language.t_with(&flash.key, &args)
    }

    /// A page nobody asked for.
    #[cfg(test)]
    pub(crate) fn for_tests(language: Language) -> Self {
        Self {
            language,
            identity: None,
            path: "/".into(),
            seq: 0,
            now: DateTime::UNIX_EPOCH,
            zone: chrono_tz::Europe::Paris,
            flash: None,
            collapsed: false,
            counts: Counts::default(),
        }
    }

    /// The sentence for one wrong field.
    pub fn field_error(&self, error: &FieldError) -> String {
        field_message(self.language, error)
    }

    /// The same where no label stands beside it: “Nom : Ce champ est obligatoire.”
    pub fn named_error(&self, error: &FieldError) -> String {
        let name = error.field.replace('_', "-");
        let keys = [format!("field-{name}"), format!("clients-field-{name}")];
        let sentence = self.field_error(error);
        let Some(key) = keys.iter().find(|key| self.language.has(key)) else { return sentence };
        let args = [("field", self.t(key).into()), ("error", sentence.into())];
        self.language.t_with("form-error-of", &args)
    }
}

use askama::Template;
use chrono::DateTime;

use super::{Page, zone_of};
use crate::error::{AppError, field_message};
use crate::i18n::Language;
use crate::identity::Identity;
use crate::nav::Counts;

/// The error page, in the same house as the others: with the navigation for those signed in,
/// alone for strangers.
pub struct ErrorPage {
    page: Page,
    said: Said,
}

#[derive(Clone)]
struct Said {
    status: u16,
    message: String,
    advice: String,
    /// Each wrong field, and what is wrong with it.
    fields: Vec<(String, String)>,
    request_id: String,
    /// Where to go from here, and the key of what that is called.
    way_out: (&'static str, &'static str),
}

#[derive(Template)]
#[template(path = "errors/error.html")]
struct Inside<'a> {
    page: &'a Page,
    said: &'a Said,
}

#[derive(Template)]
#[template(path = "errors/stranger.html")]
struct Outside<'a> {
    page: &'a Page,
    said: &'a Said,
}

impl ErrorPage {
    /// The page for `error`.
    pub fn new(
        language: Language,
        identity: Option<&Identity>,
        error: &AppError,
        request_id: &str,
    ) -> Self {
        let page = Page {
            language,
            zone: zone_of(identity),
            identity: identity.cloned(),
            path: String::new(),
            seq: 0,
            now: DateTime::UNIX_EPOCH,
            flash: None,
            collapsed: false,
            counts: Counts::default(),
        };
        let status = error.status().as_u16();
        let said = Said {
            status,
            message: language.t(&format!("error-{}", error.key())),
            advice: language.t(advice(error.key(), status)),
            fields: fields(language, error),
            request_id: request_id.to_owned(),
            way_out: way_out(error.key()),
        };
        Self { page, said }
    }

    /// Its HTML.
    ///
    /// # Errors
    /// The template's.
    pub fn render(&self) -> askama::Result<String> {
        let (page, said) = (&self.page, &self.said);
        if page.identity.is_some() {
            Inside { page, said }.render()
        } else {
            Outside { page, said }.render()
        }
    }
}

fn fields(language: Language, error: &AppError) -> Vec<(String, String)> {
    let AppError::Domain(domain::Error::Invalid(fields)) = error else { return Vec::new() };
    fields.iter().map(|one| (one.field.clone(), field_message(language, one))).collect()
}

/// What to do now, by kind of error.
fn advice(key: &str, status: u16) -> &'static str {
    match key {
        "dead-welcome" => return "error-advice-dead-welcome",
        "dead-invitation" => return "error-advice-dead-invitation",
        "dead-reset" => return "error-advice-dead-reset",
        _ => {}
    }
    match status {
        404 => "error-advice-not-found",
        401 | 403 => "error-advice-forbidden",
        409 | 412 => "error-advice-stale",
        429 => "error-advice-too-many",
        500.. => "error-advice-internal",
        _ => "error-advice-other",
    }
}

fn way_out(key: &str) -> (&'static str, &'static str) {
    match key {
        "dead-reset" => ("/mot-de-passe", "error-another-link"),
        "dead-welcome" | "dead-invitation" => ("/connexion", "sign-in-button"),
        _ => ("/", "error-home"),
    }
}

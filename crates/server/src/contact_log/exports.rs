//! The log as a file: exactly what the list shows, oldest first, a batch in memory at a time.

use std::sync::Arc;

use axum::extract::{RawQuery, State};
use axum::response::Response;
use base::sheet::{Cell, RowWriter, SheetError};
use domain::Actor;
use domain::contact_log::{self, Attempt};

use super::filter;
use crate::app::App;
use crate::error::AppError;
use crate::export::{self, Format, Style, Table, text};
use crate::extract::SignedIn;
use crate::grid::Query;
use crate::i18n::Language;
use crate::page::Page;

/// Attempts per batch.
const BATCH: i64 = 2_000;

/// The columns, by the key of their name.
const COLUMNS: [&str; 6] = ["date", "client", "code", "status", "channel", "agent"];

/// The contact attempts of the filtered list as CSV, streamed. The parameters are those of
/// `GET /api/notifications`.
#[utoipa::path(get, path = "/api/exports/contacts.csv", tag = "contact log",
    params(("q" = Option<String>, Query, description = "Search"), ("client" = Option<String>, Query),
        ("utilisateur" = Option<String>, Query), ("statut" = Option<String>, Query),
        ("canal" = Option<String>, Query), ("period" = Option<String>, Query),
        ("from" = Option<String>, Query), ("to" = Option<String>, Query)),
    responses((status = 200, description = "The file", content_type = "text/csv"),
        (status = 403, description = "Only admins and supervisors export")))]
pub(super) async fn contacts_csv(
    State(app): State<App>,
    page: Page,
    who: SignedIn,
    RawQuery(query): RawQuery,
) -> Result<Response, AppError> {
    stream(&app, &page, &who.actor(), query, Format::Csv).await
}

/// The contact attempts of the filtered list as XLSX. The parameters are those of
/// `GET /api/notifications`.
#[utoipa::path(get, path = "/api/exports/contacts.xlsx", tag = "contact log",
    params(("q" = Option<String>, Query, description = "Search"), ("client" = Option<String>, Query),
        ("utilisateur" = Option<String>, Query), ("statut" = Option<String>, Query),
        ("canal" = Option<String>, Query), ("period" = Option<String>, Query),
        ("from" = Option<String>, Query), ("to" = Option<String>, Query)),
    responses((status = 200, description = "The file",
            content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        (status = 403, description = "Only admins and supervisors export")))]
pub(super) async fn contacts_xlsx(
    State(app): State<App>,
    page: Page,
    who: SignedIn,
    RawQuery(query): RawQuery,
) -> Result<Response, AppError> {
    stream(&app, &page, &who.actor(), query, Format::Xlsx).await
}

async fn stream(
    app: &App,
    page: &Page,
    actor: &Actor,
    query: Option<String>,
    format: Format,
) -> Result<Response, AppError> {
    actor.require(actor.leads_people())?;
    let query = Query::parse(query.as_deref().unwrap_or_default());
    let (conn, now) = (app.db().read(), app.now());
    let asked = filter::read(conn, actor, &query, page.zone, now).await?;
    let search = contact_log::search(conn, actor, asked.filter, now).await?;
    let style = Style { format, language: page.language, zone: page.zone };
    let asked = Arc::new((app.clone(), actor.clone(), search));
    let rows = export::read_ahead(move |after| {
        let asked = asked.clone();
        async move {
            let (app, actor, search) = &*asked;
            contact_log::page_of(app.db().read(), actor, search, after, BATCH).await
        }
    });
    export::respond("contacts", Attempts::new(style.language), style, rows, now)
}

struct Attempts {
    success: String,
    failure: String,
}

impl Attempts {
    fn new(language: Language) -> Self {
        Self { success: language.t("contacts-succes"), failure: language.t("contacts-echec") }
    }
}

impl Table for Attempts {
    type Row = Attempt;

    const SHEET: &'static str = "contacts-title";

    fn columns(&self, style: Style) -> Vec<String> {
        COLUMNS.into_iter().map(|key| style.language.t(&format!("contacts-{key}"))).collect()
    }

    fn write_row(
        &self,
        style: Style,
        row: &Attempt,
        writer: &mut dyn RowWriter,
    ) -> Result<(), SheetError> {
        let channel = match &row.channel_word {
            Some(word) => word.clone(),
            None => style.language.t(&format!("contact-channel-{}", row.channel)),
        };
        writer.write_row(&[
            Cell::DateTime(style.local(row.created_at)),
            Cell::Text(&row.client_name),
            text(row.client_code.as_deref()),
            Cell::Text(if row.is_success() { &self.success } else { &self.failure }),
            Cell::Text(&channel),
            text(row.user_name.as_deref()),
        ])
    }
}

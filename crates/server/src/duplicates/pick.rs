//! Looking for the record to merge a client with.

use askama::Template;
use axum::extract::{RawQuery, State};
use axum::response::Html;
use domain::Invalid;
use domain::clients::Client;
use domain::duplicates::{self, Partners, Possible};
use uuid::Uuid;

use super::words;
use crate::app::App;
use crate::clients::words::{self as client_words, Card};
use crate::error::AppError;
use crate::extract::{Path, SignedIn};
use crate::grid::Query;
use crate::page::{Markup, Page};

/// From that score on, what two records share says something.
const TELLING: i32 = 40;

/// A record that may be the other one.
struct Row {
    card: Card,
    /// How sure it is, when something speaks for it.
    score: Option<Markup>,
    reasons: String,
}

#[derive(Template)]
#[template(path = "duplicates/pick.html")]
struct Pick {
    page: Page,
    client: Client,
    typed: String,
    rows: Vec<Row>,
    has_more: bool,
}

impl Pick {
    fn here(&self) -> String {
        format!("/client/{}/fusionner", self.client.id)
    }
}

/// `GET /client/{id}/fusionner?q=`
pub(super) async fn pick(
    State(app): State<App>,
    page: Page,
    caller: SignedIn,
    Path(id): Path<Uuid>,
    RawQuery(query): RawQuery,
) -> Result<Html<String>, AppError> {
    let query = Query::parse(query.as_deref().unwrap_or_default());
    let mut invalid = Invalid::new();
    let typed = invalid.text("q", query.get("q"), 200).unwrap_or_default();
    invalid.check()?;
    let (conn, actor) = (app.db().read(), caller.actor());
    let partners = duplicates::partners(conn, &actor, id, &typed, page.now).await?;
    let Partners { client, found, has_more } = partners;
    let rows = found.into_iter().map(|one| row(&page, one)).collect();
    Ok(Html(Pick { page, client, typed, rows, has_more }.render()?))
}

fn row(page: &Page, possible: Possible) -> Row {
    let speaks = possible.score >= TELLING;
    Row {
        score: speaks.then(|| words::score_pill(page, possible.score)),
        reasons: words::reasons(page, &possible.reasons),
        card: client_words::card(page, possible.client),
    }
}

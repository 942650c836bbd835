//! Two records side by side, and one out of them.

use askama::Template;
use axum::extract::{Form as Posted, RawQuery, State};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse as _, Response};
use domain::Error;
use domain::clients::{self, Client};
use domain::duplicates::{self, Choices, Field, Kept, Preview, Side};
use serde_json::Value as Json;
use uuid::Uuid;

use super::words;
use crate::app::App;
use crate::clients::words as client_words;
use crate::error::AppError;
use crate::extract::{Path, SignedIn};
use crate::grid::Query;
use crate::page::{Flash, Form, Markup, Page, redirect_with};

/// A field to choose.
struct Line {
    name: &'static str,
    label: String,
    winner: String,
    loser: String,
    result: String,
    side: Side,
    is_list: bool,
    error: Option<String>,
}

impl Line {
    fn takes(&self, side: &str) -> bool {
        self.side.as_str() == side
    }
}

#[derive(Template)]
#[template(path = "duplicates/merge.html")]
struct Compare {
    page: Page,
    form: Form,
    winner: Client,
    loser: Client,
    /// What differs.
    lines: Vec<Line>,
    /// What does not: field, value.
    same: Vec<(String, String)>,
    /// What goes along, in words.
    moves: Vec<String>,
    score: Markup,
    reasons: String,
    /// The pair still to be decided.
    pair: Option<Uuid>,
    decides: bool,
    is_stale: bool,
}

impl Compare {
    fn here(&self) -> String {
        format!("/client/{}/fusionner/{}", self.winner.id, self.loser.id)
    }

    fn swapped(&self) -> String {
        format!("/client/{}/fusionner/{}", self.loser.id, self.winner.id)
    }
}

/// `GET /client/{id}/fusionner/{other}`: what each field becomes, as chosen in the query.
pub(super) async fn compare(
    State(app): State<App>,
    page: Page,
    caller: SignedIn,
    Path(ids): Path<(Uuid, Uuid)>,
    RawQuery(query): RawQuery,
) -> Result<Response, AppError> {
    let query = Query::parse(query.as_deref().unwrap_or_default());
    let choices = Choices::read(query.pairs(), true)?;
    let shown = show(&app, page, &caller, ids, &choices, Form::new()).await?;
    Ok(Html(shown.render()?).into_response())
}

async fn show(
    app: &App,
    page: Page,
    caller: &SignedIn,
    (winner, loser): (Uuid, Uuid),
    choices: &Choices,
    form: Form,
) -> Result<Compare, AppError> {
    let (conn, actor) = (app.db().read(), caller.actor());
    let preview = duplicates::preview(conn, &actor, winner, loser, choices).await?;
    let people = clients::choices(conn, &actor).await?.people;
    let Preview { winner, loser, fields, moves, score, reasons, pair } = preview;
    let known = [&winner, &loser]
        .into_iter()
        .filter_map(|client| Some((client.assigned_to?, client.assignee_name.clone()?)));
    let people: Vec<(Uuid, String)> = people.into_iter().chain(known).collect();
    let word = |name: &str, value: &Json| client_words::value(&page, name, value, &people);
    let (different, same): (Vec<Field>, Vec<Field>) = fields.into_iter().partition(Field::differs);
    let lines = different
        .into_iter()
        .map(|field| Line {
            label: client_words::field_name(&page, field.name),
            winner: word(field.name, &field.winner),
            loser: word(field.name, &field.loser),
            result: word(field.name, &field.result),
            side: field.side,
            is_list: field.is_list(),
            error: error_of(&form, field.name),
            name: field.name,
        })
        .collect();
    let is_empty = |value: &Json| value.is_null() || value.as_array().is_some_and(Vec::is_empty);
    let same = same
        .into_iter()
        .filter(|field| !is_empty(&field.winner))
        .map(|field| (client_words::field_name(&page, field.name), word(field.name, &field.winner)))
        .collect();
    let moves = moves
        .into_iter()
        .filter(|(_, count)| *count > 0)
        .map(|(table, count)| {
            page.t1(&format!("merge-moves-{}", table.replace('_', "-")), "count", count)
        })
        .collect();
    Ok(Compare {
        score: words::score_pill(&page, score),
        reasons: words::reasons(&page, &reasons),
        pair: pair.filter(|(_, state)| state == "open").map(|(id, _)| id),
        decides: duplicates::may_decide(&actor),
        is_stale: false,
        page,
        form,
        winner,
        loser,
        lines,
        same,
        moves,
    })
}

/// The first address or number goes by its own name in errors.
fn error_of(form: &Form, name: &str) -> Option<String> {
    let one = name.strip_suffix('s').unwrap_or(name);
    form.error(name).or_else(|| form.error(one)).map(str::to_owned)
}

/// `POST /client/{id}/fusionner/{other}`
pub(super) async fn merge(
    State(app): State<App>,
    page: Page,
    caller: SignedIn,
    Path((winner, loser)): Path<(Uuid, Uuid)>,
    Posted(pairs): Posted<Vec<(String, String)>>,
) -> Result<Response, AppError> {
    let form = Form::typed(pairs.clone());
    let choices = pairs.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    let choices = Choices::read(choices, true)?;
    let version = |name: &str| form.value(name).parse().ok();
    let (one, other) = ((winner, version("version")), (loser, version("other_version")));
    let merged =
        duplicates::merge(app.db(), &caller.actor(), one, other, &choices, app.now()).await;
    match merged {
        Ok(merged) => {
            let flash = Flash::success("merge-done")
                .undo(format!("/client/fusions/{}/annulation", merged.id));
            Ok(redirect_with(&format!("/client/{winner}"), &flash))
        }
        Err(Error::Invalid(errors)) => {
            let form = form.failed(&page, &errors);
            let shown = show(&app, page, &caller, (winner, loser), &choices, form).await?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, Html(shown.render()?)).into_response())
        }
        Err(Error::Stale) => {
            let mut shown = show(&app, page, &caller, (winner, loser), &choices, form).await?;
            shown.is_stale = true;
            Ok((StatusCode::CONFLICT, Html(shown.render()?)).into_response())
        }
        Err(error) => Err(error.into()),
    }
}

/// `POST /client/{id}/fusionner/{other}/proposition`
pub(super) async fn suggest(
    State(app): State<App>,
    caller: SignedIn,
    Path((one, other)): Path<(Uuid, Uuid)>,
) -> Result<Response, AppError> {
    duplicates::suggest(app.db(), &caller.actor(), one, other, app.now()).await?;
    let here = format!("/client/{one}/fusionner/{other}");
    Ok(redirect_with(&here, &Flash::success("duplicates-suggested")))
}

/// `POST /client/fusions/{id}/annulation`
pub(super) async fn unmerge(
    State(app): State<App>,
    page: Page,
    caller: SignedIn,
    Path(id): Path<Uuid>,
) -> Result<Response, AppError> {
    let parted = duplicates::unmerge(app.db(), &caller.actor(), id, app.now()).await?;
    let here = format!("/client/{}", parted.loser);
    if parted.kept.is_empty() {
        let flash = Flash::success("merge-undone").with("name", &parted.loser_name);
        return Ok(redirect_with(&here, &flash));
    }
    let kept: Vec<String> = parted.kept.iter().map(|kept| kept_text(&page, kept)).collect();
    let flash = Flash::warning("merge-undone-but")
        .with("name", &parted.loser_name)
        .with("title", kept.join(" "));
    Ok(redirect_with(&here, &flash))
}

fn kept_text(page: &Page, kept: &Kept) -> String {
    match kept {
        Kept::Field(name) => {
            page.t1("merge-kept-field", "field", client_words::field_name(page, name))
        }
        Kept::Gone(_, count) => {
            page.t1("merge-kept-gone", "count", i64::try_from(*count).unwrap_or(i64::MAX))
        }
        Kept::Code(code) => page.t1("merge-kept-code", "code", code.clone()),
    }
}

//! The list of pairs.

use askama::Template;
use axum::extract::State;
use axum::response::{Html, Response};
use domain::duplicates::{self, Filter, Pair, Sort, State as PairState};
use uuid::Uuid;

use super::words;
use crate::app::App;
use crate::clients::words::{self as client_words, Card};
use crate::error::AppError;
use crate::extract::{Path, SignedIn};
use crate::grid::{Column, Definition, Grid, ROWS};
use crate::page::{Flash, Markup, Page, redirect_with};

static LIST: Definition = Definition {
    name: "duplicates",
    path: "/client/doublons",
    label: "duplicates-title",
    columns: &[
        Column::new("first", "duplicates-first").sorted("first").fixed().card("main").width(260),
        Column::new("second", "duplicates-second").sorted("second").card("line").width(260),
        Column::new("score", "duplicates-score").sorted("score").card("status").width(150),
        Column::new("reasons", "duplicates-reasons").sorted("reasons").card("line").width(220),
        Column::new("created", "duplicates-found").sorted("created_at").class("laptop-hidden"),
    ],
    sort: "-score",
};

struct Row {
    id: Uuid,
    first: Card,
    second: Card,
    score: Markup,
    reasons: String,
    created: String,
}

impl Row {
    /// What a button does, with both names.
    fn label(&self, page: &Page, key: &str) -> String {
        let (first, second) = (self.first.name.clone(), self.second.name.clone());
        page.t2(key, ("first", first.into()), ("second", second.into()))
    }
}

/// A state as a tab.
struct Tab {
    href: String,
    label: String,
    current: bool,
    count: String,
}

#[derive(Template)]
#[template(path = "duplicates/list.html")]
struct List {
    page: Page,
    grid: Grid,
    rows: Vec<Row>,
    tabs: Vec<Tab>,
    state: PairState,
    decides: bool,
}

impl List {
    fn is_open(&self) -> bool {
        self.state == PairState::Open
    }

    fn is_dismissed(&self) -> bool {
        self.state == PairState::Dismissed
    }
}

/// `GET /client/doublons`
pub(super) async fn list(
    State(app): State<App>,
    page: Page,
    caller: SignedIn,
) -> Result<Html<String>, AppError> {
    let mut grid = Grid::load(&app, &page, &LIST).await?;
    let (conn, actor) = (app.db().read(), caller.actor());
    let state = match grid.query.get("state") {
        None => PairState::Open,
        Some(name) => {
            PairState::parse(name).ok_or_else(|| domain::Error::invalid("state", "wrong-value"))?
        }
    };
    let filter = Filter { state, client: None };
    let sort = Sort::parse(&grid.sort)?;
    let cursor = grid.cursor.clone();
    let found = duplicates::list(conn, &actor, filter, sort, cursor.as_deref(), ROWS).await?;
    let total = duplicates::count(conn, &actor, filter).await?;
    grid.fill(total, found.rows.len(), found.previous, found.next);
    let tabs = tabs(&page, state, &grid);
    let rows = found.rows.into_iter().map(|pair| row(&page, pair)).collect();
    let decides = duplicates::may_decide(&actor);
    Ok(Html(List { page, grid, rows, tabs, state, decides }.render()?))
}

fn tabs(page: &Page, state: PairState, grid: &Grid) -> Vec<Tab> {
    let tab = |one: PairState| Tab {
        href: match one {
            PairState::Open => "/client/doublons".to_owned(),
            _ => format!("/client/doublons?state={}", one.as_str()),
        },
        label: page.t(&format!("duplicates-state-{}", one.as_str())),
        current: one == state,
        count: if one == state { grid.total_text(page) } else { String::new() },
    };
    [PairState::Open, PairState::Dismissed, PairState::Merged].map(tab).into()
}

fn row(page: &Page, pair: Pair) -> Row {
    Row {
        id: pair.id,
        score: words::score_pill(page, pair.score),
        reasons: words::reasons(page, &pair.reasons),
        created: page.near(&pair.created_at),
        first: client_words::card(page, pair.first),
        second: client_words::card(page, pair.second),
    }
}

/// `POST /client/doublons/{id}/rejet`: not the same.
pub(super) async fn dismiss(
    State(app): State<App>,
    caller: SignedIn,
    Path(id): Path<Uuid>,
) -> Result<Response, AppError> {
    duplicates::dismiss(app.db(), &caller.actor(), id, app.now()).await?;
    let flash =
        Flash::success("duplicates-dismissed").undo(format!("/client/doublons/{id}/reouverture"));
    Ok(redirect_with("/client/doublons", &flash))
}

/// `POST /client/doublons/{id}/reouverture`
pub(super) async fn reopen(
    State(app): State<App>,
    caller: SignedIn,
    Path(id): Path<Uuid>,
) -> Result<Response, AppError> {
    duplicates::reopen(app.db(), &caller.actor(), id, app.now()).await?;
    Ok(redirect_with("/client/doublons", &Flash::success("duplicates-reopened")))
}

//! The one datagrid: columns, sort, filter chips, saved views, pages, ticks.
//!
//! A feature declares a [`Definition`], builds a [`Grid`] per request with [`Grid::load`], fills
//! in its rows, and lays it out with the macros of `templates/grid.html`. The URL holds the whole
//! state, so that Back, bookmarks and saved views need nothing else.

mod definition;
mod query;
mod views;

use domain::paging::Total;
use domain::preferences;
use domain::preferences::views::SavedView;
use serde::Deserialize;
use std::collections::BTreeMap;

pub use definition::{Column, Definition};
pub use query::Query;
pub use views::routes;

use crate::app::App;
use crate::error::AppError;
use crate::page::Page;

/// Rows on a page.
pub const ROWS: u32 = 25;

/// A column of one user's grid, in their order.
#[derive(Clone, Debug)]
pub struct Shown {
    /// See [`Column::key`].
    pub key: &'static str,
    /// Its heading, in words.
    pub label: String,
    /// Whether it shows; of hidden ones, a page has the heading alone.
    pub shown: bool,
    /// See [`Column::fixed`].
    pub fixed: bool,
    /// See [`Column::class`].
    pub class: &'static str,
    /// See [`Column::card`].
    pub card: &'static str,
    /// In pixels.
    pub width: u16,
    /// See [`Column::sort`].
    pub sort: Option<&'static str>,
    /// Where its heading leads, if it sorts.
    pub sort_href: Option<String>,
    /// `ascending` or `descending` when the list is in its order.
    pub direction: Option<&'static str>,
}

/// A filter in force, with the link that removes it.
#[derive(Clone, Debug)]
pub struct Chip {
    /// `Statut`.
    pub label: String,
    /// `Actif`.
    pub value: String,
    /// The list without it.
    pub remove: String,
}

/// A saved view as a tab.
#[derive(Clone, Debug)]
pub struct View {
    /// The tab's text.
    pub name: String,
    /// Where it leads.
    pub href: String,
    /// Whether it is the one shown.
    pub current: bool,
    /// The target that forgets it.
    pub forget: String,
}

impl View {
    /// Where its new name goes.
    pub fn rename(&self) -> String {
        self.forget.replace("/suppression", "/nom")
    }
}

/// One user's grid on one page.
#[derive(Clone, Debug)]
pub struct Grid {
    /// See [`Definition::name`].
    pub name: &'static str,
    /// See [`Definition::path`].
    pub path: String,
    /// The list's title, in words.
    pub label: String,
    /// Columns, in the user's order.
    pub columns: Vec<Shown>,
    /// Whether the user set widths.
    pub sized: bool,
    /// The query string, without its page.
    pub query: Query,
    /// `name` or `-created_at`.
    pub sort: String,
    /// The order it has without being asked.
    opens_in: &'static str,
    /// The cursor asked for.
    pub cursor: Option<String>,
    /// Filters in force.
    pub chips: Vec<Chip>,
    /// Saved views.
    pub views: Vec<View>,
    /// How many rows match.
    pub total: Total,
    /// Number of the first row shown.
    pub first: i64,
    /// How many rows are shown.
    pub rows: usize,
    /// The page before.
    pub previous: Option<String>,
    /// The page after.
    pub next: Option<String>,
}

/// What a user chose for a list, kept under its name.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct Choices {
    /// Shown columns, in order.
    columns: Option<Vec<String>>,
    widths: BTreeMap<String, u16>,
}

impl Grid {
    /// The grid of `definition` as whoever looks at `page` arranged it.
    ///
    /// # Errors
    /// The engine's.
    pub async fn load(
        app: &App,
        page: &Page,
        definition: &'static Definition,
    ) -> Result<Self, AppError> {
        Self::load_at(app, page, definition, definition.path.to_owned()).await
    }

    /// The same of a list that stands at many places: one for each client, say.
    ///
    /// # Errors
    /// The engine's.
    pub async fn load_at(
        app: &App,
        page: &Page,
        definition: &'static Definition,
        path: String,
    ) -> Result<Self, AppError> {
        let user = page.identity.as_ref().map(|i| i.profile.id);
        let (choices, saved) = match user {
            Some(user) => {
                preferences::views::layout(app.db().read(), user, definition.name).await?
            }
            None => (None, Vec::new()),
        };
        let choices = choices.and_then(|c| serde_json::from_value(c).ok()).unwrap_or_default();
        Ok(Self::new(page, definition, path, &choices, saved))
    }

    fn new(
        page: &Page,
        definition: &'static Definition,
        path: String,
        choices: &Choices,
        saved: Vec<SavedView>,
    ) -> Self {
        let mut query = Query::of(&page.path);
        let cursor = query.take("cursor");
        let first = query.take("row").and_then(|n| n.parse().ok()).unwrap_or(1);
        let known = |sort: &&str| {
            let key = sort.trim_start_matches('-');
            definition.columns.iter().any(|c| c.sort == Some(key))
        };
        let sort = query.get("sort").filter(known).unwrap_or(definition.sort).to_owned();
        let columns = arrange(definition, choices)
            .map(|(column, shown)| Shown {
                key: column.key,
                label: page.t(column.label),
                shown,
                fixed: column.fixed,
                class: column.class,
                card: column.card,
                width: choices.widths.get(column.key).copied().unwrap_or(column.width),
                sort: column.sort,
                sort_href: column.sort.map(|key| sort_link(&path, &query, &sort, key)),
                direction: column.sort.and_then(|key| direction(&sort, key)),
            })
            .collect();
        let views = views::tabs(&path, &query, saved);
        Self {
            name: definition.name,
            path,
            label: page.t(definition.label),
            columns,
            sized: !choices.widths.is_empty(),
            sort,
            opens_in: definition.sort,
            cursor,
            chips: Vec::new(),
            views,
            total: Total { value: 0, exact: true },
            first,
            rows: 0,
            previous: None,
            next: None,
            query,
        }
    }

    /// Says what is shown: the total, how many rows, and the cursors of the pages around.
    pub fn fill(
        &mut self,
        total: Total,
        rows: usize,
        previous: Option<String>,
        next: Option<String>,
    ) {
        let count = i64::try_from(rows).unwrap_or(0);
        let link = |cursor: String, first: i64| {
            let row = first.max(1).to_string();
            self.query.with("cursor", &cursor).with("row", &row).href(&self.path)
        };
        let after = next.map(|cursor| link(cursor, self.first + count));
        let before = previous.map(|cursor| link(cursor, self.first - i64::from(ROWS)));
        (self.total, self.rows, self.next, self.previous) = (total, rows, after, before);
    }

    /// Adds a chip for the filter `name`.
    pub fn chip(&mut self, name: &str, label: String, value: String) {
        let remove = self.query.without(name).href(&self.path);
        self.chips.push(Chip { label, value, remove });
    }

    /// Whether anything narrows the list.
    pub fn is_filtered(&self) -> bool {
        !self.chips.is_empty() || self.query.get("q").is_some()
    }

    /// Whether no saved view is shown and nothing narrows the list.
    pub fn shows_all(&self) -> bool {
        !self.is_filtered() && !self.views.iter().any(|view| view.current)
    }

    /// What a saved view keeps: with its order even when that is the usual one, so that a view
    /// without a filter is a place of its own beside the whole list.
    pub fn to_save(&self) -> Query {
        self.query.with("sort", &self.sort)
    }

    /// Everything the list is narrowed and ordered by, for hidden inputs.
    pub fn hidden(&self, except: &str) -> Vec<(&str, &str)> {
        self.query.pairs().filter(|(name, _)| *name != except).collect()
    }

    /// The tab without a filter: `Tous`, or `Toutes` where the listed things are feminine.
    pub fn all(&self, page: &Page) -> String {
        let key = format!("grid-all-{}", self.name);
        page.t(if page.language.has(&key) { &key } else { "grid-all" })
    }

    /// The columns a row shows.
    pub fn shown(&self) -> impl Iterator<Item = &Shown> {
        self.columns.iter().filter(|column| column.shown)
    }

    /// The orders the list can be put in, for a phone, which shows no headings: their names, their
    /// words, and whether it is in that one. The order it opens in needs no name.
    pub fn orders(&self, page: &Page) -> Vec<(String, String, bool)> {
        let sorted = self.columns.iter().filter_map(|c| Some((c.sort?, &c.label)));
        sorted
            .flat_map(|(key, label)| {
                [(key.to_owned(), "ascending"), (format!("-{key}"), "descending")].map(
                    |(name, way)| {
                        let words = page.t1(&format!("grid-order-{way}"), "name", label.clone());
                        let is_current = name == self.sort;
                        let name = if name == self.opens_in { String::new() } else { name };
                        (name, words, is_current)
                    },
                )
            })
            .collect()
    }

    /// `26 à 50 sur 12 480`.
    pub fn range_text(&self, page: &Page) -> String {
        let last = self.first + i64::try_from(self.rows).unwrap_or(0) - 1;
        let args = [
            ("first", page.number(&self.first).into()),
            ("last", page.number(&last).into()),
            ("total", self.total_text(page).into()),
        ];
        page.language.t_with("grid-range", &args)
    }

    /// `12 480`, or `10 000+`.
    pub fn total_text(&self, page: &Page) -> String {
        total_text(page, self.total)
    }
}

/// `12 480`, or `10 000+` when nobody counted further.
pub fn total_text(page: &Page, total: Total) -> String {
    let number = page.number(&total.value);
    if total.exact { number } else { format!("{number}+") }
}

/// Fixed columns, then the user's, then what they left out.
fn arrange<'a>(
    definition: &'static Definition,
    choices: &'a Choices,
) -> impl Iterator<Item = (Column, bool)> + 'a {
    let place = |column: &Column| match &choices.columns {
        _ if column.fixed => (0, true),
        None => (1, column.shown),
        Some(order) => match order.iter().position(|key| key == column.key) {
            Some(index) => (index + 1, true),
            None => (usize::MAX, false),
        },
    };
    let mut columns: Vec<_> = definition.columns.iter().map(|c| (place(c), *c)).collect();
    columns.sort_by_key(|((index, _), _)| *index);
    columns.into_iter().map(|((_, shown), column)| (column, shown))
}

fn direction(sort: &str, key: &str) -> Option<&'static str> {
    match sort.strip_prefix('-') {
        Some(name) if name == key => Some("descending"),
        None if sort == key => Some("ascending"),
        _ => None,
    }
}

/// The order a click on a heading asks for: ascending, then descending, then ascending.
fn sort_link(path: &str, query: &Query, sort: &str, key: &str) -> String {
    let next = if sort == key { format!("-{key}") } else { key.to_owned() };
    query.with("sort", &next).href(path)
}

#[cfg(test)]
mod tests;

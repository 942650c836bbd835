use askama::Template;
use chrono::DateTime;
use domain::preferences::views::SavedView;
use uuid::Uuid;

use super::*;
use crate::i18n::Language;

static FRUIT: Definition = Definition {
    name: "fruit",
    path: "/fruits",
    label: "grid-all",
    columns: &[
        Column::new("name", "grid-tick-all").sorted("name").fixed().card("main"),
        Column::new("colour", "grid-columns").sorted("colour"),
        Column::new("weight", "grid-actions").class("num").hidden(),
    ],
    sort: "name",
};

#[derive(Template)]
#[template(
    ext = "html",
    source = r#"{% import "grid.html" as ui %}{% call ui::tabs(page, grid) %}{% endcall %}
{% call ui::datagrid(page, grid) %}{% call ui::toolbar(page, grid, "Nom…") %}<i>panel</i>{% endcall %}
{% call ui::table(page, grid, "Fruits") %}{% for (id, name) in rows %}<tr>{% call ui::tick(page, grid, id, name.clone()) %}{% endcall %}
{%- for column in grid.shown() %}{% call ui::cell(column) %}{% match column.key %}{% when "name" %}{{ name }}{% else %}{% call ui::none(page) %}{% endcall %}{% endmatch %}{% endcall %}{% endfor -%}
{% call ui::row_menu(page, id, name.clone()) %}<a class="menu-item" href="/fruits/{{ id }}">!</a>{% endcall %}</tr>{% endfor %}{% endcall %}
{% call ui::bulk(page, grid, "/fruits/actions") %}<button name="action" value="eat">!</button>{% endcall %}{% endcall %}"#
)]
struct Fruits {
    page: Page,
    grid: Grid,
    rows: Vec<(u32, String)>,
}

fn page(path: &str) -> Page {
    Page {
        language: Language::Fr,
        identity: None,
        path: path.to_owned(),
        seq: 0,
        now: DateTime::UNIX_EPOCH,
        zone: chrono_tz::Europe::Paris,
        flash: None,
        collapsed: false,
        counts: crate::nav::Counts::default(),
    }
}

#[test]
fn columns_follow_the_user() {
    let choices: Choices = serde_json::from_value(
        serde_json::json!({ "columns": ["weight"], "widths": { "name": 300 } }),
    )
    .unwrap();
    let grid = Grid::new(&page("/fruits"), &FRUIT, "/fruits".into(), &choices, Vec::new());
    let seen: Vec<_> = grid.columns.iter().map(|c| (c.key, c.shown, c.width)).collect();
    assert_eq!(seen, [("name", true, 300), ("weight", true, 150), ("colour", false, 150)]);
    assert!(grid.sized);
    assert_eq!(grid.shown().map(|c| c.key).collect::<Vec<_>>(), ["name", "weight"]);
}

#[test]
fn the_url_is_the_state() {
    let view = SavedView { id: Uuid::nil(), name: "Rouges".into(), query: "colour=red".into() };
    let page = page("/fruits?colour=red&sort=name&cursor=abc&row=26");
    let mut grid = Grid::new(&page, &FRUIT, "/fruits".into(), &Choices::default(), vec![view]);
    grid.fill(Total { value: 10_000, exact: false }, 2, Some("p".into()), Some("n".into()));
    grid.chip("colour", "Couleur".into(), "Rouge".into());
    assert_eq!(grid.next.as_deref(), Some("/fruits?colour=red&sort=name&cursor=n&row=28"));
    assert_eq!(grid.previous.as_deref(), Some("/fruits?colour=red&sort=name&cursor=p&row=1"));
    assert_eq!(grid.columns[0].sort_href.as_deref(), Some("/fruits?colour=red&sort=-name"));
    assert_eq!(grid.chips[0].remove, "/fruits?sort=name");
    let rows = vec![(7, "Poire <b>".to_owned()), (8, "Figue".to_owned())];
    let html = Fruits { page, grid, rows }.render().unwrap();
    for part in [
        "aria-sort=\"ascending\"",
        "form=\"fruit-bulk\"",
        "value=\"7\"",
        "Poire &#60;b&#62;",
        "<i>panel</i>",
        "<input type=\"hidden\" name=\"colour\" value=\"red\">",
        "<use href=\"",
    ] {
        assert!(html.contains(part), "{part} is not in {html}");
    }
    assert!(!html.contains("cursor=abc"), "{html}");
}

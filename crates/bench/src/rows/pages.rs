//! BAR.md "Fast" 1: the client list in every guise, the client page, figures, creation.

use serde_json::json;

use crate::Result;
use crate::load::{Ask, drive};
use crate::seed::{People, TERMS};
use crate::server::Server;
use crate::table::{Row, Table};
use crate::wire::Connection;

use super::Plan;

const SORTS: [&str; 8] =
    ["name", "-name", "company", "-created_at", "created_at", "next_alert", "city", "total_spent"];
const FILTERS: [&str; 6] = [
    "is_active=true",
    "is_active=false",
    "period=7d",
    "segment=none",
    "alert_status=in_progress",
    "notification_client=none",
];

/// Pages to turn before the ones measured.
const DEEP: usize = 40;

pub(super) async fn measure(server: &Server, people: &People, plan: &Plan, table: &mut Table) {
    let engine = people.engine();
    let run = Run { server, people, plan };
    let result = run.lists(table).await;
    table.note("client list", engine, result);
    let result = run.one_client(table).await;
    table.note("client page", engine, result);
    let result = run.figures(table).await;
    table.note("client statistics", engine, result);
    let result = run.creation(table).await;
    table.note("client creation", engine, result);
}

/// What every load of this file needs.
struct Run<'a> {
    server: &'a Server,
    people: &'a People,
    plan: &'a Plan,
}

impl Run<'_> {
    /// The list in every guise.
    async fn lists(&self, table: &mut Table) -> Result<()> {
        let mut owner = self.owner().await?;
        let lists = lists();
        check_lists(&mut owner, &lists).await?;
        let row = self.pages("client list, any filter and sort", lists).await?;
        table.push(row.target("p99", 20.0).target("rate", 2_000.0));
        let row = self.pages("client list, first page", vec!["/client".into()]).await?;
        table.push(row.target("p99", 20.0));
        let deep = deep_pages(&mut owner, "/client").await?;
        let row = self.pages(&format!("client list, page {DEEP} on"), deep).await?;
        table.push(row.target("p99", 20.0));
        let searches = TERMS.iter().map(|term| format!("/client?q={}", encoded(term))).collect();
        let row = self.pages("client list, searched", searches).await?;
        table.push(row.target("p99", 20.0));
        Ok(())
    }

    async fn one_client(&self, table: &mut Table) -> Result<()> {
        let clients = some_clients(&mut self.owner().await?).await?;
        let row = self.pages("client page", clients).await?;
        table.push(row.target("p99", 20.0).target("rate", 2_000.0));
        Ok(())
    }

    async fn owner(&self) -> Result<Connection> {
        Connection::open(&self.server.address, &self.people.sessions[0]).await
    }

    async fn pages(&self, name: &str, paths: Vec<String>) -> Result<Row> {
        read(self.server, self.people, self.plan, name, paths).await
    }

    async fn figures(&self, table: &mut Table) -> Result<()> {
        let row = self.pages("client statistics", vec!["/client/api/stats".into()]).await?;
        table.push(row.target("rate", 1_000.0));
        Ok(())
    }

    async fn creation(&self, table: &mut Table) -> Result<()> {
        let asks = |n| {
            let body = json!({ "first_name": "Nouveau", "last_name": format!("Venu {n}"),
                "email": format!("venu{n}@exemple.test"), "phone": format!("07{n:08}") });
            Ask::Create("/api/clients".into(), body)
        };
        let row = self.row("client creation", asks).await?;
        let asked = self.people.engine() == "sqlite";
        table.push(if asked { row.target("rate", 1_000.0) } else { row });
        Ok(())
    }

    async fn row(
        &self,
        name: &str,
        asks: impl Fn(usize) -> Ask + Send + Sync + 'static,
    ) -> Result<Row> {
        let (address, sessions) = (&self.server.address, &self.people.sessions);
        let outcome = drive(address, sessions, self.plan.load, asks).await?;
        Ok(outcome.row(name, self.people.engine()))
    }
}

/// Reads `paths` in turn.
pub(super) async fn read(
    server: &Server,
    people: &People,
    plan: &Plan,
    name: &str,
    paths: Vec<String>,
) -> Result<Row> {
    let asks = move |n: usize| Ask::Get(paths[n % paths.len()].clone());
    let outcome = drive(&server.address, &people.sessions, plan.load, asks).await?;
    Ok(outcome.row(name, people.engine()))
}

/// Every sort alone, every filter alone, every pair of both. Searches are a row of their own.
fn lists() -> Vec<String> {
    let mut lists: Vec<String> = SORTS.iter().map(|sort| format!("/client?sort={sort}")).collect();
    for filter in FILTERS {
        lists.push(format!("/client?{filter}"));
        lists.extend(SORTS.iter().map(|sort| format!("/client?{filter}&sort={sort}")));
    }
    lists
}

/// A list that answers 200 but shows nobody, or forgets its filter, would be quick for nothing.
pub(super) async fn check_lists(owner: &mut Connection, lists: &[String]) -> Result<()> {
    let mut shown = 0;
    for list in lists {
        let text = owner.get(list).await?.expect(200).map_err(|e| format!("{list}: {e}"))?.text();
        shown += usize::from(text.contains("row-link"));
    }
    if shown * 2 > lists.len() {
        Ok(())
    } else {
        Err(format!("only {shown} of {} lists show a client", lists.len()).into())
    }
}

/// The addresses of pages far into the list at `list`, by following its own links.
pub(super) async fn deep_pages(owner: &mut Connection, list: &str) -> Result<Vec<String>> {
    let mut pages = Vec::new();
    let mut path = list.to_owned();
    for turned in 0..DEEP + 8 {
        let text = owner.get(&path).await?.expect(200)?.text();
        path = next_link(list, &text)
            .ok_or_else(|| format!("page {turned} of {list} has no next one"))?;
        if turned >= DEEP {
            pages.push(path.clone());
        }
    }
    Ok(pages)
}

/// The `href` of the link with `rel="next"`.
fn next_link(list: &str, html: &str) -> Option<String> {
    let tag = html
        .split("<a ")
        .find(|tag| tag.split('>').next().is_some_and(|t| t.contains("rel=\"next\"")))?;
    let href = tag.split("href=\"").nth(1)?.split('"').next()?;
    let path = href.replace("&amp;", "&").replace("&#38;", "&");
    Some(if path.starts_with('?') {
        format!("{list}{path}")
    } else {
        path.replacen(&format!("{list}/?"), &format!("{list}?"), 1)
    })
}

async fn some_clients(owner: &mut Connection) -> Result<Vec<String>> {
    let list = owner.get("/api/clients?limit=200").await?.expect(200)?.json()?;
    let ids = list["data"].as_array().into_iter().flatten();
    Ok(ids.filter_map(|client| Some(format!("/client/{}", client["id"].as_str()?))).collect())
}

/// Percent-encoded for a query string.
pub(super) fn encoded(text: &str) -> String {
    text.bytes()
        .map(|b| {
            if b.is_ascii_alphanumeric() { char::from(b).to_string() } else { format!("%{b:02X}") }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_page_is_found_in_the_list() {
        let html = r#"<a class="btn" rel="prev" href="?before=x">a</a><a class="btn" rel="next" href="/client/?sort=name&#38;cursor=abc">b</a>"#;
        assert_eq!(next_link("/client", html).as_deref(), Some("/client?sort=name&cursor=abc"));
        assert_eq!(next_link("/client", "<a href=\"/x\">rel=\"next\"</a>"), None);
    }
}

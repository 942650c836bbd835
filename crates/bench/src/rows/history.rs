//! Issue 3: the lists with 100,000 clients, 500,000 orders and 2,000,000 contact attempts.

use crate::Result;
use crate::history::Made;
use crate::seed::People;
use crate::server::Server;
use crate::table::{Row, Table};
use crate::wire::Connection;

use super::Plan;
use super::pages::{check_lists, deep_pages, encoded, read};

const CLIENT_SORTS: [&str; 11] = [
    "name",
    "date_notification",
    "-date_notification",
    "orders",
    "-orders",
    "total_spent",
    "-total_spent",
    "last_order_at",
    "-last_order_at",
    "segment",
    "-segment",
];
const CLIENT_FILTERS: [&str; 13] = [
    "",
    "notification_client=succes",
    "notification_client=echec",
    "notification_client=none",
    "segment=vip",
    "segment=regular",
    "segment=occasional",
    "segment=none",
    "notification_client=succes&segment=vip",
    "notification_client=echec&segment=none",
    "notification_client=none&segment=regular",
    "notification_client=succes&is_active=true&period=30d",
    "segment=vip&alert_status=in_progress",
];

const ORDER_SORTS: [&str; 8] = [
    "ordered_at",
    "-ordered_at",
    "price",
    "-price",
    "number",
    "-number",
    "client_name",
    "-client_name",
];
const ORDER_FILTERS: [&str; 11] = [
    "",
    "status=confirmed",
    "status=pending",
    "status=cancelled",
    "link=linked",
    "link=review",
    "link=unlinked",
    "method=email",
    "method=phone",
    "period=30d",
    "status=cancelled&link=review",
];

const CONTACT_FILTERS: [&str; 10] = [
    "",
    "statut=succes",
    "statut=echec",
    "canal=phone",
    "canal=whatsapp",
    "utilisateur=me",
    "period=7d",
    "period=90d",
    "statut=succes&canal=sms&period=30d",
    "from=2020-01-01",
];

/// What people search for in either list.
const SEARCHED: [&str; 6] = ["ndiaye", "lefevre", "zoe le", "client99", "personne a", "1000200"];

pub(super) async fn measure(
    server: &Server,
    people: &People,
    made: Made,
    plan: &Plan,
    table: &mut Table,
) {
    let run = Run { server, people, plan };
    let name = format!("with {} orders and {} attempts", made.orders, made.attempts);
    for (list, lists, bound) in [
        ("client list", combined("/client", &CLIENT_FILTERS, &CLIENT_SORTS), 20.0),
        ("orders", combined("/commandes", &ORDER_FILTERS, &ORDER_SORTS), 20.0),
        ("contacts", combined("/contacts", &CONTACT_FILTERS, &["-date", "date"]), 20.0),
    ] {
        let result = run.list(list, &name, lists, bound, table).await;
        table.note(&format!("{list} {name}"), people.engine(), result);
    }
    let result = run.heat_map(table).await;
    table.note("heat map of all attempts", people.engine(), result);
}

/// Every filter with every sort.
fn combined(path: &str, filters: &[&str], sorts: &[&str]) -> Vec<String> {
    let with = |filter: &&str| {
        let and = if filter.is_empty() { "" } else { "&" };
        let filter = (*filter).to_owned();
        sorts.iter().map(move |sort| format!("{path}?{filter}{and}sort={sort}")).collect::<Vec<_>>()
    };
    filters.iter().flat_map(with).collect()
}

struct Run<'a> {
    server: &'a Server,
    people: &'a People,
    plan: &'a Plan,
}

impl Run<'_> {
    /// A list in every guise, far into it, and searched.
    async fn list(
        &self,
        list: &str,
        with: &str,
        lists: Vec<String>,
        bound: f64,
        table: &mut Table,
    ) -> Result<()> {
        let mut owner = Connection::open(&self.server.address, &self.people.sessions[0]).await?;
        check_lists(&mut owner, &lists).await?;
        let path = lists.first().and_then(|first| first.split('?').next()).unwrap_or_default();
        let deep = deep_pages(&mut owner, path).await?;
        let searches: Vec<String> =
            SEARCHED.iter().map(|term| format!("{path}?q={}", encoded(term))).collect();
        let row = self.row(&format!("{list} {with}"), lists).await?;
        table.push(row.target("p99", bound));
        table.push(self.row(&format!("{list}, deep"), deep).await?.target("p99", bound));
        table.push(self.row(&format!("{list}, searched"), searches).await?);
        Ok(())
    }

    /// The page with the chart of every attempt there ever was.
    async fn heat_map(&self, table: &mut Table) -> Result<()> {
        let paths = vec!["/contacts?from=2020-01-01".to_owned()];
        let row = self.row("heat map of all attempts", paths).await?;
        table.push(row.target("p99", 300.0));
        Ok(())
    }

    async fn row(&self, name: &str, paths: Vec<String>) -> Result<Row> {
        read(self.server, self.people, self.plan, name, paths).await
    }
}

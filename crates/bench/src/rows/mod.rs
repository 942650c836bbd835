//! What is measured, in the order it is.

mod alerts;
mod files;
mod pages;
mod process;

use std::io::Write as _;
use std::time::Duration;

use crate::Result;
use crate::seed;
use crate::server::{Binary, Site};
use crate::sink::Sink;
use crate::table::Table;

/// How much of everything.
#[derive(Clone, Debug)]
pub struct Plan {
    /// Clients to import.
    pub clients: usize,
    /// Open alerts of each.
    pub alerts_each: usize,
    /// How long each load runs.
    pub load: Duration,
}

/// Measures one engine into `table`.
///
/// # Errors
/// No server, no data. What goes wrong later is noted in the table, and the rest goes on.
pub async fn measure(binary: &Binary, plan: &Plan, table: &mut Table) -> Result<()> {
    let sink = Sink::listen().await?;
    let site = Site::fresh(binary, sink.url.clone()).await?;
    let people = seed::people(&site).await?;
    say(binary, "importing the client file");
    let server = site.serve().await?;
    files::import(&server, &people, plan, table).await?;
    server.stop().await?;
    say(binary, "making the open alerts");
    let open = seed::alerts(&people.db, people.center, plan.alerts_each).await?;
    say(binary, &format!("{open} open alerts; starting"));
    let server = process::starts(&site, table).await?;
    say(binary, "pages");
    pages::measure(&server, &people, plan, table).await;
    say(binary, "alerts");
    alerts::measure(&server, &people, &sink, table).await;
    say(binary, "exports");
    let result = files::exports(&server, &people, plan, table).await;
    table.note("exports", binary.engine, result);
    server.stop().await?;
    people.db.close().await;
    Ok(())
}

fn say(binary: &Binary, what: &str) {
    let _ = writeln!(std::io::stderr(), "[{}] {what}", binary.engine);
}

//! What is measured, in the order it is.

mod alerts;
mod files;
mod history;
mod linking;
mod pages;
mod process;

use std::io::Write as _;
use std::time::Duration;

use crate::seed::{self, People};
use crate::server::{Binary, Server, Site};
use crate::sink::Sink;
use crate::table::Table;
use crate::{Result, history as past};

/// A part of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Part {
    /// Clients, alerts and files: BAR.md "Fast" 1, 5, 7 and 8
    Clients,
    /// The lists with half a million orders and two million contact attempts
    History,
    /// A million orders linked to a million clients: BAR.md "Fast" 6
    Linking,
}

/// How much of everything.
#[derive(Clone, Debug)]
pub struct Plan {
    /// What to measure.
    pub parts: Vec<Part>,
    /// Clients to import.
    pub clients: usize,
    /// Open alerts of each.
    pub alerts_each: usize,
    /// Clients, and orders, to link.
    pub linked: usize,
    /// How long each load runs.
    pub load: Duration,
    /// Whether the data stays afterwards.
    pub keep: bool,
}

/// Measures one engine into `table`.
///
/// # Errors
/// No server, no data. What goes wrong later is noted in the table, and the rest goes on.
pub async fn measure(binary: &Binary, plan: &Plan, table: &mut Table) -> Result<()> {
    let sink = Sink::listen().await?;
    if plan.parts.iter().any(|part| *part != Part::Linking) {
        let site = Site::fresh(binary, sink.url.clone(), plan.keep).await?;
        let people = seed::people(&site).await?;
        if plan.keep {
            say(
                binary,
                &format!("{} stays; sessions: {}", site.database, people.sessions.join(" ")),
            );
        }
        say(binary, "importing the client file");
        let server = site.serve().await?;
        files::import(&server, &people, plan, table).await?;
        say(binary, "filing the clients");
        files::filing(&people, table).await?;
        server.stop().await?;
        if plan.parts.contains(&Part::Clients) {
            clients(&site, &people, &sink, plan, table).await?;
        }
        if plan.parts.contains(&Part::History) {
            with_history(&site, &people, plan, table).await?;
        }
        people.db.close().await;
    }
    if plan.parts.contains(&Part::Linking) {
        let site = Site::fresh(binary, sink.url.clone(), plan.keep).await?;
        linking::measure(&site, plan, table).await;
    }
    Ok(())
}

async fn clients(
    site: &Site,
    people: &People,
    sink: &Sink,
    plan: &Plan,
    table: &mut Table,
) -> Result<()> {
    let binary = &site.binary;
    say(binary, "making the open alerts");
    let open = seed::alerts(&people.db, people.center, plan.alerts_each).await?;
    say(binary, &format!("{open} open alerts; starting"));
    let server = process::starts(site, table).await?;
    say(binary, "pages");
    pages::measure(&server, people, plan, table).await;
    say(binary, "alerts");
    alerts::measure(&server, people, sink, table).await;
    say(binary, "exports");
    let result = files::exports(&server, people, plan, table).await;
    table.note("exports", binary.engine, result);
    server.stop().await
}

async fn with_history(site: &Site, people: &People, plan: &Plan, table: &mut Table) -> Result<()> {
    say(&site.binary, "making orders and contact attempts");
    let made = past::fill(&people.db, people.center).await?;
    let server: Server = site.serve().await?;
    say(&site.binary, &format!("lists with {} orders, {} attempts", made.orders, made.attempts));
    history::measure(&server, people, made, plan, table).await;
    server.stop().await
}

fn say(binary: &Binary, what: &str) {
    let _ = writeln!(std::io::stderr(), "[{}] {what}", binary.engine);
}

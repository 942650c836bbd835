//! BAR.md "Fast" 5: a million open alerts, and yet on time.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use base::clock::Clock;
use base::outbox::{Handler, Handlers, Job, JobError, Outcome, Worker};
use chrono::{DateTime, SubsecRound as _, TimeDelta, Utc};
use domain::alerts::DUE_JOB;
use serde_json::json;

use crate::Result;
use crate::load::quantile;
use crate::seed::People;
use crate::server::Server;
use crate::sink::Sink;
use crate::table::{Figure, Row, Table};
use crate::wire::Connection;

/// Looks at the queue.
const SCANS: usize = 300;

/// Alerts that come due under the eyes of the sink.
const WATCHED: usize = 30;

/// Alerts made in one go.
const MANY: usize = 10_000;

pub(super) async fn measure(server: &Server, people: &People, sink: &Sink, table: &mut Table) {
    let engine = people.engine();
    let result = scan(people, table).await;
    table.note("due scan among the open alerts", engine, result);
    let result = due_mail(server, people, sink, table).await;
    table.note("due second to mail in SMTP", engine, result);
    let result = many(server, people, table).await;
    table.note("alerts in one go", engine, result);
}

/// Does nothing: nothing is due.
struct Idle;

#[async_trait]
impl Handler for Idle {
    async fn run(&self, _: &Job) -> Result<Outcome, JobError> {
        Ok(Outcome::Done)
    }
}

/// One look for due alerts when there is none among the million.
async fn scan(people: &People, table: &mut Table) -> Result<()> {
    let idle: Arc<dyn Handler> = Arc::new(Idle);
    let handlers: Handlers = BTreeMap::from([(DUE_JOB, idle)]);
    let worker = Worker::new(people.db.clone(), Clock::real(), handlers);
    let mut times = Vec::new();
    for _ in 0..SCANS {
        let started = Instant::now();
        worker.drain().await?;
        times.push(started.elapsed());
    }
    times.sort_unstable();
    let row = Row::new("due scan among the open alerts", people.engine())
        .figure("p50", Figure::ms(quantile(&times, 0.5)))
        .figure("p99", Figure::ms(quantile(&times, 0.99)))
        .target("p99", 5.0);
    table.push(row);
    Ok(())
}

/// From the due second to the mail in the SMTP server's hands, for alerts due over ten seconds.
async fn due_mail(server: &Server, people: &People, sink: &Sink, table: &mut Table) -> Result<()> {
    let mut owner = Connection::open(&server.address, &people.sessions[0]).await?;
    let clients = client_ids(&mut owner, WATCHED).await?;
    let now = Clock::real().now().trunc_subsecs(0);
    let mut watched: Vec<(String, DateTime<Utc>)> = Vec::new();
    for (n, client) in clients.iter().enumerate() {
        let due_at = now + TimeDelta::seconds(4 + i64::try_from(n % 10)?);
        let title = format!("Bench{n:04}");
        let body = json!({ "client_id": client, "title": title, "due_at": due_at });
        owner.post("/api/alerts", &body).await?.expect(201)?;
        watched.push((title, due_at));
    }
    let deadline = Instant::now() + Duration::from_secs(60);
    while watched.iter().any(|(title, _)| sink.arrival(title).is_none()) {
        if Instant::now() > deadline {
            return Err("a due mail did not come in a minute".into());
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let mut late: Vec<Duration> = watched
        .iter()
        .filter_map(|(title, due_at)| (sink.arrival(title)? - due_at).to_std().ok())
        .collect();
    if late.len() < watched.len() {
        return Err("a mail came before its due second".into());
    }
    late.sort_unstable();
    let row = Row::new("due second to mail in SMTP", people.engine())
        .figure("p50", Figure::ms(quantile(&late, 0.5)))
        .figure("p99", Figure::ms(quantile(&late, 0.99)))
        .target("p99", 5_000.0);
    table.push(row);
    Ok(())
}

/// `POST /api/alerts` for many clients, until it has answered.
async fn many(server: &Server, people: &People, table: &mut Table) -> Result<()> {
    let mut owner = Connection::open(&server.address, &people.sessions[0]).await?;
    let clients = client_ids(&mut owner, MANY).await?;
    let due_at = Clock::real().now() + TimeDelta::days(3);
    let body = json!({ "client_ids": clients, "title": "Campagne de printemps", "due_at": due_at });
    let started = Instant::now();
    let answer = owner.post("/api/alerts", &body).await?.expect(201)?.json()?;
    let took = started.elapsed();
    if answer["created"].as_u64() != u64::try_from(clients.len()).ok() {
        return Err(format!("asked for {} alerts, got {answer}", clients.len()).into());
    }
    let row = Row::new(format!("{} alerts in one go", clients.len()), people.engine())
        .figure("value", Figure::seconds(took))
        .target("value", 2.0);
    table.push(row);
    Ok(())
}

async fn client_ids(owner: &mut Connection, count: usize) -> Result<Vec<String>> {
    let mut ids = Vec::new();
    let mut cursor = String::new();
    while ids.len() < count {
        let list =
            owner.get(&format!("/api/clients?limit=200{cursor}")).await?.expect(200)?.json()?;
        let rows = list["data"].as_array().into_iter().flatten();
        ids.extend(rows.filter_map(|client| Some(client["id"].as_str()?.to_owned())));
        let Some(next) = list["next_cursor"].as_str() else { break };
        cursor = format!("&cursor={next}");
    }
    ids.truncate(count);
    Ok(ids)
}

//! BAR.md "Fast" 7: import and export.

use std::time::{Duration, Instant};

use base::db::Sql;
use domain::orders::examine::CLIENTS_JOB;

use crate::Result;
use crate::seed::{self, People};
use crate::server::Server;
use crate::table::{Figure, Row, Table};
use crate::wire::Connection;

use super::Plan;

/// How long an import may take before the measure gives up.
const PATIENCE: Duration = Duration::from_secs(300);

/// From the upload to the operation's end.
pub(super) async fn import(
    server: &Server,
    people: &People,
    plan: &Plan,
    table: &mut Table,
) -> Result<()> {
    const BOUNDARY: &str = "----bench-7d1f";
    let file = seed::client_file(plan.clients);
    let body = format!(
        "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"clients.csv\"\r\n\
         Content-Type: text/csv\r\n\r\n{file}\r\n--{BOUNDARY}--\r\n"
    );
    let mut owner = Connection::open(&server.address, &people.sessions[0]).await?;
    let kind = format!("multipart/form-data; boundary={BOUNDARY}");
    let started = Instant::now();
    let answer =
        owner.post_as("/api/imports/clients", &kind, body.as_bytes()).await?.expect(202)?;
    let answer = answer.json()?;
    let id = answer["operation_id"].as_str().or(answer["id"].as_str()).ok_or("no operation id")?;
    let operation = loop {
        let operation = owner.get(&format!("/api/operations/{id}")).await?.expect(200)?.json()?;
        if !matches!(operation["state"].as_str(), Some("planned" | "ready" | "queued" | "running"))
        {
            break operation;
        }
        if started.elapsed() > PATIENCE {
            return Err(format!("the import did not end: {operation}").into());
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    };
    let took = started.elapsed();
    let created = &operation["result"]["created"];
    if created.as_u64() != u64::try_from(plan.clients).ok() {
        return Err(format!("the import ended otherwise than asked: {operation}").into());
    }
    table.push(
        Row::new(format!("import of {} clients", plan.clients), people.engine())
            .figure("value", Figure::seconds(took))
            .target("value", 10.0),
    );
    Ok(())
}

/// From the end of the import until its clients are filed for linking: the pages are measured
/// without it, as it goes on beside people's work once after an import.
pub(super) async fn filing(people: &People, table: &mut Table) -> Result<()> {
    let left = || async {
        let sql = "SELECT COUNT(*) FROM jobs WHERE kind = $1 AND state IN ('ready', 'running')";
        let left = Sql::with(sql, [CLIENTS_JOB.into()]).scalar::<i64>(people.db.read()).await?;
        Ok::<i64, crate::Failure>(left.unwrap_or(0))
    };
    let started = Instant::now();
    while left().await? > 0 {
        if started.elapsed() > PATIENCE {
            return Err("imported clients were not filed".into());
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    let row = Row::new("filing of the imported clients", people.engine());
    table.push(row.figure("value", Figure::seconds(started.elapsed())));
    Ok(())
}

/// Rows a second, and how much memory grows meanwhile.
#[expect(clippy::cast_precision_loss, reason = "far below 2^52")]
pub(super) async fn exports(
    server: &Server,
    people: &People,
    plan: &Plan,
    table: &mut Table,
) -> Result<()> {
    let engine = people.engine();
    let mut owner = Connection::open(&server.address, &people.sessions[0]).await?;
    let before = server.memory("RssAnon")?;
    let started = Instant::now();
    let export = owner.count_lines("/api/exports/clients.csv");
    let (lines, most) = highest(server, export).await;
    let (lines, took) = (lines?, started.elapsed());
    if lines <= plan.clients {
        return Err(format!("the export has {lines} lines for {} clients", plan.clients).into());
    }
    let grown = most.saturating_sub(before);
    table.push(
        Row::new("export of all clients, CSV", engine)
            .figure("rate", Figure::rate(lines as f64 / took.as_secs_f64()))
            .target("rate", 50_000.0),
    );
    table.push(
        Row::new("memory grown by that export", engine)
            .figure("value", Figure::megabytes(grown))
            .target("value", 32.0),
    );
    let started = Instant::now();
    owner.get("/api/exports/clients.xlsx").await?.expect(200)?;
    let rate = plan.clients as f64 / started.elapsed().as_secs_f64();
    table.push(Row::new("export of all clients, XLSX", engine).figure("rate", Figure::rate(rate)));
    Ok(())
}

/// Runs `work` and looks meanwhile, every ten milliseconds, how much memory of its own the server
/// holds. The pages of the database file that the system keeps mapped are not counted: it takes
/// them back as it pleases.
async fn highest<T>(server: &Server, work: impl Future<Output = T>) -> (T, u64) {
    let mut most = 0;
    let mut look = tokio::time::interval(Duration::from_millis(10));
    tokio::pin!(work);
    loop {
        tokio::select! {
            done = &mut work => return (done, most),
            _ = look.tick() => most = most.max(server.memory("RssAnon").unwrap_or(0)),
        }
    }
}

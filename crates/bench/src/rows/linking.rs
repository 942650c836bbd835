//! BAR.md "Fast" 6: a million orders linked to a million clients by the command people run.

use std::time::{Duration, Instant};

use base::db::Sql;

use crate::server::{Site, memory_of};
use crate::table::{Figure, Row, Table};
use crate::{Result, linkage, seed};

use super::{Plan, say};

/// On a database of its own: the clients of the others would be among those looked at.
pub(super) async fn measure(site: &Site, plan: &Plan, table: &mut Table) {
    let result = on(site, plan, table).await;
    table.note("linking", site.binary.engine, result);
}

async fn on(site: &Site, plan: &Plan, table: &mut Table) -> Result<()> {
    let people = seed::people(site).await?;
    say(&site.binary, &format!("making {0} clients and {0} orders to link", plan.linked));
    let count = u64::try_from(plan.linked)?;
    linkage::fill(&people.db, people.center, count, count).await?;
    let many = format!("{0} orders to {0} clients", plan.linked);
    say(&site.binary, "linking, dry");
    let (took, _) = timed(site, &["link-orders-to-clients", "--dry-run"]).await?;
    table.push(
        Row::new(format!("linking {many}, dry run"), people.engine())
            .figure("value", Figure::seconds(took)),
    );
    say(&site.binary, "linking");
    let (took, most) = timed(site, &["link-orders-to-clients"]).await?;
    let linked = "SELECT COUNT(*) FROM orders WHERE client_id IS NOT NULL AND NOT is_waiting";
    let linked: Option<i64> = Sql::new(linked).scalar(people.db.read()).await?;
    let linked = usize::try_from(linked.unwrap_or(0))?;
    if linked * 2 < plan.linked {
        return Err(format!("only {linked} of {} orders were linked", plan.linked).into());
    }
    table.push(
        Row::new(format!("linking {many}"), people.engine())
            .figure("value", Figure::seconds(took))
            .target("value", 60.0),
    );
    table.push(
        Row::new("most memory of that command", people.engine())
            .figure("value", Figure::megabytes(most))
            .target("value", 2_147.0),
    );
    people.db.close().await;
    Ok(())
}

/// How long a command takes, and the most memory it ever held.
async fn timed(site: &Site, arguments: &[&str]) -> Result<(Duration, u64)> {
    let started = Instant::now();
    let mut child = site.command(arguments).spawn()?;
    let pid = child.id().ok_or("the command ended at once")?;
    let mut look = tokio::time::interval(Duration::from_millis(20));
    let mut most = 0;
    loop {
        tokio::select! {
            status = child.wait() => {
                let status = status?;
                let took = started.elapsed();
                if status.success() {
                    return Ok((took, most));
                }
                return Err(format!("vigie {} ended: {status}", arguments.join(" ")).into());
            }
            // The highest there was, so that nothing between two looks is missed.
            _ = look.tick() => most = memory_of(pid, "VmHWM").unwrap_or(most),
        }
    }
}

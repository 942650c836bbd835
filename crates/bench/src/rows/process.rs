//! BAR.md "Fast" 8: start, idle memory, size.

use std::time::Duration;

use crate::Result;
use crate::server::{Server, Site};
use crate::table::{Figure, Row, Table};

/// Starts timed; the middle one counts.
const STARTS: usize = 5;

/// Starts the server on a full database a few times and leaves the last one running.
pub(super) async fn starts(site: &Site, table: &mut Table) -> Result<Server> {
    let engine = site.binary.engine;
    let mut times = Vec::new();
    for _ in 1..STARTS {
        let server = site.serve().await?;
        times.push(server.started_in);
        server.stop().await?;
    }
    let server = site.serve().await?;
    times.push(server.started_in);
    times.sort_unstable();
    let middle = times.get(times.len() / 2).copied().unwrap_or_default();
    table.push(
        Row::new("start to first answer", engine)
            .figure("value", Figure::ms(middle))
            .target("value", 300.0),
    );
    tokio::time::sleep(Duration::from_secs(3)).await;
    table.push(
        Row::new("memory, idle", engine)
            .figure("value", Figure::megabytes(server.memory("VmRSS")?))
            .target("value", 60.0),
    );
    let size = std::fs::metadata(&site.binary.path)?.len();
    table.push(
        Row::new("size of the binary", engine)
            .figure("value", Figure::megabytes(size))
            .target("value", 80.0),
    );
    Ok(server)
}

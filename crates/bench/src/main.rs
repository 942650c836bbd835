//! `bin/bench`: the table of BAR.md "Fast", on both engines.

use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use bench::rows::{self, Part, Plan};
use bench::server::Binary;
use bench::table::Table;
use bench::{Result, baseline};
use clap::{Parser, ValueEnum as _};

/// Measures Vigie against BAR.md "Fast" 1, 5, 6, 7 and 8.
#[derive(Debug, Parser)]
struct Options {
    /// The release binary to measure
    #[arg(long, default_value_os_t = beside_this())]
    vigie: PathBuf,
    /// Only this engine: sqlite or postgres
    #[arg(long)]
    engine: Option<String>,
    /// Only these parts; all of them by default
    #[arg(long, value_enum, value_delimiter = ',')]
    only: Vec<Part>,
    /// How many clients to import
    #[arg(long, default_value_t = 100_000)]
    clients: usize,
    /// How many open alerts each of them has
    #[arg(long, default_value_t = 10)]
    alerts_each: usize,
    /// How many orders to link, to as many clients
    #[arg(long, default_value_t = 1_000_000)]
    linked: usize,
    /// How long each load runs, in seconds
    #[arg(long, default_value_t = 5)]
    seconds: u64,
    /// Leave the data there, and say where and whose sessions are open: to look at a slow page alone
    #[arg(long)]
    keep: bool,
    /// Keep these figures as the ones to compare with
    #[arg(long)]
    update_baseline: bool,
}

/// The `vigie` built together with this program.
fn beside_this() -> PathBuf {
    let this = std::env::current_exe().unwrap_or_default();
    this.with_file_name("vigie")
}

#[tokio::main]
async fn main() -> ExitCode {
    match run(Options::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            let _ = writeln!(std::io::stderr(), "bench: {failure}");
            ExitCode::FAILURE
        }
    }
}

async fn run(options: Options) -> Result<()> {
    let mut table = Table::default();
    for engine in ["sqlite", "postgres"] {
        if options.engine.as_deref().is_some_and(|only| only != engine) {
            continue;
        }
        let binary = Binary { path: options.vigie.clone(), engine };
        let parts = match options.only.as_slice() {
            [] => Part::value_variants().to_vec(),
            only => only.to_vec(),
        };
        let plan = Plan {
            parts,
            clients: options.clients,
            alerts_each: options.alerts_each,
            linked: options.linked,
            load: std::time::Duration::from_secs(options.seconds),
            keep: options.keep,
        };
        rows::measure(&binary, &plan, &mut table).await?;
    }
    let kept = baseline::read()?;
    let mut out = std::io::stdout();
    write!(out, "{table}\n{}", baseline::compare(&kept, &table))?;
    if options.update_baseline {
        baseline::write(&table)?;
        writeln!(out, "baseline.json now holds these figures")?;
    }
    match table.failures() {
        0 => Ok(()),
        count => Err(format!("{count} measures could not be taken").into()),
    }
}

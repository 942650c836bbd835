//! `vigie link-orders-to-clients`.

use std::collections::BTreeMap;
use std::fs::File;
use std::path::PathBuf;

use clap::Args;
use domain::Actor;
use domain::orders::LinkState;
use domain::orders::run::{self, Outcome, Stage, Witness};
use indicatif::{ProgressBar, ProgressStyle};
use uuid::Uuid;

use super::transfer::{center, in_words};
use super::{Failure, serve};
use crate::config::Settings;
use crate::i18n::Language;

/// Options of `vigie link-orders-to-clients`.
#[derive(Args, Debug)]
pub struct Options {
    /// Say what would be linked, and change nothing
    #[arg(long, alias = "dry_run")]
    dry_run: bool,
    /// Also look again at orders that are linked already; what a person decided stays
    #[arg(long)]
    force: bool,
    /// Write what became of every order to this CSV file
    #[arg(long, short)]
    output: Option<PathBuf>,
    /// The centre whose orders to link; all of them by default
    #[arg(long, visible_alias = "centre")]
    center: Option<String>,
}

/// Samples shown of each kind.
const SAMPLES: usize = 3;

/// Runs it.
pub async fn run(settings: Settings, options: Options) -> Result<(), Failure> {
    let app = serve::start_unmapped(settings).await?;
    let centers: Vec<Uuid> = match center(&app, options.center.as_deref()).await? {
        Some(center) => vec![center],
        None => run::centers(app.db().read()).await?,
    };
    let mut report = Report::open(options.output.as_deref())?;
    let wanted = run::Options {
        dry_run: options.dry_run,
        force: options.force,
        only_waiting: false,
        tell_all: options.output.is_some(),
    };
    let system = Actor::system();
    for center in centers {
        let linked = run::link_all(app.db(), &system, center, wanted, &mut report, app.now());
        linked.await.map_err(|error| in_words(&error))?;
    }
    report.close(options.dry_run)
}

/// What one line of the table counts.
#[derive(Default)]
struct Group {
    count: u64,
    changed: u64,
    samples: Vec<String>,
}

/// Gathers what becomes of the orders.
struct Report {
    bar: ProgressBar,
    groups: BTreeMap<(u8, String), Group>,
    out: Option<(String, csv::Writer<File>)>,
    failure: Option<csv::Error>,
}

impl Report {
    fn open(output: Option<&std::path::Path>) -> Result<Self, Failure> {
        let bar = ProgressBar::no_length();
        if let Ok(style) =
            ProgressStyle::with_template("{msg} {wide_bar} {pos}/{len} {per_sec} {eta}")
        {
            bar.set_style(style);
        }
        let out = match output {
            None => None,
            Some(path) => {
                let shown = path.display().to_string();
                let unwritable = |error| format!("cannot write {shown}: {error}");
                let mut out = csv::Writer::from_path(path).map_err(unwritable)?;
                out.write_record(["order_id", "client_id", "status", "candidates"])
                    .map_err(unwritable)?;
                Some((shown.clone(), out))
            }
        };
        Ok(Self { bar, groups: BTreeMap::new(), out, failure: None })
    }

    fn close(mut self, dry_run: bool) -> Result<(), Failure> {
        self.bar.finish_and_clear();
        if let Some((shown, mut out)) = self.out.take() {
            if let Some(error) = self.failure.take() {
                return Err(format!("cannot write {shown}: {error}").into());
            }
            out.flush().map_err(|error| format!("cannot write {shown}: {error}"))?;
            serve::print(&format!("written: {shown}"));
        }
        if self.groups.is_empty() {
            serve::print("no order to link");
            return Ok(());
        }
        let head = if dry_run { "would become" } else { "became" };
        serve::print(&format!("{head:<16}{:<10}{:>9}{:>9}", "by", "orders", "changed"));
        for ((_, name), group) in &self.groups {
            let (state, method) = name.split_once(' ').unwrap_or((name, ""));
            let line = format!("{state:<16}{method:<10}{:>9}{:>9}", group.count, group.changed);
            serve::print(line.trim_end());
            for sample in &group.samples {
                serve::print(&format!("    {sample}"));
            }
        }
        Ok(())
    }

    fn count(&mut self, outcome: &Outcome) {
        let rank = match outcome.state {
            LinkState::Linked => 0,
            LinkState::Review => 1,
            LinkState::Unlinked => 2,
        };
        let method = outcome.method.as_deref().unwrap_or_default();
        let name = format!("{} {method}", outcome.state.as_str());
        let group = self.groups.entry((rank, name)).or_default();
        group.count += 1;
        group.changed += u64::from(outcome.is_changed);
        if group.samples.len() < SAMPLES && outcome.state != LinkState::Unlinked {
            group.samples.push(sample(outcome));
        }
    }
}

/// `O0000021  F. Diop → Fatou Diop (C0000002), 95: contact and name agree`.
fn sample(outcome: &Outcome) -> String {
    let name = outcome.client_name.as_deref().unwrap_or("(no name)");
    let whom = outcome.linked_name.as_deref().unwrap_or("?");
    let code = outcome.client.as_ref().or(outcome.candidates.first());
    let code = code.map(|code| format!(" ({code})")).unwrap_or_default();
    let score = outcome.score.map(|score| format!(", {score}")).unwrap_or_default();
    let key = outcome.why.as_deref().unwrap_or_default().replace('_', "-");
    let why = Language::En.t_with(
        &format!("order-why-{key}"),
        &[("count", 2.into()), ("name", "another client".into())],
    );
    format!("{}  {name} → {whom}{code}{score}: {why}", outcome.number)
}

impl Witness for Report {
    fn progress(&mut self, stage: Stage, done: u64, total: u64) {
        self.bar.set_message(match stage {
            Stage::Clients => "clients read",
            Stage::Orders => "orders",
        });
        self.bar.set_length(total);
        self.bar.set_position(done);
    }

    fn outcome(&mut self, outcome: Outcome) {
        if outcome.is_looked_at {
            self.count(&outcome);
        }
        if let Some((_, out)) = &mut self.out
            && self.failure.is_none()
        {
            let client = outcome.client.as_deref().unwrap_or_default();
            let candidates = outcome.candidates.join("|");
            let row = [outcome.number.as_str(), client, outcome.state.as_str(), &candidates];
            self.failure = out.write_record(row).err();
        }
    }
}

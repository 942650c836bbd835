use clap::Subcommand;
use domain::events::{self, Verdict};

use super::{Failure, serve};
use crate::config::Settings;

/// What `vigie audit` does.
#[derive(Debug, Subcommand)]
pub enum Audit {
    /// Walk the whole journal and check that nothing was edited, removed, swapped or cut off
    Verify,
}

/// Prints how many entries there are and the hash of the last, worth writing down elsewhere.
pub async fn run(settings: Settings, audit: Audit) -> Result<(), Failure> {
    let Audit::Verify = audit;
    let db = serve::open(&settings).await?;
    match events::verify(db.read()).await? {
        Verdict::Whole { count, head } => {
            serve::print(&format!("The journal is whole: {count} entries, head {head}"));
            Ok(())
        }
        Verdict::Broken { seq, reason } => {
            Err(format!("the journal is broken at entry {seq}: {reason}").into())
        }
    }
}

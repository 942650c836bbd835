//! `vigie create-test-clients`.

use clap::Args;
use domain::Actor;
use domain::clients;
use domain::operations::imports;

use super::demo::names::{self, Dice};
use super::transfer::{center_or_first, in_words};
use super::{Failure, serve};
use crate::config::Settings;

/// Options of `vigie create-test-clients`.
#[derive(Args, Debug)]
pub struct Options {
    /// How many
    #[arg(long, default_value_t = 10)]
    count: usize,
    /// The centre they go to; needed when there are several
    #[arg(long, visible_alias = "centre")]
    center: Option<String>,
}

/// Makes clients who exist nowhere. Run again, it makes others.
pub async fn run(settings: Settings, options: Options) -> Result<(), Failure> {
    let app = serve::start(settings).await?;
    let center = center_or_first(&app, options.center.as_deref()).await?;
    let center = center.ok_or("there are several centres: name one with --center")?;
    let centers = imports::centers(app.db().read(), &Actor::system()).await?;
    let place = centers.iter().position(|(id, _)| *id == center).unwrap_or(0) % 2;
    let (now, system) = (app.now(), Actor::system());
    let mut made = 0;
    let bar = indicatif::ProgressBar::new(u64::try_from(options.count)?);
    let mut dice = Dice::new(u64::try_from(now.timestamp_micros()).unwrap_or(1));
    while made < options.count {
        let mut new = names::client(&mut dice, place, made, &[]);
        // The demonstration numbers its clients; these must not take those numbers.
        new.code = Some(format!("TEST-{}", base::ids::new_id(now).simple()));
        new.call_center_id = Some(center);
        clients::create(app.db(), &system, new, now).await.map_err(|error| in_words(&error))?;
        made += 1;
        bar.set_position(u64::try_from(made)?);
    }
    bar.finish_and_clear();
    serve::print(&format!("{made} clients created"));
    Ok(())
}

//! Someone saved while someone else was writing: both side by side, and nothing typed is lost.

use domain::events;
use uuid::Uuid;

use super::Page;
use crate::app::App;
use crate::error::AppError;

/// A field's name and what it says, in words.
pub type Line = (String, String);

/// What a form shows above its fields when the record changed since it was opened. The form then
/// carries the record's present version, so that pressing "save" again, knowingly, decides.
#[derive(Clone, Debug)]
pub struct Conflict {
    /// Who saved meanwhile, and when.
    pub who: String,
    /// The fields that differ.
    pub clashes: Vec<Clash>,
}

/// A field two people wrote differently.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Clash {
    /// Its name, in words.
    pub field: String,
    /// As typed.
    pub mine: String,
    /// As saved.
    pub theirs: String,
}

impl Conflict {
    /// Compares `mine` with `theirs`, line by line, and names who changed `subject` (its kind and
    /// id) last, as events of these `kinds` tell; any kind, if none is named.
    ///
    /// # Errors
    /// The engine's.
    pub async fn find(
        app: &App,
        page: &Page,
        subject: (&str, Uuid),
        kinds: &[&str],
        (mine, theirs): (Vec<Line>, Vec<Line>),
    ) -> Result<Self, AppError> {
        let last = events::last_writer(app.db().read(), subject, kinds).await?;
        let who = last.map(|(name, at)| {
            let name = name.unwrap_or_else(|| page.t("clients-by-vigie"));
            page.t2("conflict-who", ("name", name.into()), ("when", page.time(&at).into()))
        });
        let who = who.unwrap_or_else(|| page.t("error-stale"));
        Ok(Self { who, clashes: clashes(mine, theirs) })
    }
}

fn clashes(mine: Vec<Line>, theirs: Vec<Line>) -> Vec<Clash> {
    let said = |text: String| if text.trim().is_empty() { "—".to_owned() } else { text };
    mine.into_iter()
        .zip(theirs)
        .map(|((field, mine), (_, theirs))| Clash { field, mine: said(mine), theirs: said(theirs) })
        .filter(|clash| clash.mine != clash.theirs)
        .collect()
}

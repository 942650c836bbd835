use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use base::db::Db;
use chrono::{DateTime, Utc};
use domain::dashboard;
use domain::paging::Total;
use domain::{Actor, Role};
use tokio::sync::watch;
use uuid::Uuid;

/// How old a count may be although nothing was heard: alerts become due by themselves.
const TTL: Duration = Duration::from_secs(30);

/// How long a page waits for a count it has never seen, or that changed since.
const PATIENCE: Duration = Duration::from_millis(200);

/// The numbers beside the navigation's words.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Clients of the centre.
    pub clients: Option<Total>,
    /// Alerts due that the user may see.
    pub due_alerts: Option<Total>,
}

/// Remembers [`Counts`] per kind of viewer.
///
/// A page that refreshes because something changed must show the new numbers: nothing will refresh
/// it again. It waits for a look that began after the change, but not for ever.
#[derive(Clone, Debug, Default)]
pub struct NavCounts(Arc<Mutex<HashMap<Viewer, Known>>>);

/// Admins of a centre see the same numbers; everyone else has their own.
type Viewer = (Option<Uuid>, Role, Option<Uuid>);

#[derive(Clone, Debug)]
struct Known {
    counts: Option<Counts>,
    looked_at: Instant,
    /// How long the look took: the slower, the rarer.
    cost: Duration,
    /// Something changed since.
    stale: bool,
    /// A look under way; closes when it ends.
    looking: Option<watch::Receiver<()>>,
}

/// What a page that wants fresh counts does next.
enum Next {
    /// Nothing: they are.
    Show,
    /// Wait for the look under way, and see.
    Wait(watch::Receiver<()>),
    /// Rest: looks are dear and one just ended.
    Rest(Duration),
    /// Look, and drop this after.
    Look(watch::Sender<()>),
}

impl NavCounts {
    /// What is known for `actor`, counted after the last change heard of; when that takes long,
    /// what was known before it.
    pub async fn of(&self, db: &Db, actor: &Actor, now: DateTime<Utc>) -> Counts {
        if !actor.works_with_clients() {
            return Counts::default();
        }
        let viewer = viewer(actor);
        // Past its patience the page goes on; a look that began ends by itself.
        let _ = tokio::time::timeout(PATIENCE, self.catch_up(db, actor, viewer, now)).await;
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.get(&viewer).and_then(|entry| entry.counts).unwrap_or_default()
    }

    async fn catch_up(&self, db: &Db, actor: &Actor, viewer: Viewer, now: DateTime<Utc>) {
        loop {
            match self.next(viewer) {
                Next::Show => return,
                // Closed is what it waits for.
                Next::Wait(mut look) => drop(look.changed().await),
                Next::Rest(rest) => tokio::time::sleep(rest).await,
                Next::Look(looking) => {
                    let (this, db, actor) = (self.clone(), db.clone(), actor.clone());
                    let look = tokio::spawn(async move {
                        this.look(&db, &actor, viewer, now).await;
                        drop(looking);
                    });
                    let _ = look.await;
                }
            }
        }
    }

    /// Something changed in that centre.
    pub fn changed(&self, call_center_id: Option<Uuid>) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for ((center, _, _), entry) in known.iter_mut() {
            if center.is_none() || *center == call_center_id {
                entry.stale = true;
            }
        }
    }

    fn next(&self, viewer: Viewer) -> Next {
        const MOST_VIEWERS: usize = 20_000;
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() > MOST_VIEWERS {
            known.clear();
        }
        let entry = known.entry(viewer).or_insert(Known {
            counts: None,
            looked_at: Instant::now(),
            cost: Duration::ZERO,
            stale: true,
            looking: None,
        });
        let age = entry.looked_at.elapsed();
        if !entry.stale && age <= TTL {
            return Next::Show;
        }
        if let Some(look) = entry.looking.clone().filter(|look| look.has_changed().is_ok()) {
            return Next::Wait(look);
        }
        // However much changes, a viewer's looks take half of the time at most.
        let rest = entry.cost.saturating_sub(age);
        if !rest.is_zero() {
            return Next::Rest(rest);
        }
        let (looking, look) = watch::channel(());
        entry.looking = Some(look);
        entry.stale = false;
        Next::Look(looking)
    }

    async fn look(&self, db: &Db, actor: &Actor, viewer: Viewer, now: DateTime<Utc>) {
        let started = Instant::now();
        let found = count(db, actor, now).await;
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(entry) = known.get_mut(&viewer) else { return };
        entry.looked_at = Instant::now();
        entry.cost = started.elapsed();
        match found {
            Ok(counts) => entry.counts = Some(counts),
            Err(error) => tracing::warn!(%error, "the navigation's counts cannot be read"),
        }
    }
}

fn viewer(actor: &Actor) -> Viewer {
    let own = (!actor.is_admin()).then_some(actor.user_id).flatten();
    (actor.call_center_id, actor.role, own)
}

async fn count(db: &Db, actor: &Actor, now: DateTime<Utc>) -> Result<Counts, sea_orm::DbErr> {
    Ok(Counts {
        clients: Some(dashboard::count_clients(db.read(), actor).await?),
        due_alerts: Some(dashboard::count_due_alerts(db.read(), actor, now).await?),
    })
}

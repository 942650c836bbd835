use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use base::db::Db;
use chrono::{DateTime, Utc};
use domain::dashboard;
use domain::paging::Total;
use domain::{Actor, Role};
use uuid::Uuid;

/// How old a count may be although nothing was heard: alerts become due by themselves.
const TTL: Duration = Duration::from_secs(30);

/// How soon after one look the next may start, however much changes.
const APART: Duration = Duration::from_secs(1);

/// How long a page waits for a count it has never seen.
const PATIENCE: Duration = Duration::from_millis(40);

/// The numbers beside the navigation's words.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Clients of the centre.
    pub clients: Option<Total>,
    /// Alerts due that the user may see.
    pub due_alerts: Option<Total>,
}

/// Remembers [`Counts`] per kind of viewer; pages read it, and it looks again behind their back.
#[derive(Clone, Debug, Default)]
pub struct NavCounts(Arc<Mutex<HashMap<Viewer, Known>>>);

/// Admins of a centre see the same numbers; everyone else has their own.
type Viewer = (Option<Uuid>, Role, Option<Uuid>);

#[derive(Clone, Copy, Debug)]
struct Known {
    counts: Option<Counts>,
    looked_at: Instant,
    /// How long the look took: the slower, the rarer.
    cost: Duration,
    /// Something changed since.
    stale: bool,
    looking: bool,
}

impl NavCounts {
    /// What is known for `actor`, at once; when that is old a new look starts for the next page.
    pub async fn of(&self, db: &Db, actor: &Actor, now: DateTime<Utc>) -> Counts {
        if !actor.works_with_clients() {
            return Counts::default();
        }
        let viewer = viewer(actor);
        let (known, must_look) = self.peek(viewer);
        if !must_look {
            return known.unwrap_or_default();
        }
        let (this, db, actor) = (self.clone(), db.clone(), actor.clone());
        let look = tokio::spawn(async move { this.look(&db, &actor, viewer, now).await });
        match known {
            Some(counts) => counts,
            None => match tokio::time::timeout(PATIENCE, look).await {
                Ok(Ok(counts)) => counts,
                _ => Counts::default(),
            },
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

    fn peek(&self, viewer: Viewer) -> (Option<Counts>, bool) {
        const MOST_VIEWERS: usize = 20_000;
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() > MOST_VIEWERS {
            known.clear();
        }
        let now = Instant::now();
        let entry = known.entry(viewer).or_insert(Known {
            counts: None,
            looked_at: now,
            cost: Duration::ZERO,
            stale: true,
            looking: false,
        });
        let age = now.duration_since(entry.looked_at);
        let rest = APART.max(entry.cost * 50);
        let old = entry.counts.is_none() || age > TTL || (entry.stale && age > rest);
        let must_look = old && !entry.looking;
        if must_look {
            entry.looking = true;
            entry.stale = false;
        }
        (entry.counts, must_look)
    }

    async fn look(&self, db: &Db, actor: &Actor, viewer: Viewer, now: DateTime<Utc>) -> Counts {
        let started = Instant::now();
        let found = count(db, actor, now).await;
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(entry) = known.get_mut(&viewer) else { return Counts::default() };
        entry.looking = false;
        entry.looked_at = Instant::now();
        entry.cost = started.elapsed();
        match found {
            Ok(counts) => entry.counts = Some(counts),
            Err(error) => tracing::warn!(%error, "the navigation's counts cannot be read"),
        }
        entry.counts.unwrap_or_default()
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

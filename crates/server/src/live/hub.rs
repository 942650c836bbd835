use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use base::db::Signal;
use domain::events::{self, Fact};
use domain::users::alive;
use sea_orm::DbErr;
use tokio::sync::broadcast::{self, error::RecvError};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::batch::Batch;
use crate::app::App;

/// How far a slow reader may fall behind before it is told to look again.
const BUFFER: usize = 256;

/// The net under the signals, and how SQLite hears of what another process wrote.
const POLL: Duration = Duration::from_secs(2);

/// How often every open stream's session is looked at.
const CHECK: Duration = Duration::from_secs(15);

/// Facts read at once, and how many are told before everyone just looks again.
const BATCH: u32 = 1_000;
const MOST_FACTS: i64 = 10_000;

/// One for the process: follows the events and tells every open stream.
///
/// Signals only say that something happened; what is told comes from the events themselves, in
/// their order, so that nothing is lost or told twice however signals arrive.
#[derive(Clone, Debug, Default)]
pub struct Hub(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    /// The number of the last event told. Held while telling it, so that whoever subscribes
    /// knows exactly where they start.
    position: Mutex<i64>,
    batches: broadcast::Sender<Arc<Batch>>,
    streams: Mutex<HashMap<u64, Listener>>,
    next_stream: AtomicU64,
    stopped: CancellationToken,
}

impl Default for Shared {
    fn default() -> Self {
        Self {
            position: Mutex::default(),
            batches: broadcast::Sender::new(BUFFER),
            streams: Mutex::default(),
            next_stream: AtomicU64::default(),
            stopped: CancellationToken::new(),
        }
    }
}

#[derive(Debug)]
struct Listener {
    user: Uuid,
    /// `None`: let in by a bearer token, and short-lived.
    session: Option<alive::Key>,
    end: CancellationToken,
}

/// A stream's place in the hub; leaving is dropping it.
#[derive(Debug)]
pub(super) struct Seat {
    hub: Hub,
    id: u64,
    /// Cancelled when the stream must end.
    pub(super) end: CancellationToken,
}

impl Drop for Seat {
    fn drop(&mut self) {
        lock(&self.hub.0.streams).remove(&self.id);
    }
}

impl Hub {
    /// Takes a seat for that user's stream.
    pub(super) fn join(&self, user: Uuid, session: Option<alive::Key>) -> Seat {
        let id = self.0.next_stream.fetch_add(1, Ordering::Relaxed);
        let end = self.0.stopped.child_token();
        lock(&self.0.streams).insert(id, Listener { user, session, end: end.clone() });
        Seat { hub: self.clone(), id, end }
    }

    /// Everything told from now on, and the number of the last event told before.
    pub(super) fn subscribe(&self) -> (broadcast::Receiver<Arc<Batch>>, i64) {
        let position = lock(&self.0.position);
        (self.0.batches.subscribe(), *position)
    }

    /// The number of the last event told.
    pub fn position(&self) -> i64 {
        *lock(&self.0.position)
    }

    /// How many streams are open.
    pub fn open_streams(&self) -> usize {
        lock(&self.0.streams).len()
    }

    /// What happened before this process started is nobody's news. Before the first request.
    pub async fn start(&self, app: &App) {
        match events::head(app.db().read()).await {
            Ok((seq, _)) => *lock(&self.0.position) = seq,
            Err(error) => tracing::warn!(%error, "the last event's number cannot be read"),
        }
    }

    /// Follows the events until `stop`, then ends every stream.
    pub async fn follow(self, app: App, stop: CancellationToken) {
        let mut signals = app.db().signals();
        let mut poll = tokio::time::interval(POLL);
        let mut check = tokio::time::interval(CHECK);
        loop {
            let wanted = tokio::select! {
                () = stop.cancelled() => break,
                signal = signals.recv() => wanted_by(signal),
                _ = poll.tick() => Some(Wanted::News),
                _ = check.tick() => Some(Wanted::Check),
            };
            let done = match wanted {
                Some(Wanted::News) => self.catch_up(&app).await,
                Some(Wanted::Check) => self.end_dead(&app).await,
                None => Ok(()),
            };
            if let Err(error) = done {
                tracing::warn!(%error, "live pages cannot be told for the moment");
            }
            #[expect(clippy::cast_precision_loss, reason = "a gauge")]
            metrics::gauge!("vigie_live_streams").set(self.open_streams() as f64);
        }
        self.0.stopped.cancel();
    }

    async fn catch_up(&self, app: &App) -> Result<(), DbErr> {
        let conn = app.db().read();
        loop {
            let position = *lock(&self.0.position);
            let facts = events::facts_after(conn, position, BATCH).await?;
            let Some(last) = facts.last() else { return Ok(()) };
            let full = facts.len() == BATCH as usize;
            let head = if full { events::head(conn).await?.0 } else { last.seq };
            self.end_changed_users(&facts);
            for center in distinct_centers(&facts) {
                app.nav_counts().changed(center);
            }
            if head - position > MOST_FACTS {
                self.tell(Batch::reset(head));
            } else {
                self.tell(Batch::of(facts));
            }
        }
    }

    fn tell(&self, batch: Batch) {
        let mut position = lock(&self.0.position);
        *position = batch.to;
        // Nobody listening is fine.
        let _ = self.0.batches.send(Arc::new(batch));
    }

    /// A user whose rights may have changed comes back with the new ones, or not at all.
    fn end_changed_users(&self, facts: &[Fact]) {
        // These leave rights as they were.
        const HARMLESS: [&str; 7] = [
            "user.calendar_closed",
            "user.calendar_opened",
            "user.created",
            "user.signed_in",
            "user.link_sent",
            "user.token_created",
            "user.token_revoked",
        ];
        let changed: Vec<Uuid> = facts
            .iter()
            .filter(|f| f.subject_kind == "user" && !HARMLESS.contains(&f.kind.as_str()))
            .map(|f| f.subject_id)
            .collect();
        if changed.is_empty() {
            return;
        }
        for listener in lock(&self.0.streams).values().filter(|l| changed.contains(&l.user)) {
            listener.end.cancel();
        }
    }

    /// Ends the streams whose session is over.
    async fn end_dead(&self, app: &App) -> Result<(), DbErr> {
        let mut keys: Vec<alive::Key> =
            lock(&self.0.streams).values().filter_map(|l| l.session.clone()).collect();
        keys.sort_unstable();
        keys.dedup();
        if keys.is_empty() {
            return Ok(());
        }
        let asked: std::collections::HashSet<_> = keys.iter().cloned().collect();
        let alive = alive::among(app.db().read(), &keys, app.now()).await?;
        for listener in lock(&self.0.streams).values() {
            // Whoever came in since was let in a moment ago.
            if listener
                .session
                .as_ref()
                .is_some_and(|key| asked.contains(key) && !alive.contains(key))
            {
                listener.end.cancel();
            }
        }
        Ok(())
    }
}

enum Wanted {
    News,
    Check,
}

fn wanted_by(signal: Result<Signal, RecvError>) -> Option<Wanted> {
    match signal {
        Ok(signal) if signal.channel == events::CHANNEL || signal.channel == "reset" => {
            Some(Wanted::News)
        }
        Ok(signal) if signal.channel == domain::users::sessions::CHANNEL => Some(Wanted::Check),
        Ok(_) => None,
        Err(_) => Some(Wanted::News),
    }
}

fn distinct_centers(facts: &[Fact]) -> Vec<Option<Uuid>> {
    let mut centers: Vec<_> = facts.iter().map(|fact| fact.call_center_id).collect();
    centers.sort_unstable();
    centers.dedup();
    centers
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

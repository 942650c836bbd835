//! What every handler and job holds.

use std::sync::Arc;

use base::clock::Clock;
use base::db::Db;

use crate::config::Settings;

/// The application's state, cheap to clone.
#[derive(Clone)]
pub struct App(Arc<Inner>);

struct Inner {
    db: Db,
    clock: Clock,
    settings: Settings,
}

impl App {
    /// Puts the parts together.
    pub fn new(db: Db, clock: Clock, settings: Settings) -> Self {
        Self(Arc::new(Inner { db, clock, settings }))
    }

    /// The database.
    pub fn db(&self) -> &Db {
        &self.0.db
    }

    /// The clock.
    pub fn clock(&self) -> &Clock {
        &self.0.clock
    }

    /// The present instant.
    pub fn now(&self) -> chrono::DateTime<chrono::Utc> {
        self.0.clock.now()
    }

    /// The settings.
    pub fn settings(&self) -> &Settings {
        &self.0.settings
    }
}

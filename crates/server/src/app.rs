//! What every handler and job holds.

use std::sync::Arc;

use base::clock::Clock;
use base::db::Db;
use base::mail::{Smtp, SmtpUrlError};
use domain::contact_log::Hour;
use domain::paging::Total;
use domain::tallies::Tallies;
use tokio::sync::OnceCell;

use crate::config::Settings;
use crate::live::Hub;
use crate::nav::NavCounts;

/// The application's state, cheap to clone.
#[derive(Clone)]
pub struct App {
    db: Db,
    shared: Arc<Inner>,
}

struct Inner {
    clock: Clock,
    settings: Settings,
    smtp: Option<Smtp>,
    jwt_key: OnceCell<String>,
    nav_counts: NavCounts,
    client_counts: domain::clients::Counts,
    alert_counts: Tallies<domain::alerts::Counts>,
    order_counts: Tallies<domain::orders::Counts>,
    contact_counts: Tallies<Total>,
    contact_hours: Tallies<Vec<Hour>>,
    live: Hub,
}

impl App {
    /// Puts the parts together. Inside a Tokio runtime.
    ///
    /// # Errors
    /// A mail server's address that cannot be read.
    pub fn new(db: Db, clock: Clock, settings: Settings) -> Result<Self, SmtpUrlError> {
        let smtp = settings.smtp.as_deref();
        let smtp =
            smtp.map(|url| Smtp::from_url(url, settings.smtp_ca_file.as_deref())).transpose()?;
        let (nav_counts, live) = (NavCounts::default(), Hub::default());
        let client_counts = domain::clients::Counts::default();
        let shared = Inner {
            clock,
            settings,
            smtp,
            jwt_key: OnceCell::new(),
            nav_counts,
            client_counts,
            alert_counts: Tallies::default(),
            order_counts: Tallies::default(),
            contact_counts: Tallies::default(),
            contact_hours: Tallies::default(),
            live,
        };
        Ok(Self { db, shared: Arc::new(shared) })
    }

    /// The same application, where nothing is written: see [`Db::rehearsal`].
    #[must_use]
    pub(crate) fn rehearsal(&self) -> Self {
        Self { db: self.db.rehearsal(), shared: self.shared.clone() }
    }

    /// The database.
    pub fn db(&self) -> &Db {
        &self.db
    }

    /// The clock.
    pub fn clock(&self) -> &Clock {
        &self.shared.clock
    }

    /// The present instant.
    pub fn now(&self) -> chrono::DateTime<chrono::Utc> {
        self.shared.clock.now()
    }

    /// The mail server, if one is set.
    pub fn smtp(&self) -> Option<&Smtp> {
        self.shared.smtp.as_ref()
    }

    /// What access tokens are signed with, once it has been needed.
    pub(crate) fn jwt_key(&self) -> &OnceCell<String> {
        &self.shared.jwt_key
    }

    /// The settings.
    pub fn settings(&self) -> &Settings {
        &self.shared.settings
    }

    /// The numbers beside the navigation's words.
    pub fn nav_counts(&self) -> &NavCounts {
        &self.shared.nav_counts
    }

    /// Totals and figures of clients, kept while nothing happens.
    pub fn client_counts(&self) -> &domain::clients::Counts {
        &self.shared.client_counts
    }

    /// Counts of alerts by status, kept while nothing happens.
    pub fn alert_counts(&self) -> &Tallies<domain::alerts::Counts> {
        &self.shared.alert_counts
    }

    /// Counts of orders, likewise.
    pub fn order_counts(&self) -> &Tallies<domain::orders::Counts> {
        &self.shared.order_counts
    }

    /// Counts of contact attempts, likewise.
    pub fn contact_counts(&self) -> &Tallies<Total> {
        &self.shared.contact_counts
    }

    /// What came of attempts by hour and weekday, likewise.
    pub fn contact_hours(&self) -> &Tallies<Vec<Hour>> {
        &self.shared.contact_hours
    }

    /// The hub of live streams.
    pub fn live(&self) -> &Hub {
        &self.shared.live
    }
}

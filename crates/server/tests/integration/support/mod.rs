#![allow(dead_code, reason = "a kit: not every test file uses every tool")]
//! A whole Vigie on a free port, its database fresh, its clock standing still until moved.

mod browser;
pub mod database;
pub mod smtp;

use std::path::PathBuf;

use base::clock::Clock;
use base::db::Db;
use chrono::{DateTime, Utc};
use domain::{Actor, Role, call_centers, users};
use server::app::App;
use server::config::Settings;
use server::proxies::Proxies;
use tokio_util::sync::{CancellationToken, DropGuard};
use uuid::Uuid;

pub use browser::{Answer, Browser};
pub use database::Kind;

/// A file of the development data for linking, or with an empty name its folder.
pub fn linkage_data(file: &str) -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/linkage-dev")).join(file)
}

/// Declares tests that each run on SQLite and on PostgreSQL: `both_engines!(first, second);` for
/// `async fn first(app: TestApp)`.
macro_rules! both_engines {
    ($($name:ident),+ $(,)?) => {
        mod sqlite {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() {
                let app = crate::support::TestApp::start(crate::support::Kind::Sqlite).await;
                super::$name(app).await;
            })+
        }
        mod postgres {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() {
                let app = crate::support::TestApp::start(crate::support::Kind::Postgres).await;
                super::$name(app).await;
            })+
        }
    };
}

/// The same for `async fn first(app: TestApp, smtp: SmtpServer)`, each with its own mail server.
macro_rules! with_mail {
    ($($name:ident),+ $(,)?) => {
        mod sqlite {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() {
                let smtp = crate::support::smtp::SmtpServer::start().await;
                let kind = crate::support::Kind::Sqlite;
                let app = crate::support::TestApp::start_with(kind, Some(smtp.url.clone())).await;
                super::$name(app, smtp).await;
            })+
        }
        mod postgres {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() {
                let smtp = crate::support::smtp::SmtpServer::start().await;
                let kind = crate::support::Kind::Postgres;
                let app = crate::support::TestApp::start_with(kind, Some(smtp.url.clone())).await;
                super::$name(app, smtp).await;
            })+
        }
    };
}

/// A running server and what a test may do to it.
pub struct TestApp {
    pub app: App,
    pub db: Db,
    pub clock: Clock,
    /// `http://127.0.0.1:port`.
    pub url: String,
    /// The first centre: Paris, EUR, FR.
    pub center: Uuid,
    /// The server stops when this goes.
    _stop: DropGuard,
    _folder: tempfile::TempDir,
}

/// The instant every test starts at: a Friday, 10:00 in Paris.
pub fn start_instant() -> DateTime<Utc> {
    "2026-11-20T09:00:00Z".parse().unwrap()
}

impl TestApp {
    /// Without a mail server: mail is kept.
    pub async fn start(kind: Kind) -> Self {
        Self::start_with(kind, None).await
    }

    /// With the mail server at `smtp`.
    pub async fn start_with(kind: Kind, smtp: Option<String>) -> Self {
        Self::start_at(kind, smtp, None, "http", Proxies::default()).await
    }

    /// The same, trusting the certificates in `authority`.
    pub async fn start_trusting(kind: Kind, smtp: String, authority: PathBuf) -> Self {
        Self::start_at(kind, Some(smtp), Some(authority), "http", Proxies::default()).await
    }

    /// As browsers see it behind a proxy that speaks TLS: its own address is `https://`.
    pub async fn start_behind_tls(kind: Kind) -> Self {
        Self::start_at(kind, None, None, "https", Proxies::default()).await
    }

    /// Behind `proxies`.
    pub async fn start_behind(kind: Kind, proxies: &str) -> Self {
        Self::start_at(kind, None, None, "http", proxies.parse().unwrap()).await
    }

    async fn start_at(
        kind: Kind,
        smtp: Option<String>,
        smtp_ca_file: Option<PathBuf>,
        scheme: &str,
        proxies: Proxies,
    ) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let address = database::fresh(kind, folder.path()).await;
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let settings = Settings {
            listen: String::new(),
            database: address.clone(),
            data_dir: folder.path().to_owned(),
            smtp,
            smtp_ca_file,
            mail_from: "vigie@example.test".into(),
            base_url: url.replace("http", scheme),
            api_rate: server::rate_limit::PER_MINUTE,
            trusted_proxies: proxies,
            test_clock: false,
        };
        let db = Db::connect(&address, base::db::PoolSizes { max: 8 }).await.unwrap();
        domain::migrations::migrate(&db).await.unwrap();
        let clock = Clock::simulated(start_instant());
        let app = App::new(db.clone(), clock.clone(), settings).unwrap();
        let stop = CancellationToken::new();
        tokio::spawn(server::cli::serve_on(listener, app.clone(), stop.clone()));
        let new = call_centers::NewCallCenter {
            name: "Comptoir de Paris".into(),
            time_zone: "Europe/Paris".into(),
            currency: "EUR".into(),
            phone_region: "FR".into(),
        };
        let center = call_centers::create(&db, &Actor::system(), new, clock.now()).await.unwrap();
        Self { app, db, clock, url, center, _stop: stop.drop_guard(), _folder: folder }
    }

    /// What tests do to a database no server of ours is running on.
    pub async fn of(db: Db, now: DateTime<Utc>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let clock = Clock::simulated(now);
        let settings = Settings {
            listen: String::new(),
            database: String::new(),
            data_dir: folder.path().to_owned(),
            smtp: None,
            smtp_ca_file: None,
            mail_from: "vigie@example.test".into(),
            base_url: "http://vigie.test".into(),
            api_rate: server::rate_limit::PER_MINUTE,
            trusted_proxies: Proxies::default(),
            test_clock: false,
        };
        let app = App::new(db.clone(), clock.clone(), settings).unwrap();
        let new = call_centers::NewCallCenter {
            name: "Comptoir de Paris".into(),
            time_zone: "Europe/Paris".into(),
            currency: "EUR".into(),
            phone_region: "FR".into(),
        };
        let center = call_centers::create(&db, &Actor::system(), new, now).await.unwrap();
        let url = "http://vigie.test".to_owned();
        let stop = CancellationToken::new().drop_guard();
        Self { app, db, clock, url, center, _stop: stop, _folder: folder }
    }

    /// Makes a user of `role` in the first centre and returns a browser signed in as them.
    pub async fn sign_in(&self, role: Role) -> Browser {
        self.sign_in_to(role, Some(self.center)).await
    }

    /// The same in another centre.
    pub async fn sign_in_to(&self, role: Role, center: Option<Uuid>) -> Browser {
        let id = self.user(role, center, None).await;
        self.browser_of(id).await
    }

    /// Makes a user without signing in.
    pub async fn user(&self, role: Role, center: Option<Uuid>, supervisor: Option<Uuid>) -> Uuid {
        let unique = Uuid::new_v4().simple().to_string();
        let new = users::NewUser {
            email: format!("{}-{unique}@example.test", role.as_str()),
            name: format!("{role:?} {}", &unique[..6]),
            role,
            call_center_id: center.filter(|_| role != Role::SuperAdmin),
            supervisor_id: supervisor,
            password: None,
            language: "fr".into(),
        };
        users::create(&self.db, &Actor::system(), new, self.clock.now()).await.unwrap()
    }

    /// What that user is called.
    pub async fn name_of(&self, user: Uuid) -> String {
        let sql = base::db::Sql::with("SELECT name FROM users WHERE id = $1", [user.into()]);
        sql.scalar(self.db.read()).await.unwrap().unwrap()
    }

    /// A browser with an open session of that user.
    pub async fn browser_of(&self, user: Uuid) -> Browser {
        let opened = users::sessions::open(&self.db, user, self.clock.now()).await.unwrap();
        self.settle().await;
        Browser::new(self, Some(user), Some(opened))
    }

    /// Returns once open pages have been told everything that happened so far.
    pub async fn settle(&self) {
        let (head, _) = domain::events::head(self.db.read()).await.unwrap();
        while self.app.live().position() < head {
            tokio::time::sleep(std::time::Duration::from_millis(1)).await;
        }
    }

    /// A browser nobody is signed in to.
    pub fn stranger(&self) -> Browser {
        Browser::new(self, None, None)
    }

    /// Runs everything due now, until nothing is.
    pub async fn work(&self) -> usize {
        server::workers::worker(&self.app).drain().await.unwrap()
    }
}

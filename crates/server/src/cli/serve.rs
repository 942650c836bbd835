use std::io::Write as _;

use base::clock::Clock;
use base::db::{Db, PoolSizes};
use clap::Args;
use domain::users::links;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tower::Layer as _;
use tower_http::normalize_path::NormalizePathLayer;

use super::Failure;
use crate::accounts::link_address;
use crate::app::App;
use crate::config::Settings;
use crate::{router, workers};

/// Options of `vigie serve`.
#[derive(Args, Debug)]
pub struct Options {
    /// Leave the jobs to other processes (`vigie work`)
    #[arg(long)]
    no_work: bool,
    /// Fill an empty database with a company to look at first
    #[arg(long)]
    demo: bool,
}

/// Opens the database and brings it up to date.
pub async fn open(settings: &Settings) -> Result<Db, Failure> {
    make_folder(settings)?;
    prepare(Db::connect(&settings.database, PoolSizes::default()).await?).await
}

fn make_folder(settings: &Settings) -> Result<(), Failure> {
    std::fs::create_dir_all(&settings.data_dir).map_err(|e| {
        format!("cannot write the data folder {}: {e}", settings.data_dir.display()).into()
    })
}

async fn prepare(db: Db) -> Result<Db, Failure> {
    domain::migrations::migrate(&db)
        .await
        .map_err(|e| format!("cannot prepare the database: {e}"))?;
    Ok(db)
}

/// Serves until interrupted.
pub async fn serve(settings: Settings, options: Options) -> Result<(), Failure> {
    // Every open page holds a connection; systems allow few by default and more on request.
    if let Err(error) = rlimit::increase_nofile_limit(u64::MAX) {
        tracing::warn!(%error, "the number of connections is limited by the system");
    }
    let listener = TcpListener::bind(&settings.listen)
        .await
        .map_err(|e| format!("cannot listen on {}: {e}", settings.listen))?;
    let app = start(settings).await?;
    if options.demo {
        super::demo::fill_if_empty(app.db(), app.now()).await?;
    }
    let stop = stop_signal();
    let work = (!options.no_work).then(|| tokio::spawn(workers::worker(&app).run(stop.clone())));
    print(&format!("Vigie is listening on {}", app.settings().base_url));
    if let Some(token) = links::first_admin(app.db(), app.now()).await? {
        let link = link_address(&app, links::Purpose::FirstAdmin, &token);
        print(&format!("Make the first administrator here, once: {link}"));
    }
    serve_on(listener, app, stop).await?;
    if let Some(work) = work {
        work.await?;
    }
    Ok(())
}

/// Serves `app` on `listener` until `stop`.
///
/// # Errors
/// The socket's.
pub async fn serve_on(
    listener: TcpListener,
    app: App,
    stop: CancellationToken,
) -> Result<(), std::io::Error> {
    crate::metrics::install();
    app.live().start(&app).await;
    tokio::spawn(app.live().clone().follow(app.clone(), stop.clone()));
    let service = NormalizePathLayer::trim_trailing_slash().layer(router::router(app));
    let service = axum::middleware::from_fn(router::one_address).layer(service);
    let service = axum::ServiceExt::<axum::extract::Request>::into_make_service_with_connect_info::<
        std::net::SocketAddr,
    >(service);
    axum::serve(listener, service).with_graceful_shutdown(stop.cancelled_owned()).await
}

/// Runs the jobs until interrupted.
pub async fn work(settings: Settings) -> Result<(), Failure> {
    let app = start(settings).await?;
    workers::worker(&app).run(stop_signal()).await;
    Ok(())
}

pub(super) async fn start(settings: Settings) -> Result<App, Failure> {
    check(&settings)?;
    let db = open(&settings).await?;
    start_on(db, settings).await
}

/// The same for a command that goes through most of the database once.
pub(super) async fn start_unmapped(settings: Settings) -> Result<App, Failure> {
    check(&settings)?;
    make_folder(&settings)?;
    let db = Db::connect_unmapped(&settings.database, PoolSizes::default()).await?;
    start_on(prepare(db).await?, settings).await
}

/// Before anything is opened: a wrong setting leaves nothing behind.
fn check(settings: &Settings) -> Result<(), Failure> {
    let authority = settings.smtp_ca_file.as_deref();
    if settings.smtp.is_some() || authority.is_some() {
        // A file that cannot be read is told before there is a server it would be for.
        let smtp = settings.smtp.as_deref().unwrap_or("smtp://localhost");
        base::mail::Smtp::from_url(smtp, authority).map_err(|e| format!("smtp: {e}"))?;
    }
    Ok(())
}

async fn start_on(db: Db, settings: Settings) -> Result<App, Failure> {
    let clock = if settings.test_clock { test_clock(&settings) } else { Clock::real() };
    domain::duplicates::arm(&db, clock.now()).await?;
    App::new(db, clock, settings).map_err(|e| format!("smtp: {e}").into())
}

/// For tests of the whole binary: the clock shows the RFC 3339 instant written in
/// `DATA_DIR/test-clock`, and runs on from there. The file is read before any job runs, then
/// every 50 ms.
fn test_clock(settings: &Settings) -> Clock {
    let clock = Clock::shifted();
    let file = settings.data_dir.join("test-clock");
    let written = move || {
        let text = std::fs::read_to_string(&file).ok()?;
        chrono::DateTime::parse_from_rfc3339(text.trim()).ok().map(|at| at.to_utc())
    };
    let mut seen = written();
    if let Some(at) = seen {
        clock.set(at);
    }
    let moved = clock.clone();
    tokio::spawn(async move {
        loop {
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
            let at = written();
            if let Some(at) = at.filter(|_| at != seen) {
                moved.set(at);
                seen = Some(at);
            }
        }
    });
    clock
}

/// Cancelled at the first Ctrl-C or SIGTERM.
fn stop_signal() -> CancellationToken {
    let stop = CancellationToken::new();
    let cancel = stop.clone();
    tokio::spawn(async move {
        use tokio::signal::unix::{SignalKind, signal};
        let Ok(mut terminate) = signal(SignalKind::terminate()) else { return };
        tokio::select! {
            _ = tokio::signal::ctrl_c() => {}
            _ = terminate.recv() => {}
        }
        cancel.cancel();
    });
    stop
}

/// One line to the operator's terminal.
pub fn print(line: &str) {
    let _ = writeln!(std::io::stdout(), "{line}");
}

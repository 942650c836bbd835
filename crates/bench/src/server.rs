//! The release binary as a child process, on a database of its own.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

use tokio::net::TcpListener;
use tokio::process::{Child, Command};

use crate::Result;
use crate::wire::Connection;

/// How long a start may take before it is called failed.
const PATIENCE: Duration = Duration::from_secs(60);

/// The binary to measure, and on which engine.
#[derive(Clone, Debug)]
pub struct Binary {
    /// The file.
    pub path: PathBuf,
    /// `sqlite` or `postgres`.
    pub engine: &'static str,
}

/// A fresh database, its folder, and where the server on it sends mail.
#[derive(Debug)]
pub struct Site {
    /// The binary.
    pub binary: Binary,
    /// The database's address.
    pub database: String,
    /// `smtp://…`.
    pub smtp: String,
    /// Everything on disk; gone at the end.
    pub folder: tempfile::TempDir,
}

/// A running server. Dropping it kills it.
#[derive(Debug)]
pub struct Server {
    /// `127.0.0.1:port`.
    pub address: String,
    /// From the start of the process to its first answer.
    pub started_in: Duration,
    child: Child,
}

impl Site {
    /// An empty one, whose folder is left there at the end to `keep` it.
    ///
    /// # Errors
    /// No folder, or for PostgreSQL no server in `VIGIE_TEST_POSTGRES`.
    pub async fn fresh(binary: &Binary, smtp: String, keep: bool) -> Result<Self> {
        if !binary.path.is_file() {
            return Err(
                format!("{} is not there: build it with --release", binary.path.display()).into()
            );
        }
        // Beside the builds: /tmp may be memory.
        let here = binary.path.parent().unwrap_or(Path::new("."));
        let folder =
            tempfile::Builder::new().prefix("bench-").disable_cleanup(keep).tempdir_in(here)?;
        let database = match binary.engine {
            "sqlite" => format!("sqlite:{}/vigie.db", folder.path().display()),
            _ => fresh_postgres().await?,
        };
        Ok(Self { binary: binary.clone(), database, smtp, folder })
    }

    /// `vigie ARGUMENTS…` on this site.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(&self.binary.path);
        command
            .args(arguments)
            .current_dir(self.folder.path())
            .env("VIGIE_DATABASE", &self.database)
            .env("VIGIE_DATA_DIR", self.folder.path())
            .env("VIGIE_SMTP", &self.smtp)
            .env("VIGIE_LOG", "error")
            // The ceiling on one caller is not what is measured.
            .env("VIGIE_API_RATE", "100000000")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .kill_on_drop(true);
        command
    }

    /// Serves this site on a free port.
    ///
    /// # Errors
    /// It ended, or did not answer in time.
    pub async fn serve(&self) -> Result<Server> {
        let port = TcpListener::bind("127.0.0.1:0").await?.local_addr()?.port();
        let address = format!("127.0.0.1:{port}");
        let started = Instant::now();
        let mut command = self.command(&["serve"]);
        command.env("VIGIE_LISTEN", &address).env("VIGIE_BASE_URL", format!("http://{address}"));
        let mut child = command.spawn()?;
        loop {
            if let Ok(mut connection) = Connection::open(&address, "").await
                && connection.get("/readyz").await.is_ok_and(|answer| answer.status == 200)
            {
                return Ok(Server { address, started_in: started.elapsed(), child });
            }
            if let Some(status) = child.try_wait()? {
                return Err(format!("vigie ended: {status}").into());
            }
            if started.elapsed() > PATIENCE {
                return Err("vigie does not answer".into());
            }
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    }
}

impl Server {
    /// Memory in use now, in bytes: all of it (`VmRSS`), or without mapped files (`RssAnon`).
    ///
    /// # Errors
    /// The process is gone.
    pub fn memory(&self, field: &str) -> Result<u64> {
        memory_of(self.child.id().ok_or("vigie ended")?, field)
    }

    /// Stops it and waits.
    ///
    /// # Errors
    /// The system's.
    pub async fn stop(mut self) -> Result<()> {
        self.child.kill().await?;
        Ok(())
    }
}

/// Memory of a process in bytes: a field of its `status`.
///
/// # Errors
/// It is gone, or has no such field.
pub fn memory_of(pid: u32, field: &str) -> Result<u64> {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status"))?;
    let line = status.lines().find_map(|line| line.strip_prefix(field)?.strip_prefix(':'));
    let kilobytes = line.and_then(|rest| rest.split_whitespace().next()?.parse::<u64>().ok());
    Ok(kilobytes.ok_or("no such field")? * 1024)
}

async fn fresh_postgres() -> Result<String> {
    let server = std::env::var("VIGIE_TEST_POSTGRES")
        .map_err(|_| "VIGIE_TEST_POSTGRES is not set: run this through bin/bench")?;
    let name = format!("bench{}", uuid::Uuid::new_v4().simple());
    let admin =
        base::db::Db::connect(&format!("{server}/postgres"), base::db::PoolSizes { max: 2 })
            .await?;
    base::db::Sql::new(format!("CREATE DATABASE {name}")).execute(admin.admin()).await?;
    admin.close().await;
    Ok(format!("{server}/{name}"))
}

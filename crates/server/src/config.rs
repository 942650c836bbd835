//! Settings: a flag, else a `VIGIE_*` variable, else the file, else the default.

use std::path::{Path, PathBuf};

use clap::Args;
use serde::Deserialize;

use crate::proxies::Proxies;

/// What can be given on the command line or in the environment.
#[derive(Args, Clone, Debug, Default)]
pub struct Flags {
    /// Address and port to listen on [default: 127.0.0.1:3000]
    #[arg(long, env = "VIGIE_LISTEN", global = true)]
    pub listen: Option<String>,
    /// `sqlite:PATH` or `postgres://user:password@host/name` [default: sqlite:data/vigie.db]
    #[arg(long, env = "VIGIE_DATABASE", global = true, hide_env_values = true)]
    pub database: Option<String>,
    /// Folder for uploads, exports and backups [default: data]
    #[arg(long, env = "VIGIE_DATA_DIR", global = true)]
    pub data_dir: Option<PathBuf>,
    /// `smtp://user:password@host:port`; without it, mail is kept and shown in the application
    #[arg(long, env = "VIGIE_SMTP", global = true, hide_env_values = true)]
    pub smtp: Option<String>,
    /// Certificates in PEM to trust beside this machine's when speaking to the mail server
    #[arg(long, env = "VIGIE_SMTP_CA_FILE", global = true)]
    pub smtp_ca_file: Option<PathBuf>,
    /// The sender of the application's mail [default: vigie@localhost]
    #[arg(long, env = "VIGIE_MAIL_FROM", global = true)]
    pub mail_from: Option<String>,
    /// Where users reach the application, for links in mail [default: http://LISTEN]
    #[arg(long, env = "VIGIE_BASE_URL", global = true)]
    pub base_url: Option<String>,
    /// Requests a minute one user may make to the API [default: 120000]
    #[arg(long, env = "VIGIE_API_RATE", global = true)]
    pub api_rate: Option<u32>,
    /// Addresses and networks of the proxies whose X-Forwarded-For is believed, between commas
    /// [default: 127.0.0.0/8,::1/128]
    #[arg(long, env = "VIGIE_TRUSTED_PROXIES", global = true)]
    pub trusted_proxies: Option<String>,
    /// The settings file [default: config.toml, if it exists]
    #[arg(long, env = "VIGIE_CONFIG", global = true)]
    pub config: Option<PathBuf>,
    /// Test runs only: let the file `DATA_DIR/test-clock` move the time.
    #[arg(long, env = "VIGIE_TEST_CLOCK", global = true, hide = true)]
    pub test_clock: bool,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    listen: Option<String>,
    database: Option<String>,
    data_dir: Option<PathBuf>,
    smtp: Option<String>,
    smtp_ca_file: Option<PathBuf>,
    mail_from: Option<String>,
    base_url: Option<String>,
    api_rate: Option<u32>,
    trusted_proxies: Option<String>,
}

/// The settings in force.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Address and port to listen on.
    pub listen: String,
    /// The database's address.
    pub database: String,
    /// Folder for uploads, exports and backups.
    pub data_dir: PathBuf,
    /// The mail server; `None`: mail is kept.
    pub smtp: Option<String>,
    /// Certificates to trust beside this machine's when speaking to the mail server.
    pub smtp_ca_file: Option<PathBuf>,
    /// The sender of mail.
    pub mail_from: String,
    /// Where users reach the application, without a trailing slash.
    pub base_url: String,
    /// Requests a minute one user may make to the API.
    pub api_rate: u32,
    /// The proxies whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Proxies,
    /// Whether tests may move the time.
    pub test_clock: bool,
}

/// A setting nobody can use. The text is one line for the operator.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct BadSetting(String);

impl Settings {
    /// Reads them.
    ///
    /// # Errors
    /// [`BadSetting`], naming the setting.
    pub fn read(flags: Flags) -> Result<Self, BadSetting> {
        let file = read_file(flags.config.as_deref())?;
        let listen = flags.listen.or(file.listen).unwrap_or_else(|| "127.0.0.1:3000".into());
        let data_dir = flags.data_dir.or(file.data_dir).unwrap_or_else(|| "data".into());
        let database = flags
            .database
            .or(file.database)
            .unwrap_or_else(|| format!("sqlite:{}/vigie.db", data_dir.display()));
        let base_url =
            flags.base_url.or(file.base_url).unwrap_or_else(|| format!("http://{listen}"));
        let mail_from =
            flags.mail_from.or(file.mail_from).unwrap_or_else(|| "vigie@localhost".into());
        let api_rate = flags.api_rate.or(file.api_rate).unwrap_or(crate::rate_limit::PER_MINUTE);
        check_listen(&listen)?;
        check_base_url(&base_url)?;
        if !base::mail::is_address(&mail_from) {
            return Err(BadSetting(format!("mail-from is not a mail address: {mail_from}")));
        }
        if api_rate == 0 {
            return Err(BadSetting("api-rate must be at least 1".into()));
        }
        let trusted_proxies = match flags.trusted_proxies.or(file.trusted_proxies) {
            Some(text) => text.parse().map_err(|word| {
                BadSetting(format!("trusted-proxies: neither an address nor a network: {word}"))
            })?,
            None => Proxies::default(),
        };
        Ok(Self {
            listen,
            database,
            data_dir,
            smtp: flags.smtp.or(file.smtp).filter(|s| !s.is_empty()),
            smtp_ca_file: flags
                .smtp_ca_file
                .or(file.smtp_ca_file)
                .filter(|path| !path.as_os_str().is_empty()),
            mail_from,
            base_url: base_url.trim_end_matches('/').to_owned(),
            api_rate,
            trusted_proxies,
            test_clock: flags.test_clock,
        })
    }
}

/// A host and a port; whether they can be had is for the system to say.
fn check_listen(listen: &str) -> Result<(), BadSetting> {
    let port = listen.rsplit_once(':').filter(|(host, _)| !host.is_empty()).map(|(_, port)| port);
    if port.is_some_and(|port| port.parse::<u16>().is_ok()) {
        return Ok(());
    }
    Err(BadSetting(format!("listen is not a host and a port up to 65535: {listen}")))
}

/// Pages link to each other from the root: a folder cannot be served.
fn check_base_url(base_url: &str) -> Result<(), BadSetting> {
    let wrong = |what: &str| Err(BadSetting(format!("base-url {what}: {base_url}")));
    let Ok(url) = url::Url::parse(base_url) else { return wrong("is not an address") };
    if !matches!(url.scheme(), "http" | "https") || !url.has_host() {
        return wrong("must start with http:// or https://");
    }
    if url.path() != "/" || url.query().is_some() || url.fragment().is_some() {
        return wrong("must end with the host and port");
    }
    Ok(())
}

fn read_file(path: Option<&Path>) -> Result<File, BadSetting> {
    let (path, required) = match path {
        Some(path) => (path, true),
        None => (Path::new("config.toml"), false),
    };
    match std::fs::read_to_string(path) {
        Ok(text) => toml::from_str(&text)
            .map_err(|e| BadSetting(format!("{}: {}", path.display(), e.message()))),
        Err(_) if !required => Ok(File::default()),
        Err(error) => Err(BadSetting(format!("cannot read {}: {error}", path.display()))),
    }
}

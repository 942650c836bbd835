//! The command line.

mod audit;
mod demo;
mod link;
mod serve;
mod test_clients;
mod transfer;
mod user;

pub use serve::serve_on;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::config::{Flags, Settings};

/// Vigie: a lookout over your clients.
#[derive(Debug, Parser)]
#[command(name = "vigie", version, about)]
struct Cli {
    #[command(flatten)]
    flags: Flags,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve pages and API, and run the jobs
    Serve(serve::Options),
    /// Run the jobs only
    Work,
    /// Bring the database's schema up to date
    Migrate,
    /// The journal
    #[command(subcommand)]
    Audit(audit::Audit),
    /// Fill an empty database with a company to look at
    Demo(demo::Options),
    /// Make and list users
    #[command(subcommand)]
    User(user::UserCommand),
    /// Bring rows in from a file
    #[command(subcommand)]
    Import(transfer::Import),
    /// Write rows to a file
    #[command(subcommand)]
    Export(transfer::Export),
    /// Link orders to clients by e-mail, phone and name
    #[command(alias = "link_orders_to_clients")]
    LinkOrdersToClients(link::Options),
    /// Make clients to try things with
    #[command(alias = "create_test_clients")]
    CreateTestClients(test_clients::Options),
    /// Print the OpenAPI document
    Openapi,
}

impl Command {
    /// The others look at what is there: a mistyped path must not become an empty database.
    fn may_make_a_database(&self) -> bool {
        match self {
            Self::Serve(_) | Self::Migrate | Self::Demo(_) | Self::Openapi => true,
            // Where one starts without a browser.
            Self::User(command) => matches!(command, user::UserCommand::Create(_)),
            _ => false,
        }
    }
}

/// What ends a command early: one line for the operator.
pub type Failure = Box<dyn std::error::Error + Send + Sync>;

/// Runs the command line.
pub async fn run() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(wrong) if wrong.use_stderr() && wrong.kind() != HELP => {
            eprintln!("vigie: {}", in_one_line(&wrong.to_string()));
            return ExitCode::from(2);
        }
        Err(help) => help.exit(),
    };
    match dispatch(cli).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("vigie: {failure}");
            ExitCode::FAILURE
        }
    }
}

/// A command without its subcommand is a question.
const HELP: clap::error::ErrorKind =
    clap::error::ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand;

/// What clap says is wrong, without the usage it says after an empty line.
fn in_one_line(text: &str) -> String {
    let what = text.split("\n\n").next().unwrap_or(text);
    let words: Vec<&str> = what.split_whitespace().collect();
    format!("{} (see --help)", words.join(" ").trim_start_matches("error: "))
}

async fn dispatch(cli: Cli) -> Result<(), Failure> {
    let settings = Settings::read(cli.flags)?;
    if !cli.command.may_make_a_database()
        && let Some(file) = base::db::missing_file(&settings.database)
    {
        let file = file.display();
        return Err(format!("there is no database at {file}: vigie migrate makes one").into());
    }
    match cli.command {
        Command::Serve(options) => serve::serve(settings, options).await,
        Command::Work => serve::work(settings).await,
        Command::Migrate => serve::open(&settings).await.map(drop),
        Command::Audit(audit) => audit::run(settings, audit).await,
        Command::Demo(options) => demo::run(settings, options).await,
        Command::User(command) => user::run(settings, command).await,
        Command::Import(what) => transfer::import(settings, what).await,
        Command::Export(what) => transfer::export(settings, what).await,
        Command::LinkOrdersToClients(options) => link::run(settings, options).await,
        Command::CreateTestClients(options) => test_clients::run(settings, options).await,
        Command::Openapi => {
            let text = crate::router::openapi().to_pretty_json()?;
            serve::print(&text);
            Ok(())
        }
    }
}

use std::io::Read as _;

use clap::{Args, Subcommand};
use domain::call_centers::CallCenter;
use domain::users::people::{self, PeopleFilter, Sort};
use domain::users::{self, NewUser, links};
use domain::{Actor, Role, call_centers};
use uuid::Uuid;

use super::{Failure, serve, transfer};
use crate::accounts::link_address;
use crate::app::App;
use crate::config::Settings;
use crate::i18n::Language;

/// What to do with accounts.
#[derive(Debug, Subcommand)]
pub enum UserCommand {
    /// Make a user
    Create(Create),
    /// List the users
    List,
    /// Print a link with which a user chooses a new password
    ResetLink {
        /// Their address
        email: String,
    },
}

/// Options of `vigie user create`.
#[derive(Args, Debug)]
pub struct Create {
    /// Their address
    #[arg(long)]
    email: String,
    /// super_admin, owner, supervisor, agent, technician or client
    #[arg(long)]
    role: String,
    /// Their name
    #[arg(long)]
    name: String,
    /// Their centre's name; not needed when there is only one
    #[arg(long)]
    center: Option<String>,
    /// Their language: fr or en
    #[arg(long, default_value = "fr")]
    language: String,
    /// Read the password from the standard input
    #[arg(long)]
    password_stdin: bool,
}

/// Runs `vigie user …`.
pub async fn run(settings: Settings, command: UserCommand) -> Result<(), Failure> {
    let app = serve::start(settings).await?;
    match command {
        UserCommand::Create(options) => create(&app, options).await,
        UserCommand::List => list(&app).await,
        UserCommand::ResetLink { email } => {
            let token =
                links::reset_by_operator(app.db(), &email, app.now()).await.map_err(|error| {
                    spoken(&error, &format!("no active user has the address {email}"))
                })?;
            serve::print(&link_address(&app, links::Purpose::Reset, &token));
            Ok(())
        }
    }
}

async fn create(app: &App, options: Create) -> Result<(), Failure> {
    let role = Role::parse(&options.role).ok_or_else(|| {
        let names: Vec<_> = Role::ALL.iter().map(|role| role.as_str()).collect();
        format!("unknown role {}: one of {}", options.role, names.join(", "))
    })?;
    if !options.password_stdin {
        return Err("give the password on the standard input, with --password-stdin".into());
    }
    let mut password = String::new();
    std::io::stdin().read_to_string(&mut password)?;
    let password = password.trim_end_matches(['\r', '\n']).to_owned();
    let new = NewUser {
        email: options.email,
        name: options.name,
        role,
        call_center_id: center(app, role, options.center.as_deref()).await?,
        supervisor_id: None,
        password: Some(password),
        language: options.language,
    };
    let email = new.email.clone();
    users::create(app.db(), &Actor::system(), new, app.now())
        .await
        .map_err(|error| spoken(&error, "the user cannot be made"))?;
    if role == Role::SuperAdmin && centers(app).await?.is_empty() {
        // As the link that makes the first administrator in a browser does.
        transfer::first_center(app, None).await?;
    }
    serve::print(&format!("{email} can sign in at {}", app.settings().base_url));
    Ok(())
}

async fn centers(app: &App) -> Result<Vec<CallCenter>, Failure> {
    let centers = call_centers::list(app.db().read(), &Actor::system()).await;
    centers.map_err(|error| spoken(&error, "the centres cannot be read"))
}

/// The named centre, or the only one; the first is made when there is none.
async fn center(app: &App, role: Role, name: Option<&str>) -> Result<Option<Uuid>, Failure> {
    if role == Role::SuperAdmin {
        return match name {
            None => Ok(None),
            Some(_) => Err("a super_admin belongs to no centre: leave --center out".into()),
        };
    }
    let centers = centers(app).await?;
    let known = || centers.iter().map(|c| c.name.as_str()).collect::<Vec<_>>().join(", ");
    match (name, centers.as_slice()) {
        (name, []) => transfer::first_center(app, name).await.map(Some),
        (None, [only]) => Ok(Some(only.id)),
        (None, _) => Err(format!("say which centre with --center: {}", known()).into()),
        (Some(name), _) => {
            let wanted = name.trim().to_lowercase();
            let found = centers.iter().find(|c| c.name.to_lowercase() == wanted);
            let missing = || Failure::from(format!("no centre is called {name}: {}", known()));
            found.map(|c| Some(c.id)).ok_or_else(missing)
        }
    }
}

async fn list(app: &App) -> Result<(), Failure> {
    let (conn, actor, filter) = (app.db().read(), Actor::system(), PeopleFilter::default());
    let mut cursor = None;
    loop {
        let page = people::list(conn, &actor, &filter, Sort::BY_NAME, cursor.as_deref(), 200)
            .await
            .map_err(|error| spoken(&error, "the users cannot be read"))?;
        for person in &page.rows {
            let center = person.center_name.as_deref().unwrap_or("-");
            let (role, state) = (person.role().as_str(), person.state().as_str());
            let (email, name) = (&person.email, &person.name);
            serve::print(&format!("{email}\t{role}\t{state}\t{center}\t{name}"));
        }
        cursor = page.next;
        if cursor.is_none() {
            return Ok(());
        }
    }
}

/// One line for the operator: what is wrong with which option, or `otherwise`.
fn spoken(error: &domain::Error, otherwise: &str) -> Failure {
    match error {
        domain::Error::Invalid(errors) => {
            let lines: Vec<String> = errors
                .iter()
                .map(|e| format!("{}: {}", e.field, crate::error::field_message(Language::En, e)))
                .collect();
            lines.join("; ").into()
        }
        domain::Error::NotFound => otherwise.to_owned().into(),
        other => format!("{otherwise}: {other}").into(),
    }
}

//! `vigie import` and `vigie export`.

use std::collections::BTreeMap;
use std::io::{BufWriter, Write as _};
use std::path::PathBuf;
use std::time::{Duration, Instant};

use clap::{Args, Subcommand, ValueEnum};
use domain::call_centers::{self, NewCallCenter};
use domain::operations::bulk::Params;
use domain::operations::imports::{self, Mapping, Subject, Upload};
use domain::operations::{self, Operation, Progress};
use domain::orders::examine;
use domain::{Actor, Error};
use indicatif::{ProgressBar, ProgressStyle};
use uuid::Uuid;

use super::{Failure, serve};
use crate::app::App;
use crate::config::Settings;
use crate::export;
use crate::i18n::Language;
use crate::operations::sheets::Clients;
use crate::operations::{reject_message, rows, uploads};

/// What to import.
#[derive(Debug, Subcommand)]
pub enum Import {
    /// Import clients from a CSV or XLSX file
    Clients(ImportFile),
    /// Import orders from a CSV or XLSX file, and link them to clients
    Orders(ImportFile),
}

/// Options of `vigie import clients` and `vigie import orders`.
#[derive(Args, Debug)]
pub struct ImportFile {
    /// The file
    file: PathBuf,
    /// What a column is, when the guess is wrong: COLUMN=FIELD, or COLUMN= to leave it out
    #[arg(long, value_name = "COLUMN=FIELD")]
    mapping: Vec<String>,
    /// Look, and change nothing
    #[arg(long)]
    dry_run: bool,
    /// The centre to import into; needed when there are several
    #[arg(long, visible_alias = "centre")]
    center: Option<String>,
}

/// What to export.
#[derive(Debug, Subcommand)]
pub enum Export {
    /// Export clients to a CSV or XLSX file
    Clients(ExportClients),
}

/// Options of `vigie export clients`.
#[derive(Args, Debug)]
pub struct ExportClients {
    /// The file to write; its name ends in .csv or .xlsx
    #[arg(long, short)]
    output: PathBuf,
    /// The centre whose clients to export; all of them by default
    #[arg(long, visible_alias = "centre")]
    center: Option<String>,
    /// The language of the columns' names
    #[arg(long, value_enum, default_value_t = Words::Fr)]
    language: Words,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Words {
    Fr,
    En,
}

/// Runs `vigie import`.
pub async fn import(settings: Settings, what: Import) -> Result<(), Failure> {
    let (subject, options) = match what {
        Import::Clients(options) => (Subject::Clients, options),
        Import::Orders(options) => (Subject::Orders, options),
    };
    let app = serve::start(settings).await?;
    let wishes = options.mapping.iter().map(|wish| match wish.split_once('=') {
        Some((column, field)) => Ok((column.to_owned(), Some(field.to_owned()))),
        None => Err(format!("--mapping wants COLUMN=FIELD, not {wish}")),
    });
    let wishes: BTreeMap<_, _> = wishes.collect::<Result<_, _>>()?;
    let shown = options.file.display();
    if !options.file.is_file() {
        return Err(format!("cannot read {shown}: no such file").into());
    }
    let center = if options.dry_run {
        center(&app, options.center.as_deref()).await?
    } else {
        center_or_first(&app, options.center.as_deref()).await?
    };
    let center = center.ok_or("there are several centres: name one with --center")?;
    let saved = uploads::copy(&app, &options.file).await;
    let saved = saved.map_err(|error| format!("cannot read {shown}: {}", words(&error)))?;
    let started = start(&app, subject, &options, saved.clone(), &wishes, center).await;
    let id = match started {
        Ok(id) => id,
        Err(failure) => {
            uploads::delete(&app, &saved.file).await;
            return Err(failure);
        }
    };
    follow(&app, id).await?;
    uploads::delete(&app, &saved.file).await;
    if subject == Subject::Orders && !options.dry_run {
        // The jobs would; but nobody may be there to do them.
        while examine::link_waiting(app.db(), center, app.now()).await.map_err(|e| in_words(&e))? {}
    }
    report(&app, id).await
}

async fn start(
    app: &App,
    subject: Subject,
    options: &ImportFile,
    saved: uploads::Saved,
    wishes: &BTreeMap<String, Option<String>>,
    center: Uuid,
) -> Result<Uuid, Failure> {
    let mapping =
        Mapping::with(subject, &saved.headers, wishes).map_err(|error| in_words(&error))?;
    for (header, field) in saved.headers.iter().zip(&mapping.0) {
        let field = field.map_or("(left out)", imports::Field::as_str);
        serve::print(&format!("{header} → {field}"));
    }
    let upload = Upload {
        subject,
        file: saved.file,
        name: saved.name,
        headers: saved.headers,
        center: Some(center),
    };
    // This process does the work; a server takes over only if it dies.
    let (system, dry_run) = (Actor::system(), options.dry_run);
    let id = imports::start_later(app.db(), &system, upload, mapping, dry_run, app.now()).await;
    Ok(id.map_err(|error| in_words(&error))?)
}

/// Does the import, showing how far it is.
async fn follow(app: &App, id: Uuid) -> Result<(), Failure> {
    let bar = ProgressBar::no_length();
    if let Ok(style) = ProgressStyle::with_template("{wide_bar} {pos}/{len} {per_sec} {eta}") {
        bar.set_style(style);
    }
    let watched = app.clone();
    let watching = bar.clone();
    let watch = tokio::spawn(async move {
        loop {
            tokio::time::sleep(Duration::from_millis(200)).await;
            if let Ok(operation) = read(&watched, id).await {
                watching.set_length(u64::try_from(operation.total).unwrap_or(0));
                watching.set_position(u64::try_from(operation.done).unwrap_or(0));
            }
        }
    });
    let folder = uploads::folder(app);
    let done = loop {
        let until = Instant::now() + Duration::from_secs(3_600);
        match imports::run(app.db(), id, &folder, app.clock(), until).await {
            Ok(Progress::Over) => break Ok(()),
            Ok(Progress::More) | Err(Error::Conflict("operation-moved")) => {}
            Err(error) => break Err(error),
        }
    };
    watch.abort();
    bar.finish_and_clear();
    Ok(done?)
}

async fn read(app: &App, id: Uuid) -> Result<Operation, Error> {
    operations::get(app.db().read(), &Actor::system(), id).await
}

/// The summary to the terminal, the rejected lines to its error output.
async fn report(app: &App, id: Uuid) -> Result<(), Failure> {
    let operation = read(app, id).await?;
    let tally = &operation.tally;
    let mut after = 0;
    loop {
        let rejects = operations::rejects(app.db().read(), id, after, 1_000).await?;
        let Some(last) = rejects.last() else { break };
        after = last.line;
        for reject in rejects {
            let field = reject.field.as_deref().unwrap_or("-");
            let why = reject_message(Language::En, &reject);
            let value = reject.value.as_deref().unwrap_or_default();
            let _ = writeln!(std::io::stderr(), "line {}: {field}: {why} {value}", reject.line);
        }
    }
    let prefix = if operation.is_dry_run() { "would be: " } else { "" };
    serve::print(&format!(
        "{prefix}{} created, {} updated, {} unchanged, {} rejected",
        tally.created, tally.updated, tally.unchanged, tally.rejected
    ));
    if tally.alike > 0 {
        let alike = tally.alike;
        serve::print(&format!("{alike} of the created look like an existing client"));
    }
    if let Some(failure) = &tally.failure {
        return Err(format!("the import stopped: {failure}").into());
    }
    let read = tally.created + tally.updated + tally.unchanged;
    if read == 0 && tally.rejected > 0 {
        return Err("no line could be read".into());
    }
    Ok(())
}

/// Runs `vigie export`.
pub async fn export(settings: Settings, Export::Clients(options): Export) -> Result<(), Failure> {
    let app = serve::start(settings).await?;
    let end = options.output.extension().and_then(|end| end.to_str()).unwrap_or_default();
    let format = export::Format::parse(&end.to_ascii_lowercase())
        .ok_or("the output's name must end in .csv or .xlsx")?;
    let actor = match options.center.as_deref() {
        Some(name) => Actor {
            role: domain::Role::Owner,
            call_center_id: center(&app, Some(name)).await?,
            user_id: None,
        },
        None => Actor::system(),
    };
    let params =
        Params { filter: Some(domain::clients::ClientFilter::default()), ..Params::default() };
    let language = match options.language {
        Words::Fr => Language::Fr,
        Words::En => Language::En,
    };
    let style = export::Style { format, language, zone: chrono_tz::Europe::Paris };
    let shown = options.output.display().to_string();
    let file = std::fs::File::create(&options.output)
        .map_err(|error| format!("cannot write {shown}: {error}"))?;
    let rows = rows(&app, actor, params);
    let written = tokio::task::spawn_blocking(move || {
        export::write(&Clients::new(language), style, rows, BufWriter::new(file))
    });
    written.await?.map_err(|error| format!("cannot write {shown}: {error}"))?;
    serve::print(&format!("written: {shown}"));
    Ok(())
}

/// As [`center`]; where there is none yet, the first is made.
pub(super) async fn center_or_first(
    app: &App,
    name: Option<&str>,
) -> Result<Option<Uuid>, Failure> {
    if imports::centers(app.db().read(), &Actor::system()).await?.is_empty() {
        return first_center(app, name).await.map(Some);
    }
    center(app, name).await
}

/// Makes the first centre, as the welcome page would unless told otherwise: whoever starts on the
/// command line has somewhere to go.
pub(super) async fn first_center(app: &App, name: Option<&str>) -> Result<Uuid, Failure> {
    let new = NewCallCenter {
        name: name.unwrap_or("Centre principal").to_owned(),
        time_zone: "Europe/Paris".to_owned(),
        currency: "EUR".to_owned(),
        phone_region: "FR".to_owned(),
    };
    let told = format!(
        "made the first centre, {} ({}, {}, {}); change it under /administration/centres",
        new.name, new.time_zone, new.currency, new.phone_region
    );
    let made = call_centers::create(app.db(), &Actor::system(), new, app.now()).await;
    let id = made.map_err(|error| in_words(&error))?;
    serve::print(&told);
    Ok(id)
}

/// The centre of that name or id; the only one without a name; none when there are several.
pub(super) async fn center(app: &App, name: Option<&str>) -> Result<Option<Uuid>, Failure> {
    let centers = imports::centers(app.db().read(), &Actor::system()).await?;
    match name {
        None if centers.len() == 1 => Ok(centers.first().map(|(id, _)| *id)),
        None if centers.is_empty() => {
            Err("there is no centre yet: vigie user create makes the first, or an import does"
                .into())
        }
        None => Ok(None),
        Some(name) => {
            let same = |(id, known): &&(Uuid, String)| {
                base::text::fold(known) == base::text::fold(name) || id.to_string() == name
            };
            let found = centers.iter().find(same).map(|(id, _)| Some(*id));
            let names: Vec<&str> = centers.iter().map(|(_, name)| name.as_str()).collect();
            found.ok_or_else(|| {
                format!("no centre is called {name}; there are: {}", names.join(", ")).into()
            })
        }
    }
}

fn words(error: &crate::error::AppError) -> String {
    match error {
        crate::error::AppError::Domain(error) => in_words(error),
        other => Language::En.t(&format!("error-{}", other.key())),
    }
}

pub(super) fn in_words(error: &Error) -> String {
    let Error::Invalid(fields) = error else { return error.to_string() };
    let sentence = |field: &domain::FieldError| {
        format!("{}: {}", field.field, crate::error::field_message(Language::En, field))
    };
    fields.iter().map(sentence).collect::<Vec<_>>().join("; ")
}

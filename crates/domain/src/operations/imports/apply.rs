//! What a batch of lines changes, and putting it back.

use std::collections::HashSet;

use base::db::Tx;
use base::text::{email_key, fold};
use chrono::{DateTime, Utc};
use serde_json::{Value as Json, json};
use uuid::Uuid;

use super::Params;
use super::existing::{self, Existing, Matches};
use super::lines::{Entry, Line};
use crate::actor::Actor;
use crate::clients::{self, ClientChanges, NewClient, ValidClient};
use crate::duplicates;
use crate::error::{Error, FieldError, Invalid, Result};
use crate::events::NewEvent;
use crate::operations::queries::{self, Item, Reject};
use crate::operations::step::Batch;
use crate::operations::{Operation, bulk::count};

/// What a line comes to.
#[expect(clippy::large_enum_variant, reason = "short-lived, one a line, and mostly of this size")]
enum Outcome {
    Create(ValidClient),
    Rewrite(Wanted),
    Unchanged,
    Reject(Vec<Reject>),
}

/// An existing client as a line wants it.
struct Wanted {
    line: i64,
    before: Existing,
    after: NewClient,
}

/// Does the next lines, or only counts them in a dry run. `claimed` are the clients that lines of
/// this run have met already.
pub(super) async fn batch(
    tx: &Tx,
    operation: &Operation,
    actor: &Actor,
    params: &Params,
    lines: Vec<Line>,
    claimed: &mut HashSet<Uuid>,
    now: DateTime<Utc>,
) -> Result<Batch> {
    let mut batch = Batch { seen: count(lines.len()), ..Batch::default() };
    let entries: Vec<&Entry> =
        lines.iter().filter_map(|line| line.entry.as_ref().ok()).map(|entry| &**entry).collect();
    let matches = Matches::find(tx, params.center, &entries).await?;
    let (mut created, mut rewritten, mut rejects) = (Vec::new(), Vec::new(), Vec::new());
    for line in lines {
        let outcome = match line.entry {
            Ok(entry) => outcome(*entry, &matches, params, claimed),
            Err(rejects) => Outcome::Reject(rejects),
        };
        match outcome {
            Outcome::Create(valid) => created.push(valid),
            Outcome::Rewrite(wanted) => rewritten.push(wanted),
            Outcome::Unchanged => batch.tally.unchanged += 1,
            Outcome::Reject(reasons) => {
                batch.tally.rejected += 1;
                rejects.extend(reasons);
            }
        }
    }
    batch.tally.created = count(created.len());
    batch.tally.updated = count(rewritten.len());
    batch.tally.alike =
        duplicates::count_alike(tx, params.center, &params.region, &created).await?;
    if !params.dry_run {
        let refused = write(tx, actor, params, &mut batch, created, rewritten, now).await?;
        rejects.extend(refused);
    }
    queries::insert_rejects(tx, operation.id, rejects).await?;
    Ok(batch)
}

fn outcome(
    entry: Entry,
    matches: &Matches,
    params: &Params,
    claimed: &mut HashSet<Uuid>,
) -> Outcome {
    if matches.is_merged(&entry) {
        return Outcome::Unchanged;
    }
    let Some(existing) = matches.of(&entry, |id| !claimed.contains(&id)) else {
        return match entry.valid {
            Ok(valid) => Outcome::Create(valid),
            Err(rejects) => Outcome::Reject(
                rejects
                    .into_iter()
                    .map(|r| Reject { code: "code-missing-name".into(), ..r })
                    .collect(),
            ),
        };
    };
    claimed.insert(existing.id);
    let before = existing.record();
    let after = merged(&before, &entry.new, &params.region);
    if after == before {
        return Outcome::Unchanged;
    }
    let mut invalid = Invalid::new();
    clients::validate(&after, &params.region, &mut invalid);
    match invalid.check() {
        Err(Error::Invalid(errors)) => Outcome::Reject(refused(entry.line, errors)),
        _ => Outcome::Rewrite(Wanted { line: entry.line, before: existing.clone(), after }),
    }
}

fn refused(line: i64, errors: Vec<FieldError>) -> Vec<Reject> {
    let reject = |error: FieldError| Reject {
        line,
        field: Some(error.field),
        code: error.code.to_owned(),
        detail: error.args.into_iter().next().map(|(_, value)| value),
        value: None,
    };
    errors.into_iter().map(reject).collect()
}

/// The client with what the line says: only what it says, and nothing taken away.
fn merged(before: &NewClient, line: &NewClient, region: &str) -> NewClient {
    let said = |new: &Option<String>, old: &Option<String>| {
        new.as_deref()
            .map(str::trim)
            .filter(|text| !text.is_empty())
            .map(str::to_owned)
            .or_else(|| old.clone())
    };
    let number = |raw: &str| {
        let phone = base::phone::parse(raw, region).ok().and_then(|phone| phone.e164);
        phone.unwrap_or_else(|| raw.to_owned())
    };
    let address = |email: &str| email_key(email).unwrap_or_else(|| email.to_owned());
    NewClient {
        code: said(&line.code, &before.code),
        first_name: said(&line.first_name, &before.first_name),
        last_name: said(&line.last_name, &before.last_name),
        company_name: said(&line.company_name, &before.company_name),
        address: said(&line.address, &before.address),
        city: said(&line.city, &before.city),
        country: said(&line.country, &before.country),
        emails: joined(&line.emails, &before.emails, address),
        phones: joined(&line.phones, &before.phones, number),
        tags: with_tags(&line.tags, &before.tags),
        ..before.clone()
    }
}

/// What the line adds, then what was there; as it was if the line adds nothing.
fn joined(line: &[String], before: &[String], key: impl Fn(&str) -> String) -> Vec<String> {
    let known: Vec<String> = before.iter().map(|value| key(value)).collect();
    let new = line.iter().filter(|value| !known.contains(&key(value)));
    new.chain(before).cloned().collect()
}

fn with_tags(line: &[String], before: &[String]) -> Vec<String> {
    let known: Vec<String> = before.iter().map(|name| fold(name)).collect();
    let new = line.iter().filter(|name| !known.contains(&fold(name)));
    before.iter().chain(new).cloned().collect()
}

impl Existing {
    /// The client as a form would have it.
    fn record(&self) -> NewClient {
        NewClient {
            call_center_id: None,
            code: self.code.clone(),
            first_name: self.first_name.clone(),
            last_name: self.last_name.clone(),
            company_name: self.company_name.clone(),
            emails: self.emails.clone(),
            phones: self.phones.clone(),
            address: self.address.clone(),
            city: self.city.clone(),
            country: self.country.clone(),
            tags: self.tags.clone(),
            assigned_to: self.assigned_to,
        }
    }

    /// What an undo puts back.
    fn snapshot(&self) -> Json {
        json!({
            "code": self.code,
            "first_name": self.first_name,
            "last_name": self.last_name,
            "company_name": self.company_name,
            "emails": self.emails,
            "phones": self.phones,
            "address": self.address,
            "city": self.city,
            "country": self.country,
            "tags": self.tags,
            "assigned_to": self.assigned_to,
        })
    }
}

/// Writes what the lines want; returns why some of it could not be.
async fn write(
    tx: &Tx,
    actor: &Actor,
    params: &Params,
    batch: &mut Batch,
    created: Vec<ValidClient>,
    rewritten: Vec<Wanted>,
    now: DateTime<Utc>,
) -> Result<Vec<Reject>> {
    let ids = clients::insert_many(tx, actor, params.center, created, now).await?;
    let item = |id| Item { id, before: Json::Null, after_version: 1 };
    batch.created = ids.into_iter().map(item).collect();
    let mut rejects = Vec::new();
    for Wanted { line, before, after } in rewritten {
        match rewrite(tx, actor, before.id, before.version, after, now).await {
            Ok(version) if version == before.version => {
                batch.tally.updated -= 1;
                batch.tally.unchanged += 1;
            }
            Ok(after_version) => {
                let item = Item { id: before.id, before: before.snapshot(), after_version };
                batch.changed.push(item);
            }
            Err(Error::Invalid(errors)) => {
                batch.tally.updated -= 1;
                batch.tally.rejected += 1;
                rejects.extend(refused(line, errors));
            }
            Err(error) => return Err(error),
        }
    }
    Ok(rejects)
}

/// Makes a client what `wanted` says, if it is still at `version`.
async fn rewrite(
    tx: &Tx,
    actor: &Actor,
    id: Uuid,
    version: i32,
    wanted: NewClient,
    now: DateTime<Utc>,
) -> Result<i32> {
    // Someone changed it while the batch was at it: the batch is done again.
    let moved = || Error::Conflict("operation-moved");
    let client = clients::get(tx, actor, id).await?;
    if client.version != version {
        return Err(moved());
    }
    match clients::write(tx, actor, &client, ClientChanges::all(wanted), now).await {
        Err(Error::Stale) => Err(moved()),
        written => written,
    }
}

/// Puts clients back to what they were before an import. Returns which could not be.
///
/// # Errors
/// The engine's; [`Error::Conflict`] when one changed meanwhile.
pub async fn put_back(
    tx: &Tx,
    actor: &Actor,
    wanted: Vec<(Uuid, Json)>,
    now: DateTime<Utc>,
) -> Result<(Vec<NewEvent>, Vec<(Uuid, &'static str)>)> {
    let ids: Vec<Uuid> = wanted.iter().map(|(id, _)| *id).collect();
    let now_are = existing::details(tx, &ids).await?;
    let mut kept = Vec::new();
    for (id, before) in wanted {
        let Some(existing) = now_are.get(&id) else { continue };
        match rewrite(tx, actor, id, existing.version, record(&before), now).await {
            Ok(_) => {}
            // The code it had is another's now.
            Err(Error::Invalid(_)) => kept.push((id, "code-taken")),
            Err(error) => return Err(error),
        }
    }
    Ok((Vec::new(), kept))
}

/// Reads a snapshot.
fn record(before: &Json) -> NewClient {
    let text = |name: &str| before[name].as_str().map(str::to_owned);
    let list = |name: &str| {
        let values = before[name].as_array().into_iter().flatten();
        values.filter_map(|value| value.as_str().map(str::to_owned)).collect::<Vec<_>>()
    };
    NewClient {
        call_center_id: None,
        code: text("code"),
        first_name: text("first_name"),
        last_name: text("last_name"),
        company_name: text("company_name"),
        emails: list("emails"),
        phones: list("phones"),
        address: text("address"),
        city: text("city"),
        country: text("country"),
        tags: list("tags"),
        assigned_to: text("assigned_to").and_then(|id| id.parse().ok()),
    }
}

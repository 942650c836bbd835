use std::collections::HashSet;
use std::hash::{BuildHasher, RandomState};

use base::sheet::{Row, RowError};
use base::text::{email_key, fold};

use super::{Field, Mapping, Params, names};
use crate::clients::{self, NewClient, ValidClient};
use crate::error::{Error, FieldError, Invalid};
use crate::operations::Reject;

/// A line of the file, checked.
pub(super) struct Line {
    pub(super) entry: Result<Box<Entry>, Vec<Reject>>,
}

/// What a line says of a client.
pub(super) struct Entry {
    pub(super) line: i64,
    /// As the file has it; empty fields say nothing.
    pub(super) new: NewClient,
    /// Ready to be made; or what is missing to make it, though an existing client can be updated.
    pub(super) valid: Result<ValidClient, Vec<Reject>>,
    pub(super) code: Option<String>,
    /// E-mail and name: what meets an existing client when there is no code.
    pub(super) person: Option<(String, String)>,
}

/// Checks lines one after another, remembering what must not come twice. What it remembers is a
/// hash of 8 bytes per line, so that a million lines cost some megabytes.
pub(super) struct Checker {
    mapping: Mapping,
    region: String,
    seen: HashSet<u64>,
    hasher: RandomState,
}

impl Checker {
    pub(super) fn new(params: &Params) -> Self {
        Self {
            mapping: params.mapping.clone(),
            region: params.region.clone(),
            seen: HashSet::new(),
            hasher: RandomState::new(),
        }
    }

    pub(super) fn check(&mut self, row: Result<Row, RowError>) -> Line {
        match row {
            Ok(row) => {
                let number = i64::try_from(row.line).unwrap_or(i64::MAX);
                Line { entry: self.entry(number, row.cells) }
            }
            Err(error) => Line { entry: Err(vec![unreadable(error)]) },
        }
    }

    fn entry(&mut self, line: i64, cells: Vec<String>) -> Result<Box<Entry>, Vec<Reject>> {
        let new = record(&self.mapping, &cells);
        let mut invalid = Invalid::new();
        let valid = clients::validate(&new, &self.region, &mut invalid);
        let reject = |error: FieldError| reject(line, error, &self.mapping, &cells);
        let errors = match invalid.check() {
            Err(Error::Invalid(errors)) => errors,
            _ => Vec::new(),
        };
        let (missing, wrong): (Vec<_>, Vec<_>) =
            errors.into_iter().partition(|error| error.code == "required");
        if !wrong.is_empty() {
            let mut rejects: Vec<Reject> = wrong.into_iter().map(reject).collect();
            // A cell that holds several addresses is named once.
            rejects
                .dedup_by(|a, b| (&a.field, &a.code, &a.detail) == (&b.field, &b.code, &b.detail));
            return Err(rejects);
        }
        let code = new.code.clone().filter(|code| !code.is_empty());
        if !missing.is_empty() && code.is_none() {
            return Err(missing.into_iter().map(reject).collect());
        }
        let email = new.emails.first().and_then(|email| email_key(email));
        let name = fold(&clients::full_name(&new));
        let person = email.filter(|_| !name.is_empty()).map(|email| (email, name));
        let once = match (&code, &person) {
            (Some(code), _) => Some(("code", "code-twice", self.hasher.hash_one(code))),
            (None, Some(person)) => Some(("email", "person-twice", self.hasher.hash_one(person))),
            (None, None) => None,
        };
        if let Some((field, key, hash)) = once
            && !self.seen.insert(hash)
        {
            let error = FieldError { field: field.to_owned(), code: key, args: Vec::new() };
            return Err(vec![reject(error)]);
        }
        let valid = if missing.is_empty() {
            Ok(valid)
        } else {
            Err(missing.into_iter().map(reject).collect())
        };
        Ok(Box::new(Entry { line, new, valid, code, person }))
    }
}

/// A row that is no row.
pub(super) fn unreadable(error: RowError) -> Reject {
    Reject {
        line: i64::try_from(error.line).unwrap_or(i64::MAX),
        field: None,
        code: error.code.key().replace(['.', '_'], "-"),
        detail: Some(error.detail).filter(|detail| !detail.is_empty()),
        value: None,
    }
}

/// The client a row describes.
fn record(mapping: &Mapping, cells: &[String]) -> NewClient {
    let mut new = NewClient::default();
    for (field, cell) in mapping.0.iter().zip(cells) {
        let (Some(field), text) = (field, cell.trim()) else { continue };
        if text.is_empty() {
            continue;
        }
        let whole = || Some(text.to_owned());
        match field {
            Field::Code => new.code = whole(),
            Field::FirstName => new.first_name = whole(),
            Field::LastName => new.last_name = whole(),
            Field::CompanyName => new.company_name = whole(),
            Field::City => new.city = whole(),
            Field::Country => new.country = whole(),
            Field::Email => add(&mut new.emails, text.split([';', '|', '\n', ' ', ','])),
            Field::Phone if is_filler(text) => {}
            Field::Phone => add(&mut new.phones, text.split([';', '|', '\n'])),
            Field::Tags => add(&mut new.tags, text.split([';', '|', '\n', ','])),
            Field::Address => match &mut new.address {
                Some(address) => *address = format!("{address}\n{text}"),
                None => new.address = whole(),
            },
            // Of orders only.
            Field::Number
            | Field::ClientName
            | Field::ClientCode
            | Field::Price
            | Field::Currency
            | Field::Status
            | Field::OrderedAt => {}
            Field::FullName => {
                let name = names::split(text);
                new.first_name = new.first_name.take().or(name.first);
                new.last_name = new.last_name.take().or(name.last);
                new.company_name = new.company_name.take().or(name.company);
            }
        }
    }
    new
}

/// `n/a`, `0`, `-`: a cell that says there is no phone.
fn is_filler(text: &str) -> bool {
    base::phone::parse(text, "FR").is_ok_and(|phone| phone.is_empty())
}

fn add<'a>(list: &mut Vec<String>, parts: impl Iterator<Item = &'a str>) {
    for part in parts.map(str::trim).filter(|part| !part.is_empty()) {
        if !list.iter().any(|known| known == part) {
            list.push(part.to_owned());
        }
    }
}

fn reject(line: i64, error: FieldError, mapping: &Mapping, cells: &[String]) -> Reject {
    // `phones[1].raw`, `email`, …: what stands before the bracket is the field.
    let name = error.field.split(['[', '.']).next().unwrap_or_default();
    let name = match name {
        "emails" => "email",
        "phones" => "phone",
        other => other,
    };
    let fills = |field: &Option<Field>| {
        field.is_some_and(|field| {
            let whole = matches!(name, "first_name" | "last_name" | "company_name" | "name");
            field.as_str() == name || (field == Field::FullName && whole)
        })
    };
    let column = mapping.0.iter().position(fills);
    let value = column.and_then(|at| cells.get(at)).filter(|value| !value.is_empty());
    let detail = error.args.first().map(|(_, value)| value.clone());
    Reject {
        line,
        field: Some(name.to_owned()),
        code: error.code.to_owned(),
        detail,
        value: value.map(|value| value.chars().take(120).collect()),
    }
}

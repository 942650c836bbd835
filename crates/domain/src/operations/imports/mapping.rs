//! Which column of a file is which field: guessed from the headers, then corrected by a person.

use std::collections::BTreeMap;

use base::text::fold;
use serde::{Deserialize, Serialize};

use super::fields::{Field, Subject};
use crate::error::{Invalid, Result};

/// The field each column fills, in the file's order; `None` is not imported.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mapping(pub Vec<Option<Field>>);

impl Mapping {
    /// What the headers most likely mean.
    pub fn guess(subject: Subject, headers: &[String]) -> Self {
        let mut fields: Vec<Option<Field>> = Vec::with_capacity(headers.len());
        for header in headers {
            let folded = fold(header);
            let known = subject.fields().iter().copied();
            let field = known.into_iter().find(|f| f.synonyms().contains(&folded.as_str()));
            let free = |field: &Field| field.takes_many() || !fields.contains(&Some(*field));
            fields.push(field.filter(free));
        }
        // "Nom" without "Prénom" holds whole names.
        let is_whole = subject == Subject::Clients;
        if is_whole
            && !fields.contains(&Some(Field::FirstName))
            && !fields.contains(&Some(Field::FullName))
        {
            for field in &mut fields {
                if *field == Some(Field::LastName) {
                    *field = Some(Field::FullName);
                }
            }
        }
        Self(fields)
    }

    /// The guess, with what a caller says instead: header → field, or an empty field for a column
    /// to leave out.
    ///
    /// # Errors
    /// `mapping.HEADER` with `unknown-column` or `unknown-field`, and what [`Mapping::check`] says.
    pub fn with(
        subject: Subject,
        headers: &[String],
        wishes: &BTreeMap<String, Option<String>>,
    ) -> Result<Self> {
        let mut invalid = Invalid::new();
        let mut mapping = Self::guess(subject, headers);
        let known = |name: &str| Field::parse(name).filter(|f| subject.fields().contains(f));
        let mut wished = vec![false; headers.len()];
        for (header, field) in wishes {
            let at = format!("mapping.{header}");
            let field = field.as_deref().filter(|name| !name.is_empty() && *name != "ignore");
            let field = match field.map(|name| known(name).ok_or(name)) {
                Some(Err(_)) => {
                    invalid.add(&at, "unknown-field");
                    continue;
                }
                Some(Ok(field)) => Some(field),
                None => None,
            };
            let same = |h: &String| h == header || fold(h) == fold(header);
            let Some(column) = headers.iter().position(same) else {
                invalid.add(&at, "unknown-column");
                continue;
            };
            mapping.0[column] = field;
            wished[column] = true;
        }
        // What was said goes before what was guessed.
        for column in 0..mapping.0.len() {
            let Some(field) = mapping.0[column].filter(|f| !f.takes_many()) else { continue };
            let said = |other: usize| wished[other] && mapping.0[other] == Some(field);
            if !wished[column] && (0..mapping.0.len()).any(|other| other != column && said(other)) {
                mapping.0[column] = None;
            }
        }
        mapping.check(subject, &mut invalid);
        invalid.check()?;
        Ok(mapping)
    }

    /// Notes what no import could work with.
    pub fn check(&self, subject: Subject, invalid: &mut Invalid) {
        for field in subject.fields().iter().filter(|field| !field.takes_many()) {
            if self.0.iter().filter(|f| **f == Some(*field)).count() > 1 {
                invalid.add("mapping", "column-twice");
            }
        }
        if subject == Subject::Orders {
            if !self.has(Field::Number) {
                invalid.add("mapping", "no-number-column");
            }
            return;
        }
        let names =
            [Field::FullName, Field::FirstName, Field::LastName, Field::CompanyName, Field::Code];
        if !self.0.iter().flatten().any(|field| names.contains(field)) {
            invalid.add("mapping", "no-name-column");
        }
    }

    /// Whether a column fills `field`.
    pub fn has(&self, field: Field) -> bool {
        self.0.contains(&Some(field))
    }
}

#[cfg(test)]
mod tests;

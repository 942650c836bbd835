//! Which column of a file is which field of a client: guessed from the headers, then corrected by
//! a person.

use std::collections::BTreeMap;

use base::text::fold;
use serde::{Deserialize, Serialize};

use crate::error::{Invalid, Result};

/// A field of a client that a column can fill.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Field {
    /// The client's code in the file's system.
    Code,
    /// First and last name in one, or a company's.
    FullName,
    /// The first name.
    FirstName,
    /// The last name.
    LastName,
    /// The company.
    CompanyName,
    /// E-mail addresses, the first one primary.
    Email,
    /// Phones, the first one primary.
    Phone,
    /// The address.
    Address,
    /// The city.
    City,
    /// The country.
    Country,
    /// Tags, separated by commas or semicolons.
    Tags,
}

impl Field {
    /// All of them, in the order a person is offered them.
    pub const ALL: [Self; 11] = [
        Self::Code,
        Self::FullName,
        Self::FirstName,
        Self::LastName,
        Self::CompanyName,
        Self::Email,
        Self::Phone,
        Self::Address,
        Self::City,
        Self::Country,
        Self::Tags,
    ];

    /// The name in the API, the command line and the message catalogue.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Code => "code",
            Self::FullName => "full_name",
            Self::FirstName => "first_name",
            Self::LastName => "last_name",
            Self::CompanyName => "company_name",
            Self::Email => "email",
            Self::Phone => "phone",
            Self::Address => "address",
            Self::City => "city",
            Self::Country => "country",
            Self::Tags => "tags",
        }
    }

    /// The field of that name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|field| field.as_str() == name)
    }

    /// Whether several columns may fill it.
    fn takes_many(self) -> bool {
        matches!(self, Self::Email | Self::Phone | Self::Address | Self::Tags)
    }

    /// Folded headers that mean it.
    fn synonyms(self) -> &'static [&'static str] {
        match self {
            Self::Code => &[
                "code",
                "client id",
                "id client",
                "code client",
                "customer id",
                "id",
                "reference",
                "ref",
                "ref client",
                "reference client",
                "numero client",
                "num client",
                "n client",
                "no client",
                "client code",
                "customer code",
                "external id",
                "identifiant",
                "code ext",
                "matricule",
                "customer number",
                "client number",
                "account number",
            ],
            Self::FullName => &[
                "full name",
                "fullname",
                "nom complet",
                "nom et prenom",
                "nom prenom",
                "prenom et nom",
                "prenom nom",
                "nom prenoms",
                "nom et prenoms",
                "name",
                "client",
                "client name",
                "customer",
                "customer name",
                "nom client",
                "nom du client",
                "contact",
                "nom contact",
                "contact name",
                "display name",
                "nom et prenom s",
            ],
            Self::FirstName => &[
                "first name",
                "firstname",
                "prenom",
                "prenoms",
                "given name",
                "forename",
                "prenom s",
            ],
            Self::LastName => &[
                "last name",
                "lastname",
                "nom",
                "nom de famille",
                "surname",
                "family name",
                "nom famille",
            ],
            Self::CompanyName => &[
                "company name",
                "company",
                "societe",
                "entreprise",
                "raison sociale",
                "organisation",
                "organization",
                "business",
                "business name",
                "nom societe",
                "nom de la societe",
                "nom entreprise",
                "etablissement",
                "structure",
                "enseigne",
            ],
            Self::Email => &[
                "email",
                "e mail",
                "mail",
                "courriel",
                "adresse mail",
                "adresse email",
                "adresse e mail",
                "email address",
                "e mail address",
                "mel",
                "email 1",
                "email 2",
                "e mail 2",
                "autres e mails",
                "other e mails",
                "other emails",
                "autre email",
                "autre e mail",
                "email principal",
                "email secondaire",
                "autres emails",
                "adresse electronique",
            ],
            Self::Phone => &[
                "phone",
                "telephone",
                "tel",
                "phone number",
                "numero de telephone",
                "numero telephone",
                "mobile",
                "portable",
                "tel mobile",
                "tel portable",
                "telephone mobile",
                "telephone portable",
                "cell",
                "cellphone",
                "cell phone",
                "mobile phone",
                "gsm",
                "tel fixe",
                "telephone fixe",
                "fixe",
                "landline",
                "whatsapp",
                "telephone 1",
                "telephone 2",
                "tel 1",
                "tel 2",
                "phone 1",
                "phone 2",
                "autres telephones",
                "other phones",
                "numero",
                "contact telephonique",
                "cellulaire",
                "autre telephone",
                "telephone principal",
                "home phone",
                "work phone",
            ],
            Self::Address => &[
                "address",
                "adresse",
                "rue",
                "street",
                "adresse postale",
                "adresse 1",
                "adresse 2",
                "address 1",
                "address 2",
                "address line 1",
                "address line 2",
                "street address",
                "complement d adresse",
                "postal address",
            ],
            Self::City => &["city", "ville", "town", "commune", "localite"],
            Self::Country => &["country", "pays", "code pays", "country code"],
            Self::Tags => &[
                "tags",
                "tag",
                "etiquettes",
                "etiquette",
                "labels",
                "label",
                "categories",
                "categorie",
                "category",
                "groupe",
                "group",
                "groups",
                "groupes",
            ],
        }
    }
}

/// The field each column fills, in the file's order; `None` is not imported.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mapping(pub Vec<Option<Field>>);

impl Mapping {
    /// What the headers most likely mean.
    pub fn guess(headers: &[String]) -> Self {
        let mut fields: Vec<Option<Field>> = Vec::with_capacity(headers.len());
        for header in headers {
            let folded = fold(header);
            let field = Field::ALL.into_iter().find(|f| f.synonyms().contains(&folded.as_str()));
            let free = |field: &Field| field.takes_many() || !fields.contains(&Some(*field));
            fields.push(field.filter(free));
        }
        // "Nom" without "Prénom" holds whole names.
        if !fields.contains(&Some(Field::FirstName)) && !fields.contains(&Some(Field::FullName)) {
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
    pub fn with(headers: &[String], wishes: &BTreeMap<String, Option<String>>) -> Result<Self> {
        let mut invalid = Invalid::new();
        let mut mapping = Self::guess(headers);
        let mut wished = vec![false; headers.len()];
        for (header, field) in wishes {
            let at = format!("mapping.{header}");
            let field = field.as_deref().filter(|name| !name.is_empty() && *name != "ignore");
            let field = match field.map(|name| Field::parse(name).ok_or(name)) {
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
        mapping.check(&mut invalid);
        invalid.check()?;
        Ok(mapping)
    }

    /// Notes what no import could work with.
    pub fn check(&self, invalid: &mut Invalid) {
        for field in Field::ALL.into_iter().filter(|field| !field.takes_many()) {
            if self.0.iter().filter(|f| **f == Some(field)).count() > 1 {
                invalid.add("mapping", "column-twice");
            }
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

use base::phone::{self, Phone};
use base::text::{email_key, fold, fold_keep, sort_key};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::error::Invalid;
use crate::linking::ClientRecord;

/// Most e-mails, phones or tags one client may have.
const MOST: usize = 20;

/// A client as someone typed it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewClient {
    /// The centre; a super_admin says which, the others have theirs.
    pub call_center_id: Option<Uuid>,
    /// External id, unique in the centre.
    pub code: Option<String>,
    /// First name.
    pub first_name: Option<String>,
    /// Last name.
    pub last_name: Option<String>,
    /// Company.
    pub company_name: Option<String>,
    /// E-mail addresses; the first is the primary one.
    pub emails: Vec<String>,
    /// Phones as typed; the first is the primary one.
    pub phones: Vec<String>,
    /// Street.
    pub address: Option<String>,
    /// City.
    pub city: Option<String>,
    /// Country.
    pub country: Option<String>,
    /// Names of tags.
    pub tags: Vec<String>,
    /// Who looks after them.
    pub assigned_to: Option<Uuid>,
}

/// A client that passed [`validate`]: trimmed, phones read, keys made.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ValidClient {
    /// See [`NewClient::code`].
    pub code: Option<String>,
    /// See [`NewClient::first_name`].
    pub first_name: Option<String>,
    /// See [`NewClient::last_name`].
    pub last_name: Option<String>,
    /// See [`NewClient::company_name`].
    pub company_name: Option<String>,
    /// Address as typed, and its key.
    pub emails: Vec<(String, String)>,
    /// Phones, read.
    pub phones: Vec<Phone>,
    /// See [`NewClient::address`].
    pub address: Option<String>,
    /// See [`NewClient::city`].
    pub city: Option<String>,
    /// See [`NewClient::country`].
    pub country: Option<String>,
    /// See [`NewClient::tags`].
    pub tags: Vec<String>,
    /// See [`NewClient::assigned_to`].
    pub assigned_to: Option<Uuid>,
}

/// The name people know this client by: first and last name, else the company.
pub fn full_name(new: &NewClient) -> String {
    let names = (new.first_name.as_deref(), new.last_name.as_deref());
    joined(names, new.company_name.as_deref())
}

fn joined(names: (Option<&str>, Option<&str>), company: Option<&str>) -> String {
    let parts = [names.0, names.1].into_iter().flatten().map(str::trim).filter(|p| !p.is_empty());
    let name = parts.collect::<Vec<_>>().join(" ");
    if name.is_empty() { company.unwrap_or_default().trim().to_owned() } else { name }
}

/// Checks every field at once, noting what is wrong in `invalid` under the field's API name; the
/// result is only good if nothing was. Whether the code is free is asked of the database later.
pub fn validate(new: &NewClient, region: &str, invalid: &mut Invalid) -> ValidClient {
    let valid = ValidClient {
        code: invalid.text("code", new.code.as_deref(), 40),
        first_name: one_line(invalid, "first_name", new.first_name.as_deref(), 80),
        last_name: one_line(invalid, "last_name", new.last_name.as_deref(), 80),
        company_name: one_line(invalid, "company_name", new.company_name.as_deref(), 120),
        emails: emails(&new.emails, invalid),
        phones: phones(&new.phones, region, invalid),
        address: invalid.text("address", new.address.as_deref(), 500),
        city: one_line(invalid, "city", new.city.as_deref(), 80),
        country: one_line(invalid, "country", new.country.as_deref(), 80),
        tags: tags(&new.tags, invalid),
        assigned_to: new.assigned_to,
    };
    if valid.first_name.is_none() && valid.last_name.is_none() && valid.company_name.is_none() {
        invalid.add("last_name", "required");
    }
    valid
}

fn one_line(invalid: &mut Invalid, field: &str, value: Option<&str>, max: usize) -> Option<String> {
    let text = invalid.text(field, value, max)?;
    Some(if text.contains(['\n', '\r', '\t']) {
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    } else {
        text
    })
}

/// The first address or phone is the one forms and the API call `email`, `phone`.
fn place(index: usize, one: &'static str, many: &'static str) -> &'static str {
    if index == 0 { one } else { many }
}

fn emails(typed: &[String], invalid: &mut Invalid) -> Vec<(String, String)> {
    let mut emails: Vec<(String, String)> = Vec::new();
    for (index, value) in typed.iter().enumerate() {
        let field = place(index, "email", "emails");
        let Some(value) = invalid.text(field, Some(value), 254) else { continue };
        match email_key(&value) {
            Some(key) if emails.iter().any(|(_, known)| *known == key) => {}
            Some(key) => emails.push((value, key)),
            None => drop(invalid.add(field, "not-an-email")),
        }
    }
    bounded("emails", emails.len(), invalid);
    emails
}

fn phones(typed: &[String], region: &str, invalid: &mut Invalid) -> Vec<Phone> {
    let mut phones: Vec<Phone> = Vec::new();
    for (index, value) in typed.iter().enumerate() {
        let field = place(index, "phone", "phones");
        let Some(value) = invalid.text(field, Some(value), 60) else { continue };
        match phone::parse(&value, region) {
            // `n/a`, `-`, `0`: a way to say there is none.
            Ok(phone) if phone.is_empty() => {}
            Ok(phone) if phones.iter().any(|known| known.e164 == phone.e164) => {}
            Ok(phone) => phones.push(phone),
            Err(error) => drop(invalid.add(field, code_of(error))),
        }
    }
    bounded("phones", phones.len(), invalid);
    phones
}

fn code_of(error: phone::PhoneError) -> &'static str {
    use phone::PhoneError as E;
    match error {
        E::NotANumber => "phone-not-a-number",
        E::TooShort => "phone-too-short",
        E::TooLong => "phone-too-long",
        E::Invalid => "phone-unknown",
        E::Rounded => "phone-rounded",
    }
}

fn tags(typed: &[String], invalid: &mut Invalid) -> Vec<String> {
    let mut tags: Vec<String> = Vec::new();
    for name in typed {
        let Some(name) = one_line(invalid, "tags", Some(name), 60) else { continue };
        let key = fold(&name);
        if key.is_empty() {
            invalid.add("tags", "wrong-value");
        } else if !tags.iter().any(|known| fold(known) == key) {
            tags.push(name);
        }
    }
    bounded("tags", tags.len(), invalid);
    tags
}

fn bounded(field: &str, count: usize, invalid: &mut Invalid) {
    if count > MOST {
        invalid.add_with(field, "too-many-values", vec![("max", MOST.to_string())]);
    }
}

impl ValidClient {
    /// See [`full_name`].
    pub fn full_name(&self) -> String {
        let names = (self.first_name.as_deref(), self.last_name.as_deref());
        joined(names, self.company_name.as_deref())
    }

    /// Orders a list of names as a directory does: by last name.
    pub(crate) fn name_key(&self) -> String {
        let names = (self.last_name.as_deref(), self.first_name.as_deref());
        sort_key(&joined(names, self.company_name.as_deref()))
    }

    /// As the matcher reads them.
    pub(super) fn as_matched(&self, id: Uuid) -> ClientRecord {
        let text = |field: &Option<String>| field.clone().unwrap_or_default();
        let has_name = self.first_name.is_some() || self.last_name.is_some();
        ClientRecord {
            id: id.as_u128(),
            first_name: text(&self.first_name),
            last_name: text(&self.last_name),
            full_name: if has_name { self.full_name() } else { String::new() },
            company: text(&self.company_name),
            emails: self.emails.iter().map(|(email, _)| email.clone()).collect(),
            phones: self.phones.iter().map(|phone| phone.raw.clone()).collect(),
        }
    }

    /// Everything the list is searched by, one field per line so that no match spans two.
    pub(super) fn search_text(&self, username: &str) -> String {
        let first = self.first_name.as_deref().unwrap_or_default();
        let last = self.last_name.as_deref().unwrap_or_default();
        let mut lines: Vec<String> = Vec::new();
        for words in [format!("{first} {last}"), format!("{last} {first}")] {
            add_words(&mut lines, &words);
        }
        for field in [&self.company_name, &self.address, &self.city, &self.code] {
            add_words(&mut lines, field.as_deref().unwrap_or_default());
        }
        lines.extend(self.code.as_deref().map(fold_keep));
        lines.extend([fold_keep(username)]);
        lines.extend(self.emails.iter().map(|(_, key)| fold_keep(key)));
        for phone in &self.phones {
            let number = phone.e164.as_deref().unwrap_or(&phone.raw);
            lines.extend(phone::search_digits(number));
            lines.push(fold(&phone.raw));
        }
        lines.retain(|line| !line.is_empty());
        lines.sort();
        lines.dedup();
        lines.join("\n")
    }
}

/// Folded, and folded without its spaces: `N’Diaye` is found by `n'diaye` and by `ndiaye`.
fn add_words(lines: &mut Vec<String>, text: &str) {
    let folded = fold(text);
    if folded.contains(' ') {
        lines.push(folded.replace(' ', ""));
    }
    lines.push(folded);
}

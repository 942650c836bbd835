//! Choosing field by field.

use std::collections::BTreeMap;

use base::text::{email_key, fold};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json, json};

use crate::clients::{Client, record};
use crate::error::{Invalid, Result};

/// Fields with one value.
pub const FIELDS: [&str; 9] = [
    "code",
    "first_name",
    "last_name",
    "company_name",
    "address",
    "city",
    "country",
    "assigned_to",
    "is_active",
];

/// Fields with several, which can be put together.
pub const LISTS: [&str; 3] = ["emails", "phones", "tags"];

/// Whose value a field takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// That of the record that stays.
    Winner,
    /// That of the other.
    Loser,
    /// Both, those of the record that stays first.
    Both,
    /// Both, those of the other first.
    LoserFirst,
}

impl Side {
    /// Its name in forms and the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Winner => "winner",
            Self::Loser => "loser",
            Self::Both => "both",
            Self::LoserFirst => "loser_first",
        }
    }

    fn parse(name: &str) -> Option<Self> {
        [Self::Winner, Self::Loser, Self::Both, Self::LoserFirst]
            .into_iter()
            .find(|side| side.as_str() == name)
    }
}

/// What someone chose; fields left out take what is there: the value of the record that stays, or
/// the other's where it has none, and all e-mails, phones and tags.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Choices(BTreeMap<String, Side>);

impl Choices {
    /// Reads `field=side` pairs. Names that are no field are left alone if `lenient`: a form has
    /// others.
    ///
    /// # Errors
    /// Every field that does not exist or cannot take that side.
    pub fn read<'a>(
        pairs: impl IntoIterator<Item = (&'a str, &'a str)>,
        lenient: bool,
    ) -> Result<Self> {
        let (mut choices, mut invalid) = (BTreeMap::new(), Invalid::new());
        for (field, side) in pairs {
            let is_list = LISTS.contains(&field);
            if !is_list && !FIELDS.contains(&field) {
                if !lenient {
                    invalid.add(field, "unknown-field");
                }
                continue;
            }
            match Side::parse(side) {
                Some(Side::Both | Side::LoserFirst) if !is_list => {
                    invalid.add(field, "wrong-value");
                }
                Some(side) => drop(choices.insert(field.to_owned(), side)),
                None => drop(invalid.add(field, "wrong-value")),
            }
        }
        invalid.check()?;
        Ok(Self(choices))
    }
}

/// A field of two records.
#[derive(Clone, Debug, PartialEq)]
pub struct Field {
    /// Its name.
    pub name: &'static str,
    /// In the record that stays.
    pub winner: Json,
    /// In the other.
    pub loser: Json,
    /// Whose it takes.
    pub side: Side,
    /// What it becomes.
    pub result: Json,
}

impl Field {
    /// Whether there is anything to choose.
    pub fn differs(&self) -> bool {
        self.winner != self.loser
    }

    /// Whether it has several values.
    pub fn is_list(&self) -> bool {
        LISTS.contains(&self.name)
    }
}

pub(super) fn fields(winner: &Client, loser: &Client, choices: &Choices) -> Vec<Field> {
    let (mine, its) = (record(winner), record(loser));
    let value =
        |record: &Map<String, Json>, name: &str| record.get(name).cloned().unwrap_or_default();
    let chosen = |name: &str| choices.0.get(name).copied();
    let single = FIELDS.into_iter().map(|name| {
        let (winner, loser) = (value(&mine, name), value(&its, name));
        let natural = if winner.is_null() { Side::Loser } else { Side::Winner };
        let side = chosen(name).unwrap_or(natural);
        let result = if side == Side::Loser { loser.clone() } else { winner.clone() };
        Field { name, winner, loser, side, result }
    });
    let several = LISTS.into_iter().map(|name| {
        let (winner_value, loser_value) = (value(&mine, name), value(&its, name));
        let side = chosen(name).unwrap_or(Side::Both);
        let (one, other) = (texts(&winner_value), texts(&loser_value));
        let all = match side {
            Side::Winner => one,
            Side::Loser => other,
            Side::Both => [one, other].concat(),
            Side::LoserFirst => [other, one].concat(),
        };
        let result = json!(distinct(name, all, winner, loser));
        Field { name, winner: winner_value, loser: loser_value, side, result }
    });
    single.chain(several).collect()
}

/// What a list of texts holds.
pub(super) fn texts(value: &Json) -> Vec<String> {
    let values = value.as_array().into_iter().flatten();
    values.filter_map(|value| value.as_str().map(str::to_owned)).collect()
}

/// Each address, number or tag once, however it is spelled.
fn distinct(name: &str, all: Vec<String>, winner: &Client, loser: &Client) -> Vec<String> {
    let key = |text: &str| match name {
        "emails" => email_key(text).unwrap_or_else(|| text.to_owned()),
        "phones" => {
            let known = winner.phones.iter().chain(&loser.phones).find(|phone| phone.raw == text);
            known.and_then(|phone| phone.e164.clone()).unwrap_or_else(|| text.to_owned())
        }
        _ => fold(text),
    };
    let mut seen = Vec::new();
    let is_new = |text: &String| {
        let key = key(text);
        let new = !seen.contains(&key);
        seen.push(key);
        new
    };
    let mut is_new = is_new;
    all.into_iter().filter(|text| is_new(text)).collect()
}

/// The record the fields make.
pub(super) fn result(fields: &[Field]) -> Map<String, Json> {
    fields.iter().map(|field| (field.name.to_owned(), field.result.clone())).collect()
}

//! What the index keeps of a client: one short text per client, in one long one.

use super::names::SplitName;
use super::phones::Number;
use super::words::Words;
use super::{ClientRecord, emails, names, phones};

/// A client's names, addresses and numbers, ready to be compared.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Card {
    /// One per line, its kind first: `n` given, tab, family; `c` company; `e` address; `p` number.
    text: String,
}

/// One line of a [`Card`].
#[derive(Debug, Clone, Copy)]
pub(super) enum Line<'a> {
    Person { given: &'a str, family: &'a str },
    Company(&'a str),
    Email(&'a str),
    Phone(Number),
}

impl Card {
    pub fn of(client: &ClientRecord, region: &str) -> Self {
        let mut card = Self::default();
        let has_parts = !client.first_name.trim().is_empty() && !client.last_name.trim().is_empty();
        let person = if has_parts {
            names::from_parts(&client.first_name, &client.last_name)
        } else {
            let parts = [&client.full_name, &client.first_name, &client.last_name];
            let named = parts.into_iter().find(|part| !part.trim().is_empty());
            names::split(named.map_or("", String::as_str))
        };
        card.name('n', &person);
        card.name('c', &names::company(&client.company));
        let mut lines: Vec<String> = Vec::new();
        for email in client.emails.iter().map(|email| emails::read(email)) {
            lines.push(format!("e{email}"));
        }
        for number in client.phones.iter().filter_map(|phone| phones::read(phone, region).number) {
            lines.push(format!("p{},{}", number.tail, number.country));
        }
        lines.retain(|line| line.len() > 1);
        lines.sort_unstable();
        lines.dedup();
        lines.iter().for_each(|line| card.line(line));
        card
    }

    pub fn text(&self) -> &str {
        &self.text
    }

    fn name(&mut self, kind: char, name: &SplitName) {
        if name.family.is_empty() && name.given.is_empty() {
            return;
        }
        let name = match kind {
            'c' => format!("c{}", name.family),
            _ => format!("n{}\t{}", name.given, name.family),
        };
        self.line(&name);
    }

    fn line(&mut self, line: &str) {
        if !self.text.is_empty() {
            self.text.push('\n');
        }
        self.text.push_str(line);
    }
}

/// The lines of a card's text.
pub(super) fn lines(text: &str) -> impl Iterator<Item = Line<'_>> {
    text.split('\n').filter_map(|line| {
        let rest = line.get(1..)?;
        Some(match line.as_bytes()[0] {
            b'n' => {
                let (given, family) = rest.split_once('\t')?;
                Line::Person { given, family }
            }
            b'c' => Line::Company(rest),
            b'e' => Line::Email(rest),
            b'p' => {
                let (tail, country) = rest.split_once(',')?;
                Line::Phone(Number { tail: tail.parse().ok()?, country: country.parse().ok()? })
            }
            _ => return None,
        })
    })
}

impl Line<'_> {
    /// The given and family words of a name's line.
    pub fn words(&self) -> Option<(Words, Words)> {
        match self {
            Self::Person { given, family } => Some((Words::of(given), Words::of(family))),
            Self::Company(name) => Some((Words::of(""), Words::of(name))),
            _ => None,
        }
    }
}

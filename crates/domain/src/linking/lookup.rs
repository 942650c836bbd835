//! The keys under which a database files clients, so that one order finds its candidates without
//! anyone loading the others.
//!
//! They are the keys of `Index`, with the pieces of numbers as keys of their own in place of its
//! ranges. `Matcher::of_candidates` then decides as a matcher of all clients would: it is told what
//! the few clients it holds cannot tell, how many bear a name and which keys are crowded.

use std::collections::{HashMap, HashSet};

use super::card::{Card, Line, lines};
use super::index::Index;
use super::twins::twin_keys;
use super::words::Words;
use super::{ClientRecord, Matcher, OrderRecord, Policy, emails, keys, names, phones};

/// Clients under one key past which it says nothing about who ordered.
pub const CROWD: usize = super::index::CROWD;

/// Which list of the index a key is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub(super) enum List {
    Email = 1,
    Mailbox,
    Tail,
    Ending,
    Start,
    Name,
    GivenBearers,
    FamilyBearers,
    OrderWord,
    OrderInitial,
    Twin,
}

/// A key under which clients are filed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Key {
    list: List,
    key: u32,
}

impl Key {
    pub(super) fn new(list: List, key: u32) -> Self {
        Self { list, key }
    }

    pub(super) fn of_text(list: List, text: &str) -> Self {
        Self::new(list, keys::hash(text.as_bytes()))
    }

    /// As it is stored: keys of two `scope`s (centres) never meet.
    pub fn stored(self, scope: u128) -> i64 {
        let scope = (scope as u64) ^ ((scope >> 64) as u64).rotate_left(17);
        let mixed = scope ^ ((self.list as u64) << 32 | u64::from(self.key));
        let mixed = (mixed ^ (mixed >> 33)).wrapping_mul(0xFF51_AFD7_ED55_8CCD);
        let mixed = (mixed ^ (mixed >> 33)).wrapping_mul(0xC4CE_B9FE_1A85_EC53);
        (mixed ^ (mixed >> 33)) as i64
    }
}

/// Everything `client` is filed under.
pub fn client_keys(client: &ClientRecord, region: &str) -> Vec<Key> {
    let card = Card::of(client, region);
    let (mut found, mut of_name) = (Vec::new(), Vec::new());
    for line in lines(card.text()) {
        match line {
            Line::Email(email) => {
                found.push(Key::of_text(List::Email, email));
                found.push(Key::of_text(List::Mailbox, mailbox(email)));
            }
            Line::Phone(number) => number_keys(number.tail, &mut found),
            Line::Person { .. } | Line::Company(_) => {
                let Some((given, family)) = line.words() else { continue };
                keys::of_client(&given, &family, &mut of_name);
                found.extend(of_name.iter().map(|key| Key::new(List::Name, *key)));
                found.extend(bearers(&given, &family));
            }
        }
    }
    found.extend(twin_keys(client, region));
    found.sort_unstable();
    found.dedup();
    found
}

fn bearers(given: &Words, family: &Words) -> [Key; 2] {
    [
        Key::new(List::GivenBearers, keys::hash(given.all().joined())),
        Key::new(List::FamilyBearers, keys::hash(family.all().joined())),
    ]
}

fn mailbox(email: &str) -> &str {
    email.split('@').next().unwrap_or_default()
}

fn number_keys(tail: u32, found: &mut Vec<Key>) {
    found.push(Key::new(List::Tail, tail));
    for len in 6..=9 {
        found.push(ending(len, tail % 10u32.pow(len)));
    }
    let text = format!("{tail:09}");
    if !text.starts_with('0') {
        found.extend((5..=8).map(|len| Key::of_text(List::Start, &text[..len])));
    }
}

fn ending(len: u32, value: u32) -> Key {
    Key::of_text(List::Ending, &format!("{len}:{value}"))
}

/// What to look an order's candidates up by.
#[derive(Debug, Clone)]
pub struct Lookup {
    email: String,
    tail: Option<u32>,
    fragment: Option<phones::Fragment>,
    name: Words,
}

impl Lookup {
    /// For `order`, its phone read in `region`.
    pub fn of(order: &OrderRecord, region: &str) -> Self {
        let typed = phones::read(&order.phone, region);
        Self {
            email: emails::read(&order.email),
            tail: typed.number.map(|number| number.tail),
            fragment: typed.fragment,
            name: names::read(&order.name),
        }
    }

    /// The exact contacts, and the names.
    pub fn first(&self) -> Vec<Key> {
        let mut found = Vec::new();
        found.extend(self.email_key());
        found.extend(self.tail_key());
        if let Some(fragment) = self.fragment {
            if fragment.end_range().is_some() {
                found.push(ending(fragment.len as u32, fragment.value));
            }
            found.push(Key::of_text(List::Start, &fragment.value.to_string()));
        }
        let mut of_name = Vec::new();
        keys::of_order(&self.name, &mut of_name);
        found.extend(of_name.into_iter().map(|key| Key::new(List::Name, key)));
        found
    }

    /// What is near a contact that led nowhere; `led` says whether a key of [`Lookup::first`] did.
    pub fn second(&self, led: impl Fn(&Key) -> bool) -> Vec<Key> {
        let mut found = Vec::new();
        if self.email_key().is_some_and(|key| !led(&key)) {
            found.push(Key::of_text(List::Mailbox, mailbox(&self.email)));
        }
        if let Some(tail) = self.tail
            && !led(&Key::new(List::Tail, tail))
        {
            found.extend(phones::neighbours(tail).map(|near| Key::new(List::Tail, near)));
        }
        found
    }

    fn email_key(&self) -> Option<Key> {
        (!self.email.is_empty()).then(|| Key::of_text(List::Email, &self.email))
    }

    fn tail_key(&self) -> Option<Key> {
        self.tail.map(|tail| Key::new(List::Tail, tail))
    }

    /// The names of which one must know how many clients bear them: those of the candidates, and
    /// every given name the order may be read to hold.
    pub fn names_to_count(&self, candidates: &[ClientRecord], region: &str) -> Vec<Key> {
        let mut found = Vec::new();
        for client in candidates {
            let card = Card::of(client, region);
            for (given, family) in lines(card.text()).filter_map(|line| line.words()) {
                found.extend(bearers(&given, &family));
            }
        }
        for from in 0..self.name.len() {
            for to in from + 1..=self.name.len() {
                let run = self.name.run(from, to).joined();
                found.push(Key::new(List::GivenBearers, keys::hash(run)));
            }
        }
        found.sort_unstable();
        found.dedup();
        found
    }
}

impl Matcher {
    /// A matcher of the `candidates` that a database found for one order. `bearers` says how many
    /// clients bear each of [`Lookup::names_to_count`], `crowded` which keys were passed over.
    pub fn of_candidates(
        candidates: &[ClientRecord],
        policy: Policy,
        bearers: &HashMap<Key, u32>,
        crowded: &HashSet<Key>,
    ) -> Self {
        let card = |client: &ClientRecord| (client.id, Card::of(client, &policy.region));
        let mut index = Index::build(candidates.iter().map(card));
        let of = |list: List| {
            let named = bearers.iter().filter(move |(key, _)| key.list == list);
            named.map(|(key, count)| (key.key, *count)).collect()
        };
        index.count_as(of(List::GivenBearers), of(List::FamilyBearers));
        for key in crowded {
            match key.list {
                List::Email => index.cut_email(key.key),
                List::Mailbox => index.cut_mailbox(key.key),
                List::Tail => index.cut_tail(key.key),
                List::Name => index.cut_name(key.key),
                _ => {}
            }
        }
        Self { index, policy }
    }
}

/// What an order is found by when a client changes: its words in alphabetical order.
pub fn words_key(name: &str) -> Option<String> {
    sorted(&names::read(name))
}

fn sorted(words: &Words) -> Option<String> {
    let mut words: Vec<String> =
        words.all().iter().map(|word| String::from_utf8_lossy(word).into_owned()).collect();
    words.sort_unstable();
    (!words.is_empty()).then(|| words.join(" "))
}

/// What an order is found by when a client changes: its number, or the piece of one it holds.
pub fn phone_key(raw: &str, region: &str) -> Option<String> {
    let typed = phones::read(raw, region);
    let number = typed.number.map(|number| format!("t{:09}", number.tail));
    number.or_else(|| typed.fragment.map(|piece| format!("f{}:{}", piece.len, piece.value)))
}

/// What the orders that `client` may have made are found by.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Traces {
    /// Values of [`words_key`].
    pub words: Vec<String>,
    /// Keys of addresses.
    pub emails: Vec<String>,
    /// Values of [`phone_key`], near ones included.
    pub phones: Vec<String>,
}

/// The traces of `client`.
pub fn traces(client: &ClientRecord, region: &str) -> Traces {
    let card = Card::of(client, region);
    let mut traces = Traces::default();
    for line in lines(card.text()) {
        match line {
            Line::Email(email) => traces.emails.push(email.to_owned()),
            Line::Phone(number) => trace_number(number.tail, &mut traces.phones),
            Line::Person { given, family } => {
                traces.words.extend(sorted(&Words::of(&format!("{given} {family}"))));
                traces.words.extend(sorted(&Words::of(family)));
            }
            Line::Company(name) => traces.words.extend(sorted(&Words::of(name))),
        }
    }
    traces
}

fn trace_number(tail: u32, found: &mut Vec<String>) {
    found.push(format!("t{tail:09}"));
    found.extend(phones::neighbours(tail).map(|near| format!("t{near:09}")));
    found.extend((6..=9).map(|len| format!("f{len}:{}", tail % 10u32.pow(len))));
    let text = format!("{tail:09}");
    if !text.starts_with('0') {
        // Up to two zeros may have been typed before the piece.
        for len in 5..=8 {
            found.extend((len..=len + 2).map(|typed| format!("f{typed}:{}", &text[..len])));
        }
    }
}

//! The clients, filed under everything an order may say of them.

use std::collections::HashMap;

use super::card::{Card, Line, lines};
use super::postings::Postings;
use super::words::Words;
use super::{ClientId, keys, phones};

/// Keys that lead to more clients than this say nothing about who ordered.
pub(super) const CROWD: usize = 64;

/// From that many clients on, sorting them is worth a thread more: to make one costs as much as
/// comparing a few.
const MANY: usize = 10_000;

/// Clients and the five lists that lead to them.
#[derive(Debug, Clone, Default)]
pub(super) struct Index {
    slots: Vec<Slot>,
    texts: String,
    by_id: HashMap<ClientId, u32>,
    emails: Postings,
    mailboxes: Postings,
    tails: Postings,
    reversed: Postings,
    names: Postings,
    /// How many clients bear a given name, by its hash.
    given_names: HashMap<u32, u32>,
    family_names: HashMap<u32, u32>,
}

#[derive(Debug, Clone, Copy)]
struct Slot {
    id: ClientId,
    at: usize,
    len: u32,
    is_present: bool,
}

impl Index {
    /// Files all `clients` at once. Of two with one id, the last stays.
    pub fn build(clients: impl Iterator<Item = (ClientId, Card)>) -> Self {
        let mut index = Self::default();
        for (id, card) in clients {
            index.forget(id);
            let slot = index.keep(id, &card);
            index.file(slot, &card, Postings::push);
        }
        let is_worth_a_thread = index.len() >= MANY;
        let Self { emails, mailboxes, tails, reversed, names, .. } = &mut index;
        let others = [emails, mailboxes, tails, reversed];
        if is_worth_a_thread {
            std::thread::scope(|scope| {
                scope.spawn(|| names.sort());
                others.into_iter().for_each(Postings::sort);
            });
        } else {
            names.sort();
            others.into_iter().for_each(Postings::sort);
        }
        index
    }

    /// Files one client, in place of the one with its id.
    pub fn put(&mut self, id: ClientId, card: &Card) {
        if self.by_id.get(&id).is_some_and(|slot| self.text(*slot) == card.text()) {
            return;
        }
        self.forget(id);
        let slot = self.keep(id, card);
        self.file(slot, card, Postings::insert);
    }

    /// Takes a client out. What it was filed under stays, and leads nowhere.
    pub fn forget(&mut self, id: ClientId) {
        let Some(slot) = self.by_id.remove(&id) else { return };
        self.slots[slot as usize].is_present = false;
        let Slot { at, len, .. } = self.slots[slot as usize];
        let text = self.texts[at..at + len as usize].to_owned();
        for (given, family) in lines(&text).filter_map(|line| line.words()) {
            self.count(&given, &family, |count| *count = count.saturating_sub(1));
        }
    }

    pub fn len(&self) -> usize {
        self.by_id.len()
    }

    fn keep(&mut self, id: ClientId, card: &Card) -> u32 {
        let slot = self.slots.len() as u32;
        let (at, len) = (self.texts.len(), card.text().len() as u32);
        self.texts.push_str(card.text());
        self.slots.push(Slot { id, at, len, is_present: true });
        self.by_id.insert(id, slot);
        slot
    }

    fn file(&mut self, slot: u32, card: &Card, add: fn(&mut Postings, u32, u32)) {
        let mut found = Vec::new();
        for line in lines(card.text()) {
            match line {
                Line::Email(email) => {
                    add(&mut self.emails, keys::hash(email.as_bytes()), slot);
                    add(&mut self.mailboxes, mailbox(email), slot);
                }
                Line::Phone(number) => {
                    add(&mut self.tails, number.tail, slot);
                    add(&mut self.reversed, phones::reversed(number.tail), slot);
                }
                Line::Person { .. } | Line::Company(_) => {
                    let Some((given, family)) = line.words() else { continue };
                    keys::of_client(&given, &family, &mut found);
                    found.iter().for_each(|key| add(&mut self.names, *key, slot));
                    self.count(&given, &family, |count| *count += 1);
                }
            }
        }
    }

    fn count(&mut self, given: &Words, family: &Words, change: impl Fn(&mut u32)) {
        change(self.given_names.entry(keys::hash(given.all().joined())).or_default());
        change(self.family_names.entry(keys::hash(family.all().joined())).or_default());
    }

    /// Takes the word of someone who knows all clients for how many bear each name.
    pub fn count_as(&mut self, given: HashMap<u32, u32>, family: HashMap<u32, u32>) {
        (self.given_names, self.family_names) = (given, family);
    }

    /// Forgets a key that is crowded among all clients, though not among these.
    pub fn cut_email(&mut self, key: u32) {
        self.emails.cut(key);
    }

    /// See [`Index::cut_email`].
    pub fn cut_mailbox(&mut self, key: u32) {
        self.mailboxes.cut(key);
    }

    /// See [`Index::cut_email`].
    pub fn cut_tail(&mut self, key: u32) {
        self.tails.cut(key);
    }

    /// See [`Index::cut_email`].
    pub fn cut_name(&mut self, key: u32) {
        self.names.cut(key);
    }

    /// How many clients bear this given name.
    pub fn given_name_count(&self, joined: &[u8]) -> u32 {
        self.given_names.get(&keys::hash(joined)).copied().unwrap_or(0)
    }

    /// How many clients bear this family name.
    pub fn family_name_count(&self, joined: &[u8]) -> u32 {
        self.family_names.get(&keys::hash(joined)).copied().unwrap_or(0)
    }

    pub fn id(&self, slot: u32) -> ClientId {
        self.slots[slot as usize].id
    }

    pub fn text(&self, slot: u32) -> &str {
        let Slot { at, len, .. } = self.slots[slot as usize];
        &self.texts[at..at + len as usize]
    }

    pub fn by_email(&self, email: &str, found: &mut Vec<u32>) {
        self.add_few(&self.emails, keys::hash(email.as_bytes()), found);
    }

    /// Clients whose address is the same up to the `@`.
    pub fn by_mailbox(&self, email: &str, found: &mut Vec<u32>) {
        self.add_few(&self.mailboxes, mailbox(email), found);
    }

    pub fn by_number(&self, tail: u32, found: &mut Vec<u32>) {
        self.add_few(&self.tails, tail, found);
    }

    pub fn by_fragment(&self, fragment: phones::Fragment, found: &mut Vec<u32>) {
        if let Some(range) = fragment.end_range() {
            self.add_range(&self.reversed, range, found);
        }
        if let Some(range) = fragment.start_range() {
            self.add_range(&self.tails, range, found);
        }
    }

    pub fn by_name(&self, key: u32, found: &mut Vec<u32>) {
        self.add_few(&self.names, key, found);
    }

    fn add_few(&self, list: &Postings, key: u32, found: &mut Vec<u32>) {
        self.add_range(list, (key, key), found);
    }

    /// Adds the clients under some keys unless they are a crowd: which of them came first in a file
    /// must not decide who is looked at.
    fn add_range(&self, list: &Postings, (low, high): (u32, u32), found: &mut Vec<u32>) {
        let (main, recent) = list.between(low, high);
        let has_gone = self.slots.len() > self.by_id.len();
        if !has_gone && main.len() + recent.len() > CROWD {
            return;
        }
        let before = found.len();
        let slots = main.iter().chain(recent).map(|pair| *pair as u32);
        let present = slots.filter(|slot| !has_gone || self.slots[*slot as usize].is_present);
        found.extend(present.take(CROWD + 1));
        if found.len() - before > CROWD {
            found.truncate(before);
        }
    }
}

fn mailbox(email: &str) -> u32 {
    keys::hash(email.split('@').next().unwrap_or_default().as_bytes())
}

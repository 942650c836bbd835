//! What leads from a client to the orders that came before them and have no client yet: the words
//! of a name. It leads to more orders than the keys do, in few steps; the keys then say which of
//! them the matcher would have weighed.

use std::collections::HashSet;

use super::card::{Card, lines};
use super::lookup::{Key, List, Lookup, client_keys};
use super::words::{Run, Words};
use super::{ClientRecord, OrderRecord, keys, names};

/// Letters from which on a word alone leads somewhere, as among the keys.
const WHOLE: usize = 3;

/// What an order is filed under by its name: each of its words, and each with the initial of
/// another.
pub fn order_words(name: &str) -> Vec<Key> {
    let words = names::read(name);
    let all: Vec<&[u8]> = words.all().iter().collect();
    let mut found: Vec<Key> = all.iter().map(|word| alone(word)).collect();
    for (place, word) in all.iter().enumerate() {
        let others = all.iter().enumerate().filter(|(other, _)| *other != place);
        found.extend(others.filter_map(|(_, other)| beside(word, *other.first()?)));
    }
    found.sort_unstable();
    found.dedup();
    found
}

fn alone(word: &[u8]) -> Key {
    Key::new(List::OrderWord, keys::hash(word))
}

fn beside(word: &[u8], initial: u8) -> Option<Key> {
    let both = [&[initial, b' '][..], word].concat();
    (word.len() > 1).then(|| Key::new(List::OrderInitial, keys::hash(&both)))
}

/// What leads to the orders of one client.
#[derive(Debug)]
pub struct SharedWords {
    /// A word of one half of the name with an initial of the other.
    pub beside: Vec<Key>,
    /// A word alone, where few orders bear it.
    pub alone: Vec<Key>,
    keys: HashSet<Key>,
}

impl SharedWords {
    /// Of `client`, whose phones are read in `region`.
    pub fn of(client: &ClientRecord, region: &str) -> Self {
        let (mut near, mut far) = (HashSet::new(), HashSet::new());
        let card = Card::of(client, region);
        for (given, family) in lines(card.text()).filter_map(|line| line.words()) {
            for (one, other) in [(&given, &family), (&family, &given)] {
                for word in spellings(one) {
                    near.extend(initials(other).filter_map(|initial| beside(word, initial)));
                    far.extend((word.len() >= WHOLE).then(|| alone(word)));
                }
            }
        }
        Self {
            beside: near.into_iter().collect(),
            alone: far.into_iter().collect(),
            keys: client_keys(client, region).into_iter().collect(),
        }
    }

    /// Whether the matcher would weigh the client for `order`.
    pub fn lead_to(&self, order: &OrderRecord, region: &str) -> bool {
        Lookup::of(order, region).first().iter().any(|key| self.keys.contains(key))
    }
}

/// Each word, and all of them as one.
fn spellings(words: &Words) -> impl Iterator<Item = &[u8]> {
    let whole: [Run<'_>; 2] = [words.all(), words.all().core()];
    words.all().iter().chain(whole.into_iter().map(Run::joined))
}

fn initials(words: &Words) -> impl Iterator<Item = u8> {
    words.all().iter().filter_map(|word| word.first().copied())
}

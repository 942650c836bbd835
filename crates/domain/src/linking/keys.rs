//! The keys under which a client's name is filed, so that one typing error still leads to it.

use super::words::{Run, Words};

/// Where FNV-1a starts.
const START: u64 = 0xCBF2_9CE4_8422_2325;

/// A hash of 32 bits: two texts under one key cost a comparison, never a wrong answer.
pub(super) fn hash(bytes: &[u8]) -> u32 {
    mix(bytes.iter().fold(START, |hash, byte| step(hash, *byte)))
}

fn step(hash: u64, byte: u8) -> u64 {
    (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01B3)
}

fn mix(hash: u64) -> u32 {
    let hash = (hash ^ (hash >> 32)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    (hash >> 32) as u32
}

/// The key of two words together, whichever comes first.
fn pair(a: u32, b: u32) -> u32 {
    mix(u64::from(a).wrapping_add(u64::from(b)) ^ 0x7061_6972)
}

/// The key of a family name with an initial.
fn with_initial(initial: u8, word: u32) -> u32 {
    mix(u64::from(word) << 8 | u64::from(initial))
}

/// The key of a word alone.
fn alone(word: u32) -> u32 {
    mix(u64::from(word) ^ 0x0061_6C6F_6E65)
}

/// The hashes of a word and of what is left of it without each of its letters: two words with one
/// typing error between them have one in common.
fn errors(word: &[u8]) -> impl Iterator<Item = u32> {
    let mut before = START;
    let without = word.iter().enumerate().map(move |(gone, byte)| {
        let left = word[gone + 1..].iter().fold(before, |hash, byte| step(hash, *byte));
        before = step(before, *byte);
        mix(left)
    });
    let letters = if word.len() >= 3 { word.len() } else { 0 };
    std::iter::once(hash(word)).chain(without.take(letters))
}

/// The keys of a pair that has at most one typing error in one of its words.
fn with_an_error(a: &[u8], b: &[u8], keys: &mut Vec<u32>) {
    if a.is_empty() || b.is_empty() {
        return;
    }
    let (whole_a, whole_b) = (hash(a), hash(b));
    keys.extend(errors(a).map(|a| pair(a, whole_b)));
    keys.extend(errors(b).skip(1).map(|b| pair(whole_a, b)));
}

/// The keys of a given and a family name, each a run of words.
fn of_runs(given: Run<'_>, family: Run<'_>, keys: &mut Vec<u32>) {
    let (first, last) = (given.first(), family.joined());
    if first.is_empty() || last.is_empty() {
        return;
    }
    let core = family.core().joined();
    if core.len() < last.len() {
        keys.push(pair(hash(first), hash(core)));
    }
    if given.len() > 1 {
        keys.push(pair(hash(given.joined()), hash(last)));
    }
    if family.len() > 1 {
        keys.extend(family.iter().map(|word| pair(hash(first), hash(word))));
    }
    keys.push(with_initial(first[0], hash(last)));
}

/// The keys under which a client is filed.
pub(super) fn of_client(given: &Words, family: &Words, keys: &mut Vec<u32>) {
    keys.clear();
    with_an_error(given.all().first(), family.all().joined(), keys);
    of_runs(given.all(), family.all(), keys);
    words_alone(given.all(), keys);
    words_alone(family.all(), keys);
    distinct(keys);
}

/// The keys under which the client of an order may be: with both names, then with one.
pub(super) fn of_order(name: &Words, keys: &mut Vec<u32>) {
    keys.clear();
    for cut in 1..name.len() {
        let (left, right) = (name.run(0, cut), name.run(cut, name.len()));
        with_an_error(left.first(), right.joined(), keys);
        if left.len() > 1 || right.len() > 1 {
            with_an_error(right.first(), left.joined(), keys);
        }
        of_runs(left, right, keys);
        of_runs(right, left, keys);
    }
    words_alone(name.all(), keys);
    distinct(keys);
}

fn words_alone(run: Run<'_>, keys: &mut Vec<u32>) {
    let words = run.iter().chain([run.joined(), run.core().joined()]);
    keys.extend(words.filter(|word| word.len() > 2).map(|word| alone(hash(word))));
}

fn distinct(keys: &mut Vec<u32>) {
    keys.sort_unstable();
    keys.dedup();
}

//! Three-character pieces as numbers, which let an ordinary index answer "contains".
//!
//! A piece is written as its first two characters and the kind of its third: one of the letters
//! and digits, a gap, the end of the line, or any other. So all pieces that begin with two given
//! characters can be named, and a search for two characters needs no pieces of its own.

/// Kinds of a third character: `a`–`z`, `0`–`9`, a gap, the end, any other.
const KINDS: i32 = 39;
const GAP: i32 = 36;
const END: i32 = 37;
const OTHER: i32 = 38;

/// What two characters of which one is other than a letter, a digit or a gap are numbered into, so
/// that every piece fits an `i32`.
const OTHER_PAIRS: u32 = 1 << 25;

/// A piece of three characters, the last of which may be the end of a line.
///
/// Two pieces may share a number, if rarely: whoever finds a text by its pieces still looks at it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Gram(pub i32);

impl Gram {
    fn new(first: char, second: char, third: Option<char>) -> Self {
        Self(pair(first, second) * KINDS + third.map_or(END, kind))
    }

    /// The pieces of a text, of which every text that holds it has one at least: itself, for three
    /// characters; those that begin with it, for two; none for another number of them.
    pub fn all_of(piece: &str) -> Vec<Self> {
        let mut characters = piece.chars();
        match [characters.next(), characters.next(), characters.next(), characters.next()] {
            [Some(first), Some(second), Some(third), None] => {
                vec![Self::new(first, second, Some(third))]
            }
            [Some(first), Some(second), None, None] => {
                let start = pair(first, second) * KINDS;
                (start..start + KINDS).map(Self).collect()
            }
            _ => Vec::new(),
        }
    }
}

fn kind(character: char) -> i32 {
    match character {
        'a'..='z' => character as i32 - 'a' as i32,
        '0'..='9' => character as i32 - '0' as i32 + 26,
        ' ' => GAP,
        _ => OTHER,
    }
}

fn pair(first: char, second: char) -> i32 {
    match (kind(first), kind(second)) {
        (OTHER, _) | (_, OTHER) => {
            // Spread by Knuth's multiplicative hashing; the usual pairs have the first numbers.
            let mixed = (first as u32).wrapping_mul(0x9E37_79B1) ^ (second as u32);
            let mixed = mixed.wrapping_mul(0x85EB_CA6B) >> 7;
            (mixed % OTHER_PAIRS) as i32
        }
        (first, second) => first * KINDS + second,
    }
}

/// The distinct pieces of each line of a folded text: what the search index stores for it. A line
/// of one character has none.
///
/// ```
/// use base::text::{Gram, grams};
/// assert_eq!(grams("awa\nd").len(), 2);
/// assert!(Gram::all_of("wa").iter().any(|gram| grams("awa").contains(gram)));
/// ```
pub fn grams(folded: &str) -> Vec<Gram> {
    let mut grams = Vec::with_capacity(folded.len());
    for line in folded.lines() {
        let mut characters = line.chars();
        let (Some(mut first), Some(mut second)) = (characters.next(), characters.next()) else {
            continue;
        };
        for third in characters {
            grams.push(Gram::new(first, second, Some(third)));
            (first, second) = (second, third);
        }
        grams.push(Gram::new(first, second, None));
    }
    grams.sort_unstable();
    grams.dedup();
    grams
}

/// The pieces that every text containing `folded_query` holds: itself for two characters, those of
/// three from three on. For one character: none, the caller scans. Having a [`Gram`] of each is
/// necessary, not sufficient: the caller still checks the text.
pub fn query_pieces(folded_query: &str) -> Vec<&str> {
    let size = if folded_query.chars().nth(2).is_some() { 3 } else { 2 };
    // Where each piece ends: the start of the character `size` places further, or the end.
    let starts = folded_query.char_indices().map(|(at, _)| at);
    let ends = starts.clone().chain([folded_query.len()]).skip(size);
    let mut pieces: Vec<&str> =
        starts.zip(ends).map(|(start, end)| &folded_query[start..end]).collect();
    pieces.sort_unstable();
    pieces.dedup();
    pieces
}

//! Two- and three-character tokens, which let an ordinary index answer "contains".

/// The distinct two- and three-character pieces of each line of a folded text, spaces included, in
/// an order of no meaning: what the search index stores for it. One character alone has none.
///
/// ```
/// assert_eq!(base::text::ngrams("awa d").iter().copied()
///     .collect::<std::collections::BTreeSet<_>>().into_iter().collect::<Vec<_>>(),
///     [" d", "a ", "a d", "aw", "awa", "wa", "wa "]);
/// ```
pub fn ngrams(folded: &str) -> Vec<&str> {
    let mut grams = Vec::with_capacity(2 * folded.len());
    for line in folded.lines() {
        windows(line, 2, &mut grams);
        windows(line, 3, &mut grams);
    }
    // Up to twelve bytes are compared as one number, which is several times faster than as text.
    let mut numbered: Vec<(u128, &str)> = grams.iter().map(|gram| (number(gram), *gram)).collect();
    numbered.sort_unstable_by_key(|(number, _)| *number);
    numbered.dedup_by_key(|(number, _)| *number);
    numbered.into_iter().map(|(_, gram)| gram).collect()
}

/// A text of at most three characters as a number of its own.
fn number(gram: &str) -> u128 {
    gram.bytes().fold(1, |number, byte| number << 8 | u128::from(byte))
}

/// The tokens that every text containing `folded_query` has among its [`ngrams`]: the pair itself
/// for two characters, the triples from three on. For one character: none, the caller scans.
/// Having them all is necessary, not sufficient: the caller still checks the text.
pub fn query_grams(folded_query: &str) -> Vec<&str> {
    let mut grams = Vec::with_capacity(folded_query.len());
    let size = if folded_query.chars().nth(2).is_some() { 3 } else { 2 };
    windows(folded_query, size, &mut grams);
    distinct(grams)
}

fn windows<'a>(text: &'a str, size: usize, into: &mut Vec<&'a str>) {
    // Where each piece ends: the start of the character `size` places further, or the end.
    let starts = text.char_indices().map(|(at, _)| at);
    let ends = starts.clone().chain([text.len()]).skip(size);
    into.extend(starts.zip(ends).map(|(start, end)| &text[start..end]));
}

fn distinct(mut grams: Vec<&str>) -> Vec<&str> {
    grams.sort_unstable();
    grams.dedup();
    grams
}

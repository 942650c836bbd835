//! Folding of text for search, comparison and sorting: the same person is found whether an agent types
//! `N'Diaye`, `N’DIAYE` or `ndiaye é`, on one engine or the other, because both sides are folded here.

mod fold;
mod grams;

pub use fold::{fold, fold_keep, sort_key};
pub use grams::{Gram, grams, query_pieces};

#[cfg(test)]
mod tests;

/// Longest address the mail system carries (RFC 5321, 4.5.3.1.3, without the angle brackets).
const EMAIL_MAX: usize = 254;
/// Longest part before the `@` (RFC 5321, 4.5.3.1.1).
const EMAIL_LOCAL_MAX: usize = 64;

/// At most two upper-case letters for an avatar: the first of the first word and of the last one.
/// Empty when the name holds no letter or digit. Accents are kept (`Élodie` gives `É`).
///
/// ```
/// assert_eq!(base::text::initials("Awa N’Diaye"), "AN");
/// ```
pub fn initials(name: &str) -> String {
    let first_letter = |word: &str| word.chars().find(|c| c.is_alphanumeric());
    let mut letters = name.split_whitespace().filter_map(first_letter);
    let first = letters.next();
    let last = letters.next_back();
    // `ß` has a two-letter capital: the first is enough.
    first.into_iter().chain(last).filter_map(|c| c.to_uppercase().next()).collect()
}

/// The decimal digits of `text` as ASCII, in order, everything else dropped. Arabic-Indic and
/// full-width digits are understood: they come with copies from phones and from some keyboards.
pub fn digits(text: &str) -> String {
    text.chars().filter_map(ascii_digit).collect()
}

/// The ASCII form of a decimal digit, or `None` when `c` is not one.
pub(crate) fn ascii_digit(c: char) -> Option<char> {
    if c.is_ascii() {
        return c.is_ascii_digit().then_some(c);
    }
    let zero = match c {
        '\u{0660}'..='\u{0669}' => 0x0660,
        '\u{06F0}'..='\u{06F9}' => 0x06F0,
        '\u{FF10}'..='\u{FF19}' => 0xFF10,
        _ => return None,
    };
    char::from_digit(u32::from(c) - zero, 10)
}

/// The form under which an e-mail address is stored for comparison: trimmed, without `mailto:` or
/// angle brackets, in lower case. `None` when it cannot be an address: exactly one `@`, a dot in the
/// domain, no space, at most 254 bytes. Whether the mailbox exists is another question.
pub fn email_key(text: &str) -> Option<String> {
    let text = text.trim();
    let text = text.strip_prefix("mailto:").unwrap_or(text);
    let text = text.strip_prefix('<').and_then(|t| t.strip_suffix('>')).unwrap_or(text);
    let (local, domain) = text.split_once('@')?;
    if !is_local_part(local) || !is_domain(domain) {
        return None;
    }
    let key = text.to_lowercase();
    (key.len() <= EMAIL_MAX).then_some(key)
}

fn is_local_part(local: &str) -> bool {
    let allowed = |c: char| c.is_alphanumeric() || "!#$%&'*+/=?^_`{|}~.-".contains(c);
    (1..=EMAIL_LOCAL_MAX).contains(&local.len())
        && local.chars().all(allowed)
        && !local.starts_with('.')
        && !local.ends_with('.')
        && !local.contains("..")
}

fn is_domain(domain: &str) -> bool {
    let is_label = |label: &str| {
        (1..=63).contains(&label.len())
            && label.chars().all(|c| c.is_alphanumeric() || c == '-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    let Some((_, top)) = domain.rsplit_once('.') else { return false };
    domain.split('.').all(is_label)
        && top.chars().count() >= 2
        && !top.chars().all(char::is_numeric)
}

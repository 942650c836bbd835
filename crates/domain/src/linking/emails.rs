//! What an e-mail field says, and how two addresses can be one address mistyped.

use super::distance::within;

/// An address for comparison: lower case, no space anywhere. Empty when it has no `@`.
pub(super) fn read(raw: &str) -> String {
    let joined: String = raw.chars().filter(|c| !c.is_whitespace()).collect();
    base::text::email_key(&joined).unwrap_or_default()
}

/// Whether `typed` can be `known` mistyped: the domain (`gmial.com`, `gmail.fr`), or one letter of the
/// mailbox. A digit or a separator more or less is no slip: `f.diop` and `fdiop`, `fdiop1` and
/// `fdiop2` are different people's.
pub(super) fn is_slip(typed: &str, known: &str) -> bool {
    let (Some((local, domain)), Some((known_local, known_domain))) =
        (typed.split_once('@'), known.split_once('@'))
    else {
        return false;
    };
    if local == known_local {
        return domain != known_domain && is_domain_slip(local, domain, known_domain);
    }
    let others =
        |text: &str| -> Vec<u8> { text.bytes().filter(|b| !b.is_ascii_alphabetic()).collect() };
    domain == known_domain
        && known_local.len() >= 5
        && within(local.as_bytes(), known_local.as_bytes(), 1).is_some()
        && others(local) == others(known_local)
}

/// A name of a provider mistyped, or its ending (`.fr` for `.com`): with the ending alone the
/// mailbox name must hold a number, since `fatou.diop` exists at both.
fn is_domain_slip(local: &str, domain: &str, known: &str) -> bool {
    let (Some((name, top)), Some((known_name, known_top))) =
        (domain.rsplit_once('.'), known.rsplit_once('.'))
    else {
        return false;
    };
    if name == known_name {
        let is_usual = matches!(domain, "gmail.fr" | "icloud.fr");
        return is_usual || local.bytes().filter(u8::is_ascii_digit).count() >= 2;
    }
    let near = |a: &str, b: &str| within(a.as_bytes(), b.as_bytes(), 1).is_some();
    near(name, known_name) && name.len() > 3 && (top == known_top || near(top, known_top))
}

/// Whose name the mailbox of an address spells, when it spells one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Spelling {
    /// No name to be recognised.
    Nobody,
    /// Given and family names of the client (`awa.diop12`).
    Client,
    /// The client's family name with another given name (`moussa.diop`).
    Relative,
}

/// Reads the mailbox of `email` against a client's names, each in one word.
pub(super) fn spelling(email: &str, given: &[u8], family: &[u8]) -> Spelling {
    match beside_family(email, family) {
        None => Spelling::Nobody,
        Some(letters) if given.len() >= 3 && letters == given => Spelling::Client,
        Some(_) => Spelling::Relative,
    }
}

/// Whether a client's own address spells a relative: it is the household's. `jean.faye` may be
/// Jean-Pierre Faye's.
pub(super) fn is_of_household(email: &str, given: &[u8], family: &[u8]) -> bool {
    beside_family(email, family)
        .is_some_and(|letters| !given.starts_with(&letters) && !letters.starts_with(given))
}

/// The letters that stand beside the family name in a mailbox, when they can be a given name.
fn beside_family(email: &str, family: &[u8]) -> Option<Vec<u8>> {
    let mailbox = email.split('@').next().unwrap_or_default();
    let mut letters: Vec<u8> = mailbox.bytes().filter(u8::is_ascii_alphabetic).collect();
    let is_found = family.len() >= 2 && remove(&mut letters, family);
    (is_found && letters.len() >= 3).then_some(letters)
}

/// Takes `word` off the end or the start of `letters`.
fn remove(letters: &mut Vec<u8>, word: &[u8]) -> bool {
    if letters.ends_with(word) {
        letters.truncate(letters.len() - word.len());
    } else if letters.starts_with(word) {
        letters.drain(..word.len());
    } else {
        return false;
    }
    true
}

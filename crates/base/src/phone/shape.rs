//! From what is typed to what is dialled: digits, and whether they start with a country code.

use super::PhoneError;
use crate::text::ascii_digit;

/// No plan has more than 15 digits (E.164, 6.1); `00`, a country code and `(0)` may come on top.
const MAX_DIGITS: usize = 20;
/// The shortest text that may hold a complete number, and so a second one after a `/`.
const COMPLETE: usize = 8;

/// The digits someone would dial.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Dialled {
    buffer: [u8; MAX_DIGITS],
    len: usize,
    /// Starts with a country code (`+` was typed; `00` is left to the reader, who knows the region).
    pub international: bool,
}

impl Dialled {
    fn empty() -> Self {
        Self { buffer: [0; MAX_DIGITS], len: 0, international: false }
    }

    fn push(&mut self, digit: char) -> Result<(), PhoneError> {
        let slot = self.buffer.get_mut(self.len).ok_or(PhoneError::TooLong)?;
        *slot = digit as u8;
        self.len += 1;
        Ok(())
    }

    /// ASCII digits.
    pub fn digits(&self) -> &str {
        // Only ASCII digits are ever pushed, so the default is never taken.
        std::str::from_utf8(&self.buffer[..self.len]).unwrap_or_default()
    }
}

/// The digits of `raw`; `None` when it is a filler.
pub(super) fn digits_of(raw: &str) -> Result<Option<Dialled>, PhoneError> {
    let text = undo_spreadsheet(raw)?;
    let dialled = match collect(text) {
        Ok(dialled) => dialled,
        Err(PhoneError::NotANumber) if is_filler_word(text) => return Ok(None),
        // A row of a hundred zeros is a filler too.
        Err(PhoneError::TooLong) if is_one_digit_repeated(text) => return Ok(None),
        Err(error) => return Err(error),
    };
    let digits = dialled.digits();
    let filler = is_one_digit_repeated(digits) || is_counting(digits);
    Ok((!filler).then_some(dialled))
}

/// Without what a spreadsheet or a link adds: `'0612…`, `612345678.0`, `tel:+33…`.
fn undo_spreadsheet(raw: &str) -> Result<&str, PhoneError> {
    let text = raw.trim_matches(|c: char| c.is_whitespace() || is_invisible(c));
    let text = text.trim_start_matches(['\'', '’', '`']).trim_start();
    let text = strip_prefix_ignoring_case(text, "tel:").unwrap_or(text);
    let is_digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    if let Some((number, zeros)) = text.rsplit_once(['.', ',']) {
        let number = number.strip_prefix('+').unwrap_or(number);
        if matches!(zeros, "0" | "00") && number.len() >= COMPLETE && is_digits(number) {
            return Ok(number);
        }
    }
    if let Some((mantissa, power)) = text.split_once(['e', 'E']) {
        let mantissa = mantissa.replace(['.', ','], "");
        if is_digits(&mantissa) && is_digits(power.strip_prefix('+').unwrap_or(power)) {
            return Err(PhoneError::Rounded);
        }
    }
    Ok(text)
}

fn strip_prefix_ignoring_case<'a>(text: &'a str, prefix: &str) -> Option<&'a str> {
    let start = text.get(..prefix.len())?;
    start.eq_ignore_ascii_case(prefix).then(|| text.get(prefix.len()..)).flatten()
}

fn collect(text: &str) -> Result<Dialled, PhoneError> {
    let mut dialled = Dialled::empty();
    let mut chars = text.char_indices();
    while let Some((at, c)) = chars.next() {
        if let Some(digit) = ascii_digit(c) {
            dialled.push(digit)?;
            continue;
        }
        match c {
            '+' | '＋' if dialled.len == 0 && !dialled.international => {
                dialled.international = true
            }
            // `+33(0)6`: the zero is dialled inside the country only.
            '(' if text[at..].starts_with("(0)") && dialled.len > 0 => {
                chars.nth(1);
            }
            '/' | ';' | ',' | '|' | '\n' if is_second_number(&text[at..], &dialled) => break,
            _ if is_separator(c) || is_invisible(c) => {}
            _ if dialled.len >= COMPLETE && is_extension(&text[at..]) => break,
            _ => return Err(PhoneError::NotANumber),
        }
    }
    Ok(dialled)
}

fn is_separator(c: char) -> bool {
    c.is_whitespace()
        || matches!(c, '.' | '-' | '(' | ')' | '/' | '_' | ';' | ',' | '|' | '·' | '•' | '*' | '?')
        || matches!(c, '\u{2010}'..='\u{2015}' | '\u{2212}')
}

/// Direction marks and zero-width characters that come with copies from contact cards.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{2069}' | '\u{FEFF}')
}

fn is_second_number(rest: &str, before: &Dialled) -> bool {
    let after = rest.chars().filter(|c| c.is_ascii_digit()).count();
    before.len >= COMPLETE && after >= COMPLETE
}

/// `poste 12`, `ext. 3`, `x12` after a complete number: the switchboard is what we keep.
fn is_extension(rest: &str) -> bool {
    ["poste", "ext", "x", "#", "ou ", "et "]
        .iter()
        .any(|word| strip_prefix_ignoring_case(rest, word).is_some())
}

/// What people write in a field they must fill. Compared after folding.
fn is_filler_word(text: &str) -> bool {
    const WORDS: [&str; 29] = [
        "n a",
        "na",
        "nc",
        "n c",
        "nr",
        "n r",
        "ns",
        "inconnu",
        "inconnue",
        "unknown",
        "aucun",
        "aucune",
        "none",
        "null",
        "nil",
        "neant",
        "vide",
        "sans",
        "pas de telephone",
        "pas de numero",
        "absent",
        "non renseigne",
        "non communique",
        "rien",
        "no",
        "non",
        "tel",
        "nan",
        "undefined",
    ];
    let folded = crate::text::fold(text);
    let is_crosses = folded.chars().all(|c| matches!(c, 'x' | ' '));
    is_crosses || WORDS.contains(&folded.as_str())
}

fn is_one_digit_repeated(text: &str) -> bool {
    let mut digits = text.bytes().filter(u8::is_ascii_digit);
    let Some(first) = digits.next() else { return true };
    digits.all(|digit| digit == first)
}

/// `1234567890`, `12345678`: typed with one finger along the keyboard. `0123456789` is left alone,
/// since French numbers in 01 23 exist and the plan's own example is that one.
fn is_counting(digits: &str) -> bool {
    digits.len() >= 6 && "12345678901234567890".starts_with(digits)
}

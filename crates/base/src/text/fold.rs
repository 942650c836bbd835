//! The folding itself: one pass over the characters, with a shorter road for ASCII.

use unicode_normalization::char::{decompose_compatible, is_combining_mark};

/// Lower case, accents and ligatures undone, every run of punctuation and spaces made one space,
/// trimmed. `fold(fold(x)) == fold(x)`.
///
/// ```
/// assert_eq!(base::text::fold("  L’Œuvre d'Élodie—N’DIAYE "), "l oeuvre d elodie n diaye");
/// ```
pub fn fold(text: &str) -> String {
    fold_with(text, |_| false)
}

/// Like [`fold`], but the characters an e-mail address is made of (`@ . _ + -`) stay, so that
/// addresses can be searched by their parts. Typographic hyphens become `-`.
pub fn fold_keep(text: &str) -> String {
    fold_with(text, |c| matches!(c, '@' | '.' | '_' | '+' | '-'))
}

/// A key whose byte order is the alphabetical order of a French list: case, accents, ligatures and
/// punctuation do not count (`Eloi`, `Élodie`, `Emma` come in the order Élodie, Eloi, Emma). Names
/// that differ only by those have the same key; the caller's id makes the order total.
pub fn sort_key(text: &str) -> String {
    fold(text)
}

fn fold_with(text: &str, keep: impl Fn(char) -> bool) -> String {
    let mut out = Folded { text: String::with_capacity(text.len()), gap: false, keep };
    for c in text.chars() {
        if c.is_ascii() {
            out.push_ascii(c.to_ascii_lowercase());
        } else {
            out.push_other(c);
        }
    }
    out.text
}

/// The folded text so far. A gap is written only once a letter follows it, which trims both ends.
struct Folded<K> {
    text: String,
    gap: bool,
    keep: K,
}

impl<K: Fn(char) -> bool> Folded<K> {
    fn push_ascii(&mut self, c: char) {
        if c.is_ascii_alphanumeric() || (self.keep)(c) {
            self.push(c);
        } else {
            self.gap = true;
        }
    }

    fn push_other(&mut self, c: char) {
        for lower in c.to_lowercase() {
            // Decomposing may give back capitals (`℡` is `TEL`), hence the second lowering.
            decompose_compatible(lower, |part| {
                for part in part.to_lowercase() {
                    self.push_part(part);
                }
            });
        }
    }

    fn push_part(&mut self, c: char) {
        if c.is_ascii() {
            return self.push_ascii(c);
        }
        if let Some(letters) = undone(c) {
            return letters.chars().for_each(|c| self.push(c));
        }
        match c {
            '\u{2010}'..='\u{2015}' | '\u{2212}' => self.push_ascii('-'),
            // Apostrophes and other modifier letters count as letters in Unicode, not in names.
            '\u{02B0}'..='\u{02FF}' => self.gap = true,
            // Soft hyphen, zero-width and direction marks are invisible: they separate nothing.
            '\u{00AD}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' => {}
            '\u{2060}'..='\u{2064}' | '\u{FEFF}' => {}
            _ if is_combining_mark(c) => {}
            _ if c.is_alphanumeric() => self.push(c),
            _ => self.gap = true,
        }
    }

    fn push(&mut self, c: char) {
        if self.gap && !self.text.is_empty() {
            self.text.push(' ');
        }
        self.gap = false;
        self.text.push(c);
    }
}

/// Letters that Unicode does not decompose, as someone without them on the keyboard types them:
/// ligatures, Nordic and Slavic strokes, and the Latin letters of West African languages.
fn undone(c: char) -> Option<&'static str> {
    Some(match c {
        'œ' => "oe",
        'æ' => "ae",
        'ß' => "ss",
        'þ' => "th",
        'ø' | 'ɔ' => "o",
        'đ' | 'ð' | 'ɗ' => "d",
        'ł' => "l",
        'ħ' => "h",
        'ŧ' => "t",
        'ı' => "i",
        'ŋ' | 'ɲ' => "n",
        'ɓ' => "b",
        'ɛ' | 'ǝ' | 'ə' => "e",
        'ƙ' => "k",
        'ƴ' => "y",
        'ɣ' => "g",
        'ς' => "σ",
        _ => return None,
    })
}

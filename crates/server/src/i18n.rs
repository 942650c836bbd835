//! Sentences, in the user's language. Code and templates hold keys; `locales/{fr,en}` hold text.

use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::HashMap;

use fluent_templates::fluent_bundle::FluentValue;
use fluent_templates::{LanguageIdentifier, Loader as _, langid, static_loader};
use rustc_hash::FxHashMap;

static_loader! {
    static LOCALES = {
        locales: "./locales",
        fallback_language: "fr",
        customise: |bundle| {
            // Direction marks around arguments would end up in mails, exports and tests.
            bundle.set_use_isolating(false);
            let is_french = bundle.locales.first().is_some_and(|one| one.language == "fr");
            bundle.set_formatter(Some(if is_french { in_french } else { in_english }));
        },
    };
}

/// How Fluent writes a number among French words.
fn in_french<M>(value: &FluentValue, _: &M) -> Option<String> {
    grouped(Language::Fr, value)
}

/// The same among English ones.
fn in_english<M>(value: &FluentValue, _: &M) -> Option<String> {
    grouped(Language::En, value)
}

fn grouped(language: Language, value: &FluentValue) -> Option<String> {
    let FluentValue::Number(number) = value else { return None };
    number.as_string().parse().ok().map(|whole| language.number(whole))
}

thread_local! {
    /// Sentences without arguments, once looked up: a page says the same ones on every row.
    static SAID: RefCell<[FxHashMap<String, String>; 2]> = RefCell::default();
    /// What stands before and after the one name of a sentence, likewise.
    static AROUND: RefCell<[FxHashMap<String, (String, String)>; 2]> = RefCell::default();
}

/// A language of the interface.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Language {
    /// French.
    #[default]
    Fr,
    /// English.
    En,
}

static FR: LanguageIdentifier = langid!("fr");
static EN: LanguageIdentifier = langid!("en");

impl Language {
    /// `fr` or `en`.
    pub fn code(self) -> &'static str {
        match self {
            Self::Fr => "fr",
            Self::En => "en",
        }
    }

    /// The language of that code; French for any other.
    pub fn parse(code: &str) -> Self {
        if code.starts_with("en") { Self::En } else { Self::Fr }
    }

    /// What an `Accept-Language` header prefers among ours: the first of them it names.
    pub fn accepted(header: &str) -> Self {
        header
            .split(',')
            .map(|part| part.trim().to_ascii_lowercase())
            .find(|part| part.starts_with("fr") || part.starts_with("en"))
            .map_or(Self::Fr, |part| Self::parse(&part))
    }

    /// `12 480` in French (no-break spaces), `12,480` in English.
    pub fn number(self, value: i64) -> String {
        let separator = match self {
            // Inter draws the narrow U+202F almost invisibly.
            Self::Fr => '\u{a0}',
            Self::En => ',',
        };
        group(value, separator)
    }

    /// The sentence of `key`. A missing one shows as its key, and a test finds it.
    pub fn t(self, key: &str) -> String {
        SAID.with_borrow_mut(|said| {
            let said = &mut said[self as usize];
            if let Some(sentence) = said.get(key) {
                return sentence.clone();
            }
            let Some(sentence) = LOCALES.try_lookup(self.id(), key) else { return key.to_owned() };
            said.insert(key.to_owned(), sentence.clone());
            sentence
        })
    }

    /// The sentence of `key` with a `name` in it, which it says as it is, once, whatever it is: what
    /// a list says of each row.
    pub fn t_named(self, key: &str, name: &str) -> String {
        const PLACE: &str = "\u{e000}";
        AROUND.with_borrow_mut(|around| {
            let around = &mut around[self as usize];
            if !around.contains_key(key) {
                let sentence = self.t_with(key, &[("name", PLACE.into())]);
                let (before, after) = sentence.split_once(PLACE).unwrap_or((&sentence, ""));
                around.insert(key.to_owned(), (before.to_owned(), after.to_owned()));
            }
            let (before, after) = &around[key];
            [before, name, after].concat()
        })
    }

    /// The sentence of `key` with arguments.
    pub fn t_with(self, key: &str, args: &[(&'static str, FluentValue<'static>)]) -> String {
        let args: HashMap<Cow<'static, str>, FluentValue<'static>> =
            args.iter().map(|(name, value)| (Cow::Borrowed(*name), value.clone())).collect();
        LOCALES.try_lookup_with_args(self.id(), key, &args).unwrap_or_else(|| key.to_owned())
    }

    /// Whether `key` has a sentence in this very language.
    pub fn has(self, key: &str) -> bool {
        LOCALES.try_lookup(self.id(), key).is_some()
    }

    fn id(self) -> &'static LanguageIdentifier {
        match self {
            Self::Fr => &FR,
            Self::En => &EN,
        }
    }
}

/// What a sentence can carry. Templates pass references, so those count too.
pub trait Argument {
    /// The value as Fluent wants it.
    fn to_fluent(&self) -> FluentValue<'static>;
}

impl Argument for str {
    fn to_fluent(&self) -> FluentValue<'static> {
        self.to_owned().into()
    }
}

impl Argument for FluentValue<'static> {
    fn to_fluent(&self) -> FluentValue<'static> {
        self.clone()
    }
}

impl<T: Argument + ?Sized> Argument for &T {
    fn to_fluent(&self) -> FluentValue<'static> {
        (**self).to_fluent()
    }
}

macro_rules! argument {
    ($($kind:ty),+) => {
        $(impl Argument for $kind {
            fn to_fluent(&self) -> FluentValue<'static> {
                self.clone().into()
            }
        })+
    };
}

argument!(String, i32, i64, u32, u64, usize);

fn group(value: i64, separator: char) -> String {
    let digits = value.unsigned_abs().to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3 * 3 + 1);
    if value < 0 {
        text.push('-');
    }
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(separator);
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use fluent_templates::fluent_bundle::FluentValue;

    use super::{Language, group};

    #[test]
    fn thousands_are_grouped() {
        assert_eq!(group(12_480, ' '), "12 480");
        assert_eq!(group(-1_000_000, ','), "-1,000,000");
        assert_eq!(group(999, ' '), "999");
    }

    #[test]
    fn sentences_group_the_numbers_they_carry_and_leave_text_alone() {
        let said = |language: Language, count: FluentValue<'static>| {
            language.t_with("journal-whole", &[("count", count)])
        };
        assert!(said(Language::Fr, 5_000.into()).contains("5\u{a0}000"));
        assert!(said(Language::En, 5_000.into()).contains("5,000"));
        assert!(said(Language::Fr, "5000".into()).contains("5000"));
        assert!(said(Language::Fr, 1.into()).contains(" 1 "));
    }
}

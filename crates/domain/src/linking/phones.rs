//! What a phone field says, in a form that can be compared whatever the country it was typed in.

use base::phone;
use base::text::digits;

/// Digits compared: those of a significant number in France and Senegal, and all but the leading
/// zero of one in Ivory Coast. A file of three countries rarely says which one a number is of.
const COMPARED: usize = 9;
/// Fewer digits than this are shared by too many people to say anything.
const FRAGMENT_MIN: usize = 6;
/// Country codes read without a `+`, as contact lists often hold them.
const CODES: [&str; 4] = ["33", "221", "225", "212"];

/// A complete number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Number {
    /// The last nine digits.
    pub tail: u32,
    /// The country code when it was written; 0 when it was not.
    pub country: u32,
}

impl Number {
    /// The same line: the same digits, and no two different countries.
    pub fn same(self, other: Self) -> bool {
        self.tail == other.tail
            && (self.country == other.country || self.country == 0 || other.country == 0)
    }
}

/// The digits someone left of a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Fragment {
    pub value: u32,
    pub len: usize,
}

/// What a phone field holds: a complete number, a piece of one, or (eight digits in Ivory Coast)
/// perhaps either.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Typed {
    pub number: Option<Number>,
    pub fragment: Option<Fragment>,
}

/// Reads a phone field as typed by someone in `region`. Fillers hold nothing.
pub(super) fn read(raw: &str, region: &str) -> Typed {
    if raw.trim().is_empty() {
        return Typed::default();
    }
    let parsed = match phone::parse(raw, region) {
        Ok(parsed) => match parsed.e164 {
            None => return Typed::default(),
            e164 => e164,
        },
        Err(_) => None,
    };
    let typed = digits(raw);
    let number = match parsed {
        Some(e164) => number_of(&e164[1..], country_typed(raw, &typed)),
        None => number_of(&typed, 0),
    };
    Typed { number, fragment: fragment_of(raw, &typed) }
}

fn number_of(digits: &str, country: u32) -> Option<Number> {
    let tail = digits.get(digits.len().checked_sub(COMPARED)?..)?;
    Some(Number { tail: tail.parse().ok()?, country })
}

/// The country code, if the number was typed with one.
fn country_typed(raw: &str, typed: &str) -> u32 {
    let rest = typed.strip_prefix("00").unwrap_or(typed);
    let international = raw.contains('+') || rest.len() < typed.len();
    let code = CODES.iter().find(|code| {
        let Some(national) = rest.strip_prefix(**code) else { return false };
        international || national.len() >= COMPARED
    });
    code.and_then(|code| code.parse().ok()).unwrap_or(0)
}

/// Six to eight digits, or more when a leading zero shows that the end was cut.
fn fragment_of(raw: &str, typed: &str) -> Option<Fragment> {
    let cut = typed.strip_prefix("00").or(typed.strip_prefix('0')).unwrap_or(typed);
    let is_piece = typed.len() < COMPARED || cut.len() < COMPARED;
    if !is_piece || raw.contains('+') || cut.len() > 8 || typed.len() < FRAGMENT_MIN {
        return None;
    }
    Some(Fragment { value: typed.parse().ok()?, len: typed.len() })
}

impl Fragment {
    /// Whether `tail` ends with this piece, or starts with it once its leading zero is put aside.
    pub fn is_of(self, tail: u32) -> bool {
        self.ends(tail) || self.starts(tail)
    }

    pub fn ends(self, tail: u32) -> bool {
        self.len <= COMPARED && tail % 10u32.pow(self.len as u32) == self.value
    }

    pub fn starts(self, tail: u32) -> bool {
        let range = self.start_range();
        range.is_some_and(|(low, high)| (low..=high).contains(&tail))
    }

    /// The complete numbers that start with this piece, as an inclusive range.
    pub fn start_range(self) -> Option<(u32, u32)> {
        let significant = self.value.checked_ilog10()? as usize + 1;
        let missing = COMPARED.checked_sub(significant)?;
        let scale = 10u32.pow(missing as u32);
        (significant + 1 >= FRAGMENT_MIN && missing > 0)
            .then(|| (self.value * scale, self.value * scale + (scale - 1)))
    }

    /// The reversed complete numbers whose end is this piece, as an inclusive range.
    pub fn end_range(self) -> Option<(u32, u32)> {
        let missing = COMPARED.checked_sub(self.len)?;
        let mut reversed = 0;
        let mut rest = self.value;
        for _ in 0..self.len {
            reversed = reversed * 10 + rest % 10;
            rest /= 10;
        }
        let scale = 10u32.pow(missing as u32);
        Some((reversed * scale, reversed * scale + (scale - 1)))
    }
}

/// The nine digits read backwards, so that the numbers with one ending stand together.
pub(super) fn reversed(tail: u32) -> u32 {
    let mut out = 0;
    let mut rest = tail;
    for _ in 0..COMPARED {
        out = out * 10 + rest % 10;
        rest /= 10;
    }
    out
}

/// Whether one digit differs, or two neighbours are swapped.
pub(super) fn is_near(a: u32, b: u32) -> bool {
    a != b && neighbours(a).any(|near| near == b)
}

/// Every number that is one wrong digit or one swap of neighbours away.
pub(super) fn neighbours(tail: u32) -> impl Iterator<Item = u32> {
    let powers = (0..COMPARED as u32).map(|place| 10u32.pow(place));
    let others = powers.clone().flat_map(move |power| {
        let digit = tail / power % 10;
        let rest = tail - digit * power;
        (0..10).filter(move |d| *d != digit).map(move |d| rest + d * power)
    });
    let swaps = powers.take(COMPARED - 1).filter_map(move |power| {
        let (low, high) = (tail / power % 10, tail / (power * 10) % 10);
        let rest = tail - low * power - high * power * 10;
        (low != high).then_some(rest + high * power + low * power * 10)
    });
    others.chain(swaps)
}

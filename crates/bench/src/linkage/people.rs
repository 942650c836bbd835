//! People and what they order, of the kind that `linkage-dev` holds (its README gives the rates):
//! each is a function of a number, so that a million need no memory and are always the same.

use super::names::Lists;

/// Three in a row may be a family.
const HOUSEHOLD: u64 = 3;

/// A client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// Given name.
    pub first: String,
    /// Family name, with its particle.
    pub last: String,
    /// Address; empty for one in ten.
    pub email: String,
    /// Number in E.164; empty for one in sixteen.
    pub phone: String,
}

/// An order's own words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bought {
    /// The name on it.
    pub name: String,
    /// The address on it.
    pub email: String,
    /// The number on it.
    pub phone: String,
}

/// All people and their orders.
pub struct World {
    lists: Lists,
    /// Clients are the people before this number; the others only order.
    clients: u64,
}

/// Chance from a number: SplitMix64, <https://prng.di.unimi.it/splitmix64.c>.
#[derive(Clone, Copy, Debug)]
pub(super) struct Dice(u64);

impl Dice {
    pub fn new(seed: u64, salt: u64) -> Self {
        let mut dice = Self(seed.wrapping_mul(0xD129_0DDB_53C4_3E49) ^ salt << 56);
        dice.roll();
        dice
    }

    pub fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    pub fn below(&mut self, limit: u64) -> u64 {
        self.roll() % limit.max(1)
    }

    fn percent(&mut self, share: u64) -> bool {
        self.below(100) < share
    }

    /// One of a list, its first ones more often.
    fn common<'a>(&mut self, list: &[&'a str]) -> &'a str {
        let len = list.len() as u64;
        let at = self.below(len).min(self.below(len));
        list.get(usize::try_from(at).unwrap_or(0)).copied().unwrap_or_default()
    }

    fn any<'a>(&mut self, list: &[&'a str]) -> &'a str {
        let at = self.below(list.len() as u64);
        list.get(usize::try_from(at).unwrap_or(0)).copied().unwrap_or_default()
    }
}

impl World {
    /// With that many clients.
    pub fn of(clients: u64) -> Self {
        Self { lists: Lists::new(), clients }
    }

    /// Person number `n`.
    pub fn person(&self, n: u64) -> Person {
        let mut dice = Dice::new(n, 1);
        let mut house = Dice::new(n / HOUSEHOLD, 2);
        let is_family = house.percent(9);
        let side = usize::from(if is_family { house.percent(40) } else { dice.percent(40) });
        let mut first = dice.common(&self.lists.given[side]).to_owned();
        if side == 0 && dice.percent(4) {
            first = format!("{first}-{}", dice.any(&self.lists.given[0]));
        }
        let last = self.family_name(side, if is_family { &mut house } else { &mut dice });
        let shared = is_family && house.percent(30);
        let email = match (shared, dice.percent(90)) {
            (true, _) => format!("famille.{}@orange.fr", letters(&last) + &tail(n / HOUSEHOLD)),
            (_, true) => email(&first, &last, n, &mut dice),
            _ => String::new(),
        };
        let phone = if is_family { phone(side, &mut house) } else { phone(side, &mut dice) };
        let phone = if is_family || dice.percent(94) { phone } else { String::new() };
        Person { first, last, email, phone }
    }

    fn family_name(&self, side: usize, dice: &mut Dice) -> String {
        let name = if side == 0 && dice.percent(50) {
            format!("{}{}", dice.any(&self.lists.stems), dice.any(&self.lists.endings))
        } else {
            dice.common(&self.lists.family[side]).to_owned()
        };
        if side == 0 && dice.percent(6) {
            let particle = dice.any(&self.lists.particles).replace('-', " ");
            return format!("{particle} {name}");
        }
        name
    }

    /// Order number `n`, and whose it is when it is a client's.
    pub fn order(&self, n: u64) -> (Bought, Option<u64>) {
        let mut dice = Dice::new(n, 3);
        let client = dice.below(self.clients);
        if dice.percent(80) {
            return (self.as_typed(&self.person(client), &mut dice), Some(client));
        }
        let mut stranger = self.person(self.clients + n);
        let known = self.person(client);
        match dice.below(100) {
            0..14 => (stranger.first, stranger.last) = (known.first, known.last),
            14..23 => (stranger.last, stranger.phone) = (known.last, known.phone),
            23..30 => stranger.phone = known.phone,
            30..33 => (stranger.last, stranger.email) = (known.last, known.email),
            33..38 => {
                (stranger.first, stranger.last) = (known.first, mistyped(&known.last, &mut dice))
            }
            _ => {}
        }
        (self.as_typed(&stranger, &mut dice), None)
    }

    fn as_typed(&self, who: &Person, dice: &mut Dice) -> Bought {
        Bought {
            name: name_typed(who, dice),
            email: self.email_typed(who, dice),
            phone: self.phone_typed(who, dice),
        }
    }

    fn email_typed(&self, who: &Person, dice: &mut Dice) -> String {
        if who.email.is_empty() || dice.percent(35) {
            return String::new();
        }
        let text = match dice.below(100) {
            0..9 => email(&who.first, &who.last, dice.below(1 << 40), dice),
            9..12 => mistyped(&who.email, dice),
            12 => self.person(dice.below(self.clients)).email,
            _ => who.email.clone(),
        };
        if dice.percent(30) { text.to_uppercase() } else { text }
    }

    fn phone_typed(&self, who: &Person, dice: &mut Dice) -> String {
        if who.phone.is_empty() || dice.percent(25) {
            return String::new();
        }
        let number = match dice.below(1000) {
            0..20 => return dice.any(&["0", "n/a", "0000000000", "-"]).to_owned(),
            20..55 => wrong_digit(&who.phone, dice),
            55..61 => self.person(dice.below(self.clients)).phone,
            61..120 => phone(usize::from(dice.percent(40)), dice),
            120..150 => {
                let from = who.phone.len().saturating_sub(8);
                return who.phone.get(from..).unwrap_or_default().to_owned();
            }
            _ => who.phone.clone(),
        };
        in_some_format(&number, dice)
    }
}

fn name_typed(who: &Person, dice: &mut Dice) -> String {
    let (mut first, mut last) = (who.first.clone(), who.last.clone());
    match dice.below(1000) {
        0..70 => first = mistyped(&first, dice),
        70..140 => last = mistyped(&last, dice),
        140..155 => last = dice.any(&["Martin", "Petit", "Diop", "Kouassi", "Haddad"]).to_owned(),
        155..195 => first = first.chars().take(1).collect(),
        195..215 => first.clear(),
        215..225 => return String::new(),
        _ => {}
    }
    if dice.percent(35) {
        last = last.replace(['\'', ' '], "");
    }
    if dice.percent(10) {
        first = first.split('-').next().unwrap_or_default().to_owned();
    }
    if dice.percent(15) {
        last = last.to_uppercase();
    }
    let mut name = match dice.percent(12) {
        true => format!("{last} {first}"),
        false => format!("{first} {last}"),
    };
    if dice.percent(30) {
        name = plain(&name);
    }
    if dice.percent(12) {
        name = format!("{} {name}", dice.any(&["M.", "Mme", "Mlle", "Dr", "Monsieur"]));
    }
    name.trim().to_owned()
}

/// A letter doubled, dropped, swapped with the next or replaced.
fn mistyped(text: &str, dice: &mut Dice) -> String {
    let mut letters: Vec<char> = text.chars().collect();
    let stop = letters.iter().position(|c| *c == '@').unwrap_or(letters.len());
    if stop < 4 {
        return text.to_owned();
    }
    let at = 1 + usize::try_from(dice.below(stop as u64 - 2)).unwrap_or(0);
    match dice.below(4) {
        0 => letters.insert(at, letters[at]),
        1 => drop(letters.remove(at)),
        2 => letters.swap(at, at - 1),
        _ => letters[at] = char::from(b'a' + u8::try_from(dice.below(26)).unwrap_or(0)),
    }
    letters.into_iter().collect()
}

fn wrong_digit(number: &str, dice: &mut Dice) -> String {
    let mut digits: Vec<char> = number.chars().collect();
    let at = digits.len() - 1 - usize::try_from(dice.below(6)).unwrap_or(0);
    if dice.percent(50) {
        digits.swap(at, at - 1);
    } else {
        digits[at] = char::from(b'0' + u8::try_from(dice.below(10)).unwrap_or(0));
    }
    digits.into_iter().collect()
}

/// `+33612345678` the ways people write it.
pub(super) fn in_some_format(e164: &str, dice: &mut Dice) -> String {
    let split = if e164.starts_with("+33") { 3 } else { 4 };
    let (Some(code), Some(national)) = (e164.get(1..split), e164.get(split..)) else {
        return e164.to_owned();
    };
    let zero = if code == "33" { "0" } else { "" };
    match dice.below(20) {
        0..8 => e164.to_owned(),
        8..13 => format!("{zero}{national}"),
        13..17 => spaced(&format!("{zero}{national}"), " "),
        17 => spaced(&format!("{zero}{national}"), "."),
        18 => format!("00{code}{national}"),
        _ => format!("+{code} {}", spaced(national, " ")),
    }
}

fn spaced(digits: &str, by: &str) -> String {
    let odd = digits.len() % 2;
    let mut text = digits.get(..odd).unwrap_or_default().to_owned();
    for pair in digits.as_bytes()[odd..].chunks(2) {
        text.push_str(if text.is_empty() { "" } else { by });
        text.extend(pair.iter().map(|digit| char::from(*digit)));
    }
    text
}

fn phone(side: usize, dice: &mut Dice) -> String {
    let start = match (side, dice.below(2)) {
        (0, 0) => "+336",
        (0, _) => "+337",
        (_, 0) => "+2217",
        (_, _) => "+22507",
    };
    format!("{start}{:08}", dice.below(100_000_000))
}

fn email(first: &str, last: &str, n: u64, dice: &mut Dice) -> String {
    let (first, last) = (letters(first), letters(last));
    let initial = first.get(..1).unwrap_or_default();
    let host = dice.common(&[
        "gmail.com",
        "yahoo.fr",
        "hotmail.fr",
        "orange.fr",
        "free.fr",
        "outlook.com",
        "sfr.fr",
    ]);
    let number = tail(n);
    match dice.below(4) {
        0 => format!("{first}.{last}{number}@{host}"),
        1 => format!("{initial}.{last}{number}@{host}"),
        2 => format!("{last}.{first}{number}@{host}"),
        _ => format!("{first}{last}{number}@{host}"),
    }
}

/// Nothing, or a number: two people of one name rarely have one address.
fn tail(n: u64) -> String {
    match Dice::new(n, 4).below(10) {
        0..2 => String::new(),
        2..6 => (n % 97).to_string(),
        _ => (n % 9_973).to_string(),
    }
}

/// Small letters and digits alone, as in an address.
fn letters(text: &str) -> String {
    base::text::fold(text).replace(' ', "")
}

/// The same without accents.
fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for c in text.chars() {
        match base::text::fold(c.encode_utf8(&mut [0; 4])) {
            folded if c.is_ascii() || folded.is_empty() => plain.push(c),
            folded if c.is_uppercase() => plain.push_str(&folded.to_uppercase()),
            folded => plain.push_str(&folded),
        }
    }
    plain
}

//! Records mistyped in every field at once: how many are found, and who else is suggested.

use std::collections::{BTreeSet, HashMap};
use std::hash::Hash;

use super::*;
use crate::linking::{CROWD, twin_keys};

const GIVEN: [&str; 24] = [
    "Mamadou",
    "Fatou",
    "Awa",
    "Moussa",
    "Aïssatou",
    "Ibrahima",
    "Mariama",
    "Ousmane",
    "Khady",
    "Cheikh",
    "Marie",
    "Maria",
    "Jean",
    "Claire",
    "Pierre",
    "Sophie",
    "Nicolas",
    "Camille",
    "Léa",
    "Kouassi",
    "Aya",
    "Adjoua",
    "Konan",
    "Marie-Claire",
];
const FAMILY: [&str; 30] = [
    "Diop",
    "Ndiaye",
    "Fall",
    "Sow",
    "Ba",
    "Sarr",
    "Gueye",
    "Faye",
    "Diallo",
    "Sy",
    "Martin",
    "Bernard",
    "Dubois",
    "Thomas",
    "Robert",
    "Richard",
    "Petit",
    "Durand",
    "Leroy",
    "Moreau",
    "Le Goff",
    "Lefèvre",
    "Kouamé",
    "Kouakou",
    "Koné",
    "Traoré",
    "Ouattara",
    "Coulibaly",
    "Bamba",
    "N’Guessan",
];
const HOSTS: [&str; 4] = ["gmail.com", "yahoo.fr", "orange.sn", "hotmail.fr"];

/// SplitMix64: the same people at every run.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut x = self.0;
        x = (x ^ (x >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        x = (x ^ (x >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        usize::try_from((x ^ (x >> 31)) % sides as u64).unwrap()
    }

    /// Common names are common.
    fn name(&mut self, names: &[&str]) -> String {
        let most = self.roll(names.len()) + 1;
        names[self.roll(most)].to_owned()
    }

    fn phone(&mut self) -> String {
        format!("+2217{}{:07}", [7, 8, 6][self.roll(3)], self.roll(10_000_000))
    }
}

#[derive(Clone)]
struct Person {
    given: String,
    family: String,
    email: String,
    phone: String,
}

impl Person {
    fn any(dice: &mut Dice, before: &[Self]) -> Self {
        let mut phone = dice.phone();
        let (mut given, mut family) = (dice.name(&GIVEN), dice.name(&FAMILY));
        match (before.len(), dice.roll(100)) {
            // A relative on the same phone.
            (1.., ..8) => {
                let kin = &before[dice.roll(before.len())];
                while given == kin.given {
                    given = dice.name(&GIVEN);
                }
                (family, phone) = (kin.family.clone(), kin.phone.clone());
            }
            // A namesake.
            (1.., 8..10) => {
                let other = &before[dice.roll(before.len())];
                (given, family) = (other.given.clone(), other.family.clone());
            }
            _ => {}
        }
        let (one, two) = (base::text::fold(&given), base::text::fold(&family));
        let (one, two) = (one.replace(' ', ""), two.replace(' ', ""));
        // An address is one person's; those of namesakes differ by their numbers.
        let number = before.len() * 7 % 10_007;
        let mailbox = match dice.roll(3) {
            0 => format!("{one}.{two}{number}"),
            1 => format!("{}{two}{number}", &one[..1]),
            _ => format!("{two}.{one}{number}"),
        };
        Self { given, family, email: format!("{mailbox}@{}", HOSTS[dice.roll(4)]), phone }
    }

    /// The same person by someone whose finger slipped three times.
    fn mistyped(&self, dice: &mut Dice) -> Self {
        let mut copy = self.clone();
        let name = if dice.roll(2) == 0 { &mut copy.given } else { &mut copy.family };
        *name = slip(dice, name, b"abcdefghijklmnopqrstuvwxyz");
        let (mailbox, host) = self.email.split_once('@').unwrap();
        copy.email = format!("{}@{host}", slip(dice, mailbox, b"abcdefghijklmnopqrstuvwxyz012"));
        let digit = (self.phone.len() - 1 - dice.roll(7), dice.roll(9));
        let was = self.phone.as_bytes()[digit.0] - b'0';
        let is = (was + 1 + u8::try_from(digit.1).unwrap()) % 10;
        copy.phone.replace_range(digit.0..=digit.0, &is.to_string());
        copy
    }

    fn subject(&self) -> Subject {
        let new = NewClient {
            first_name: Some(self.given.clone()),
            last_name: Some(self.family.clone()),
            emails: vec![self.email.clone()],
            phones: vec![self.phone.clone()],
            ..NewClient::default()
        };
        let mut invalid = Invalid::new();
        let valid = clients::validate(&new, "SN", &mut invalid);
        assert!(invalid.is_empty(), "{} {} {}", self.phone, self.email, self.family);
        Subject::of_new(&valid)
    }
}

/// One letter wrong, missing, too many, or two swapped.
fn slip(dice: &mut Dice, text: &str, keys: &[u8]) -> String {
    let mut letters: Vec<char> = text.chars().collect();
    let at = dice.roll(letters.len());
    let key = char::from(keys[dice.roll(keys.len())]);
    match dice.roll(4) {
        0 if letters.len() > 2 => drop(letters.remove(at)),
        1 => letters.insert(at, key),
        2 if at + 1 < letters.len() && letters[at] != letters[at + 1] => letters.swap(at, at + 1),
        _ => letters[at] = if letters[at] == key { 'x' } else { key },
    }
    letters.into_iter().collect()
}

/// Who is under each key, crowds left out, as the database's lists are read.
fn filed<K: Hash + Eq>(keys: &[Vec<K>], crowd: usize) -> BTreeSet<(usize, usize)> {
    let mut under: HashMap<&K, Vec<usize>> = HashMap::new();
    for (who, keys) in keys.iter().enumerate() {
        keys.iter().for_each(|key| under.entry(key).or_default().push(who));
    }
    let few = under.into_values().filter(|who| who.len() <= crowd);
    few.flat_map(|who| {
        let pairs = who.iter().enumerate().flat_map(|(i, a)| who[i + 1..].iter().map(|b| (*a, *b)));
        pairs.collect::<Vec<_>>()
    })
    .collect()
}

#[test]
fn a_pair_mistyped_in_name_phone_and_email_is_found_and_strangers_are_not() {
    const PEOPLE: usize = 10_000;
    const COPIES: usize = 500;
    let mut dice = Dice(7);
    let mut people: Vec<Person> = Vec::new();
    while people.len() < PEOPLE {
        let one = Person::any(&mut dice, &people);
        people.push(one);
    }
    // Each of the first is there twice.
    for original in 0..COPIES {
        let copy = people[original].mistyped(&mut dice);
        people.push(copy);
    }
    let subjects: Vec<Subject> = people.iter().map(Person::subject).collect();
    let of = |keys: fn(&Subject) -> Vec<String>| subjects.iter().map(keys).collect::<Vec<_>>();
    let twins: Vec<_> = subjects.iter().map(|one| twin_keys(one.record(), "SN")).collect();
    let mut pairs = filed(&twins, CROWD);
    let by_twins = pairs.len();
    pairs.extend(filed(&of(|one| one.keys()[0].to_vec()), CROWD));
    pairs.extend(filed(&of(|one| one.keys()[1].to_vec()), CROWD));
    pairs.extend(filed(&of(|one| one.keys()[2].to_vec()), 16));
    let (mut found, mut wrong) = (0, Vec::new());
    for (a, b) in pairs {
        if subjects[a].weigh(&subjects[b], "SN").1 {
            match b == PEOPLE + a {
                true => found += 1,
                false => wrong.push((a, b)),
            }
        }
    }
    let keys = twins.iter().map(Vec::len).sum::<usize>() as f64 / twins.len() as f64;
    println!(
        "{found} of {COPIES} found, {} wrong; {by_twins} pairs weighed for their twin keys, \
        {keys:.1} keys each",
        wrong.len()
    );
    for (a, b) in wrong.iter().take(12) {
        let say = |p: &Person| format!("{} {} {} {}", p.given, p.family, p.email, p.phone);
        println!("  {}  |  {}", say(&people[*a]), say(&people[*b]));
    }
    assert!(found >= COPIES * 95 / 100, "{found} of {COPIES}");
    assert!(wrong.len() <= COPIES / 100, "{} wrong", wrong.len());
}

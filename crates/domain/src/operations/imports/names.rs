//! "NOM Prénom", "Mme de La Tour", "Sarr & Fils SARL": what a column of whole names holds.

use base::text::fold;

use crate::linking::titles;

/// A whole name, taken apart.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Name {
    /// The first name or names.
    pub first: Option<String>,
    /// The last name, with its particles.
    pub last: Option<String>,
    /// The company, when the name is that of one.
    pub company: Option<String>,
}

/// Particles, folded, that begin a last name.
const PARTICLES: [&str; 23] = [
    "de", "du", "des", "d", "la", "le", "les", "l", "van", "von", "der", "den", "ten", "ter", "el",
    "al", "ben", "bin", "ibn", "ould", "mint", "da", "dos",
];

/// Words, folded, that only a company's name has.
const COMPANY_WORDS: [&str; 44] = [
    "sarl",
    "sas",
    "sasu",
    "eurl",
    "suarl",
    "sa",
    "sci",
    "snc",
    "scp",
    "scop",
    "gie",
    "selarl",
    "earl",
    "gaec",
    "ltd",
    "limited",
    "llc",
    "llp",
    "inc",
    "corp",
    "gmbh",
    "ag",
    "bv",
    "nv",
    "spa",
    "srl",
    "sprl",
    "asbl",
    "cie",
    "societe",
    "ste",
    "ets",
    "etablissements",
    "entreprise",
    "association",
    "groupe",
    "group",
    "holding",
    "cabinet",
    "agence",
    "compagnie",
    "company",
    "fondation",
    "cooperative",
];

/// Takes a whole name apart. A name in one word is a last name.
pub fn split(full: &str) -> Name {
    let full = full.split_whitespace().collect::<Vec<_>>().join(" ");
    if full.is_empty() {
        return Name::default();
    }
    if is_company(&without_titles(full.split(' ')).join(" ")) {
        return Name { company: Some(full), ..Name::default() };
    }
    if let Some((last, first)) = full.split_once(',') {
        return Name::of(without_titles(first.split(' ')), without_titles(last.split(' ')));
    }
    let words = without_titles(full.split(' '));
    let at = boundary(&words);
    match at {
        Boundary::LastFirst(at) => Name::of(words[at..].to_vec(), words[..at].to_vec()),
        Boundary::FirstLast(at) => Name::of(words[..at].to_vec(), words[at..].to_vec()),
    }
}

impl Name {
    fn of(first: Vec<&str>, last: Vec<&str>) -> Self {
        let text = |words: Vec<&str>| Some(words.join(" ").trim().to_owned());
        let (first, last) = (text(first), text(last));
        Self {
            first: first.filter(|text| !text.is_empty()),
            last: last.filter(|text| !text.is_empty()),
            company: None,
        }
    }
}

fn is_company(full: &str) -> bool {
    let folded = fold(full);
    full.contains('&')
        // "S.A.R.L." folds to single letters.
        || folded.contains("s a r l")
        || folded.split(' ').any(|word| COMPANY_WORDS.contains(&word)) && folded.contains(' ')
}

fn without_titles<'a>(words: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    let words: Vec<&str> = words.filter(|word| !word.is_empty()).collect();
    let titles = titles(&words);
    // "Me" alone, or "Dr" alone, is somebody's name after all.
    if titles < words.len() { words[titles..].to_vec() } else { words }
}

enum Boundary {
    /// The last name is before this word.
    LastFirst(usize),
    /// The last name is from this word on.
    FirstLast(usize),
}

fn boundary(words: &[&str]) -> Boundary {
    let count = words.len();
    if count < 2 {
        return Boundary::FirstLast(0);
    }
    // DIOP Fatou, DE LA TOUR Jean: capitals say which part is the last name.
    let leading = words.iter().take_while(|word| is_capitals(word)).count();
    let shouted =
        |words: &[&str]| words.iter().any(|w| w.chars().filter(|c| c.is_alphabetic()).count() > 1);
    if leading > 0 && leading < count && shouted(&words[..leading]) {
        return Boundary::LastFirst(leading);
    }
    let trailing = words.iter().rev().take_while(|word| is_capitals(word)).count();
    let trailing = count - trailing;
    if trailing > 0 && trailing < count && shouted(&words[trailing..]) {
        return Boundary::FirstLast(with_particles(words, trailing));
    }
    let particle = (1..count - 1).find(|at| is_particle(words, *at));
    Boundary::FirstLast(particle.unwrap_or(count - 1))
}

/// Letters, all of them capitals.
fn is_capitals(word: &str) -> bool {
    let mut letters = word.chars().filter(|c| c.is_alphabetic()).peekable();
    letters.peek().is_some() && letters.all(|c| !c.is_lowercase())
}

fn is_particle(words: &[&str], at: usize) -> bool {
    let word = fold(words[at]);
    // "El Hadji Malick Sy": there El begins a first name.
    let honorific = word == "el" && words.get(at + 1).is_some_and(|w| fold(w).starts_with("hadj"));
    // d'Ormesson folds to "d ormesson".
    let first = word.split(' ').next().unwrap_or_default();
    PARTICLES.contains(&first) && !honorific && (first == word || matches!(first, "d" | "l"))
}

fn with_particles(words: &[&str], mut at: usize) -> usize {
    while at > 1 && is_particle(words, at - 1) {
        at -= 1;
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(full: &str) -> (String, String, String) {
        let name = split(full);
        let text = |part: Option<String>| part.unwrap_or_default();
        (text(name.first), text(name.last), text(name.company))
    }

    #[test]
    fn names_of_people_are_taken_apart() {
        for (full, first, last) in [
            ("Fatou Diop", "Fatou", "Diop"),
            ("DIOP Fatou", "Fatou", "DIOP"),
            ("Fatou DIOP", "Fatou", "DIOP"),
            ("Mame-Diarra Diouf", "Mame-Diarra", "Diouf"),
            ("Mame Diarra Diouf", "Mame Diarra", "Diouf"),
            ("Mme Awa N’Diaye", "Awa", "N’Diaye"),
            ("M. Jean de La Tour", "Jean", "de La Tour"),
            ("DE LA TOUR Jean", "Jean", "DE LA TOUR"),
            ("Jean de LA TOUR", "Jean", "de LA TOUR"),
            ("Jean d'Ormesson", "Jean", "d'Ormesson"),
            ("M. et Mme Jean Dupont", "Jean", "Dupont"),
            ("M. & Mme Dupont", "", "Dupont"),
            ("Dr El Hadji Malick Sy", "El Hadji Malick", "Sy"),
            ("Martin, Jean-Paul", "Jean-Paul", "Martin"),
            ("DUPONT MARTIN Élodie", "Élodie", "DUPONT MARTIN"),
            ("JEAN DUPONT", "JEAN", "DUPONT"),
            ("J. Dupont", "J.", "Dupont"),
            ("  Awa   Sarr ", "Awa", "Sarr"),
            ("Sarr", "", "Sarr"),
            ("Me", "", "Me"),
            ("", "", ""),
        ] {
            assert_eq!(parts(full), (first.into(), last.into(), String::new()), "{full}");
        }
    }

    #[test]
    fn names_of_companies_stay_whole() {
        for full in [
            "Sarr & Fils",
            "Dupont SARL",
            "Société Générale du Thé",
            "Ets Martin",
            "S.A.R.L. Kouassi",
        ] {
            assert_eq!(parts(full), (String::new(), String::new(), full.to_owned()));
        }
        assert_eq!(parts("Sa Diop").2, "Sa Diop");
    }
}

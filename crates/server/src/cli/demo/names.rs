use domain::clients::NewClient;
use uuid::Uuid;

/// Numbers that look like chance and are the same each time.
pub(in crate::cli) struct Dice(u64);

impl Dice {
    pub(in crate::cli) fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// Below `limit`. <https://prng.di.unimi.it/splitmix64.c>
    pub(in crate::cli) fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^= mixed >> 31;
        usize::try_from(mixed % limit.max(1) as u64).unwrap_or(0)
    }

    pub(in crate::cli) fn one_in(&mut self, odds: usize) -> bool {
        self.below(odds) == 0
    }

    pub(in crate::cli) fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.below(from.len())]
    }
}

const FIRST: [&[&str]; 2] = [
    &[
        "Camille",
        "Jean-Baptiste",
        "Hélène",
        "Julien",
        "Inès",
        "Théo",
        "Chloé",
        "Gaël",
        "Léa",
        "Maël",
        "Noémie",
        "François",
        "Zoé",
        "Rémi",
        "Élodie",
        "Antoine",
        "Sophie",
        "Mathieu",
        "Aïcha",
        "Karim",
        "Nadia",
        "Rachid",
        "Lucie",
        "Benoît",
        "Margaux",
        "Thomas",
        "Pauline",
    ],
    &[
        "Awa",
        "Mame-Diarra",
        "Ousmane",
        "Fatou",
        "Cheikh",
        "Aminata",
        "Moussa",
        "Ndèye",
        "Ibrahima",
        "Kouassi",
        "Adjoua",
        "Koffi",
        "Akissi",
        "Yao",
        "Aya",
        "Mamadou",
        "Khady",
        "Souleymane",
        "Rokhaya",
        "Babacar",
        "Affoué",
        "Abdoulaye",
        "Marième",
        "Seydou",
        "Bintou",
        "Modou",
    ],
];

const LAST: [&[&str]; 2] = [
    &[
        "Œuvrard",
        "Dupré",
        "Lefèvre",
        "Martin",
        "Benali",
        "Moreau",
        "Garnier",
        "Le Goff",
        "Petit",
        "d’Aubigné",
        "Roux",
        "Fontaine",
        "Chevallier",
        "Lambert",
        "Girard",
        "Bonnet",
        "Faure",
        "Haddad",
        "Da Silva",
        "Nguyen",
        "Perrin",
        "Marchand",
        "Barbier",
        "Renaud",
        "Çelik",
    ],
    &[
        "N’Diaye",
        "Thiam",
        "Fall",
        "Sarr",
        "Diop",
        "Sow",
        "Ba",
        "Gueye",
        "Mbaye",
        "Faye",
        "Kouassi",
        "Yao",
        "Kouamé",
        "Traoré",
        "Coulibaly",
        "Ouattara",
        "Koné",
        "Bamba",
        "Diallo",
        "Sy",
        "Cissé",
        "Kane",
        "Diouf",
        "Seck",
        "N’Guessan",
        "Aka",
        "Touré",
    ],
];

const COMPANIES: [(&[&str], &[&str]); 2] = [
    (
        &["Électricité", "Boulangerie", "Garage", "Cabinet", "Menuiserie", "Pharmacie", "Atelier"],
        &["& Fils", "SARL", "du Centre", "des Lilas", "Frères", "Conseil", "Bretagne"],
    ),
    (
        &[
            "Sécurité",
            "Import",
            "Clinique",
            "Société de Froid",
            "Transports",
            "Quincaillerie",
            "Agence",
        ],
        &["& Frères", "SARL", "du Cap", "Plateau", "Teranga", "Cocody", "de l’Ouest"],
    ),
];

const CITIES: [&[(&str, &str)]; 2] = [
    &[
        ("Paris", "France"),
        ("Lyon", "France"),
        ("Nantes", "France"),
        ("Marseille", "France"),
        ("Lille", "France"),
        ("Toulouse", "France"),
        ("Strasbourg", "France"),
    ],
    &[
        ("Dakar", "Sénégal"),
        ("Thiès", "Sénégal"),
        ("Saint-Louis", "Sénégal"),
        ("Ziguinchor", "Sénégal"),
        ("Abidjan", "Côte d’Ivoire"),
        ("Bouaké", "Côte d’Ivoire"),
    ],
];

const STREETS: [&str; 8] = [
    "rue de la République",
    "avenue Foch",
    "rue des Écoles",
    "boulevard de la Gare",
    "avenue Cheikh Anta Diop",
    "rue du Marché",
    "place de l’Indépendance",
    "rue Carnot",
];

const TAGS: [&str; 6] = ["VIP", "à relancer", "garantie", "contrat annuel", "prospect", "fidèle"];

/// The `number`th client of a centre (0 Paris, 1 Dakar).
pub(in crate::cli) fn client(
    dice: &mut Dice,
    place: usize,
    number: usize,
    agents: &[Uuid],
) -> NewClient {
    let (first, last) = (*dice.pick(FIRST[place]), *dice.pick(LAST[place]));
    let (city, country) = *dice.pick(CITIES[place]);
    let has_company = dice.one_in(3);
    let is_company_only = has_company && dice.one_in(6);
    let company = has_company.then(|| {
        let (before, after) = COMPANIES[place];
        format!("{} {last} {}", dice.pick(before), dice.pick(after))
    });
    let mut new = NewClient {
        code: Some(format!("{:010}", 100_000 * (place + 1) + number)),
        company_name: company,
        address: dice.one_in(2).then(|| format!("{} {}", 1 + dice.below(180), dice.pick(&STREETS))),
        city: Some(city.to_owned()),
        country: Some(country.to_owned()),
        ..NewClient::default()
    };
    if !is_company_only {
        new.first_name = Some(first.to_owned());
        new.last_name = Some(last.to_owned());
    }
    if !dice.one_in(5) {
        let host = dice.pick(&["exemple.fr", "courrier.example", "poste.example", "mail.example"]);
        new.emails.push(format!(
            "{}.{}{number}@{host}",
            base::text::fold(first).replace(' ', "-"),
            base::text::fold(last).replace(' ', "")
        ));
    }
    new.phones.push(phone(dice, country));
    if dice.one_in(8) {
        new.phones.push(phone(dice, country));
    }
    if dice.one_in(4) {
        new.tags.push((*dice.pick(&TAGS)).to_owned());
    }
    if !agents.is_empty() && dice.one_in(2) {
        new.assigned_to = Some(*dice.pick(agents));
    }
    new
}

/// A mobile as people of that country write it.
fn phone(dice: &mut Dice, country: &str) -> String {
    let mut pair = || format!("{:02}", dice.below(100));
    match country {
        "France" => format!("06 {} {} {} {}", pair(), pair(), pair(), pair()),
        "Sénégal" => format!("+221 77 5{} {} {}", pair(), pair(), pair()),
        _ => format!("+225 07 {} {} {} {}", pair(), pair(), pair(), pair()),
    }
}

//! The public holidays of a country, movable feasts included: what a new centre is closed on until
//! its owner says otherwise.
//!
//! Days that follow the sighting of the moon are not foretold: whoever keeps them adds them.

use chrono::{Days, NaiveDate};

use super::Holiday;

/// Years a new centre's holidays reach, the present one included.
pub(super) const YEARS: i32 = 5;

/// Article L.3133-1 of the Code du travail.
/// <https://www.legifrance.gouv.fr/codes/article_lc/LEGIARTI000033008129>
const FRANCE: [(u32, u32, &str); 8] = [
    (1, 1, "Jour de l’an"),
    (5, 1, "Fête du Travail"),
    (5, 8, "Victoire de 1945"),
    (7, 14, "Fête nationale"),
    (8, 15, "Assomption"),
    (11, 1, "Toussaint"),
    (11, 11, "Armistice de 1918"),
    (12, 25, "Noël"),
];

/// Law 74-52 of 4 November 1974.
const SENEGAL: [(u32, u32, &str); 6] = [
    (1, 1, "Jour de l’an"),
    (4, 4, "Fête de l’Indépendance"),
    (5, 1, "Fête du Travail"),
    (8, 15, "Assomption"),
    (11, 1, "Toussaint"),
    (12, 25, "Noël"),
];

/// Decree 96-205 of 7 March 1996, as amended in 2011.
const IVORY_COAST: [(u32, u32, &str); 7] = [
    (1, 1, "Jour de l’an"),
    (5, 1, "Fête du Travail"),
    (8, 7, "Fête de l’Indépendance"),
    (8, 15, "Assomption"),
    (11, 1, "Toussaint"),
    (11, 15, "Journée nationale de la Paix"),
    (12, 25, "Noël"),
];

/// Decree 2-04-426 of 29 December 2004, and the Amazigh new year since 2024.
const MOROCCO: [(u32, u32, &str); 10] = [
    (1, 1, "Nouvel an"),
    (1, 11, "Manifeste de l’Indépendance"),
    (1, 14, "Nouvel an amazigh"),
    (5, 1, "Fête du Travail"),
    (7, 30, "Fête du Trône"),
    (8, 14, "Allégeance Oued Eddahab"),
    (8, 20, "Révolution du Roi et du Peuple"),
    (8, 21, "Fête de la Jeunesse"),
    (11, 6, "Marche verte"),
    (11, 18, "Fête de l’Indépendance"),
];

/// Days after Easter Sunday.
const MOVABLE: [(u64, &str); 3] =
    [(1, "Lundi de Pâques"), (39, "Ascension"), (50, "Lundi de Pentecôte")];

/// The public holidays of a country (ISO 3166) in these years, in order; none where Vigie does not
/// know them.
pub(super) fn of(region: &str, years: impl Iterator<Item = i32>) -> Vec<Holiday> {
    let (fixed, movable): (&[_], &[_]) = match region {
        "FR" => (&FRANCE, &MOVABLE),
        "SN" => (&SENEGAL, &MOVABLE),
        "CI" => (&IVORY_COAST, &MOVABLE),
        "MA" => (&MOROCCO, &[]),
        _ => return Vec::new(),
    };
    let mut days: Vec<(NaiveDate, &str)> = Vec::new();
    for year in years {
        let fixed = fixed.iter().filter_map(|(month, day, name)| {
            Some((NaiveDate::from_ymd_opt(year, *month, *day)?, *name))
        });
        days.extend(fixed);
        let after = |(days, name): &(u64, &'static str)| {
            Some((easter(year)?.checked_add_days(Days::new(*days))?, *name))
        };
        days.extend(movable.iter().filter_map(after));
    }
    // Two on one day (Ascension on 1 May 2008) are one day off.
    days.sort_by_key(|(day, _)| *day);
    days.dedup_by_key(|(day, _)| *day);
    let holiday =
        |(day, name): (NaiveDate, &str)| Holiday { date: day.to_string(), name: name.to_owned() };
    days.into_iter().map(holiday).collect()
}

/// Easter Sunday of the Gregorian calendar.
/// <https://en.wikipedia.org/wiki/Date_of_Easter#Anonymous_Gregorian_algorithm>
fn easter(year: i32) -> Option<NaiveDate> {
    let (golden, century, rest) = (year % 19, year / 100, year % 100);
    let correction = (century - (century + 8) / 25 + 1) / 3;
    let epact = (19 * golden + century - century / 4 - correction + 15) % 30;
    let weekday = (32 + 2 * (century % 4) + 2 * (rest / 4) - epact - rest % 4) % 7;
    let late = (golden + 11 * epact + 22 * weekday) / 451;
    let day = epact + weekday - 7 * late + 114;
    NaiveDate::from_ymd_opt(year, u32::try_from(day / 31).ok()?, u32::try_from(day % 31 + 1).ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn easter_is_where_almanacs_have_it() {
        for (year, day) in [
            (1818, "1818-03-22"),
            (2008, "2008-03-23"),
            (2024, "2024-03-31"),
            (2026, "2026-04-05"),
            (2027, "2027-03-28"),
            (2038, "2038-04-25"),
        ] {
            assert_eq!(easter(year).unwrap().to_string(), day);
        }
    }

    #[test]
    fn a_french_year_has_eleven_holidays_in_order() {
        let days: Vec<String> = of("FR", 2026..=2026).into_iter().map(|day| day.date).collect();
        let expected = [
            "2026-01-01",
            "2026-04-06",
            "2026-05-01",
            "2026-05-08",
            "2026-05-14",
            "2026-05-25",
            "2026-07-14",
            "2026-08-15",
            "2026-11-01",
            "2026-11-11",
            "2026-12-25",
        ];
        assert_eq!(days, expected);
    }

    #[test]
    fn other_countries_have_their_own() {
        let named = |region: &str, date: &str| {
            of(region, 2026..=2026).into_iter().find(|day| day.date == date).map(|day| day.name)
        };
        assert_eq!(named("SN", "2026-04-04").as_deref(), Some("Fête de l’Indépendance"));
        assert_eq!(named("CI", "2026-08-07").as_deref(), Some("Fête de l’Indépendance"));
        assert_eq!(named("MA", "2026-04-06"), None);
        assert_eq!(of("BR", 2026..=2026), []);
        // Ascension fell on 1 May.
        assert_eq!(of("FR", 2008..=2008).len(), 10);
    }
}

//! How instants and numbers are written in each language.

use base::money::{Currency, Money, MoneyStyle};
use chrono::{DateTime, Datelike, Days, NaiveDate, Utc};

use super::Page;
use crate::i18n::Language;

const MONTHS: [[&str; 12]; 2] = [
    [
        "janv.", "févr.", "mars", "avr.", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.",
        "déc.",
    ],
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"],
];
const WEEKDAYS: [[&str; 7]; 2] = [
    ["lun.", "mar.", "mer.", "jeu.", "ven.", "sam.", "dim."],
    ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"],
];

/// An amount as people of that language write it: `2 480 000 F`, with spaces that Inter draws wide
/// enough between thousands.
pub fn money(language: Language, amount: i64, currency: Option<&str>) -> String {
    let style = if language == Language::Fr { MoneyStyle::Fr } else { MoneyStyle::En };
    let currency = currency.and_then(|code| code.parse().ok()).unwrap_or(Currency::EUR);
    Money::new(amount, currency).format(style).replace('\u{202f}', "\u{a0}")
}

impl Page {
    fn words<const N: usize>(
        &self,
        table: &'static [[&'static str; N]; 2],
    ) -> &'static [&'static str; N] {
        match self.language {
            Language::Fr => &table[0],
            Language::En => &table[1],
        }
    }

    /// The local day of `instant`.
    pub fn day_of(&self, instant: &DateTime<Utc>) -> NaiveDate {
        instant.with_timezone(&self.zone).date_naive()
    }

    /// `20 nov. 2026`.
    pub fn date(&self, instant: &DateTime<Utc>) -> String {
        self.day(self.day_of(instant))
    }

    /// A day as an address has it (`2026-11-20`), in words; what is no day stays as it is.
    pub fn typed_day(&self, typed: String) -> String {
        typed.parse().map_or(typed, |day| self.day(day))
    }

    /// A day of the calendar: `20 nov. 2026`.
    pub fn day(&self, day: NaiveDate) -> String {
        let month = self.words(&MONTHS)[day.month0() as usize];
        format!("{}\u{a0}{month} {}", day.day(), day.year())
    }

    /// `vendredi 20 novembre 2026`.
    pub fn long_day(&self, day: NaiveDate) -> String {
        let args = [
            ("weekday", self.t(&format!("weekday-{}", day.weekday().number_from_monday())).into()),
            ("day", day.day().into()),
            ("month", self.t(&format!("month-{}", day.month())).into()),
            ("year", day.year().to_string().into()),
        ];
        self.language.t_with("calendar-day", &args)
    }

    /// `ven.`.
    pub fn weekday(&self, day: NaiveDate) -> &'static str {
        self.words(&WEEKDAYS)[day.weekday().num_days_from_monday() as usize]
    }

    /// `ven. 20 nov.`
    pub fn short_day(&self, day: NaiveDate) -> String {
        let month = self.words(&MONTHS)[day.month0() as usize];
        format!("{} {}\u{a0}{month}", self.weekday(day), day.day())
    }

    /// `09:30`.
    pub fn time(&self, instant: &DateTime<Utc>) -> String {
        instant.with_timezone(&self.zone).format("%H:%M").to_string()
    }

    /// `20 nov. 2026, 09:30`.
    pub fn date_time(&self, instant: &DateTime<Utc>) -> String {
        format!("{}, {}", self.date(instant), self.time(instant))
    }

    /// For `<time datetime>`.
    pub fn iso(&self, instant: &DateTime<Utc>) -> String {
        instant.to_rfc3339_opts(chrono::SecondsFormat::Secs, true)
    }

    /// The day as people say it: `aujourd’hui`, `demain`, `lun. 16 nov.`, `3 déc. 2027`.
    pub fn near_day(&self, instant: &DateTime<Utc>) -> String {
        let (day, today) = (self.day_of(instant), self.day_of(&self.now));
        if day == today {
            return self.t("day-today");
        }
        if Some(day) == today.checked_add_days(Days::new(1)) {
            return self.t("day-tomorrow");
        }
        if Some(day) == today.checked_sub_days(Days::new(1)) {
            return self.t("day-yesterday");
        }
        let month = self.words(&MONTHS)[day.month0() as usize];
        let distance = (day - today).num_days().abs();
        if distance < 7 {
            return self.short_day(day);
        }
        if day.year() == today.year() {
            return format!("{}\u{a0}{month}", day.day());
        }
        self.date(instant)
    }

    /// `hier 17:42`, `lun. 16 nov.`: what is past loses its time after a day.
    pub fn recent(&self, instant: &DateTime<Utc>) -> String {
        let days = (self.day_of(&self.now) - self.day_of(instant)).num_days();
        if days <= 1 { self.near(instant) } else { self.near_day(instant) }
    }

    /// `demain 10:00`.
    pub fn near(&self, instant: &DateTime<Utc>) -> String {
        format!("{} {}", self.near_day(instant), self.time(instant))
    }

    /// `12 480` in French (no-break spaces), `12,480` in English.
    pub fn number(&self, value: &i64) -> String {
        self.language.number(*value)
    }
}

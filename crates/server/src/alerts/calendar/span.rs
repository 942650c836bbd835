//! Which days a calendar shows, and where its arrows lead.

use std::ops::Range;

use chrono::{DateTime, Datelike as _, Days, Months, NaiveDate, NaiveTime, Utc};
use chrono_tz::Tz;
use domain::alerts::{Day, local_time};
use domain::paging::Total;
use domain::{Error, Invalid};

/// How it is laid out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    Month,
    Week,
    Day,
    Agenda,
}

impl Shape {
    pub(super) const ALL: [Self; 4] = [Self::Month, Self::Week, Self::Day, Self::Agenda];

    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Month => "month",
            Self::Week => "week",
            Self::Day => "day",
            Self::Agenda => "agenda",
        }
    }

    /// Alerts shown of each day; the rest is a number and a link.
    pub(super) fn most(self) -> u32 {
        match self {
            Self::Month => 4,
            Self::Week => 20,
            Self::Day => 200,
            Self::Agenda => 10,
        }
    }
}

/// Whole days, the first and the last among them.
#[derive(Clone, Debug)]
pub(super) struct Span {
    pub(super) shape: Shape,
    /// The day that was asked for.
    pub(super) anchor: NaiveDate,
    pub(super) first: NaiveDate,
    pub(super) last: NaiveDate,
    pub(super) previous: NaiveDate,
    pub(super) next: NaiveDate,
}

impl Span {
    /// What `view` and `date` ask for: this month without them.
    pub(super) fn read(
        view: Option<&str>,
        date: Option<&str>,
        today: NaiveDate,
    ) -> Result<Self, Error> {
        let mut invalid = Invalid::new();
        let shape = match given(view) {
            None => Some(Shape::Month),
            Some(name) => Shape::ALL.into_iter().find(|shape| shape.as_str() == name),
        };
        if shape.is_none() {
            invalid.add("view", "wrong-value");
        }
        let anchor = given(date).map_or(Some(today), read_day);
        if anchor.is_none() {
            invalid.add("date", "not-a-date");
        }
        invalid.check()?;
        Ok(Self::around(shape.unwrap_or(Shape::Month), anchor.unwrap_or(today)))
    }

    fn around(shape: Shape, anchor: NaiveDate) -> Self {
        // Years are bounded by `read_day`: none of these leaves the calendar.
        let back = |day: NaiveDate, days: u64| day.checked_sub_days(Days::new(days)).unwrap_or(day);
        let ahead =
            |day: NaiveDate, days: u64| day.checked_add_days(Days::new(days)).unwrap_or(day);
        let monday = |day: NaiveDate| back(day, day.weekday().num_days_from_monday().into());
        let (first, last, previous, next) = match shape {
            Shape::Month => {
                let first = anchor.with_day(1).unwrap_or(anchor);
                let next = first.checked_add_months(Months::new(1)).unwrap_or(first);
                let previous = first.checked_sub_months(Months::new(1)).unwrap_or(first);
                (monday(first), ahead(monday(back(next, 1)), 6), previous, next)
            }
            Shape::Week => {
                let first = monday(anchor);
                (first, ahead(first, 6), back(anchor, 7), ahead(anchor, 7))
            }
            Shape::Day => (anchor, anchor, back(anchor, 1), ahead(anchor, 1)),
            Shape::Agenda => (anchor, ahead(anchor, 29), back(anchor, 30), ahead(anchor, 30)),
        };
        Self { shape, anchor, first, last, previous, next }
    }

    /// Its days, in order.
    pub(super) fn days(&self) -> impl Iterator<Item = NaiveDate> + use<> {
        let last = self.last;
        self.first.iter_days().take_while(move |day| *day <= last)
    }

    /// From midnight to midnight on the clocks of `zone`, summer time included.
    pub(super) fn instants(&self, zone: Tz) -> Vec<Range<DateTime<Utc>>> {
        let midnight = |day: NaiveDate| {
            let midnight = day.and_time(NaiveTime::MIN);
            local_time::instant_of(midnight, zone).unwrap_or_else(|| midnight.and_utc())
        };
        self.days().map(|day| midnight(day)..midnight(day.succ_opt().unwrap_or(day))).collect()
    }

    /// Whether `day` only fills up a week of the month shown.
    pub(super) fn is_outside(&self, day: NaiveDate) -> bool {
        self.shape == Shape::Month && day.month() != self.anchor.month()
    }

    /// How many alerts its days hold, those that only fill up a week aside.
    pub(super) fn total(&self, found: &[Day]) -> Total {
        let inside = self.days().zip(found).filter(|(day, _)| !self.is_outside(*day));
        inside.fold(Total { value: 0, exact: true }, |sum, (_, day)| Total {
            value: sum.value + day.total.value,
            exact: sum.exact && day.total.exact,
        })
    }
}

fn given(text: Option<&str>) -> Option<&str> {
    text.map(str::trim).filter(|text| !text.is_empty())
}

/// Reads `2026-11-20`, in years whose dates sort as text and leave room around them.
pub(super) fn read_day(text: &str) -> Option<NaiveDate> {
    text.parse::<NaiveDate>().ok().filter(|day| (1_000..=8_999).contains(&day.year()))
}

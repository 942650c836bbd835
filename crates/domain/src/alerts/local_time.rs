//! Wall-clock times of people, turned into instants.

use chrono::{DateTime, LocalResult, NaiveDateTime, Offset as _, TimeDelta, TimeZone as _, Utc};
use chrono_tz::Tz;

/// How a wall-clock time is kept: `2026-11-20T09:30:00`.
const WRITTEN: &str = "%Y-%m-%dT%H:%M:%S";

/// The instant of `local` in `zone`. A time that happens twice (clocks go back) is its first
/// occurrence; one that never happens (clocks go forward) is the first instant after the gap.
/// `None` only at the very ends of the calendar.
pub fn instant_of(local: NaiveDateTime, zone: Tz) -> Option<DateTime<Utc>> {
    match zone.from_local_datetime(&local) {
        LocalResult::Single(at) | LocalResult::Ambiguous(at, _) => Some(at.to_utc()),
        LocalResult::None => end_of_gap(local, zone),
    }
}

/// Reads `2026-11-20T09:30`, with seconds or a space as people and browsers write it.
pub fn read(text: &str) -> Option<NaiveDateTime> {
    const FORMS: [&str; 4] =
        ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M:%S%.f"];
    FORMS.iter().find_map(|form| NaiveDateTime::parse_from_str(text, form).ok())
}

/// The text kept beside the instant, so that a form shows what was typed.
pub fn write(local: NaiveDateTime) -> String {
    local.format(WRITTEN).to_string()
}

/// What clocks in `zone` show at `instant`.
pub fn local_of(instant: DateTime<Utc>, zone: Tz) -> NaiveDateTime {
    instant.with_timezone(&zone).naive_local()
}

/// The transition is where the offset changes: between an instant surely before the gap and one
/// surely after it, halving until it is found to the second.
fn end_of_gap(local: NaiveDateTime, zone: Tz) -> Option<DateTime<Utc>> {
    let offset_at = |at: NaiveDateTime| zone.offset_from_utc_datetime(&at).fix().local_minus_utc();
    // No zone is more than 15 h from UTC, and no two transitions are that close.
    let mut before = local.checked_sub_signed(TimeDelta::hours(30))?;
    let mut after = local.checked_add_signed(TimeDelta::hours(30))?;
    let old = offset_at(before);
    if offset_at(after) == old {
        return None;
    }
    while after - before > TimeDelta::seconds(1) {
        let middle = before + (after - before) / 2;
        if offset_at(middle) == old {
            before = middle;
        } else {
            after = middle;
        }
    }
    // The halving may stop inside the second that holds the transition.
    chrono::DurationRound::duration_trunc(after.and_utc(), TimeDelta::seconds(1)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn instant(local: &str, zone: &str) -> String {
        instant_of(read(local).unwrap(), zone.parse().unwrap()).unwrap().to_rfc3339()
    }

    #[test]
    fn a_time_that_does_not_exist_moves_to_the_first_that_does() {
        // 02:00 becomes 03:00: 02:30 is never shown.
        assert_eq!(instant("2026-03-29T02:30", "Europe/Paris"), "2026-03-29T01:00:00+00:00");
        assert_eq!(instant("2026-03-29T02:00", "Europe/Paris"), "2026-03-29T01:00:00+00:00");
        assert_eq!(instant("2026-03-29T03:00", "Europe/Paris"), "2026-03-29T01:00:00+00:00");
        assert_eq!(instant("2026-03-29T01:59", "Europe/Paris"), "2026-03-29T00:59:00+00:00");
        assert_eq!(instant("2026-03-08T02:30", "America/Montreal"), "2026-03-08T07:00:00+00:00");
    }

    #[test]
    fn a_time_that_happens_twice_is_its_first() {
        assert_eq!(instant("2026-10-25T02:30", "Europe/Paris"), "2026-10-25T00:30:00+00:00");
        assert_eq!(instant("2026-11-01T01:30", "America/Montreal"), "2026-11-01T05:30:00+00:00");
    }

    #[test]
    fn zones_without_summer_time_and_with_ramadan_time() {
        assert_eq!(instant("2026-03-29T02:30", "Africa/Dakar"), "2026-03-29T02:30:00+00:00");
        assert_eq!(instant("2026-07-14T09:00", "Indian/Reunion"), "2026-07-14T05:00:00+00:00");
        // Morocco is at UTC+1 and goes back to UTC for Ramadan (18 February to 20 March 2026).
        assert_eq!(instant("2026-01-15T09:00", "Africa/Casablanca"), "2026-01-15T08:00:00+00:00");
        assert_eq!(instant("2026-03-01T09:00", "Africa/Casablanca"), "2026-03-01T09:00:00+00:00");
        assert_eq!(instant("2026-06-15T09:00", "Africa/Casablanca"), "2026-06-15T08:00:00+00:00");
    }

    /// A whole day was skipped: Samoa, 30 December 2011.
    #[test]
    fn a_day_that_does_not_exist_moves_to_the_next() {
        assert_eq!(instant("2011-12-30T12:00", "Pacific/Apia"), "2011-12-30T10:00:00+00:00");
    }
}

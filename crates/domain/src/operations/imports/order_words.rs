//! What files of orders say in words: states and dates.

use base::text::fold;
use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, TimeZone, Utc};
use chrono_tz::Tz;

/// What shops call the three states, in both languages.
pub(super) fn status(text: &str) -> Option<&'static str> {
    const WORDS: [(&str, &[&str]); 3] = [
        (
            "pending",
            &[
                "pending",
                "en attente",
                "attente",
                "nouvelle",
                "nouveau",
                "new",
                "a traiter",
                "en cours",
                "processing",
                "on hold",
                "brouillon",
                "open",
                "ouverte",
            ],
        ),
        (
            "confirmed",
            &[
                "confirmed",
                "confirmee",
                "confirme",
                "validee",
                "valide",
                "payee",
                "paye",
                "paid",
                "livree",
                "livre",
                "delivered",
                "completed",
                "complete",
                "terminee",
                "expediee",
                "shipped",
                "fulfilled",
                "acceptee",
                "ok",
            ],
        ),
        (
            "cancelled",
            &[
                "cancelled",
                "canceled",
                "annulee",
                "annule",
                "refusee",
                "refused",
                "remboursee",
                "refunded",
                "failed",
                "echouee",
                "rejetee",
                "rejected",
                "retournee",
            ],
        ),
    ];
    let folded = fold(text);
    WORDS.iter().find(|(_, words)| words.contains(&folded.as_str())).map(|(status, _)| *status)
}

/// An instant, or a day or a time in `zone`.
pub(super) fn instant(text: &str, zone: Tz) -> Option<DateTime<Utc>> {
    use chrono::Datelike as _;
    const TIMES: [&str; 8] = [
        "%Y-%m-%d %H:%M:%S",
        "%Y-%m-%d %H:%M",
        "%Y-%m-%dT%H:%M:%S",
        "%Y-%m-%dT%H:%M",
        "%d/%m/%Y %H:%M:%S",
        "%d/%m/%Y %H:%M",
        "%d-%m-%Y %H:%M",
        "%d.%m.%Y %H:%M",
    ];
    const DAYS: [&str; 4] = ["%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y"];
    let usual = |at: &DateTime<Utc>| (1970..=9_000).contains(&at.year());
    if let Ok(at) = DateTime::parse_from_rfc3339(text) {
        return Some(at.to_utc()).filter(usual);
    }
    let time = TIMES.iter().find_map(|form| NaiveDateTime::parse_from_str(text, form).ok());
    let local = time.or_else(|| {
        let day = DAYS.iter().find_map(|form| NaiveDate::parse_from_str(text, form).ok())?;
        Some(day.and_time(NaiveTime::MIN))
    })?;
    // Where that time does not exist, an hour later does.
    let at = zone
        .from_local_datetime(&local)
        .earliest()
        .or_else(|| zone.from_local_datetime(&(local + chrono::TimeDelta::hours(1))).earliest())?;
    Some(at.to_utc()).filter(usual)
}

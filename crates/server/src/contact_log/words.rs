//! Attempts in words.

use domain::call_centers::DAYS;
use domain::contact_log::{Attempt, BestTime, Reason, rules};

use crate::i18n::Language;
use crate::page::{Markup, Page};

/// How it went: colour, icon and word.
pub(super) fn status_pill(page: &Page, attempt: &Attempt) -> Markup {
    if attempt.is_success() {
        page.pill("success", "phone-call", &page.t("contacts-succes"))
    } else {
        page.pill("failure", "phone-missed", &page.t("contacts-echec"))
    }
}

/// The channel, as it was said.
pub(super) fn channel(page: &Page, attempt: &Attempt) -> String {
    match &attempt.channel_word {
        Some(word) => word.clone(),
        None => page.t(&format!("contact-channel-{}", attempt.channel)),
    }
}

/// The icon of a channel.
pub(crate) fn channel_icon(channel: &str) -> &'static str {
    match channel {
        "phone" => "phone",
        "whatsapp" => "message-circle",
        "email" => "mail",
        "sms" => "smartphone",
        "visit" => "map-pin",
        _ => "ellipsis",
    }
}

/// Who tried.
pub(super) fn agent(page: &Page, attempt: &Attempt) -> String {
    attempt.user_name.clone().unwrap_or_else(|| page.t("clients-by-vigie"))
}

/// The full name of a day, 0 is Monday.
pub(super) fn day(page: &Page, weekday: i32) -> String {
    let key = usize::try_from(weekday).ok().and_then(|index| DAYS.get(index));
    page.t(&format!("day-{}", key.unwrap_or(&"mon")))
}

/// `Mardi, 10–12 h`.
pub(super) fn best_time(page: &Page, best: &BestTime) -> String {
    let hours = [("from", best.from.into()), ("to", best.to.into())];
    match best.weekday {
        Some(weekday) => {
            let day = [("day", day(page, weekday).into())];
            page.language.t_with("contact-best-day", &[&day[..], &hours[..]].concat())
        }
        None => page.language.t_with("contact-best-any", &hours),
    }
}

/// `mar. 10–12 h`: the same, on a card.
pub(super) fn best_time_short(page: &Page, best: &BestTime) -> String {
    let Some(weekday) = best.weekday else { return best_time(page, best) };
    let short: String = day(page, weekday).chars().take(3).collect();
    let short = if page.language == Language::Fr { short.to_lowercase() } else { short };
    let hours = [("from", best.from.into()), ("to", best.to.into()), ("day", short.into())];
    page.language.t_with("contact-best-short", &hours)
}

/// Why a call should not be made, in a sentence.
pub(super) fn reason(page: &Page, reason: &Reason) -> String {
    let key = format!("contact-reason-{}", reason.key());
    match reason {
        Reason::Refused { until } => page.t1(&key, "when", page.date(until)),
        Reason::TooMany { count } => page
            .language
            .t_with(&key, &[("count", (*count).into()), ("days", rules::COUNTED_DAYS.into())]),
        Reason::Holiday { name } => page.t1(&key, "name", name.as_str()),
        _ => page.t(&key),
    }
}

/// Every reason, one after the other.
pub(super) fn reasons(page: &Page, reasons: &[Reason]) -> String {
    reasons.iter().map(|one| reason(page, one)).collect::<Vec<_>>().join(" ")
}

//! Orders in words: pills, amounts, reasons.

use domain::orders::{Grounds, Order, Why};

use crate::i18n::Language;
use crate::page::{self, Markup, Page};

/// An amount of money.
pub(super) fn money(language: Language, amount: i64, currency: &str) -> String {
    page::money(language, amount, Some(currency))
}

/// What became of an order.
pub(super) fn status_pill(page: &Page, order: &Order) -> Markup {
    let (kind, icon) = match order.status.as_str() {
        "confirmed" => ("green", "check"),
        "cancelled" => ("grey", "ban"),
        _ => ("blue", "clock"),
    };
    page.pill(kind, icon, &page.t(&format!("orders-status-{}", order.status)))
}

/// Whether it has a client.
pub(super) fn link_pill(page: &Page, order: &Order) -> Markup {
    let (kind, icon) = match order.link_state.as_str() {
        "linked" => ("green", "link"),
        "review" => ("amber", "search"),
        _ => ("grey", "minus"),
    };
    page.pill(kind, icon, &page.t(&format!("orders-link-{}", order.link_state)))
}

/// Why an order is linked, or is not: `même adresse e-mail, nom proche (0,92)`.
pub(super) fn reason(language: Language, why: &Why) -> String {
    let mut parts: Vec<String> = Vec::new();
    if let Some(found) = &why.grounds {
        parts.extend(grounds(language, found));
    }
    let is_said = matches!(why.key.as_str(), "contact_and_name" | "both_contacts");
    if !is_said || parts.is_empty() {
        let key = format!("order-why-{}", why.key.replace('_', "-"));
        let args = [("count", why.count.unwrap_or(2).into())];
        parts.push(language.t_with(&key, &args));
    }
    parts.join(", ")
}

/// What agrees, and what does not.
pub(super) fn grounds(language: Language, found: &Grounds) -> Vec<String> {
    let mut parts = Vec::new();
    if found.email != "none" {
        parts.push(language.t(&format!("ground-email-{}", found.email)));
    }
    if found.phone != "none" {
        let args = [("count", found.digits.unwrap_or(0).to_string().into())];
        parts.push(language.t_with(&format!("ground-phone-{}", found.phone), &args));
    }
    let is_good = |part: &str| matches!(part, "same" | "typo" | "part" | "initial");
    let (given, family) = (found.given.as_str(), found.family.as_str());
    let name = match (given, family) {
        ("same", "same") => Some("ground-name-same"),
        ("absent", "absent") => None,
        ("absent", family) if is_good(family) => Some("ground-name-family"),
        ("differs", family) if is_good(family) => Some("ground-name-relative"),
        _ if found.similarity >= 0.7 => Some("ground-name-close"),
        (given, _) if is_good(given) => Some("ground-name-given"),
        _ => Some("ground-name-other"),
    };
    if let Some(key) = name {
        let number = format!("{:.2}", found.similarity);
        let number = if language == Language::Fr { number.replace('.', ",") } else { number };
        parts.push(language.t_with(key, &[("number", number.into())]));
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_is_said_in_words() {
        let found = Grounds {
            email: "none".into(),
            phone: "exact".into(),
            digits: None,
            given: "typo".into(),
            family: "same".into(),
            similarity: 0.95,
        };
        let why =
            Why { key: "contact_and_name".into(), grounds: Some(found), other: None, count: None };
        assert_eq!(reason(Language::Fr, &why), "numéro identique, nom proche (0,95)");
        assert_eq!(reason(Language::En, &why), "identical number, close name (0.95)");
    }
}

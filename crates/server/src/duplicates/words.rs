//! Pairs in words.

use domain::duplicates::{Brief, Possible, Reason};

use crate::clients::words;
use crate::page::{Markup, Page};

/// A client in a pair, as lines of text.
pub(crate) struct Card {
    pub(crate) id: uuid::Uuid,
    pub(crate) name: String,
    pub(crate) lines: Vec<String>,
}

/// An existing client beside a new one.
pub(crate) struct Lookalike {
    pub(crate) card: Card,
    pub(crate) reasons: String,
}

pub(super) fn card(page: &Page, brief: Brief) -> Card {
    let phone = brief.phone.map(|raw| words::phone(page, &raw, brief.phone_e164.as_deref()));
    let company = brief.company_name.filter(|company| *company != brief.full_name);
    let lines = [brief.code, company, brief.email, phone, brief.city];
    Card { id: brief.id, name: brief.full_name, lines: lines.into_iter().flatten().collect() }
}

/// `même e-mail, même nom`.
pub(super) fn reasons(page: &Page, reasons: &[Reason]) -> String {
    let words: Vec<String> = reasons.iter().map(|reason| self::reason(page, *reason)).collect();
    words.join(", ")
}

fn reason(page: &Page, reason: Reason) -> String {
    page.t(&format!("duplicate-reason-{}", reason.as_str().replace('_', "-")))
}

/// How sure it is, in a word and a number.
pub(super) fn score_pill(page: &Page, score: i32) -> Markup {
    let (colour, icon, key) = match score {
        85.. => ("green", "check-check", "duplicates-sure"),
        65..85 => ("amber", "circle-help", "duplicates-likely"),
        _ => ("grey", "circle-help", "duplicates-possible"),
    };
    page.pill(colour, icon, &page.t1(key, "score", page.number(&i64::from(score))))
}

/// The existing clients a new one looks like.
pub(crate) fn lookalikes(page: &Page, found: Vec<Possible>) -> Vec<Lookalike> {
    found
        .into_iter()
        .map(|one| Lookalike { reasons: reasons(page, &one.reasons), card: card(page, one.client) })
        .collect()
}

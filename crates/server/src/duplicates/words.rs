//! Pairs in words.

use domain::duplicates::{Possible, Reason};

use crate::clients::words::{Card, card};
use crate::page::{Markup, Page};

/// An existing client beside a new one.
pub(crate) struct Lookalike {
    pub(crate) card: Card,
    pub(crate) reasons: String,
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

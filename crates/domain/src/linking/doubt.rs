//! Why the most likely client of an order may not be its client.

use super::Reason;
use super::decide::{Assessed, SIMILAR};
use super::emails::Spelling;
use super::evidence::{EmailEvidence, Evidence, NameClass, PhoneEvidence};
use super::index::Index;

/// A first candidate leads when it has this many points more than the second.
const LEAD: i32 = 4;
/// Clients of one family name, when they are no more than this, may well be one household.
const HOUSEHOLD: u32 = 10;

/// Why the first candidate cannot be linked; `None` when it can.
pub(super) fn doubt(index: &Index, assessed: &[Assessed]) -> Option<Reason> {
    let (first, others) = assessed.split_first()?;
    if !first.evidence.is_enough() {
        return Some(why_not_enough(&first.evidence));
    }
    if let Some(other) = others.iter().find(|other| contradicts(first, other)) {
        return Some(Reason::ContactOfAnother { other: index.id(other.slot) });
    }
    if let Some(other) = others.iter().find(|other| is_better_named(first, other)) {
        return Some(Reason::NameOfAnother { other: index.id(other.slot) });
    }
    let equals = others.iter().filter(|other| is_rival(first, other)).count();
    (equals > 0).then_some(Reason::SeveralFit { count: equals as u32 + 1 })
}

/// Whether a contact of the order is `other`'s and not `first`'s. Where no contact of that kind is
/// known of `first`, that of another of the same family name is the household's, and no contradiction.
fn contradicts(first: &Assessed, other: &Assessed) -> bool {
    let (mine, its) = (&first.evidence, &other.evidence);
    let is_household =
        mine.name_class() == NameClass::Full && its.name_class() == NameClass::Relative;
    let says_something = |is_known: bool| is_known || !is_household;
    let email = its.email == EmailEvidence::Exact && mine.email != EmailEvidence::Exact;
    let phone = its.phone == PhoneEvidence::Exact && mine.phone != PhoneEvidence::Exact;
    (email && says_something(first.has_email)) || (phone && says_something(first.has_phone))
}

/// Whether the order names `other` rather than `first`, and the contact may be `other`'s as well: it
/// is, or nothing of the kind is known of `other`. Where another is known, a name that is `first`'s
/// in part (`Jean Faye` for `Jean-Pierre Faye`) stays its name, whoever else bears it whole.
fn is_better_named(first: &Assessed, other: &Assessed) -> bool {
    let may_share = !other.is_ruled_out_by(first) || !first.evidence.family.is_good();
    let may_be_its = may_share && !first.evidence.has_both_contacts();
    (may_be_its || other.evidence.has_exact_contact())
        && other.similarity >= SIMILAR
        && other.name.rank() > first.name.rank()
}

/// Whether `other` fits the order as well as `first`. Among those who share a contact only the name
/// decides: that one card also holds the e-mail may be because the other was never asked for it. It
/// is not when another e-mail is known of the other.
fn is_rival(first: &Assessed, other: &Assessed) -> bool {
    if first.evidence.has_both_contacts() && other.is_ruled_out_by(first) {
        return false;
    }
    if first.evidence.has_exact_contact() && other.evidence.has_exact_contact() {
        let (mine, its) = (&first.evidence, &other.evidence);
        let is_spelled = mine.spelling == Spelling::Client && its.spelling != Spelling::Client;
        let class = its.name_class();
        return class == NameClass::Full || (class == mine.name_class() && !is_spelled);
    }
    other.points + LEAD >= first.points || may_be_of_one_household(first, other)
}

/// Whether the order's initial fits both, and the phone it shares with `first` may be `other`'s too:
/// theirs is a rare family name, and no phone is known of `other`.
fn may_be_of_one_household(first: &Assessed, other: &Assessed) -> bool {
    let is_initial = |one: &Assessed| one.evidence.name_class() == NameClass::Initial;
    is_initial(first)
        && is_initial(other)
        && first.evidence.email != EmailEvidence::Exact
        && first.evidence.spelling != Spelling::Client
        && first.evidence.family_bearers <= HOUSEHOLD
        && !other.has_phone
}

fn why_not_enough(evidence: &Evidence) -> Reason {
    if !evidence.has_contact() {
        return Reason::NameAlone;
    }
    match evidence.name_class() {
        NameClass::Silent | NameClass::FamilyOnly => Reason::ContactWithoutName,
        NameClass::Relative => Reason::AnotherGivenName,
        NameClass::Stranger => Reason::AnotherName,
        _ => Reason::Weak,
    }
}

impl Assessed {
    /// Whether what the order shares with `first` is not this client's: another address or number is
    /// known of it.
    fn is_ruled_out_by(&self, first: &Self) -> bool {
        let (mine, its) = (&self.evidence, &first.evidence);
        let has_other_email = self.has_email && mine.email == EmailEvidence::None;
        let has_other_phone = self.has_phone && mine.phone == PhoneEvidence::None;
        (its.email == EmailEvidence::Exact && has_other_email)
            || (its.phone == PhoneEvidence::Exact && has_other_phone)
    }
}

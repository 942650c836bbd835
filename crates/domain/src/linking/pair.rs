//! Two clients compared, to see whether they may be one person.

use std::iter::once;

use super::card::Card;
use super::evidence::{EmailEvidence, Evidence, PhoneEvidence};
use super::index::Index;
use super::twins::is_keystroke_apart;
use super::{ClientRecord, OrderRecord, decide};

/// What agrees between two clients: each of the addresses and numbers of one with those of the
/// other, and their names. The same whichever comes first. People are compared with people and
/// companies with companies; a person and a company share no name. How many bear a name is not
/// known here: none counts as rare. Beside a number that agrees, an
/// address counts as mistyped whichever key it was, where an order's would be another's.
pub fn compare(a: &ClientRecord, b: &ClientRecord, region: &str) -> Evidence {
    let (a, b) = match (is_person(a), is_person(b)) {
        (true, true) => (without_company(a), without_company(b)),
        (false, false) => (a.clone(), b.clone()),
        _ => (nameless(a), nameless(b)),
    };
    let (one, other) = (one_way(&a, &b, region), one_way(&b, &a, region));
    if other.points() > one.points() { other } else { one }
}

fn is_person(client: &ClientRecord) -> bool {
    [&client.first_name, &client.last_name, &client.full_name].iter().any(|n| !n.trim().is_empty())
}

fn without_company(client: &ClientRecord) -> ClientRecord {
    ClientRecord { company: String::new(), ..client.clone() }
}

fn nameless(client: &ClientRecord) -> ClientRecord {
    let ClientRecord { id, emails, phones, .. } = client.clone();
    ClientRecord { id, emails, phones, ..ClientRecord::default() }
}

fn one_way(from: &ClientRecord, to: &ClientRecord, region: &str) -> Evidence {
    let index = Index::build(once((to.id, Card::of(to, region))));
    let with = |email: &str, phone: &str| {
        let order = OrderRecord { name: name(from), email: email.into(), phone: phone.into() };
        decide::compare_one(&index, region, &order)
    };
    let mut found = with("", "");
    let emails = from.emails.iter().map(|email| with(email, "").email);
    found.email = emails.max().unwrap_or(EmailEvidence::None);
    let phones = from.phones.iter().map(|phone| with("", phone).phone);
    found.phone = phones.max().unwrap_or(PhoneEvidence::None);
    let near_email = |one: &String| to.emails.iter().any(|two| is_keystroke_apart(one, two));
    let agrees = found.phone != PhoneEvidence::None;
    if agrees && found.email == EmailEvidence::None && from.emails.iter().any(near_email) {
        found.email = EmailEvidence::Mistyped;
    }
    let both_have_phones = !from.phones.is_empty() && !to.phones.is_empty();
    found.has_other_phone = found.phone == PhoneEvidence::None && both_have_phones;
    (found.family_bearers, found.given_bearers) = (u32::MAX, u32::MAX);
    found
}

fn name(client: &ClientRecord) -> String {
    let person = format!("{} {}", client.first_name, client.last_name);
    let names = [person, client.full_name.clone(), client.company.clone()];
    names.into_iter().find(|name| !name.trim().is_empty()).unwrap_or_default()
}

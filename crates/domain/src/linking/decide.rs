//! From an order to its candidates, and from them to a decision.

use super::card::{Line, lines};
use super::doubt::doubt;
use super::emails::{self, Spelling, is_of_household, is_slip, spelling};
use super::evidence::{EmailEvidence, Evidence, NameClass, PhoneEvidence};
use super::index::Index;
use super::names::{self, Agreement, NameMatch};
use super::phones::{self, Typed};
use super::words::Words;
use super::{Candidate, Decision, Method, OrderRecord, Policy, Reason, State, keys};

/// Candidates shown to a person.
const SHOWN: usize = 5;
/// Names less alike than this are not alike (spec 5).
pub(super) const SIMILAR: f32 = 0.7;
/// A spelling borne by this share of those who bear another is a name of its own, not a typing error.
const OWN_NAME_SHARE: u32 = 20;

/// What an order says, read once.
struct Order {
    email: String,
    phone: Typed,
    name: Words,
}

/// A client compared with the order.
pub(super) struct Assessed {
    pub slot: u32,
    pub name: NameMatch,
    pub evidence: Evidence,
    pub similarity: f32,
    pub points: i32,
    /// Whether an address of this client is known.
    pub has_email: bool,
    /// Whether a number of this client is known.
    pub has_phone: bool,
}

impl Assessed {
    /// How many of the order's contacts are not this client's although one of the kind is known.
    fn strange_contacts(&self, order: &Order) -> u8 {
        let (has_email, has_phone) = (!order.email.is_empty(), order.phone != Typed::default());
        let email = has_email && self.has_email && self.evidence.email == EmailEvidence::None;
        let phone = has_phone && self.has_phone && self.evidence.phone == PhoneEvidence::None;
        u8::from(email) + u8::from(phone)
    }
}

pub(super) fn decide(index: &Index, policy: &Policy, order: &OrderRecord) -> Decision {
    let order = Order::read(order, &policy.region);
    let mut slots = by_contact(index, &order);
    let mut assessed = assess(index, &order, &slots);
    // A name alone never outweighs a contact: when nobody can be better named than the client the
    // contact leads to, names are not looked up.
    if !assessed.first().is_some_and(is_settled) {
        let mut found = Vec::new();
        keys::of_order(&order.name, &mut found);
        found.iter().for_each(|key| index.by_name(*key, &mut slots));
        assessed = assess(index, &order, &slots);
    }
    conclude(index, policy, assessed)
}

impl Order {
    fn read(order: &OrderRecord, region: &str) -> Self {
        Self {
            email: emails::read(&order.email),
            phone: phones::read(&order.phone, region),
            name: names::read(&order.name),
        }
    }
}

/// What agrees between an order and the one client of `index`.
pub(super) fn compare_one(index: &Index, region: &str, order: &OrderRecord) -> Evidence {
    compare(index, &Order::read(order, region), 0).evidence
}

fn is_settled(first: &Assessed) -> bool {
    let same = Agreement::Same;
    first.evidence.is_enough() && first.name.given == same && first.name.family == same
}

/// The clients an e-mail or a phone leads to.
fn by_contact(index: &Index, order: &Order) -> Vec<u32> {
    let mut slots = Vec::new();
    if !order.email.is_empty() {
        index.by_email(&order.email, &mut slots);
        if slots.is_empty() {
            index.by_mailbox(&order.email, &mut slots);
        }
    }
    if let Some(number) = order.phone.number {
        let before = slots.len();
        index.by_number(number.tail, &mut slots);
        if slots.len() == before {
            phones::neighbours(number.tail).for_each(|near| index.by_number(near, &mut slots));
        }
    }
    if let Some(fragment) = order.phone.fragment {
        index.by_fragment(fragment, &mut slots);
    }
    slots
}

/// Compares the order with each client; the most likely first.
fn assess(index: &Index, order: &Order, slots: &[u32]) -> Vec<Assessed> {
    let mut slots = slots.to_vec();
    slots.sort_unstable();
    slots.dedup();
    let mut assessed: Vec<Assessed> = slots
        .into_iter()
        .map(|slot| compare(index, order, slot))
        .filter(comes_into_question)
        .collect();
    assessed.sort_by_key(|one| (-one.points, one.strange_contacts(order), index.id(one.slot)));
    assessed
}

fn compare(index: &Index, order: &Order, slot: u32) -> Assessed {
    let mut email = EmailEvidence::None;
    let mut phone = PhoneEvidence::None;
    let (mut has_email, mut has_phone) = (false, false);
    let mut best: Option<(NameMatch, Words, Words)> = None;
    for line in lines(index.text(slot)) {
        match line {
            Line::Email(known) => {
                has_email = true;
                email = email.max(email_evidence(order, known));
            }
            Line::Phone(number) => {
                has_phone = true;
                phone = phone.max(phone_evidence(order, number));
            }
            Line::Person { .. } | Line::Company(_) => {
                let Some((given, family)) = line.words() else { continue };
                let found = match line {
                    Line::Company(_) => names::compare_company(&order.name, &family),
                    _ => compare_person(index, order, &given, &family),
                };
                if best.is_none_or(|(best, ..)| found.rank() > best.rank()) {
                    best = Some((found, given, family));
                }
            }
        }
    }
    let (name, given, family) = best.unwrap_or((NameMatch::NONE, Words::of(""), Words::of("")));
    let (first, last) = (given.all().joined(), family.all().joined());
    let evidence = Evidence {
        email,
        phone,
        given: name.given,
        family: name.family,
        family_bearers: index.family_name_count(last),
        given_bearers: index.given_name_count(first),
        spelling: spelling_of(order, email, first, last),
        has_other_phone: phone == PhoneEvidence::None && order.phone != Typed::default(),
        has_name: order.name.len() > 0,
    };
    let (similarity, points) = (name.similarity(), evidence.points());
    Assessed { slot, name, evidence, similarity, points, has_email, has_phone }
}

/// Whose name the address on the order spells. Of the client's own it counts only when it spells
/// someone else's: a household's address.
fn spelling_of(order: &Order, email: EmailEvidence, first: &[u8], last: &[u8]) -> Spelling {
    match email {
        EmailEvidence::None => spelling(&order.email, first, last),
        EmailEvidence::Exact if is_of_household(&order.email, first, last) => Spelling::Relative,
        _ => Spelling::Nobody,
    }
}

fn email_evidence(order: &Order, email: &str) -> EmailEvidence {
    if order.email.is_empty() {
        EmailEvidence::None
    } else if order.email == email {
        EmailEvidence::Exact
    } else if is_slip(&order.email, email) {
        EmailEvidence::Mistyped
    } else {
        EmailEvidence::None
    }
}

fn phone_evidence(order: &Order, number: phones::Number) -> PhoneEvidence {
    let Typed { number: typed, fragment } = order.phone;
    if typed.is_some_and(|typed| typed.same(number)) {
        return PhoneEvidence::Exact;
    }
    if let Some(fragment) = fragment.filter(|fragment| fragment.is_of(number.tail)) {
        return PhoneEvidence::Fragment(fragment.len as u8);
    }
    match typed.is_some_and(|typed| phones::is_near(typed.tail, number.tail)) {
        true => PhoneEvidence::Near,
        false => PhoneEvidence::None,
    }
}

/// A given name one letter away that others bear is a name of its own, not a typing error.
fn compare_person(index: &Index, order: &Order, given: &Words, family: &Words) -> NameMatch {
    let mut found = names::compare(&order.name, given, family);
    if found.given == Agreement::Typo {
        let (from, to) = found.given_run;
        let typed = index.given_name_count(order.name.run(from, to).joined());
        if typed > 0 && typed * OWN_NAME_SHARE >= index.given_name_count(given.all().joined()) {
            found.given = Agreement::Similar;
        }
    }
    found
}

/// Whether a person would want to see this client beside the order.
fn comes_into_question(one: &Assessed) -> bool {
    let class = one.evidence.name_class();
    if one.evidence.has_exact_contact() {
        return true;
    }
    if one.evidence.has_contact() {
        return !matches!(class, NameClass::Stranger | NameClass::Relative);
    }
    one.similarity >= SIMILAR || class == NameClass::FamilyOnly
}

fn conclude(index: &Index, policy: &Policy, mut assessed: Vec<Assessed>) -> Decision {
    drop_crowds(&mut assessed);
    let Some(first) = assessed.first() else {
        return Decision {
            state: State::Unlinked,
            method: None,
            score: 0,
            candidates: Vec::new(),
            reason: None,
        };
    };
    let (state, reason) = match doubt(index, &assessed) {
        None => (State::Linked, why_linked(&first.evidence)),
        Some(Reason::NameAlone) if policy.is_bold && is_alone(&assessed) => {
            (State::Linked, Reason::OnlyOneWithThisName)
        }
        Some(reason) => (State::Review, reason),
    };
    let method = Some(method(&first.evidence));
    let candidates: Vec<Candidate> =
        assessed.iter().take(SHOWN).map(|one| candidate(index, one)).collect();
    Decision { state, method, score: candidates[0].score, candidates, reason: Some(reason) }
}

/// When only part of a name agrees and more clients fit than can be shown, showing some of them
/// would be chance.
fn drop_crowds(assessed: &mut Vec<Assessed>) {
    let is_part = |one: &Assessed| !one.evidence.has_contact() && one.similarity < SIMILAR;
    if assessed.iter().filter(|one| is_part(one)).count() > SHOWN {
        assessed.retain(|one| !is_part(one));
    }
}

fn why_linked(evidence: &Evidence) -> Reason {
    match evidence.name_class() {
        NameClass::Full | NameClass::Initial | NameClass::GivenOnly => Reason::ContactAndName,
        _ => Reason::BothContacts,
    }
}

/// Whether the first candidate alone has a similar name.
fn is_alone(assessed: &[Assessed]) -> bool {
    let alike = assessed.iter().filter(|one| one.similarity >= SIMILAR).count();
    alike == 1 && assessed[0].similarity >= SIMILAR
}

fn method(evidence: &Evidence) -> Method {
    match (evidence.email, evidence.phone) {
        (EmailEvidence::Exact, _) => Method::Email,
        (_, PhoneEvidence::None) if evidence.email != EmailEvidence::None => Method::Email,
        (_, PhoneEvidence::None) => Method::Name,
        _ => Method::Phone,
    }
}

fn candidate(index: &Index, one: &Assessed) -> Candidate {
    Candidate {
        id: index.id(one.slot),
        score: one.points.clamp(0, 100) as u8,
        similarity: one.similarity,
        evidence: one.evidence,
    }
}

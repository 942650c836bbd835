//! A record as it is compared, and who else to compare it with: found by its keys, never client
//! by client.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use base::db::Column::{Id, Plain};
use base::db::{Packed, Sql};
use base::text::{email_key, fold, sort_key};
use sea_orm::{ConnectionTrait, DbErr};
use serde::Deserialize;
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use super::shared::{Key, shared};
use super::weigh::{self, Extras, Reason};
use crate::clients::{ClientPhone, EMAILS, PHONES, ValidClient, parted};
use crate::linking::{self, ClientRecord};
use crate::orders;

/// What identifies a record.
#[derive(Clone, Debug, Default)]
pub(super) struct Subject {
    record: ClientRecord,
    code: Option<String>,
    address: String,
    pub(super) emails: Vec<String>,
    pub(super) numbers: Vec<String>,
    pub(super) names: Vec<String>,
}

/// A record that looks like another.
#[derive(Clone, Debug, Default)]
pub(super) struct Alike {
    pub(super) id: Uuid,
    pub(super) score: i32,
    pub(super) reasons: Vec<Reason>,
    pub(super) fingerprint: String,
}

impl Subject {
    /// A client who is not there yet.
    pub(super) fn of_new(new: &ValidClient) -> Self {
        let mut subject = Self::named(
            Uuid::new_v4(),
            new.first_name.as_deref(),
            new.last_name.as_deref(),
            new.company_name.as_deref(),
        );
        subject.code.clone_from(&new.code);
        subject.address = place(new.address.as_deref(), new.city.as_deref());
        for (_, key) in &new.emails {
            subject.add_email(key.clone());
        }
        for phone in &new.phones {
            subject.add_number(phone.e164.clone().unwrap_or_else(|| phone.raw.clone()));
        }
        subject
    }

    pub(super) fn id(&self) -> Uuid {
        Uuid::from_u128(self.record.id)
    }

    fn named(id: Uuid, first: Option<&str>, last: Option<&str>, company: Option<&str>) -> Self {
        let text = |value: Option<&str>| value.unwrap_or_default().trim().to_owned();
        let (first, last, company) = (text(first), text(last), text(company));
        let mut names: Vec<String> = [
            format!("{last} {first}"),
            format!("{first} {last}"),
            if first.is_empty() && last.is_empty() { company.clone() } else { String::new() },
        ]
        .iter()
        .map(|name| sort_key(name.trim()))
        .filter(|key| !key.is_empty())
        .collect();
        names.sort();
        names.dedup();
        let record = ClientRecord {
            id: id.as_u128(),
            first_name: first,
            last_name: last,
            company,
            ..ClientRecord::default()
        };
        Self { record, names, ..Self::default() }
    }

    fn add_email(&mut self, key: String) {
        self.record.emails.push(key.clone());
        self.emails.push(key);
    }

    fn add_number(&mut self, number: String) {
        self.record.phones.push(number.clone());
        self.numbers.push(number);
    }

    /// How alike the two are, and whether that is enough to say so.
    fn weigh(&self, other: &Self, region: &str) -> (Alike, bool) {
        let evidence = linking::compare(&self.record, &other.record, region);
        let (mine, its) = (fold(&self.record.company), fold(&other.record.company));
        let extras = Extras {
            same_address: !self.address.is_empty() && self.address == other.address,
            same_company: !mine.is_empty() && mine == its,
            different_codes: matches!((&self.code, &other.code), (Some(a), Some(b)) if a != b),
        };
        let reasons = weigh::reasons(&evidence, extras);
        let alike = Alike {
            id: other.id(),
            score: weigh::score(&evidence, extras),
            fingerprint: self.fingerprint(other, &reasons),
            reasons,
        };
        (alike, weigh::is_alike(&evidence, extras))
    }

    /// Namesakes are many: only those who share something else, or nearly, are weighed.
    fn is_worth_weighing(&self, other: &Self) -> bool {
        let shares = |mine: &[String], its: &[String], near: fn(&str, &str) -> bool| {
            mine.iter().any(|one| its.iter().any(|two| near(one, two)))
        };
        let company = fold(&self.record.company);
        shares(&self.emails, &other.emails, is_near_email)
            || shares(&self.numbers, &other.numbers, is_near_number)
            || (!self.address.is_empty() && self.address == other.address)
            || (!company.is_empty() && company == fold(&other.record.company))
    }

    /// What the two were found alike on: the reasons, what they share, what both are called.
    fn fingerprint(&self, other: &Self, reasons: &[Reason]) -> String {
        let shared = |mine: &[String], its: &[String]| {
            let its: HashSet<&String> = its.iter().collect();
            mine.iter().filter(|one| its.contains(one)).cloned().collect::<BTreeSet<_>>()
        };
        let names: BTreeSet<&String> = self.names.iter().chain(&other.names).collect();
        let reasons: Vec<&str> = reasons.iter().map(|reason| reason.as_str()).collect();
        let (emails, phones) =
            (shared(&self.emails, &other.emails), shared(&self.numbers, &other.numbers));
        let text = format!("{reasons:?}{emails:?}{phones:?}{names:?}");
        Sha256::digest(text).iter().take(16).map(|byte| format!("{byte:02x}")).collect()
    }
}

/// Wider than what `linking` takes for a slip: it decides.
fn is_near_email(one: &str, other: &str) -> bool {
    let (Some((local, domain)), Some((other_local, other_domain))) =
        (one.split_once('@'), other.split_once('@'))
    else {
        return false;
    };
    local == other_local || (domain == other_domain && local.len().abs_diff(other_local.len()) <= 1)
}

/// At most two of the last nine digits differ.
fn is_near_number(one: &str, other: &str) -> bool {
    let last = |text: &str| -> Vec<u8> { text.bytes().rev().take(9).collect() };
    let (one, other) = (last(one), last(other));
    one.iter().zip(&other).filter(|(a, b)| a != b).count() <= 2
}

fn place(address: Option<&str>, city: Option<&str>) -> String {
    let street = fold(address.unwrap_or_default());
    if street.is_empty() { street } else { format!("{street} {}", fold(city.unwrap_or_default())) }
}

/// How far to look for who may be the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reach {
    /// Who has an e-mail, a phone or a name of theirs.
    Same,
    /// Also who has all of them mistyped: sixteen keys more for each.
    Mistyped,
}

/// For each of `subjects`, the clients of the centre that look like it, the most alike first;
/// subjects with none are absent.
pub(super) async fn find(
    conn: &impl ConnectionTrait,
    center: Uuid,
    region: &str,
    subjects: &[Subject],
    reach: Reach,
) -> Result<HashMap<Uuid, Vec<Alike>>, DbErr> {
    let shared = shared(conn, center, subjects).await?;
    let twins: Vec<Vec<Uuid>> = match reach {
        Reach::Same => vec![Vec::new(); subjects.len()],
        Reach::Mistyped => {
            let keys = |subject: &Subject| linking::twin_keys(&subject.record, region);
            let keys: Vec<Vec<linking::Key>> = subjects.iter().map(keys).collect();
            orders::sharing(conn, center, &keys).await?
        }
    };
    let mut candidates: HashMap<Uuid, BTreeMap<Uuid, bool>> = HashMap::new();
    for (subject, twins) in subjects.iter().zip(twins) {
        let of = |kind: Key| -> Vec<Uuid> {
            let keys = kind.of(subject).iter();
            keys.filter_map(|key| shared.get(&(kind, key.as_str()))).flatten().copied().collect()
        };
        let namesakes = of(Key::Name).into_iter().map(|id| (id, false));
        let contacts = [of(Key::Email), of(Key::Phone), twins];
        // What shares more than a name comes last, and stays.
        let sharing = contacts.into_iter().flatten().map(|id| (id, true));
        let mut others: BTreeMap<Uuid, bool> = namesakes.chain(sharing).collect();
        others.remove(&subject.id());
        candidates.insert(subject.id(), others);
    }
    let ids: BTreeSet<Uuid> = candidates.values().flat_map(BTreeMap::keys).copied().collect();
    let ids: Vec<Uuid> = ids.into_iter().collect();
    let others = load(conn, &ids).await?;
    let mut found = HashMap::new();
    for subject in subjects {
        let Some(ids) = candidates.get(&subject.id()) else { continue };
        let mut alike: Vec<Alike> = ids
            .iter()
            .filter_map(|(id, shares)| Some((others.get(id)?, *shares)))
            .filter(|(other, shares)| *shares || subject.is_worth_weighing(other))
            .map(|(other, _)| subject.weigh(other, region))
            .filter_map(|(alike, counts)| counts.then_some(alike))
            .collect();
        alike.sort_by_key(|one| (-one.score, one.id));
        if !alike.is_empty() {
            found.insert(subject.id(), alike);
        }
    }
    Ok(found)
}

/// How alike two clients are, alike or not.
pub(super) async fn compare(
    conn: &impl ConnectionTrait,
    region: &str,
    one: Uuid,
    other: Uuid,
) -> Result<Alike, DbErr> {
    Ok(compare_all(conn, region, one, &[other]).await?.pop().unwrap_or_default())
}

/// How alike a client is to each of `others`, alike or not; the most alike first.
pub(super) async fn compare_all(
    conn: &impl ConnectionTrait,
    region: &str,
    one: Uuid,
    others: &[Uuid],
) -> Result<Vec<Alike>, DbErr> {
    let mut all = load(conn, &[&[one], others].concat()).await?;
    let one = all.remove(&one).unwrap_or_default();
    let mut alike: Vec<Alike> = all.values().map(|other| one.weigh(other, region).0).collect();
    alike.sort_by_key(|one| (-one.score, one.id));
    Ok(alike)
}

/// A client as it is compared: code, first and last name, company, street, city; its e-mails and its
/// phones.
#[derive(Deserialize)]
struct Row(
    Uuid,
    Option<String>,
    Option<String>,
    Option<String>,
    Option<String>,
    Option<String>,
    Option<String>,
    Option<String>,
    Option<String>,
);

const COLUMNS: Packed = Packed(&[
    Id("c.id"),
    Plain("c.code"),
    Plain("c.first_name"),
    Plain("c.last_name"),
    Plain("c.company_name"),
    Plain("c.address"),
    Plain("c.city"),
    EMAILS,
    PHONES,
]);

/// The clients of these ids that are not in the bin, as they are compared.
pub(super) async fn load(
    conn: &impl ConnectionTrait,
    ids: &[Uuid],
) -> Result<HashMap<Uuid, Subject>, DbErr> {
    let mut found = HashMap::new();
    for ids in ids.chunks(1_000) {
        let mut sql = Sql::new("");
        COLUMNS.push_select(&mut sql, conn.get_database_backend());
        sql.push(" FROM clients c WHERE c.deleted_at IS NULL AND c.id IN ");
        sql.bind_list(ids.to_vec());
        let rows: Vec<Row> = COLUMNS.all(sql, conn).await?;
        for Row(id, code, first, last, company, address, city, emails, phones) in rows {
            let mut subject =
                Subject::named(id, first.as_deref(), last.as_deref(), company.as_deref());
            subject.address = place(address.as_deref(), city.as_deref());
            subject.code = code;
            for email in parted(emails.as_deref()) {
                subject.add_email(email_key(email).unwrap_or_else(|| email.to_owned()));
            }
            for phone in ClientPhone::parted(phones.as_deref()) {
                subject.add_number(phone.e164.unwrap_or(phone.raw));
            }
            found.insert(id, subject);
        }
    }
    Ok(found)
}

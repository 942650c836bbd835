//! An order's link, as it is kept: values, never sentences.

use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};
use uuid::Uuid;

use crate::linking::{self, Agreement, Candidate, Decision, EmailEvidence, PhoneEvidence, Reason};

/// Whether an order has a client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LinkState {
    /// It has.
    Linked,
    /// A person chooses.
    Review,
    /// Nobody comes into question.
    Unlinked,
}

impl LinkState {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Linked, Self::Review, Self::Unlinked];

    /// The name in the database, the API and the message catalogue.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Linked => "linked",
            Self::Review => "review",
            Self::Unlinked => "unlinked",
        }
    }

    /// The state of that name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == name)
    }
}

impl From<linking::State> for LinkState {
    fn from(state: linking::State) -> Self {
        match state {
            linking::State::Linked => Self::Linked,
            linking::State::Review => Self::Review,
            linking::State::Unlinked => Self::Unlinked,
        }
    }
}

/// What agrees between an order and a client.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Grounds {
    /// `exact`, `mistyped` or `none`.
    pub email: String,
    /// `exact`, `near`, `piece` or `none`.
    pub phone: String,
    /// Digits of the piece.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub digits: Option<u8>,
    /// `same`, `typo`, `part`, `initial`, `similar`, `absent` or `differs`.
    pub given: String,
    /// The same, of the family name.
    pub family: String,
    /// How alike the names are, from 0 to 1.
    pub similarity: f32,
}

impl Grounds {
    fn of(candidate: &Candidate) -> Self {
        let email = match candidate.evidence.email {
            EmailEvidence::None => "none",
            EmailEvidence::Mistyped => "mistyped",
            EmailEvidence::Exact => "exact",
        };
        let (phone, digits) = match candidate.evidence.phone {
            PhoneEvidence::None => ("none", None),
            PhoneEvidence::Near => ("near", None),
            PhoneEvidence::Fragment(digits) => ("piece", Some(digits)),
            PhoneEvidence::Exact => ("exact", None),
        };
        Self {
            email: email.to_owned(),
            phone: phone.to_owned(),
            digits,
            given: agreement(candidate.evidence.given).to_owned(),
            family: agreement(candidate.evidence.family).to_owned(),
            similarity: candidate.similarity,
        }
    }
}

impl Grounds {
    /// Whether the address or the number agrees.
    pub(super) fn has_contact(&self) -> bool {
        self.email != "none" || self.phone != "none"
    }
}

fn agreement(agreement: Agreement) -> &'static str {
    match agreement {
        Agreement::Differs => "differs",
        Agreement::Absent => "absent",
        Agreement::Similar => "similar",
        Agreement::Initial => "initial",
        Agreement::Part => "part",
        Agreement::Typo => "typo",
        Agreement::Same => "same",
    }
}

/// A client who may have made an order.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StoredCandidate {
    /// Who.
    pub id: Uuid,
    /// From 0 to 100.
    pub score: i32,
    /// What agrees.
    #[serde(flatten)]
    pub grounds: Grounds,
}

/// Why an order is linked, or is not.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Why {
    /// `contact_and_name`, `several_fit`, `chosen`, …: the key of a sentence.
    pub key: String,
    /// What agrees with the first candidate.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grounds: Option<Grounds>,
    /// The client who speaks against it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub other: Option<Uuid>,
    /// How many fit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub count: Option<u32>,
}

impl Why {
    /// A reason that needs no figures.
    pub(super) fn plain(key: &str) -> Self {
        Self { key: key.to_owned(), grounds: None, other: None, count: None }
    }

    fn of(reason: Reason, first: Option<&Candidate>) -> Self {
        let (key, other, count) = match reason {
            Reason::ContactAndName => ("contact_and_name", None, None),
            Reason::BothContacts => ("both_contacts", None, None),
            Reason::OnlyOneWithThisName => ("only_one_with_this_name", None, None),
            Reason::NameAlone => ("name_alone", None, None),
            Reason::ContactWithoutName => ("contact_without_name", None, None),
            Reason::AnotherGivenName => ("another_given_name", None, None),
            Reason::AnotherName => ("another_name", None, None),
            Reason::ContactOfAnother { other } => ("contact_of_another", Some(other), None),
            Reason::NameOfAnother { other } => ("name_of_another", Some(other), None),
            Reason::SeveralFit { count } => ("several_fit", None, Some(count)),
            Reason::Weak => ("weak", None, None),
        };
        Self {
            key: key.to_owned(),
            grounds: first.map(Grounds::of),
            other: other.map(Uuid::from_u128),
            count,
        }
    }
}

/// A link about to be written.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Link {
    pub(super) state: LinkState,
    pub(super) client: Option<Uuid>,
    pub(super) method: Option<&'static str>,
    pub(super) score: Option<i32>,
    pub(super) why: Option<Why>,
    pub(super) candidates: Vec<StoredCandidate>,
}

impl Link {
    pub(super) fn of(decision: &Decision) -> Self {
        let candidate = |one: &Candidate| StoredCandidate {
            id: Uuid::from_u128(one.id),
            score: i32::from(one.score),
            grounds: Grounds::of(one),
        };
        Self {
            state: decision.state.into(),
            client: decision.linked_to().map(Uuid::from_u128),
            method: decision.method.map(|method| match method {
                linking::Method::Email => "email",
                linking::Method::Phone => "phone",
                linking::Method::Name => "name",
            }),
            score: decision.method.map(|_| i32::from(decision.score)),
            why: decision.reason.map(|reason| Why::of(reason, decision.candidates.first())),
            candidates: decision.candidates.iter().map(candidate).collect(),
        }
    }

    /// What a person said.
    pub(super) fn chosen(
        client: Option<Uuid>,
        key: &str,
        candidates: Vec<StoredCandidate>,
    ) -> Self {
        Self {
            state: if client.is_some() { LinkState::Linked } else { LinkState::Unlinked },
            client,
            method: client.map(|_| "manual"),
            score: client.map(|_| 100),
            why: Some(Why::plain(key)),
            candidates,
        }
    }

    pub(super) fn why_json(&self) -> Option<Json> {
        self.why.as_ref().map(|why| json!(why))
    }

    /// Only a person who chooses needs them: those of a sure link are found again when asked for.
    pub(super) fn candidates_json(&self) -> Option<Json> {
        let is_of_use = self.state != LinkState::Linked && !self.candidates.is_empty();
        is_of_use.then(|| json!(self.candidates))
    }
}

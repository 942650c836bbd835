//! Linking orders to clients (spec 5, "Algorithme de Correspondance").
//!
//! E-mail, phone and name are looked up in an index of the clients, never client by client. What is
//! found is weighed by the one table of `evidence`; `decide` links only what that table says is
//! enough and `doubt` finds nothing against. Anything else that may be right goes to a person, with
//! its candidates ranked. Nothing here knows a database, and no sentence is written here: reasons
//! are values, and the edge says them in the user's language.

mod card;
mod decide;
mod distance;
mod doubt;
mod emails;
mod evidence;
mod index;
mod keys;
mod lookup;
mod names;
mod pair;
mod phones;
mod postings;
mod shared_words;
mod twins;
mod words;

pub use emails::Spelling;
pub use evidence::{EmailEvidence, Evidence, NameClass, PhoneEvidence};
pub use lookup::{CROWD, Key, Lookup, Traces, client_keys, phone_key, traces, words_key};
pub use names::Agreement;
pub(crate) use names::titles;
pub use pair::compare;
pub use shared_words::{SharedWords, order_words};
pub use twins::twin_keys;

#[cfg(test)]
mod tests;

/// Who a client is to the caller: its UUID (`Uuid::as_u128`) or any number. Equal candidates are
/// listed in the order of their ids.
pub type ClientId = u128;

/// What is known of a client. Anything may be empty.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ClientRecord {
    /// Who it is.
    pub id: ClientId,
    /// First names; read together with `last_name`, in place of `full_name`, when both are there.
    pub first_name: String,
    /// Family name.
    pub last_name: String,
    /// Both names in one, first name first, or the family name first in capitals.
    pub full_name: String,
    /// Company.
    pub company: String,
    /// Addresses, as typed.
    pub emails: Vec<String>,
    /// Numbers, as typed or in E.164.
    pub phones: Vec<String>,
}

/// What an order says of who made it. Anything may be empty.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OrderRecord {
    /// The name, parts in any order, with or without a title.
    pub name: String,
    /// The address, as typed.
    pub email: String,
    /// The number, as typed.
    pub phone: String,
}

/// What a centre chooses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    /// ISO 3166 code of the country where numbers without a country code are dialled.
    pub region: String,
    /// Whether a name that only one client bears links by itself (spec 5's own rule).
    pub is_bold: bool,
}

impl Default for Policy {
    fn default() -> Self {
        Self { region: "FR".to_owned(), is_bold: false }
    }
}

/// What becomes of an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum State {
    /// Linked to its first candidate.
    Linked,
    /// A person chooses among the candidates.
    Review,
    /// No client comes into question.
    Unlinked,
}

/// What led to the first candidate: the strongest evidence there is for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Method {
    /// The e-mail address, exact or mistyped.
    Email,
    /// The phone number, whole or in part.
    Phone,
    /// The name alone.
    Name,
}

/// A client who may have made the order.
#[derive(Debug, Clone, PartialEq)]
pub struct Candidate {
    /// Who.
    pub id: ClientId,
    /// From 0 to 100: the points of `evidence`, added up.
    pub score: u8,
    /// How alike the names are, from 0 to 1.
    pub similarity: f32,
    /// What agrees and what does not.
    pub evidence: Evidence,
}

/// Why an order is not linked although clients come into question; or what it was linked on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Reason {
    /// Contact and name agree on one client.
    ContactAndName,
    /// E-mail and phone are both this client's.
    BothContacts,
    /// The name is close to this one only, and the centre is content with that.
    OnlyOneWithThisName,
    /// Only the name agrees: most people who share one are not the same.
    NameAlone,
    /// The contact agrees, but nothing on the order tells who in the household used it.
    ContactWithoutName,
    /// The contact agrees with another given name: a relative, perhaps.
    AnotherGivenName,
    /// The contact agrees with an altogether different name: a number given to someone else, perhaps.
    AnotherName,
    /// The e-mail or the phone is of another client than the rest.
    ContactOfAnother {
        /// That other client.
        other: ClientId,
    },
    /// The contact is one client's, and the name another's to the letter.
    NameOfAnother {
        /// That other client.
        other: ClientId,
    },
    /// Several clients fit equally well.
    SeveralFit {
        /// How many.
        count: u32,
    },
    /// What agrees is too little to link on.
    Weak,
}

/// The answer about one order.
#[derive(Debug, Clone, PartialEq)]
pub struct Decision {
    /// What becomes of it.
    pub state: State,
    /// What led to the first candidate; `None` when there is none.
    pub method: Option<Method>,
    /// The first candidate's score; 0 when there is none.
    pub score: u8,
    /// At most five, the most likely first. The first one is the link when the state is `Linked`.
    pub candidates: Vec<Candidate>,
    /// Why; `None` when no client comes into question.
    pub reason: Option<Reason>,
}

impl Decision {
    /// The client the order is linked to.
    pub fn linked_to(&self) -> Option<ClientId> {
        let first = self.candidates.first()?;
        (self.state == State::Linked).then_some(first.id)
    }
}

/// The clients of a centre, ready to be asked whose an order is.
///
/// About 400 bytes per client. Asking takes microseconds, whatever the number of clients.
#[derive(Debug, Clone)]
pub struct Matcher {
    index: index::Index,
    policy: Policy,
}

impl Matcher {
    /// Files all `clients`. Their order does not matter (of two with one id, the last one stays).
    pub fn build(clients: impl IntoIterator<Item = ClientRecord>, policy: Policy) -> Self {
        let card = |client: ClientRecord| (client.id, card::Card::of(&client, &policy.region));
        Self { index: index::Index::build(clients.into_iter().map(card)), policy }
    }

    /// Adds a client, or puts it in place of the one with its id. Under a millisecond, but for one
    /// change in some thousands, which sorts the lists anew (a second for a million clients). The
    /// place of a client replaced or removed is freed by the next build.
    pub fn put(&mut self, client: &ClientRecord) {
        self.index.put(client.id, &card::Card::of(client, &self.policy.region));
    }

    /// Takes a client out.
    pub fn remove(&mut self, id: ClientId) {
        self.index.forget(id);
    }

    /// Number of clients filed.
    pub fn len(&self) -> usize {
        self.index.len()
    }

    /// Whether no client is filed.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Says whose an order is. The same order always gets the same answer, and a client that shares
    /// nothing with it changes nothing to it.
    pub fn decide(&self, order: &OrderRecord) -> Decision {
        decide::decide(&self.index, &self.policy, order)
    }

    /// Answers about many orders, in their order, on `threads` threads.
    pub fn decide_all(&self, orders: &[OrderRecord], threads: usize) -> Vec<Decision> {
        let share = orders.len().div_ceil(threads.max(1)).max(1);
        std::thread::scope(|scope| {
            let work = |part| scope.spawn(move || self.decide_part(part));
            let parts: Vec<_> = orders.chunks(share).map(work).collect();
            let answers = parts.into_iter().map(|part| part.join());
            answers
                .flat_map(|part| part.unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
                .collect()
        })
    }

    fn decide_part(&self, orders: &[OrderRecord]) -> Vec<Decision> {
        orders.iter().map(|order| self.decide(order)).collect()
    }
}

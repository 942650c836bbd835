//! Who watches a run, and what they are told.

use super::LinkState;

/// What became of an order.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// Its number.
    pub number: String,
    /// The name on it.
    pub client_name: Option<String>,
    /// Whether it has a client now.
    pub state: LinkState,
    /// What led there.
    pub method: Option<String>,
    /// From 0 to 100.
    pub score: Option<i32>,
    /// The client, by their code (by their id when they have none).
    pub client: Option<String>,
    /// That client's name; only of orders looked at.
    pub linked_name: Option<String>,
    /// The key of the reason.
    pub why: Option<String>,
    /// Candidates likewise, the most likely first.
    pub candidates: Vec<String>,
    /// Whether this run looked at it.
    pub is_looked_at: bool,
    /// Whether its link is another than before.
    pub is_changed: bool,
}

/// What a run is at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Reading the clients.
    Clients,
    /// Linking the orders.
    Orders,
}

/// Is told how a run goes.
pub trait Witness: Send {
    /// So many clients or orders of so many are done.
    fn progress(&mut self, stage: Stage, done: u64, total: u64);
    /// What became of an order.
    fn outcome(&mut self, outcome: Outcome);
}

/// Looks away.
#[derive(Debug)]
pub struct Silent;

impl Witness for Silent {
    fn progress(&mut self, _: Stage, _: u64, _: u64) {}
    fn outcome(&mut self, _: Outcome) {}
}

use serde::{Deserialize, Serialize};

/// Something other tasks and nodes may want to know at once, sent only if the transaction that
/// carries it commits. Signals may be lost (a node restarts): whoever relies on one also polls.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signal {
    /// What it is about: `jobs`, `live`, …
    #[serde(rename = "c")]
    pub channel: String,
    /// The channel's own payload; at most 7 000 bytes (PostgreSQL's NOTIFY carries 8 000).
    #[serde(rename = "p")]
    pub payload: String,
}

impl Signal {
    /// A signal on `channel`.
    pub fn new(channel: &str, payload: impl Into<String>) -> Self {
        Self { channel: channel.to_owned(), payload: payload.into() }
    }
}

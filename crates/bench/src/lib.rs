//! Measures Vigie against the figures of BAR.md "Fast".
//!
//! The real release binary runs as a child process on a database of its own; this side makes the
//! data, drives it over loopback like users would, and compares with the targets and with the
//! baseline kept beside this crate. Everything is bounded in count and time.

pub mod baseline;
pub mod bulk;
pub mod history;
pub mod linkage;
pub mod load;
pub mod rows;
pub mod seed;
pub mod server;
pub mod sink;
pub mod table;
pub mod wire;

/// What stops a measure: one line for whoever runs it.
pub type Failure = Box<dyn std::error::Error + Send + Sync>;

/// Shorthand.
pub type Result<T, E = Failure> = std::result::Result<T, E>;

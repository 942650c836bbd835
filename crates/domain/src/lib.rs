//! Vigie's rules and their SQL.
//!
//! One folder per feature; its `mod.rs` holds the types and the verbs and is the file to read.
//! A verb is one transaction: the change, its event row, its jobs. Reads take an [`Actor`] and
//! put its rights into the query. No HTTP here, no template, no sentence a person reads.

pub mod actor;
pub mod alerts;
pub mod call_centers;
pub mod clients;
pub mod contact_log;
pub mod dashboard;
pub mod duplicates;
pub mod error;
pub mod events;
pub mod linking;
pub mod mails;
pub mod migrations;
pub mod operations;
pub mod orders;
pub mod paging;
pub mod preferences;
mod search;
mod sections;
pub mod settings;
pub mod tags;
pub mod tallies;
pub mod users;

pub use actor::{Actor, Role};
pub use error::{Error, FieldError, Invalid, Result};

//! What Vigie stands on: clock, ids, database, outbox, mail, phones, text, sheets.
//!
//! Nothing here knows a feature, a role or a sentence a person reads.

pub mod clock;
pub mod db;
pub mod ids;
pub mod mail;
pub mod money;
pub mod outbox;
pub mod phone;
pub mod sheet;
pub mod text;

//! Vigie's doors: pages, JSON API, command line, workers.
//!
//! A handler extracts, calls one domain verb, responds. `pages.rs` and `api.rs` of a feature are
//! two doors to one rule and never call each other.

pub mod accounts;
pub mod admin;
pub mod again;
pub mod alerts;
pub mod answer;
pub mod app;
pub mod assets;
pub mod cli;
pub mod clients;
pub mod config;
pub mod contact_log;
pub mod duplicates;
pub mod error;
pub mod export;
pub mod extract;
pub mod grid;
pub mod home;
pub mod i18n;
pub mod idempotency;
pub mod identity;
pub mod live;
pub mod mail;
pub mod metrics;
pub mod nav;
pub mod openapi;
pub mod operations;
pub mod orders;
pub mod page;
pub mod preferences;
pub mod proxies;
pub mod rate_limit;
pub mod router;
mod unread;
pub mod workers;

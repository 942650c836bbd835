//! Behaviour through the front door, on both engines, with the clock in hand.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    missing_docs,
    reason = "a failing test says so by panicking"
)]

#[macro_use]
mod support;

mod accounts;
mod admin;
mod alerts;
mod alerts_clock;
mod alerts_mail;
mod bad_input;
mod bulk_alerts;
mod calendar;
mod calendar_feed;
mod cells;
mod cli;
mod clients;
mod clients_list;
mod clients_pages;
mod contact_gate;
mod contact_list;
mod contact_log;
mod database;
mod duplicates;
mod duplicates_near;
mod exports;
mod frame;
mod history_restoration;
mod imports;
mod journal;
mod kill;
mod live;
mod mail_tls;
mod openapi;
mod operations;
mod order_history;
mod orders;
mod orders_and_merges;
mod orders_cli;
mod orders_together;
mod outbox;
mod permissions;
mod proxies;
mod search;
mod sentences;
mod sorts;
mod strictness;
mod tls;
mod validation;

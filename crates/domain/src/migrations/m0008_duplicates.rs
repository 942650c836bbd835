use sea_orm::DbErr;
use sea_orm_migration::{MigrationName, MigrationTrait, SchemaManager, async_trait};

use super::Ddl;

pub(super) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m0008_duplicates"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        Ddl { both: BOTH, sqlite_only: "", postgres_only: "" }.apply(manager).await
    }
}

/// A pair holds its smaller id first. `fingerprint` is what it was found on: a dismissed pair is
/// asked about again only when that changes. A merge keeps both records as they were and the ids
/// of what it moved, so that it can be taken back.
const BOTH: &str = r"
ALTER TABLE clients ADD COLUMN merged_into {uuid} REFERENCES clients (id);
CREATE INDEX clients_merged ON clients (merged_into) WHERE merged_into IS NOT NULL;

CREATE TABLE duplicate_pairs (
    id {uuid} PRIMARY KEY, call_center_id {uuid} NOT NULL REFERENCES call_centers (id),
    first_id {uuid} NOT NULL REFERENCES clients (id) ON DELETE CASCADE,
    second_id {uuid} NOT NULL REFERENCES clients (id) ON DELETE CASCADE,
    score {int} NOT NULL, reasons {json} NOT NULL, fingerprint {text} NOT NULL, state {text} NOT NULL,
    suggested_by {uuid} REFERENCES users (id), decided_by {uuid} REFERENCES users (id), decided_at {ts},
    created_at {ts} NOT NULL, updated_at {ts} NOT NULL, UNIQUE (first_id, second_id));
CREATE INDEX duplicate_pairs_by_score ON duplicate_pairs (call_center_id, state, score, id);
CREATE INDEX duplicate_pairs_by_creation ON duplicate_pairs (call_center_id, state, created_at, id);
CREATE INDEX duplicate_pairs_by_second ON duplicate_pairs (second_id);

CREATE TABLE client_merges (
    id {uuid} PRIMARY KEY, call_center_id {uuid} NOT NULL REFERENCES call_centers (id),
    winner_id {uuid} NOT NULL REFERENCES clients (id) ON DELETE CASCADE,
    loser_id {uuid} NOT NULL REFERENCES clients (id) ON DELETE CASCADE,
    choices {json} NOT NULL, winner_before {json} NOT NULL, winner_after {json} NOT NULL,
    loser_before {json} NOT NULL, moved {json} NOT NULL, pair_state {text},
    merged_by {uuid}, merged_at {ts} NOT NULL, undone_by {uuid}, undone_at {ts}, kept {json});
CREATE INDEX client_merges_by_winner ON client_merges (winner_id, merged_at);
CREATE INDEX client_merges_by_loser ON client_merges (loser_id, merged_at);

CREATE TABLE duplicate_scans (
    call_center_id {uuid} PRIMARY KEY REFERENCES call_centers (id), scanned_to {ts} NOT NULL, seq BIGINT NOT NULL);";

use sea_orm::DbErr;
use sea_orm_migration::{MigrationName, MigrationTrait, SchemaManager, async_trait};

use super::Ddl;

pub(super) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m0002_accounts"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        Ddl { both: BOTH, sqlite_only: SQLITE, postgres_only: POSTGRES }.apply(manager).await
    }
}

const BOTH: &str = r"
CREATE TABLE call_centers (
    id {uuid} PRIMARY KEY, name {text} NOT NULL, time_zone {text} NOT NULL, currency {text} NOT NULL,
    phone_region {text} NOT NULL, business_hours {json} NOT NULL, holidays {json} NOT NULL,
    version {int} NOT NULL DEFAULT 1, created_at {ts} NOT NULL, updated_at {ts} NOT NULL);

CREATE TABLE users (
    id {uuid} PRIMARY KEY, call_center_id {uuid} REFERENCES call_centers (id),
    email {text} NOT NULL, email_key {text} NOT NULL UNIQUE, name {text} NOT NULL,
    name_key {text} NOT NULL DEFAULT '', role {text} NOT NULL,
    supervisor_id {uuid} REFERENCES users (id), password_hash {text}, language {text} NOT NULL,
    theme {text} NOT NULL DEFAULT 'auto', density {text} NOT NULL DEFAULT 'normal',
    time_zone {text}, is_active BOOLEAN NOT NULL DEFAULT TRUE, last_sign_in_at {ts},
    stamp {int} NOT NULL DEFAULT 1, invited_at {ts},
    version {int} NOT NULL DEFAULT 1, created_at {ts} NOT NULL, updated_at {ts} NOT NULL);
CREATE INDEX users_by_center ON users (call_center_id, name_key, id);
CREATE INDEX users_by_page ON users (name_key, id);
CREATE INDEX users_by_supervisor ON users (supervisor_id) WHERE supervisor_id IS NOT NULL;

CREATE TABLE user_preferences (
    user_id {uuid} NOT NULL REFERENCES users (id) ON DELETE CASCADE, name {text} NOT NULL,
    value {json} NOT NULL, PRIMARY KEY (user_id, name));

CREATE TABLE sessions (
    token_hash {bytes} PRIMARY KEY, user_id {uuid} NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    csrf_token {text} NOT NULL, created_at {ts} NOT NULL, seen_at {ts} NOT NULL,
    expires_at {ts} NOT NULL, user_agent {text}, remembered BOOLEAN NOT NULL DEFAULT FALSE);
CREATE INDEX sessions_by_user ON sessions (user_id);
CREATE INDEX sessions_by_expiry ON sessions (expires_at);

CREATE TABLE user_links (
    token_hash {bytes} PRIMARY KEY, user_id {uuid} REFERENCES users (id) ON DELETE CASCADE,
    purpose {text} NOT NULL, created_at {ts} NOT NULL, expires_at {ts} NOT NULL, used_at {ts});
CREATE INDEX user_links_by_user ON user_links (user_id, purpose);

CREATE TABLE refresh_tokens (
    token_hash {bytes} PRIMARY KEY, family_id {uuid} NOT NULL,
    user_id {uuid} NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    created_at {ts} NOT NULL, expires_at {ts} NOT NULL, used_at {ts}, revoked_at {ts});
CREATE INDEX refresh_tokens_by_family ON refresh_tokens (family_id);
CREATE INDEX refresh_tokens_by_user ON refresh_tokens (user_id);

CREATE TABLE personal_tokens (
    id {uuid} PRIMARY KEY, token_hash {bytes} NOT NULL UNIQUE,
    user_id {uuid} NOT NULL REFERENCES users (id) ON DELETE CASCADE, name {text} NOT NULL,
    hint {text} NOT NULL, created_at {ts} NOT NULL, expires_at {ts}, last_used_at {ts});
CREATE INDEX personal_tokens_by_user ON personal_tokens (user_id);

CREATE TABLE user_devices (
    token_hash {bytes} PRIMARY KEY, user_id {uuid} NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    created_at {ts} NOT NULL, expires_at {ts} NOT NULL);
CREATE INDEX user_devices_by_user ON user_devices (user_id);

CREATE TABLE throttles (
    key {text} PRIMARY KEY, failures {int} NOT NULL, last_failure_at {ts} NOT NULL,
    blocked_until {ts});
CREATE INDEX throttles_by_age ON throttles (last_failure_at);";

const SQLITE: &str = r"
";

const POSTGRES: &str = r"
";

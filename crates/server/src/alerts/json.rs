//! Alerts as the API answers them.

use chrono::{DateTime, Utc};
use domain::alerts::{self, Alert, Notice};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::answer::ListTotal;

/// An alert on a client.
#[derive(Serialize, ToSchema)]
pub(super) struct ApiAlert {
    pub(super) id: Uuid,
    pub(super) client_id: Uuid,
    /// Shared by the alerts made in one go.
    pub(super) batch_id: Option<Uuid>,
    #[schema(example = "Contrat annuel à renouveler", max_length = 200)]
    pub(super) title: String,
    pub(super) description: Option<String>,
    #[schema(example = "2026-11-20T09:30:00Z")]
    pub(super) due_at: DateTime<Utc>,
    /// The IANA zone its time was given in.
    #[schema(example = "Africa/Dakar")]
    pub(super) timezone: String,
    /// `done` once completed, else `due` once its time has come, else `in_progress`.
    #[schema(example = "due", value_type = String)]
    pub(super) status: alerts::Status,
    #[schema(example = "normal", value_type = String)]
    pub(super) priority: alerts::Priority,
    pub(super) assigned_to: Option<Uuid>,
    pub(super) created_by: Option<Uuid>,
    pub(super) acknowledged_at: Option<DateTime<Utc>>,
    pub(super) acknowledged_by: Option<Uuid>,
    pub(super) completed_at: Option<DateTime<Utc>>,
    pub(super) completed_by: Option<Uuid>,
    /// Who is or was told, and how it went.
    pub(super) notices: Vec<ApiNotice>,
    /// Goes into `If-Match`.
    pub(super) version: i32,
    pub(super) created_at: DateTime<Utc>,
    pub(super) updated_at: DateTime<Utc>,
}

/// One telling of one person.
#[derive(Serialize, ToSchema)]
pub(super) struct ApiNotice {
    #[schema(example = "at_due")]
    pub(super) level: String,
    #[schema(example = "email")]
    pub(super) channel: String,
    /// The user told.
    pub(super) recipient: Uuid,
    /// `planned`, `sent`, `cancelled` or `given_up`.
    #[schema(example = "sent")]
    pub(super) state: String,
    pub(super) planned_at: DateTime<Utc>,
    pub(super) sent_at: Option<DateTime<Utc>>,
    pub(super) attempts: i32,
    pub(super) last_error: Option<String>,
}

/// A page of alerts.
#[derive(Serialize, ToSchema)]
pub(super) struct AlertPage {
    pub(super) data: Vec<ApiAlert>,
    pub(super) next_cursor: Option<String>,
    pub(super) total: ListTotal,
}

impl ApiAlert {
    pub(super) fn new(alert: Alert, notices: Vec<Notice>, now: DateTime<Utc>) -> Self {
        Self {
            status: alert.status(now),
            priority: alert.priority(),
            id: alert.id,
            client_id: alert.client_id,
            batch_id: alert.batch_id,
            title: alert.title,
            description: alert.description,
            due_at: alert.due_at,
            timezone: alert.time_zone,
            assigned_to: alert.assigned_to,
            created_by: alert.created_by,
            acknowledged_at: alert.acknowledged_at,
            acknowledged_by: alert.acknowledged_by,
            completed_at: alert.completed_at,
            completed_by: alert.completed_by,
            notices: notices.into_iter().map(ApiNotice::from).collect(),
            version: alert.version,
            created_at: alert.created_at,
            updated_at: alert.updated_at,
        }
    }
}

impl From<Notice> for ApiNotice {
    fn from(notice: Notice) -> Self {
        Self {
            level: notice.level,
            channel: notice.channel,
            recipient: notice.recipient_id,
            state: notice.state,
            planned_at: notice.planned_at,
            sent_at: notice.sent_at,
            attempts: notice.attempts,
            last_error: notice.last_error,
        }
    }
}

/// Something that happened to an alert.
#[derive(Serialize, ToSchema)]
pub(super) struct AlertEvent {
    pub(super) id: Uuid,
    #[serde(rename = "type")]
    #[schema(example = "alert.rescheduled")]
    pub(super) kind: String,
    pub(super) at: DateTime<Utc>,
    /// Who; null for the system.
    pub(super) actor: Option<EventActor>,
    /// `changes` holds `field: [before, after]`.
    pub(super) data: Value,
}

/// Who did it.
#[derive(Serialize, ToSchema)]
pub(super) struct EventActor {
    pub(super) id: Uuid,
    pub(super) name: String,
}

/// What happened to an alert, newest first.
#[derive(Serialize, ToSchema)]
pub(super) struct AlertHistory {
    pub(super) data: Vec<AlertEvent>,
    pub(super) next_cursor: Option<String>,
}

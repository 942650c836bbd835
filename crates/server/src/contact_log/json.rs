//! Attempts, consents and rules as the API reads and writes them.

use chrono::{DateTime, Utc};
use domain::call_centers::Hours;
use domain::contact_log::consents::{Consent, NewConsent};
use domain::contact_log::rules::CallingRules;
use domain::contact_log::{Attempt, Hour, Reason, Verdict};
use domain::paging::Total;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

/// Who tried.
#[derive(Serialize, ToSchema)]
pub(super) struct AgentJson {
    id: Uuid,
    #[schema(example = "Adama Diop")]
    name: String,
}

/// An attempt to reach a client.
#[derive(Serialize, ToSchema)]
pub(super) struct AttemptJson {
    id: Uuid,
    /// The client's code; their id where they have none.
    #[schema(example = "0000100400")]
    client: String,
    client_id: Uuid,
    /// Who tried; null is Vigie itself.
    utilisateur: Option<AgentJson>,
    date_notification: DateTime<Utc>,
    /// `succes` or `echec`.
    #[schema(example = "succes")]
    statut: String,
    /// As it was sent; by a click, the channel's name.
    #[schema(example = "Téléphone")]
    canal: String,
    /// What it means: `phone`, `whatsapp`, `email`, `sms`, `visit` or `other`.
    #[schema(example = "phone")]
    channel: String,
}

impl From<Attempt> for AttemptJson {
    fn from(attempt: Attempt) -> Self {
        let name = attempt.user_name.unwrap_or_default();
        Self {
            id: attempt.id,
            client: attempt.client_code.unwrap_or_else(|| attempt.client_id.to_string()),
            client_id: attempt.client_id,
            utilisateur: attempt.user_id.map(|id| AgentJson { id, name }),
            date_notification: attempt.created_at,
            statut: attempt.status,
            canal: attempt.channel_word.unwrap_or_else(|| attempt.channel.clone()),
            channel: attempt.channel,
        }
    }
}

/// How many attempts match.
#[derive(Serialize, ToSchema)]
pub(super) struct AttemptsTotal {
    #[schema(example = 42)]
    value: i64,
    /// `false`: there are more than `value`.
    exact: bool,
}

impl From<Total> for AttemptsTotal {
    fn from(total: Total) -> Self {
        Self { value: total.value, exact: total.exact }
    }
}

/// A page of attempts.
#[derive(Serialize, ToSchema)]
pub(super) struct AttemptPage {
    pub(super) data: Vec<AttemptJson>,
    pub(super) next_cursor: Option<String>,
    pub(super) total: AttemptsTotal,
}

/// An attempt to be recorded; who and when are added.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct AttemptInput {
    /// The client's code, or their id.
    #[schema(example = "0000100400")]
    pub(super) client: Option<String>,
    /// `succes` or `echec`.
    #[schema(example = "succes")]
    pub(super) statut: Option<String>,
    /// In any words; the last one used when absent.
    #[schema(example = "Téléphone")]
    pub(super) canal: Option<String>,
}

/// What came of an attempt on the client of the address.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NotifyInput {
    /// `succes` or `echec`.
    #[schema(example = "echec")]
    pub(super) statut: Option<String>,
    /// In any words; the last one used when absent.
    #[schema(example = "WhatsApp")]
    pub(super) canal: Option<String>,
}

/// By which way it really was.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct AttemptPatch {
    #[schema(example = "WhatsApp")]
    pub(super) canal: Option<String>,
}

/// An hour of the week.
#[derive(Serialize, ToSchema)]
pub(super) struct HourJson {
    /// 0 is Monday.
    #[schema(example = 1)]
    weekday: i32,
    #[schema(example = 10)]
    hour: i32,
    #[schema(example = 12)]
    attempts: i64,
    #[schema(example = 9)]
    successes: i64,
}

/// Attempts and successes by hour and weekday, in the centre's zone.
#[derive(Serialize, ToSchema)]
pub(super) struct FiguresJson {
    pub(super) data: Vec<HourJson>,
}

impl From<Vec<Hour>> for FiguresJson {
    fn from(hours: Vec<Hour>) -> Self {
        let hour = |hour: Hour| HourJson {
            weekday: hour.weekday,
            hour: hour.hour,
            attempts: hour.attempts(),
            successes: hour.successes,
        };
        Self { data: hours.into_iter().map(hour).collect() }
    }
}

/// Why a call should not be made.
#[derive(Serialize, ToSchema)]
pub(super) struct ReasonJson {
    /// `opposed`, `refused`, `too-many`, `holiday`, `outside-hours` or `no-consent`.
    #[schema(example = "outside-hours")]
    code: &'static str,
    /// In the caller's language.
    message: String,
}

/// Whether a client may be called now.
#[derive(Serialize, ToSchema)]
pub(super) struct GateJson {
    /// `allow`, `warn` or `block`.
    #[schema(example = "warn")]
    decision: &'static str,
    reasons: Vec<ReasonJson>,
}

impl GateJson {
    pub(super) fn new(verdict: &Verdict, words: impl Fn(&Reason) -> String) -> Self {
        let reason = |reason: &Reason| ReasonJson { code: reason.key(), message: words(reason) };
        Self {
            decision: verdict.decision.as_str(),
            reasons: verdict.reasons.iter().map(reason).collect(),
        }
    }
}

/// What a client said about being reached.
#[derive(Serialize, ToSchema)]
pub(super) struct ConsentJson {
    id: Uuid,
    client_id: Uuid,
    /// `consent`, `refusal` or `opposition`.
    #[schema(example = "consent")]
    kind: String,
    /// `canvassing`, `newsletter` or `other`.
    #[schema(example = "canvassing")]
    purpose: String,
    /// A channel; null is every one.
    #[schema(example = "phone")]
    channel: Option<String>,
    #[schema(example = "Formulaire du site")]
    source: String,
    proof: Option<String>,
    given_at: DateTime<Utc>,
    recorded_by: Option<String>,
    created_at: DateTime<Utc>,
    revoked_at: Option<DateTime<Utc>>,
    revocation_reason: Option<String>,
}

impl From<Consent> for ConsentJson {
    fn from(consent: Consent) -> Self {
        Self {
            id: consent.id,
            client_id: consent.client_id,
            kind: consent.kind,
            purpose: consent.purpose,
            channel: consent.channel,
            source: consent.source,
            proof: consent.proof,
            given_at: consent.given_at,
            recorded_by: consent.recorder_name,
            created_at: consent.created_at,
            revoked_at: consent.revoked_at,
            revocation_reason: consent.revocation,
        }
    }
}

/// The ledger of a client.
#[derive(Serialize, ToSchema)]
pub(super) struct ConsentList {
    pub(super) data: Vec<ConsentJson>,
    pub(super) next_cursor: Option<String>,
    pub(super) total: AttemptsTotal,
}

/// What a client said.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ConsentInput {
    /// `consent`, `refusal` or `opposition`.
    #[schema(example = "consent")]
    kind: Option<String>,
    /// `canvassing` when absent.
    #[schema(example = "canvassing")]
    purpose: Option<String>,
    /// Every channel when absent.
    #[schema(example = "phone")]
    channel: Option<String>,
    #[schema(example = "Formulaire du site")]
    source: Option<String>,
    proof: Option<String>,
    /// Now when absent.
    given_at: Option<DateTime<Utc>>,
}

impl From<ConsentInput> for NewConsent {
    fn from(input: ConsentInput) -> Self {
        Self {
            kind: input.kind.unwrap_or_default(),
            purpose: input.purpose.unwrap_or_default(),
            channel: input.channel.unwrap_or_default(),
            source: input.source.unwrap_or_default(),
            proof: input.proof,
            given_at: input.given_at,
        }
    }
}

/// Why it is withdrawn.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct RevocationInput {
    #[schema(example = "Demande par téléphone")]
    pub(super) reason: Option<String>,
}

/// A centre's calling rules.
#[derive(Serialize, ToSchema)]
pub(super) struct RulesJson {
    /// `off`, `warn` or `block`.
    #[schema(example = "warn")]
    mode: String,
    /// Spans by day (`mon` … `sun`), in the centre's zone; its holidays are closed.
    #[schema(value_type = Object, example = json!({"mon": [["10:00", "13:00"], ["14:00", "20:00"]]}))]
    hours: Hours,
    /// Calls to one client in thirty days.
    #[schema(example = 4)]
    max_attempts: i32,
    /// Days without a call after a refusal.
    #[schema(example = 60)]
    refusal_days: i32,
    requires_consent: bool,
    applies_to_companies: bool,
    version: i32,
}

impl From<CallingRules> for RulesJson {
    fn from(rules: CallingRules) -> Self {
        Self {
            mode: rules.mode,
            hours: rules.hours,
            max_attempts: rules.max_attempts,
            refusal_days: rules.refusal_days,
            requires_consent: rules.requires_consent,
            applies_to_companies: rules.applies_to_companies,
            version: rules.version,
        }
    }
}

/// What to change: absent fields stay.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct RulesPatch {
    #[schema(example = "block")]
    mode: Option<String>,
    #[schema(value_type = Option<Object>)]
    hours: Option<Hours>,
    max_attempts: Option<i32>,
    refusal_days: Option<i32>,
    requires_consent: Option<bool>,
    applies_to_companies: Option<bool>,
}

impl RulesPatch {
    pub(super) fn applied_to(self, rules: CallingRules, version: i32) -> CallingRules {
        CallingRules {
            mode: self.mode.unwrap_or(rules.mode),
            hours: self.hours.unwrap_or(rules.hours),
            max_attempts: self.max_attempts.unwrap_or(rules.max_attempts),
            refusal_days: self.refusal_days.unwrap_or(rules.refusal_days),
            requires_consent: self.requires_consent.unwrap_or(rules.requires_consent),
            applies_to_companies: self.applies_to_companies.unwrap_or(rules.applies_to_companies),
            version,
        }
    }
}

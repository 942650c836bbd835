//! Outgoing mail: handed to the mail server, or kept and readable under
//! `/administration/courriers` when there is none.

use base::mail::{MailMessage, Mailbox, SendError};
use base::outbox::JobError;
use domain::mails;
use uuid::Uuid;

use crate::app::App;
use crate::page::Page;

/// The lease of jobs that send mail: longer than the longest a mail server may take.
pub const LEASE: std::time::Duration = std::time::Duration::from_secs(180);

/// Sends `message`, or keeps it. Doing it again with the same Message-ID keeps one; a mail server
/// receives it twice, and recipients' programs recognise the Message-ID.
///
/// # Errors
/// [`SendError`]: for now, or for good.
pub async fn deliver(
    app: &App,
    message: &MailMessage,
    call_center_id: Option<Uuid>,
) -> Result<(), SendError> {
    match app.smtp() {
        Some(smtp) => smtp.send(message).await,
        None => mails::keep(app.db(), message, call_center_id, app.now())
            .await
            .map_err(|e| SendError::Transient { reason: e.to_string() }),
    }
}

/// Who the application's mail comes from.
pub fn sender(app: &App) -> Mailbox {
    Mailbox::new("Vigie", app.settings().mail_from.clone())
}

/// A Message-ID that is the same whenever `parts` are the same.
pub fn message_id(app: &App, parts: &[&str]) -> String {
    let url = url::Url::parse(&app.settings().base_url).ok();
    let host = url.as_ref().and_then(url::Url::host_str).unwrap_or("localhost");
    base::mail::message_id(parts, host)
}

impl Page {
    /// Why a mail was not sent: what [`SendError`] kept in words, any other text as it is.
    pub fn mail_reason(&self, kept: &str) -> String {
        match kept {
            "unreachable" | "timeout" | "network" | "tls" | "authentication" | "response" => {
                self.t(&format!("mail-reason-{kept}"))
            }
            code if code.starts_with(['4', '5']) => self.t1("mail-reason-refused", "code", code),
            other => other.to_owned(),
        }
    }
}

/// How a job that sends mail ends when the mail could not be sent.
pub fn job_error(error: SendError) -> JobError {
    match error {
        SendError::Transient { reason } => JobError::Retry(reason),
        SendError::Permanent { reason } => JobError::GiveUp(reason),
    }
}

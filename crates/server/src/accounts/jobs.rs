//! Links by mail: made when they are sent, so that no secret waits in the queue.

use askama::Template;
use async_trait::async_trait;
use base::mail::{MailMessage, Mailbox};
use base::outbox::{Handler, Job, JobError, Outcome};
use domain::users::links::{self, Prepared, Purpose};
use serde::Deserialize;
use uuid::Uuid;

use super::link_address;
use crate::app::App;
use crate::i18n::Language;
use crate::mail;

/// Sends invitations or resets.
pub(super) struct SendLink {
    app: App,
    purpose: Purpose,
}

impl SendLink {
    pub(super) fn new(app: &App, purpose: Purpose) -> Self {
        Self { app: app.clone(), purpose }
    }
}

#[derive(Deserialize)]
struct Payload {
    user_id: Uuid,
}

#[async_trait]
impl Handler for SendLink {
    async fn run(&self, job: &Job) -> Result<Outcome, JobError> {
        let Payload { user_id } = job.read()?;
        let (db, now) = (self.app.db(), self.app.now());
        let Some(prepared) = links::prepare(db, user_id, self.purpose, now).await? else {
            return Ok(Outcome::Done);
        };
        let message = self.message(job, &prepared)?;
        mail::deliver(&self.app, &message, prepared.call_center_id)
            .await
            .map_err(mail::job_error)?;
        Ok(Outcome::Done)
    }

    fn lease(&self) -> std::time::Duration {
        mail::LEASE
    }
}

#[derive(Template)]
#[template(path = "accounts/mail/link.html")]
struct Letter<'a> {
    language: &'a str,
    greeting: String,
    text: String,
    button: String,
    link: &'a str,
    ending: String,
}

impl SendLink {
    fn message(&self, job: &Job, to: &Prepared) -> Result<MailMessage, JobError> {
        let language = Language::parse(&to.language);
        let kind = if self.purpose == Purpose::Invitation { "invitation" } else { "reset" };
        let link = link_address(&self.app, self.purpose, &to.token);
        let center = to.center_name.clone().unwrap_or_else(|| "Vigie".to_owned());
        let say = |part: &str| {
            let args = [("name", to.name.clone().into()), ("center", center.clone().into())];
            language.t_with(&format!("mail-{kind}-{part}"), &args)
        };
        let letter = Letter {
            language: language.code(),
            greeting: language.t_with("mail-greeting", &[("name", to.name.clone().into())]),
            text: say("text"),
            button: say("button"),
            link: &link,
            ending: say("ending"),
        };
        let text = format!(
            "{}\n\n{}\n\n{}\n\n{}\n",
            letter.greeting, letter.text, letter.link, letter.ending
        );
        let html = letter.render().map_err(|error| JobError::GiveUp(error.to_string()))?;
        // Each try makes another link, hence another message.
        let parts = [kind, &job.id.to_string(), &job.attempts.to_string(), &to.token];
        Ok(MailMessage {
            from: mail::sender(&self.app),
            to: Mailbox::new(to.name.clone(), to.email.clone()),
            subject: say("subject"),
            text,
            html,
            message_id: mail::message_id(&self.app, &parts),
            date: self.app.now(),
            language: language.code().to_owned(),
            headers: Vec::new(),
            attachments: Vec::new(),
        })
    }
}

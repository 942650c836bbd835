//! E-mail: what a message is, how it is written, and how it is handed to an SMTP server.

mod message;
mod smtp;
mod url;

pub use message::{Attachment, MailError, MailMessage, Mailbox, is_address, message_id, render};
pub use smtp::{SendError, Smtp};
pub use url::SmtpUrlError;

#[cfg(test)]
mod tests;

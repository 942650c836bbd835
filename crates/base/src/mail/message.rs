//! A message, and its form on the wire (RFC 5322, MIME).

use chrono::{DateTime, Utc};
use lettre::Message;
use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::message::{Attachment as MimeAttachment, MultiPart, SinglePart};
use sha2::{Digest, Sha256};

/// Someone who sends or receives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mailbox {
    /// As shown; empty when only the address is known.
    pub name: String,
    /// `local@domain`.
    pub address: String,
}

impl Mailbox {
    /// A mailbox with a name to show.
    pub fn new(name: impl Into<String>, address: impl Into<String>) -> Self {
        Self { name: name.into(), address: address.into() }
    }
}

/// A file joined to a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attachment {
    /// Its name, with its extension.
    pub file_name: String,
    /// Its media type, such as `application/pdf`.
    pub content_type: String,
    /// Its contents.
    pub bytes: Vec<u8>,
}

/// A message to one person, complete: rendering it twice gives the same bytes, so that a second
/// attempt sends what the first did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MailMessage {
    /// The centre.
    pub from: Mailbox,
    /// The recipient.
    pub to: Mailbox,
    /// The subject, in plain text.
    pub subject: String,
    /// The text for readers without HTML.
    pub text: String,
    /// The same in HTML.
    pub html: String,
    /// From [`message_id`], without angle brackets.
    pub message_id: String,
    /// When it was written.
    pub date: DateTime<Utc>,
    /// The language of the text, as in RFC 5646: `fr`, `en`.
    pub language: String,
    /// Other headers (`List-Unsubscribe`, `In-Reply-To`…).
    pub headers: Vec<(String, String)>,
    /// Files joined to it.
    pub attachments: Vec<Attachment>,
}

/// Why a message cannot be written. Sending it again would not help.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MailError {
    /// A line end or another control character where a header would hold it.
    #[error("control character in {0}")]
    ControlCharacter(&'static str),
    /// An address that no server would take.
    #[error("not an e-mail address in {0}")]
    Address(&'static str),
    /// A header name that is not one, or one the message sets by itself.
    #[error("not a header name")]
    HeaderName,
    /// A media type that is not one.
    #[error("not a media type")]
    ContentType,
}

impl MailError {
    /// The stable key of the message shown to people.
    pub fn key(&self) -> &'static str {
        match self {
            Self::ControlCharacter(_) => "mail.control_character",
            Self::Address(_) => "mail.address",
            Self::HeaderName => "mail.header_name",
            Self::ContentType => "mail.content_type",
        }
    }
}

/// The `Message-ID` made of `parts` (for an alert: its id, version, level and recipient), without
/// angle brackets. The same parts always give the same one: by it a mail system recognises, and a
/// test proves, that a repeated attempt is the same message.
pub fn message_id(parts: &[&str], host: &str) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        // The length keeps ("ab", "c") and ("a", "bc") apart.
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part.as_bytes());
    }
    format!("{}@{host}", hex(&hash.finalize()))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The bytes to send after `DATA`: `multipart/alternative` in UTF-8 (inside `multipart/mixed` with
/// attachments), marked as written by a machine (RFC 3834) so that no absence notice answers.
pub fn render(message: &MailMessage) -> Result<Vec<u8>, MailError> {
    build(message).map(|built| built.formatted())
}

/// Headers that [`MailMessage`] has fields for, or that change how the body is read.
const OWN_HEADERS: [&str; 13] = [
    "from",
    "to",
    "cc",
    "bcc",
    "sender",
    "subject",
    "date",
    "message-id",
    "mime-version",
    "content-type",
    "content-transfer-encoding",
    "content-language",
    "auto-submitted",
];

/// Whether mail can be sent from or to that address.
pub fn is_address(text: &str) -> bool {
    text.parse::<lettre::Address>().is_ok()
}

/// The message as lettre holds it, with its envelope.
pub(super) fn build(message: &MailMessage) -> Result<Message, MailError> {
    check(message)?;
    let mut builder = Message::builder()
        .from(mailbox(&message.from, "from")?)
        .to(mailbox(&message.to, "to")?)
        .subject(message.subject.clone())
        .date(message.date.into())
        .message_id(Some(format!("<{}>", message.message_id)))
        .raw_header(header("Content-Language", &message.language)?)
        .raw_header(header("Auto-Submitted", "auto-generated")?);
    for (name, value) in &message.headers {
        builder = builder.raw_header(header(name, value)?);
    }
    builder.multipart(body(message)?).map_err(|_| MailError::Address("to"))
}

/// No text that becomes a header may end its line: what follows would be a header of its own.
fn check(message: &MailMessage) -> Result<(), MailError> {
    let single_lines = [
        ("from", &message.from.name),
        ("from", &message.from.address),
        ("to", &message.to.name),
        ("to", &message.to.address),
        ("subject", &message.subject),
        ("message_id", &message.message_id),
        ("language", &message.language),
    ];
    let headers = message.headers.iter().flat_map(|(name, value)| [name, value]);
    let files = message.attachments.iter().flat_map(|file| [&file.file_name, &file.content_type]);
    let others =
        headers.map(|text| ("headers", text)).chain(files.map(|text| ("attachments", text)));
    for (field, text) in single_lines.into_iter().chain(others) {
        if text.chars().any(|c| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}')) {
            return Err(MailError::ControlCharacter(field));
        }
    }
    let own = |name: &str| OWN_HEADERS.iter().any(|own| name.eq_ignore_ascii_case(own));
    if message.headers.iter().any(|(name, _)| own(name)) {
        return Err(MailError::HeaderName);
    }
    Ok(())
}

fn mailbox(mailbox: &Mailbox, field: &'static str) -> Result<lettre::message::Mailbox, MailError> {
    let address = mailbox.address.parse().map_err(|_| MailError::Address(field))?;
    let name = (!mailbox.name.is_empty()).then(|| mailbox.name.clone());
    Ok(lettre::message::Mailbox::new(name, address))
}

fn header(name: &str, value: &str) -> Result<HeaderValue, MailError> {
    let is_token = name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    let name = HeaderName::new_from_ascii(name.to_owned()).map_err(|_| MailError::HeaderName)?;
    if is_token { Ok(HeaderValue::new(name, value.to_owned())) } else { Err(MailError::HeaderName) }
}

fn body(message: &MailMessage) -> Result<MultiPart, MailError> {
    // Boundaries are random by default; made of the identity, they let bytes be compared.
    let boundary = hex(&Sha256::digest(message.message_id.as_bytes())[..16]);
    let alternative = MultiPart::alternative()
        .boundary(format!("alt-{boundary}"))
        .singlepart(SinglePart::plain(message.text.clone()))
        .singlepart(SinglePart::html(message.html.clone()));
    if message.attachments.is_empty() {
        return Ok(alternative);
    }
    let mut mixed = MultiPart::mixed().boundary(format!("mix-{boundary}")).multipart(alternative);
    for file in &message.attachments {
        let kind = ContentType::parse(&file.content_type).map_err(|_| MailError::ContentType)?;
        let part = MimeAttachment::new(file.file_name.clone()).body(file.bytes.clone(), kind);
        mixed = mixed.singlepart(part);
    }
    Ok(mixed)
}

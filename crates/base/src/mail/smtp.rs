//! Handing messages to an SMTP server, over connections that are kept open between messages.

use std::path::Path;
use std::time::Duration;

use lettre::transport::smtp::PoolConfig;
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Certificate, Tls, TlsParameters};
use lettre::{AsyncSmtpTransport, AsyncTransport, Tokio1Executor};

use super::message::{MailError, MailMessage, build};
use super::url::{SmtpUrl, SmtpUrlError, TlsMode};

/// For connecting, and for each answer of the server.
const TIMEOUT: Duration = Duration::from_secs(15);
/// For a whole message, large attachments on a slow line included.
const TOTAL_TIMEOUT: Duration = Duration::from_secs(120);

/// An SMTP server to which messages are handed. Cheap to clone; the clones share connections.
#[derive(Clone)]
pub struct Smtp {
    transport: AsyncSmtpTransport<Tokio1Executor>,
}

/// Why a message was not taken. The texts hold reply codes only: what servers write after them often
/// quotes the address.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SendError {
    /// Worth another attempt: the network, the server's state, or settings the operator can correct
    /// (a refused password is no fault of the recipient's).
    #[error("not sent for now: {reason}")]
    Transient {
        /// `unreachable`, `timeout`, `network`, `tls`, `authentication`, `response`, or a reply code (`451 4.7.1`).
        reason: String,
    },
    /// The server will not take this message for this recipient, now or later.
    #[error("refused for good: {reason}")]
    Permanent {
        /// A reply code (`550 5.1.1`), or the key of a [`MailError`].
        reason: String,
    },
}

impl SendError {
    /// The stable key of the message shown to people.
    pub fn key(&self) -> &'static str {
        match self {
            Self::Transient { .. } => "mail.send.transient",
            Self::Permanent { .. } => "mail.send.permanent",
        }
    }

    /// Whether the message was certainly not taken: the server said so, or was never spoken to. A
    /// silence after that proves nothing.
    pub fn nothing_left(&self) -> bool {
        match self {
            Self::Permanent { .. } => true,
            Self::Transient { reason } => {
                reason.starts_with(|c: char| c.is_ascii_digit())
                    || matches!(reason.as_str(), "authentication" | "tls" | "unreachable")
            }
        }
    }
}

impl From<MailError> for SendError {
    fn from(error: MailError) -> Self {
        Self::Permanent { reason: error.key().to_owned() }
    }
}

impl Smtp {
    /// The server at `smtp://[user:password@]host[:port][?tls=none|starttls|required]` or `smtps://…`
    /// (`starttls` and `required` are the same). With nothing said, the connection is encrypted if the
    /// server offers it; on this machine itself, whatever its certificate, unless an `authority` is
    /// named: a file of certificates in PEM, trusted beside those of this machine (offices sign
    /// those of their own servers themselves).
    ///
    /// Must be called inside a Tokio runtime, where idle connections are closed after a minute.
    pub fn from_url(url: &str, authority: Option<&Path>) -> Result<Self, SmtpUrlError> {
        let url = SmtpUrl::parse(url)?;
        let authority = authority.map(certificates).transpose()?;
        let mut builder = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(&url.host)
            .port(url.port)
            .tls(tls(&url, authority)?)
            .timeout(Some(TIMEOUT))
            .pool_config(PoolConfig::new().max_size(10));
        if let Some((user, password)) = url.credentials {
            builder = builder.credentials(Credentials::new(user, password));
        }
        Ok(Self { transport: builder.build() })
    }

    /// Hands a message over. `Ok` means that the server answers for it from now on.
    pub async fn send(&self, message: &MailMessage) -> Result<(), SendError> {
        let built = build(message)?;
        let transport = self.transport.clone();
        // In a task of its own: given up half-way (by the caller, or by the time), a conversation
        // would go back to the pool with answers still to come, and the next message would take
        // them for its own: marked sent, received by nobody.
        let conversation = tokio::spawn(async move { transport.send(built).await });
        match tokio::time::timeout(TOTAL_TIMEOUT, conversation).await {
            Ok(Ok(Ok(_))) => Ok(()),
            Ok(Ok(Err(error))) => Err(judged(&error)),
            Ok(Err(_)) => Err(SendError::Transient { reason: "network".to_owned() }),
            Err(_) => Err(SendError::Transient { reason: "timeout".to_owned() }),
        }
    }
}

/// The certificates of a file; there must be one.
fn certificates(path: &Path) -> Result<Certificate, SmtpUrlError> {
    const BEGIN: &[u8] = b"-----BEGIN CERTIFICATE-----";
    let pem = std::fs::read(path).map_err(|_| SmtpUrlError::Authority)?;
    // A text without any is read as a list of none.
    if !pem.windows(BEGIN.len()).any(|window| window == BEGIN) {
        return Err(SmtpUrlError::Authority);
    }
    Certificate::from_pem(&pem).map_err(|_| SmtpUrlError::Authority)
}

fn tls(url: &SmtpUrl, authority: Option<Certificate>) -> Result<Tls, SmtpUrlError> {
    let proves_nothing = authority.is_none() && url.tls == TlsMode::Offered && url.is_loopback();
    let parameters = || {
        let builder =
            TlsParameters::builder(url.host.clone()).dangerous_accept_invalid_certs(proves_nothing);
        let builder = authority
            .into_iter()
            .fold(builder, |builder, certificate| builder.add_root_certificate(certificate));
        builder.build().map_err(|_| SmtpUrlError::TlsSetup)
    };
    Ok(match url.tls {
        TlsMode::None => Tls::None,
        TlsMode::Offered => Tls::Opportunistic(parameters()?),
        TlsMode::Required => Tls::Required(parameters()?),
        TlsMode::Wrapped => Tls::Wrapper(parameters()?),
    })
}

/// What an error means for the message: see [`SendError`].
fn judged(error: &lettre::transport::smtp::Error) -> SendError {
    let Some(code) = error.status() else {
        let reason = if error.is_tls() || is_handshake(error) {
            "tls"
        } else if error.to_string().starts_with("Connection error") {
            // lettre tells a connection that was not made apart in its text only.
            "unreachable"
        } else if error.is_timeout() {
            "timeout"
        } else if error.is_response() || error.is_client() {
            "response"
        } else {
            "network"
        };
        return SendError::Transient { reason: reason.to_owned() };
    };
    let code = u16::from(code);
    // Asking for a password, or refusing it (RFC 4954, 6), says nothing of the recipient.
    if matches!(code, 530 | 534 | 535 | 538) {
        return SendError::Transient { reason: "authentication".to_owned() };
    }
    let reason = match enhanced_code(error) {
        Some(enhanced) => format!("{code} {enhanced}"),
        None => code.to_string(),
    };
    if error.is_permanent() {
        SendError::Permanent { reason }
    } else {
        SendError::Transient { reason }
    }
}

/// Whether TLS was refused while it was being set up: a certificate nobody vouches for, above all.
fn is_handshake(error: &lettre::transport::smtp::Error) -> bool {
    let mut cause = std::error::Error::source(error);
    while let Some(inner) = cause {
        let io = inner.downcast_ref::<std::io::Error>();
        if io.is_some_and(|io| io.kind() == std::io::ErrorKind::InvalidData) {
            return true;
        }
        cause = inner.source();
    }
    false
}

/// The `5.1.1` (RFC 3463) at the start of the server's text, of which nothing else is kept.
fn enhanced_code(error: &lettre::transport::smtp::Error) -> Option<String> {
    let text = std::error::Error::source(error)?.to_string();
    let word = text.split_whitespace().next()?;
    let mut parts = word.split('.');
    let is_number =
        |part: &str| (1..=3).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit());
    let three = [parts.next()?, parts.next()?, parts.next()?];
    (parts.next().is_none() && three.into_iter().all(is_number)).then(|| word.to_owned())
}

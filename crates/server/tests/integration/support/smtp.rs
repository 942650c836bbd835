//! A real SMTP server on loopback: keeps what it takes, refuses on command.

use std::pin::Pin;
use std::sync::{Arc, Mutex};

use mail_parser::MessageParser;
use tokio::io::{AsyncBufReadExt as _, AsyncRead, AsyncWrite, AsyncWriteExt as _, BufReader};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

/// What to answer to a message, once its last byte is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Keep it and say so.
    Take,
    /// Say no with this code: 4xx for now, 5xx for good.
    Refuse(u16),
    /// Keep it, and hang up without a word.
    TakeAndHangUp,
}

/// A message the server kept.
#[derive(Clone, Debug)]
pub struct Mail {
    pub to: String,
    pub subject: String,
    pub message_id: String,
    pub language: String,
    pub text: String,
    pub html: String,
    /// Whether it came over TLS.
    pub encrypted: bool,
}

impl Mail {
    /// The alerts whose pages it links to, in order.
    pub fn alerts(&self) -> Vec<uuid::Uuid> {
        let links = self.text.split("/alertes/").skip(1);
        links.filter_map(|rest| rest.get(..36)?.parse().ok()).collect()
    }
}

type Policy = Box<dyn FnMut(&Mail) -> Verdict + Send>;

/// The server; it stops with its last clone.
#[derive(Clone)]
pub struct SmtpServer {
    /// `smtp://127.0.0.1:port`.
    pub url: String,
    kept: Arc<Mutex<Vec<Mail>>>,
    policy: Arc<Mutex<Policy>>,
    _task: Arc<tokio_util::task::AbortOnDropHandle<()>>,
}

/// When the server speaks TLS.
#[derive(Clone)]
pub enum Encryption {
    /// Never.
    Never,
    /// After STARTTLS, and no mail before.
    StartTls(TlsAcceptor),
    /// From the first byte.
    Implicit(TlsAcceptor),
}

impl SmtpServer {
    /// Without TLS.
    pub async fn start() -> Self {
        Self::start_with(Encryption::Never).await
    }

    pub async fn start_with(encryption: Encryption) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let url = match encryption {
            Encryption::Never => format!("smtp://{address}"),
            Encryption::StartTls(_) => format!("smtp://localhost:{}?tls=starttls", address.port()),
            Encryption::Implicit(_) => format!("smtps://localhost:{}", address.port()),
        };
        let take: Policy = Box::new(|_| Verdict::Take);
        let (kept, policy) = (Arc::default(), Arc::new(Mutex::new(take)));
        let desk = Desk { kept: Arc::clone(&kept), policy: Arc::clone(&policy), encrypted: false };
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                stream.set_nodelay(true).unwrap();
                tokio::spawn(desk.clone().greet(Box::pin(stream), encryption.clone()));
            }
        });
        let task = Arc::new(tokio_util::task::AbortOnDropHandle::new(task));
        Self { url, kept, policy, _task: task }
    }

    /// Stops, and returns once nobody answers.
    pub async fn stop(self) {
        let address = self.url.trim_start_matches("smtp://").to_owned();
        drop(self);
        while tokio::net::TcpStream::connect(&address).await.is_ok() {
            tokio::task::yield_now().await;
        }
    }

    /// What it kept so far, in order.
    pub fn mails(&self) -> Vec<Mail> {
        self.kept.lock().unwrap().clone()
    }

    /// From now on, `policy` decides.
    pub fn decide(&self, policy: impl FnMut(&Mail) -> Verdict + Send + 'static) {
        *self.policy.lock().unwrap() = Box::new(policy);
    }
}

trait Wire: AsyncRead + AsyncWrite + Send {}
impl<T: AsyncRead + AsyncWrite + Send> Wire for T {}
type Line = Pin<Box<dyn Wire>>;

/// Who answers on one connection.
#[derive(Clone)]
struct Desk {
    kept: Arc<Mutex<Vec<Mail>>>,
    policy: Arc<Mutex<Policy>>,
    encrypted: bool,
}

impl Desk {
    async fn greet(self, line: Line, encryption: Encryption) {
        const HELLO: &[u8] = b"220 test ESMTP\r\n";
        let (mut line, upgrade, encrypted) = match encryption {
            Encryption::Never => (line, None, false),
            Encryption::StartTls(acceptor) => (line, Some(acceptor), false),
            Encryption::Implicit(acceptor) => {
                let Ok(line) = acceptor.accept(line).await else { return };
                (Box::pin(line) as Line, None, true)
            }
        };
        if line.write_all(HELLO).await.is_err() {
            return;
        }
        let desk = Self { encrypted, ..self };
        let Some((line, acceptor)) = desk.clone().talk(line, upgrade).await else { return };
        let Ok(line) = acceptor.accept(line).await else { return };
        Self { encrypted: true, ..desk }.talk(Box::pin(line), None).await;
    }

    /// Talks until the end, or until TLS is to begin.
    async fn talk(self, line: Line, upgrade: Option<TlsAcceptor>) -> Option<(Line, TlsAcceptor)> {
        let mut line = BufReader::new(line);
        let mut to = String::new();
        let mut heard = Vec::new();
        loop {
            heard.clear();
            if line.read_until(b'\n', &mut heard).await.unwrap_or(0) == 0 {
                return None;
            }
            let text = String::from_utf8_lossy(&heard).trim().to_owned();
            let verb = text.get(..4).unwrap_or_default().to_ascii_uppercase();
            let answer = match verb.as_str() {
                "EHLO" if upgrade.is_some() => "250-test\r\n250 STARTTLS\r\n".to_owned(),
                "EHLO" => "250-test\r\n250 8BITMIME\r\n".to_owned(),
                "STAR" => {
                    line.write_all(b"220 go on\r\n").await.ok()?;
                    return Some((line.into_inner(), upgrade?));
                }
                "MAIL" if upgrade.is_some() => "530 5.7.0 STARTTLS first\r\n".to_owned(),
                "RCPT" => {
                    to = text.split(['<', '>']).nth(1).unwrap_or_default().to_owned();
                    "250 ok\r\n".to_owned()
                }
                "DATA" => {
                    line.write_all(b"354 go on\r\n").await.ok();
                    let raw = read_data(&mut line).await?;
                    let mail = Mail { encrypted: self.encrypted, ..parse(&raw, &to) };
                    let verdict = (self.policy.lock().unwrap())(&mail);
                    if matches!(verdict, Verdict::Take | Verdict::TakeAndHangUp) {
                        self.kept.lock().unwrap().push(mail);
                    }
                    match verdict {
                        Verdict::Take => "250 2.0.0 taken\r\n".to_owned(),
                        Verdict::Refuse(code) => format!("{code} {}.1.1 no\r\n", code / 100),
                        Verdict::TakeAndHangUp => return None,
                    }
                }
                "QUIT" => {
                    line.write_all(b"221 bye\r\n").await.ok();
                    return None;
                }
                _ => "250 ok\r\n".to_owned(),
            };
            line.write_all(answer.as_bytes()).await.ok()?;
        }
    }
}

async fn read_data(lines: &mut (impl tokio::io::AsyncBufRead + Unpin)) -> Option<Vec<u8>> {
    let mut raw = Vec::new();
    loop {
        let start = raw.len();
        if lines.read_until(b'\n', &mut raw).await.ok()? == 0 {
            return None;
        }
        if &raw[start..] == b".\r\n" {
            raw.truncate(start);
            return Some(raw);
        }
        if raw[start..].starts_with(b"..") {
            raw.remove(start);
        }
    }
}

fn parse(raw: &[u8], to: &str) -> Mail {
    let message = MessageParser::default().parse(raw).expect("a message");
    let header = |name: &str| {
        message.header_raw(name.to_owned()).map(|v| v.trim().to_owned()).unwrap_or_default()
    };
    Mail {
        to: to.to_owned(),
        subject: message.subject().unwrap_or_default().to_owned(),
        message_id: message.message_id().unwrap_or_default().to_owned(),
        language: header("Content-Language"),
        text: message.body_text(0).unwrap_or_default().into_owned(),
        html: message.body_html(0).unwrap_or_default().into_owned(),
        encrypted: false,
    }
}

//! A real SMTP server on loopback: keeps what it takes, refuses on command.

use std::sync::{Arc, Mutex};

use mail_parser::MessageParser;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};

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

impl SmtpServer {
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("smtp://{}", listener.local_addr().unwrap());
        let kept = Arc::<Mutex<Vec<Mail>>>::default();
        let take: Policy = Box::new(|_| Verdict::Take);
        let policy = Arc::new(Mutex::new(take));
        let (to_kept, to_policy) = (kept.clone(), policy.clone());
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(talk(stream, to_kept.clone(), to_policy.clone()));
            }
        });
        let task = Arc::new(tokio_util::task::AbortOnDropHandle::new(task));
        Self { url, kept, policy, _task: task }
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

async fn talk(stream: TcpStream, kept: Arc<Mutex<Vec<Mail>>>, policy: Arc<Mutex<Policy>>) {
    stream.set_nodelay(true).unwrap();
    let (read, mut write) = stream.into_split();
    let mut lines = BufReader::new(read);
    let mut to = String::new();
    let mut line = Vec::new();
    write.write_all(b"220 test ESMTP\r\n").await.ok();
    loop {
        line.clear();
        if lines.read_until(b'\n', &mut line).await.unwrap_or(0) == 0 {
            return;
        }
        let text = String::from_utf8_lossy(&line).trim().to_owned();
        let verb = text.get(..4).unwrap_or_default().to_ascii_uppercase();
        let answer = match verb.as_str() {
            "EHLO" => "250-test\r\n250 8BITMIME\r\n".to_owned(),
            "RCPT" => {
                to = text.split(['<', '>']).nth(1).unwrap_or_default().to_owned();
                "250 ok\r\n".to_owned()
            }
            "DATA" => {
                write.write_all(b"354 go on\r\n").await.ok();
                let Some(raw) = read_data(&mut lines).await else { return };
                let mail = parse(&raw, &to);
                let verdict = (policy.lock().unwrap())(&mail);
                if matches!(verdict, Verdict::Take | Verdict::TakeAndHangUp) {
                    kept.lock().unwrap().push(mail);
                }
                match verdict {
                    Verdict::Take => "250 2.0.0 taken\r\n".to_owned(),
                    Verdict::Refuse(code) => format!("{code} {}.1.1 no\r\n", code / 100),
                    Verdict::TakeAndHangUp => return,
                }
            }
            "QUIT" => {
                write.write_all(b"221 bye\r\n").await.ok();
                return;
            }
            _ => "250 ok\r\n".to_owned(),
        };
        if write.write_all(answer.as_bytes()).await.is_err() {
            return;
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
    }
}

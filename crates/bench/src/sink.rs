//! An SMTP server that takes every mail and notes when it came.

use std::sync::{Arc, Mutex, PoisonError};

use base::clock::Clock;
use chrono::{DateTime, Utc};
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};

use crate::Result;

/// When a mail came, and its text.
type Received = (DateTime<Utc>, String);

/// The server, on a free port of this machine.
#[derive(Clone, Debug)]
pub struct Sink {
    /// `smtp://127.0.0.1:port`.
    pub url: String,
    received: Arc<Mutex<Vec<Received>>>,
}

impl Sink {
    /// Listens until the program ends.
    ///
    /// # Errors
    /// The socket's.
    pub async fn listen() -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let url = format!("smtp://{}", listener.local_addr()?);
        let sink = Self { url, received: Arc::default() };
        let keep = sink.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let keep = keep.clone();
                tokio::spawn(async move { keep.talk(stream).await });
            }
        });
        Ok(sink)
    }

    /// When the first mail whose text contains `words` came, if it did.
    pub fn arrival(&self, words: &str) -> Option<DateTime<Utc>> {
        let received = self.received.lock().unwrap_or_else(PoisonError::into_inner);
        received.iter().find(|(_, text)| text.contains(words)).map(|(at, _)| *at)
    }

    fn keep(&self, text: String) {
        let mut received = self.received.lock().unwrap_or_else(PoisonError::into_inner);
        received.push((Clock::real().now(), text));
    }

    async fn talk(&self, stream: TcpStream) -> std::io::Result<()> {
        let mut stream = BufReader::new(stream);
        stream.write_all(b"220 sink\r\n").await?;
        let mut line = String::new();
        loop {
            line.clear();
            if stream.read_line(&mut line).await? == 0 {
                return Ok(());
            }
            match line.trim_end().to_ascii_uppercase().as_str() {
                "DATA" => {
                    stream.write_all(b"354 go on\r\n").await?;
                    let text = read_mail(&mut stream).await?;
                    self.keep(text);
                    stream.write_all(b"250 taken\r\n").await?;
                }
                "QUIT" => return stream.write_all(b"221 bye\r\n").await,
                _ => stream.write_all(b"250 ok\r\n").await?,
            }
        }
    }
}

async fn read_mail(stream: &mut BufReader<TcpStream>) -> std::io::Result<String> {
    let mut text = String::new();
    loop {
        let start = text.len();
        if stream.read_line(&mut text).await? == 0 || text[start..].trim_end() == "." {
            return Ok(text);
        }
    }
}

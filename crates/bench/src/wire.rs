//! A client light enough not to be what is measured: HTTP/1.1 over one kept connection.

use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpStream;

use crate::Result;

/// An answer.
#[derive(Debug, Default)]
pub struct Answer {
    /// Its status.
    pub status: u16,
    /// Its body, whole.
    pub body: Vec<u8>,
}

impl Answer {
    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The body as JSON.
    ///
    /// # Errors
    /// It is not.
    pub fn json(&self) -> Result<serde_json::Value> {
        serde_json::from_slice(&self.body).map_err(|e| format!("{e} in {}", self.text()).into())
    }

    /// Fails unless the status is `status`.
    ///
    /// # Errors
    /// It is another.
    pub fn expect(self, status: u16) -> Result<Self> {
        if self.status == status {
            return Ok(self);
        }
        let text: String = self.text().chars().take(600).collect();
        Err(format!("expected {status}, got {}: {text}", self.status).into())
    }
}

/// One user's kept connection.
#[derive(Debug)]
pub struct Connection {
    stream: BufReader<TcpStream>,
    /// Sent with every request.
    head: String,
}

impl Connection {
    /// Connects to `address` as the owner of `session`.
    ///
    /// # Errors
    /// The socket's.
    pub async fn open(address: &str, session: &str) -> Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        let head = format!(
            "Host: {address}\r\nOrigin: http://{address}\r\nCookie: vigie={session}\r\nAccept-Language: fr\r\n"
        );
        Ok(Self { stream: BufReader::with_capacity(64 * 1024, stream), head })
    }

    /// `GET path`.
    ///
    /// # Errors
    /// The socket's, or an answer that is not HTTP.
    pub async fn get(&mut self, path: &str) -> Result<Answer> {
        let request = format!("GET {path} HTTP/1.1\r\n{}\r\n", self.head);
        self.send(request.as_bytes()).await
    }

    /// `POST path` with a JSON body.
    ///
    /// # Errors
    /// The socket's, or an answer that is not HTTP.
    pub async fn post(&mut self, path: &str, body: &serde_json::Value) -> Result<Answer> {
        let body = body.to_string();
        self.post_as(path, "application/json", body.as_bytes()).await
    }

    /// `POST path` with a body of type `kind`.
    ///
    /// # Errors
    /// The socket's, or an answer that is not HTTP.
    pub async fn post_as(&mut self, path: &str, kind: &str, body: &[u8]) -> Result<Answer> {
        let head = format!(
            "POST {path} HTTP/1.1\r\n{}Content-Type: {kind}\r\nContent-Length: {}\r\n\r\n",
            self.head,
            body.len()
        );
        self.send(&[head.as_bytes(), body].concat()).await
    }

    /// Reads `GET path` to its end without keeping it; returns how many lines it had.
    ///
    /// # Errors
    /// The socket's, or an answer other than 200.
    pub async fn count_lines(&mut self, path: &str) -> Result<usize> {
        let request = format!("GET {path} HTTP/1.1\r\n{}\r\n", self.head);
        self.stream.get_mut().write_all(request.as_bytes()).await?;
        let mut lines = 0;
        let (status, length) = self.read_head().await?;
        let mut piece = Vec::new();
        let mut seen = 0;
        while self.read_piece(length, &mut seen, &mut piece).await? {
            lines += piece.iter().filter(|byte| **byte == b'\n').count();
        }
        if status == 200 { Ok(lines) } else { Err(format!("{path} answered {status}").into()) }
    }

    async fn send(&mut self, request: &[u8]) -> Result<Answer> {
        self.stream.get_mut().write_all(request).await?;
        let (status, length) = self.read_head().await?;
        let mut answer = Answer { status, body: Vec::with_capacity(length.unwrap_or(0)) };
        let mut piece = Vec::new();
        let mut seen = 0;
        while self.read_piece(length, &mut seen, &mut piece).await? {
            answer.body.extend_from_slice(&piece);
        }
        Ok(answer)
    }

    /// The status, and the length unless the body comes in chunks.
    async fn read_head(&mut self) -> Result<(u16, Option<usize>)> {
        let mut line = String::new();
        self.stream.read_line(&mut line).await?;
        let status = line.split(' ').nth(1).and_then(|s| s.parse().ok());
        let status: u16 = status.ok_or_else(|| format!("not an answer: {line:?}"))?;
        let mut length = Some(0);
        loop {
            line.clear();
            self.stream.read_line(&mut line).await?;
            let Some((name, value)) = line.trim_end().split_once(':') else { break };
            if name.eq_ignore_ascii_case("content-length") {
                length = value.trim().parse().ok();
            } else if name.eq_ignore_ascii_case("transfer-encoding") {
                length = None;
            }
        }
        Ok((status, length))
    }

    /// The next piece of the body; `false` at its end.
    async fn read_piece(
        &mut self,
        length: Option<usize>,
        seen: &mut usize,
        piece: &mut Vec<u8>,
    ) -> Result<bool> {
        let size = match length {
            Some(length) => (length - *seen).min(64 * 1024),
            None => {
                let mut line = String::new();
                self.stream.read_line(&mut line).await?;
                usize::from_str_radix(line.trim_end(), 16)
                    .map_err(|e| format!("chunk {line:?}: {e}"))?
            }
        };
        piece.resize(size, 0);
        self.stream.read_exact(piece).await?;
        *seen += size;
        if length.is_none() {
            self.stream.read_exact(&mut [0; 2]).await?;
        }
        Ok(size > 0)
    }
}

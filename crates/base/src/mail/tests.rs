use std::sync::{Arc, Mutex};

use super::*;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpListener;

fn message() -> MailMessage {
    MailMessage {
        from: Mailbox::new("Centre Élan", "centre@exemple.sn"),
        to: Mailbox::new("Awa N’Diaye", "awa@exemple.sn"),
        subject: "Échéance : rappeler Awa avant 14 h 30".to_owned(),
        text: "Bonjour Awa,\n.\nÀ bientôt.".to_owned(),
        html: "<p>Bonjour Awa</p>".to_owned(),
        message_id: message_id(&["alert", "1", "due", "awa"], "vigie.exemple.sn"),
        date: "2026-03-29T12:30:00Z".parse().unwrap(),
        language: "fr".to_owned(),
        headers: vec![("List-Id".to_owned(), "<alertes.exemple.sn>".to_owned())],
        attachments: Vec::new(),
    }
}

#[test]
fn renders_a_complete_message() {
    let text = String::from_utf8(render(&message()).unwrap()).unwrap();
    let (headers, body) = text.split_once("\r\n\r\n").unwrap();
    for header in [
        "From: =?utf-8?b?Q2VudHJlIMOJbGFu?= <centre@exemple.sn>",
        "Date: Sun, 29 Mar 2026 12:30:00 +0000",
        &format!("Message-ID: <{}>", message().message_id),
        "Content-Language: fr",
        "Auto-Submitted: auto-generated",
        "List-Id: <alertes.exemple.sn>",
        "MIME-Version: 1.0",
    ] {
        assert!(headers.lines().any(|line| line == header), "{header} in\n{headers}");
    }
    assert!(headers.contains("Subject: =?utf-8?b?"), "{headers}");
    assert!(headers.contains("multipart/alternative"), "{headers}");
    assert!(
        body.contains("text/plain; charset=utf-8") && body.contains("text/html; charset=utf-8")
    );
    assert_eq!(render(&message()).unwrap(), text.as_bytes(), "the same message, the same bytes");
}

#[test]
fn joins_files() {
    let file = Attachment {
        file_name: "devis élan.pdf".to_owned(),
        content_type: "application/pdf".to_owned(),
        bytes: b"%PDF-1.7".to_vec(),
    };
    let mut message = MailMessage { attachments: vec![file], ..message() };
    let text = String::from_utf8(render(&message).unwrap()).unwrap();
    assert!(text.contains("multipart/mixed") && text.contains("multipart/alternative"));
    assert!(text.contains("Content-Type: application/pdf") && text.contains("attachment;"));
    message.attachments[0].content_type = "pdf".to_owned();
    assert_eq!(render(&message), Err(MailError::ContentType));
}

#[test]
fn headers_cannot_be_injected() {
    let evil = "x\r\nBcc: tous@exemple.sn";
    let tries: [fn(&mut MailMessage, String); 8] = [
        |m, text| m.subject = text,
        |m, text| m.to.name = text,
        |m, text| m.to.address = text,
        |m, text| m.from.name = text,
        |m, text| m.message_id = text,
        |m, text| m.language = text,
        |m, text| m.headers = vec![("X-A".to_owned(), text)],
        |m, text| m.headers = vec![(text, "x".to_owned())],
    ];
    for change in tries {
        let mut message = message();
        change(&mut message, evil.to_owned());
        assert!(matches!(render(&message), Err(MailError::ControlCharacter(_))));
    }
    let with = |name: &str| {
        render(&MailMessage { headers: vec![(name.to_owned(), "x".to_owned())], ..message() })
    };
    assert_eq!(with("bCC"), Err(MailError::HeaderName));
    assert_eq!(with("X A"), Err(MailError::HeaderName));
    assert_eq!(with(""), Err(MailError::HeaderName));
    let nobody = MailMessage { to: Mailbox::new("", "personne"), ..message() };
    assert_eq!(render(&nobody), Err(MailError::Address("to")));
}

#[test]
fn identities_are_stable_and_distinct() {
    let id = message_id(&["ab", "c"], "h");
    assert_eq!(id, message_id(&["ab", "c"], "h"));
    assert_ne!(id, message_id(&["a", "bc"], "h"));
    assert_eq!(id.len(), 64 + "@h".len());
}

#[test]
fn reads_server_addresses() {
    use super::url::{SmtpUrl, TlsMode};
    for (text, host, port, tls) in [
        ("smtp://localhost:2525", "localhost", 2525, TlsMode::Offered),
        ("smtp://mail.exemple.sn/", "mail.exemple.sn", 25, TlsMode::Offered),
        ("smtp://m?tls=starttls", "m", 587, TlsMode::Required),
        ("smtp://m?a=b&tls=required", "m", 587, TlsMode::Required),
        ("smtp://m:26?tls=none", "m", 26, TlsMode::None),
        ("smtps://m", "m", 465, TlsMode::Wrapped),
        ("smtp://[::1]:25", "::1", 25, TlsMode::Offered),
    ] {
        let url = SmtpUrl::parse(text).ok().unwrap();
        assert_eq!((url.host.as_str(), url.port, url.tls), (host, port, tls), "{text}");
        assert!(url.credentials.is_none());
    }
    let url = SmtpUrl::parse("smtps://awa%40x.sn:p%C3%A9:@h@m").ok().unwrap();
    assert_eq!(url.credentials, Some(("awa@x.sn".to_owned(), "pé:@h".to_owned())));
    for (text, error) in [
        ("http://m", SmtpUrlError::Scheme),
        ("m:25", SmtpUrlError::Scheme),
        ("smtp://", SmtpUrlError::Host),
        ("smtp://m:x", SmtpUrlError::Host),
        ("smtp://u@m", SmtpUrlError::Credentials),
        ("smtp://u:%zz@m", SmtpUrlError::Credentials),
        ("smtp://m?tls=maybe", SmtpUrlError::Tls),
        ("smtps://m?tls=none", SmtpUrlError::Tls),
    ] {
        assert_eq!(SmtpUrl::parse(text).err(), Some(error), "{text}");
    }
}

/// A server on the loopback that answers `rcpt` to `RCPT TO` and `auth` to `AUTH`, and keeps what it
/// is told. Returns its port.
async fn server(rcpt: &'static str, auth: &'static str, told: Arc<Mutex<Vec<String>>>) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            told.lock().unwrap().push("CONNECT".to_owned());
            let told = Arc::clone(&told);
            tokio::spawn(async move {
                let (read, mut write) = stream.into_split();
                let mut lines = BufReader::new(read).lines();
                write.write_all(b"220 essai\r\n").await.unwrap();
                let mut in_data = false;
                while let Ok(Some(line)) = lines.next_line().await {
                    told.lock().unwrap().push(line.clone());
                    let word = line.split([' ', ':']).next().unwrap_or_default();
                    let answer = match word {
                        "." if in_data => {
                            in_data = false;
                            "250 2.0.0 ok"
                        }
                        _ if in_data => continue,
                        "EHLO" => "250-essai\r\n250 AUTH PLAIN LOGIN",
                        "AUTH" => auth,
                        "RCPT" => rcpt,
                        "DATA" => {
                            in_data = true;
                            "354 go"
                        }
                        "QUIT" => "221 bye",
                        _ => "250 ok",
                    };
                    write.write_all(format!("{answer}\r\n").as_bytes()).await.unwrap();
                }
            });
        }
    });
    port
}

async fn attempt(rcpt: &'static str, auth: &'static str, user: &str) -> Result<(), SendError> {
    let port = server(rcpt, auth, Arc::default()).await;
    Smtp::from_url(&format!("smtp://{user}localhost:{port}"), None).unwrap().send(&message()).await
}

#[tokio::test]
async fn reuses_connections() {
    let told = Arc::default();
    let port = server("250 ok", "235 ok", Arc::clone(&told)).await;
    let smtp = Smtp::from_url(&format!("smtp://localhost:{port}"), None).unwrap();
    for _ in 0..3 {
        smtp.send(&message()).await.unwrap();
    }
    let told = told.lock().unwrap();
    let count = |wanted: &str| told.iter().filter(|line| line.starts_with(wanted)).count();
    // A connection goes back to the pool in the background: the second message may miss it.
    assert!(count("CONNECT") < 3, "connections are reused");
    assert_eq!(count("DATA"), 3);
    assert_eq!(count("RCPT TO:<awa@exemple.sn>"), 3);
    assert_eq!(count(&format!("Message-ID: <{}>", message().message_id)), 3);
}

#[tokio::test]
async fn judges_refusals() {
    let permanent = |reason: &str| Err(SendError::Permanent { reason: reason.to_owned() });
    let transient = |reason: &str| Err(SendError::Transient { reason: reason.to_owned() });
    assert_eq!(attempt("550 5.1.1 <awa@exemple.sn> unknown", "", "").await, permanent("550 5.1.1"));
    assert_eq!(attempt("552 boîte pleine", "", "").await, permanent("552"));
    assert_eq!(attempt("451 4.7.1 later awa@exemple.sn", "", "").await, transient("451 4.7.1"));
    assert_eq!(attempt("530 5.7.0 login", "", "").await, transient("authentication"));
    assert_eq!(attempt("250 ok", "535 5.7.8 no", "awa:faux@").await, transient("authentication"));
    assert_eq!(attempt("250 ok", "235 ok", "awa:juste@").await, Ok(()));
    assert_eq!(attempt("bonjour", "", "").await, transient("response"));

    let bad = MailMessage { subject: "a\nb".to_owned(), ..message() };
    let smtp = Smtp::from_url("smtp://localhost:1", None).unwrap();
    assert_eq!(smtp.send(&bad).await, permanent("mail.control_character"));
    assert_eq!(smtp.send(&message()).await, transient("unreachable"));
    let port = server("250 ok", "", Arc::default()).await;
    let strict = Smtp::from_url(&format!("smtp://localhost:{port}?tls=required"), None).unwrap();
    assert!(matches!(strict.send(&message()).await, Err(SendError::Transient { .. })));
}

#[tokio::test]
async fn an_authority_is_a_file_of_certificates() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("office.pem");
    let read = |path| Smtp::from_url("smtps://mail.exemple.sn", Some(path)).err();
    assert_eq!(read(&file), Some(SmtpUrlError::Authority), "absent");
    std::fs::write(&file, "bonjour").unwrap();
    assert_eq!(read(&file), Some(SmtpUrlError::Authority), "no certificate");
    std::fs::write(&file, "-----BEGIN CERTIFICATE-----\nbonjour\n-----END CERTIFICATE-----")
        .unwrap();
    assert!(read(&file).is_some(), "no certificate between the lines");
}

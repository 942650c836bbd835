//! Mail over TLS: what a private authority vouches for is sent, what nobody vouches for is not.

use std::path::PathBuf;
use std::sync::Arc;

use domain::Role;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring::default_provider;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;

use crate::support::smtp::{Encryption, SmtpServer};
use crate::support::{Kind, TestApp};

/// A certificate for `name`, and the file of the authority that signed it.
fn certified(name: &str, folder: &tempfile::TempDir) -> (TlsAcceptor, PathBuf) {
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let authority = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
    let key = KeyPair::generate().unwrap();
    let params = CertificateParams::new(vec![name.to_owned()]).unwrap();
    let certificate = params.signed_by(&key, &authority).unwrap();
    let file = folder.path().join("office-ca.pem");
    std::fs::write(&file, authority.pem()).unwrap();
    let config = ServerConfig::builder_with_provider(Arc::new(default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(
            vec![certificate.der().clone()],
            PrivateKeyDer::try_from(key.serialize_der()).unwrap(),
        )
        .unwrap();
    (TlsAcceptor::from(Arc::new(config)), file)
}

/// Asks for a link by mail and lets the worker try once; returns what the queue's page says of it.
async fn ask_for_a_mail(app: &TestApp) -> String {
    let admin = app.sign_in(Role::SuperAdmin).await;
    let fields = [
        ("name", "Léa"),
        ("email", "lea@example.test"),
        ("role", "agent"),
        ("language", "fr"),
        ("call_center_id", &app.center.to_string()),
    ];
    admin.post_form("/administration/utilisateurs", &fields).await.expect(303);
    app.work().await;
    let page = admin.get("/administration").await.expect(200).body;
    let row = page.split("E-mails d’invitation").nth(1).expect("a job");
    row.split("</tr>").next().unwrap().to_owned()
}

async fn is_sent_over_tls(encryption: fn(TlsAcceptor) -> Encryption) {
    let folder = tempfile::tempdir().unwrap();
    let (acceptor, authority) = certified("localhost", &folder);
    let smtp = SmtpServer::start_with(encryption(acceptor)).await;
    let app = TestApp::start_trusting(Kind::Sqlite, smtp.url.clone(), authority).await;
    ask_for_a_mail(&app).await;
    let [mail] = smtp.mails().try_into().expect("one mail");
    assert_eq!((mail.to.as_str(), mail.encrypted), ("lea@example.test", true));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_office_s_own_authority_is_trusted_after_starttls() {
    is_sent_over_tls(Encryption::StartTls).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_office_s_own_authority_is_trusted_from_the_first_byte() {
    is_sent_over_tls(Encryption::Implicit).await;
}

async fn is_refused(app: TestApp, smtp: SmtpServer) {
    let job = ask_for_a_mail(&app).await;
    assert!(smtp.mails().is_empty(), "nothing is said to a server nobody vouches for");
    assert!(job.contains("Connexion chiffrée impossible"), "{job}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_certificate_nobody_vouches_for_is_refused() {
    for encryption in [Encryption::StartTls as fn(TlsAcceptor) -> Encryption, Encryption::Implicit]
    {
        let folder = tempfile::tempdir().unwrap();
        let (acceptor, _) = certified("localhost", &folder);
        let smtp = SmtpServer::start_with(encryption(acceptor)).await;
        is_refused(TestApp::start_with(Kind::Sqlite, Some(smtp.url.clone())).await, smtp).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_server_s_certificate_or_another_authority_is_refused() {
    let (folder, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let (acceptor, authority) = certified("elsewhere.example.test", &folder);
    let smtp = SmtpServer::start_with(Encryption::Implicit(acceptor)).await;
    is_refused(TestApp::start_trusting(Kind::Sqlite, smtp.url.clone(), authority).await, smtp)
        .await;
    let (acceptor, _) = certified("localhost", &folder);
    let (_, unrelated) = certified("localhost", &other);
    let smtp = SmtpServer::start_with(Encryption::Implicit(acceptor)).await;
    is_refused(TestApp::start_trusting(Kind::Sqlite, smtp.url.clone(), unrelated).await, smtp)
        .await;
}

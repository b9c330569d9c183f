//! The e-mail channel and a mail server: what arrives, at whom, and what becomes of a refusal.
#![cfg(feature = "email")]
#![expect(clippy::unwrap_used, reason = "a test ends at the first thing that goes wrong")]

use std::path::PathBuf;

use gongkai_alerter::channel::{Channel, Note, email::Email};
use gongkai_model::{Severity, Text};
use gongkai_runtime::settings::EmailSettings;
use gongkai_store::FailureClass;
use gongkai_testkit::smtp::MailServer;
use uuid::Uuid;

fn note(offices: &[&str]) -> Note {
    Note {
        id: Uuid::from_u128(7),
        kind: "overdue",
        code: Some("P802"),
        change: "open",
        severity: Severity::Warning,
        site: Some("linchuan".into()),
        region: Some("9901".into()),
        body: Some("water".into()),
        body_name: Some("临川县水务局".into()),
        offices: offices.iter().map(|office| (*office).to_owned()).collect(),
        year: Some(2024),
        message: Text::new("临川县水务局2024年度报告未发现", "no report for 2024"),
        at: "2025-02-01T00:00:00Z".parse().unwrap(),
        since: "2025-02-01T00:00:00Z".parse().unwrap(),
        news: false,
        url: "http://console.example/bodies/water".into(),
    }
}

fn channel(server: &MailServer, offices: PathBuf) -> Email {
    // Only the first installation in a process can succeed.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let settings = EmailSettings {
        smtp_url: server.url(),
        from: "watch@example.org".into(),
        to: "desk@example.org, 值班 <duty@example.org>".into(),
        offices,
    };
    Email::new(&settings).unwrap()
}

/// The body of a message as it was before base64 or quoted-printable, as far as this test needs it.
fn decoded(data: &str) -> String {
    let (head, body) = data.split_once("\n\n").unwrap();
    assert!(head.to_lowercase().contains("content-transfer-encoding: base64"), "{head}");
    let code = |letter: u8| match letter {
        b'A'..=b'Z' => u32::from(letter - b'A'),
        b'a'..=b'z' => u32::from(letter - b'a') + 26,
        b'0'..=b'9' => u32::from(letter - b'0') + 52,
        b'+' => 62,
        _ => 63,
    };
    let letters: Vec<u8> = body.bytes().filter(|b| !b.is_ascii_whitespace() && *b != b'=').collect();
    let mut bytes = Vec::new();
    for chunk in letters.chunks(4) {
        let value = chunk.iter().fold(0, |sum, letter| (sum << 6) | code(*letter)) << (6 * (4 - chunk.len()));
        bytes.extend(value.to_be_bytes()[1..chunk.len()].iter());
    }
    String::from_utf8(bytes).unwrap()
}

#[tokio::test]
async fn a_message_reaches_the_nearest_office_that_the_file_names_else_the_desk() {
    let server = MailServer::start().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("offices.csv");
    std::fs::write(&file, "office,address\ncity,city@example.org\ncity,deputy@example.org\n").unwrap();
    let channel = channel(&server, file);
    channel.tell(&note(&["county", "city", "province"])).await.unwrap();
    channel.tell(&note(&["county"])).await.unwrap();
    let taken = server.taken();
    assert_eq!(taken[0].to, ["city@example.org", "deputy@example.org"]);
    assert_eq!(taken[1].to, ["desk@example.org", "duty@example.org"]);
    assert_eq!(taken[0].from, "watch@example.org");
    let head = taken[0].data.split_once("\n\n").unwrap().0;
    assert!(head.contains("Message-ID: <00000000-0000-0000-0000-000000000007@gongkai.invalid>"), "{head}");
    assert!(head.contains("Subject: =?utf-8?b?") && head.contains("text/plain; charset=utf-8"), "{head}");
    insta::assert_snapshot!(decoded(&taken[0].data).replace("\r\n", "\n"));
}

#[tokio::test]
async fn a_busy_server_is_tried_again_and_a_refusal_is_set_aside() {
    let server = MailServer::start().await.unwrap();
    let channel = channel(&server, PathBuf::new());
    server.refuse(Some("451 4.7.1 greylisted"));
    assert_eq!(channel.tell(&note(&[])).await.unwrap_err().class, FailureClass::Transient);
    server.refuse(Some("550 5.1.1 no such mailbox"));
    let refused = channel.tell(&note(&[])).await.unwrap_err();
    assert_eq!(refused.class, FailureClass::Contract);
    assert!(refused.message.contains("no such mailbox"), "{}", refused.message);
    assert!(server.taken().is_empty());
    drop(server);
    assert_eq!(channel.tell(&note(&[])).await.unwrap_err().class, FailureClass::Transient, "nobody there");
}

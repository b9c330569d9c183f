//! The e-mail channel: one plain message an alert, to the office that it concerns.
use std::{collections::HashMap, io::Read, path::Path, time::Duration};

use async_trait::async_trait;
use gongkai_model::Severity;
use gongkai_runtime::{clock::ZONE, settings::EmailSettings};
use gongkai_store::{Failure, FailureClass};
use jiff::tz::TimeZone;
use lettre::{
    AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor,
    message::{Mailbox, Mailboxes, header::ContentType},
    transport::smtp::Error,
};

use super::{Channel, Note};
use crate::error::AlerterError;

/// Longest time for one message.
const TIMEOUT: Duration = Duration::from_secs(30);
/// Characters of the message that the subject repeats.
const SUBJECT: usize = 60;
/// The largest file of offices.
const MAX_FILE: u64 = 4 << 20;

/// Sends e-mail.
pub struct Email {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
    to: Vec<Mailbox>,
    offices: HashMap<String, Vec<Mailbox>>,
}

impl Email {
    /// The channel's name.
    pub const NAME: &'static str = "email";

    /// The channel of `alert.email.*`. The process must have installed a rustls provider before (`main` does).
    pub fn new(settings: &EmailSettings) -> Result<Self, AlerterError> {
        let wrong = |key: &str, why: String| AlerterError::Email(format!("alert.email.{key}: {why}"));
        // Its errors may repeat the address with the password in it.
        let builder = AsyncSmtpTransport::<Tokio1Executor>::from_url(&settings.smtp_url)
            .map_err(|_| wrong("smtp_url", "is no smtp:// or smtps:// address".to_owned()))?;
        let from = settings.from.parse().map_err(|error| wrong("from", format!("{error}")))?;
        let to = mailboxes(&settings.to).map_err(|why| wrong("to", why))?;
        let offices = if settings.offices.as_os_str().is_empty() {
            HashMap::new()
        } else {
            offices(&settings.offices).map_err(|why| wrong("offices", why))?
        };
        Ok(Self { transport: builder.timeout(Some(TIMEOUT)).build(), from, to, offices })
    }

    /// Those of the nearest office that the file names, else those of `to`.
    fn recipients(&self, note: &Note) -> &[Mailbox] {
        note.offices.iter().find_map(|office| self.offices.get(office)).unwrap_or(&self.to)
    }

    fn message(&self, note: &Note) -> Result<Message, Failure> {
        let id = format!("<{}@gongkai.invalid>", note.idempotency_key());
        let mut builder = Message::builder().from(self.from.clone()).message_id(Some(id));
        for recipient in self.recipients(note) {
            builder = builder.to(recipient.clone());
        }
        let unwritable = |error: lettre::error::Error| {
            Failure::new(FailureClass::Contract, format!("the e-mail cannot be written: {error}"))
        };
        let builder = builder.subject(subject(note)).header(ContentType::TEXT_PLAIN);
        builder.body(text(note)).map_err(unwritable)
    }
}

#[async_trait]
impl Channel for Email {
    fn name(&self) -> &str {
        Self::NAME
    }

    async fn tell(&self, note: &Note) -> Result<(), Failure> {
        let message = self.message(note)?;
        self.transport.send(message).await.map(drop).map_err(|error| failure(&error))
    }
}

/// A server that is away or busy is tried again; one that refuses for good will refuse again.
fn failure(error: &Error) -> Failure {
    let class = if error.is_permanent() { FailureClass::Contract } else { FailureClass::Transient };
    Failure::new(class, format!("the mail server did not take it: {error}; see alert.email"))
}

fn subject(note: &Note) -> String {
    let severity = match note.severity {
        Severity::Error => "错误",
        Severity::Warning => "警告",
        Severity::Hint => "提示",
    };
    let state = if note.change == "closed" { "结束·" } else { "" };
    let mut words: String = note.message.zh.chars().take(SUBJECT).collect();
    if note.message.zh.chars().nth(SUBJECT).is_some() {
        words.push('…');
    }
    // A line break would begin another header; the library refuses it, a blank does as well.
    format!("[公开年报·{state}{severity}] {}", words.replace(['\r', '\n'], " "))
}

fn text(note: &Note) -> String {
    let zone = TimeZone::get(ZONE).unwrap_or(TimeZone::UTC);
    let at = note.at.to_zoned(zone).strftime("%Y-%m-%d %H:%M").to_string();
    let rule = note.code.map(|code| format!("规则 (rule)：{code}\n")).unwrap_or_default();
    let body = note.body_name.as_ref().map(|name| format!("单位 (body)：{name}\n")).unwrap_or_default();
    format!(
        "{}\n\n{}\n\n{body}{rule}时间 (time)：{at}（北京时间）\n详情 (details)：{}\n编号 (id)：{}\n",
        note.message.zh, note.message.en, note.url, note.id
    )
}

fn mailboxes(text: &str) -> Result<Vec<Mailbox>, String> {
    let all: Mailboxes = text.parse().map_err(|error| format!("{error}"))?;
    let all: Vec<Mailbox> = all.into_iter().collect();
    if all.is_empty() { Err("names nobody".to_owned()) } else { Ok(all) }
}

/// The file of offices: columns `office` and `address`, further ones are for people.
fn offices(path: &Path) -> Result<HashMap<String, Vec<Mailbox>>, String> {
    let place = path.display();
    let file = std::fs::File::open(path).map_err(|error| format!("{place}: {error}"))?;
    let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(file.take(MAX_FILE));
    let headers = reader.headers().map_err(|error| format!("{place}: {error}"))?.clone();
    let column = |name: &str| {
        let found = headers.iter().position(|own| own.trim_start_matches('\u{feff}') == name);
        found.ok_or_else(|| format!("{place}: 缺少列 {name} (lacks the column {name})"))
    };
    let (office, address) = (column("office")?, column("address")?);
    let mut offices: HashMap<String, Vec<Mailbox>> = HashMap::new();
    for record in reader.records() {
        let record = record.map_err(|error| format!("{place}: {error}"))?;
        let line = record.position().map_or(0, csv::Position::line);
        let field = |at: usize| record.get(at).unwrap_or_default();
        if field(office).is_empty() {
            return Err(format!("{place}:{line}: 缺少机关编号 (names no office)"));
        }
        let found = mailboxes(field(address)).map_err(|why| format!("{place}:{line}: {why}"))?;
        offices.entry(field(office).to_owned()).or_default().extend(found);
    }
    Ok(offices)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(offices: &Path) -> EmailSettings {
        EmailSettings {
            smtp_url: "smtp://u:hunter2@127.0.0.1:1".into(),
            from: "公开年报监测 <watch@example.org>".into(),
            to: "desk@example.org".into(),
            offices: offices.to_owned(),
        }
    }

    #[test]
    fn what_is_wrong_is_said_with_its_place_and_without_secrets() {
        let folder = std::env::temp_dir().join(format!("gongkai-offices-{}", uuid::Uuid::now_v7()));
        std::fs::create_dir_all(&folder).unwrap();
        let file = folder.join("offices.csv");
        let why = |text: &str| {
            std::fs::write(&file, text).unwrap();
            Email::new(&settings(&file)).err().map(|error| error.to_string()).unwrap_or_default()
        };
        assert_eq!(why("office,address,note\ngov,a@example.org,x\ngov,\"乙 <b@example.org>\",\n"), "");
        assert!(why("office\ngov\n").contains("lacks the column address"));
        assert!(why("office,address\ngov,nobody\n").contains("offices.csv:2:"));
        assert!(why("office,address\n,a@example.org\n").contains("names no office"));
        std::fs::remove_dir_all(&folder).unwrap();
        let none = Path::new("");
        let broken = EmailSettings { smtp_url: "smtp:/u:hunter2@".into(), ..settings(none) };
        let error = Email::new(&broken).err().unwrap().to_string();
        assert!(error.contains("alert.email.smtp_url") && !error.contains("hunter2"), "{error}");
        let nobody = EmailSettings { to: " ".into(), ..settings(none) };
        assert!(Email::new(&nobody).is_err());
    }
}

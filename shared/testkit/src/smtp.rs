//! A mail server that delivers nothing: it takes what it is given, as RFC 5321 has it, and shows it to the test.
use std::{
    io,
    net::{Ipv4Addr, SocketAddr},
    sync::{Arc, Mutex, PoisonError},
};

use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
    task::JoinHandle,
};

/// A message that was taken.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Mail {
    /// `MAIL FROM`.
    pub from: String,
    /// `RCPT TO`, in their order.
    pub to: Vec<String>,
    /// Headers and body as they came, dots undoubled.
    pub data: String,
}

#[derive(Debug, Default)]
struct State {
    taken: Vec<Mail>,
    /// What `RCPT TO` is answered with instead of 250.
    refusal: Option<String>,
}

/// A running mail server; it ends when this is dropped.
#[derive(Debug)]
pub struct MailServer {
    address: SocketAddr,
    state: Arc<Mutex<State>>,
    server: JoinHandle<()>,
}

impl MailServer {
    /// A server on a free port of 127.0.0.1.
    pub async fn start() -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = listener.local_addr()?;
        let state = Arc::new(Mutex::new(State::default()));
        let shared = Arc::clone(&state);
        let server = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                // A client that hangs up in the middle is no concern of the server.
                let state = Arc::clone(&shared);
                tokio::spawn(async move { drop(talk(stream, &state).await) });
            }
        });
        Ok(Self { address, state, server })
    }

    /// For `alert.email.smtp_url`.
    pub fn url(&self) -> String {
        format!("smtp://{}", self.address)
    }

    /// Everything taken so far.
    pub fn taken(&self) -> Vec<Mail> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).taken.clone()
    }

    /// From now on recipients are answered with this line (`451 busy`), or taken again.
    pub fn refuse(&self, line: Option<&str>) {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).refusal = line.map(str::to_owned);
    }
}

impl Drop for MailServer {
    fn drop(&mut self) {
        self.server.abort();
    }
}

async fn talk(stream: TcpStream, state: &Mutex<State>) -> io::Result<()> {
    let (read, mut write) = stream.into_split();
    let mut lines = BufReader::new(read).lines();
    write.write_all(b"220 test ESMTP\r\n").await?;
    let mut mail = Mail::default();
    while let Some(line) = lines.next_line().await? {
        let verb = line.get(..4).unwrap_or_default().to_ascii_uppercase();
        let answer = match verb.as_str() {
            "EHLO" => "250-test\r\n250-8BITMIME\r\n250 SMTPUTF8".to_owned(),
            "MAIL" => {
                mail = Mail { from: address(&line), ..Mail::default() };
                "250 ok".to_owned()
            }
            "RCPT" => {
                let refusal = state.lock().unwrap_or_else(PoisonError::into_inner).refusal.clone();
                if refusal.is_none() {
                    mail.to.push(address(&line));
                }
                refusal.unwrap_or_else(|| "250 ok".to_owned())
            }
            "DATA" => {
                write.write_all(b"354 go on\r\n").await?;
                while let Some(line) = lines.next_line().await?.filter(|line| line != ".") {
                    mail.data += line.strip_prefix('.').unwrap_or(&line);
                    mail.data.push('\n');
                }
                state.lock().unwrap_or_else(PoisonError::into_inner).taken.push(std::mem::take(&mut mail));
                "250 taken".to_owned()
            }
            "QUIT" => {
                write.write_all(b"221 bye\r\n").await?;
                return Ok(());
            }
            _ => "250 ok".to_owned(),
        };
        write.write_all(format!("{answer}\r\n").as_bytes()).await?;
    }
    Ok(())
}

/// What stands between `<` and `>`.
fn address(line: &str) -> String {
    let inner = line.split_once('<').and_then(|(_, rest)| rest.split_once('>'));
    inner.map_or_else(String::new, |(address, _)| address.to_owned())
}

//! What a broker says of itself before anybody has to name a user: its product and version. The client does not tell them.
use std::time::Duration;

use lapin::{
    protocol::{
        AMQPClass, connection::AMQPMethod, constants::FRAME_END, constants::FRAME_METHOD, parse_class,
    },
    types::{AMQPValue, FieldTable},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};

/// How long connecting and the greeting may take together.
const LIMIT: Duration = Duration::from_secs(5);
/// A greeting is about 500 bytes; what claims to be longer than this is none.
const LONGEST: usize = 16 * 1024;
/// How a client opens AMQP 0-9-1.
const HELLO: [u8; 8] = *b"AMQP\0\0\x09\x01";
/// Type, channel and size of a frame.
const HEAD: usize = 7;
/// Letters of a name that are shown: it comes from whatever listens there.
const SHOWN: usize = 40;

/// A broker's product and version, in its own words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Greeting {
    /// As in `RabbitMQ`.
    pub product: String,
    /// As in `3.10.8`.
    pub version: String,
}

impl Greeting {
    /// The first two numbers of the version.
    pub fn release(&self) -> Option<(u32, u32)> {
        let mut numbers = self.version.split('.');
        Some((numbers.next()?.parse().ok()?, numbers.next()?.parse().ok()?))
    }
}

/// Connects without TLS, reads the greeting and hangs up. The error says why there was none.
pub(super) async fn greeting(host: &str, port: u16) -> Result<Greeting, String> {
    let heard = timeout(LIMIT, async {
        let stream = TcpStream::connect((host, port)).await.map_err(|error| error.to_string())?;
        listen(stream).await
    });
    heard.await.unwrap_or_else(|_| Err(format!("no greeting within {LIMIT:?}")))
}

async fn listen(mut stream: TcpStream) -> Result<Greeting, String> {
    let failed = |error: std::io::Error| error.to_string();
    stream.write_all(&HELLO).await.map_err(failed)?;
    let mut head = [0; HEAD];
    stream.read_exact(&mut head).await.map_err(failed)?;
    let size = size(head)?;
    let mut frame = vec![0; size + 1];
    stream.read_exact(&mut frame).await.map_err(failed)?;
    understood(&frame)
}

/// How long the payload is that follows the head of a frame.
fn size(head: [u8; HEAD]) -> Result<usize, String> {
    let [kind, _, _, size @ ..] = head;
    let size = usize::try_from(u32::from_be_bytes(size)).unwrap_or(usize::MAX);
    if kind != FRAME_METHOD || size > LONGEST {
        return Err("what listens there does not speak AMQP 0-9-1".to_owned());
    }
    Ok(size)
}

/// The payload and the byte that ends a frame.
fn understood(frame: &[u8]) -> Result<Greeting, String> {
    let strange = || "its greeting is not understood".to_owned();
    let Some((&FRAME_END, payload)) = frame.split_last() else { return Err(strange()) };
    match parse_class(payload) {
        Ok((_, AMQPClass::Connection(AMQPMethod::Start(start)))) => {
            let say = |name| shown(&start.server_properties, name);
            Ok(Greeting { product: say("product"), version: say("version") })
        }
        _ => Err(strange()),
    }
}

fn shown(properties: &FieldTable, name: &str) -> String {
    match properties.inner().get(name) {
        Some(AMQPValue::LongString(text)) => {
            let text = text.to_string();
            text.chars().filter(|c| !c.is_control()).take(SHOWN).collect()
        }
        _ => "?".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::net::TcpListener;

    /// A long string of a table: name, type and value.
    fn entry(name: &str, value: &str) -> Vec<u8> {
        let mut bytes = vec![u8::try_from(name.len()).unwrap()];
        bytes.extend(name.as_bytes());
        bytes.push(b'S');
        bytes.extend(u32::try_from(value.len()).unwrap().to_be_bytes());
        bytes.extend(value.as_bytes());
        bytes
    }

    /// Connection.Start with these properties, as a frame.
    fn start(entries: &[(&str, &str)]) -> Vec<u8> {
        let table: Vec<u8> = entries.iter().flat_map(|(name, value)| entry(name, value)).collect();
        let mut payload = vec![0, 10, 0, 10, 0, 9];
        payload.extend(u32::try_from(table.len()).unwrap().to_be_bytes());
        payload.extend(table);
        for text in ["PLAIN", "en_US"] {
            payload.extend(u32::try_from(text.len()).unwrap().to_be_bytes());
            payload.extend(text.as_bytes());
        }
        let mut frame = vec![FRAME_METHOD, 0, 0];
        frame.extend(u32::try_from(payload.len()).unwrap().to_be_bytes());
        frame.extend(payload);
        frame.push(FRAME_END);
        frame
    }

    /// What is made of something that answers these bytes to everybody.
    async fn heard(answer: Vec<u8>) -> Result<Greeting, String> {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let server = tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut hello = [0; 8];
            stream.read_exact(&mut hello).await.unwrap();
            stream.write_all(&answer).await.unwrap();
            hello
        });
        let heard = greeting("127.0.0.1", port).await;
        assert_eq!(server.await.unwrap(), HELLO);
        heard
    }

    #[tokio::test]
    async fn product_and_version_are_those_of_the_greeting() {
        let heard = heard(start(&[("product", "RabbitMQ"), ("version", "4.0.5")])).await.unwrap();
        assert_eq!((heard.product.as_str(), heard.release()), ("RabbitMQ", Some((4, 0))));
    }

    #[tokio::test]
    async fn a_greeting_cannot_talk_to_the_terminal_and_a_version_that_is_none_has_no_release() {
        let long = "9".repeat(5_000);
        let heard = heard(start(&[("product", "\u{1b}[2J"), ("version", &long)])).await.unwrap();
        assert_eq!((heard.product.as_str(), heard.version.len(), heard.release()), ("[2J", SHOWN, None));
        assert_eq!(Greeting { version: "next".to_owned(), ..heard }.release(), None);
    }

    #[tokio::test]
    async fn what_is_no_broker_is_told() {
        assert!(heard(b"AMQP\0\0\x01\x00".to_vec()).await.unwrap_err().contains("AMQP"));
        assert!(heard(b"HTTP/1.1 400 Bad Request".to_vec()).await.unwrap_err().contains("AMQP"));
        assert!(heard(vec![FRAME_METHOD, 0, 0, 0xff, 0xff, 0xff, 0xff]).await.is_err(), "4 GiB are not read");
        assert!(heard(vec![FRAME_METHOD, 0, 0, 0, 0, 0, 2, 0, 10, FRAME_END]).await.is_err());
        assert!(heard(Vec::new()).await.is_err());
    }
}

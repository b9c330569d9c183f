//! One connection to the broker, made when it is needed and made anew when it was lost.
use std::{
    sync::atomic::{AtomicBool, Ordering},
    time::Duration,
};

use lapin::{
    Channel, Connection, ConnectionProperties,
    protocol::{AMQPErrorKind, AMQPHardError},
    tcp::OwnedTLSConfig,
    uri::{AMQPScheme, AMQPUri},
};
use tokio::{sync::Mutex, time::timeout};

use crate::{bus::BusError, open::BusOptions};

/// How long the broker may take for one answer that is no confirm.
pub(super) const ANSWER: Duration = Duration::from_secs(10);
/// Seconds between heartbeats where the address names none: a silent broker is noticed after two of them.
const HEARTBEAT: u16 = 10;
/// What the broker is told at an orderly end.
const GOODBYE: (u16, &str) = (200, "closed");

/// A connection that comes back.
pub(super) struct Link {
    uri: AMQPUri,
    tls: OwnedTLSConfig,
    name: String,
    connection: Mutex<Option<Connection>>,
    closed: AtomicBool,
}

impl Link {
    /// A link that is not connected yet.
    pub(super) fn new(options: &BusOptions, purpose: &str) -> Result<Self, BusError> {
        let mut uri: AMQPUri = options.url.parse().map_err(|error| {
            // The address may hold a password: only what is wrong with it is told.
            BusError::Unsupported(format!(
                "bus.url 不是可用的 AMQP 地址 (is no usable AMQP address): {error}"
            ))
        })?;
        uri.query.heartbeat.get_or_insert(HEARTBEAT);
        let tls = OwnedTLSConfig { identity: None, cert_chain: options.ca_certificates.clone() };
        let name = format!("{} {purpose}", options.name);
        Ok(Self { uri, tls, name, connection: Mutex::new(None), closed: AtomicBool::new(false) })
    }

    /// A new channel, on a new connection where the old one is lost.
    pub(super) async fn channel(&self) -> Result<Channel, BusError> {
        if self.closed.load(Ordering::Acquire) {
            return Err(BusError::Closed);
        }
        let mut slot = self.connection.lock().await;
        let connection = match slot.take() {
            Some(connection) if connection.status().connected() => connection,
            _ => self.connect().await?,
        };
        let channel = within(connection.create_channel()).await?;
        *slot = Some(connection);
        Ok(channel)
    }

    /// Gives the connection up: the next channel gets a new one.
    pub(super) async fn forget(&self) {
        drop(self.connection.lock().await.take());
    }

    /// True while the broker accepts no messages because its memory or disk is short.
    pub(super) async fn is_blocked(&self) -> bool {
        self.connection.lock().await.as_ref().is_some_and(|connection| connection.status().blocked())
    }

    /// Where it leads, without user and password.
    pub(super) fn place(&self) -> String {
        let (scheme, authority) = (&self.uri.scheme, &self.uri.authority);
        format!("{scheme}://{}:{}/{}", authority.host, authority.port, self.uri.vhost)
    }

    /// Host and port, where they are spoken to without TLS.
    pub(super) fn plain_address(&self) -> Option<(&str, u16)> {
        let authority = &self.uri.authority;
        (self.uri.scheme == AMQPScheme::AMQP).then_some((authority.host.as_str(), authority.port))
    }

    /// Seconds between heartbeats, as agreed with the broker; 0 without a connection.
    pub(super) async fn heartbeat(&self) -> u16 {
        let connection = self.connection.lock().await;
        connection.as_ref().map_or(0, |connection| connection.configuration().heartbeat())
    }

    async fn connect(&self) -> Result<Connection, BusError> {
        let properties = ConnectionProperties::default().with_connection_name(self.name.as_str().into());
        let runtime = lapin::runtime::default_runtime().map_err(|error| away(&error))?;
        let connecting =
            Connection::connect_uri_with_config(self.uri.clone(), properties, self.tls.clone(), runtime);
        within(connecting).await.map_err(|error| {
            let place = self.place();
            match error {
                BusError::Unsupported(why) => BusError::Unsupported(format!("{place}: {why}")),
                other => BusError::Away(format!("{place}: {other}")),
            }
        })
    }

    /// The orderly end: no channel is given any more.
    pub(super) async fn close(&self) {
        self.closed.store(true, Ordering::Release);
        if let Some(connection) = self.connection.lock().await.take()
            && connection.status().connected()
        {
            let (code, text) = GOODBYE;
            if let Err(error) = within(connection.close(code, text.into())).await {
                tracing::debug!(%error, "the broker's goodbye did not come");
            }
        }
    }
}

/// The broker's answer, or that it did not come in time.
pub(super) async fn within<T>(answer: impl Future<Output = lapin::Result<T>>) -> Result<T, BusError> {
    match timeout(ANSWER, answer).await {
        Ok(Ok(value)) => Ok(value),
        Ok(Err(error)) => Err(away(&error)),
        Err(_) => Err(BusError::Away(format!("no answer within {ANSWER:?}"))),
    }
}

/// What an error of the client means: away, or refused for good (user, rights, virtual host, other arguments).
pub(super) fn away(error: &lapin::Error) -> BusError {
    use lapin::{ErrorKind, protocol::AMQPSoftError};
    let refused = match error.kind() {
        ErrorKind::ProtocolError(protocol) => matches!(
            protocol.kind(),
            AMQPErrorKind::Soft(AMQPSoftError::PRECONDITIONFAILED | AMQPSoftError::ACCESSREFUSED)
                | AMQPErrorKind::Hard(AMQPHardError::NOTALLOWED)
        ),
        _ => false,
    };
    if refused { BusError::Unsupported(error.to_string()) } else { BusError::Away(error.to_string()) }
}

/// True when the broker says that a queue or exchange is not there.
pub(super) fn is_missing(error: &lapin::Error) -> bool {
    use lapin::{ErrorKind, protocol::AMQPSoftError};
    matches!(error.kind(), ErrorKind::ProtocolError(protocol)
        if matches!(protocol.kind(), AMQPErrorKind::Soft(AMQPSoftError::NOTFOUND)))
}

/// True when the broker says that a queue or exchange is there and has other arguments.
pub(super) fn is_other(error: &lapin::Error) -> bool {
    use lapin::{ErrorKind, protocol::AMQPSoftError};
    matches!(error.kind(), ErrorKind::ProtocolError(protocol)
        if matches!(protocol.kind(), AMQPErrorKind::Soft(AMQPSoftError::PRECONDITIONFAILED)))
}

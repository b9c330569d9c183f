//! One connection through the proxy: bytes both ways under the present weather, until it ends or is cut.
use std::{io, net::SocketAddr};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{
        TcpStream,
        tcp::{ReadHalf, WriteHalf},
    },
    sync::watch,
    time,
};

use super::Weather;

const PIECE: usize = 16 * 1024;

/// Carries a connection to its end. One side's orderly end is passed on, anything else resets both.
pub(super) async fn carry(
    mut client: TcpStream,
    target: SocketAddr,
    mut weather: watch::Receiver<Weather>,
    mut cut: watch::Receiver<()>,
) {
    let connecting = async {
        pass(&mut weather).await?;
        TcpStream::connect(target).await
    };
    let connected = tokio::select! {
        connected = connecting => connected,
        _ = cut.changed() => Err(io::ErrorKind::ConnectionAborted.into()),
    };
    let Ok(mut server) = connected else { return reset(&client) };
    // A proxy that gathers small pieces would be slow in a way that nobody asked for.
    drop((client.set_nodelay(true), server.set_nodelay(true)));
    let ended = {
        let (from_client, to_client) = client.split();
        let (from_server, to_server) = server.split();
        tokio::select! {
            ended = async {
                tokio::try_join!(
                    pump(from_client, to_server, weather.clone()),
                    pump(from_server, to_client, weather.clone())
                )
            } => ended.map(drop),
            _ = cut.changed() => Err(io::ErrorKind::ConnectionAborted.into()),
        }
    };
    if ended.is_err() {
        reset(&client);
        reset(&server);
    }
}

/// Makes that the end of the stream, which follows, is a reset.
pub(super) fn reset(stream: &TcpStream) {
    // A stream that refuses this is closed already.
    drop(stream.set_zero_linger());
}

async fn pump(
    mut from: ReadHalf<'_>,
    mut to: WriteHalf<'_>,
    mut weather: watch::Receiver<Weather>,
) -> io::Result<()> {
    let mut buffer = vec![0; PIECE];
    loop {
        let read = from.read(&mut buffer).await;
        let delay = weather.borrow().delay;
        if let Some(delay) = delay {
            time::sleep(delay).await;
        }
        // An end and a failure travel as bytes do.
        pass(&mut weather).await?;
        let piece = buffer.get(..read?).unwrap_or_default();
        if piece.is_empty() {
            return to.shutdown().await;
        }
        to.write_all(piece).await?;
    }
}

/// Waits while the network is frozen.
async fn pass(weather: &mut watch::Receiver<Weather>) -> io::Result<()> {
    weather
        .wait_for(|weather| !weather.frozen)
        .await
        .map(drop)
        .map_err(|_| io::ErrorKind::ConnectionAborted.into())
}

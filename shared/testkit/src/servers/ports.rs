//! Free ports for servers: below the range that the system gives to outgoing connections, so that a server finds its own again.
use std::net::{Ipv4Addr, TcpListener, TcpStream};

use super::ServerError;

const FIRST: u16 = 10_000;
/// Linux gives ports from 32768 on to whoever connects.
const END: u16 = 32_000;
const ATTEMPTS: usize = 2_000;

/// Ports of 127.0.0.1 that nobody listens on now.
pub(super) fn free<const N: usize>() -> Result<[u16; N], ServerError> {
    let mut ports = [0; N];
    for at in 0..N {
        let found = (0..ATTEMPTS)
            .map(|_| fastrand::u16(FIRST..END))
            .find(|port| !ports.contains(port) && is_free(*port));
        let Some(port) = found else { return Err(ServerError::NoPort) };
        if let Some(place) = ports.get_mut(at) {
            *place = port;
        }
    }
    Ok(ports)
}

pub(super) fn is_free(port: u16) -> bool {
    TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok()
}

pub(super) fn is_open(port: u16) -> bool {
    TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_ok()
}

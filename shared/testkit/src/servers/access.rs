//! How clients reach a server, whoever started it: its address and the URLs to it, also through a proxy.
use std::{
    net::{SocketAddr, ToSocketAddrs},
    process::{Command, Stdio},
};

use super::{ServerError, database, keeper};

const AMQP: &str = "amqp://guest:guest@127.0.0.1:5672/%2f";
const POSTGRES: &str = "postgres://postgres@127.0.0.1:5432/postgres";

/// A URL taken apart at the address.
#[derive(Clone, Debug)]
struct Parts {
    before: String,
    address: SocketAddr,
    path: String,
    query: String,
}

impl Parts {
    fn of(url: &str, example: &'static str, port: u16) -> Result<Self, ServerError> {
        let wrong = || ServerError::Url { url: url.to_owned(), example };
        let (scheme, rest) = url.split_once("://").ok_or_else(wrong)?;
        let (authority, rest) = rest.split_once('/').unwrap_or((rest, ""));
        let (user, host) = authority.rsplit_once('@').map_or(("", authority), |(user, host)| (user, host));
        let named = if host.contains(':') { host.to_owned() } else { format!("{host}:{port}") };
        // `localhost` is two addresses, and servers listen on the older one at least.
        let found = named.to_socket_addrs().map_err(|_| wrong())?;
        let address = found.min_by_key(SocketAddr::is_ipv6).ok_or_else(wrong)?;
        let at = if user.is_empty() { "" } else { "@" };
        let (path, query) = rest.split_once('?').map_or((rest, String::new()), |(p, q)| (p, format!("?{q}")));
        Ok(Self { before: format!("{scheme}://{user}{at}"), address, path: path.to_owned(), query })
    }

    fn url(&self, address: SocketAddr, path: &str) -> String {
        format!("{}{address}/{path}{}", self.before, self.query)
    }
}

/// A broker that others use too: it can be asked, not broken. Queues need names of their own.
#[derive(Clone, Debug)]
pub struct BrokerAccess {
    parts: Parts,
}

impl BrokerAccess {
    pub(super) fn local(port: u16) -> Result<Self, ServerError> {
        Self::of(&format!("amqp://guest:guest@127.0.0.1:{port}/%2f"))
    }

    pub(super) fn of(url: &str) -> Result<Self, ServerError> {
        Ok(Self { parts: Parts::of(url, AMQP, 5672)? })
    }

    /// `amqp://guest:guest@127.0.0.1:PORT/%2f`.
    pub fn url(&self) -> String {
        self.url_through(self.parts.address)
    }

    /// The same by way of another address, for instance that of a proxy.
    pub fn url_through(&self, address: SocketAddr) -> String {
        self.parts.url(address, &self.parts.path)
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.parts.address
    }
}

/// A database server that others use too: databases can be made and asked.
#[derive(Clone, Debug)]
pub struct DatabaseAccess {
    parts: Parts,
}

impl DatabaseAccess {
    pub(super) fn local(port: u16) -> Result<Self, ServerError> {
        Self::of(&format!("postgres://postgres@127.0.0.1:{port}/postgres"))
    }

    pub(super) fn of(url: &str) -> Result<Self, ServerError> {
        Ok(Self { parts: Parts::of(url, POSTGRES, 5432)? })
    }

    /// `postgres://postgres@127.0.0.1:PORT/NAME`, whether that database exists or not.
    pub fn url(&self, name: &str) -> String {
        self.parts.url(self.parts.address, name)
    }

    /// The same by way of another address, for instance that of a proxy; `database` is a name or a URL.
    pub fn url_through(&self, database: &str, address: SocketAddr) -> Result<String, ServerError> {
        if !database.contains("://") {
            return Ok(self.parts.url(address, database));
        }
        let parts = Parts::of(database, POSTGRES, 5432)?;
        Ok(parts.url(address, &parts.path))
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.parts.address
    }

    /// Makes a new empty database and gives its URL. Something random is added to the name (letters, digits and `_`),
    /// so that two tests may ask for the same, and nothing that exists is touched.
    pub fn create(&self, name: &str) -> Result<String, ServerError> {
        let name = format!("{name}_{:08x}", fastrand::u32(..));
        self.sql("postgres", &format!("CREATE DATABASE \"{name}\""))?;
        Ok(self.url(&name))
    }

    /// Runs statements through `psql`, as the owner of everything, and gives rows as lines with `|` between columns.
    /// `database` is a name, or a URL as [`create`](Self::create) gives.
    pub fn sql(&self, database: &str, statements: &str) -> Result<String, ServerError> {
        let url = if database.contains("://") { database.to_owned() } else { self.url(database) };
        let mut command = Command::new(database::programs()?.join("psql"));
        command.args(["--no-psqlrc", "--quiet", "--tuples-only", "--no-align", "--set", "ON_ERROR_STOP=1"]);
        command.args(["--dbname", &url, "--command", statements]);
        command.env("PGCONNECT_TIMEOUT", "20").stdin(Stdio::null());
        Ok(keeper::run(command)?.trim_end().to_owned())
    }
}

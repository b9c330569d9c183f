//! A private RabbitMQ node that tests kill, freeze and start again.
mod node;

use std::{
    env,
    net::SocketAddr,
    path::{Path, PathBuf},
    sync::OnceLock,
};

use node::Node;

use super::{
    AMQP_URL, Certificates, RABBITMQ_ROOT, ServerError,
    access::BrokerAccess,
    launch::{self, Launched},
};

/// A RabbitMQ node of one test. Dropping it ends it at once and removes its data.
#[derive(Debug)]
pub struct Broker {
    // Dropped first: its keeper ends the processes that are waited for after it.
    node: Node,
    running: Option<Launched>,
    access: BrokerAccess,
}

impl Broker {
    /// Starts the RabbitMQ of this machine, or the one in the folder that `GONGKAI_TEST_RABBITMQ_ROOT` names.
    pub fn start() -> Result<Self, ServerError> {
        let root = env::var_os(RABBITMQ_ROOT).filter(|root| !root.is_empty()).map(PathBuf::from);
        Self::launch(root.as_deref(), false, None)
    }

    /// The same, which speaks TLS as well, at [`tls_url`](Self::tls_url).
    pub fn start_with_tls(certificates: &Certificates) -> Result<Self, ServerError> {
        let root = env::var_os(RABBITMQ_ROOT).filter(|root| !root.is_empty()).map(PathBuf::from);
        Self::launch(root.as_deref(), false, Some(certificates))
    }

    /// `amqps://guest:guest@127.0.0.1:PORT/%2f`, if TLS was asked for.
    pub fn tls_url(&self) -> String {
        self.access.url_through(self.node.tls()).replacen("amqp:", "amqps:", 1)
    }

    /// The same with RabbitMQ's own plugin for Prometheus, at [`metrics`](Self::metrics).
    pub fn start_with_metrics() -> Result<Self, ServerError> {
        let root = env::var_os(RABBITMQ_ROOT).filter(|root| !root.is_empty()).map(PathBuf::from);
        Self::launch(root.as_deref(), true, None)
    }

    /// Where the plugin for Prometheus listens, if it was asked for.
    pub fn metrics(&self) -> SocketAddr {
        self.node.metrics()
    }

    /// Starts the RabbitMQ of another Debian, in whose folder (made by `tests/rabbitmq4`) it is locked.
    /// An ordinary user needs user namespaces for that, root nothing. Nothing is mounted there: what reads `/proc`, as
    /// `rabbitmqctl status` does, fails.
    pub fn start_in(root: &Path) -> Result<Self, ServerError> {
        Self::launch(Some(root), false, None)
    }

    /// The broker that all tests of this process share: the one that `GONGKAI_TEST_AMQP_URL` names, or else one that is
    /// started at the first call and ends with the process.
    pub fn shared() -> Result<BrokerAccess, ServerError> {
        static SHARED: OnceLock<Result<Broker, ServerError>> = OnceLock::new();
        match env::var(AMQP_URL) {
            Ok(url) if !url.is_empty() => BrokerAccess::of(&url),
            _ => SHARED
                .get_or_init(Self::start)
                .as_ref()
                .map(|broker| broker.access.clone())
                .map_err(Clone::clone),
        }
    }

    fn launch(root: Option<&Path>, metrics: bool, tls: Option<&Certificates>) -> Result<Self, ServerError> {
        // Whatever cannot be resolved is not there, and told so.
        let root = root.map(|root| root.canonicalize().unwrap_or_else(|_| root.to_path_buf()));
        let root = root.as_deref();
        launch::with_free_ports(|ports| {
            let node = Node::prepare(root, ports, metrics, tls)?;
            let access = BrokerAccess::local(node.port())?;
            let running = Some(node.start()?);
            Ok(Self { node, running, access })
        })
    }

    /// What can be given to a thread, or to whoever shall not break it.
    pub fn access(&self) -> BrokerAccess {
        self.access.clone()
    }

    /// `amqp://guest:guest@127.0.0.1:PORT/%2f`.
    pub fn url(&self) -> String {
        self.access.url()
    }

    /// The same by way of another address, for instance that of a proxy.
    pub fn url_through(&self, address: SocketAddr) -> String {
        self.access.url_through(address)
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.access.address()
    }

    /// The port of AMQP.
    pub fn port(&self) -> u16 {
        self.node.port()
    }

    /// `kill -9` of the whole node: when this returns, its processes are gone and its port is closed.
    pub fn kill(&mut self) -> Result<(), ServerError> {
        self.node.keeper().signal("KILL")?;
        self.running.take().map_or(Ok(()), |mut running| running.wait_until_gone())
    }

    /// An orderly end, for which the node takes a second or more. The data stay for [`start_again`](Self::start_again).
    pub fn stop(&mut self) -> Result<(), ServerError> {
        if let Some(running) = &mut self.running {
            self.node.keeper().signal("CONT")?;
            running.signal("TERM")?;
            running.wait_until_gone()?;
        }
        // The port mapper does not end with its node.
        self.kill()
    }

    /// Starts what was killed or stopped, on the same port with the same data; what still runs is killed before.
    pub fn start_again(&mut self) -> Result<(), ServerError> {
        self.kill()?;
        self.running = Some(self.node.start()?);
        Ok(())
    }

    /// Stops every process of the node where it is: connections stay open and nothing answers.
    pub fn freeze(&self) -> Result<(), ServerError> {
        self.node.keeper().signal("STOP")
    }

    /// Lets a frozen node go on.
    pub fn thaw(&self) -> Result<(), ServerError> {
        self.node.keeper().signal("CONT")
    }

    /// Runs `rabbitmqctl` against this node and gives what it prints, without headers. It waits at most a minute.
    pub fn ctl(&self, arguments: &[&str]) -> Result<String, ServerError> {
        self.node.ctl(arguments)
    }

    /// RabbitMQ's version, as `3.10.8`.
    pub fn version(&self) -> Result<String, ServerError> {
        Ok(self.ctl(&["version"])?.trim().to_owned())
    }
}

//! How a RabbitMQ node is started beside any other: its own names, ports, folders and port mapper, nothing outside loopback.
use std::{
    env, fs, io,
    io::Write,
    net::{IpAddr, Ipv4Addr, SocketAddr},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
    process::Command,
};

use super::super::{
    Certificates, ServerError,
    keeper::{self, Keeper},
    launch::Launched,
    user,
};

/// The scripts behind the wrappers in `/usr/sbin`, which switch the user.
const PROGRAMS: &str = "/usr/lib/rabbitmq/bin";
const INSTALL: &str = "apt-get install --no-install-recommends rabbitmq-server";
const MAKE_ROOT: &str = "tests/rabbitmq4";
/// What the node writes when clients can come.
const READY: &str = "Server startup complete";

/// A node's folder, ports and programs; it runs or not.
#[derive(Debug)]
pub(super) struct Node {
    keeper: Keeper,
    root: Option<PathBuf>,
    amqp: u16,
    distribution: u16,
    mapper: u16,
    metrics: u16,
    tls: u16,
}

impl Node {
    /// Makes the folder with the settings of a node on these ports (AMQP, distribution, port mapper; metrics and TLS if they are
    /// wanted).
    pub(super) fn prepare(
        root: Option<&Path>,
        ports: [u16; 5],
        metrics: bool,
        tls: Option<&Certificates>,
    ) -> Result<Self, ServerError> {
        let inside = root.unwrap_or(Path::new("/")).join(PROGRAMS.trim_start_matches('/'));
        if !inside.join("rabbitmq-server").exists() {
            let install = if root.is_some() { MAKE_ROOT } else { INSTALL };
            return Err(ServerError::Missing { program: inside.display().to_string(), install });
        }
        let parent = root.map_or_else(env::temp_dir, |root| root.join("tmp"));
        let [amqp, distribution, mapper, port, secure] = ports;
        let keeper = Keeper::start(&parent, "rabbitmq")?;
        let node = Self {
            keeper,
            root: root.map(Path::to_path_buf),
            amqp,
            distribution,
            mapper,
            metrics: port,
            tls: secure,
        };
        node.write_settings(metrics, tls)
            .map_err(|error| ServerError::system("write the settings of RabbitMQ", error))?;
        Ok(node)
    }

    pub(super) fn keeper(&self) -> &Keeper {
        &self.keeper
    }

    pub(super) fn port(&self) -> u16 {
        self.amqp
    }

    pub(super) const fn metrics(&self) -> SocketAddr {
        SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), self.metrics)
    }

    pub(super) const fn tls(&self) -> SocketAddr {
        SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), self.tls)
    }

    /// The lines of a node that speaks TLS, with its files beside them.
    fn write_tls(&self, certificates: &Certificates) -> io::Result<Vec<String>> {
        let Certificates { authority, server, key } = certificates;
        let mut settings = vec![format!("listeners.ssl.1 = 127.0.0.1:{}", self.tls)];
        for (name, text) in [("cacertfile", authority), ("certfile", server), ("keyfile", key)] {
            fs::write(self.keeper.folder().join(name), text)?;
            settings.push(format!("ssl_options.{name} = {}", self.inside().join(name).display()));
        }
        Ok(settings)
    }

    /// Limits are fixed, because what is measured of the machine is not there inside a chroot folder.
    fn write_settings(&self, metrics: bool, tls: Option<&Certificates>) -> io::Result<()> {
        let folder = self.keeper.folder();
        let mut settings = vec![
            format!("listeners.tcp.1 = 127.0.0.1:{}", self.amqp),
            "vm_memory_high_watermark.absolute = 1GB".to_owned(),
            "vm_memory_calculation_strategy = erlang".to_owned(),
            "disk_free_limit.absolute = 50MB".to_owned(),
        ];
        if metrics {
            settings.push("prometheus.tcp.ip = 127.0.0.1".to_owned());
            settings.push(format!("prometheus.tcp.port = {}", self.metrics));
        }
        if let Some(certificates) = tls {
            settings.extend(self.write_tls(certificates)?);
        }
        let plugins = if metrics { "[rabbitmq_prometheus].\n" } else { "[].\n" };
        fs::write(folder.join("rabbitmq.conf"), settings.join("\n") + "\n")?;
        fs::write(folder.join("enabled_plugins"), plugins)?;
        fs::create_dir(folder.join("home"))?;
        let mut cookie = fs::File::options();
        let mut cookie =
            cookie.write(true).create_new(true).mode(0o600).open(folder.join("home/.erlang.cookie"))?;
        write!(cookie, "{:032x}", fastrand::u128(..))
    }

    /// Starts the port mapper and the node, and waits until clients can come.
    pub(super) fn start(&self) -> Result<Launched, ServerError> {
        let folder = self.keeper.folder();
        let mut mapper = self.command("epmd");
        mapper.args(["-port", &self.mapper.to_string(), "-address", "127.0.0.1"]);
        let mapper = self.keeper.server(mapper, &folder.join("epmd.log"), "the Erlang port mapper")?;
        let log = folder.join("node.log");
        let node = self.command(&format!("{PROGRAMS}/rabbitmq-server"));
        let child = self.keeper.server(node, &log, "RabbitMQ")?;
        let mut launched =
            Launched { child, helpers: vec![mapper], server: "RabbitMQ", log, port: self.amqp };
        launched.wait_until_ready(READY)?;
        Ok(launched)
    }

    pub(super) fn ctl(&self, arguments: &[&str]) -> Result<String, ServerError> {
        let mut command = self.command(&format!("{PROGRAMS}/rabbitmqctl"));
        command.args(["--silent", "--timeout", "60"]).args(arguments);
        keeper::run(command)
    }

    /// A program of the node, with its environment, inside its root.
    fn command(&self, program: &str) -> Command {
        let mut command = match &self.root {
            None => self.keeper.command(program),
            Some(root) => self.locked_in(root, program),
        };
        let folder = self.inside();
        let place = |name: &str| folder.join(name);
        command.env("HOME", place("home")).env("RABBITMQ_NODENAME", "gongkai@localhost");
        command.env("RABBITMQ_CONF_ENV_FILE", "/dev/null").env("RABBITMQ_CONFIG_FILE", place("rabbitmq"));
        command.env("RABBITMQ_ENABLED_PLUGINS_FILE", place("enabled_plugins"));
        command.env("RABBITMQ_MNESIA_BASE", place("mnesia")).env("RABBITMQ_LOG_BASE", place("log"));
        command.env("RABBITMQ_LOGS", "-").env("RABBITMQ_PID_FILE", place("pid"));
        command.env("RABBITMQ_DIST_PORT", self.distribution.to_string());
        command.env("ERL_EPMD_PORT", self.mapper.to_string()).env("ERL_EPMD_ADDRESS", "127.0.0.1");
        // Becomes the node instead of a shell that waits for it.
        command.env("RUNNING_UNDER_SYSTEMD", "true");
        let network = "-kernel inet_dist_use_interface {127,0,0,1} -start_epmd false";
        command.env("RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS", network);
        command
    }

    /// Only root may change the root; others are root in a user namespace of their own. Nothing is mounted.
    fn locked_in(&self, root: &Path, program: &str) -> Command {
        let mut command = if user::is_root() {
            let mut command = self.keeper.command("chroot");
            command.arg(root);
            command
        } else {
            let mut command = self.keeper.command("unshare");
            command.arg("--map-root-user").arg("--root").arg(root);
            command
        };
        command.arg(program);
        command
    }

    /// The folder as the node sees it.
    fn inside(&self) -> PathBuf {
        let folder = self.keeper.folder();
        let seen = self.root.as_ref().and_then(|root| folder.strip_prefix(root).ok());
        seen.map_or_else(|| folder.to_path_buf(), |seen| Path::new("/").join(seen))
    }
}

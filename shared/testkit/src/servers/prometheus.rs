//! A private Prometheus, with settings of the test's making, and a private Alertmanager.
use std::{
    fs,
    net::{Ipv4Addr, SocketAddr},
    path::{Path, PathBuf},
};

use super::{
    ServerError,
    keeper::Keeper,
    launch::{self, Launched},
};

const PROMETHEUS: &str = "prometheus";
const ALERTMANAGER: &str = "prometheus-alertmanager";
const INSTALL: &str = "apt-get install --no-install-recommends prometheus prometheus-alertmanager";
/// What the servers write when they can be asked.
const PROMETHEUS_READY: &str = "Server is ready to receive web requests";
/// Its settings are read before; only now it can be spoken to.
const ALERTMANAGER_READY: &str = "Listening on";

/// A Prometheus of one test. Dropping it ends it at once and removes its data.
#[derive(Debug)]
pub struct Prometheus {
    // Dropped first: its keeper ends the process that is waited for after it.
    _keeper: Keeper,
    _running: Launched,
    port: u16,
}

/// What a private Prometheus is started with.
#[derive(Clone, Debug, Default)]
pub struct PrometheusFiles {
    /// `prometheus.yml`; relative paths in it are those of `folder`.
    pub config: String,
    /// Copied beside the configuration: rules, console templates in `consoles`.
    pub folder: Option<PathBuf>,
}

impl Prometheus {
    /// Starts it and waits until it can be asked.
    pub fn start(files: &PrometheusFiles) -> Result<Self, ServerError> {
        launch::with_free_ports(|[port]| {
            let keeper = Keeper::start(&std::env::temp_dir(), PROMETHEUS)?;
            let inside = keeper.folder().join("files");
            lay_out(files, &inside)
                .map_err(|error| ServerError::system("write the settings of Prometheus", error))?;
            let mut command = keeper.command(PROMETHEUS);
            command.current_dir(&inside).arg("--config.file=prometheus.yml").arg("--log.level=info");
            command.arg(format!("--storage.tsdb.path={}", keeper.folder().join("tsdb").display()));
            command.arg(format!("--web.listen-address={}", address(port)));
            command.arg("--web.console.templates=consoles");
            command.arg("--web.console.libraries=/usr/share/doc/prometheus/examples/console_libraries");
            let running = serve(&keeper, command, "Prometheus", port, PROMETHEUS_READY)?;
            Ok(Self { _keeper: keeper, _running: running, port })
        })
    }

    /// Its address, with the final slash.
    pub fn root(&self) -> String {
        format!("http://{}/", address(self.port))
    }
}

/// An Alertmanager of one test. Dropping it ends it at once and removes its data.
#[derive(Debug)]
pub struct Alertmanager {
    // Dropped first, as above.
    _keeper: Keeper,
    _running: Launched,
    port: u16,
}

impl Alertmanager {
    /// Starts it with this `alertmanager.yml` and waits until it can be asked.
    pub fn start(config: &str) -> Result<Self, ServerError> {
        launch::with_free_ports(|[port]| {
            let keeper = Keeper::start(&std::env::temp_dir(), "alertmanager")?;
            let file = keeper.folder().join("alertmanager.yml");
            fs::write(&file, config)
                .map_err(|error| ServerError::system("write the settings of Alertmanager", error))?;
            let mut command = keeper.command(ALERTMANAGER);
            command.arg(format!("--config.file={}", file.display()));
            command.arg(format!("--storage.path={}", keeper.folder().join("state").display()));
            command.arg(format!("--web.listen-address={}", address(port)));
            command.arg("--cluster.listen-address=");
            let running = serve(&keeper, command, "Alertmanager", port, ALERTMANAGER_READY)?;
            Ok(Self { _keeper: keeper, _running: running, port })
        })
    }

    /// Where it listens.
    pub const fn address(&self) -> SocketAddr {
        address(self.port)
    }
}

const fn address(port: u16) -> SocketAddr {
    SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), port)
}

fn serve(
    keeper: &Keeper,
    command: std::process::Command,
    server: &'static str,
    port: u16,
    ready: &str,
) -> Result<Launched, ServerError> {
    let program = command.get_program().to_string_lossy().into_owned();
    let log = keeper.folder().join("server.log");
    let child = keeper.server(command, &log, server).map_err(|error| match error {
        ServerError::System { error, .. } if error.kind() == std::io::ErrorKind::NotFound => {
            ServerError::Missing { program, install: INSTALL }
        }
        other => other,
    })?;
    let mut launched = Launched { child, helpers: Vec::new(), server, log, port };
    launched.wait_until_ready(ready)?;
    Ok(launched)
}

fn lay_out(files: &PrometheusFiles, inside: &Path) -> std::io::Result<()> {
    fs::create_dir(inside)?;
    if let Some(folder) = &files.folder {
        copy(folder, inside)?;
    }
    fs::write(inside.join("prometheus.yml"), &files.config)
}

fn copy(from: &Path, to: &Path) -> std::io::Result<()> {
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            fs::create_dir(&target)?;
            copy(&entry.path(), &target)?;
        } else {
            fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}

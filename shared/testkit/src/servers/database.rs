//! A private PostgreSQL that tests kill, freeze and start again.
use std::{
    env, fs,
    net::SocketAddr,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::Command,
    sync::OnceLock,
};

use super::{
    Certificates, POSTGRES_URL, ServerError,
    access::DatabaseAccess,
    keeper::{self, Keeper},
    launch::{self, Launched},
    user,
};

const INSTALL: &str = "apt-get install --no-install-recommends postgresql";
/// Debian's place, a folder for each version.
const VERSIONS: &str = "/usr/lib/postgresql";
/// PostgreSQL refuses to run as root; Debian's package makes this user.
const OWNER: &str = "postgres";
/// In its folder, where it speaks TLS.
const CERTIFICATE: &str = "server.pem";
const KEY: &str = "server.key";
/// What the server writes when clients can come.
const READY: &str = "database system is ready to accept connections";
/// As it is by default, except for what would leave this machine or stay on it: no socket anywhere, and shared memory in
/// the data folder, where it goes away with it. Writes are synchronised as in real life.
const SETTINGS: [&str; 4] = [
    "listen_addresses=127.0.0.1",
    "unix_socket_directories=",
    "max_connections=200",
    "dynamic_shared_memory_type=mmap",
];

/// A PostgreSQL server of one test. Dropping it ends it at once and removes its data.
#[derive(Debug)]
pub struct Database {
    // Dropped first: it ends the processes that are waited for after it.
    keeper: Keeper,
    running: Option<Launched>,
    access: DatabaseAccess,
}

impl Database {
    /// Makes a new cluster and starts its server.
    pub fn start() -> Result<Self, ServerError> {
        let keeper = Keeper::start(&env::temp_dir(), "postgresql")?;
        initialise(&keeper)?;
        let (running, access) = launch::with_free_ports(|[port]| {
            let access = DatabaseAccess::local(port)?;
            Ok((Some(serve(&keeper, port)?), access))
        })?;
        Ok(Self { keeper, running, access })
    }

    /// The same, which speaks TLS to those who ask for it (`sslmode=verify-full&sslrootcert=FILE`).
    pub fn start_with_tls(certificates: &Certificates) -> Result<Self, ServerError> {
        let mut database = Self::start()?;
        database.stop()?;
        keep_certificates(&database.keeper, certificates)?;
        database.start_again()?;
        Ok(database)
    }

    /// The server that all tests of this process share: the one that `GONGKAI_TEST_POSTGRES_URL` names, or else one that is
    /// started at the first call and ends with the process.
    pub fn shared() -> Result<DatabaseAccess, ServerError> {
        static SHARED: OnceLock<Result<Database, ServerError>> = OnceLock::new();
        match env::var(POSTGRES_URL) {
            Ok(url) if !url.is_empty() => DatabaseAccess::of(&url),
            _ => SHARED
                .get_or_init(Self::start)
                .as_ref()
                .map(|server| server.access.clone())
                .map_err(Clone::clone),
        }
    }

    /// What can be given to a thread, or to whoever shall not break it.
    pub fn access(&self) -> DatabaseAccess {
        self.access.clone()
    }

    /// See [`DatabaseAccess::url`].
    pub fn url(&self, name: &str) -> String {
        self.access.url(name)
    }

    /// See [`DatabaseAccess::url_through`].
    pub fn url_through(&self, database: &str, address: SocketAddr) -> Result<String, ServerError> {
        self.access.url_through(database, address)
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.access.address()
    }

    /// See [`DatabaseAccess::create`].
    pub fn create(&self, name: &str) -> Result<String, ServerError> {
        self.access.create(name)
    }

    /// See [`DatabaseAccess::sql`].
    pub fn sql(&self, database: &str, statements: &str) -> Result<String, ServerError> {
        self.access.sql(database, statements)
    }

    /// `kill -9` of the server and all its children at once, as a power cut would.
    pub fn kill(&mut self) -> Result<(), ServerError> {
        self.keeper.signal("KILL")?;
        self.running.take().map_or(Ok(()), |mut running| running.wait_until_gone())
    }

    /// An orderly end that breaks connections. The data stay for [`start_again`](Self::start_again).
    pub fn stop(&mut self) -> Result<(), ServerError> {
        let Some(mut running) = self.running.take() else { return Ok(()) };
        self.thaw()?;
        running.signal("INT")?;
        running.wait_until_gone()
    }

    /// Starts what was killed or stopped, on the same port with the same data; what still runs is killed before.
    pub fn start_again(&mut self) -> Result<(), ServerError> {
        self.kill()?;
        self.running = Some(serve(&self.keeper, self.address().port())?);
        Ok(())
    }

    /// Stops the server and all its children where they are: connections stay open and nothing answers.
    pub fn freeze(&self) -> Result<(), ServerError> {
        self.keeper.signal("STOP")
    }

    /// Lets a frozen server go on.
    pub fn thaw(&self) -> Result<(), ServerError> {
        self.keeper.signal("CONT")
    }
}

/// The folder with the programs of the newest PostgreSQL here.
pub(super) fn programs() -> Result<PathBuf, ServerError> {
    let versions = fs::read_dir(VERSIONS).into_iter().flatten().flatten();
    let mut found: Vec<(u32, PathBuf)> = versions
        .filter_map(|entry| Some((entry.file_name().to_str()?.parse().ok()?, entry.path().join("bin"))))
        .filter(|(_, folder)| folder.join("initdb").exists())
        .collect();
    found.sort();
    let newest = found.pop().map(|(_, folder)| folder);
    let on_path = || env::split_paths(&env::var_os("PATH")?).find(|folder| folder.join("initdb").exists());
    newest
        .or_else(on_path)
        .ok_or_else(|| ServerError::Missing { program: format!("{VERSIONS}/*/bin/initdb"), install: INSTALL })
}

/// A program of PostgreSQL, as a user that it accepts.
fn program(keeper: &Keeper, name: &str) -> Result<Command, ServerError> {
    let path = programs()?.join(name);
    let mut command = if user::is_root() {
        let mut command = keeper.command("setpriv");
        command.args(["--reuid", OWNER, "--regid", OWNER, "--clear-groups"]).arg(path);
        command
    } else {
        keeper.command(path)
    };
    command.current_dir(keeper.folder());
    Ok(command)
}

fn data(keeper: &Keeper) -> PathBuf {
    keeper.folder().join("data")
}

fn initialise(keeper: &Keeper) -> Result<(), ServerError> {
    if user::is_root() {
        // The server's user may pass through to its data, and see nothing else.
        fs::set_permissions(keeper.folder(), fs::Permissions::from_mode(0o711))
            .map_err(|error| ServerError::system("open the folder to PostgreSQL's user", error))?;
        let mut folder = keeper.command("install");
        folder.args(["--directory", "--mode=700", "--owner", OWNER, "--group", OWNER]).arg(data(keeper));
        keeper::run(folder)?;
    }
    let mut command = program(keeper, "initdb")?;
    command.arg("--pgdata").arg(data(keeper));
    command.args(["--auth=trust", "--username=postgres", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"]);
    keeper::run(command).map(drop).map_err(|error| passable(error, keeper.folder()))
}

/// A temporary folder that only root may enter is the likeliest reason, and the message of `initdb` does not say so.
fn passable(error: ServerError, folder: &Path) -> ServerError {
    match error {
        ServerError::Command { command, said } if said.contains("Permission denied") => {
            let advice = format!(
                "user {OWNER} must be able to enter {} (chmod o+x its parents, or set TMPDIR)",
                folder.display()
            );
            ServerError::Command { command, said: format!("{said}{advice}") }
        }
        error => error,
    }
}

/// Puts a certificate where the server reads it at its next start; the key belongs to its user alone.
fn keep_certificates(keeper: &Keeper, certificates: &Certificates) -> Result<(), ServerError> {
    let failed = |error| ServerError::system("write the certificates of PostgreSQL", error);
    fs::write(keeper.folder().join(CERTIFICATE), &certificates.server).map_err(failed)?;
    let key = keeper.folder().join(KEY);
    fs::write(&key, &certificates.key).map_err(failed)?;
    fs::set_permissions(&key, fs::Permissions::from_mode(0o600)).map_err(failed)?;
    if user::is_root() {
        let mut owner = keeper.command("chown");
        owner.arg(OWNER).arg(&key);
        keeper::run(owner)?;
    }
    Ok(())
}

fn serve(keeper: &Keeper, port: u16) -> Result<Launched, ServerError> {
    let mut command = program(keeper, "postgres")?;
    command.arg("-D").arg(data(keeper)).args(["-p", &port.to_string()]);
    SETTINGS.iter().for_each(|setting| {
        command.args(["-c", setting]);
    });
    if keeper.folder().join(KEY).exists() {
        let (certificate, key) = (keeper.folder().join(CERTIFICATE), keeper.folder().join(KEY));
        let settings = [("ssl_cert_file", certificate), ("ssl_key_file", key)];
        command.args(["-c", "ssl=on"]);
        command.args(
            settings.iter().flat_map(|(name, file)| ["-c".to_owned(), format!("{name}={}", file.display())]),
        );
    }
    let log = keeper.folder().join("server.log");
    let child = keeper.server(command, &log, "PostgreSQL")?;
    let mut launched = Launched { child, helpers: Vec::new(), server: "PostgreSQL", log, port };
    launched.wait_until_ready(READY)?;
    Ok(launched)
}

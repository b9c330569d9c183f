//! The settings of all services: one tree, the same in the embedded default, the file and the environment.
use std::{net::SocketAddr, path::PathBuf};

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

mod check;
mod file;
mod load;
mod loaded;
mod mask;

pub use load::{environment, load};
pub use loaded::{Layers, Loaded, Origin, Override, Problem};

/// All settings.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Message bus.
    pub bus: BusSettings,
    /// Store.
    pub store: StoreSettings,
    /// Archive of original bytes.
    pub archive: ArchiveSettings,
    /// Site profiles.
    pub sites: SitesSettings,
    /// Registry of bodies.
    pub registry: RegistrySettings,
    /// Console and operations endpoints.
    pub http: HttpSettings,
    /// Fetcher.
    pub fetch: FetchSettings,
    /// Parser workers.
    pub parse: WorkerSettings,
    /// Validator workers.
    pub judge: WorkerSettings,
    /// Calendar.
    pub calendar: CalendarSettings,
    /// Alert channels.
    pub alert: AlertSettings,
    /// Logs.
    pub log: LogSettings,
}

impl Default for Settings {
    /// The embedded default.
    #[expect(clippy::expect_used, reason = "the embedded default is read by a test of this crate")]
    fn default() -> Self {
        toml::from_str(load::DEFAULT).expect("default.toml holds every setting")
    }
}

/// `bus.*`
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BusSettings {
    /// `memory:`, `amqp://…` or `amqps://…`.
    pub url: String,
    /// Names of exchanges and queues begin with it.
    pub prefix: String,
    /// Certificates (PEM) to check the broker's own against; empty = the public authorities.
    pub ca_file: PathBuf,
    /// Rows of a stage that may be with the bus at a time.
    pub window: u32,
}

/// `store.*`
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StoreSettings {
    /// `sqlite:PATH` or `postgres://…`.
    pub url: String,
}

/// `archive.*`
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ArchiveSettings {
    /// `file:FOLDER`.
    pub url: String,
}

/// `sites.*`
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SitesSettings {
    /// Folder with one TOML file a site.
    pub dir: PathBuf,
}

/// `registry.*`
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RegistrySettings {
    /// CSV file of bodies.
    pub file: PathBuf,
}

/// `http.*`
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HttpSettings {
    /// Address of the console and of `/metrics`.
    pub listen: String,
    /// Address at which people reach the console; empty = that of this process.
    pub public_url: String,
    /// Token that actions in the console and the API need; empty = from `token_file`, and without either there are no actions.
    pub token: String,
    /// File whose first line is that token.
    pub token_file: PathBuf,
    /// Token that reading needs; empty = everybody may read.
    pub read_token: String,
}

impl HttpSettings {
    /// The address itself; `None` only for settings that were not loaded by [`load`], which checks it.
    pub fn address(&self) -> Option<SocketAddr> {
        self.listen.parse().ok()
    }
}

/// `fetch.*`
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FetchSettings {
    /// Fetch from private, loopback and link-local addresses.
    pub allow_private: bool,
    /// Sent as User-Agent.
    pub user_agent: String,
    /// Fetches under way at a time.
    pub slots: u16,
    /// Least time between two requests to one host, milliseconds.
    pub host_interval_ms: u64,
    /// Longest time for one request with its body, seconds.
    pub timeout_s: u64,
    /// Largest body, bytes after decompression.
    pub max_bytes: u64,
    /// Most redirects followed.
    pub max_redirects: u32,
    /// Most pages of one list.
    pub max_list_pages: u32,
    /// Unfinished rows at which nothing new is fetched.
    pub max_unfinished: u64,
    /// Revisit interval where the profile names none, seconds; 0 = by the season. After a change the next visit is an hour later
    /// whatever the interval, unless it is shorter.
    pub revisit_s: u64,
}

/// `parse.*`, `judge.*`
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WorkerSettings {
    /// Documents worked on at a time.
    pub slots: u16,
    /// Deliveries taken and committed together.
    pub batch: u16,
}

/// `calendar.*`
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CalendarSettings {
    /// Takes the place of today (`YYYY-MM-DD`, Asia/Shanghai).
    pub today: Option<Date>,
    /// First report year that anything is due for; reports of earlier years are read and judged all the same.
    pub first_year: i16,
}

/// `alert.*`
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AlertSettings {
    /// Webhook address; empty = no channel.
    pub webhook_url: String,
    /// Seconds between two looks at the calendar.
    pub tick_s: u64,
    /// Alertmanager.
    pub alertmanager: AlertmanagerSettings,
    /// E-mail.
    pub email: EmailSettings,
}

/// `alert.alertmanager.*`
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AlertmanagerSettings {
    /// Address of an Alertmanager; empty = no channel.
    pub url: String,
    /// Seconds after which open alerts are sent again.
    pub resend_s: u64,
}

/// `alert.email.*`
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EmailSettings {
    /// `smtp://…` or `smtps://…`; empty = no channel.
    pub smtp_url: String,
    /// Sender.
    pub from: String,
    /// Recipients, with commas between them.
    pub to: String,
    /// CSV file of offices and their recipients; empty = all goes to `to`.
    pub offices: PathBuf,
}

/// `log.*`
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LogSettings {
    /// Filter as of `tracing-subscriber` (`info`, `gongkai=debug`).
    pub filter: String,
    /// `text` or `json`.
    pub format: String,
}

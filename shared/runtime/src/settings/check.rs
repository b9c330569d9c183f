//! What types cannot say about settings: which go together, and which values make no sense.
use std::collections::BTreeMap;

use gongkai_model::Text;
use url::Url;

use super::{EmailSettings, Origin, Problem, Settings};

/// Everything that is wrong with these settings.
pub(super) fn problems(settings: &Settings, origins: &BTreeMap<String, Origin>) -> Vec<Problem> {
    let mut checks = Checks { origins, problems: Vec::new() };
    checks.bus_and_store(settings);
    checks.archive(settings);
    checks.numbers(settings);
    checks.http(settings);
    checks.fetch(settings);
    checks.address("alert.webhook_url", &settings.alert.webhook_url);
    checks.address("alert.alertmanager.url", &settings.alert.alertmanager.url);
    checks.email(&settings.alert.email);
    checks.address("http.public_url", &settings.http.public_url);
    checks.log(settings);
    checks.problems
}

struct Checks<'o> {
    origins: &'o BTreeMap<String, Origin>,
    problems: Vec<Problem>,
}

impl Checks<'_> {
    fn say(&mut self, key: &str, zh: impl AsRef<str>, en: impl AsRef<str>) {
        let place = self.origins.get(key).unwrap_or(&Origin::Default).to_string();
        let message = Text::new(format!("{key} {}", zh.as_ref()), format!("{key} {}", en.as_ref()));
        self.problems.push(Problem { place, message });
    }

    /// One process with files, or services with servers; nothing between.
    fn bus_and_store(&mut self, settings: &Settings) {
        match (scheme(&settings.bus.url), scheme(&settings.store.url)) {
            ("memory", "sqlite") | ("amqp" | "amqps", "postgres" | "postgresql") => {}
            ("memory", "postgres" | "postgresql") | ("amqp" | "amqps", "sqlite") => {
                self.say(
                    "bus.url",
                    "与 store.url 不配：memory: 只配 sqlite:，amqp:// 只配 postgres://",
                    "does not go with store.url: memory: goes with sqlite:, amqp:// with postgres://",
                );
            }
            ("memory" | "amqp" | "amqps", _) => {
                self.say(
                    "store.url",
                    "应以 sqlite: 或 postgres:// 开头",
                    "must start with sqlite: or postgres://",
                );
            }
            _ => self.say("bus.url", "应为 memory: 或 amqp://…", "must be memory: or amqp://…"),
        }
        self.prefix(&settings.bus.prefix);
        if settings.store.url == "sqlite:" {
            self.say(
                "store.url",
                "缺文件路径，如 sqlite:./gongkai-data/gongkai.db",
                "names no file, as in sqlite:./gongkai-data/gongkai.db",
            );
        }
    }

    /// Part of the names of queues, which brokers and people handle more easily without special characters.
    fn prefix(&mut self, prefix: &str) {
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
        if prefix.is_empty() || prefix.len() > 100 || !prefix.chars().all(plain) || prefix.starts_with("amq.")
        {
            self.say(
                "bus.prefix",
                "应为 1 至 100 个字母、数字、- _ .，且不以 amq. 开头",
                "must be 1 to 100 letters, digits, - _ . and not start with amq.",
            );
        }
    }

    fn archive(&mut self, settings: &Settings) {
        match settings.archive.url.split_once(':') {
            Some(("file", path)) if !path.is_empty() => {}
            Some(("s3", _)) => {
                self.say("archive.url", "本版本尚不支持 s3://，请用 file:", "cannot be s3:// yet: use file:")
            }
            _ => self.say("archive.url", "应为 file: 加文件夹", "must be file: and a folder"),
        }
    }

    fn numbers(&mut self, settings: &Settings) {
        let at_least_one = [
            ("bus.window", u64::from(settings.bus.window)),
            ("fetch.slots", settings.fetch.slots.into()),
            ("fetch.timeout_s", settings.fetch.timeout_s),
            ("fetch.max_bytes", settings.fetch.max_bytes),
            ("fetch.max_list_pages", settings.fetch.max_list_pages.into()),
            ("fetch.max_unfinished", settings.fetch.max_unfinished),
            ("parse.slots", settings.parse.slots.into()),
            ("parse.batch", settings.parse.batch.into()),
            ("judge.slots", settings.judge.slots.into()),
            ("judge.batch", settings.judge.batch.into()),
            ("alert.tick_s", settings.alert.tick_s),
            ("alert.alertmanager.resend_s", settings.alert.alertmanager.resend_s),
        ];
        for (key, _) in at_least_one.into_iter().filter(|(_, value)| *value == 0) {
            self.say(key, "应大于 0", "must be more than 0");
        }
        // The memory bus holds ten thousand messages a queue; the ledger's leases run for ten minutes.
        let bounded = [
            ("bus.window", u64::from(settings.bus.window), 10_000),
            ("fetch.timeout_s", settings.fetch.timeout_s, 300),
            ("fetch.slots", settings.fetch.slots.into(), 1_000),
            ("parse.slots", settings.parse.slots.into(), 1_000),
            ("parse.batch", settings.parse.batch.into(), 1_000),
            ("judge.slots", settings.judge.slots.into(), 1_000),
            ("judge.batch", settings.judge.batch.into(), 1_000),
        ];
        for (key, _, most) in bounded.into_iter().filter(|(_, value, most)| value > most) {
            self.say(key, format!("最大 {most}"), format!("must be at most {most}"));
        }
    }

    fn http(&mut self, settings: &Settings) {
        if settings.http.address().is_none() {
            self.say(
                "http.listen",
                "应为 IP:端口，如 127.0.0.1:8377",
                "must be IP:PORT, as in 127.0.0.1:8377",
            );
        }
    }

    fn fetch(&mut self, settings: &Settings) {
        let agent = &settings.fetch.user_agent;
        if agent.trim().is_empty() || !agent.chars().all(|c| c == ' ' || c.is_ascii_graphic()) {
            self.say("fetch.user_agent", "应为非空的 ASCII 文字", "must be ASCII text and not empty");
        }
        if settings.sites.dir.as_os_str().is_empty() {
            self.say("sites.dir", "不可为空", "must not be empty");
        }
        if settings.registry.file.as_os_str().is_empty() {
            self.say("registry.file", "不可为空", "must not be empty");
        }
    }

    /// An address that people or services are sent to, or none.
    fn address(&mut self, key: &str, address: &str) {
        let usable =
            Url::parse(address).is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
        if !address.is_empty() && !usable {
            self.say(
                key,
                "应为 http:// 或 https:// 地址，或留空",
                "must be an http:// or https:// address, or empty",
            );
        }
    }

    /// The parts of addresses are looked at by the channel itself.
    fn email(&mut self, email: &EmailSettings) {
        if email.smtp_url.is_empty() {
            return;
        }
        if !matches!(scheme(&email.smtp_url), "smtp" | "smtps") {
            self.say(
                "alert.email.smtp_url",
                "应以 smtp:// 或 smtps:// 开头，或留空",
                "must start with smtp:// or smtps://, or be empty",
            );
        }
        for (key, value) in [("alert.email.from", &email.from), ("alert.email.to", &email.to)] {
            if value.trim().is_empty() {
                self.say(
                    key,
                    "不可为空（已设置 alert.email.smtp_url）",
                    "must not be empty, as alert.email.smtp_url is set",
                );
            }
        }
    }

    fn log(&mut self, settings: &Settings) {
        if let Err(error) = settings.log.filter.parse::<tracing_subscriber::EnvFilter>() {
            self.say("log.filter", format!("读不懂：{error}"), format!("cannot be read: {error}"));
        }
        if !matches!(settings.log.format.as_str(), "text" | "json") {
            self.say("log.format", "应为 text 或 json", "must be text or json");
        }
    }
}

fn scheme(url: &str) -> &str {
    url.split_once(':').map_or("", |(scheme, _)| scheme)
}

//! `gongkai doctor`: what this installation stands on, whether it is there, and what to do where it is not.
use std::{net::SocketAddr, path::Path, time::Duration};

use gongkai_runtime::settings::Settings;
use gongkai_store::open_store_read_only;
use jiff::Timestamp;

use crate::{
    cli::SettingsArguments,
    open,
    output::{self, Exit},
    sites,
};

/// One thing looked at.
struct Look {
    what: &'static str,
    /// What is there, or what is wrong and what to do.
    result: Result<String, String>,
}

/// Runs the command.
pub(crate) fn command(arguments: &SettingsArguments) -> anyhow::Result<Exit> {
    let loaded = match open::settings(arguments, Vec::new()) {
        Ok(loaded) => loaded,
        Err(error) => {
            output::print(&line(&Look { what: "配置 (settings)", result: Err(format!("{error:#}")) }))?;
            return Ok(Exit::CouldNotRun);
        }
    };
    let settings = &loaded.settings;
    let looks = [
        Look { what: "配置 (settings)", result: Ok(format!("gongkai {}", env!("CARGO_PKG_VERSION"))) },
        Look { what: "登记表与站点 (registry and sites)", result: registry(settings) },
        Look { what: "数据库 (store)", result: open::runtime()?.block_on(store(settings)) },
        Look { what: "存档 (archive)", result: archive(settings) },
        Look { what: "端口 (listen address)", result: port(settings) },
        Look { what: "时钟 (clock)", result: clock() },
    ];
    for look in &looks {
        output::print(&line(look))?;
    }
    Ok(if looks.iter().all(|look| look.result.is_ok()) { Exit::Fine } else { Exit::CouldNotRun })
}

fn line(look: &Look) -> String {
    match &look.result {
        Ok(there) => format!("✓ {}：{there}\n", look.what),
        Err(wrong) => format!("✗ {}：{wrong}\n", look.what),
    }
}

fn registry(settings: &Settings) -> Result<String, String> {
    match sites::load(settings) {
        Ok((registry, profiles)) => {
            Ok(format!("{} 个机构，{} 个站点", registry.bodies().len(), profiles.len()))
        }
        Err(problems) => {
            let first = problems.first().map(|problem| problem.to_string()).unwrap_or_default();
            Err(format!(
                "{first}；共 {} 处，详见 gongkai sites check (see gongkai sites check)",
                problems.len()
            ))
        }
    }
}

async fn store(settings: &Settings) -> Result<String, String> {
    let url = &settings.store.url;
    let path = url.strip_prefix("sqlite:").unwrap_or(url).trim_start_matches("//");
    if !Path::new(path).exists() {
        return Ok(format!("{path} 尚不存在，首次运行时建立 (made by the first run)"));
    }
    let store = open_store_read_only(url).await.map_err(|error| error.to_string())?;
    let version = store.schema_version().await.map_err(|error| error.to_string())?;
    let counts = store.stage_counts(Timestamp::now()).await.map_err(|error| error.to_string())?;
    let parked: u64 = counts.iter().map(|count| count.parked).sum();
    Ok(format!("{path}，结构版本 {version}，死信 {parked} (schema version, dead letters)"))
}

fn archive(settings: &Settings) -> Result<String, String> {
    let url = &settings.archive.url;
    let path = Path::new(url.strip_prefix("file:").unwrap_or(url).trim_start_matches("//"));
    if !path.exists() {
        return Ok(format!("{} 尚不存在，首次运行时建立 (made by the first run)", path.display()));
    }
    let writable = std::fs::metadata(path).is_ok_and(|meta| meta.is_dir() && !meta.permissions().readonly());
    if writable {
        Ok(path.display().to_string())
    } else {
        Err(format!("{} 不可写；请检查权限 (not writable: check permissions)", path.display()))
    }
}

/// Either free, or answered by a running gongkai.
fn port(settings: &Settings) -> Result<String, String> {
    let listen = &settings.http.listen;
    if std::net::TcpListener::bind(listen).is_ok() {
        return Ok(format!("{listen} 空闲 (free)"));
    }
    let answers = listen.parse::<SocketAddr>().is_ok_and(|address| {
        std::net::TcpStream::connect_timeout(&address, Duration::from_millis(500)).is_ok()
    });
    if answers {
        Ok(format!("{listen} 已有服务在用，可能就是 gongkai (in use, perhaps by gongkai itself)"))
    } else {
        Err(format!("{listen} 无法监听；请改 http.listen (cannot be listened on: change http.listen)"))
    }
}

/// A clock that is wrong by years makes every deadline wrong.
fn clock() -> Result<String, String> {
    let now = Timestamp::now();
    let year = now.to_zoned(jiff::tz::TimeZone::UTC).year();
    if (2024..2100).contains(&year) {
        Ok(now.to_string())
    } else {
        Err(format!("{now} 不可信；请校准系统时间 (set the system clock)"))
    }
}

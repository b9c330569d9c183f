//! What is on this machine: registry, profiles, archive, address, clock.
use std::{net::SocketAddr, path::Path, time::Duration};

use gongkai_runtime::settings::Settings;
use jiff::Timestamp;

use crate::sites;

pub(super) fn registry(settings: &Settings) -> Result<String, String> {
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

pub(super) fn archive(settings: &Settings) -> Result<String, String> {
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
pub(super) fn port(settings: &Settings) -> Result<String, String> {
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
pub(super) fn clock() -> Result<String, String> {
    let now = Timestamp::now();
    let year = now.to_zoned(jiff::tz::TimeZone::UTC).year();
    if (2024..2100).contains(&year) {
        Ok(now.to_string())
    } else {
        Err(format!("{now} 不可信；请校准系统时间 (set the system clock)"))
    }
}

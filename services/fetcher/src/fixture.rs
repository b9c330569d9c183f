//! Registry and profiles for this crate's tests.
use std::{path::Path, sync::Arc};

use gongkai_runtime::{
    clock::{Clock, FrozenClock},
    http::{HttpClient, HttpConfig},
    settings::FetchSettings,
};

use gongkai_testkit::site::Site;
use prometheus::{Histogram, HistogramOpts, IntCounterVec, Opts};

use crate::{
    client::PoliteClient,
    metrics::FetchMetrics,
    profile::{Column, Profile, Profiles, check_profiles},
    registry::Registry,
};

pub(crate) const REGISTRY: &str = "\
id,name,former_names,code,level,kind,parent,site,local_due,vertical,rule_making,reports_itself,valid_from,valid_to,successor
yz-gov,云泽市人民政府,,990100,prefecture,government,,yunze,,false,true,true,,,
yz-czj,云泽市财政局,云泽市财税局;云泽市财政和税务局,990100,prefecture,department,yz-gov,yunze,03-20,false,,true,2009-01-01,,
yz-jyj,云泽市教育局,,990100,prefecture,department,yz-gov,yunze,,,,,,,
yz-old,云泽市旧局,,990100,prefecture,department,yz-gov,yunze,,,,false,,2018-12-31,yz-czj
";

pub(crate) fn registry() -> Registry {
    Registry::parse(Path::new("registry.csv"), REGISTRY.to_owned()).unwrap()
}

/// A profile whose only column has these lines besides what it needs.
pub(crate) fn profile_toml(column: &str) -> String {
    format!(
        "id = 'yunze'\nname = '云泽'\nregion = '9901'\nhome = 'http://site.invalid/'\nhosts = ['site.invalid', 'a.example']\ninterval_ms = 0\n\n\
         [[column]]\nname = 'reports'\nstart = ['http://site.invalid/list/index.html']\nlist = 'ul.list'\nitem = 'ul.list > li'\n\
         include = ['年度报告']\nexclude = ['解读']\nbody = {{ named = true }}\n{column}\n"
    )
}

/// A column whose list comes as data.
pub(crate) fn json_column(lines: &str) -> Column {
    let text = profile_toml(lines).replace("list = 'ul.list'\nitem = 'ul.list > li'\n", "");
    let profiles = profiles(&[("yunze.toml", &text)]).unwrap_or_else(|problems| panic!("{}", problems[0]));
    profiles.get("yunze").unwrap().columns[0].clone()
}

pub(crate) fn profiles(files: &[(&str, &str)]) -> Result<Profiles, Vec<crate::problem::Problem>> {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        std::fs::write(folder.path().join(name), text).unwrap();
    }
    check_profiles(folder.path(), &registry())
}

pub(crate) fn profile(column: &str) -> Profile {
    let text = profile_toml(column);
    profiles(&[("yunze.toml", &text)])
        .unwrap_or_else(|problems| panic!("{}", problems[0]))
        .get("yunze")
        .unwrap()
        .clone()
}

pub(crate) fn column(lines: &str) -> Column {
    profile(lines).columns[0].clone()
}

/// A client to which `site.invalid` is this site, and nothing else on this machine can be reached.
pub(crate) fn client(site: &Site, change: impl FnOnce(&mut HttpConfig)) -> PoliteClient {
    polite(site, clock(), change)
}

/// The same with a clock of its own.
pub(crate) fn client_at(site: &Site, clock: Arc<dyn Clock>) -> PoliteClient {
    polite(site, clock, |_| {})
}

fn polite(site: &Site, clock: Arc<dyn Clock>, change: impl FnOnce(&mut HttpConfig)) -> PoliteClient {
    static PROVIDER: std::sync::Once = std::sync::Once::new();
    PROVIDER.call_once(|| drop(rustls::crypto::ring::default_provider().install_default()));
    let settings = settings();
    let mut config = HttpConfig::from_settings(&settings);
    config.overrides.insert("site.invalid".to_owned(), site.address());
    change(&mut config);
    PoliteClient::new(HttpClient::new(config).unwrap(), clock, &settings)
}

pub(crate) fn metrics() -> FetchMetrics {
    let fetched = IntCounterVec::new(Opts::new("fetched", "Fetched."), &["site", "outcome"]).unwrap();
    FetchMetrics::new(fetched, Histogram::with_opts(HistogramOpts::new("seconds", "Seconds.")).unwrap())
}

pub(crate) fn clock() -> Arc<dyn Clock> {
    Arc::new(FrozenClock::at("2026-02-01T00:00:00Z".parse().unwrap()))
}

pub(crate) fn settings() -> FetchSettings {
    FetchSettings {
        allow_private: false,
        user_agent: "gongkai/0.1 (test)".into(),
        slots: 1,
        host_interval_ms: 0,
        timeout_s: 20,
        max_bytes: 1_000_000,
        max_redirects: 5,
        max_list_pages: 20,
        max_unfinished: 10,
        revisit_s: 3600,
    }
}

/// A list page with these entries (address, title), and something at its end.
pub(crate) fn list(items: &[(&str, &str)], end: &str) -> String {
    let items: String = items
        .iter()
        .map(|(url, title)| format!("<li><a href='{url}'>{title}</a><span>2026-01-20</span></li>"))
        .collect();
    format!(
        "<html><head><meta charset=utf-8><title>年报</title></head><body><ul class='list'>{items}</ul>{end}</body></html>"
    )
}

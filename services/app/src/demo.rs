//! `run --demo`: a small invented government site on loopback, and the settings that watch it; no network, no server.
mod site;
mod summary;

use std::{collections::HashMap, fs, net::SocketAddr, path::Path, sync::Arc};

use anyhow::Context;
use gongkai_runtime::{lifecycle::Lifecycle, settings::Override};
use gongkai_store::Store;
use serde::Deserialize;

use crate::output;
use site::DemoSite;

include!(concat!(env!("OUT_DIR"), "/examples.rs"));

/// Where the demo keeps its data, in the working directory.
const FOLDER: &str = "gongkai-demo";
/// The host of the demo's site; it exists in this process only.
const HOST: &str = "demo.invalid";

/// What `examples/site/demo.toml` says.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Script {
    /// Takes the place of today.
    today: jiff::civil::Date,
    /// The report year that the demo is about.
    report_year: i16,
    /// Pages that change between two polls.
    revision: Vec<Revision>,
}

/// A page that the site replaces.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Revision {
    path: String,
    after_poll: u64,
    file: String,
}

/// The demo, its files written to its folder.
#[derive(Debug)]
pub(crate) struct Demo {
    script: Script,
}

impl Demo {
    /// Writes registry and site profiles to the demo's folder.
    pub(crate) fn prepare() -> anyhow::Result<Self> {
        let script =
            file("site/demo.toml").and_then(|bytes| std::str::from_utf8(bytes).ok()).unwrap_or_default();
        let script = toml::from_str(script).context("examples/site/demo.toml")?;
        for (name, bytes) in EXAMPLES.iter().filter(|(name, _)| !name.starts_with("site/")) {
            let path = Path::new(FOLDER).join(name);
            if let Some(folder) = path.parent() {
                fs::create_dir_all(folder)
                    .with_context(|| format!("{}：无法建立文件夹 (cannot make folder)", folder.display()))?;
            }
            fs::write(&path, bytes)
                .with_context(|| format!("{}：无法写入 (cannot write)", path.display()))?;
        }
        Ok(Self { script })
    }

    /// The settings that the demo makes.
    pub(crate) fn overrides(&self) -> Vec<Override> {
        let set = |key: &str, value: String| Override { key: key.to_owned(), value, by: "--demo".to_owned() };
        vec![
            set("bus.url", "memory:".to_owned()),
            set("store.url", format!("sqlite:./{FOLDER}/gongkai.db")),
            set("archive.url", format!("file:./{FOLDER}/archive")),
            set("sites.dir", format!("./{FOLDER}/sites")),
            set("registry.file", format!("./{FOLDER}/registry.csv")),
            set("calendar.today", self.script.today.to_string()),
            set("calendar.first_year", self.script.report_year.to_string()),
            set("alert.tick_s", "1".to_owned()),
            set("log.filter", "warn".to_owned()),
        ]
    }

    /// Starts the site; gives the name under which this process finds it.
    pub(crate) async fn serve(&self, lifecycle: &Lifecycle) -> anyhow::Result<HashMap<String, SocketAddr>> {
        let site = DemoSite::open(Path::new(FOLDER), &self.script)?;
        let address = site.serve(lifecycle).await?;
        output::print(&format!(
            "演示 (demo)：虚构的云泽市，今天是 {}；数据在 ./{FOLDER}/\n正在抓取、读取、核验 http://{HOST}/ …\n",
            self.script.today
        ))?;
        Ok(HashMap::from([(HOST.to_owned(), address)]))
    }

    /// Tells what was found, once two rounds are through.
    pub(crate) fn tell(self, lifecycle: &Lifecycle, store: Arc<dyn Store>, console: String) {
        let stop = lifecycle.stop();
        let year = self.script.report_year;
        lifecycle.spawn("demo summary", async move {
            summary::tell_when_settled(store, year, console, stop).await
        });
    }
}

/// An embedded file.
fn file(name: &str) -> Option<&'static [u8]> {
    EXAMPLES.iter().find(|(known, _)| *known == name).map(|(_, bytes)| *bytes)
}

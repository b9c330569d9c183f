//! Whose rows are asked for: a body, an office and all below it, or a region; found in the registry once.
use std::collections::{HashMap, HashSet};

use anyhow::bail;
use gongkai_model::Body;
use gongkai_store::{Store, Wanted};

use crate::cli::ExportArguments;

/// The registry, and who of it is asked for.
pub(super) struct Selection {
    pub(super) bodies: HashMap<String, Body>,
    /// `None`: everybody, and reports that are nobody's yet.
    chosen: Option<HashSet<String>>,
    year: Option<i16>,
    open: bool,
}

impl Selection {
    /// What the arguments name.
    pub(super) async fn of(store: &dyn Store, arguments: &ExportArguments) -> anyhow::Result<Self> {
        let bodies: HashMap<String, Body> =
            store.bodies().await?.into_iter().map(|body| (body.id.clone(), body)).collect();
        for (key, id) in [("--body", &arguments.body), ("--office", &arguments.office)] {
            if let Some(id) = id.as_ref().filter(|id| !bodies.contains_key(*id)) {
                bail!("{key}：登记表里没有机构 {id} (the registry has no body {id})");
            }
        }
        let within = |body: &Body, region: &String| body.code.starts_with(region.as_str());
        if let Some(region) = arguments.region.as_ref()
            && !bodies.values().any(|body| within(body, region))
        {
            bail!("--region：登记表里没有区划代码以 {region} 开头的机构 (no body of region {region})");
        }
        let asked = |body: &&Body| {
            arguments.body.as_ref().is_none_or(|id| *id == body.id)
                && arguments.office.as_ref().is_none_or(|office| is_under(&bodies, body, office))
                && arguments.region.as_ref().is_none_or(|region| within(body, region))
        };
        let all = arguments.body.is_none() && arguments.office.is_none() && arguments.region.is_none();
        let chosen = (!all).then(|| bodies.values().filter(asked).map(|body| body.id.clone()).collect());
        Ok(Self { bodies, chosen, year: arguments.year, open: arguments.open })
    }

    /// True of a body that is asked for.
    pub(super) fn includes(&self, body: &Body) -> bool {
        self.chosen.as_ref().is_none_or(|chosen| chosen.contains(&body.id))
    }

    /// As the store takes it.
    pub(super) fn wanted(&self) -> Wanted {
        let bodies = self.chosen.as_ref().map(|chosen| {
            let mut bodies: Vec<String> = chosen.iter().cloned().collect();
            bodies.sort();
            bodies
        });
        Wanted { bodies, year: self.year, open: self.open }
    }
}

/// The office itself, and every body below it.
fn is_under(bodies: &HashMap<String, Body>, body: &Body, office: &str) -> bool {
    body.id == office || body.above(|id| bodies.get(id)).any(|above| above.id == office)
}

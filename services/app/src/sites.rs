//! `gongkai sites`: `check` compiles registry and site profiles and says everything that is wrong, with file and line; `draft`
//! writes a profile to begin with.
use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use gongkai_fetcher::{PoliteClient, Problem, Profiles, Registry, check_profiles, draft::draft};
use gongkai_model::Lang;
use gongkai_runtime::{
    clock::{Clock, SystemClock},
    http::{HttpClient, HttpConfig},
    settings::Settings,
};
use url::Url;

use crate::{
    cli::{SettingsArguments, SitesAction, SitesArguments},
    open,
    output::{self, Exit},
};

/// Runs the command.
pub(crate) fn command(settings: &SettingsArguments, arguments: &SitesArguments) -> anyhow::Result<Exit> {
    match &arguments.action {
        SitesAction::Check { dir } => check(settings, dir.as_ref()),
        SitesAction::Draft { url, output } => drafted(settings, url, output.as_deref()),
    }
}

/// What is drafted is printed, or written to a file that is not there yet.
fn drafted(settings: &SettingsArguments, url: &Url, place: Option<&Path>) -> anyhow::Result<Exit> {
    let fetch = open::settings(settings, Vec::new())?.settings.fetch;
    let client = HttpClient::new(HttpConfig::from_settings(&fetch))?;
    let clock: Arc<dyn Clock> = Arc::new(SystemClock { today: None });
    let client = PoliteClient::new(client, clock, &fetch);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let drafted = match runtime.block_on(draft(&client, url)) {
        Ok(drafted) => drafted,
        Err(error) => {
            output::complain(&format!("未能起草：{error} (no profile was drafted)"));
            return Ok(Exit::CouldNotRun);
        }
    };
    match place {
        Some(place) => {
            output::write_new(place, &drafted.toml)?;
            let (count, place) = (drafted.columns, place.display());
            output::print(&format!(
                "{count} 个栏目已写入 {place}，请逐项核对 ({count} column(s) written: look at every line)\n"
            ))?;
        }
        None => output::print(&drafted.toml)?,
    }
    Ok(Exit::Fine)
}

fn check(settings: &SettingsArguments, dir: Option<&PathBuf>) -> anyhow::Result<Exit> {
    let mut settings = open::settings(settings, Vec::new())?.settings;
    if let Some(dir) = dir {
        settings.sites.dir.clone_from(dir);
        // A folder of profiles that was named has its registry in it or beside it, if it has one.
        let folders = [Some(dir.as_path()), dir.parent()];
        let beside = folders
            .into_iter()
            .flatten()
            .map(|folder| folder.join("registry.csv"))
            .find(|file| file.is_file());
        settings.registry.file = beside.unwrap_or(settings.registry.file);
    }
    match load(&settings) {
        Ok((registry, profiles)) => {
            let columns: usize = profiles.iter().map(|profile| profile.columns.len()).sum();
            output::print(&format!(
                "站点 {} 个，栏目 {columns} 个，机构 {} 个：没有问题 (sites, columns and bodies: no problem)\n",
                profiles.len(),
                registry.bodies().len()
            ))?;
            Ok(Exit::Fine)
        }
        Err(problems) => {
            for problem in &problems {
                output::print(&format!("{}\n", problem.render(Lang::Zh, output::colour())))?;
            }
            output::print(&format!("共 {} 处问题 ({} problems)\n", problems.len(), problems.len()))?;
            Ok(Exit::Findings)
        }
    }
}

/// Registry and profiles as configured.
pub(crate) fn load(settings: &Settings) -> Result<(Registry, Profiles), Vec<Problem>> {
    let registry = Registry::read(&settings.registry.file)?;
    let profiles = check_profiles(&settings.sites.dir, &registry)?;
    Ok((registry, profiles))
}

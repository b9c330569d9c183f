//! `gongkai sites check`: compiles registry and site profiles and says everything that is wrong, with file and line.
use gongkai_fetcher::{Problem, Profiles, Registry, check_profiles};
use gongkai_model::Lang;
use gongkai_runtime::settings::Settings;

use crate::{
    cli::{SettingsArguments, SitesAction, SitesArguments},
    open,
    output::{self, Exit},
};

/// Runs the command.
pub(crate) fn command(settings: &SettingsArguments, arguments: &SitesArguments) -> anyhow::Result<Exit> {
    let SitesAction::Check { dir } = &arguments.action;
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

//! `gongkai config show`: the effective settings, each with where it came from; secrets masked.
use crate::{
    cli::{ConfigAction, ConfigArguments, SettingsArguments},
    open,
    output::{self, Exit},
};

/// Runs the command.
pub(crate) fn command(settings: &SettingsArguments, arguments: &ConfigArguments) -> anyhow::Result<Exit> {
    match arguments.action {
        ConfigAction::Show => output::print(&open::settings(settings, Vec::new())?.show())?,
    }
    Ok(Exit::Fine)
}

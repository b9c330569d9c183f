//! `gongkai replay`: stored documents go through reading or judging again; nothing is fetched.
use gongkai_model::Stage;
use jiff::Timestamp;

use crate::{
    cli::{ReplayArguments, ReplayFrom, SettingsArguments},
    open,
    output::{self, Exit},
};

/// Runs the command.
pub(crate) fn command(settings: &SettingsArguments, arguments: &ReplayArguments) -> anyhow::Result<Exit> {
    let stage = match arguments.from {
        ReplayFrom::Fetched => Stage::Parse,
        ReplayFrom::Parsed => Stage::Judge,
    };
    let raised = open::runtime()?.block_on(async {
        let (_, store) = open::writing(settings).await?;
        anyhow::Ok(store.replay(stage, &arguments.filter.filter(), Timestamp::now()).await?)
    })?;
    output::print(&format!("{raised} 份文档将重新处理 ({raised} documents go through again)\n"))?;
    Ok(Exit::Fine)
}

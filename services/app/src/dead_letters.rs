//! `gongkai dead-letters`: what could not be processed and why, and back into the queue.
use gongkai_store::DeadLetter;
use jiff::Timestamp;

use crate::{
    cli::{DeadLettersAction, DeadLettersArguments, SettingsArguments, TextOrJson},
    open,
    output::{self, Exit},
};

/// Runs the command.
pub(crate) fn command(
    settings: &SettingsArguments,
    arguments: &DeadLettersArguments,
) -> anyhow::Result<Exit> {
    let runtime = open::runtime()?;
    match &arguments.action {
        DeadLettersAction::List { format, filter } => {
            let letters = runtime.block_on(async {
                let (_, store) = open::reading(settings).await?;
                anyhow::Ok(store.dead_letters(&filter.filter()).await?)
            })?;
            output::print(&match format {
                TextOrJson::Json => format!("{}\n", serde_json::to_string_pretty(&letters)?),
                TextOrJson::Text if letters.is_empty() => "没有死信 (no dead letters)\n".to_owned(),
                TextOrJson::Text => letters.iter().map(line).collect(),
            })?;
        }
        DeadLettersAction::Redrive { filter } => {
            let redriven = runtime.block_on(async {
                let (_, store) = open::writing(settings).await?;
                anyhow::Ok(store.redrive(&filter.filter(), Timestamp::now()).await?)
            })?;
            output::print(&format!("{redriven} 项任务重新投递 ({redriven} pieces of work redriven)\n"))?;
        }
    }
    Ok(Exit::Fine)
}

fn line(letter: &DeadLetter) -> String {
    let class = letter.class.map_or("?", |class| class.as_str());
    let error = letter.error.as_deref().unwrap_or("?");
    format!("{}  {}  {class}  {}\n    {error}\n", letter.task, letter.stage.as_str(), letter.about)
}

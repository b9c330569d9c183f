//! `gongkai why`: what happened to a document or report, stage by stage, and what it waits for.
use anyhow::bail;
use gongkai_store::Trail;
use jiff::{Timestamp, tz::TimeZone};

use crate::{
    cli::{SettingsArguments, WhyArguments},
    open,
    output::{self, Exit},
};

/// Runs the command.
pub(crate) fn command(settings: &SettingsArguments, arguments: &WhyArguments) -> anyhow::Result<Exit> {
    let what = arguments.what.join("/");
    let trail = open::runtime()?.block_on(async {
        let (_, store) = open::reading(settings).await?;
        anyhow::Ok(store.trail(&what, Timestamp::now()).await?)
    })?;
    let Some(trail) = trail else {
        bail!(
            "没有 {what} 的记录：请给出编号、网址，或“机构 年度”（如 yz-gov 2025） (nothing is known of it: give an id, a URL, or a body and a year)"
        );
    };
    output::print(&text(&trail))?;
    Ok(Exit::Fine)
}

fn text(trail: &Trail) -> String {
    let mut out = format!("{}\n", trail.about);
    for step in &trail.steps {
        out += &format!("  {}  {:<9} {}\n", local(step.at), step.what, step.detail);
    }
    match &trail.waits_for {
        Some(waits) => out += &format!("  等待 (waits for): {waits}\n"),
        None => out += "  没有待办 (nothing is waited for)\n",
    }
    out
}

/// A moment as people in China read it.
pub(crate) fn local(at: Timestamp) -> String {
    let zone = TimeZone::get("Asia/Shanghai").unwrap_or(TimeZone::UTC);
    at.to_zoned(zone).strftime("%Y-%m-%d %H:%M:%S").to_string()
}

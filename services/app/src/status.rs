//! `gongkai status`: how many documents stand at each stage, what is set aside, how the sites are, what is missing.
use std::collections::HashMap;

use gongkai_store::{Due, DueState, Filter, SiteStatus, StageCount, Store};
use jiff::Timestamp;
use serde_json::json;

use crate::{
    cli::{SettingsArguments, StatusArguments, TextOrJson},
    open,
    output::{self, Exit},
    why::local,
};

/// Everything that the command tells.
struct Status {
    stages: Vec<StageCount>,
    sites: Vec<SiteStatus>,
    lacking: Vec<Due>,
    names: HashMap<String, String>,
    unassigned: u64,
}

/// Runs the command.
pub(crate) fn command(settings: &SettingsArguments, arguments: &StatusArguments) -> anyhow::Result<Exit> {
    let status = open::runtime()?.block_on(async {
        let (_, store) = open::reading(settings).await?;
        gather(store.as_ref()).await
    })?;
    output::print(&match arguments.format {
        TextOrJson::Text => text(&status),
        TextOrJson::Json => format!("{:#}\n", json_of(&status)),
    })?;
    Ok(Exit::Fine)
}

async fn gather(store: &dyn Store) -> anyhow::Result<Status> {
    let dues = store.dues(&Filter::default()).await?;
    let lacking = |due: &Due| matches!(due.state, DueState::Missing | DueState::Overdue | DueState::Unknown);
    Ok(Status {
        stages: store.stage_counts(Timestamp::now()).await?,
        sites: store.sites().await?,
        lacking: dues.into_iter().filter(lacking).collect(),
        names: store.bodies().await?.into_iter().map(|body| (body.id, body.name)).collect(),
        unassigned: store.unassigned().await?,
    })
}

fn text(status: &Status) -> String {
    let mut out = String::from("环节 (stage)   待办  推迟  已投递    完成  死信\n");
    for count in &status.stages {
        let (stage, done) = (count.stage.as_str(), count.done);
        out += &format!(
            "{stage:<12} {:>6} {:>5} {:>7} {done:>7} {:>5}\n",
            count.ready, count.delayed, count.sent, count.parked
        );
    }
    out += "\n站点 (sites)\n";
    for site in &status.sites {
        let success = site.last_success_at.map_or_else(|| "从未 (never)".to_owned(), local);
        let last = site.last_poll.as_ref().map_or("-", |poll| poll.outcome.as_str());
        out += &format!(
            "  {}  {}  最近成功 (last success) {success}  最近一次 (last poll) {last}\n",
            site.site.id, site.site.name
        );
        if let Some(hint) = site.last_poll.as_ref().and_then(|poll| poll.problem_and_hint().1) {
            let hint = hint.text();
            out += &format!("    {}\n    {}\n", hint.zh, hint.en);
        }
    }
    out += "\n缺报、逾期、不明 (missing, overdue, unknown)\n";
    for due in &status.lacking {
        let name = status.names.get(&due.body).unwrap_or(&due.body);
        let date = due.due.map_or_else(|| "-".to_owned(), |date| date.to_string());
        out += &format!(
            "  {}  {name}  {} 年度  {}  应于 (due) {date}\n",
            due.body,
            due.year,
            due.state.as_str()
        );
    }
    if status.lacking.is_empty() {
        out += "  无 (none)\n";
    }
    if status.unassigned > 0 {
        out += &format!("\n机构或年度不明的报告 (reports of unknown body or year): {}\n", status.unassigned);
    }
    out
}

fn json_of(status: &Status) -> serde_json::Value {
    let parked: u64 = status.stages.iter().map(|count| count.parked).sum();
    let in_flight: u64 = status.stages.iter().map(|count| count.ready + count.delayed + count.sent).sum();
    json!({
        "stages": status.stages, "in_flight": in_flight, "dead_letters": parked,
        "sites": status.sites, "lacking": status.lacking, "unassigned": status.unassigned,
    })
}

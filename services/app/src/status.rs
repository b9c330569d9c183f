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

#[cfg(test)]
mod tests {
    use gongkai_store::{Moved, Place, Poll, PollOutcome, Site};

    use super::*;

    #[test]
    fn a_column_that_has_gone_is_told_with_its_likely_new_place() {
        let place =
            Place { title: "政府信息公开年报".into(), url: "http://www.yunze.example/nb/".into() };
        let moved = Moved::new("2026-02-01".parse().unwrap(), &[place]);
        let poll = Poll {
            site: "yunze".into(),
            column: "annual".into(),
            at: Timestamp::UNIX_EPOCH,
            outcome: PollOutcome::Status,
            complete: false,
            pages: 0,
            items: 0,
            detail: Some(moved.behind("http://www.yunze.example/old/: status 404")),
        };
        let site = Site {
            id: "yunze".into(),
            name: "云泽市政府网".into(),
            region: "9901".into(),
            home: "http://www.yunze.example/".into(),
        };
        let sites = vec![SiteStatus { site, last_success_at: None, last_poll: Some(poll) }];
        let status =
            Status { stages: Vec::new(), sites, lacking: Vec::new(), names: HashMap::new(), unassigned: 0 };
        let said = text(&status);
        let hints = "    2026-02-01 从首页查找，年报栏目现在可能在：《政府信息公开年报》http://www.yunze.example/nb/\n    \
                     2026-02-01: looked for from the home page, the list of reports may now be at \
                     《政府信息公开年报》http://www.yunze.example/nb/\n";
        assert!(said.contains(hints), "{said}");
    }
}

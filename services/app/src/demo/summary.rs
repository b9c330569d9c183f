//! What the demo found, on one screen: told once, when two rounds are through and nothing is left to do.
use std::{collections::HashMap, sync::Arc, time::Duration};

use gongkai_judging::render::{severity_word, verdict_words};
use gongkai_model::{Lang, Severity, Verdict};
use gongkai_runtime::lifecycle::Stop;
use gongkai_store::{Due, DueState, Filter, Latest, Store, StoreResult, StoredFinding};
use jiff::Timestamp;

use crate::output;

/// Complete polls before the demo has shown a revision.
const ROUNDS: usize = 2;
/// Polls after which the summary comes without one: pages have a rhythm of their own.
const MOST_ROUNDS: usize = 6;
/// The finding on a report that changed after its date.
const REVISED: &str = "P806";
const LOOK_EVERY: Duration = Duration::from_millis(300);

/// Waits for the rounds, then prints.
pub(super) async fn tell_when_settled(
    store: Arc<dyn Store>,
    year: i16,
    console: String,
    stop: Stop,
) -> StoreResult<()> {
    let mut quiet = 0;
    while stop.sleep(LOOK_EVERY).await {
        quiet = if settled(store.as_ref()).await? { quiet + 1 } else { 0 };
        // Between two stages there is a moment without work: it must stay quiet.
        if quiet >= 3 {
            let text = summary(store.as_ref(), year, &console).await?;
            if output::print(&text).is_err() {
                tracing::warn!("nobody reads the demo's summary");
            }
            stop.soft.cancelled().await;
        }
    }
    Ok(())
}

async fn settled(store: &dyn Store) -> StoreResult<bool> {
    let mut complete = 0;
    for site in store.sites().await? {
        complete += store
            .polls(&site.site.id, None, Timestamp::UNIX_EPOCH)
            .await?
            .iter()
            .filter(|poll| poll.complete)
            .count();
    }
    let waiting: u64 = store
        .stage_counts(Timestamp::now())
        .await?
        .iter()
        .filter(|count| count.stage != gongkai_model::Stage::Fetch)
        .map(|count| count.ready + count.sent)
        .sum();
    let findings = store.latest_findings(&Filter::default()).await?;
    let revised = findings.iter().any(|stored| stored.finding.code == REVISED);
    Ok(complete > ROUNDS && waiting == 0 && (revised || complete > MOST_ROUNDS))
}

async fn summary(store: &dyn Store, year: i16, console: &str) -> StoreResult<String> {
    let names: HashMap<String, String> =
        store.bodies().await?.into_iter().map(|body| (body.id, body.name)).collect();
    let reports = store.latest(&Filter::default()).await?;
    let findings = store.latest_findings(&Filter { limit: 200, ..Filter::default() }).await?;
    let dues = store.dues(&Filter { year: Some(year), ..Filter::default() }).await?;
    let name = |id: &str| names.get(id).cloned().unwrap_or_else(|| id.to_owned());
    let mut out = format!("\n{}\n", counts(&reports));
    for due in
        dues.iter().filter(|due| matches!(due.state, DueState::Missing | DueState::Overdue | DueState::Late))
    {
        out += &format!("  {}\n", due_line(due, &name(&due.body)));
    }
    let worst: Vec<&StoredFinding> = findings
        .iter()
        .filter(|stored| {
            stored.finding.severity >= Severity::Warning && !stored.finding.code.starts_with("P80")
        })
        .collect();
    let told: Vec<&StoredFinding> =
        findings.iter().filter(|stored| matches!(stored.finding.code.as_str(), "P806" | "P807")).collect();
    out += "\n";
    for stored in told.into_iter().chain(worst).take(14) {
        out += &format!("  {}\n", finding_line(stored, &name));
    }
    out += &format!(
        "\n控制台 (console)：{console}\n指标 (metrics)：{console}metrics\n继续监测中，按 Ctrl-C 结束 (watching on; Ctrl-C ends it)\n"
    );
    Ok(out)
}

fn counts(reports: &[Latest]) -> String {
    let of = |verdict| reports.iter().filter(|report| report.verdict == Some(verdict)).count();
    let words = |verdict| verdict_words(verdict, Lang::Zh);
    format!(
        "读到 {} 份报告：{} {}，{} {}，{} {}",
        reports.len(),
        words(Verdict::Consistent),
        of(Verdict::Consistent),
        words(Verdict::Inconsistent),
        of(Verdict::Inconsistent),
        words(Verdict::Incomplete),
        of(Verdict::Incomplete)
    )
}

fn due_line(due: &Due, name: &str) -> String {
    let word = match due.state {
        DueState::Missing => "未发布",
        DueState::Overdue => "逾期未发布",
        _ => "迟发",
    };
    let date = due.due.map_or_else(String::new, |date| format!("，应于 {date} 前发布"));
    let published = due.published.map_or_else(String::new, |date| format!("，{date} 发布"));
    format!("{word}  {name} {} 年度报告{date}{published}", due.year)
}

fn finding_line(stored: &StoredFinding, name: &impl Fn(&str) -> String) -> String {
    let finding = &stored.finding;
    let body = stored.body.as_deref().map_or_else(|| stored.identity.clone(), name);
    let year = stored.year.map_or_else(String::new, |year| format!(" {year} 年度"));
    format!(
        "{} {}  {body}{year}：{}",
        finding.code,
        severity_word(finding.severity, Lang::Zh),
        finding.message.zh
    )
}

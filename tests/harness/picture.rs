//! What a store amounts to, by natural keys only: two runs that saw the same world leave the same picture.
use std::{fmt::Write as _, path::Path, sync::Arc, time::Duration};

use gongkai_model::Stage;
use gongkai_store::{
    AlertKind, Due, Filter, ReportRow, Store, StoreResult, StoredFinding, open_store_read_only,
};
use jiff::Timestamp;

use crate::{service::Service, wait::until_ok};

/// Where the demo keeps its store.
pub const DEMO_STORE: &str = "gongkai-demo/gongkai.db";

/// One line a fact, sorted; a fact that is stored twice stands there twice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Picture(Vec<String>);

impl Picture {
    /// The picture of a store that nothing writes to any more.
    pub fn of(database: &Path) -> Self {
        looking(database, async |store| draw(store.as_ref()).await).unwrap()
    }

    /// The picture of an open store.
    pub async fn drawn(store: &dyn Store) -> StoreResult<Self> {
        draw(store).await
    }

    /// Lines that begin with a word.
    pub fn count(&self, word: &str) -> usize {
        self.0.iter().filter(|line| line.split(' ').next() == Some(word)).count()
    }

    /// True when some line contains all of these.
    pub fn has(&self, parts: &[&str]) -> bool {
        self.0.iter().any(|line| parts.iter().all(|part| line.contains(part)))
    }

    /// Panics with the lines that only one of the two has.
    pub fn assert_same(&self, other: &Self, about: &str) {
        let mut wrong = String::new();
        for (mine, yours, sign) in [(self, other, '-'), (other, self, '+')] {
            for line in only_in(&mine.0, &yours.0).iter().take(12) {
                let _ = writeln!(wrong, "{sign} {line}");
            }
        }
        assert!(wrong.is_empty(), "{about}: the stores differ (- lost, + too much)\n{wrong}");
    }
}

/// Lines of `mine` that `yours` has not, or not as often; both are sorted.
fn only_in(mine: &[String], yours: &[String]) -> Vec<String> {
    let mut left: Vec<&String> = yours.iter().collect();
    let mut only = Vec::new();
    for line in mine {
        match left.iter().position(|other| *other == line) {
            Some(at) => drop(left.swap_remove(at)),
            None => only.push(line.clone()),
        }
    }
    only
}

/// Asks a store that exists.
pub fn looking<T>(
    database: &Path,
    ask: impl AsyncFnOnce(Arc<dyn Store>) -> StoreResult<T>,
) -> StoreResult<T> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let store = open_store_read_only(&format!("sqlite:{}", database.display())).await?;
        ask(store).await
    })
}

/// Longest time until the demo has nothing left to do.
const SETTLING: Duration = Duration::from_secs(90);

/// Waits until this many complete polls are recorded, the demo's revision was seen, and nothing but fetching is left.
pub fn settle(about: &str, service: &Service, database: &Path, polls: usize) {
    until_ok(&format!("{about} settles"), SETTLING, || {
        let look = looking(database, async |store| open_ends(store.as_ref(), polls).await);
        match look {
            Ok(open) if open.is_empty() => Ok(()),
            Ok(open) => Err(format!("{open:?}\n{}{}", service.out(), service.errors())),
            // Not there yet, or just being made.
            Err(error) => Err(format!("{error}\n{}{}", service.out(), service.errors())),
        }
    });
}

/// What is still to come before a demo is settled.
async fn open_ends(store: &dyn Store, polls: usize) -> StoreResult<Vec<String>> {
    let mut open = Vec::new();
    let complete = polled(store).await?;
    if complete < polls {
        open.push(format!("{complete} of {polls} polls"));
    }
    for count in store.stage_counts(Timestamp::now()).await? {
        if count.stage != Stage::Fetch && count.ready + count.delayed + count.sent > 0 {
            open.push(format!("{count:?}"));
        }
    }
    let findings = store.latest_findings(&Filter::default()).await?;
    if !findings.iter().any(|stored| stored.finding.code == "P806") {
        open.push("no revision".to_owned());
    }
    Ok(open)
}

/// Complete polls of all sites so far.
pub fn complete_polls(database: &Path) -> usize {
    looking(database, async |store| polled(store.as_ref()).await).unwrap_or(0)
}

async fn polled(store: &dyn Store) -> StoreResult<usize> {
    let mut complete = 0;
    for site in store.sites().await? {
        let polls = store.polls(&site.site.id, None, Timestamp::UNIX_EPOCH).await?;
        complete += polls.iter().filter(|poll| poll.complete).count();
    }
    Ok(complete)
}

async fn draw(store: &dyn Store) -> StoreResult<Picture> {
    let mut lines = Vec::new();
    let mut identities = std::collections::BTreeSet::new();
    for latest in store.latest(&Filter::default()).await? {
        let rows = match (&latest.body, latest.year) {
            (Some(body), Some(year)) => store.history(body, year, 1000).await?,
            _ => store.report(latest.report).await?.into_iter().collect(),
        };
        identities.extend(rows.iter().map(|row| row.identity().to_string()));
        rows.iter().for_each(|row| report(row, &mut lines));
    }
    let dues = store.dues(&Filter::default()).await?;
    identities.extend(dues.iter().map(|due| format!("{}/{}", due.body, due.year)));
    lines.extend(dues.iter().map(due));
    for identity in &identities {
        lines.extend(store.findings(identity).await?.iter().map(finding));
    }
    for alert in store.alerts(&Filter::default()).await? {
        // The key of a revision is the id of a version; body and year say which it is.
        let key = if alert.kind == AlertKind::Revised { "" } else { &alert.key };
        let (kind, state) = (alert.kind.as_str(), alert.state.as_str());
        // One that ended while the first import was held ended silently: that depends on when the digest came.
        let told = alert.closed_at.is_some() || alert.told_at.is_some();
        lines.push(format!(
            "alert {kind} {key} {} {:?} {:?} {state} told={told}",
            alert.channel, alert.body, alert.year
        ));
    }
    for letter in store.dead_letters(&Filter::default()).await? {
        lines.push(format!("parked {} {} {:?}", letter.stage.as_str(), letter.about, letter.error));
    }
    lines.sort();
    Ok(Picture(lines))
}

fn report(row: &ReportRow, lines: &mut Vec<String>) {
    let name = format!("{} {} {}", row.identity(), row.scope.as_str(), row.blob);
    lines.push(format!(
        "report {name} {} {} {:?} current={}",
        row.url,
        row.report.kind.as_str(),
        row.verdict,
        row.current
    ));
    for table in &row.report.tables {
        for cell in &table.cells {
            let at = format!("{} {} {}", table.key, cell.row, cell.column);
            lines.push(format!(
                "cell {name} {at} {} {:?} {:?}",
                cell.state.as_str(),
                cell.value,
                cell.printed
            ));
        }
    }
}

fn due(due: &Due) -> String {
    let (state, found) = (due.state.as_str(), due.report.is_some());
    format!(
        "due {}/{} {state} due={:?} published={:?} found={found}",
        due.body, due.year, due.due, due.published
    )
}

fn finding(stored: &StoredFinding) -> String {
    let finding = &stored.finding;
    let state = if stored.fixed_at.is_some() { "fixed" } else { "open" };
    let at = format!("{:?} {:?} {:?}", finding.table, finding.row, finding.column);
    format!(
        "finding {} {} {} {} {at} {:?} {:?} {state}",
        stored.identity,
        finding.code,
        finding.severity.as_str(),
        finding.fingerprint,
        finding.expected,
        finding.actual
    )
}

//! Real reports, where they lie beside the repository: served by a local site they give in `run` what they give in `check`.
use std::{collections::BTreeSet, fs, path::PathBuf};

use gongkai_store::Filter;
use gongkai_testkit::site::{Page, Site};
use serde_json::Value;

use gongkai_harness::{
    folder::{Folder, repository},
    picture::looking,
    service::Service,
    wait::until,
};

/// One document: the file it came from, and its title in the list.
pub(crate) struct Document {
    pub(crate) file: String,
    pub(crate) path: PathBuf,
    pub(crate) year: String,
}

impl Document {
    pub(crate) fn media_type(&self) -> &'static str {
        if self.file.ends_with(".txt") { "text/plain" } else { "text/html" }
    }
}

/// The reports, or nothing where the folder is not there.
pub(crate) fn documents() -> Vec<Document> {
    let shared = repository().join("../shared");
    if !shared.is_dir() {
        return Vec::new();
    }
    let mut paths: Vec<PathBuf> =
        fs::read_dir(shared.join("corpus/seeds")).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.push(shared.join("corpus/real/hangzhou-style-2025.html"));
    paths.sort();
    let document = |path: PathBuf| {
        let stem = path.file_stem().unwrap().to_string_lossy().into_owned();
        let golden = fs::read_to_string(shared.join(format!("golden/{stem}.meta.json"))).unwrap();
        let year = serde_json::from_str::<Value>(&golden).unwrap()["year"].to_string();
        Document { file: path.file_name().unwrap().to_string_lossy().into_owned(), path, year }
    };
    paths.into_iter().map(document).collect()
}

fn serve(documents: &[Document]) -> (tokio::runtime::Runtime, Site) {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let site = runtime.block_on(Site::start()).unwrap();
    let mut list = String::from("<html><body><ul class=\"list\">");
    for (n, document) in documents.iter().enumerate() {
        list += &format!(
            "<li><a href=\"/r/{}\">第{n}单位{}年政府信息公开工作年度报告</a></li>",
            document.file, document.year
        );
        let kind = document.media_type();
        site.put(
            &format!("/r/{}", document.file),
            Page::bytes(kind, fs::read(&document.path).unwrap()).etag(),
        );
    }
    site.put("/list.html", Page::html(list + "</ul></body></html>"));
    (runtime, site)
}

fn configure(folder: &Folder, site: &Site, documents: &[Document]) {
    let mut registry = String::from(
        "id,name,former_names,code,level,kind,parent,site,local_due,vertical,rule_making,reports_itself,valid_from,valid_to,successor\n",
    );
    let mut patterns = Vec::new();
    for n in 0..documents.len() {
        registry += &format!("unit-{n},第{n}单位,,990100,county,government,,local,,false,,true,,,\n");
        patterns.push(format!("{{ title = \"第{n}单位\", body = \"unit-{n}\" }}"));
    }
    folder.write("registry.csv", registry);
    let root = site.root();
    folder.write(
        "sites/local.toml",
        format!(
            "id = \"local\"\nname = \"本地\"\nregion = \"9901\"\nhome = \"{root}\"\nhosts = [\"127.0.0.1\"]\ninterval_ms = 0\n\
             [[column]]\nname = \"reports\"\nstart = [\"{root}list.html\"]\nlist = \"ul.list\"\nitem = \"ul.list > li\"\n\
             include = [\"年度报告$\"]\ndetail = \"any\"\nbody = {{ patterns = [{}] }}\n",
            patterns.join(", ")
        ),
    );
    folder.write(
        "gongkai.toml",
        "[fetch]\nallow_private = true\nhost_interval_ms = 0\n[log]\nfilter = \"warn\"\n",
    );
}

/// What `extract` and `check` say, by file.
fn commanded(folder: &Folder, documents: &[Document]) -> BTreeSet<String> {
    let mut lines = BTreeSet::new();
    for document in documents {
        let (file, path) = (&document.file, document.path.to_string_lossy().into_owned());
        for line in folder.gongkai(&["extract", &path]).out_of(0).lines().skip(1) {
            let fields: Vec<&str> = line.split('\t').collect();
            lines.insert(format!("{file} cell {}", fields[1..7].join(" ")));
        }
        let out = folder.gongkai(&["check", "--format", "json", "--fail-on", "never", &path]).out_of(0);
        let checked: Vec<Value> = serde_json::from_str(&out).unwrap();
        for report in &checked {
            lines.insert(format!("{file} verdict {}", report["verdict"].as_str().unwrap_or("-")));
            for finding in report["findings"].as_array().unwrap() {
                let text = |name: &str| finding[name].as_str().unwrap_or("-").to_owned();
                let place = format!("{} {} {}", text("table"), text("row"), text("column"));
                let values = format!("{} {} {}", text("expected"), text("actual"), text("message"));
                lines.insert(format!(
                    "{file} finding {} {} {place} {values}",
                    text("code"),
                    text("severity")
                ));
            }
        }
    }
    lines
}

/// What the store holds, by file.
fn stored(store: &std::path::Path) -> BTreeSet<String> {
    let or_dash = |field: &Option<String>| field.clone().unwrap_or_else(|| "-".to_owned());
    let escaped = |text: &str| text.replace('\\', "\\\\").replace('\t', "\\t").replace('\n', "\\n");
    let read = looking(store, async |store| {
        let mut lines = BTreeSet::new();
        for latest in store.latest(&Filter::default()).await? {
            let row = store.report(latest.report).await?.unwrap();
            let file = row.url.rsplit('/').next().unwrap();
            let verdict = row.verdict.map_or("-", |verdict| verdict.as_str());
            lines.insert(format!("{file} verdict {verdict}"));
            for table in &row.report.tables {
                for cell in &table.cells {
                    let value = cell.value.map(|value| value.normalize().to_string()).unwrap_or_default();
                    let (state, printed) = (cell.state.as_str(), escaped(&cell.printed));
                    let at = format!("{} {} {}", table.key, cell.row, cell.column);
                    lines.insert(format!("{file} cell {at} {value} {state} {printed}"));
                }
            }
            for stored in store.findings(&row.identity().to_string()).await? {
                let finding = &stored.finding;
                // The calendar's findings are not the document's.
                if finding.code.starts_with('P') {
                    continue;
                }
                let place = [&finding.table, &finding.row, &finding.column].map(or_dash).join(" ");
                let values = format!(
                    "{} {} {}",
                    or_dash(&finding.expected),
                    or_dash(&finding.actual),
                    finding.message.zh
                );
                lines.insert(format!(
                    "{file} finding {} {} {place} {values}",
                    finding.code,
                    finding.severity.as_str()
                ));
            }
        }
        Ok(lines)
    });
    read.unwrap()
}

#[test]
fn real_reports_give_in_run_what_they_give_in_check() {
    let documents = documents();
    if documents.is_empty() {
        return;
    }
    assert_eq!(documents.len(), 6);
    let folder = Folder::new();
    let (_runtime, site) = serve(&documents);
    configure(&folder, &site, &documents);
    let store = folder.path().join("gongkai-data/gongkai.db");
    let mut service = Service::start(folder.path(), &["run"], &[]);
    service.console();
    until("all are judged", std::time::Duration::from_secs(60), || {
        let latest =
            looking(&store, async |store| store.latest(&Filter::default()).await).unwrap_or_default();
        (latest.iter().filter(|report| report.verdict.is_some()).count() == documents.len()).then_some(())
    });
    let errors = service.errors();
    assert!(service.interrupt().0.success());
    let (wanted, got) = (commanded(&folder, &documents), stored(&store));
    let lost: Vec<_> = wanted.difference(&got).take(10).collect();
    let added: Vec<_> = got.difference(&wanted).take(10).collect();
    assert!(lost.is_empty() && added.is_empty(), "lost in run: {lost:#?}\nonly in run: {added:#?}\n{errors}");
    assert!(wanted.iter().filter(|line| line.contains(" cell ")).count() > 900);
}

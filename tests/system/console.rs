//! The console in a real browser: its numbers are the store's, wrong cells are marked, nothing is loaded from elsewhere.
//! With `GONGKAI_SCREENSHOTS=FOLDER` every page is kept as a picture for people to look at.
use std::{env, fs, path::Path};

use gongkai_store::{Coverage, Filter, ReportRow, StoredFinding};
use serde_json::Value;

use crate::browser::{Browser, DESK, PHONE, Screen};
use gongkai_harness::{
    folder::Folder,
    picture::{DEMO_STORE, looking, settle},
    service::Service,
};

/// What holds for every page that is open: no complaint, nothing asked of other hosts, no scrolling sideways.
pub(crate) fn holds(browser: &mut Browser, console: &str, about: &str) {
    keep(about, || browser.picture());
    keep(&format!("{about} dark"), || browser.picture_in_the_dark());
    assert_eq!(browser.complaints(), [] as [&str; 0], "{about}");
    for request in browser.requested() {
        assert!(request.starts_with(console), "{about} asks {request}");
    }
    let width = browser.value("[document.documentElement.scrollWidth, window.innerWidth]");
    assert!(width[0].as_u64() <= width[1].as_u64(), "{about} scrolls sideways: {width}");
}

/// A settled demo with a browser before it.
struct Scene {
    folder: Folder,
    console: String,
    browser: Browser,
    _service: Service,
}

impl Scene {
    fn new() -> Self {
        let folder = Folder::new();
        let store = folder.path().join(DEMO_STORE);
        let mut service = Service::demo(folder.path(), &[]);
        let console = service.console();
        settle("the demo", &service, &store, 3);
        Self { folder, console, browser: Browser::start(), _service: service }
    }

    fn store(&self) -> std::path::PathBuf {
        self.folder.path().join(DEMO_STORE)
    }

    /// Opens a page and checks what holds for every page.
    fn open(&mut self, path: &str, lang: &str, screen: Screen, name: &str) {
        let mark = if path.contains('?') { '&' } else { '?' };
        let address = format!("{}{path}{mark}lang={lang}", self.console);
        self.browser.open(&address, screen);
        let about = format!("{name} {lang} {}", screen.name);
        holds(&mut self.browser, &self.console, &about);
        let browser = &mut self.browser;
        let wanted = if lang == "zh" { "zh-CN" } else { "en" };
        assert_eq!(browser.value("document.documentElement.lang"), wanted, "{about}");
        assert_eq!(browser.value("document.querySelectorAll('h1').length"), 1, "{about}");
        assert_eq!(browser.value("document.styleSheets.length"), 1, "{about}");
        assert_eq!(browser.value("document.styleSheets[0].cssRules.length > 10"), true, "{about}: no style");
    }
}

/// Keeps a picture where somebody wants to look at it.
pub(crate) fn keep(name: &str, picture: impl FnOnce() -> Vec<u8>) {
    if let Some(folder) = env::var_os("GONGKAI_SCREENSHOTS") {
        fs::create_dir_all(&folder).unwrap();
        fs::write(Path::new(&folder).join(format!("{}.png", name.replace(' ', "-"))), picture()).unwrap();
    }
}

fn each(mut look: impl FnMut(&str, Screen)) {
    for lang in ["zh", "en"] {
        for screen in [DESK, PHONE] {
            look(lang, screen);
        }
    }
}

#[test]
fn the_overview_shows_the_stores_numbers() {
    let mut scene = Scene::new();
    let coverage = looking(&scene.store(), async |store| store.coverage().await).unwrap();
    let sum =
        |of: fn(&Coverage) -> u64| coverage.iter().filter(|line| line.year == 2025).map(of).sum::<u64>();
    let wanted = [
        sum(|c| c.expected),
        sum(|c| c.found),
        sum(|c| c.in_time),
        sum(|c| c.late),
        sum(|c| c.overdue),
        sum(|c| c.missing),
        sum(|c| c.unknown),
        sum(|c| c.inconsistent),
    ];
    assert_eq!((wanted[0], wanted[1], wanted[5]), (16, 15, 1));
    each(|lang, screen| {
        scene.open("", lang, screen, "overview");
        let totals = scene
            .browser
            .value("[...document.querySelectorAll('dl.totals dd')].map(e => Number(e.innerText))");
        assert_eq!(totals, Value::from(wanted.to_vec()));
        let main = scene.browser.value("document.querySelector('main').innerText");
        let main = main.as_str().unwrap();
        assert!(main.contains("云泽市财政局") && main.contains("T301") && main.contains("P806"), "{main}");
        assert_eq!(main.contains("缺失"), lang == "zh", "{lang}");
        // Every report that is listed can be opened.
        let links = "[...document.querySelectorAll('main a[href^=\"/reports/\"]')].length";
        assert!(scene.browser.value(links).as_u64() >= Some(10));
    });
}

/// The current report of a body for 2025 with its findings.
fn report(scene: &Scene, body: &str) -> (ReportRow, Vec<StoredFinding>) {
    looking(&scene.store(), async |store| {
        let history = store.history(body, 2025, 10).await?;
        let row = history.into_iter().find(|row| row.current).unwrap();
        let findings = store.findings(&row.identity().to_string()).await?;
        Ok((row, findings))
    })
    .unwrap()
}

/// Each drawn cell: the number alone, its class, what is said to be expected.
const DRAWN: &str = "[...document.querySelectorAll('table.form')].map(table => [...table.querySelectorAll('td')].map(cell => ({
    text: [...cell.childNodes].filter(n => n.nodeType === 3).map(n => n.textContent).join('').trim(),
    wrong: cell.classList.contains('wrong'),
    expected: cell.querySelector('.expected')?.innerText ?? null })))";

#[test]
fn a_report_shows_every_cell_and_marks_the_wrong_ones() {
    let mut scene = Scene::new();
    let (row, findings) = report(&scene, "yz-gaj");
    each(|lang, screen| {
        scene.open(&format!("reports/{}", row.id), lang, screen, "report");
        let drawn = scene.browser.value(DRAWN);
        let mut marked = 0;
        for (table, cells) in row.report.tables.iter().zip(drawn.as_array().unwrap()) {
            let cells = cells.as_array().unwrap();
            assert_eq!(cells.len(), table.cells.len(), "{}", table.key);
            for (cell, shown) in table.cells.iter().zip(cells) {
                let at = format!("{} {} {}", table.key, cell.row, cell.column);
                assert_eq!(shown["text"], cell.printed.trim(), "{at}");
                let here = findings.iter().map(|stored| &stored.finding).find(|finding| {
                    let place = [&finding.table, &finding.row, &finding.column].map(|field| field.as_deref());
                    place == [Some(table.key.as_str()), Some(cell.row.as_str()), Some(cell.column.as_str())]
                });
                assert_eq!(shown["wrong"], here.is_some(), "{at}");
                let expected = shown["expected"].as_str().unwrap_or("");
                let wanted = here.and_then(|finding| finding.expected.as_deref()).unwrap_or("");
                assert!(
                    expected.ends_with(wanted) && expected.is_empty() == wanted.is_empty(),
                    "{at}: {expected}"
                );
                marked += usize::from(here.is_some());
            }
        }
        assert_eq!((drawn.as_array().unwrap().len(), marked), (3, 2));
        colours(&mut scene.browser);
    });
}

/// A wrong cell looks other than its neighbours, and its link leads to the finding.
fn colours(browser: &mut Browser) {
    let look = "(cell => { const s = getComputedStyle(cell); return [s.backgroundColor, s.outlineStyle, s.borderTopColor, s.boxShadow].join() })";
    let wrong = browser.value(&format!("{look}(document.querySelector('td.wrong'))"));
    let right = browser.value(&format!("{look}(document.querySelector('table.form td:not(.wrong)'))"));
    assert_ne!(wrong, right);
    let target = "(id => document.getElementById(id)?.innerText.includes('T301'))(document.querySelector('td.wrong a.ref').hash.slice(1))";
    assert_eq!(browser.value(target), true);
}

#[test]
fn a_blank_is_never_shown_as_zero() {
    let mut scene = Scene::new();
    let (row, _) = report(&scene, "shiling-town");
    scene.open(&format!("reports/{}", row.id), "zh", DESK, "blank");
    let totals = "[...document.querySelectorAll('td.blank')].map(cell => cell.innerText)";
    let shown: Vec<String> = serde_json::from_value(scene.browser.value(totals)).unwrap();
    assert_eq!(shown.len(), 25);
    assert!(shown.iter().all(|text| text.contains('空') && !text.contains('0')), "{shown:?}");
}

#[test]
fn pages_of_bodies_and_lists_hold_on_every_screen() {
    let mut scene = Scene::new();
    let (old, _) = report(&scene, "yz-scjg");
    let (narrative, _) = report(&scene, "yz-rsj");
    each(|lang, screen| {
        scene.open("bodies/yz-czj", lang, screen, "body");
        let main = scene.browser.value("document.querySelector('main').innerText");
        let main = main.as_str().unwrap();
        assert!(
            main.contains("云泽市财政局") && main.contains("2025") && main.contains("2026-01-31"),
            "{main}"
        );
        scene.open("reports", lang, screen, "reports");
        let rows = "document.querySelectorAll('table.list tbody tr').length";
        assert_eq!(scene.browser.value(rows), 18, "{lang}");
        scene.open(&format!("reports/{}", old.id), lang, screen, "revised");
        let main = scene.browser.value("document.querySelector('main').innerText");
        assert!(main.as_str().unwrap().contains("P806"), "{main}");
        scene.open(&format!("reports/{}", narrative.id), lang, screen, "narrative");
        assert_eq!(scene.browser.value("document.querySelectorAll('table.form').length"), 0);
    });
    let listed = looking(&scene.store(), async |store| store.latest(&Filter::default()).await).unwrap();
    assert_eq!(listed.len(), 18);
}

#[test]
fn the_original_is_handed_over_and_never_shown_as_a_page_of_ours() {
    let mut scene = Scene::new();
    let (row, _) = report(&scene, "yz-gaj");
    let address = format!("{}original/{}", scene.console, row.blob);
    assert!(scene.browser.downloads(&address));
    assert_eq!(scene.browser.requested(), [address]);
}

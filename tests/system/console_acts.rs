//! The console under a hand: a filter is chosen, a draft pasted and a file chosen, a finding dismissed, at the width of a desk and of a phone.
use std::path::Path;

use gongkai_harness::{
    folder::Folder,
    picture::{DEMO_STORE, looking, settle},
    service::Service,
};
use gongkai_store::Filter;

use crate::{
    browser::{Browser, DESK, PHONE, Screen},
    console::holds,
};

const TOKEN: &str = "open-sesame";

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
        let mut service = Service::demo(folder.path(), &[("GONGKAI_HTTP__TOKEN", TOKEN)]);
        let console = service.console();
        settle("the demo", &service, &store, 3);
        Self { folder, console, browser: Browser::start(), _service: service }
    }

    fn open(&mut self, path: &str, screen: Screen) {
        self.browser.open(&format!("{}{path}", self.console), screen);
    }

    /// Does something that leads to another page and waits for it.
    fn go(&mut self, script: &str, name: &str, screen: Screen) {
        self.browser.follow(script);
        self.holds(name, screen);
    }

    /// What holds for every page.
    fn holds(&mut self, name: &str, screen: Screen) {
        holds(&mut self.browser, &self.console, &format!("{name} {}", screen.name));
    }

    fn main(&mut self) -> String {
        self.browser.value("document.querySelector('main').innerText").as_str().unwrap_or_default().to_owned()
    }
}

#[test]
fn a_filter_is_chosen_and_the_list_follows() {
    let mut scene = Scene::new();
    for screen in [DESK, PHONE] {
        scene.open("bodies?lang=zh", screen);
        scene.holds("bodies", screen);
        let choose = "document.querySelector('select[name=state]').value = 'missing'; document.querySelector('form.filter button').click()";
        scene.go(choose, "bodies-missing", screen);
        let names = scene
            .browser
            .value("[...document.querySelectorAll('table.list tbody th')].map(cell => cell.innerText)");
        assert_eq!(names, serde_json::json!(["云泽市财政局"]));
    }
}

#[test]
fn a_pasted_draft_and_a_file_are_checked_at_once() {
    let mut scene = Scene::new();
    let drafts = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/drafts").canonicalize().unwrap();
    let right = std::fs::read_to_string(drafts.join("wanglou-2025.txt")).unwrap();
    // No new request of anybody, and five in the total.
    let mut lines: Vec<&str> = right.lines().collect();
    let row = lines.iter().position(|line| line.starts_with("一、本年新收")).unwrap();
    lines[row + 7] = "5";
    let text = lines.join("\n");
    let text = serde_json::Value::from(text);
    let stored = |scene: &Scene| {
        looking(&scene.folder.path().join(DEMO_STORE), async |store| store.latest(&Filter::default()).await)
            .unwrap()
            .len()
    };
    let before = stored(&scene);
    for screen in [DESK, PHONE] {
        scene.open("draft?lang=zh", screen);
        scene.holds("draft", screen);
        let paste = format!(
            "document.getElementById('draft-text').value = {text}; document.querySelector('#draft-form button').click()"
        );
        scene.go(&paste, "draft-pasted", screen);
        let wrong = "document.querySelector('td.wrong')?.innerText ?? ''";
        let cell = scene.browser.value(wrong);
        assert!(cell.as_str().unwrap().starts_with('5') && cell.as_str().unwrap().contains("T301"), "{cell}");
        scene.open("draft?lang=zh", screen);
        scene.browser.choose("#draft-file", &drafts.join("zhujianju-2025.html"));
        scene.go("document.querySelector('#draft-form button').click()", "draft-file", screen);
        assert!(
            scene.main().contains("不一致")
                && scene.browser.value("document.querySelectorAll('td.wrong').length").as_u64() > Some(0)
        );
    }
    assert_eq!(stored(&scene), before);
}

#[test]
fn a_draft_is_dropped_on_the_form_and_without_script_on_its_field() {
    let mut scene = Scene::new();
    let drafts = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/drafts").canonicalize().unwrap();
    let draft = drafts.join("zhujianju-2025.html");
    for (screen, lang, said) in [(DESK, "zh", "可拖放至此"), (PHONE, "en", "can be dropped here")] {
        scene.open(&format!("draft?lang={lang}"), screen);
        assert!(scene.main().contains(said), "{lang}");
        scene.browser.drop_and_follow("#draft-form label", &draft);
        scene.holds(&format!("draft-dropped {lang}"), screen);
        assert!(scene.browser.value("document.querySelectorAll('td.wrong').length").as_u64() > Some(0));
    }
    scene.browser.block("draft.js");
    for screen in [DESK, PHONE] {
        scene.open("draft?lang=zh", screen);
        let size = scene.browser.value(
            "(place => [place.width / innerWidth, place.height])(document.getElementById('draft-file').getBoundingClientRect())",
        );
        assert!(size[0].as_f64() > Some(0.7) && size[1].as_f64() >= Some(60.0), "a small target: {size}");
        scene.browser.drop("#draft-file", &draft);
        let chosen = "[...document.getElementById('draft-file').files].map(file => file.name)";
        assert_eq!(scene.browser.value(chosen), serde_json::json!(["zhujianju-2025.html"]));
        scene.browser.follow("document.querySelector('#draft-form button').click()");
        assert!(scene.main().contains("不一致"));
    }
}

#[test]
fn a_finding_is_dismissed_with_the_token_and_not_without() {
    let mut scene = Scene::new();
    let store = scene.folder.path().join(DEMO_STORE);
    let report = looking(&store, async |store| {
        let history = store.history("yz-gaj", 2025, 10).await?;
        Ok(history.into_iter().find(|row| row.current).unwrap().id)
    })
    .unwrap();
    for screen in [DESK, PHONE] {
        for (token, dismissed) in [("wrong", "true"), (TOKEN, "true"), (TOKEN, "false")] {
            scene.open(&format!("reports/{report}?lang=zh"), screen);
            let count = "document.querySelectorAll('li.finding.dismissed').length";
            let before = scene.browser.value(count);
            let act = format!(
                "const old = document.querySelector('li.finding.dismissed'); if (old) document.querySelector('select[name=fingerprint]').value = old.id.slice(2); document.querySelector('form[action=\"/findings/dismiss\"] input[name=token]').value = '{token}'; document.querySelector('form[action=\"/findings/dismiss\"] input[name=note]').value = '<script>说明</script>'; document.querySelector('form[action=\"/findings/dismiss\"] button[value={dismissed}]').click()"
            );
            scene.browser.follow(&act);
            if token == TOKEN {
                scene.holds(&format!("dismissed-{dismissed}"), screen);
                assert_eq!(scene.browser.value(count), u64::from(dismissed == "true"), "{before}");
            } else {
                assert!(scene.main().contains("需要口令"));
            }
        }
    }
}

/// Dismisses the one finding of a page, or takes it up again.
fn mark(dismissed: bool) -> String {
    format!(
        "const form = document.querySelector('form[action=\"/findings/dismiss\"]'); form.token.value = '{TOKEN}'; form.note.value = '已函告'; form.by.value = '督查员'; form.querySelector('button[value={dismissed}]').click()"
    )
}

#[test]
fn the_link_of_a_missing_report_leads_to_the_body_and_there_it_is_dismissed() {
    let mut scene = Scene::new();
    let store = scene.folder.path().join(DEMO_STORE);
    let open = || {
        let filter = Filter { body: Some("yz-czj".into()), ..Filter::default() };
        looking(&store, async |store| store.latest_findings(&filter).await).unwrap()
    };
    let link = format!("bodies/yz-czj/2025?lang=zh#f-{}", open().remove(0).finding.fingerprint);
    for screen in [DESK, PHONE] {
        scene.open(&link, screen);
        scene.holds("missing", screen);
        let place = "[location.pathname, document.querySelector('li.finding:target .code')?.innerText]";
        assert_eq!(scene.browser.value(place), serde_json::json!(["/bodies/yz-czj", "P802"]));
        for dismissed in [true, false] {
            scene.go(&mark(dismissed), &format!("missing-dismissed-{dismissed}"), screen);
            assert_eq!(scene.browser.value("location.pathname + location.hash"), "/bodies/yz-czj#findings");
            let count = "document.querySelectorAll('li.finding.dismissed').length";
            assert_eq!(scene.browser.value(count), u64::from(dismissed));
            assert!(scene.main().contains("督查员 · 理由：已函告"));
            assert_eq!(open().is_empty(), dismissed);
        }
    }
}

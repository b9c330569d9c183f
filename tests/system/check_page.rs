//! `check --format html` through the binary and in a real browser: one file, readable on a desk and on a phone.
use serde_json::Value;

use crate::{
    browser::{Browser, DESK, PHONE},
    console::holds,
};
use gongkai_harness::folder::Folder;

const WRONG: &str = "examples/drafts/zhujianju-2025.html";
const RIGHT: &str = "examples/drafts/shuiliju-2025.html";
/// A name and a title that would run as a script where they are not escaped.
const HOSTILE: &str = "<img src=x onerror=\"document.title='owned'\"><b>.html";
const HOSTILE_TITLE: &str = "关于编制年度报告的通知&lt;script&gt;document.title='owned'&lt;/script&gt;";

#[test]
fn a_page_shows_every_document_and_asks_for_nothing() {
    let folder = Folder::with_examples();
    folder.write(HOSTILE, format!("<h1>{HOSTILE_TITLE}</h1><p>请各单位按时报送。</p>"));
    folder.write("附件.pdf", "%PDF-1.4 x");
    let mut browser = Browser::start();
    for lang in ["zh", "en"] {
        let arguments = [
            "check",
            "--format",
            "html",
            "--lang",
            lang,
            WRONG,
            RIGHT,
            HOSTILE,
            "附件.pdf",
            "nowhere.html",
            WRONG,
        ];
        let printed = folder.gongkai(&arguments).out_of(2);
        folder.write("page.html", printed);
        let address = format!("file://{}", folder.path().join("page.html").display());
        for screen in [DESK, PHONE] {
            browser.open(&address, screen);
            let about = format!("check {lang} {}", screen.name);
            holds(&mut browser, &address, &about);
            assert_eq!(
                browser.value("document.documentElement.lang"),
                if lang == "zh" { "zh-CN" } else { "en" }
            );
            assert_eq!(browser.value("document.querySelectorAll('h1').length"), 1, "{about}");
            assert_eq!(
                browser.value("document.querySelectorAll('script, img, h2 b, dd b').length"),
                0,
                "{about}"
            );
            assert_ne!(browser.value("document.title"), "owned", "{about}");
            assert_eq!(browser.value("document.querySelectorAll('article').length"), 6, "{about}");
            // Three findings, twice, and what is no report.
            assert_eq!(browser.value("document.querySelectorAll('li.finding.bad').length"), 7, "{about}");
            let wrong = "[...document.querySelectorAll('td.wrong')].map(e => e.childNodes[0].textContent)";
            assert_eq!(
                browser.value(wrong),
                Value::from(vec!["11", "79", "12", "11", "79", "12"]),
                "{about}"
            );
            let lost = "[...document.querySelectorAll('a[href]')].filter(a => !document.getElementById(a.getAttribute('href').slice(1))).length";
            assert_eq!(browser.value(lost), 0, "{about}: links that lead nowhere");
            let text = browser.value("document.body.innerText");
            let text = text.as_str().unwrap();
            assert!(text.contains(HOSTILE), "{text}");
            let quoted = text.contains("<script>document.title='owned'</script>");
            assert_eq!(quoted, lang == "zh", "the message quotes the title in Chinese only: {text}");
            assert!(text.contains(if lang == "zh" { "共 6 份" } else { "6 documents" }), "{text}");
        }
    }
}

#[test]
fn exit_codes_follow_the_level() {
    let folder = Folder::with_examples();
    for (level, input, code) in
        [("error", RIGHT, 0), ("error", WRONG, 1), ("never", WRONG, 0), ("never", "nowhere.html", 2)]
    {
        let page = folder.gongkai(&["check", "--format", "html", "--fail-on", level, input]).out_of(code);
        assert!(page.starts_with("<!DOCTYPE html>") && page.trim_end().ends_with("</html>"), "{page}");
    }
}

#[test]
fn the_order_is_that_of_the_arguments_with_many_too() {
    let folder = Folder::with_examples();
    let draft = std::fs::read(folder.path().join(RIGHT)).unwrap();
    for n in 0..40 {
        folder.write(&format!("many/{n:02}.html"), if n % 10 == 0 { &b"<p>x</p>"[..] } else { &draft[..] });
    }
    let page = folder.gongkai(&["check", "--format", "html", "--fail-on", "never", WRONG, "many"]).out_of(0);
    let sources: Vec<&str> =
        page.split("<dd class=\"url\">").skip(1).map(|rest| rest.split('<').next().unwrap()).collect();
    let many: Vec<String> = (0..40).map(|n| format!("many/{n:02}.html")).collect();
    assert_eq!(sources[0], WRONG);
    assert_eq!(sources[1..], many);
}

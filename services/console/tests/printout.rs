//! The page for keeping: everything on it, nothing beside it, and words of documents stay words.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test ends at the first thing that goes wrong")]

use std::collections::BTreeSet;

use gongkai_console::Printout;
use gongkai_judging::{JudgeContext, judge, render::Document, sample::Sample};
use gongkai_model::{Lang, Quote, Report, Span};

const HOSTILE: &str = "</title></style><script>alert(1)</script><img src=x onerror=alert(1)>'\"";
const BROKEN: &str = "year 2022\nrequests granted: 12 3 0 0 0 0 0\nproceedings review: 1 _ 0 0 1";

fn report(notation: &str) -> Report {
    Sample::parse(notation).unwrap_or_else(|error| panic!("{error} in\n{notation}")).build()
}

fn titled(title: &str, notation: &str) -> Report {
    Report { title: Some(Quote { text: title.into(), span: Span::default() }), ..report(notation) }
}

fn page(lang: Lang, documents: &[(&str, &Report)]) -> String {
    let mut printout = Printout::new(lang);
    let mut sections = String::new();
    for (source, report) in documents {
        let judgement = judge(report, &JudgeContext::new(*source));
        sections +=
            &printout.section(&Document { source, report, judgement: &judgement, body: None }).unwrap();
    }
    [printout.head().unwrap(), sections, printout.end().unwrap()].concat()
}

/// The words between tags, a line a piece, without the stylesheet.
fn words(html: &str) -> String {
    let (before, rest) = html.split_once("<style>").unwrap();
    let body = rest.split_once("</style>").unwrap().1;
    let shown = |piece: &str| piece.split_once('>').map_or("", |(_, words)| words).trim().to_owned();
    let pieces = [before, body].concat();
    pieces.split('<').map(shown).filter(|words| !words.is_empty()).collect::<Vec<_>>().join("\n")
}

/// The values of an attribute.
fn values<'h>(html: &'h str, attribute: &str) -> Vec<&'h str> {
    let begin = format!(" {attribute}=\"");
    html.split(&begin).skip(1).map(|rest| rest.split('"').next().unwrap()).collect()
}

#[test]
fn it_tells_totals_then_each_document_with_its_findings_and_tables() {
    let (broken, fine) =
        (titled("云泽市水利局2022年年报", BROKEN), titled("云泽市教育局2022年年报", "year 2022"));
    let unreadable = report("kind unreadable 文件已加密");
    let documents = [("a.html", &broken), ("https://yz.example/b", &fine), ("c.pdf", &unreadable)];
    let chinese = page(Lang::Zh, &documents);
    assert!(chinese.contains("<a href=\"https://yz.example/b\" rel=\"noreferrer noopener\">"), "{chinese}");
    // Many zeros are told as one.
    let chinese = words(&chinese);
    let mut lines: Vec<&str> = chinese.lines().collect();
    lines.dedup();
    insta::assert_snapshot!(lines.join("\n"));
    let english = words(&page(Lang::En, &documents));
    for wanted in [
        "3 documents: 1 consistent, 1 inconsistent, 1 unreadable;",
        "expected",
        "Basis: ",
        "Nothing was found.",
    ] {
        assert!(english.contains(wanted), "{wanted} in {english}");
    }
}

#[test]
fn wrong_cells_are_marked_and_every_link_leads_somewhere_even_with_a_report_twice() {
    let broken = report(BROKEN);
    let html = page(Lang::Zh, &[("a.html", &broken), ("a.html", &broken)]);
    assert!(html.matches("class=\"n wrong\"").count() >= 2, "{html}");
    let ids = values(&html, "id");
    let once: BTreeSet<_> = ids.iter().collect();
    assert_eq!(once.len(), ids.len(), "an id twice: {ids:?}");
    let links = values(&html, "href");
    assert!(links.len() >= 6, "{links:?}");
    for link in links {
        assert!(link.strip_prefix('#').is_some_and(|id| once.contains(&id)), "{link} leads nowhere");
    }
    for label in values(&html, "aria-labelledby") {
        assert!(once.contains(&label), "{label} is not there");
    }
}

#[test]
fn hostile_words_stay_words() {
    let report = titled(HOSTILE, BROKEN);
    let notice = Report { text: HOSTILE.into(), ..self::report(&format!("kind not_a_report {HOSTILE}")) };
    let unreadable = self::report(&format!("kind unreadable {HOSTILE}"));
    for lang in [Lang::Zh, Lang::En] {
        let html =
            page(lang, &[(HOSTILE, &report), ("javascript:alert(1)", &notice), ("\"><script>", &unreadable)]);
        for (refused, most) in
            [("<script", 0), ("<img", 0), ("</title>", 1), ("</style>", 1), ("href=\"javascript", 0)]
        {
            assert!(html.matches(refused).count() <= most, "{refused} in {html}");
        }
        let shown = words(&html)
            .replace("&#60;", "<")
            .replace("&#62;", ">")
            .replace("&#39;", "'")
            .replace("&#34;", "\"");
        assert!(shown.contains(HOSTILE), "{shown}");
    }
}

#[test]
fn it_asks_for_nothing() {
    let html = page(Lang::Zh, &[("https://yz.example/a.html", &report(BROKEN))]);
    assert!(html.contains("default-src 'none'"));
    for asking in ["src=", "url(", "@import", "<link", "<script", "<iframe", "<form", "http-equiv=\"refresh"]
    {
        assert!(!html.contains(asking), "{asking}");
    }
}

#[test]
fn without_documents_it_is_a_whole_page() {
    let html = page(Lang::En, &[]);
    assert!(html.starts_with("<!DOCTYPE html>") && html.trim_end().ends_with("</html>"), "{html}");
    assert!(words(&html).contains("no documents; 0 errors"), "{html}");
}

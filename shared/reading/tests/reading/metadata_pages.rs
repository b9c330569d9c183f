//! Pages with what is to be read of them, as `pages/*.txt` hold them: `=== name`, expectations, `---`, the page. All are invented.
use std::collections::BTreeMap;

use gongkai_model::{Quote, Report};
use gongkai_reading::{Hints, read};
use gongkai_testkit::reports::{Layout, ReportPlan};

use crate::{
    assert_spans,
    metadata_titles::{PARTS, parts_html},
};

struct Page<'t> {
    name: &'t str,
    expected: BTreeMap<&'t str, &'t str>,
    text: String,
}

/// Three filled tables in their parts, of a generated report.
pub(crate) fn tables() -> String {
    let plan = ReportPlan { layout: Layout::TablePage, defects: Vec::new(), ..ReportPlan::random(3) };
    let page = plan.generate().content;
    let tables: Vec<&str> = page.match_indices("<table").map(|(at, _)| &page[at..]).collect();
    tables.iter().map(|rest| &rest[..rest.find("</table>").unwrap() + 8]).collect::<Vec<_>>().join("\n")
}

/// The form without its numbers.
fn empty_form() -> String {
    regex::Regex::new(r">\s*[+-]?[\d.,]+\s*<").unwrap().replace_all(&tables(), "><").into_owned()
}

fn pages(file: &str) -> Vec<Page<'_>> {
    file.split("\n=== ")
        .skip(1)
        .map(|block| {
            let (head, text) = block.split_once("\n---\n").unwrap();
            let mut lines = head.lines();
            let name = lines.next().unwrap();
            let expected = lines.map(|line| line.split_once(": ").unwrap()).collect();
            let text = text
                .replace("{{parts}}", PARTS)
                .replace("{{html-parts}}", &parts_html())
                .replace("{{tables}}", &tables())
                .replace("{{empty-form}}", &empty_form());
            Page { name, expected, text }
        })
        .collect()
}

fn said(report: &Report, reports: usize, key: &str) -> String {
    let quote = |quote: &Option<Quote>| quote.as_ref().map_or("-".to_owned(), |quote| quote.text.clone());
    let list = |items: Vec<String>| if items.is_empty() { "-".to_owned() } else { items.join(" ") };
    match key {
        "kind" => report.kind.as_str().to_owned(),
        "error" => report.error.as_ref().map_or("-".to_owned(), |error| error.message.clone()),
        "title" => quote(&report.title),
        "publisher" => quote(&report.publisher),
        "index" => quote(&report.index_number),
        "year" => report.year.map_or("-".to_owned(), |year| year.to_string()),
        "signed" => report.signed.map_or("-".to_owned(), |date| date.to_string()),
        "published" => report
            .published
            .as_ref()
            .map_or("-".to_owned(), |published| format!("{} {}", published.date, published.kind.as_str())),
        "sections" => list(report.sections.iter().map(|part| part.number.to_string()).collect()),
        "headings" => list(
            report
                .sections
                .iter()
                .filter(|part| part.heading.is_some())
                .map(|part| part.number.to_string())
                .collect(),
        ),
        "hints" => {
            list(report.hints.iter().map(|hint| format!("{:?}:{}", hint.kind, hint.quote.text)).collect())
        }
        "reports" => reports.to_string(),
        other => format!("no such expectation: {other}"),
    }
}

/// Reads every page of a file and compares what it is expected to say.
pub(crate) fn check(file: &str) {
    let mut wrong = Vec::new();
    let pages = pages(file);
    assert!(!pages.is_empty());
    for page in &pages {
        let hints = Hints {
            content_type: page.expected.get("type").copied(),
            url: page.expected.get("url").copied(),
        };
        let reports = read(page.text.as_bytes(), hints);
        reports.iter().for_each(assert_spans);
        for (key, expected) in page.expected.iter().filter(|(key, _)| !matches!(**key, "type" | "url")) {
            let said = said(&reports[0], reports.len(), key);
            let fits = if *key == "error" { said.contains(expected) } else { said == *expected };
            if !fits {
                wrong.push(format!("{}: {key} is {said:?}, not {expected:?}", page.name));
            }
        }
    }
    assert!(wrong.is_empty(), "{} pages\n{}", pages.len(), wrong.join("\n"));
}

//! Publisher, year, dates and numbers from wherever a page prints them; what a revision changes and what it does not.
use std::path::PathBuf;

use gongkai_reading::{Hints, content, read};

use crate::{
    assert_spans,
    metadata_pages::{check, tables},
    metadata_titles::parts_html,
};

#[test]
fn html_tables_far_down_a_text_are_read_and_its_lines_stay_lines() {
    let long = "本机关依法公开政府信息，主动公开内容不断丰富。\n\n".repeat(300);
    let tables = tables();
    let text = format!(
        "# 云泽市教育局2024年政府信息公开工作年度报告\n\n## 一、总体情况\n\n{long}## 二、主动公开政府信息情况\n\n{tables}\n\n## 五、存在的主要问题及改进情况\n\n公开不够及时，将加以改进。\n"
    );
    let report = read(text.as_bytes(), Hints::default()).remove(0);
    let headed: Vec<u8> =
        report.sections.iter().filter(|part| part.heading.is_some()).map(|part| part.number).collect();
    assert_eq!((headed, report.tables.len()), (vec![1, 2, 5], 3));
    assert_spans(&report);
}

#[test]
fn metadata_is_read_from_the_strongest_place() {
    check(include_str!("pages/metadata.txt"));
}

fn page(counter: &str, links: &str, sentence: &str, number: &str, signed: &str) -> String {
    let parts = parts_html()
        .replace("主动公开信息三十余条。", &format!("主动公开信息三十余条，{sentence}</p><table><tr><td>图解</td><td>{number}</td></tr></table><p>另有公报。"))
        .replace("<p>无。</p>", &format!("<p>无。</p><p>云泽市教育局</p><p>{signed}</p>"));
    format!(
        "<html><head><title>云泽之窗</title></head><body><p>今天是2026年3月{counter}日 星期三</p><h1>云泽市教育局2024年政府信息公开工作年度报告</h1>\
         <p>发布时间：2025-01-20 浏览次数：{counter}</p><p>【字体：大 中 小】</p>\
         <p>根据条例规定，编制本年度报告，欢迎查阅。</p>{parts}<p>浏览次数：{counter}</p><p>相关链接</p>{links}<p>您是第{counter}位访客</p></body></html>"
    )
}

fn told(page: &str) -> String {
    content(&read(page.as_bytes(), Hints::default()).remove(0))
}

#[test]
fn counters_clocks_and_links_are_no_revision() {
    let one = page("7", "<p><a href=a>甲</a></p>", "较上年增加。", "3", "2025年1月20日");
    let other = page(
        "19",
        "<p><a href=b>乙乙</a></p><p>云泽市2019年政府信息公开工作年度报告</p>",
        "较上年增加。",
        "3",
        "2025年1月20日",
    );
    assert_eq!(told(&one), told(&other));
}

#[test]
fn a_cell_a_sentence_or_the_signature_is_a_revision() {
    let base = told(&page("7", "", "较上年增加。", "3", "2025年1月20日"));
    for other in [
        page("7", "", "较上年增加。", "4", "2025年1月20日"),
        page("7", "", "较上年减少。", "3", "2025年1月20日"),
        page("7", "", "较上年增加。", "3", "2025年1月21日"),
        page("7", "", "较上年增加。", "3", "2025年1月20日").replace("欢迎查阅", "欢迎查询"),
        page("7", "", "较上年增加。", "3", "2025年1月20日").replace("教育局2024年", "教育局2023年"),
    ] {
        assert_ne!(told(&other), base);
    }
}

#[test]
fn a_report_without_parts_has_its_sentences_compared() {
    let page = |count: &str, sentence: &str| {
        format!(
            "<h1>云泽市教育局2018年政府信息公开工作年度报告</h1><p>浏览次数：{count}</p><p>全年主动公开政府信息三十余条，{sentence}</p><p>访问量{count}</p>"
        )
    };
    assert_eq!(told(&page("5", "未收到申请。")), told(&page("6", "未收到申请。")));
    assert_ne!(told(&page("5", "未收到申请。")), told(&page("5", "收到申请一件。")));
}

/// The value of a string, number or null of the flat golden files.
fn golden(text: &str, key: &str) -> Option<String> {
    let rest = text.split_once(&format!("\"{key}\":"))?.1.trim_start();
    if let Some(rest) = rest.strip_prefix('"') {
        return rest.split('"').next().map(str::to_owned);
    }
    let end = if rest.starts_with('[') { rest.find(']')? + 1 } else { rest.find([',', '\n', '}'])? };
    let value: String = rest[..end].chars().filter(|c| !c.is_whitespace()).collect();
    (value != "null").then_some(value)
}

#[test]
fn real_reports_give_their_metadata() {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared");
    if !root.join("golden").is_dir() {
        return;
    }
    for (folder, extension) in [("seeds", "txt"), ("real", "html"), ("real", "md")] {
        for entry in std::fs::read_dir(root.join("corpus").join(folder)).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
            let meta = root.join("golden").join(format!("{name}.meta.json"));
            if path.extension().is_none_or(|e| e != extension) || !meta.is_file() {
                continue;
            }
            let meta = std::fs::read_to_string(meta).unwrap();
            let report = read(&std::fs::read(&path).unwrap(), Hints::default()).remove(0);
            assert_spans(&report);
            let numbers = |headed: bool| {
                let parts = report
                    .sections
                    .iter()
                    .filter(|part| part.number <= 6 && (!headed || part.heading.is_some()));
                format!("[{}]", parts.map(|part| part.number.to_string()).collect::<Vec<_>>().join(","))
            };
            let said = [
                ("title", report.title.as_ref().map(|title| title.text.clone())),
                ("publisher", report.publisher.as_ref().map(|name| name.text.clone())),
                ("year", report.year.map(|year| year.to_string())),
                ("form", report.form().map(str::to_owned)),
                ("published", report.published.as_ref().map(|published| published.date.to_string())),
                (
                    "published_kind",
                    report.published.as_ref().map(|published| published.kind.as_str().to_owned()),
                ),
                ("sections_present", Some(numbers(false))),
                ("headings_present", Some(numbers(true))),
            ];
            for (key, value) in said {
                assert_eq!(value, golden(&meta, key), "{name} {key}");
            }
        }
    }
}

//! Titles as they are printed, each in a page of several makes: `pages/titles.tsv` holds them, invented.
use gongkai_reading::{Hints, read};

/// Six short parts, to stand behind a title.
pub(crate) const PARTS: &str = "一、总体情况\n本机关依法公开政府信息，全年主动公开信息三十余条。\n二、主动公开政府信息情况\n主动公开信息三十余条。\n三、收到和处理政府信息公开申请情况\n未收到政府信息公开申请。\n四、政府信息公开行政复议、行政诉讼情况\n未发生行政复议、行政诉讼。\n五、存在的主要问题及改进情况\n存在公开不够及时的问题，下一步将加强改进。\n六、其他需要报告的事项\n无。\n";

/// The same as paragraphs.
pub(crate) fn parts_html() -> String {
    PARTS.lines().map(|line| format!("<p>{line}</p>\n")).collect()
}

struct Case {
    lines: Vec<String>,
    title: Option<String>,
    publisher: Option<String>,
    year: Option<i16>,
}

fn cases() -> Vec<Case> {
    let some = |text: &str| (text != "-").then(|| text.to_owned());
    include_str!("pages/titles.tsv")
        .lines()
        .skip(1)
        .filter(|line| !line.trim().is_empty())
        .map(|line| {
            let columns: Vec<&str> = line.split('\t').collect();
            assert_eq!(columns.len(), 4, "{line}");
            let (printed, title, publisher, year) = (columns[0], columns[1], columns[2], columns[3]);
            Case {
                lines: printed.split(" / ").map(str::to_owned).collect(),
                title: some(title),
                publisher: some(publisher),
                year: some(year).map(|year| year.parse().unwrap()),
            }
        })
        .collect()
}

fn check(case: &Case, make: &str, page: &str) {
    let report = read(page.as_bytes(), Hints::default()).remove(0);
    let text = |quote: &Option<gongkai_model::Quote>| quote.as_ref().map(|quote| quote.text.clone());
    assert_eq!(
        (text(&report.title), text(&report.publisher), report.year),
        (case.title.clone(), case.publisher.clone(), case.year),
        "{make}: {:?}\n{page}",
        case.lines
    );
    for quote in [&report.title, &report.publisher].into_iter().flatten() {
        let covered: String = quote.span.of(&report.text).chars().filter(|c| !c.is_whitespace()).collect();
        assert!(covered.contains(&quote.text), "{make}: {covered} {quote:?}");
    }
}

#[test]
fn titles_in_plain_text() {
    for case in cases() {
        check(&case, "text", &format!("{}\n\n{PARTS}", case.lines.join("\n")));
        check(
            &case,
            "text with a path above",
            &format!("首页 > 政务公开 > 2016年政府信息公开年度报告\n{}\n\n{PARTS}", case.lines.join("\n")),
        );
    }
}

#[test]
fn titles_on_a_web_page() {
    let menu = "<ul><li><a href=a>政府信息公开年报</a></li><li><a href=b>兰溪市2017年政府信息公开工作年度报告</a></li></ul>";
    for case in cases() {
        let broken = case.lines.join("<br>");
        let parts = parts_html();
        check(
            &case,
            "paragraph",
            &format!(
                "<html><body>{menu}<p style='text-align:center'>{broken}</p>{parts}<p>相关链接</p><p>兰溪市2018年政府信息公开工作年度报告</p></body></html>"
            ),
        );
        if !case.lines[0].starts_with('#') {
            check(
                &case,
                "heading",
                &format!(
                    "<html><head><title>云泽之窗</title></head><body>{menu}<h1>{broken}</h1><div>{parts}</div>{menu}</body></html>"
                ),
            );
        }
    }
}

#[test]
fn the_title_element_serves_without_the_site_s_name() {
    let title = "云泽市教育局2024年政府信息公开工作年度报告";
    for head in [
        format!("{title}_云泽市人民政府"),
        format!("云泽市人民政府-{title}"),
        format!("{title} | 政府信息公开年报 | 云泽之窗"),
        format!("年度报告 - {title} - 云泽市人民政府门户网站"),
        title.to_owned(),
    ] {
        let page = format!(
            "<html><head><title>{head}</title></head><body><a href=x>首页</a>{}</body></html>",
            parts_html()
        );
        let report = read(page.as_bytes(), Hints::default()).remove(0);
        assert_eq!(report.title.map(|title| title.text).as_deref(), Some(title), "{head}");
        assert_eq!(report.publisher.map(|name| name.text).as_deref(), Some("云泽市教育局"), "{head}");
    }
}

#[test]
fn the_list_s_short_title_gives_way_to_the_report_s_own() {
    let page = format!(
        "<html><body><h1>2024年政府信息公开年度报告</h1><p>云泽市王楼镇人民政府</p><p>云泽市王楼镇人民政府2024年政府信息公开工作年度报告</p>{}</body></html>",
        parts_html()
    );
    let report = read(page.as_bytes(), Hints::default()).remove(0);
    assert_eq!(
        report.title.map(|title| title.text).as_deref(),
        Some("云泽市王楼镇人民政府2024年政府信息公开工作年度报告")
    );
}

#[test]
fn a_menu_of_other_years_names_no_title() {
    let years: String = (2016..2024).map(|year| format!("{year}年政府信息公开工作年度报告\n")).collect();
    let page =
        format!("政府信息公开年报\n{years}热搜词：公积金 医保\n2024年政府信息公开工作年度报告\n\n{PARTS}");
    let report = read(page.as_bytes(), Hints::default()).remove(0);
    assert_eq!(report.year, Some(2024));
    let links: String = (2016..2024)
        .map(|year| format!("<li><a href={year}>云泽市{year}年政府信息公开工作年度报告</a></li>"))
        .collect();
    let page = format!(
        "<html><body><ul>{links}</ul><p>本统计期为2024年1月1日至2024年12月31日。</p>{}<ul>{links}</ul></body></html>",
        parts_html()
    );
    let report = read(page.as_bytes(), Hints::default()).remove(0);
    assert_eq!((report.title, report.year), (None, Some(2024)));
}

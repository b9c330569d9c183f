//! A dozen invented reports whose numbers are written here, for sums and rates that a hand has computed.
use std::{fmt::Write as _, time::Duration};

use gongkai_testkit::site::{Page, Site};

/// A body and its reports: id, name, division code, level, kind.
const BODIES: [(&str, &str, &str, &str, &str); 11] = [
    ("a", "岫水市教育局", "990100", "prefecture", "department"),
    ("b", "岫水市民政局", "990100", "prefecture", "department"),
    ("c", "岫水市财政局", "990100", "prefecture", "department"),
    ("d", "岫水市水利局", "990100", "prefecture", "department"),
    ("e", "岫水市司法局", "990100", "prefecture", "department"),
    ("f", "岫水市审计局", "990100", "prefecture", "department"),
    ("g", "岫水市人民政府", "990100", "prefecture", "government"),
    ("h", "汀垣县教育局", "990221", "county", "department"),
    ("i", "汀垣县民政局", "990221", "county", "department"),
    ("j", "霁屏县财政局", "990122", "county", "department"),
    ("k", "汀垣县水利局", "990221", "county", "department"),
];

/// A report. Numbers stand as the form has them, in the column 总计; `x` is a blank cell.
struct Report {
    body: &'static str,
    year: i16,
    published: &'static str,
    /// 一, 二, （一）, （二）, （三）, （四）, （五）, （六）, （七）, 四.
    requests: &'static str,
    /// 维持, 纠正, 其他, 尚未审结, 总计 of 复议, 未经复议, 复议后.
    proceedings: &'static str,
}

const fn report(
    body: &'static str,
    year: i16,
    published: &'static str,
    requests: &'static str,
    proceedings: &'static str,
) -> Report {
    Report { body, year, published, requests, proceedings }
}

const NONE: &str = "0 0 0 0 0  0 0 0 0 0  0 0 0 0 0";

/// e contradicts itself (see [`page`]), i lacks part six, j is late, f and k have published nothing.
const REPORTS: [Report; 12] = [
    report("a", 2024, "2025-01-20", "10 0   8  1  0  1  0  0   10  0", NONE),
    report("b", 2024, "2025-01-20", "20 2  10  5  3  2  1  0   21  1", NONE),
    report("h", 2024, "2025-01-20", "10 0  10  0  0  0  0  0   10  0", NONE),
    report("a", 2025, "2026-01-12", "15 0  10  2  1  1  1  0   15  0", "2 1 0 1 4  1 0 0 0 1  0 0 0 0 0"),
    report("b", 2025, "2026-01-13", "30 1  12  6  4  3  2  1   28  3", "0 2 1 0 3  2 1 0 1 4  0 1 0 0 1"),
    report("c", 2025, "2026-01-14", " 7 0   7  0  0  0  0  0    7  0", NONE),
    report("d", 2025, "2026-01-15", " 4 0   4  0  x  0  0  0    4  0", NONE),
    report("e", 2025, "2026-01-16", " 9 0   9  0  0  0  0  0    9  0", "0 9 0 0 9  0 0 0 0 0  0 0 0 0 0"),
    report("g", 2025, "2026-01-17", "500 20 300 50 60 40 30 10 490 30", "5 2 1 2 10 4 1 1 1 7  2 0 0 1 3"),
    report("h", 2025, "2026-01-18", " 8 0   4  2  0  1  0  1    8  0", "1 0 0 0 1  0 0 0 0 0  0 0 0 0 0"),
    report("i", 2025, "2026-01-19", " 2 1   1  0  1  0  0  0    2  1", NONE),
    report("j", 2025, "2026-02-10", " 0 0   0  0  0  0  0  0    0  0", NONE),
];

/// Documents of the season.
pub(super) const DOCUMENTS: usize = REPORTS.len();
/// The season's day: what is due on 31 January and not there is overdue, and not yet missing.
pub(super) const TODAY: &str = "2026-02-20";

/// The registry of bodies.
pub(super) fn registry() -> String {
    let mut csv = String::from(
        "id,name,former_names,code,level,kind,parent,site,local_due,vertical,rule_making,reports_itself,valid_from,valid_to,successor\n",
    );
    for (id, name, code, level, kind) in BODIES {
        writeln!(csv, "{id},{name},,{code},{level},{kind},,xiushui,,false,,true,,,").unwrap();
    }
    csv
}

/// The profile of the site that is served at `root`.
pub(super) fn profile(root: &str) -> String {
    format!(
        "id = \"xiushui\"\nname = \"岫水市人民政府门户网站\"\nregion = \"9901\"\nhome = \"{root}\"\nhosts = [\"127.0.0.1\"]\n\
         interval_ms = 0\nrevisit_s = 86400\n\n\
         [[column]]\nname = \"reports\"\nstart = [\"{root}list.html\"]\nlist = \"ul.list\"\nitem = \"ul.list > li\"\n\
         include = [\"年度报告$\"]\ndetail = \"any\"\nbody = {{ named = true }}\n"
    )
}

/// Puts all pages and the list on a site.
pub(super) fn publish(site: &Site) {
    let mut list = String::from("<html><body><ul class=\"list\">");
    for report in &REPORTS {
        let path = format!("/{}-{}.html", report.body, report.year);
        write!(list, "<li><a href=\"{path}\">{}</a></li>", title(report)).unwrap();
        site.put(&path, Page::html(page(report)));
    }
    // Long enough for Prometheus to see every counter at its beginning.
    site.put("/list.html", Page::html(list + "</ul></body></html>").delay(Duration::from_secs(4)));
}

fn name(report: &Report) -> &'static str {
    BODIES.iter().find(|body| body.0 == report.body).unwrap().1
}

fn title(report: &Report) -> String {
    format!("{}{}年政府信息公开工作年度报告", name(report), report.year)
}

/// One page with the three tables of the form of 2021. e prints one request too many under 总计.
fn page(report: &Report) -> String {
    let title = title(report);
    let area = if report.body == "g" { "本报告汇总全市各级行政机关的数据。" } else { "" };
    let last = match report.body {
        "i" => "",
        _ => "<p>六、其他需要报告的事项</p><p>本年度未发出收费通知，未收取信息处理费，总金额0元。</p>",
    };
    format!(
        "<html><head><title>{title}</title></head><body><h1>{title}</h1><p>发布时间：{}</p><div class=\"content\">\
         <p>根据《中华人民共和国政府信息公开条例》（国务院令第711号）编制本报告。{area}</p>\
         <p>一、总体情况</p><p>{area}（一）主动公开。在门户网站公开各类信息，公开率稳步提高。（二）依申请公开。依法办理收到的申请。\
         （三）政府信息管理。规范信息的制作、审查和归档。（四）平台建设。维护门户网站专栏。\
         （五）监督保障。开展业务培训和考核，社会评议满意，未发生责任追究。</p>\
         <p>二、主动公开政府信息情况</p>{}\
         <p>三、收到和处理政府信息公开申请情况</p>{}\
         <p>四、政府信息公开行政复议、行政诉讼情况</p>{}\
         <p>五、存在的主要问题及改进情况</p><p>存在的问题是解读形式单一。改进措施：增加图解，加强培训。</p>{last}</div></body></html>",
        report.published,
        disclosure(),
        requests(report),
        proceedings(report),
    )
}

fn disclosure() -> String {
    let mut table = String::from("<table border=\"1\">");
    let head = |table: &mut String, words: &str, columns: [&str; 3]| {
        write!(table, "<tr><td colspan=\"4\">{words}</td></tr>").unwrap();
        let [first, second, third] = columns;
        if second.is_empty() {
            write!(table, "<tr><td>信息内容</td><td colspan=\"3\">{first}</td></tr>").unwrap();
        } else {
            write!(table, "<tr><td>信息内容</td><td>{first}</td><td>{second}</td><td>{third}</td></tr>")
                .unwrap();
        }
    };
    head(&mut table, "第二十条第（一）项", ["本年制发件数", "本年废止件数", "现行有效件数"]);
    for row in ["规章", "行政规范性文件"] {
        write!(table, "<tr><td>{row}</td><td>0</td><td>0</td><td>0</td></tr>").unwrap();
    }
    let blocks: [(&str, &str, &[&str]); 3] = [
        ("第二十条第（五）项", "本年处理决定数量", &["行政许可"]),
        ("第二十条第（六）项", "本年处理决定数量", &["行政处罚", "行政强制"]),
        ("第二十条第（八）项", "本年收费金额（单位：万元）", &["行政事业性收费"]),
    ];
    for (words, column, rows) in blocks {
        head(&mut table, words, [column, "", ""]);
        for row in rows {
            write!(table, "<tr><td>{row}</td><td colspan=\"3\">0</td></tr>").unwrap();
        }
    }
    table + "</table>"
}

/// Rows of part three: the cells that stand before the numbers, and which of the written numbers it shows; the others are 0.
const ROWS: [(&str, Option<usize>); 25] = [
    ("<td colspan=\"3\">一、本年新收政府信息公开申请数量</td>", Some(0)),
    ("<td colspan=\"3\">二、上年结转政府信息公开申请数量</td>", Some(1)),
    ("<td rowspan=\"22\">三、本年度办理结果</td><td colspan=\"2\">（一）予以公开</td>", Some(2)),
    ("<td colspan=\"2\">（二）部分公开（区分处理的，只计这一情形，不计其他情形）</td>", Some(3)),
    ("<td rowspan=\"8\">（三）不予公开</td><td>1.属于国家秘密</td>", None),
    ("<td>2.其他法律行政法规禁止公开</td>", None),
    ("<td>3.危及“三安全一稳定”</td>", None),
    ("<td>4.保护第三方合法权益</td>", None),
    ("<td>5.属于三类内部事务信息</td>", Some(4)),
    ("<td>6.属于四类过程性信息</td>", None),
    ("<td>7.属于行政执法案卷</td>", None),
    ("<td>8.属于行政查询事项</td>", None),
    ("<td rowspan=\"3\">（四）无法提供</td><td>1.本机关不掌握相关政府信息</td>", Some(5)),
    ("<td>2.没有现成信息需要另行制作</td>", None),
    ("<td>3.补正后申请内容仍不明确</td>", None),
    ("<td rowspan=\"5\">（五）不予处理</td><td>1.信访举报投诉类申请</td>", None),
    ("<td>2.重复申请</td>", Some(6)),
    ("<td>3.要求提供公开出版物</td>", None),
    ("<td>4.无正当理由大量反复申请</td>", None),
    ("<td>5.要求行政机关确认或重新出具已获取信息</td>", None),
    (
        "<td rowspan=\"3\">（六）其他处理</td><td>1.申请人无正当理由逾期不补正、行政机关不再处理其政府信息公开申请</td>",
        None,
    ),
    ("<td>2.申请人逾期未按收费通知要求缴纳费用、行政机关不再处理其政府信息公开申请</td>", None),
    ("<td>3.其他</td>", Some(7)),
    ("<td colspan=\"2\">（七）总计</td>", Some(8)),
    ("<td colspan=\"3\">四、结转下年度继续办理</td>", Some(9)),
];

fn requests(report: &Report) -> String {
    let numbers: Vec<&str> = report.requests.split_whitespace().collect();
    assert_eq!(numbers.len(), 10);
    let mut table = String::from(
        "<table border=\"1\"><tr><td colspan=\"3\" rowspan=\"3\">（本列数据的勾稽关系为：第一项加第二项之和，等于第三项加第四项之和）</td>\
         <td colspan=\"7\">申请人情况</td></tr><tr><td rowspan=\"2\">自然人</td><td colspan=\"5\">法人或其他组织</td>\
         <td rowspan=\"2\">总计</td></tr><tr><td>商业企业</td><td>科研机构</td><td>社会公益组织</td><td>法律服务机构</td><td>其他</td></tr>",
    );
    for (row, (cells, number)) in ROWS.iter().enumerate() {
        let own = number.map_or("0", |at| numbers[at]);
        let own = if own == "x" { "" } else { own };
        let total = if report.body == "e" && row == 0 { "10" } else { own };
        write!(table, "<tr>{cells}<td>{own}</td>{}<td>{total}</td></tr>", "<td>0</td>".repeat(5)).unwrap();
    }
    table + "</table>"
}

fn proceedings(report: &Report) -> String {
    let numbers: Vec<&str> = report.proceedings.split_whitespace().collect();
    assert_eq!(numbers.len(), 15);
    let columns = ["结果维持", "结果纠正", "其他结果", "尚未审结", "总计"];
    let cells = |rows: &str| columns.map(|column| format!("<td{rows}>{column}</td>")).concat();
    let numbers: String = numbers.iter().map(|number| format!("<td>{number}</td>")).collect();
    format!(
        "<table border=\"1\"><tr><td colspan=\"5\">行政复议</td><td colspan=\"10\">行政诉讼</td></tr>\
         <tr>{}<td colspan=\"5\">未经复议直接起诉</td><td colspan=\"5\">复议后起诉</td></tr><tr>{}{}</tr><tr>{numbers}</tr></table>",
        cells(" rowspan=\"2\""),
        cells(""),
        cells("")
    )
}

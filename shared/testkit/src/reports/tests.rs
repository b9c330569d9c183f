//! What the generator promises: sound numbers, defects that break what they name, layouts that hold every cell.
use gongkai_model::{CellState, Key, Kind, form, form_of_year};
use jiff::civil::date;

use super::*;

fn plan(year: i16, layout: Layout, defects: Vec<Defect>) -> ReportPlan {
    ReportPlan {
        issuer: Issuer {
            name: "云泽市民政局".into(),
            kind: Kind::Department,
            portal: "云泽市人民政府门户网站".into(),
            matters: ["社会救助标准", "养老服务机构名录", "社会组织年检结果"],
            rule_making: false,
        },
        year,
        form: form_of_year(year).unwrap(),
        scale: Scale::Middle,
        published: date(year + 1, 1, 20),
        layout,
        defects,
        seed: 7,
    }
}

fn key(name: &str) -> Key {
    Key::find(name).unwrap()
}

fn places(report: &Generated) -> Vec<String> {
    let text = |finding: &PlannedFinding| {
        let table = finding.table.map(|table| table.to_string()).unwrap_or_default();
        let column = finding.column.map(|column| column.to_string()).unwrap_or_default();
        format!("{} {table} {} {column}", finding.code, finding.row.clone().unwrap_or_default())
            .trim_end()
            .to_owned()
    };
    report.findings.iter().map(text).collect()
}

fn broken_by(defect: Defect) -> Vec<String> {
    places(&plan(2025, Layout::TablePage, vec![defect]).generate())
}

#[test]
fn every_drawn_report_without_defects_holds_all_relations() {
    for seed in 0..400 {
        let mut plan = ReportPlan::random(seed);
        plan.defects.clear();
        plan.layout = Layout::TablePage;
        let report = plan.generate();
        let size: usize = plan.form.tables.iter().map(|table| table.size()).sum();
        assert_eq!((places(&report), report.cells.len()), (vec![], size), "seed {seed}");
    }
}

#[test]
fn the_balance_holds_when_added_up_by_hand() {
    let report = plan(2025, Layout::TablePage, vec![]).generate();
    let of = |row: &str, column: &str| report.cell("requests", row, column).unwrap().value.unwrap();
    for column in ["natural_person", "commercial_enterprise", "other", "total"] {
        let (came, went) = (
            of("new_received", column) + of("carried_over", column),
            of("results_total", column) + of("carried_forward", column),
        );
        assert_eq!(came, went, "{column}");
    }
    assert!(of("new_received", "total") > rust_decimal::Decimal::ZERO);
}

#[test]
fn the_same_plan_gives_the_same_bytes_and_another_seed_others() {
    let first = ReportPlan::random(11);
    assert_eq!(first.generate().content, ReportPlan::random(11).generate().content);
    assert_ne!(first.generate().content, ReportPlan::random(12).generate().content);
}

#[test]
fn a_wrong_total_of_a_result_breaks_its_row_and_the_sum() {
    let defect = Defect::WrongTotal { table: key("requests"), row: key("granted"), by: 1 };
    assert_eq!(broken_by(defect), ["T301 requests granted total", "T302 requests results_total total"]);
}

#[test]
fn a_wrong_total_of_a_review_breaks_its_block() {
    let defect = Defect::WrongTotal { table: key("proceedings"), row: key("review"), by: 2 };
    assert_eq!(broken_by(defect), ["T401 proceedings review total"]);
}

#[test]
fn an_unbalanced_column_breaks_its_balance_and_that_of_the_totals() {
    let defect = Defect::UnbalancedColumn { column: key("natural_person"), by: 3 };
    assert_eq!(broken_by(defect), ["T303 requests  natural_person", "T303 requests  total"]);
}

#[test]
fn what_is_missing_is_named_and_breaks_nothing_else() {
    assert_eq!(broken_by(Defect::MissingTable(key("proceedings"))), ["S103 proceedings"]);
    assert_eq!(
        broken_by(Defect::MissingRow { table: key("requests"), row: key("denied.state_secret") }),
        ["S110 requests denied.state_secret"]
    );
    assert_eq!(broken_by(Defect::MissingSection(4)), ["S102  4", "S103 proceedings"]);
    assert_eq!(broken_by(Defect::MissingSection(5)), ["S102  5"]);
}

#[test]
fn blanks_are_blank_and_break_no_relation() {
    let defect = Defect::BlankColumn { table: key("requests"), column: key("total") };
    let report = plan(2025, Layout::StyledPage, vec![defect]).generate();
    let cell = report.cell("requests", "granted", "total").unwrap();
    assert_eq!((cell.value, cell.state()), (None, CellState::Blank));
    assert_eq!(places(&report), ["S113 requests"]);
}

#[test]
fn a_cell_that_is_no_number_is_unreadable() {
    let text = |text: &str| Defect::Text {
        table: key("disclosure"),
        row: key("licensing"),
        column: key("decisions"),
        text: text.into(),
    };
    assert_eq!(broken_by(text("若干")), ["S111 disclosure licensing decisions"]);
    assert_eq!(broken_by(text("-3")), ["T201 disclosure licensing decisions"]);
}

#[test]
fn tables_of_another_year_are_named() {
    let mut plan = plan(2024, Layout::TablePage, vec![]);
    plan.form = form("2019").unwrap();
    assert_eq!(places(&plan.generate()), ["S104 disclosure", "S104 requests"]);
}

#[test]
fn a_narrative_has_no_cells_and_lacks_three_tables() {
    let report = plan(2025, Layout::NarrativePage, vec![]).generate();
    assert_eq!(places(&report), ["S103 disclosure", "S103 requests", "S103 proceedings"]);
    assert!(report.cells.is_empty() && !report.content.contains("法律服务机构"));
}

#[test]
fn a_styled_page_is_as_large_as_real_ones() {
    let size = plan(2025, Layout::StyledPage, vec![]).generate().content.len();
    assert!((40_000..80_000).contains(&size), "{size} bytes");
}

#[test]
fn every_row_of_a_drawn_table_fills_the_same_width() {
    for id in ["2019", "2021"] {
        let form = form(id).unwrap();
        let cells = draw::cells(form, Scale::Small, false, &mut Rng::with_seed(1));
        for table in &form.tables {
            let grid = grid::draw(form, table.key, &cells).unwrap();
            let mut covered = vec![0_usize; grid.rows.len()];
            for (at, row) in grid.rows.iter().enumerate() {
                for cell in row {
                    covered.iter_mut().skip(at).take(cell.rowspan).for_each(|width| *width += cell.colspan);
                }
            }
            assert!(covered.iter().all(|width| *width == grid.width), "{id} {}: {covered:?}", table.key);
        }
    }
}

#[test]
fn flattened_layouts_print_every_number_in_the_order_of_the_form() {
    for layout in
        [Layout::LinesText(Bars::OwnLine), Layout::LinesText(Bars::Trailing), Layout::LinesText(Bars::None)]
    {
        let report = plan(2020, layout, vec![]).generate();
        let mut numbers =
            report.content.lines().filter_map(|line| line.split_once(" |")).map(|(cell, _)| cell);
        for cell in &report.cells {
            assert!(numbers.any(|number| number == cell.printed), "{layout:?}: {cell:?}");
        }
    }
}

#[test]
fn cells_lost_under_spans_leave_bars_where_the_style_has_them() {
    let text = |bars| plan(2019, Layout::LinesText(bars), vec![]).generate().content;
    assert!(text(Bars::OwnLine).contains("第二十条第(一)项 |\n|||\n信息内容 |"));
    assert!(text(Bars::Trailing).contains("第二十条第(一)项 | |||\n信息内容 |"));
    assert!(text(Bars::None).contains("第二十条第(一)项 |\n信息内容 |"));
}

#[test]
fn tabbed_rows_leave_places_under_spans_empty() {
    let report = plan(2019, Layout::TabsText, vec![]).generate();
    assert!(report.content.starts_with("# 云泽市民政局2019年政府信息公开工作年度报告\n"));
    assert!(report.content.contains("\n### 三、收到和处理") && report.content.contains("\n#### 四、"));
    let first = report.cell("requests", "denied.law_prohibited", "natural_person").unwrap();
    assert!(report.content.contains(&format!("\n\t\t2.其他法律行政法规禁止公开\t{}\t", first.printed)));
}

#[test]
fn the_sentences_agree_with_the_table() {
    let report = plan(2025, Layout::TablePage, vec![]).generate();
    let value = report.cell("requests", "new_received", "total").unwrap().value.unwrap();
    assert!(report.content.contains(&format!("新收政府信息公开申请{value}件")));
}

#[test]
fn the_expected_lines_have_the_columns_of_extract() {
    let report = plan(2019, Layout::TablePage, vec![]).generate();
    let lines = report.cells_tsv("a.html");
    assert!(lines.lines().all(|line| line.split('\t').count() == 7));
    assert_eq!(lines.lines().next(), Some("a.html\tdisclosure\tregulations\tmade\t0\tprinted\t0"));
}

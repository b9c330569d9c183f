//! What a report says, part by part, before any layout: headings, paragraphs and drawn tables.
use fastrand::Rng;
use gongkai_model::form_of_year;

use super::{
    Cells, Defect, ReportPlan,
    grid::{self, Grid},
    narrative::{self, Facts},
};

/// One piece of a report.
#[derive(Clone, Debug)]
pub(super) enum Piece {
    /// Heading of one of the six parts.
    Part(String),
    /// Heading inside a part.
    Head(String),
    /// A paragraph.
    Text(String),
    /// A statutory table.
    Table(Grid),
    /// Name and date under the text.
    Signature(String),
}

/// A report without layout.
#[derive(Clone, Debug)]
pub(super) struct Outline {
    pub(super) title: String,
    pub(super) pieces: Vec<Piece>,
}

const PARTS: [(u8, &str); 6] = [
    (1, "一、总体情况"),
    (2, "二、主动公开政府信息情况"),
    (3, "三、收到和处理政府信息公开申请情况"),
    (4, "四、政府信息公开行政复议、行政诉讼情况"),
    (5, "五、存在的主要问题及改进情况"),
    (6, "六、其他需要报告的事项"),
];

/// Text from the sound cells, tables from the cells with their defects.
pub(super) fn compose(plan: &ReportPlan, sound: &Cells, cells: &Cells, rng: &mut Rng) -> Outline {
    let facts = Facts { plan, cells: sound };
    let notice = form_of_year(plan.year).map(|form| form.notice).unwrap_or_default();
    let mut pieces = vec![Piece::Text(narrative::preface(&facts, notice, rng))];
    for (part, heading) in PARTS {
        if plan.defects.contains(&Defect::MissingSection(part)) {
            continue;
        }
        pieces.push(Piece::Part(heading.to_owned()));
        match part {
            1 => pieces.extend(narrative::summary(&facts, rng)),
            5 => pieces.extend(narrative::problems(&facts, rng).map(Piece::Text)),
            6 => pieces.push(Piece::Text(narrative::other_matters(&facts, rng))),
            _ => pieces.push(statutory(&facts, part, cells)),
        }
    }
    if rng.bool() {
        pieces.push(Piece::Signature(plan.issuer.name.clone()));
        pieces.push(Piece::Signature(plan.published.strftime("%Y年%-m月%-d日").to_string()));
    }
    Outline {
        title: format!("{}{}年政府信息公开工作年度报告", plan.issuer.name, plan.year), pieces
    }
}

/// The table of a part, or a sentence where it is missing.
fn statutory(facts: &Facts<'_>, part: u8, cells: &Cells) -> Piece {
    let form = facts.plan.form;
    let table = form.tables.iter().find(|table| table.section == part);
    let grid = table.and_then(|table| grid::draw(form, table.key, cells));
    grid.map_or_else(|| Piece::Text(narrative::instead_of_table(facts, part)), Piece::Table)
}

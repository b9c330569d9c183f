//! Plans drawn from a seed, for tests and measurements on many reports.
use fastrand::Rng;
use gongkai_model::{Form, Key, Kind, form_of_year};
use jiff::civil::Date;

use super::{Bars, Defect, Layout, ReportPlan, Scale, issuer};

pub(super) fn plan(seed: u64) -> ReportPlan {
    // Apart from the stream that draws the numbers, which starts from the same seed.
    let mut rng = Rng::with_seed(seed ^ 0x9e37_79b9_7f4a_7c15);
    let issuer = issuer::random(&mut rng);
    let year = rng.i16(2019..=2025);
    let scale = match (issuer.kind, rng.u8(0..3)) {
        (Kind::Government, 0) => Scale::Middle,
        (Kind::Government, _) => Scale::Large,
        (Kind::Township | Kind::Street, 0) => Scale::Small,
        (Kind::Township | Kind::Street, _) => Scale::Idle,
        (_, 0) => Scale::Middle,
        _ => Scale::Small,
    };
    let layout = match rng.u8(0..20) {
        0..12 => Layout::StyledPage,
        12..18 => Layout::TablePage,
        18 => Layout::LinesPage(Bars::None),
        _ => Layout::NarrativePage,
    };
    let published = published(year, rng.u8(0..80));
    let mut plan =
        ReportPlan { issuer, year, form: of_year(year), scale, published, layout, defects: Vec::new(), seed };
    if rng.u8(0..10) == 0 {
        plant(&mut plan, &mut rng);
    }
    plan
}

#[expect(
    clippy::expect_used,
    reason = "every year that is drawn has an embedded form, a test draws them all"
)]
fn of_year(year: i16) -> &'static Form {
    form_of_year(year).expect("a form for every year since 2019")
}

/// A day from 2 January of the next year on.
fn published(year: i16, days: u8) -> Date {
    let first = Date::new(year + 1, 1, 2).unwrap_or(Date::ZERO);
    first.saturating_add(jiff::Span::new().days(i64::from(days)))
}

fn plant(plan: &mut ReportPlan, rng: &mut Rng) {
    let table = |key: &str| plan.form.tables.iter().find(|table| table.key == *key);
    let Some(requests) = table("requests") else { return };
    let rows: Vec<Key> = requests.rows().map(|(_, row)| row.key).collect();
    let columns: Vec<Key> =
        requests.blocks.iter().flat_map(|block| block.columns.iter().map(|c| c.key)).collect();
    let tables: Vec<Key> = plan.form.tables.iter().map(|table| table.key).collect();
    let (Some(row), Some(column), Some(any)) =
        (rng.choice(rows), columns.first().copied(), rng.choice(tables))
    else {
        return;
    };
    let table = requests.key;
    let defect = match rng.u8(0..6) {
        0 => Defect::WrongTotal { table, row, by: rng.i64(1..9) },
        1 => Defect::UnbalancedColumn { column, by: rng.i64(1..9) },
        // Paragraphs of a flattened table leave no trace of a blank or of a row's place.
        2 if plan.layout == Layout::StyledPage => Defect::BlankColumn { table, column },
        3 if plan.layout == Layout::StyledPage => Defect::MissingRow { table, row },
        4 => Defect::Text { table, row, column, text: "若干".to_owned() },
        _ => Defect::MissingTable(any),
    };
    plan.defects.push(defect);
}

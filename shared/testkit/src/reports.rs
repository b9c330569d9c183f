//! Annual reports of invented bodies, made from a seed: the page, and what reading and judging must find on it.
mod cells;
mod defects;
mod draw;
mod flat;
mod grid;
mod issuer;
mod narrative;
mod oracle;
mod outline;
mod page;
mod random;

use std::fmt::Write as _;

use fastrand::Rng;
use gongkai_model::{Form, Key};
use jiff::civil::Date;

pub use cells::{Cells, PlannedCell};
pub use defects::Defect;
pub use issuer::Issuer;
pub use oracle::PlannedFinding;

/// How large the body's numbers are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scale {
    /// All requests and proceedings are 0, as in most townships.
    Idle,
    /// A department or a township that receives a few requests.
    Small,
    /// A county, or a busy department.
    Middle,
    /// A prefecture that reports for its whole area.
    Large,
}

/// Where a flattened table puts its bars.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bars {
    /// `0 |` a line each; cells lost under spans as a line of bars.
    OwnLine,
    /// `0 |` a line each; cells lost under spans as bars behind the last cell.
    Trailing,
    /// `0 |` a line each, nothing for the cells under spans.
    None,
}

/// What the report looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layout {
    /// A page with plain HTML tables.
    TablePage,
    /// A page with tables as a word processor exports them: every cell a styled paragraph (40-60 KB).
    StyledPage,
    /// A page whose tables were flattened: a paragraph a cell, ending in ` |`.
    LinesPage(Bars),
    /// A page without tables: the numbers stand in sentences.
    NarrativePage,
    /// Bare text, a line a cell.
    LinesText(Bars),
    /// Bare text with headings that grow deeper, cells parted by tabs.
    TabsText,
    /// Bare text without tables.
    NarrativeText,
}

impl Layout {
    /// Whether the statutory tables are there at all.
    pub const fn has_tables(self) -> bool {
        !matches!(self, Self::NarrativePage | Self::NarrativeText)
    }

    /// Whether it is HTML.
    pub const fn is_page(self) -> bool {
        matches!(self, Self::TablePage | Self::StyledPage | Self::LinesPage(_) | Self::NarrativePage)
    }

    /// `html` or `txt`.
    pub const fn extension(self) -> &'static str {
        if self.is_page() { "html" } else { "txt" }
    }
}

/// Everything that decides a report; the same plan gives the same bytes.
#[derive(Clone, Debug)]
pub struct ReportPlan {
    /// Who reports.
    pub issuer: Issuer,
    /// Report year.
    pub year: i16,
    /// The form its tables follow; another year's form is the defect `S104`.
    pub form: &'static Form,
    /// How large its numbers are.
    pub scale: Scale,
    /// Date on the page.
    pub published: Date,
    /// What it looks like.
    pub layout: Layout,
    /// What is wrong with it.
    pub defects: Vec<Defect>,
    /// Decides numbers and wording.
    pub seed: u64,
}

/// A report and what is to be found on it.
#[derive(Clone, Debug)]
pub struct Generated {
    /// Title of the report.
    pub title: String,
    /// The page or text, to be stored as UTF-8 unless the caller encodes it.
    pub content: String,
    /// The cells as printed, in the order of the form; none in a narrative.
    pub cells: Vec<PlannedCell>,
    /// Findings of the families S and T that the plan calls for (no hints on wording).
    pub findings: Vec<PlannedFinding>,
}

impl ReportPlan {
    /// A plan drawn from a seed: any body, any year from 2019 to 2025, a page layout, one page in ten with a defect.
    pub fn random(seed: u64) -> Self {
        random::plan(seed)
    }

    /// The report of this plan.
    pub fn generate(&self) -> Generated {
        let mut rng = Rng::with_seed(self.seed);
        let sound = draw::cells(self.form, self.scale, self.issuer.rule_making, &mut rng);
        let mut cells = sound.clone();
        for defect in &self.defects {
            defect.apply(self.form, &mut cells);
        }
        if !self.layout.has_tables() {
            cells = Cells::default();
        }
        let findings = oracle::findings(self, &cells);
        let outline = outline::compose(self, &sound, &cells, &mut rng);
        let content = match self.layout {
            Layout::TablePage | Layout::StyledPage | Layout::LinesPage(_) | Layout::NarrativePage => {
                page::render(self, &outline, &mut rng)
            }
            Layout::LinesText(bars) => flat::lines(&outline, bars),
            Layout::TabsText => flat::tabs(&outline),
            Layout::NarrativeText => flat::lines(&outline, Bars::None),
        };
        Generated { title: outline.title, content, cells: cells.into_vec(), findings }
    }
}

impl Generated {
    /// The lines that `extract --format tsv` has to print for this report, without the head.
    pub fn cells_tsv(&self, source: &str) -> String {
        let mut lines = String::new();
        for cell in &self.cells {
            let value = cell.value.map(|value| value.to_string()).unwrap_or_default();
            let (table, row, column, state) = (cell.table, cell.row, cell.column, cell.state().as_str());
            let _ = writeln!(lines, "{source}\t{table}\t{row}\t{column}\t{value}\t{state}\t{}", cell.printed);
        }
        lines
    }

    /// The cell at a place.
    pub fn cell(&self, table: &str, row: &str, column: &str) -> Option<&PlannedCell> {
        self.cells.iter().find(|cell| cell.table == *table && cell.row == *row && cell.column == *column)
    }

    /// Codes of the planned findings, each once, sorted.
    pub fn codes(&self) -> Vec<&'static str> {
        let mut codes: Vec<_> = self.findings.iter().map(|finding| finding.code).collect();
        codes.sort_unstable();
        codes.dedup();
        codes
    }
}

/// One of the choices; the empty text for an empty list.
fn pick<'t>(rng: &mut Rng, choices: &[&'t str]) -> &'t str {
    rng.choice(choices).copied().unwrap_or_default()
}

/// Whether a relation of this table names the row as one of the results that （七） adds up.
fn is_result_row(form: &Form, row: Key) -> bool {
    form.table("requests").is_some_and(|table| {
        let sums = table.relations.iter().filter(|relation| relation.rule == *"T302");
        sums.flat_map(|relation| &relation.terms).any(|term| term.row == row && term.coefficient > 0)
    })
}

#[cfg(test)]
mod tests;

//! Rows of one table of requests to cells: the form, rows whose label is lost, the columns and what stands in them.
use gongkai_model::{Cell, Key, NumberKind, Quote, Span, form};

use super::{Instance, LEAST_LABELS, LEAST_ROWS, Line, order::Order};
use crate::{
    label::{self, TableLabels},
    tables::{
        Candidate, cell,
        fit::{Shape, Values},
        table, unplaced,
    },
};

impl Instance {
    pub(super) fn candidate(mut self) -> Option<Candidate> {
        let labels = label::requests();
        let form_id = self.form(labels);
        self.drop_groups(labels, form_id);
        let strays = self.place_anonymous(labels, form_id);
        let last = self.last_valued();
        self.lines.truncate(last + 1);
        if !self.is_table() {
            return None;
        }
        let order = self.order(form_id)?;
        let rows = self.lines.iter().map(|line| &line.values);
        let shape = Shape::of(rows, order.columns.len(), order.places.clone(), order.heads);
        let mut cells = Vec::new();
        for line in &self.lines {
            if let Some(row) = line.row.and_then(|at| labels.rows.get(at)) {
                cells.extend(line.cells(row.key, &order, &shape));
            }
        }
        let start = self.lines.first()?.label.start;
        let end = cells.iter().map(|cell| cell.span.end).max()?;
        Some(Candidate {
            table: table("requests", form_id, cells, Span::new(start, end.max(start)))?,
            strays,
        })
    }

    /// The oldest form that has every row that was found, unless a row of the newest alone is there.
    fn form(&self, labels: &TableLabels) -> &'static str {
        let with_values = |line: &&Line| line.values.full().next().is_some();
        let rows = || self.lines.iter().filter(with_values).filter_map(|line| labels.rows.get(line.row?));
        let mut forms: Vec<Key> = gongkai_model::forms().all().iter().map(|form| form.id).collect();
        let score = |form: &Key| rows().filter(|row| row.forms.contains(form)).count();
        forms.sort_by_key(|form| std::cmp::Reverse((score(form), form.as_str())));
        forms.first().map_or("", |form| form.as_str())
    }

    /// A label without values that the form knows only as a group of rows is no row: （六）其他处理 of the newer form.
    fn drop_groups(&mut self, labels: &TableLabels, form_id: &str) {
        let Some(form) = form(form_id) else { return };
        self.lines.retain(|line| {
            let known = line.row.and_then(|at| labels.rows.get(at));
            known.is_none_or(|row| row.forms.contains(&form.id) || line.values.full().next().is_some())
        });
    }

    /// Rows without a label take the rows that lack one, if between their neighbours exactly as many are lacking; else neither has a certain place.
    fn place_anonymous(&mut self, labels: &TableLabels, form_id: &str) -> Vec<Quote> {
        let mut strays = Vec::new();
        let mut at = 0;
        while at < self.lines.len() {
            let run = self.lines.iter().skip(at).take_while(|line| line.row.is_none()).count();
            if run > 0 {
                let open = self.open_rows(at, run, labels, form_id);
                let printed: Vec<String> =
                    self.lines.iter().skip(at).take(run).map(|line| line.values.printed()).collect();
                let printed = printed.join(" ");
                if open.len() == run {
                    self.lines.iter_mut().skip(at).zip(&open).for_each(|(line, row)| line.row = Some(*row));
                } else if open.is_empty() {
                    let span = self.lines.get(at).map(|line| line.label).unwrap_or_default();
                    strays.push(Quote { text: printed, span });
                } else {
                    let label = self.lines.get(at).map(|line| line.label).unwrap_or_default();
                    let lost = open.iter().map(|row| Line {
                        row: Some(*row),
                        label,
                        words: String::new(),
                        group: false,
                        values: Values::default(),
                    });
                    self.lines.splice(at..at + run, lost);
                    at += open.len();
                    continue;
                }
            }
            at += run.max(1);
        }
        strays
    }

    /// Rows of the form that are missing between the neighbours of a run of lines without labels.
    fn open_rows(&self, at: usize, run: usize, labels: &TableLabels, form_id: &str) -> Vec<usize> {
        let in_form = |at: &usize| {
            labels.rows.get(*at).is_some_and(|row| row.forms.iter().any(|form| form.as_str() == form_id))
        };
        let before = at.checked_sub(1).and_then(|before| self.lines.get(before)).and_then(|line| line.row);
        let after = self.lines.get(at + run).and_then(|line| line.row).unwrap_or(labels.rows.len());
        let there = |row: &usize| self.lines.iter().any(|line| line.row == Some(*row));
        (before.map_or(0, |row| row + 1)..after).filter(in_form).filter(|row| !there(row)).collect()
    }

    /// Rows enough; a list of sentences that begin like labels has neither headings nor numbers side by side.
    fn is_table(&self) -> bool {
        let known = self.lines.iter().filter(|line| line.row.is_some()).count();
        let wide = self.lines.iter().any(|line| line.values.full().count() > 2);
        known >= LEAST_ROWS && (wide || known >= LEAST_LABELS || !self.headings.is_empty())
    }

    /// Index of the last line that has a value: trailing labels belong to something else, unless the table has nothing but labels.
    fn last_valued(&self) -> usize {
        let valued = self.lines.iter().rposition(|line| !line.values.fields.is_empty());
        let all = self.lines.len().saturating_sub(1);
        valued.unwrap_or(if self.lines.len() >= LEAST_LABELS { all } else { 0 })
    }
}

impl Line {
    fn cells(&self, row: Key, order: &Order, shape: &Shape) -> Vec<Cell> {
        let columns = &order.columns;
        let fields = if order.sure { self.values.fit(columns.len(), shape) } else { None };
        if let Some(fields) = fields {
            return columns
                .iter()
                .zip(fields)
                .map(|(column, field)| cell(row, *column, field, NumberKind::Count, None))
                .collect();
        }
        let end = self.values.full().map(|field| field.span.end).max().unwrap_or(self.label.end);
        let span = Span::new(self.label.start.min(end), end);
        columns.iter().map(|column| unplaced(row, *column, &self.values.printed(), span)).collect()
    }
}

//! Values of a row to its columns: by place where the places are known, by count where all are there, else not at all.
use crate::page::Field;

/// The values behind a row's label, as found.
#[derive(Clone, Debug, Default)]
pub(super) struct Values {
    /// Fields behind the label; blank ones mean something only if `explicit`.
    pub(super) fields: Vec<Field>,
    /// All stand on the label's own line, so that separators show blank cells.
    pub(super) explicit: bool,
}

impl Values {
    /// Fields that are not blank.
    pub(super) fn full(&self) -> impl Iterator<Item = &Field> {
        self.fields.iter().filter(|field| !field.text.is_empty())
    }

    /// Index of the first field that is not blank.
    fn lead(&self) -> Option<usize> {
        self.fields.iter().position(|field| !field.text.is_empty())
    }

    /// Exactly `n` fields that are not empty, side by side.
    fn complete(&self, n: usize) -> Option<Vec<&Field>> {
        let full: Vec<&Field> = self.full().collect();
        (full.len() == n).then_some(full)
    }

    /// The fields at known columns of a grid; every other field must be empty.
    fn by_column(&self, columns: &[u32]) -> Option<Vec<&Field>> {
        let at = |column: u32| self.fields.iter().find(|field| field.column == column && field.width == 1);
        let fields: Vec<&Field> = columns.iter().filter_map(|column| at(*column)).collect();
        let elsewhere = self.full().any(|field| !columns.contains(&field.column));
        (fields.len() == columns.len() && !elsewhere).then_some(fields)
    }

    fn from(&self, lead: usize, n: usize) -> Option<Vec<&Field>> {
        let fields: Vec<&Field> = self.fields.iter().skip(lead).take(n).collect();
        let inside = self
            .fields
            .iter()
            .enumerate()
            .filter(|(_, field)| !field.text.is_empty())
            .all(|(at, _)| at >= lead && at < lead + n);
        (fields.len() == n && inside).then_some(fields)
    }

    /// The values for `n` columns, in order; `None` when their places are not certain.
    ///
    /// `columns`: places of the headings in the grid. `lead`: empty fields between label and first value in the complete rows of this table.
    pub(super) fn fit(&self, n: usize, columns: Option<&[u32]>, lead: Option<usize>) -> Option<Vec<&Field>> {
        if self.full().count() > n {
            return None;
        }
        columns
            .and_then(|columns| self.by_column(columns))
            .or_else(|| (self.explicit && self.fields.len() == n).then(|| self.fields.iter().collect()))
            .or_else(|| self.complete(n))
            .or_else(|| if self.explicit { self.from(lead?, n) } else { None })
    }
}

/// How many empty fields stand before the values in the rows that are complete, if they agree.
pub(super) fn common_lead<'v>(rows: impl Iterator<Item = &'v Values>, n: usize) -> Option<usize> {
    let mut leads =
        rows.filter(|values| values.explicit && values.complete(n).is_some()).filter_map(Values::lead);
    let first = leads.next()?;
    leads.all(|lead| lead == first).then_some(first)
}

#[cfg(test)]
mod tests {
    use gongkai_model::Span;

    use super::*;

    fn values(texts: &[&str], explicit: bool) -> Values {
        let fields = texts
            .iter()
            .zip(0..)
            .map(|(text, column)| Field { text: (*text).to_owned(), span: Span::default(), column, width: 1 })
            .collect();
        Values { fields, explicit }
    }

    fn fitted(values: &Values, n: usize, lead: Option<usize>) -> Option<Vec<String>> {
        values.fit(n, None, lead).map(|fields| fields.iter().map(|field| field.text.clone()).collect())
    }

    #[test]
    fn all_there_is_certain_and_some_missing_is_not() {
        assert_eq!(fitted(&values(&["1", "2", "3"], false), 3, None).unwrap(), ["1", "2", "3"]);
        assert_eq!(fitted(&values(&["1", "3"], false), 3, None), None);
        assert_eq!(fitted(&values(&["1", "2", "3", "4"], true), 3, Some(0)), None);
    }

    #[test]
    fn separators_keep_the_place_of_blank_cells() {
        assert_eq!(fitted(&values(&["1", "", "3"], true), 3, None).unwrap(), ["1", "", "3"]);
        assert_eq!(fitted(&values(&["", "1", "", "3", ""], true), 3, Some(1)).unwrap(), ["1", "", "3"]);
        assert_eq!(fitted(&values(&["", "1", "", "3", ""], true), 3, None), None);
        assert_eq!(fitted(&values(&["", "1", "", "3"], false), 3, Some(1)), None);
    }

    #[test]
    fn complete_rows_must_agree_on_where_values_start() {
        let rows = [
            values(&["", "1", "2"], true),
            values(&["", "3", "4", ""], true),
            values(&["", "5", "", ""], true),
        ];
        assert_eq!(common_lead(rows.iter(), 2), Some(1));
        let rows = [values(&["", "1", "2"], true), values(&["3", "4"], true)];
        assert_eq!(common_lead(rows.iter(), 2), None);
    }
}

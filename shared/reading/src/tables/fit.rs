//! Values of a row to its columns: by place where the places are known, by count where all are there, else not at all.
use crate::page::Field;

/// The values behind a row's label, as found.
#[derive(Clone, Debug, Default)]
pub(super) struct Values {
    /// Fields behind the label; blank ones mean something only if `explicit`.
    pub(super) fields: Vec<Field>,
    /// All stand on the label's own line, so that separators show blank cells.
    pub(super) explicit: bool,
    /// Fields before the label on its line.
    pub(super) before: usize,
    /// The line is a row of a grid, in which cells under a span are no fields.
    pub(super) grid: bool,
}

/// What the headings of a table in lines of text say about its rows.
#[derive(Clone, Copy, Debug)]
pub(super) struct Heads {
    /// Empty fields behind the last column.
    pub(super) trail: usize,
    /// Fields on the line.
    pub(super) width: usize,
}

/// What the rows of a table tell of each other: where values stand in the rows that hold all of them.
#[derive(Clone, Debug, Default)]
pub(super) struct Shape {
    /// Places of the headings in the grid.
    places: Option<Vec<u32>>,
    /// Where headings stand on a line; it counts where no row holds all values.
    heads: Option<Heads>,
    complete: Vec<Complete>,
}

/// A row that holds all values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Complete {
    /// Fields before its label.
    before: usize,
    /// Fields behind its label.
    length: usize,
    /// Empty ones of these before the first value.
    lead: usize,
}

impl Shape {
    /// Looks at the rows of a table of `n` columns. `places` is where its headings stand; rows that hold all values must not contradict it.
    pub(super) fn of<'v>(
        rows: impl Iterator<Item = &'v Values> + Clone,
        n: usize,
        places: Option<Vec<u32>>,
        heads: Option<Heads>,
    ) -> Self {
        let full: Vec<&Values> = rows.clone().filter(|row| row.explicit && row.full().count() == n).collect();
        let stands =
            |row: &&&Values, places: &[u32]| row.full().map(|field| field.column).eq(places.iter().copied());
        let places =
            places.filter(|places| full.iter().filter(|row| stands(row, places)).count() * 2 >= full.len());
        let heads = heads.filter(|heads| rows.clone().all(|row| row.is_under(n, *heads)));
        let complete = full
            .iter()
            .filter_map(|row| {
                Some(Complete { before: row.before, length: row.fields.len(), lead: row.lead()? })
            })
            .collect();
        Self { places, heads, complete }
    }

    /// How many empty fields stand before the first value in a row of this shape.
    fn lead(&self, row: &Values, n: usize) -> Option<usize> {
        let length = row.fields.len();
        let Some(first) = self.complete.first() else {
            return match self.heads.filter(|heads| row.before + 1 + length == heads.width) {
                Some(heads) => length.checked_sub(n + heads.trail),
                None => (length == n).then_some(0),
            };
        };
        let alike = |other: &&Complete| other.before == row.before && other.length == length;
        let mut leads = self.complete.iter().filter(alike).map(|other| other.lead);
        if let Some(lead) = leads.next() {
            return leads.all(|other| other == lead).then_some(lead);
        }
        // No complete row has its label there: the others must show that the place of the label does not matter.
        let same = self.complete.iter().all(|other| (other.length, other.lead) == (first.length, first.lead));
        let anywhere = row.grid || self.complete.iter().any(|other| other.before != first.before);
        (same && anywhere && length == first.length).then_some(first.lead)
    }
}

impl Values {
    /// Fields that are not blank.
    pub(super) fn full(&self) -> impl Iterator<Item = &Field> {
        self.fields.iter().filter(|field| !field.text.is_empty())
    }

    /// What stands in them, for a cell that has no certain place.
    pub(super) fn printed(&self) -> String {
        self.full().map(|field| field.text.as_str()).collect::<Vec<_>>().join(" ")
    }

    /// How far the row reaches: columns of its grid, or fields on its line.
    pub(super) fn reach(&self) -> usize {
        let column = |field: &Field| field.column as usize + field.width as usize;
        match self.fields.last() {
            Some(last) if self.grid => column(last),
            _ => self.before + 1 + self.fields.len(),
        }
    }

    /// Index of the first field that is not blank.
    fn lead(&self) -> Option<usize> {
        self.fields.iter().position(|field| !field.text.is_empty())
    }

    /// True when what stands in the row stands under the headings.
    fn is_under(&self, n: usize, heads: Heads) -> bool {
        let Some(first) = heads.width.checked_sub(n + heads.trail) else { return false };
        let inside = |at: usize| (first..first + n).contains(&(self.before + 1 + at));
        self.fields.iter().enumerate().all(|(at, field)| field.text.is_empty() || inside(at))
    }

    /// Exactly `n` fields that are not empty.
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

    /// `n` fields behind `lead` empty ones; every other field must be empty.
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

    /// The values for `n` columns, in order; `None` when their places are not certain: some are blank, and the ways to tell which disagree.
    pub(super) fn fit(&self, n: usize, shape: &Shape) -> Option<Vec<&Field>> {
        if let Some(fields) = self.complete(n) {
            return Some(fields);
        }
        if !self.explicit || self.full().count() > n {
            return None;
        }
        // One empty cell over all columns.
        if let [field] = self.fields.as_slice()
            && field.text.is_empty()
            && field.width as usize == n
        {
            return Some(vec![field; n]);
        }
        let by_shape = shape.lead(self, n).and_then(|lead| self.from(lead, n));
        let by_place = shape.places.as_deref().and_then(|places| self.by_column(places));
        match (by_shape, by_place) {
            (Some(one), Some(other)) => {
                let same = one.iter().zip(&other).all(|(one, other)| one.column == other.column);
                same.then_some(one)
            }
            (Some(one), None) => Some(one),
            (None, by_place) => by_place.filter(|_| shape.complete.is_empty()),
        }
    }
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
        Values { fields, explicit, before: 0, grid: false }
    }

    fn fitted(row: &Values, n: usize, others: &[Values]) -> Option<Vec<String>> {
        let shape = Shape::of(others.iter(), n, None, None);
        row.fit(n, &shape).map(|fields| fields.iter().map(|field| field.text.clone()).collect())
    }

    #[test]
    fn all_there_is_certain_and_some_missing_is_not() {
        assert_eq!(fitted(&values(&["1", "2", "3"], false), 3, &[]).unwrap(), ["1", "2", "3"]);
        assert_eq!(fitted(&values(&["1", "3"], false), 3, &[]), None);
        assert_eq!(fitted(&values(&["1", "2", "3", "4"], true), 3, &[]), None);
    }

    #[test]
    fn separators_keep_the_place_of_blank_cells() {
        let others = [values(&["", "1", "2", "3", ""], true)];
        assert_eq!(fitted(&values(&["1", "", "3"], true), 3, &[]).unwrap(), ["1", "", "3"]);
        assert_eq!(fitted(&values(&["", "1", "", "3", ""], true), 3, &others).unwrap(), ["1", "", "3"]);
        assert_eq!(fitted(&values(&["", "1", "", "3", ""], true), 3, &[]), None);
        assert_eq!(fitted(&values(&["", "1", "", "3"], false), 3, &others), None);
    }

    #[test]
    fn a_row_of_another_length_than_the_complete_ones_has_lost_its_places() {
        let others = [values(&["1", "2", "3", ""], true), values(&["4", "5", "6", ""], true)];
        assert_eq!(fitted(&values(&["1", "", "3", ""], true), 3, &others).unwrap(), ["1", "", "3"]);
        assert_eq!(fitted(&values(&["1", "3", ""], true), 3, &others), None);
    }

    #[test]
    fn rows_with_their_label_elsewhere_are_another_shape() {
        let deeper = |texts: &[&str], before| Values { before, ..values(texts, true) };
        let others = [values(&["", "1", "2", ""], true), deeper(&["", "1", "2"], 1)];
        assert_eq!(fitted(&deeper(&["", "", "9"], 1), 2, &others).unwrap(), ["", "9"]);
        assert_eq!(fitted(&values(&["", "9", ""], true), 2, &others), None);
        let others = [values(&["1", "2"], true), deeper(&["1", "2"], 1)];
        assert_eq!(fitted(&deeper(&["", "9"], 2), 2, &others).unwrap(), ["", "9"]);
    }
}

//! Which columns a table of requests has, and in which order: by its headings where they form a row of places, by the sums of its rows where 总计 is printed first.
use gongkai_model::{Key, form};
use rust_decimal::Decimal;

use super::{Heading, Instance, Line};
use crate::{
    number::{self, Content},
    tables::fit::Heads,
};

/// The columns of a table.
pub(super) struct Order {
    pub(super) columns: Vec<Key>,
    /// Their places in the grid.
    pub(super) places: Option<Vec<u32>>,
    /// Where they stand on a line of text, by the headings.
    pub(super) heads: Option<Heads>,
    /// False when the columns may stand in another order.
    pub(super) sure: bool,
}

impl Instance {
    pub(super) fn order(&self, form_id: &str) -> Option<Order> {
        let all: Vec<Key> = form(form_id)?
            .table("requests")?
            .blocks
            .first()?
            .columns
            .iter()
            .map(|column| column.key)
            .collect();
        if let Some(headings) = self.side_by_side(all.len()) {
            return Some(Order {
                columns: headings.iter().map(|heading| heading.column).collect(),
                places: Some(headings.iter().map(|heading| heading.place).collect()),
                heads: None,
                sure: true,
            });
        }
        let heads = self.heads(&all);
        let order = |columns, sure| Some(Order { columns, places: None, heads, sure });
        match self.total_first(all.len()) {
            Some(false) => order(all, true),
            Some(true) => order(rotated(all), true),
            None => order(all, false),
        }
    }

    /// Headings of a grid, if each stands next to the one before: a head with wrong spans says nothing about places.
    fn side_by_side(&self, all: usize) -> Option<Vec<Heading>> {
        let mut headings = self.headings.clone();
        // A heading that could not be read is no missing column while its numbers are there.
        let enough =
            headings.len() == all || (headings.len() >= 4 && self.usual_width() == Some(headings.len()));
        headings.sort_by_key(|heading| heading.place);
        let next = headings.windows(2).all(|pair| match pair {
            [one, other] => one.place + 1 == other.place,
            _ => true,
        });
        let all_known = headings.len() == all;
        (self.in_grid && enough && next && (all_known || self.stand_under(&headings))).then_some(headings)
    }

    /// True when most rows have their values right under these headings.
    fn stand_under(&self, headings: &[Heading]) -> bool {
        let under = |line: &&Line| {
            let places = headings.iter().map(|heading| heading.place);
            line.values.full().map(|field| field.column).eq(places)
        };
        self.lines.iter().filter(under).count() * 2 > self.lines.len()
    }

    /// In lines of text headings show where values stand, if they stand side by side in the order of the form.
    fn heads(&self, all: &[Key]) -> Option<Heads> {
        let heading = |column: &Key| self.headings.iter().find(|heading| heading.column == *column);
        let headings: Vec<&Heading> = all.iter().filter_map(heading).collect();
        let next = headings.windows(2).all(
            |pair| matches!(pair, [one, other] if one.behind == other.behind + 1 && one.width == other.width),
        );
        let last = headings.last().filter(|_| !self.in_grid && headings.len() == all.len() && next)?;
        Some(Heads { trail: last.behind, width: last.width })
    }

    /// A heading 总计 before 自然人 may be one that spans the rows of headings; then the sums of the rows tell which it is. `None` when they do not.
    fn total_first(&self, n: usize) -> Option<bool> {
        let heading =
            |key: &str| self.headings.iter().enumerate().find(|(_, heading)| heading.column == *key);
        let (Some((total, total_heading)), Some((first, first_heading))) =
            (heading("total"), heading("natural_person"))
        else {
            return Some(false);
        };
        if total > first || total_heading.place > first_heading.place {
            return Some(false);
        }
        let rows: Vec<Vec<Decimal>> = self.lines.iter().filter_map(|line| line.numbers(n)).collect();
        let sums = |total_at: usize| {
            let holds = |row: &&Vec<Decimal>| {
                let total = row.get(total_at).copied().unwrap_or_default();
                !total.is_zero() && row.iter().sum::<Decimal>() - total == total
            };
            rows.iter().filter(holds).count()
        };
        match sums(0).cmp(&sums(n - 1)) {
            std::cmp::Ordering::Greater => Some(true),
            std::cmp::Ordering::Less => Some(false),
            std::cmp::Ordering::Equal => rows.iter().flatten().all(Decimal::is_zero).then_some(false),
        }
    }

    /// How many values most rows have.
    fn usual_width(&self) -> Option<usize> {
        let mut widths: Vec<usize> = self.lines.iter().map(|line| line.values.full().count()).collect();
        widths.sort_unstable();
        widths.get(widths.len() / 2).copied()
    }
}

/// The last column first.
fn rotated(mut columns: Vec<Key>) -> Vec<Key> {
    columns.rotate_right(1);
    columns
}

impl Line {
    /// The numbers of a complete row.
    fn numbers(&self, n: usize) -> Option<Vec<Decimal>> {
        let numbers: Vec<Decimal> = self
            .values
            .full()
            .filter_map(|field| match number::read(&field.text) {
                Content::Number(value, _) => Some(value),
                _ => None,
            })
            .collect();
        (numbers.len() == n).then_some(numbers)
    }
}

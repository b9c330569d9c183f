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
        if let Some(headings) = self.side_by_side(&all) {
            return Some(Order {
                columns: headings.iter().map(|heading| heading.column).collect(),
                places: Some(headings.iter().map(|heading| heading.place).collect()),
                heads: None,
                sure: true,
            });
        }
        let heads = self.heads(&all);
        let order = |columns, sure| Some(Order { columns, places: None, heads, sure });
        if !self.in_grid && self.contradict(&all) {
            return order(all, false);
        }
        match self.total_first(all.len()) {
            Some(false) => order(all, true),
            Some(true) => order(rotated(all), true),
            None => order(all, false),
        }
    }

    /// Headings of a grid, if each stands next to the one before: a head with wrong spans says nothing about places.
    /// Those of lines of text count where they name other columns than the form or in another order.
    fn side_by_side(&self, columns: &[Key]) -> Option<Vec<Heading>> {
        let all = columns.len();
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
        let counts = self.in_grid || (self.of_one_width() && is_other_order(&headings, columns));
        (counts && enough && next && (all_known || self.stand_under(&headings))).then_some(headings)
    }

    /// True when the lines of the headings have equally many fields, so that their places can be compared.
    fn of_one_width(&self) -> bool {
        self.headings.windows(2).all(|pair| matches!(pair, [one, other] if one.width == other.width))
    }

    /// True when headings in lines of text show another order of the applicants than the form's, or fewer of them, as the values do.
    fn contradict(&self, columns: &[Key]) -> bool {
        let rank = |heading: &Heading| columns.iter().position(|column| *column == heading.column);
        let ranks: Vec<usize> = self.headings.iter().filter_map(rank).collect();
        let last = columns.len().saturating_sub(1);
        // 自然人 and 总计 may stand over or under the line of the organisations.
        let mut inner = ranks.iter().filter(|rank| (1..last).contains(*rank));
        let other_order = !inner.by_ref().is_sorted();
        let one_line = self.of_one_width() && self.headings.first().is_some_and(|first| first.width >= last);
        let first_later = one_line && {
            let natural = self.headings.iter().find(|heading| rank(heading) == Some(0));
            let inside = |heading: &&Heading| rank(heading).is_some_and(|rank| (1..last).contains(&rank));
            natural.is_some_and(|natural| {
                self.headings.iter().filter(inside).any(|heading| heading.place < natural.place)
            })
        };
        let n = self.headings.len();
        let lacking = (4..columns.len()).contains(&n) && self.usual_width() == Some(n);
        other_order || first_later || lacking
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

/// True when headings in the order of their places name other columns than the form, 总计 last or first.
fn is_other_order(headings: &[Heading], columns: &[Key]) -> bool {
    let named = || headings.iter().map(|heading| heading.column);
    !named().eq(columns.iter().copied()) && !named().eq(rotated(columns.to_vec()))
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

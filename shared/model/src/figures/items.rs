//! The numbers of a report that are summed, and where they stand in its tables.
use std::collections::BTreeMap;

use rust_decimal::prelude::ToPrimitive;
use serde::{Deserialize, Serialize};

use crate::{
    cell::{Cell, CellState},
    report::Table,
};

/// A larger count is none, and sums of these never overflow.
const LARGEST: i64 = 999_999_999_999;

/// Rows that stand for one outcome: it is known when all of them are.
const DENIED: &[&str] = &[
    "denied.state_secret",
    "denied.law_prohibited",
    "denied.three_securities_one_stability",
    "denied.third_party_rights",
    "denied.internal_affairs",
    "denied.process_information",
    "denied.enforcement_file",
    "denied.administrative_query",
];
const UNAVAILABLE: &[&str] =
    &["unavailable.not_held", "unavailable.needs_creation", "unavailable.still_unclear"];
const NOT_PROCESSED: &[&str] = &[
    "not_processed.petition",
    "not_processed.repeated",
    "not_processed.publication",
    "not_processed.excessive",
    "not_processed.reconfirmation",
];
const OTHER_2019: &[&str] = &["other_handling"];
const OTHER_2021: &[&str] =
    &["other_handling.correction_overdue", "other_handling.fee_overdue", "other_handling.other"];
const REVIEW: &[&str] = &["review"];
const LITIGATION: &[&str] = &["litigation_direct", "litigation_after_review"];

macro_rules! items {
    ($($(#[doc = $about:literal])* $item:ident = $name:literal,)*) => {
        /// A number of a report that is summed: a cell, or the sum of cells that stand for one outcome. Column 总计.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum Item { $($(#[doc = $about])* $item,)* }

        impl Item {
            /// All of them, in the order of the form.
            pub const ALL: &[Self] = &[$(Self::$item,)*];

            /// The name in metrics and in the store.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$item => $name,)* }
            }
        }
    };
}

items! {
    /// 一、本年新收.
    NewReceived = "new_received",
    /// 二、上年结转.
    CarriedOver = "carried_over",
    /// （一）予以公开.
    Granted = "granted",
    /// （二）部分公开.
    PartiallyGranted = "partially_granted",
    /// （三）不予公开, all eight reasons.
    Denied = "denied",
    /// （四）无法提供, all three.
    Unavailable = "unavailable",
    /// （五）不予处理, all five.
    NotProcessed = "not_processed",
    /// （六）其他处理, one row or three.
    OtherHandling = "other_handling",
    /// （七）总计.
    ResultsTotal = "results_total",
    /// 四、结转下年度继续办理.
    CarriedForward = "carried_forward",
    /// 行政复议 结果维持.
    ReviewUpheld = "review_upheld",
    /// 行政复议 结果纠正.
    ReviewCorrected = "review_corrected",
    /// 行政复议 其他结果.
    ReviewOther = "review_other",
    /// 行政复议 尚未审结.
    ReviewPending = "review_pending",
    /// 行政复议 总计.
    ReviewTotal = "review_total",
    /// 行政诉讼 结果维持, both blocks.
    LitigationUpheld = "litigation_upheld",
    /// 行政诉讼 结果纠正, both blocks.
    LitigationCorrected = "litigation_corrected",
    /// 行政诉讼 其他结果, both blocks.
    LitigationOther = "litigation_other",
    /// 行政诉讼 尚未审结, both blocks.
    LitigationPending = "litigation_pending",
    /// 行政诉讼 总计, both blocks.
    LitigationTotal = "litigation_total",
}

impl Item {
    /// Grows when an item comes or goes, or is found in another way: what was taken out of tables before is then taken anew.
    pub const EDITION: u32 = 1;

    /// What the tables of a report say of each item; what is blank, unreadable, of uncertain place, absent or no count is not in it.
    pub fn values(tables: &[Table]) -> BTreeMap<Self, i64> {
        let table = |key: &str| tables.iter().find(|table| table.key == *key);
        let (requests, proceedings) = (table("requests"), table("proceedings"));
        let known = Self::ALL.iter().filter_map(|item| {
            let value = match item.column() {
                Some((rows, column)) => sum(proceedings?, rows, column),
                None => item.rows().find_map(|rows| sum(requests?, rows, "total")),
            };
            Some((*item, value?))
        });
        known.collect()
    }

    /// Rows of the table of requests, in the form of one generation or the other.
    fn rows(&self) -> impl Iterator<Item = &'static [&'static str]> {
        let (rows, other): (&'static [&'static str], Option<&'static [&'static str]>) = match self {
            Self::NewReceived => (&["new_received"], None),
            Self::CarriedOver => (&["carried_over"], None),
            Self::Granted => (&["granted"], None),
            Self::PartiallyGranted => (&["partially_granted"], None),
            Self::Denied => (DENIED, None),
            Self::Unavailable => (UNAVAILABLE, None),
            Self::NotProcessed => (NOT_PROCESSED, None),
            Self::OtherHandling => (OTHER_2019, Some(OTHER_2021)),
            Self::ResultsTotal => (&["results_total"], None),
            Self::CarriedForward => (&["carried_forward"], None),
            _ => (&[], None),
        };
        [Some(rows), other].into_iter().flatten().filter(|rows| !rows.is_empty())
    }

    /// Rows and column of the table of proceedings.
    const fn column(&self) -> Option<(&'static [&'static str], &'static str)> {
        Some(match self {
            Self::ReviewUpheld => (REVIEW, "upheld"),
            Self::ReviewCorrected => (REVIEW, "corrected"),
            Self::ReviewOther => (REVIEW, "other"),
            Self::ReviewPending => (REVIEW, "pending"),
            Self::ReviewTotal => (REVIEW, "total"),
            Self::LitigationUpheld => (LITIGATION, "upheld"),
            Self::LitigationCorrected => (LITIGATION, "corrected"),
            Self::LitigationOther => (LITIGATION, "other"),
            Self::LitigationPending => (LITIGATION, "pending"),
            Self::LitigationTotal => (LITIGATION, "total"),
            _ => return None,
        })
    }
}

/// The sum of the rows in a column, if each of them is a count.
fn sum(table: &Table, rows: &[&str], column: &str) -> Option<i64> {
    rows.iter().try_fold(0, |sum, row| Some(sum + count(table.cell(row, column)?)?))
}

/// A whole number that was printed there or whose place the relations decided.
fn count(cell: &Cell) -> Option<i64> {
    let value = cell.value.filter(|_| matches!(cell.state, CellState::Printed | CellState::Inferred))?;
    let whole = value.fract().is_zero().then(|| value.to_i64()).flatten()?;
    (-LARGEST..=LARGEST).contains(&whole).then_some(whole)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_that_is_summed_is_one_of_a_form() {
        for form in crate::form::forms().all() {
            let has = |table: &str, row: &str| {
                form.table(table).is_some_and(|table| table.rows().any(|(_, own)| own.key == *row))
            };
            for item in Item::ALL {
                let found = match item.column() {
                    Some((rows, _)) => rows.iter().all(|row| has("proceedings", row)),
                    None => item.rows().any(|rows| rows.iter().all(|row| has("requests", row))),
                };
                assert!(found, "{item:?} in {:?}", form.id);
            }
        }
    }
}

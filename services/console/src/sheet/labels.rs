//! The labels beside and over numbers: which groups stand left of which rows, and captions in English.
use std::collections::BTreeMap;

use gongkai_model::{Block, Key, Lang};

use crate::frame::Frame;

/// The groups left of a block's rows. A group reaches from its first to its last row, so that one may stand inside another
/// (不予公开 within 本年度办理结果).
pub(super) struct Beside {
    ranges: Vec<(Key, usize, usize)>,
    depth: usize,
}

impl Beside {
    pub(super) fn of(block: &Block) -> Self {
        let mut found: BTreeMap<Key, (usize, usize)> = BTreeMap::new();
        for (index, row) in block.rows.iter().enumerate() {
            if let Some(group) = row.group {
                found.entry(group).or_insert((index, index)).1 = index;
            }
        }
        let mut ranges: Vec<_> =
            found.into_iter().map(|(group, (first, last))| (group, first, last)).collect();
        // Outer groups first where several begin at one row.
        ranges.sort_by_key(|(_, first, last)| (*first, std::cmp::Reverse(*last)));
        let mut beside = Self { ranges, depth: 0 };
        beside.depth = (0..block.rows.len()).map(|index| beside.around(index)).max().unwrap_or(0);
        beside
    }

    /// How many groups stand left of row `index`.
    fn around(&self, index: usize) -> usize {
        self.ranges.iter().filter(|(_, first, last)| (*first..=*last).contains(&index)).count()
    }

    /// Columns that groups need.
    pub(super) const fn depth(&self) -> usize {
        self.depth
    }

    /// Groups that begin at a row, with the rows they span.
    pub(super) fn starting_at(&self, index: usize) -> impl Iterator<Item = (Key, usize)> {
        let begins = self.ranges.iter().filter(move |(_, first, _)| *first == index);
        begins.map(|(group, first, last)| (*group, last - first + 1))
    }

    /// Columns left for the row's own label.
    pub(super) fn free(&self, index: usize) -> usize {
        self.depth - self.around(index) + 1
    }
}

/// The caption of a block. The forms carry captions in Chinese only, and all but one name an item of Art. 20.
pub(super) fn caption(f: &Frame, label: &str) -> String {
    const NUMERALS: &str = "一二三四五六七八九";
    let item = label.strip_prefix("第二十条第（").and_then(|rest| rest.strip_suffix("）项"));
    let number = item.and_then(|item| NUMERALS.chars().position(|numeral| item.chars().eq([numeral])));
    match (f.lang, number) {
        (Lang::Zh, _) => label.to_owned(),
        (Lang::En, Some(number)) => format!("Article 20({})", number + 1),
        (Lang::En, None) if label == "申请人情况" => "applicants".to_owned(),
        (Lang::En, None) => label.to_owned(),
    }
}

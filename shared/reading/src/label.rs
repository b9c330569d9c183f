//! Labels of the forms and how a printed text is recognised as one of them.
mod lookup;
mod words;

use std::sync::LazyLock;

use gongkai_model::{Key, Label, TableForm, forms};
use rustc_hash::{FxHashMap, FxHashSet};

pub(crate) use self::words::{first_of, has_words, heading, is_filler, is_longer, squash, without_number};
use self::{
    lookup::{Names, Wordings, is_within},
    words::{heading_chars, is_meaning},
};

/// A row of a table over all forms: which forms have it, and where it stands among the others.
#[derive(Clone, Debug)]
pub(crate) struct KnownRow {
    pub(crate) key: Key,
    pub(crate) forms: Vec<Key>,
}

/// The labels of one table over all forms.
#[derive(Debug, Default)]
pub(crate) struct TableLabels {
    /// Rows in their common order.
    pub(crate) rows: Vec<KnownRow>,
    /// Wordings with their number: `七总计`.
    exact: FxHashMap<String, usize>,
    /// Wordings without it, where no column is called the same.
    bare: Wordings,
    /// Wordings without it that a column shares (总计, 其他): they count only right behind their neighbours.
    shared: FxHashMap<String, usize>,
    /// Wordings of groups, with and without number.
    groups: Names,
    /// Those wordings, the longest first.
    longest_groups: Vec<String>,
    columns: Names,
    /// What wordings of rows and groups begin with.
    begin: FxHashSet<char>,
}

/// Longest text of a heading over a column.
const HEADING: usize = 40;

/// Fewest characters by which a label that was cut is known.
const BEGINNING: usize = 6;

/// How far behind the row before it a shared wording may stand.
const NEIGHBOURS: usize = 5;

impl TableLabels {
    fn of(key: &str) -> Self {
        let mut labels = Self::default();
        // Newest form first: rows that only an older form has are put behind the row they follow there.
        let tables: Vec<(Key, &TableForm)> =
            forms().all().iter().rev().filter_map(|form| Some((form.id, form.table(key)?))).collect();
        for (form, table) in &tables {
            labels.add_rows(*form, table);
        }
        for (_, table) in &tables {
            labels.add_wordings(table);
        }
        labels.bare.arrange();
        let rows = labels.exact.keys().chain(labels.bare.rows.keys()).chain(labels.shared.keys());
        labels.begin =
            rows.chain(labels.groups.keys.keys()).filter_map(|label| label.chars().next()).collect();
        labels.longest_groups = labels.groups.keys.keys().cloned().collect();
        labels.longest_groups.sort_by_key(|group| std::cmp::Reverse(group.len()));
        labels
    }

    fn add_rows(&mut self, form: Key, table: &TableForm) {
        let mut after = 0;
        for (_, row) in table.rows() {
            match self.rows.iter_mut().enumerate().find(|(_, known)| known.key == row.key) {
                Some((at, known)) => {
                    known.forms.push(form);
                    after = at + 1;
                }
                None => {
                    self.rows.insert(after, KnownRow { key: row.key, forms: vec![form] });
                    after += 1;
                }
            }
        }
    }

    fn add_wordings(&mut self, table: &TableForm) {
        for column in table.blocks.iter().flat_map(|block| &block.columns) {
            texts(&column.label).for_each(|text| self.columns.insert(squash(text), column.key));
        }
        for group in &table.groups {
            for text in texts(&group.label) {
                self.groups.insert(squash(text), group.key);
                self.groups.insert(squash(without_number(text)), group.key);
            }
        }
        for (_, row) in table.rows() {
            let Some(at) = self.rows.iter().position(|known| known.key == row.key) else { continue };
            for text in texts(&row.label) {
                let bare = squash(without_number(text));
                self.exact.insert(squash(text), at);
                let shared = self.columns.keys.contains_key(&bare);
                let wordings = if shared { &mut self.shared } else { &mut self.bare.rows };
                wordings.insert(bare, at);
            }
        }
    }

    /// The row that a printed label means, given the row before it.
    pub(crate) fn row(&self, text: &str, after: Option<usize>) -> Option<usize> {
        if !has_words(text) || is_longer(text, 80) {
            return None;
        }
        let unnumbered = without_number(text);
        // Only one that is mistyped begins otherwise, and it counts only behind another row.
        if after.is_none() && !self.may_begin(text) && !self.may_begin(unnumbered) {
            return None;
        }
        let squashed = squash(text);
        let full = self.without_groups(&squashed);
        // The number stands before all else.
        let number = text.get(..text.len() - unnumbered.len()).unwrap_or_default();
        let number: usize = number.chars().filter(|c| is_meaning(*c)).map(char::len_utf8).sum();
        let bare = self.without_groups(squashed.get(number..).unwrap_or_default());
        self.exact
            .get(full)
            .or_else(|| self.bare.rows.get(bare))
            .copied()
            .or_else(|| self.shared_row(bare, after))
            .or_else(|| self.begun(bare))
            .or_else(|| self.near(bare, after))
    }

    /// A cheap look: the text begins as a wording of a row or group does.
    fn may_begin(&self, text: &str) -> bool {
        first_of(text).is_some_and(|first| self.begin.contains(&first))
    }

    /// The only row whose wording begins so: labels are cut at the ends of lines and pages.
    fn begun(&self, bare: &str) -> Option<usize> {
        if bare.chars().count() < BEGINNING {
            return None;
        }
        let mut rows = self.bare.beginning(bare);
        let first = rows.next()?;
        rows.all(|at| at == first).then_some(first)
    }

    /// True when a text only goes on with the label of a row: 要求行政机关确认或重新出 → 具已获取信息.
    pub(crate) fn goes_on(&self, label: &str, more: &str, row: usize) -> bool {
        let whole = squash(without_number(&format!("{label}{more}")));
        let whole = self.without_groups(&whole);
        self.bare.beginning(whole).any(|at| at == row)
    }

    fn shared_row(&self, bare: &str, after: Option<usize>) -> Option<usize> {
        let (at, after) = (*self.shared.get(bare)?, after?);
        (after < at && at - after <= NEIGHBOURS).then_some(at)
    }

    /// One or two characters off, as typists and recognisers leave them; only behind the row before, and only if nothing else is as near.
    fn near(&self, bare: &str, after: Option<usize>) -> Option<usize> {
        let after = after?;
        let bare: Vec<char> = bare.chars().collect();
        if bare.len() < 6 {
            return None;
        }
        let allowed = if bare.len() >= 10 { 2 } else { 1 };
        let mut best: Option<usize> = None;
        let from = self.bare.chars.partition_point(|(label, _)| label.len() + allowed < bare.len());
        let alike = self.bare.chars.iter().skip(from);
        for (label, at) in alike.take_while(|(label, _)| label.len() <= bare.len() + allowed) {
            if *at > after && is_within(label, &bare, allowed) {
                match best {
                    Some(other) if other != *at => return None,
                    _ => best = Some(*at),
                }
            }
        }
        best
    }

    /// A label that was joined with the groups before it: 三本年度办理结果一予以公开.
    fn without_groups<'t>(&self, squashed: &'t str) -> &'t str {
        let mut rest = squashed;
        let shorter = |rest: &'t str| {
            rest.chars().next().filter(|first| self.groups.begin.contains(first))?;
            let groups = self.longest_groups.iter();
            groups.filter_map(|group| rest.strip_prefix(group.as_str())).find(|rest| !rest.is_empty())
        };
        while let Some(shorter) = shorter(rest) {
            rest = shorter;
        }
        rest
    }

    /// The row that a caption names, behind the name of its group if need be: 行政诉讼（复议后起诉）情况.
    pub(crate) fn named(&self, text: &str) -> Option<Key> {
        if !has_words(text) || is_longer(text, HEADING) {
            return None;
        }
        let bare = without_number(text);
        if !self.may_begin(bare) {
            return None;
        }
        let bare = squash(bare);
        let bare = self.without_groups(&bare);
        let found = self.bare.rows.get(bare).or_else(|| self.bare.rows.get(bare.strip_suffix("情况")?));
        found.and_then(|at| self.rows.get(*at)).map(|row| row.key)
    }

    /// The group that a printed label means.
    pub(crate) fn group(&self, text: &str) -> Option<Key> {
        if !has_words(text) || is_longer(text, HEADING) {
            return None;
        }
        let bare = without_number(text);
        let whole = self.groups.of(text.chars().filter(|c| is_meaning(*c)), text.len());
        whole.or_else(|| self.groups.of(bare.chars().filter(|c| is_meaning(*c)), bare.len()))
    }

    /// The column that a printed heading means; headings may carry a unit or a year in brackets.
    pub(crate) fn column(&self, text: &str) -> Option<Key> {
        if !has_words(text) || is_longer(text, HEADING) {
            return None;
        }
        let whole = self.columns.of(text.chars().filter(|c| is_meaning(*c)), text.len());
        whole.or_else(|| self.columns.of(heading_chars(text), text.len()))
    }
}

/// Every wording of a label.
pub(crate) fn texts(label: &Label) -> impl Iterator<Item = &'static str> {
    std::iter::once(label.zh).chain(label.aliases.iter().copied())
}

static DISCLOSURE: LazyLock<TableLabels> = LazyLock::new(|| TableLabels::of("disclosure"));
static REQUESTS: LazyLock<TableLabels> = LazyLock::new(|| TableLabels::of("requests"));
static PROCEEDINGS: LazyLock<TableLabels> = LazyLock::new(|| TableLabels::of("proceedings"));

/// Labels of the table of proactive disclosure.
pub(crate) fn disclosure() -> &'static TableLabels {
    &DISCLOSURE
}

/// Labels of the table of requests.
pub(crate) fn requests() -> &'static TableLabels {
    &REQUESTS
}

/// Labels of the table of proceedings.
pub(crate) fn proceedings() -> &'static TableLabels {
    &PROCEEDINGS
}

/// Wordings of the columns of proactive disclosure as [`squash`] and as [`heading`] leave them.
static COLUMNS: LazyLock<FxHashMap<&str, (String, String)>> = LazyLock::new(|| {
    let tables = forms().all().iter().filter_map(|form| form.table("disclosure"));
    let columns = tables.flat_map(|table| &table.blocks).flat_map(|block| &block.columns);
    columns
        .flat_map(|column| texts(&column.label))
        .map(|text| (text, (squash(text), heading(text))))
        .collect()
});

/// What a wording of such a column is without signs, and without notes.
pub(crate) fn of_column(wording: &str) -> Option<&'static (String, String)> {
    COLUMNS.get(wording)
}

/// True for a word in the heads of the tables.
pub(crate) fn is_heading(text: &str) -> bool {
    disclosure().column(text).is_some()
        || requests().column(text).is_some()
        || proceedings().column(text).is_some()
        || proceedings().row(text, None).is_some()
        || proceedings().group(text).is_some()
        || matches!(text, "信息内容" | "申请人情况" | "法人或其他组织")
}

/// True for the label of a row that has numbers beside it.
pub(crate) fn is_row_label(text: &str) -> bool {
    disclosure().row(text, None).is_some()
        || requests().row(text, None).is_some()
        || matches!(squash(text).as_str(), "七总计" | "3其他")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(text: &str, after: &str) -> Option<&'static str> {
        let labels = requests();
        let after = labels.rows.iter().position(|row| row.key == *after);
        labels.row(text, after).map(|at| labels.rows[at].key.as_str())
    }

    #[test]
    fn rows_of_all_forms_stand_in_one_order() {
        let order: Vec<&str> = requests().rows.iter().map(|row| row.key.as_str()).skip(18).collect();
        assert_eq!(
            order,
            [
                "not_processed.excessive",
                "not_processed.reconfirmation",
                "other_handling",
                "other_handling.correction_overdue",
                "other_handling.fee_overdue",
                "other_handling.other",
                "results_total",
                "carried_forward"
            ]
        );
    }

    #[test]
    fn printed_variants_are_recognised() {
        assert_eq!(name("1、属于国家秘密", ""), Some("denied.state_secret"));
        assert_eq!(name("三、本年度办理结果（一）予以公开", ""), Some("granted"));
        assert_eq!(name("（三）不予公开 1.属于国家秘密", ""), Some("denied.state_secret"));
        assert_eq!(name("5.属于三类内部事务信息", ""), Some("denied.internal_affairs"));
        assert_eq!(name("(七)总计", ""), Some("results_total"));
        assert_eq!(
            name("5.要求行政机关确认或重新出具已获取信患", "not_processed.excessive"),
            Some("not_processed.reconfirmation")
        );
        assert_eq!(
            name("（二）部分公开(区分处理的,只计这一情形,不计其他情形)", ""),
            Some("partially_granted")
        );
    }

    #[test]
    fn a_name_that_a_column_shares_counts_only_in_its_place() {
        assert_eq!(name("总计", ""), None);
        assert_eq!(name("其他", "carried_over"), None);
        assert_eq!(name("总计", "other_handling.other"), Some("results_total"));
        assert_eq!(name("其他", "other_handling.fee_overdue"), Some("other_handling.other"));
    }
}

//! Labels of the forms and how a printed text is recognised as one of them.
use std::sync::LazyLock;

use gongkai_model::{Key, Label, TableForm, forms};
use rustc_hash::{FxHashMap, FxHashSet};

/// Only what carries meaning: ideographs, letters, digits.
pub(crate) fn squash(text: &str) -> String {
    let mut squashed = String::with_capacity(text.len());
    let mut from = 0;
    for (at, c) in text.char_indices().filter(|(_, c)| !is_meaning(*c)) {
        squashed.push_str(text.get(from..at).unwrap_or_default());
        from = at + c.len_utf8();
    }
    squashed.push_str(text.get(from..).unwrap_or_default());
    squashed
}

/// True when a text has more characters; most are told by their bytes, of which a character has four at most.
pub(crate) fn is_longer(text: &str, characters: usize) -> bool {
    text.len() > characters && (text.len() > 4 * characters || text.chars().count() > characters)
}

/// The first character that [`squash`] keeps: most texts are told apart by it.
pub(crate) fn first_of(text: &str) -> Option<char> {
    text.chars().find(|c| is_meaning(*c))
}

const fn is_ideograph(c: char) -> bool {
    matches!(c, '\u{4E00}'..='\u{9FFF}')
}

/// The usual signs between words; none of them is a letter or a digit.
const fn is_sign(c: char) -> bool {
    matches!(c, '\u{2010}'..='\u{2027}' | '\u{3000}'..='\u{3004}' | '\u{3008}'..='\u{3020}')
        || matches!(c, '\u{FF01}'..='\u{FF0F}' | '\u{FF1A}'..='\u{FF20}')
}

/// A letter, a digit or an ideograph; the usual ones are told without a look at the tables of Unicode.
fn is_meaning(c: char) -> bool {
    is_ideograph(c)
        || !is_sign(c) && if c.is_ascii() { c.is_ascii_alphanumeric() } else { c.is_alphanumeric() }
}

/// Labels and headings have words; numbers and marks are not looked up.
pub(crate) fn has_words(text: &str) -> bool {
    text.chars().any(|c| is_ideograph(c) || (!c.is_ascii() && c.is_alphabetic()))
}

/// The text behind a leading number: `（一）予以公开` → `予以公开`, `1、属于` → `属于`.
pub(crate) fn without_number(text: &str) -> &str {
    let text = text.trim_start();
    let digits = |c: char| {
        matches!(c, '0'..='9' | '一' | '二' | '三' | '四' | '五' | '六' | '七' | '八' | '九' | '十')
    };
    let inner = text.strip_prefix(['(', '（', '〔', '[']).unwrap_or(text);
    let rest = inner.trim_start_matches(digits);
    let open = inner.len() != text.len();
    let closed = rest.trim_start().strip_prefix(if open {
        &[')', '）', '〕', ']'][..]
    } else {
        &['.', '、', '．', ',', '，', ')', '）']
    });
    match closed {
        Some(rest_closed) if rest.len() < inner.len() => rest_closed.trim_start(),
        _ if text.starts_with(|c| ('㈠'..='㈩').contains(&c)) => {
            text.get('㈠'.len_utf8()..).unwrap_or(text).trim_start()
        }
        _ => text,
    }
}

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
}

/// Wordings of rows, also by their beginnings and by their characters.
#[derive(Debug, Default)]
struct Wordings {
    rows: FxHashMap<String, usize>,
    /// In the order of their characters.
    sorted: Vec<(String, usize)>,
    /// The shortest first.
    chars: Vec<(Vec<char>, usize)>,
}

/// Wordings of groups or columns.
#[derive(Debug, Default)]
struct Names {
    keys: FxHashMap<String, Key>,
    /// What they begin with: most texts begin otherwise and need not be looked up.
    begin: FxHashSet<char>,
}

impl Wordings {
    /// Makes the other views of the rows.
    fn arrange(&mut self) {
        self.sorted = self.rows.iter().map(|(label, at)| (label.clone(), *at)).collect();
        self.sorted.sort();
        self.chars = self.sorted.iter().map(|(label, at)| (label.chars().collect(), *at)).collect();
        self.chars.sort_by_key(|(label, _)| label.len());
    }

    /// Rows of the wordings that begin so.
    fn beginning<'w>(&'w self, beginning: &'w str) -> impl Iterator<Item = usize> + 'w {
        let from = self.sorted.partition_point(|(label, _)| label.as_str() < beginning);
        let begun = self.sorted.iter().skip(from).take_while(move |(label, _)| label.starts_with(beginning));
        begun.map(|(_, at)| *at)
    }
}

impl Names {
    fn insert(&mut self, name: String, key: Key) {
        self.begin.extend(name.chars().next());
        self.keys.insert(name, key);
    }

    fn of(&self, mut characters: impl Iterator<Item = char>, most: usize) -> Option<Key> {
        let first = characters.next().filter(|first| self.begin.contains(first))?;
        let mut name = String::with_capacity(most);
        name.push(first);
        name.extend(characters);
        self.keys.get(&name).copied()
    }
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
        let squashed = squash(text);
        let full = self.without_groups(&squashed);
        // The number stands before all else.
        let number = text.get(..text.len() - without_number(text).len()).unwrap_or_default();
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
        let bare = squash(without_number(text));
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

/// What a heading says without notes in brackets and without a year: 本年（2023）制发件数（件） → 本年制发件数.
pub(crate) fn heading(text: &str) -> String {
    heading_chars(text).collect()
}

fn heading_chars(text: &str) -> impl Iterator<Item = char> {
    let mut depth = 0_u32;
    let outside = move |c: &char| {
        match c {
            '(' | '（' => depth += 1,
            ')' | '）' => depth = depth.saturating_sub(1),
            _ => return depth == 0 && (is_ideograph(*c) || c.is_alphabetic()),
        }
        false
    };
    text.chars().filter(outside)
}

/// True when two texts differ by so many insertions, deletions and replacements at most.
fn is_within(one: &[char], other: &[char], allowed: usize) -> bool {
    if one.len().abs_diff(other.len()) > allowed {
        return false;
    }
    let same = one.iter().zip(other).take_while(|(one, other)| one == other).count();
    let (one, other) = (one.get(same..).unwrap_or_default(), other.get(same..).unwrap_or_default());
    let (Some((_, one_rest)), Some((_, other_rest))) = (one.split_first(), other.split_first()) else {
        return true;
    };
    allowed > 0
        && [(one_rest, other_rest), (one_rest, other), (one, other_rest)]
            .into_iter()
            .any(|(one, other)| is_within(one, other, allowed - 1))
}

/// `数据1`, `列2`: heads that a converter made up for a table that has none.
pub(crate) fn is_filler(text: &str) -> bool {
    let name = text.trim().trim_end_matches(|c: char| c.is_ascii_digit());
    name.len() < text.trim().len() && matches!(name.trim_end(), "数据" | "列" | "字段" | "Column" | "Col")
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

    #[test]
    fn no_sign_has_a_meaning() {
        for c in (char::MIN..=char::MAX).filter(|c| is_sign(*c)) {
            assert!(!c.is_alphanumeric(), "{c:?}");
        }
    }

    #[test]
    fn near_is_as_far_as_levenshtein_says() {
        let texts =
            ["", "甲", "甲乙", "乙甲", "甲乙丙丁", "甲丙丁", "乙丙丁戊", "甲乙丁丙", "丁甲乙丙", "甲甲乙乙"];
        for one in texts {
            for other in texts {
                let (a, b): (Vec<char>, Vec<char>) = (one.chars().collect(), other.chars().collect());
                for allowed in 0..4 {
                    let near = strsim::levenshtein(one, other) <= allowed;
                    assert_eq!(is_within(&a, &b, allowed), near, "{one} {other} {allowed}");
                }
            }
        }
    }

    #[test]
    fn numbers_before_labels_come_off_and_words_stay() {
        let cases = [
            ("（一）予以公开", "予以公开"),
            ("1、属于", "属于"),
            ("三类内部", "三类内部"),
            ("㈠公开", "公开"),
            ("10) 甲", "甲"),
            ("一公开", "一公开"),
        ];
        for (text, rest) in cases {
            assert_eq!(without_number(text), rest);
        }
    }
}

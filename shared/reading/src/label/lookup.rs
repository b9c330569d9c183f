//! Wordings of the forms, arranged so that a printed text is found among them, or told to be none, quickly.
use gongkai_model::Key;
use rustc_hash::{FxHashMap, FxHashSet};

/// Wordings of rows, also by their beginnings and by their characters.
#[derive(Debug, Default)]
pub(super) struct Wordings {
    pub(super) rows: FxHashMap<String, usize>,
    /// In the order of their characters.
    sorted: Vec<(String, usize)>,
    /// The shortest first.
    pub(super) chars: Vec<(Vec<char>, usize)>,
}

/// Wordings of groups or columns.
#[derive(Debug, Default)]
pub(super) struct Names {
    pub(super) keys: FxHashMap<String, Key>,
    /// What they begin with: most texts begin otherwise and need not be looked up.
    pub(super) begin: FxHashSet<char>,
}

impl Wordings {
    /// Makes the other views of the rows.
    pub(super) fn arrange(&mut self) {
        self.sorted = self.rows.iter().map(|(label, at)| (label.clone(), *at)).collect();
        self.sorted.sort();
        self.chars = self.sorted.iter().map(|(label, at)| (label.chars().collect(), *at)).collect();
        self.chars.sort_by_key(|(label, _)| label.len());
    }

    /// Rows of the wordings that begin so.
    pub(super) fn beginning<'w>(&'w self, beginning: &'w str) -> impl Iterator<Item = usize> + 'w {
        let from = self.sorted.partition_point(|(label, _)| label.as_str() < beginning);
        let begun = self.sorted.iter().skip(from).take_while(move |(label, _)| label.starts_with(beginning));
        begun.map(|(_, at)| *at)
    }
}

impl Names {
    /// Adds a wording.
    pub(super) fn insert(&mut self, name: String, key: Key) {
        self.begin.extend(name.chars().next());
        self.keys.insert(name, key);
    }

    /// What a text means of which these are the characters that count; `most` is its length.
    pub(super) fn of(&self, mut characters: impl Iterator<Item = char>, most: usize) -> Option<Key> {
        let first = characters.next().filter(|first| self.begin.contains(first))?;
        let mut name = String::with_capacity(most);
        name.push(first);
        name.extend(characters);
        self.keys.get(&name).copied()
    }
}

/// True when two texts differ by so many insertions, deletions and replacements at most.
pub(super) fn is_within(one: &[char], other: &[char], allowed: usize) -> bool {
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

#[cfg(test)]
mod tests {
    use super::*;

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
}

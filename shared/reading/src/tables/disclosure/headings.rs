//! Headings of a block to its columns: whole, broken into pieces, cut, with a year or a unit.
use gongkai_model::{Block, Key};

use crate::label::{self, squash};

/// How many headings mean a column.
pub(super) fn matched(columns: &[(String, Option<Key>)]) -> usize {
    columns.iter().filter(|(_, key)| key.is_some()).count()
}

/// Gives each heading its column; `None` for a heading that means no column of the block. Pieces that make one heading together are joined.
pub(super) fn assigned(pieces: &[String], block: &Block) -> Vec<(String, Option<Key>)> {
    let mut columns: Vec<(String, Option<Key>)> = Vec::new();
    let mut at = 0;
    while let Some(piece) = pieces.get(at) {
        let free = |key: &Key| !columns.iter().any(|(_, used)| used.as_ref() == Some(key));
        let joined = || {
            [3, 2].into_iter().find_map(|n| {
                let text = pieces.get(at..at + n)?.concat();
                Some((n, exact(&text, block).filter(free)?, text))
            })
        };
        let (taken, text, key) = match exact(piece, block).filter(free) {
            Some(key) => (1, piece.clone(), Some(key)),
            None => match joined() {
                Some((n, key, text)) => (n, text, Some(key)),
                None => (1, piece.clone(), begun(piece, block, free)),
            },
        };
        columns.push((text, key));
        at += taken;
    }
    columns
}

fn exact(text: &str, block: &Block) -> Option<Key> {
    let (whole, bare) = (squash(text), label::heading(text));
    let says = |label| label::of_column(label).is_some_and(|known| known.0 == whole || known.1 == bare);
    let mut columns = block.columns.iter();
    columns.find(|column| label::texts(&column.label).any(says)).map(|column| column.key)
}

/// A heading that was cut (本年新) means the next column that starts so.
fn begun(text: &str, block: &Block, free: impl Fn(&Key) -> bool) -> Option<Key> {
    let bare = label::heading(text);
    let starts = |label| label::of_column(label).is_some_and(|known| known.0.starts_with(&bare));
    let mut columns = block.columns.iter().filter(|column| free(&column.key));
    columns.find(|column| bare.chars().count() >= 3 && starts(column.label.zh)).map(|column| column.key)
}

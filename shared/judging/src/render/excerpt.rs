//! The line of the report that a finding rests on, with the words concerned marked.
use gongkai_model::{Evidence, Lang};

use super::{
    Style,
    paint::{Paint, harmless},
};

/// The most characters that are shown of a line.
const LIMIT: usize = 72;

/// Shorter lines say too little alone (a page with one cell a line): the quoted words are listed instead.
const TELLING: usize = 8;

/// `原文第 42 行：…`; nothing without evidence.
pub(super) fn excerpt(text: &str, evidence: &[Evidence], style: Style) -> Option<String> {
    let first = evidence.first()?;
    let chars: Vec<char> = text.chars().collect();
    let at = (first.span.start as usize).min(chars.len());
    let before = chars.get(..at)?;
    let number = before.iter().filter(|c| **c == '\n').count() + 1;
    let begin = before.iter().rposition(|c| *c == '\n').map_or(0, |newline| newline + 1);
    let line: Vec<char> = chars.get(begin..)?.iter().copied().take_while(|c| *c != '\n').collect();
    let words = if line.len() < TELLING && evidence.len() > 1 {
        let all: Vec<_> = evidence.iter().map(|one| harmless(one.text.trim())).collect();
        cut(&all.join(" · "))
    } else {
        marked(&line, begin, evidence, style.colour)
    };
    let place = match style.lang {
        Lang::Zh => format!("原文第 {number} 行："),
        Lang::En => format!("line {number}: "),
    };
    Some(format!("{}{words}", Paint::Dim.on(&place, style.colour)))
}

/// The part of the line round its first mark, tabs shown as bars.
fn marked(line: &[char], begin: usize, evidence: &[Evidence], colour: bool) -> String {
    let is_marked = |index: usize| {
        let at = begin + index;
        evidence.iter().any(|one| (one.span.start as usize..one.span.end as usize).contains(&at))
    };
    let first = (0..line.len()).find(|index| is_marked(*index)).unwrap_or(0);
    let from = if line.len() <= LIMIT { 0 } else { first.saturating_sub(LIMIT / 2).min(line.len() - LIMIT) };
    let shown = line.iter().enumerate().skip(from).take(LIMIT);
    let mut words = if from > 0 { "…".to_owned() } else { String::new() };
    for (index, c) in shown {
        match c {
            '\t' => words.push_str(" | "),
            c if c.is_control() => words.push(' '),
            c if is_marked(index) => words.push_str(&Paint::Marked.on(&c.to_string(), colour)),
            c => words.push(*c),
        }
    }
    if from + LIMIT < line.len() {
        words.push('…');
    }
    words.trim().to_owned()
}

fn cut(words: &str) -> String {
    if words.chars().count() <= LIMIT {
        return words.to_owned();
    }
    words.chars().take(LIMIT).chain(['…']).collect()
}

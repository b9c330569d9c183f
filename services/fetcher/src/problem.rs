//! What is wrong with a profile or registry line: where, and the nearest right name.
use std::{fmt, ops::Range, path::PathBuf};

use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};
use gongkai_model::{Lang, Text};

/// How alike two names must be for one to be offered for the other.
const ALIKE: f64 = 0.5;

/// A mistake in a configuration file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// File.
    pub file: PathBuf,
    /// Line from 1 and column from 1 (characters); `None` when the file itself is the problem.
    pub place: Option<(usize, usize)>,
    /// What is wrong and what to do.
    pub message: Text,
    /// The nearest right name.
    pub nearest: Option<String>,
    /// The line, and the bytes of it that are meant.
    excerpt: Option<(String, Range<usize>)>,
}

impl Problem {
    /// A problem of the file as a whole.
    pub fn of_file(file: impl Into<PathBuf>, message: Text) -> Self {
        Self { file: file.into(), place: None, message, nearest: None, excerpt: None }
    }

    /// A problem at a byte range of the file's text.
    pub fn at(file: impl Into<PathBuf>, text: &str, span: Range<usize>, message: Text) -> Self {
        let start = floor(text, span.start);
        let head = text.get(..start).unwrap_or_default();
        let line_start = head.rfind('\n').map_or(0, |at| at + 1);
        let line: &str = text.get(line_start..).unwrap_or_default().lines().next().unwrap_or_default();
        let from = (start - line_start).min(line.len());
        let to = floor(line, span.end.saturating_sub(line_start).clamp(from, line.len()));
        let column = text.get(line_start..start).unwrap_or_default().chars().count() + 1;
        Self {
            file: file.into(),
            place: Some((head.matches('\n').count() + 1, column)),
            message,
            nearest: None,
            excerpt: Some((line.to_owned(), from..to.max(from))),
        }
    }

    /// With the nearest of the right names, when one is near.
    #[must_use]
    pub fn near<'a>(mut self, wrong: &str, right: impl IntoIterator<Item = &'a str>) -> Self {
        self.nearest = nearest(wrong, right).map(str::to_owned);
        self
    }

    /// The message with the nearest name.
    pub fn text(&self, lang: Lang) -> String {
        let message = self.message.get(lang);
        match (&self.nearest, lang) {
            (None, _) => message.to_owned(),
            (Some(name), Lang::Zh) => format!("{message}（最接近的是 `{name}`）"),
            (Some(name), Lang::En) => format!("{message} (the nearest is `{name}`)"),
        }
    }

    /// As the compiler shows its errors: the message, the place, the line with a mark under what is meant.
    pub fn render(&self, lang: Lang, colour: bool) -> String {
        let renderer = if colour { Renderer::styled() } else { Renderer::plain() };
        let title = Level::ERROR.primary_title(self.message.get(lang).to_owned());
        let path = self.file.display().to_string();
        let label = self.nearest.as_ref().map(|name| match lang {
            Lang::Zh => format!("最接近的是 `{name}`"),
            Lang::En => format!("the nearest is `{name}`"),
        });
        let (Some((line, span)), Some((number, _))) = (&self.excerpt, self.place) else {
            return format!(
                "{}\n --> {path}",
                renderer.render(&[title.elements(Vec::<annotate_snippets::Element<'_>>::new())])
            );
        };
        let annotation = AnnotationKind::Primary.span(span.clone());
        let annotation = match label {
            Some(label) => annotation.label(label),
            None => annotation,
        };
        let snippet = Snippet::source(line.clone()).line_start(number).path(path).annotation(annotation);
        renderer.render(&[title.element(snippet)])
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.file.display())?;
        if let Some((line, column)) = self.place {
            write!(f, ":{line}:{column}")?;
        }
        write!(f, ": {}", self.text(Lang::En))
    }
}

/// The most similar of the right names, if it is similar at all.
pub fn nearest<'a>(wrong: &str, right: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let scored = right.into_iter().map(|name| (strsim::normalized_damerau_levenshtein(wrong, name), name));
    scored.filter(|(score, _)| *score >= ALIKE).max_by(|a, b| a.0.total_cmp(&b.0)).map(|(_, name)| name)
}

fn floor(text: &str, at: usize) -> usize {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_counts_lines_and_characters() {
        let text = "a = 1\n名 = \"错\"\n";
        let problem =
            Problem::at("x.toml", text, 12..17, Text::new("错了", "wrong")).near("nams", ["name", "url"]);
        assert_eq!(problem.to_string(), "x.toml:2:5: wrong (the nearest is `name`)");
        insta::assert_snapshot!(problem.render(Lang::Zh, false), @r#"
        error: 错了
         --> x.toml:2:5
          |
        2 | 名 = "错"
          |      ^^^^ 最接近的是 `name`
        "#);
    }

    #[test]
    fn a_place_outside_the_text_does_no_harm() {
        let problem = Problem::at("x.toml", "名", 1..99, Text::new("错了", "wrong"));
        assert_eq!(problem.place, Some((1, 1)));
        assert!(problem.render(Lang::En, false).contains("wrong"));
        let empty = Problem::at("x.toml", "", 5..9, Text::new("错了", "wrong"));
        assert_eq!(empty.place, Some((1, 1)));
    }

    #[test]
    fn nothing_is_offered_for_a_name_that_resembles_none() {
        assert_eq!(nearest("zzz", ["name", "url"]), None);
        assert_eq!(nearest("colum", ["column", "name"]), Some("column"));
    }
}

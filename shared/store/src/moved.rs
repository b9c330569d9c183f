//! Where a list may be now that is no longer where it was: a hint for people, kept behind what went wrong in a poll's
//! own text, so that whatever shows the poll shows it.
use gongkai_model::Text;
use jiff::civil::Date;

use crate::records::Poll;

/// Between what went wrong and the hint.
const MARK: &str = " ⇒ ";
/// Between what is said and the places.
const COLON: &str = ": ";

/// How looking ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    Found,
    NotFound,
    /// The home page did not come.
    Unread,
}

impl End {
    const ALL: [Self; 3] = [Self::Found, Self::NotFound, Self::Unread];

    const fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Found => (
                "从首页查找，年报栏目现在可能在",
                "looked for from the home page, the list of reports may now be at",
            ),
            Self::NotFound => (
                "从首页查找，未见年报栏目的新位置",
                "looked for from the home page, no new place of the list was seen",
            ),
            Self::Unread => (
                "首页打不开，无法查找年报栏目的新位置",
                "the home page did not come, so the list could not be looked for",
            ),
        }
    }
}

/// A page that may be the list's new place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// What links to it call it.
    pub title: String,
    /// Address.
    pub url: String,
}

/// What looking for a list has given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Moved {
    /// The day in Shanghai on which it was looked for.
    pub day: Date,
    end: End,
    /// Likely places as text, best first; empty when none was seen.
    places: String,
}

impl Moved {
    /// What was found on a day, best first.
    pub fn new(day: Date, places: &[Place]) -> Self {
        let one = |place: &Place| format!("《{}》{}", one_line(&place.title), one_line(&place.url));
        let end = if places.is_empty() { End::NotFound } else { End::Found };
        Self { day, end, places: places.iter().map(one).collect::<Vec<_>>().join(" ") }
    }

    /// Looking was not possible on a day.
    pub const fn unread(day: Date) -> Self {
        Self { day, end: End::Unread, places: String::new() }
    }

    /// For people.
    pub fn text(&self) -> Text {
        let Self { day, end, places } = self;
        let (zh, en) = end.words();
        if places.is_empty() {
            return Text::new(format!("{day} {zh}"), format!("{day}: {en}"));
        }
        Text::new(format!("{day} {zh}：{places}"), format!("{day}: {en} {places}"))
    }

    /// Behind what went wrong, in both languages.
    pub fn behind(&self, problem: &str) -> String {
        let Self { day, end, places } = self;
        let (zh, en) = end.words();
        let colon = if places.is_empty() { "" } else { COLON };
        format!("{problem}{MARK}{day} {zh} / {en}{colon}{places}")
    }

    fn read(hint: &str) -> Option<Self> {
        let (day, said) = hint.split_once(' ')?;
        let places = said.split_once(COLON).map_or("", |(_, places)| places);
        let end = End::ALL.into_iter().find(|end| said.starts_with(end.words().0))?;
        Some(Self { day: day.parse().ok()?, end, places: places.to_owned() })
    }
}

impl Poll {
    /// What went wrong, and where the list may be now if that was looked for.
    pub fn problem_and_hint(&self) -> (Option<&str>, Option<Moved>) {
        let Some(detail) = self.detail.as_deref() else { return (None, None) };
        let parts = detail.rsplit_once(MARK);
        let read = parts.and_then(|(problem, hint)| Some((problem, Moved::read(hint)?)));
        read.map_or((Some(detail), None), |(problem, hint)| (Some(problem), Some(hint)))
    }
}

/// A title must not look like the end of the problem.
fn one_line(text: &str) -> String {
    text.replace(MARK.trim(), "→").split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use jiff::{Timestamp, civil::date};

    use super::*;
    use crate::records::PollOutcome;

    fn poll(detail: &str) -> Poll {
        Poll {
            site: "s".into(),
            column: "annual".into(),
            at: Timestamp::UNIX_EPOCH,
            outcome: PollOutcome::Status,
            complete: false,
            pages: 0,
            items: 0,
            detail: Some(detail.into()),
        }
    }

    #[test]
    fn a_hint_stands_behind_the_problem_and_comes_back_in_each_language() {
        let place = |title: &str, url: &str| Place { title: title.into(), url: url.into() };
        let places = [
            place("信息公开 年报: ⇒ 全部", "http://a.example/nb/"),
            place("年度报告", "http://a.example/x?a=1"),
        ];
        let told = poll(&Moved::new(date(2026, 2, 1), &places).behind("http://a.example/old/: status 404"));
        let (problem, hint) = told.problem_and_hint();
        let hint = hint.unwrap();
        assert_eq!(problem, Some("http://a.example/old/: status 404"));
        let listed = "《信息公开 年报: → 全部》http://a.example/nb/ 《年度报告》http://a.example/x?a=1";
        assert_eq!(hint.text().zh, format!("2026-02-01 {}：{listed}", End::Found.words().0));
        assert_eq!(hint.text().en, format!("2026-02-01: {} {listed}", End::Found.words().1));
        for moved in [Moved::new(date(2026, 2, 1), &[]), Moved::unread(date(2026, 2, 1))] {
            assert_eq!(poll(&moved.behind("p: q")).problem_and_hint(), (Some("p: q"), Some(moved)));
        }
    }

    #[test]
    fn a_problem_without_a_hint_is_a_problem() {
        for detail in ["http://a.example/: status 404", "a ⇒ b", ""] {
            assert_eq!(poll(detail).problem_and_hint(), (Some(detail), None));
        }
    }
}

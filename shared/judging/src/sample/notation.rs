//! The notation of samples: a line a statement, so that an example is read at a glance.
use gongkai_model::{DocumentKind, DoubtKind, Key, Lang, ReadError, TableHintKind, Text, form};
use rust_decimal::Decimal;

use super::{Sample, SampleCell, SampleError, SampleTable};
use crate::{
    draft::both,
    label::{column_label, part_label, row_label, table_label},
};

/// What can be said, for those who write examples.
pub const NOTATION: &str = "\
year 2022 | year unknown          the report year; without this line 2022
form requests 2019                this table follows another form
requests granted: 5 0 0 0 0 0 5   a row, every cell; * stands for all rows
                                  5 number, - blank, _ empty, ?words no number, =5 inferred, ~5 unplaced
without part 5 | without requests no such part, no such table
lacks requests row carried_over   a row that is not there; also: column other
attachment WORDS | image WORDS    a trace of tables outside the text
doubt second_table requests WORDS also: stray_values, old_statistics, cut_short (the table may be left out)
kind not_a_report WORDS           also: attachment_only, unreadable
Everything that is not said is sound, and every other number is 0.";

/// The year of a sample that names none.
const DEFAULT_YEAR: i16 = 2022;

type Outcome = Result<(), String>;

pub(super) fn parse(notation: &str) -> Result<Sample, SampleError> {
    let mut sample = Sample::of_year(Some(DEFAULT_YEAR));
    for (index, line) in notation.lines().enumerate() {
        let line = line.trim();
        if !line.is_empty() {
            sample.tell(line).map_err(|reason| SampleError::Line { line: index + 1, reason })?;
        }
    }
    Ok(sample)
}

impl Sample {
    fn tell(&mut self, line: &str) -> Outcome {
        let (verb, rest) = line.split_once(' ').unwrap_or((line, ""));
        match verb {
            "year" => self.tell_year(rest),
            "form" => self.tell_form(rest),
            "without" => self.tell_without(rest),
            "lacks" => self.tell_lacks(rest),
            "attachment" => self.tell_hint(TableHintKind::Attachment, rest),
            "image" => self.tell_hint(TableHintKind::Image, rest),
            "doubt" => self.tell_doubt(rest),
            "kind" => self.tell_kind(rest),
            table => self.tell_row(table, rest),
        }
    }

    fn note(&mut self, zh: impl Into<String>, en: impl Into<String>) {
        self.told.notes.push(Text::new(zh, en));
    }

    fn tell_year(&mut self, words: &str) -> Outcome {
        let year = match words {
            "unknown" => None,
            digits => Some(digits.parse().map_err(|_| format!("no year: {digits}"))?),
        };
        *self = Self::of_year(year);
        match year {
            Some(year) => self.note(format!("{year}年度"), format!("report year {year}")),
            None => self.note("年度不明", "year unknown"),
        }
        Ok(())
    }

    fn tell_form(&mut self, words: &str) -> Outcome {
        let (key, id) = words.split_once(' ').ok_or("form TABLE ID")?;
        let form = form(id).ok_or_else(|| format!("no form {id}"))?;
        let table = form.table(key).ok_or_else(|| format!("no table {key}"))?;
        *self.table_mut(key).ok_or_else(|| format!("no table {key}"))? = SampleTable::zero(form.id, table);
        let label = |lang| table_label(table, lang);
        self.note(
            format!("{}用{id}年格式", label(Lang::Zh)),
            format!("the {} follows the form of {id}", label(Lang::En)),
        );
        Ok(())
    }

    fn tell_without(&mut self, words: &str) -> Outcome {
        if let Some(part) = words.strip_prefix("part ") {
            let number = part.parse().map_err(|_| format!("no part {part}"))?;
            if !self.parts.remove(&number) {
                return Err(format!("no part {part}"));
            }
            self.note(
                format!("没有{}", part_label(part, Lang::Zh)),
                format!("no {}", part_label(part, Lang::En)),
            );
            return Ok(());
        }
        let table = self.table(words).ok_or_else(|| format!("no table {words}"))?.form;
        self.tables.retain(|known| known.form.key != table.key);
        self.note(
            format!("没有{}", table_label(table, Lang::Zh)),
            format!("no {}", table_label(table, Lang::En)),
        );
        Ok(())
    }

    fn tell_lacks(&mut self, words: &str) -> Outcome {
        let [key, axis, name] = words.split(' ').collect::<Vec<_>>()[..] else {
            return Err("lacks TABLE row|column KEY".into());
        };
        let wanted = Key::find(name).ok_or_else(|| format!("no form defines {name}"))?;
        let table = self.table_mut(key).ok_or_else(|| format!("no table {key}"))?;
        let form = table.form;
        match axis {
            "row" => table.lacks.push((Some(wanted), None)),
            "column" => table.lacks.push((None, Some(wanted))),
            other => return Err(format!("row or column, not {other}")),
        }
        let text = both(|lang| {
            let label = if axis == "row" {
                row_label(form, name, lang)
            } else {
                column_label(form, None, name, lang)
            };
            match lang {
                Lang::Zh => format!("{}没有“{label}”", table_label(form, lang)),
                Lang::En => format!("the {} has no \"{label}\"", table_label(form, lang)),
            }
        });
        self.told.notes.push(text);
        Ok(())
    }

    fn tell_hint(&mut self, kind: TableHintKind, words: &str) -> Outcome {
        self.hints.push((kind, words.to_owned()));
        match kind {
            TableHintKind::Attachment => {
                self.note(format!("正文提到附件“{words}”"), format!("an attachment \"{words}\""))
            }
            TableHintKind::Image => {
                self.note(format!("正文有图片“{words}”"), format!("an image \"{words}\""))
            }
        }
        Ok(())
    }

    fn tell_doubt(&mut self, words: &str) -> Outcome {
        let (kind, rest) = words.split_once(' ').ok_or("doubt KIND [TABLE] WORDS")?;
        let (kind, zh, en) = match kind {
            "second_table" => (DoubtKind::SecondTable, "同一张表出现两次", "the same table stands twice"),
            "stray_values" => (DoubtKind::StrayValues, "有数字不属于任何一格", "values belong to no cell"),
            "old_statistics" => {
                (DoubtKind::OldStatistics, "附有旧统计表", "the old statistics table is there")
            }
            "cut_short" => (DoubtKind::CutShort, "文件在中途断开", "the document ends abruptly"),
            other => return Err(format!("no doubt {other}")),
        };
        let (table, quoted) = match rest.split_once(' ') {
            Some((key, quoted)) if self.table(key).is_some() => (Key::find(key), quoted),
            _ => (None, rest),
        };
        self.doubts.push((kind, table, quoted.to_owned()));
        self.note(zh, en);
        Ok(())
    }

    fn tell_kind(&mut self, words: &str) -> Outcome {
        let (kind, message) = words.split_once(' ').unwrap_or((words, ""));
        self.kind = match kind {
            "not_a_report" => DocumentKind::NotAReport,
            "attachment_only" => DocumentKind::AttachmentOnly,
            "unreadable" => DocumentKind::Unreadable,
            other => return Err(format!("no kind {other}")),
        };
        self.tables.clear();
        self.parts.clear();
        self.error =
            (!message.is_empty()).then(|| ReadError { code: kind.to_owned(), message: message.to_owned() });
        match self.kind {
            DocumentKind::NotAReport => self.note("文件不是年报", "the document is no report"),
            DocumentKind::AttachmentOnly => {
                self.note("年报只在附件里", "the report is in an attachment only")
            }
            _ => self.note("文件无法读取", "the document cannot be read"),
        }
        Ok(())
    }

    fn tell_row(&mut self, table: &str, words: &str) -> Outcome {
        let (row, cells) = words.split_once(':').ok_or_else(|| format!("not understood: {table} {words}"))?;
        let form = self.table(table).ok_or_else(|| format!("no table {table}"))?.form;
        let all: Vec<_> = form.rows().filter(|(_, known)| row == "*" || known.key == *row).collect();
        if all.is_empty() {
            return Err(format!("no row {row}"));
        }
        let cells: Vec<_> = cells.split_whitespace().map(cell).collect::<Result<_, _>>()?;
        for (block, row) in all {
            if block.columns.len() != cells.len() {
                return Err(format!("{} has {} columns, not {}", row.key, block.columns.len(), cells.len()));
            }
            for (column, cell) in block.columns.iter().zip(&cells) {
                self.set(table, row.key.as_str(), column.key.as_str(), cell.clone())
                    .map_err(|e| e.to_string())?;
            }
            self.told.rows.push((form.key, row.key));
        }
        Ok(())
    }
}

fn cell(word: &str) -> Result<SampleCell, String> {
    let number = |digits: &str| digits.parse::<Decimal>().map_err(|_| format!("no number: {digits}"));
    let mut rest = word.chars();
    match (rest.next(), rest.as_str()) {
        (Some('-'), "") => Ok(SampleCell::Blank("-".into())),
        (Some('_'), "") => Ok(SampleCell::Blank(String::new())),
        (Some('?'), words) => Ok(SampleCell::Unreadable(words.into())),
        (Some('='), digits) => Ok(SampleCell::Inferred(number(digits)?)),
        (Some('~'), digits) => Ok(SampleCell::Unplaced(number(digits)?)),
        _ => Ok(SampleCell::Printed(number(word)?)),
    }
}

#[cfg(test)]
mod tests {
    use gongkai_model::CellState;

    use super::*;

    #[test]
    fn a_row_is_read_cell_by_cell_and_every_span_holds_its_words() {
        let report = Sample::parse("year 2020\nrequests granted: 5 - _ ?约三 =2 ~1 8").unwrap().build();
        let cells: Vec<_> =
            report.table("requests").unwrap().cells.iter().filter(|c| c.row == "granted").collect();
        let states: Vec<_> = cells.iter().map(|cell| cell.state).collect();
        use CellState::{Blank, Inferred, Printed, Unplaced, Unreadable};
        assert_eq!(states, [Printed, Blank, Blank, Unreadable, Inferred, Unplaced, Printed]);
        assert!(
            report
                .tables
                .iter()
                .flat_map(|t| &t.cells)
                .all(|cell| cell.span.of(&report.text) == cell.printed)
        );
        assert_eq!(report.table("requests").unwrap().cells.len(), 161);
    }

    #[test]
    fn what_is_wrong_is_named_with_its_line() {
        let error = |notation: &str| Sample::parse(notation).unwrap_err().to_string();
        assert_eq!(error("year 2022\nrequests granted: 1 2"), "line 2: granted has 7 columns, not 2");
        assert_eq!(error("requests nothing: 1"), "line 1: no row nothing");
        assert_eq!(error("without part 9"), "line 1: no part 9");
    }
}

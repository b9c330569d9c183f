//! The last line over all documents.
use gongkai_model::{DocumentKind, Lang, Report, Verdict};

use super::{Style, paint::Paint};
use crate::judge::{Counts, Judgement};

/// Totals over documents.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// Documents.
    pub documents: usize,
    /// Reports whose tables agree.
    pub consistent: usize,
    /// Reports with a broken relation.
    pub inconsistent: usize,
    /// Reports that could not be tested fully.
    pub incomplete: usize,
    /// Documents that are no report, or hold it as an attachment only.
    pub not_reports: usize,
    /// Documents that could not be read.
    pub unreadable: usize,
    /// Findings.
    pub counts: Counts,
}

impl Summary {
    /// Counts one document in.
    pub fn add(&mut self, report: &Report, judgement: &Judgement) {
        self.documents += 1;
        match (judgement.verdict, report.kind) {
            (Some(Verdict::Consistent), _) => self.consistent += 1,
            (Some(Verdict::Inconsistent), _) => self.inconsistent += 1,
            (Some(Verdict::Incomplete), _) => self.incomplete += 1,
            (None, DocumentKind::Unreadable) => self.unreadable += 1,
            (None, _) => self.not_reports += 1,
        }
        self.counts.error += judgement.counts.error;
        self.counts.warning += judgement.counts.warning;
        self.counts.hint += judgement.counts.hint;
    }

    /// `共 5 份：一致 3，不一致 1，不完整 1；错误 8，警告 0，提示 2`.
    pub fn line(&self, style: Style) -> String {
        let states = [
            ("一致", "consistent", self.consistent),
            ("不一致", "inconsistent", self.inconsistent),
            ("不完整", "incomplete", self.incomplete),
            ("不是年报正文", "not the report itself", self.not_reports),
            ("无法读取", "unreadable", self.unreadable),
        ];
        let findings = [
            ("错误", "errors", self.counts.error),
            ("警告", "warnings", self.counts.warning),
            ("提示", "hints", self.counts.hint),
        ];
        let zh = style.lang == Lang::Zh;
        let say = |(own, en, count): &(&str, &str, usize)| {
            if zh { format!("{own} {count}") } else { format!("{count} {en}") }
        };
        let join = |items: Vec<String>| items.join(if zh { "，" } else { ", " });
        let states = join(states.iter().filter(|(_, _, count)| *count > 0).map(say).collect());
        let findings = join(findings.iter().map(say).collect());
        let line = match style.lang {
            Lang::Zh if states.is_empty() => format!("共 0 份；{findings}"),
            Lang::Zh => format!("共 {} 份：{states}；{findings}", self.documents),
            Lang::En if states.is_empty() => format!("no documents; {findings}"),
            Lang::En => {
                let noun = if self.documents == 1 { "document" } else { "documents" };
                format!("{} {noun}: {states}; {findings}", self.documents)
            }
        };
        Paint::Bold.on(&line, style.colour)
    }
}
